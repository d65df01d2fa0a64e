//! Numbers about many waits: percentiles, bands, attainment, expectation coverage.

use serde::Serialize;

use crate::domain::sla::measures::{Ended, Wait};
use crate::domain::time::{Millis, Timestamp};

/// Below this many values no 95th percentile is shown: one value would decide it.
const P95_N_MIN: usize = 20;
/// What 37 % of customers expect at most.
const QUICK: Millis = Millis::minutes(30);
/// What a further 26 % expect at most.
const SAME_DAY: Millis = Millis::hours(4);
/// What a further 31 % expect at most.
const NEXT_DAY: Millis = Millis::hours(24);

/// One wait as figures see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length {
    /// How long it lasted, or lasts by now.
    pub length: Millis,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether an outage held up the message that began it.
    pub outage: bool,
    /// The same length in the business time of its policy, where its target is in that.
    pub business: Option<Millis>,
    /// Its target.
    pub target: Option<Millis>,
    /// Whether its time ran out; `None` where no target was set.
    pub late: Option<bool>,
}

/// How a wait ended, as figures see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What was waited for came.
    Came,
    /// It runs.
    Open,
    /// The matter ended without it.
    Without,
    /// Nobody could have ended it: the customer had shut the bot out.
    Unreachable,
}

impl Length {
    /// The wait by `now`, with its length in business time.
    pub fn of(wait: &Wait, business: Option<Millis>, now: Timestamp) -> Length {
        Length {
            business,
            target: wait.due.as_ref().map(|due| due.target_ms),
            late: wait.is_late(now),
            length: wait.length(now),
            outcome: match wait.ended {
                None => Outcome::Open,
                Some(Ended::Came(_)) => Outcome::Came,
                Some(Ended::Resolved(_)) => Outcome::Without,
                Some(Ended::Unreachable(_)) => Outcome::Unreachable,
            },
            outage: wait.outage,
        }
    }

    /// A length of something that is over.
    pub fn over(length: Millis) -> Length {
        Length {
            length,
            outcome: Outcome::Came,
            outage: false,
            business: None,
            target: None,
            late: None,
        }
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
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

/// The figures of these waits; each is held against its own target, as it was when it ran.
pub fn figures(lengths: &[Length]) -> Figures {
    let with = |outcome| lengths.iter().filter(move |wait| wait.outcome == outcome);
    let sorted = |lengths: &mut dyn Iterator<Item = Millis>| {
        let mut sorted: Vec<i64> = lengths.map(|length| length.0).collect();
        sorted.sort_unstable();
        sorted
    };
    let came = sorted(&mut with(Outcome::Came).map(|wait| wait.length));
    let business = sorted(&mut with(Outcome::Came).filter_map(|wait| wait.business));
    let has_targets = lengths.iter().any(|wait| wait.late.is_some());
    let in_time = with(Outcome::Came).filter(|wait| wait.late == Some(false));
    let met = has_targets.then(|| in_time.count());
    let late = |wait: &&Length| wait.outcome != Outcome::Unreachable && wait.late == Some(true);
    let breached = has_targets.then(|| lengths.iter().filter(late).count());
    Figures {
        n: came.len(),
        open: with(Outcome::Open).count(),
        without: with(Outcome::Without).count(),
        unreachable: with(Outcome::Unreachable).count(),
        median_ms: nearest_rank(&came, 50),
        p90_ms: nearest_rank(&came, 90),
        p95_ms: nearest_rank(&came, 95).filter(|_| came.len() >= P95_N_MIN),
        bands: bands(&came),
        business_n: business.len(),
        business_median_ms: nearest_rank(&business, 50),
        business_p90_ms: nearest_rank(&business, 90),
        target_ms: one_target(lengths),
        met,
        breached,
        attainment: met
            .zip(breached)
            .and_then(|(met, breached)| share(met, met + breached)),
        outage: lengths.iter().filter(|wait| wait.outage).count(),
    }
}

fn one_target(lengths: &[Length]) -> Option<i64> {
    let mut targets = lengths.iter().filter_map(|wait| wait.target);
    let first = targets.next()?;
    targets.all(|target| target == first).then_some(first.0)
}

/// The smallest value that at least `percent` of the values do not exceed; `sorted` ascending.
fn nearest_rank(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

/// How many of these lengths, in milliseconds, are in which band.
pub fn bands(came: &[i64]) -> Bands {
    let mut bands = Bands::default();
    for ms in came {
        let band = match *ms {
            ms if ms <= QUICK.0 => &mut bands.within_30_min,
            ms if ms <= SAME_DAY.0 => &mut bands.within_4_h,
            ms if ms <= NEXT_DAY.0 => &mut bands.within_24_h,
            _ => &mut bands.later,
        };
        *band += 1;
    }
    bands
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

/// The share of customers whose expectation of a first answer was met:
/// `0.37·P(t ≤ 30 min) + 0.26·P(t ≤ 4 h) + 0.31·P(t ≤ 24 h) + 0.06` (DOMAIN.md; 6 % state no
/// limit). A wait that runs and is younger than a band's limit says nothing about that band yet.
pub fn expectation_coverage(first_answers: &[Length]) -> Option<f64> {
    let within = |limit: Millis| {
        let decided = |wait: &&Length| match wait.outcome {
            Outcome::Came | Outcome::Without => true,
            Outcome::Open => wait.length.0 > limit.0,
            Outcome::Unreachable => false,
        };
        let met = |wait: &Length| wait.outcome == Outcome::Came && wait.length.0 <= limit.0;
        let known: Vec<&Length> = first_answers.iter().filter(decided).collect();
        share(known.iter().filter(|wait| met(wait)).count(), known.len())
    };
    Some(0.37 * within(QUICK)? + 0.26 * within(SAME_DAY)? + 0.31 * within(NEXT_DAY)? + 0.06)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(minutes: i64) -> Length {
        Length::over(Millis::minutes(minutes))
    }

    fn with(outcome: Outcome, minutes: i64) -> Length {
        Length {
            outcome,
            ..came(minutes)
        }
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let check = |values: &[i64], percent, expected| {
            assert_eq!(
                nearest_rank(values, percent),
                expected,
                "{values:?} {percent}"
            );
        };
        check(&[], 50, None);
        check(&[7], 50, Some(7));
        check(&[1, 2], 50, Some(1));
        check(&[15, 20, 35, 40, 50], 30, Some(20));
        check(&[15, 20, 35, 40, 50], 100, Some(50));
        check(&(1..=100).collect::<Vec<_>>(), 95, Some(95));
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
            with(Outcome::Open, 5),
            with(Outcome::Open, 90),
            with(Outcome::Without, 20),
            with(Outcome::Without, 40),
            with(Outcome::Unreachable, 90),
        ];
        let target = Millis::minutes(30);
        let waits = waits.map(|wait| Length {
            target: Some(target),
            late: Some(wait.length > target),
            ..wait
        });
        let figures = figures(&waits);
        assert_eq!(figures.target_ms, Some(target.0));
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
        let close = |waits: &[Length], expected: f64| {
            let coverage = expectation_coverage(waits).expect("is known");
            assert!((coverage - expected).abs() < 1e-9, "{coverage} {expected}");
        };
        close(&[came(1)], 1.0);
        close(&[came(60)], 0.26 + 0.31 + 0.06);
        close(&[came(1), came(60)], 0.37 / 2.0 + 0.26 + 0.31 + 0.06);
        close(&[with(Outcome::Without, 1)], 0.06);
        // Open for an hour: too late for the quick band, undecided for the others.
        close(
            &[came(1), with(Outcome::Open, 60)],
            0.37 / 2.0 + 0.26 + 0.31 + 0.06,
        );
        assert_eq!(expectation_coverage(&[]), None);
        assert_eq!(expectation_coverage(&[with(Outcome::Open, 1)]), None);
    }
}
