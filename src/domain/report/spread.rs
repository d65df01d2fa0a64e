//! How lengths are spread: every one of them while they are few, a sketch of them from then on.

use super::digits;
use super::sketch::Sketch;

/// Up to so many lengths, percentiles are exact.
pub const EXACT_MAX: usize = 10_000;

/// The lengths of many waits, in milliseconds.
#[derive(Clone, Debug)]
pub struct Spread {
    /// All of them, in no order: at most [`EXACT_MAX`]; none where they are more.
    exact: Option<Vec<i64>>,
    /// What they are counted in from then on.
    sketch: Sketch,
}

/// A spread as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpreadText {
    /// How many lengths.
    pub n: usize,
    /// All of them, ascending, each as its distance from the one before; none where they are more
    /// than [`EXACT_MAX`].
    pub exact: Option<String>,
    /// Their sketch.
    pub sketch: String,
}

impl Default for Spread {
    fn default() -> Spread {
        Spread {
            exact: Some(Vec::new()),
            sketch: Sketch::default(),
        }
    }
}

impl Spread {
    /// One more length; negative ones count as nothing.
    pub fn add(&mut self, length: i64) {
        let length = length.max(0);
        match &mut self.exact {
            Some(all) if all.len() < EXACT_MAX => all.push(length),
            Some(_) | None => self.sketch_mut().add(length),
        }
    }

    /// All of another one.
    pub fn merge(&mut self, other: &Spread) {
        match &other.exact {
            Some(more) => more.iter().for_each(|length| self.add(*length)),
            None => self.sketch_mut().merge(&other.sketch),
        }
    }

    /// Adds a stored one. `total` is how many lengths there will be with all that is added: where
    /// they are too many for all to be kept, the sketch is taken at once. `false` where it does
    /// not read.
    #[must_use]
    pub fn merge_text(&mut self, text: &SpreadText, total: usize) -> bool {
        match &text.exact {
            Some(exact) if total <= EXACT_MAX => {
                let mut last = 0_u64;
                digits::read(exact, |gap| {
                    last = last.saturating_add(gap);
                    self.add(i64::try_from(last).unwrap_or(i64::MAX));
                })
            }
            Some(_) | None => self.sketch_mut().merge_text(&text.sketch),
        }
    }

    /// The sketch, from now on in place of the single lengths.
    fn sketch_mut(&mut self) -> &mut Sketch {
        for length in self.exact.take().unwrap_or_default() {
            self.sketch.add(length);
        }
        &mut self.sketch
    }

    /// How many lengths.
    pub fn n(&self) -> usize {
        match &self.exact {
            Some(all) => all.len(),
            None => self.sketch.n(),
        }
    }

    /// Whether percentiles are lengths that occurred; otherwise within 0.5 % of one.
    pub fn is_exact(&self) -> bool {
        self.exact.is_some()
    }

    /// The smallest length that at least so many percent of all do not exceed, for each; none of
    /// nothing.
    pub fn nearest_ranks<const N: usize>(&self, percents: [usize; N]) -> [Option<i64>; N] {
        let Some(all) = &self.exact else {
            return percents.map(|percent| self.sketch.nearest_rank(percent));
        };
        let mut sorted = all.clone();
        sorted.sort_unstable();
        percents.map(|percent| {
            let rank = (sorted.len() * percent).div_ceil(100);
            sorted.get(rank.checked_sub(1)?).copied()
        })
    }

    /// As it is stored.
    pub fn text(&self) -> SpreadText {
        let Some(all) = &self.exact else {
            return SpreadText {
                n: self.n(),
                exact: None,
                sketch: self.sketch.text(),
            };
        };
        let mut sorted = all.clone();
        sorted.sort_unstable();
        let (mut exact, mut sketch, mut last) = (String::new(), Sketch::default(), 0);
        for length in sorted {
            digits::write(&mut exact, length.abs_diff(last));
            sketch.add(length);
            last = length;
        }
        SpreadText {
            n: all.len(),
            exact: Some(exact),
            sketch: sketch.text(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(lengths: impl Iterator<Item = i64>) -> Spread {
        let mut spread = Spread::default();
        lengths.for_each(|length| spread.add(length));
        spread
    }

    #[test]
    fn ten_thousand_are_exact_and_one_more_is_near() {
        let most = i64::try_from(EXACT_MAX).expect("fits");
        let few = spread((0..most).map(|n| n * 1_000));
        assert!(few.is_exact());
        assert_eq!(few.nearest_ranks([50]), [Some((most / 2 - 1) * 1_000)]);
        let many = spread((0..=most).map(|n| n * 1_000));
        assert!(!many.is_exact());
        assert_eq!(many.n(), EXACT_MAX + 1);
        let [median] = many.nearest_ranks([50]);
        let off = median.expect("there are some") - most / 2 * 1_000;
        assert!(off.abs() * 200 <= most / 2 * 1_000, "{off}");
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let check = |values: &[i64], percent, expected| {
            let found = spread(values.iter().copied()).nearest_ranks([percent]);
            assert_eq!(found, [expected], "{values:?} {percent}");
        };
        check(&[], 50, None);
        check(&[7], 50, Some(7));
        check(&[1, 2], 50, Some(1));
        check(&[40, 20, 35, 15, 50], 30, Some(20));
        check(&[15, 20, 35, 40, 50], 100, Some(50));
        check(&(1..=100).collect::<Vec<_>>(), 95, Some(95));
    }

    #[test]
    fn merging_days_is_counting_all_at_once() {
        for sizes in [
            [10, 20, 30],
            [9_000, 1_000, 0],
            [9_000, 1_000, 1],
            [20_000, 5, 12_000],
        ] {
            let days = sizes.map(|size| spread((0..size).map(|n| n * n % 86_400_000)));
            let total = sizes.iter().sum::<i64>();
            let mut by_merging = Spread::default();
            let mut by_reading = Spread::default();
            let mut at_once = Spread::default();
            for (day, size) in days.iter().zip(sizes) {
                by_merging.merge(day);
                let total = usize::try_from(total).expect("fits");
                assert!(by_reading.merge_text(&day.text(), total));
                (0..size).for_each(|n| at_once.add(n * n % 86_400_000));
            }
            assert_eq!(by_merging.text(), at_once.text(), "{sizes:?}");
            assert_eq!(by_reading.text(), at_once.text(), "{sizes:?}");
            assert_eq!(at_once.is_exact(), total <= 10_000);
        }
    }
}
