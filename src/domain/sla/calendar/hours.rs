//! Open stretches of UTC time with their cumulative function.

use crate::domain::time::{Millis, Timestamp};

/// Sorted, disjoint open stretches of a window of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    stretches: Vec<(Timestamp, Timestamp)>,
    /// The open time before each stretch, and at last before the window's end.
    before: Vec<Millis>,
}

impl Hours {
    /// From stretches that are sorted and disjoint.
    pub(super) fn new(stretches: Vec<(Timestamp, Timestamp)>) -> Hours {
        let mut before = Vec::with_capacity(stretches.len() + 1);
        let mut sum = Millis(0);
        before.push(sum);
        for (opens, closes) in &stretches {
            sum.0 += (*closes - *opens).0;
            before.push(sum);
        }
        Hours { stretches, before }
    }

    /// The stretches.
    pub fn stretches(&self) -> &[(Timestamp, Timestamp)] {
        &self.stretches
    }

    /// The open time of the window.
    pub fn total(&self) -> Millis {
        self.before.last().copied().unwrap_or_default()
    }

    /// The cumulative function: the open time of the window before `at`.
    pub fn before(&self, at: Timestamp) -> Millis {
        let begun = self.stretches.partition_point(|(opens, _)| *opens < at);
        let Some(last) = begun.checked_sub(1) else {
            return Millis(0);
        };
        let (opens, closes) = self.stretches[last];
        Millis(self.before[last].0 + (at.min(closes) - opens).0)
    }

    /// The open time of the window from `from` until `until`.
    pub fn elapsed(&self, from: Timestamp, until: Timestamp) -> Millis {
        (self.before(until) - self.before(from)).or_zero()
    }

    /// The inverse: the earliest instant before which `length`, more than nothing, is open;
    /// `None` where the window holds less.
    pub fn due(&self, length: Millis) -> Option<Timestamp> {
        let after = self.before.partition_point(|before| *before < length);
        let last = after.checked_sub(1)?;
        let (opens, _) = self.stretches.get(last)?;
        Some(*opens + (length - self.before[last]))
    }

    /// The first open instant.
    pub fn first(&self) -> Option<Timestamp> {
        self.stretches.first().map(|(opens, _)| *opens)
    }
}
