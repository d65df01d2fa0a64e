//! Who waits for a person right now, and for how long already.

use serde::Serialize;

use crate::domain::report::figures::Bands;
use crate::domain::time::{Millis, Timestamp};

/// A customer who waits for a person's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Since when.
    pub since: Timestamp,
    /// Whether somebody has taken the matter.
    pub is_taken: bool,
}

/// What waits, whatever period a report is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Backlog {
    /// How many customers wait for a person's words.
    pub waiting: usize,
    /// How many of those nobody has taken.
    pub untaken: usize,
    /// How many have waited for how long by now.
    pub ages: Bands,
    /// How long the one has waited that has waited longest.
    pub oldest_ms: Option<i64>,
}

/// The backlog at `now`.
pub fn backlog(waiting: &[Waiting], now: Timestamp) -> Backlog {
    let age = |one: &Waiting| (now - one.since).or_zero();
    let mut ages = Bands::default();
    waiting.iter().for_each(|one| ages.add(age(one)));
    Backlog {
        waiting: waiting.len(),
        untaken: waiting.iter().filter(|one| !one.is_taken).count(),
        ages,
        oldest_ms: waiting.iter().map(|one| age(one).0).max(),
    }
}

impl Backlog {
    /// How long the one has waited that has waited longest.
    pub fn oldest(&self) -> Option<Millis> {
        self.oldest_ms.map(Millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_customer_is_in_the_band_of_their_age() {
        let now = Timestamp(0) + Millis::hours(100);
        let waits = |hours: i64, is_taken| Waiting {
            since: now - Millis::hours(hours),
            is_taken,
        };
        let backlog = backlog(&[waits(0, false), waits(3, true), waits(30, false)], now);
        assert_eq!((backlog.waiting, backlog.untaken), (3, 2));
        let ages = Bands {
            within_30_min: 1,
            within_4_h: 1,
            within_24_h: 0,
            later: 1,
        };
        assert_eq!(backlog.ages, ages);
        assert_eq!(backlog.oldest(), Some(Millis::hours(30)));
        assert_eq!(super::backlog(&[], now), Backlog::default());
    }
}
