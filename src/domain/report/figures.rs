//! Numbers about many waits: percentiles, bands, attainment, expectation coverage.

use serde::{Deserialize, Serialize};

use super::line::{LineWait, Outcome, Over, Running, WaitState};
use super::spread::Spread;
use crate::domain::time::{Millis, Timestamp};

/// Below this many values no 95th percentile is shown: one value would decide it.
const P95_N_MIN: usize = 20;
/// What 37 % of customers expect at most.
const QUICK: Millis = Millis::minutes(30);
/// What a further 26 % expect at most.
const SAME_DAY: Millis = Millis::hours(4);
/// What a further 31 % expect at most.
const NEXT_DAY: Millis = Millis::hours(24);

/// Many waits, gathered: what their figures follow from at any later moment.
#[derive(Clone, Debug, Default)]
pub struct Waits {
    /// What is counted of them, and those that run.
    pub counts: Counts,
    /// The lengths of those that ended with what was waited for.
    pub came: Spread,
    /// The same in business time, of those whose target is in that.
    pub business: Spread,
}

/// What is counted of waits. Its serialised form is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// How many ended without what was waited for.
    pub without: usize,
    /// How many were the wait of a customer who could not be reached.
    pub unreachable: usize,
    /// How many began while we could not hear the customer.
    pub outage: usize,
    /// How many of those that are over had a target.
    pub with_target: usize,
    /// How many came within their target.
    pub met: usize,
    /// How many came, or ended without it, later than their target.
    pub breached: usize,
    /// The targets of all.
    pub targets: Targets,
    /// How many came within which time.
    pub bands: Bands,
    /// How many promised ones came in time.
    pub promises_kept: usize,
    /// How many promised ones are over, and were late.
    pub promises_broken: usize,
    /// Those that run, in no order.
    pub running: Vec<Running>,
}

/// Whether waits have the same target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Targets {
    /// None has any.
    #[default]
    None,
    /// All that have one have this.
    One(Millis),
    /// They differ.
    Several,
}

impl Targets {
    fn merge(self, other: Targets) -> Targets {
        match (self, other) {
            (Targets::None, any) | (any, Targets::None) => any,
            (Targets::One(one), Targets::One(same)) if one == same => self,
            (_, _) => Targets::Several,
        }
    }
}

impl Waits {
    /// One more.
    pub fn add(&mut self, wait: &LineWait) {
        let counts = &mut self.counts;
        counts.outage += usize::from(wait.outage);
        let target = wait.target.map_or(Targets::None, Targets::One);
        counts.targets = counts.targets.merge(target);
        match &wait.state {
            WaitState::Running(running) => counts.running.push(*running),
            WaitState::Over(over) => self.add_over(over),
        }
    }

    /// One more that came after that long, and had no target.
    pub fn add_came(&mut self, length: Millis) {
        self.add_over(&Over {
            outcome: Outcome::Came,
            length,
            business: None,
            late: None,
            promised: false,
        });
    }

    fn add_over(&mut self, over: &Over) {
        let counts = &mut self.counts;
        counts.with_target += usize::from(over.late.is_some());
        let is_late = over.late == Some(true);
        let in_time = over.outcome == Outcome::Came && over.late == Some(false);
        counts.promises_kept += usize::from(over.promised && in_time);
        counts.promises_broken += usize::from(over.promised && is_late);
        match over.outcome {
            Outcome::Came => {
                counts.met += usize::from(in_time);
                counts.breached += usize::from(is_late);
                counts.bands.add(over.length);
                self.came.add(over.length.0);
                if let Some(business) = over.business {
                    self.business.add(business.0);
                }
            }
            Outcome::Without => {
                counts.without += 1;
                counts.breached += usize::from(is_late);
            }
            Outcome::Unreachable => counts.unreachable += 1,
        }
    }

    /// The figures by `now`; each wait is held against its own target, as it was when it ran.
    pub fn figures(&self, now: Timestamp) -> Figures {
        let counts = &self.counts;
        let [median_ms, p90_ms, p95_ms] = self.came.nearest_ranks([50, 90, 95]);
        let [business_median_ms, business_p90_ms] = self.business.nearest_ranks([50, 90]);
        let running = counts.running.iter();
        let late: Vec<bool> = running.filter_map(|wait| wait.is_late(now)).collect();
        let has_targets = counts.with_target + late.len() > 0;
        let overdue = late.iter().filter(|late| **late).count();
        let met = has_targets.then_some(counts.met);
        let breached = has_targets.then_some(counts.breached + overdue);
        Figures {
            n: self.came.n(),
            open: counts.running.len(),
            without: counts.without,
            unreachable: counts.unreachable,
            exact: self.came.is_exact(),
            median_ms,
            p90_ms,
            p95_ms: p95_ms.filter(|_| self.came.n() >= P95_N_MIN),
            bands: counts.bands,
            business_n: self.business.n(),
            business_exact: self.business.is_exact(),
            business_median_ms,
            business_p90_ms,
            target_ms: match counts.targets {
                Targets::One(target) => Some(target.0),
                Targets::None | Targets::Several => None,
            },
            met,
            breached,
            attainment: met
                .zip(breached)
                .and_then(|(met, breached)| share(met, met + breached)),
            outage: counts.outage,
        }
    }

    /// How many promised ones were met by `now`, and how many were not, or are overdue.
    pub fn promises(&self, now: Timestamp) -> (usize, usize) {
        let counts = &self.counts;
        let promised = counts.running.iter().filter(|wait| wait.promised);
        let overdue = promised
            .filter(|wait| wait.is_late(now) == Some(true))
            .count();
        (counts.promises_kept, counts.promises_broken + overdue)
    }

    /// The share of customers whose expectation was met, where these are their waits for a first
    /// answer: `0.37·P(t ≤ 30 min) + 0.26·P(t ≤ 4 h) + 0.31·P(t ≤ 24 h) + 0.06` (DOMAIN.md; 6 %
    /// state no limit). A wait that runs and is younger than a band's limit says nothing about
    /// that band yet.
    pub fn expectation_coverage(&self, now: Timestamp) -> Option<f64> {
        let counts = &self.counts;
        let within = |limit: Millis, met: usize| {
            let running = counts.running.iter();
            let too_late = running.filter(|wait| wait.length(now) > limit).count();
            share(met, self.came.n() + counts.without + too_late)
        };
        let quick = counts.bands.within_30_min;
        let same_day = quick + counts.bands.within_4_h;
        let next_day = same_day + counts.bands.within_24_h;
        let quick = within(QUICK, quick)?;
        let same_day = within(SAME_DAY, same_day)?;
        Some(0.37 * quick + 0.26 * same_day + 0.31 * within(NEXT_DAY, next_day)? + 0.06)
    }
}

impl Counts {
    /// Adds others.
    pub fn merge(&mut self, other: &Counts) {
        self.without += other.without;
        self.unreachable += other.unreachable;
        self.outage += other.outage;
        self.with_target += other.with_target;
        self.met += other.met;
        self.breached += other.breached;
        self.targets = self.targets.merge(other.targets);
        self.bands.within_30_min += other.bands.within_30_min;
        self.bands.within_4_h += other.bands.within_4_h;
        self.bands.within_24_h += other.bands.within_24_h;
        self.bands.later += other.bands.later;
        self.promises_kept += other.promises_kept;
        self.promises_broken += other.promises_broken;
        self.running.extend_from_slice(&other.running);
    }
}

/// What many waits amount to. Lengths in milliseconds; percentiles by nearest rank, over the
/// waits that ended with what was waited for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// How many ended with what was waited for.
    pub n: usize,
    /// How many run.
    pub open: usize,
    /// How many ended without it.
    pub without: usize,
    /// How many were the wait of a customer who could not be reached.
    pub unreachable: usize,
    /// Whether these percentiles are lengths that occurred; otherwise each is within 0.5 % of one.
    pub exact: bool,
    /// Half were at most this long.
    pub median_ms: Option<i64>,
    /// Nine in ten were at most this long.
    pub p90_ms: Option<i64>,
    /// Nineteen in twenty were at most this long; none where n is below 20.
    pub p95_ms: Option<i64>,
    /// How many came within which time.
    pub bands: Bands,
    /// How many of those have a target in business time.
    pub business_n: usize,
    /// Whether the percentiles in business time are lengths that occurred.
    pub business_exact: bool,
    /// Half of these were at most this long, in business time.
    pub business_median_ms: Option<i64>,
    /// Nine in ten of these were at most this long, in business time.
    pub business_p90_ms: Option<i64>,
    /// The target, where all have the same.
    pub target_ms: Option<i64>,
    /// How many came within the target.
    pub met: Option<usize>,
    /// How many came later, or did not come and are, or were in the end, older than the target.
    pub breached: Option<usize>,
    /// Met / (met + breached).
    pub attainment: Option<f64>,
    /// How many began while we could not hear the customer: among all the others here.
    pub outage: usize,
}

/// How many came within which time; each counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bands {
    /// Within half an hour.
    pub within_30_min: usize,
    /// Later, but within 4 hours.
    pub within_4_h: usize,
    /// Later, but within a day.
    pub within_24_h: usize,
    /// Later still.
    pub later: usize,
}

impl Bands {
    /// One more of that length.
    pub fn add(&mut self, length: Millis) {
        let band = match length {
            length if length <= QUICK => &mut self.within_30_min,
            length if length <= SAME_DAY => &mut self.within_4_h,
            length if length <= NEXT_DAY => &mut self.within_24_h,
            _ => &mut self.later,
        };
        *band += 1;
    }
}

/// A share of a whole; none of nothing.
pub fn share(part: usize, whole: usize) -> Option<f64> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of conversations stay far below 2^52"
    )]
    let share = part as f64 / whole as f64;
    (whole > 0).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::super::sla::Measure;
    use super::*;
    use crate::domain::report::line::Who;

    /// What runs has lasted for so many minutes by then.
    const NOW: Timestamp = Timestamp(1_000_000_000);
    const TARGET: Millis = Millis::minutes(30);

    fn wait(state: WaitState) -> LineWait {
        LineWait {
            measure: Measure::FirstAnswer,
            since: Timestamp(0),
            who: Who::Nobody,
            outage: false,
            target: None,
            state,
        }
    }

    fn over(outcome: Outcome, minutes: i64) -> LineWait {
        wait(WaitState::Over(Over {
            outcome,
            length: Millis::minutes(minutes),
            business: None,
            late: None,
            promised: false,
        }))
    }

    fn came(minutes: i64) -> LineWait {
        over(Outcome::Came, minutes)
    }

    fn running(minutes: i64) -> LineWait {
        wait(WaitState::Running(Running {
            since: NOW - Millis::minutes(minutes),
            paused: Millis(0),
            paused_since: None,
            due_at: None,
            promised: false,
        }))
    }

    /// The same wait with a target of half an hour.
    fn with_target(mut wait: LineWait) -> LineWait {
        wait.target = Some(TARGET);
        match &mut wait.state {
            WaitState::Over(over) => over.late = Some(over.length > TARGET),
            WaitState::Running(running) => running.due_at = Some(running.since + TARGET),
        }
        wait
    }

    fn gathered(waits: &[LineWait]) -> Waits {
        let mut all = Waits::default();
        waits.iter().for_each(|wait| all.add(wait));
        all
    }

    fn figures(waits: &[LineWait]) -> Figures {
        gathered(waits).figures(NOW)
    }

    #[test]
    fn few_values_have_no_95th_percentile() {
        let of = |n: i64| figures(&(1..=n).map(came).collect::<Vec<_>>());
        assert_eq!(of(19).p95_ms, None);
        assert_eq!(of(20).p95_ms, Some(Millis::minutes(19).0));
        assert_eq!(of(19).n, 19);
        assert_eq!(of(0).median_ms, None);
    }

    #[test]
    fn what_is_overdue_and_open_is_breached() {
        let waits = [
            came(10),
            came(30),
            came(31),
            running(5),
            running(90),
            over(Outcome::Without, 20),
            over(Outcome::Without, 40),
            over(Outcome::Unreachable, 90),
        ];
        let figures = figures(&waits.map(with_target));
        assert_eq!(figures.target_ms, Some(TARGET.0));
        assert_eq!((figures.met, figures.breached), (Some(2), Some(3)));
        assert_eq!(figures.attainment, Some(0.4));
        assert_eq!((figures.n, figures.open, figures.without), (3, 2, 2));
        assert_eq!(figures.unreachable, 1);
    }

    #[test]
    fn each_wait_is_in_one_band() {
        let figures = figures(&[
            came(0),
            came(30),
            came(31),
            came(240),
            came(1440),
            came(1441),
        ]);
        let expected = Bands {
            within_30_min: 2,
            within_4_h: 2,
            within_24_h: 1,
            later: 1,
        };
        assert_eq!(figures.bands, expected);
        assert_eq!(figures.attainment, None);
    }

    #[test]
    fn coverage_weighs_the_bands_and_leaves_out_what_is_not_known_yet() {
        let coverage = |waits: &[LineWait]| gathered(waits).expectation_coverage(NOW);
        let close = |waits: &[LineWait], expected: f64| {
            let coverage = coverage(waits).expect("is known");
            assert!((coverage - expected).abs() < 1e-9, "{coverage} {expected}");
        };
        close(&[came(1)], 1.0);
        close(&[came(60)], 0.26 + 0.31 + 0.06);
        close(&[came(1), came(60)], 0.37 / 2.0 + 0.26 + 0.31 + 0.06);
        close(&[over(Outcome::Without, 1)], 0.06);
        // Open for an hour: too late for the quick band, undecided for the others.
        close(&[came(1), running(60)], 0.37 / 2.0 + 0.26 + 0.31 + 0.06);
        assert_eq!(coverage(&[]), None);
        assert_eq!(coverage(&[running(1)]), None);
    }

    #[test]
    fn targets_that_differ_are_not_shown_as_one() {
        let check = |targets: &[Option<i64>], expected| {
            let waits = targets.iter().map(|target| LineWait {
                target: target.map(Millis),
                ..came(1)
            });
            let waits: Vec<LineWait> = waits.collect();
            assert_eq!(figures(&waits).target_ms, expected, "{targets:?}");
        };
        check(&[None, Some(5), Some(5)], Some(5));
        check(&[Some(5), None, Some(6), Some(5)], None);
        check(&[None], None);
    }
}
