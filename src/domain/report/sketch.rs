//! A sketch of many lengths: how many fell into each of some thousand buckets that grow with the
//! lengths.
//!
//! It is the layout of DDSketch with whole numbers for bounds: a bucket stands for one value, and
//! is as wide as that value is within [`ONE_IN`] of everything in it. So every percentile by
//! nearest rank is within 0.5 % of the exact one, whatever the data; merging adds counts, in any
//! order; and the same lengths always give the same sketch, on every machine.

use std::sync::LazyLock;

use super::digits;

/// A percentile is off by at most one part in so many.
pub const ONE_IN: i64 = 200;

/// A bucket: from `first` up to the next one's.
struct Bucket {
    first: i64,
    /// What it stands for.
    value: i64,
}

/// All buckets from 0 to half of the largest number: about 4,000, of which lengths of less than a
/// year use the first 2,200.
static BUCKETS: LazyLock<Vec<Bucket>> = LazyLock::new(|| {
    let mut buckets = vec![Bucket { first: 0, value: 0 }];
    let mut first = 1;
    loop {
        // The largest number that is near enough to the first, and the largest near enough to it.
        let value = first + first / ONE_IN;
        let last = i128::from(value) * i128::from(ONE_IN) / i128::from(ONE_IN - 1);
        buckets.push(Bucket { first, value });
        match i64::try_from(last + 1) {
            Ok(next) if next < i64::MAX / 2 => first = next,
            Ok(_) | Err(_) => return buckets,
        }
    }
});

fn bucket_of(length: i64) -> usize {
    let after = BUCKETS.partition_point(|bucket| bucket.first <= length);
    after.saturating_sub(1)
}

/// How many lengths fell into which bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sketch {
    /// By bucket; the last one is not empty.
    counts: Vec<u64>,
    n: u64,
}

impl Sketch {
    /// One more length; negative ones count as nothing.
    pub fn add(&mut self, length: i64) {
        self.add_to(bucket_of(length), 1);
    }

    /// All of another one.
    pub fn merge(&mut self, other: &Sketch) {
        for (bucket, count) in other.counts.iter().enumerate() {
            if *count > 0 {
                self.add_to(bucket, *count);
            }
        }
    }

    fn add_to(&mut self, bucket: usize, count: u64) {
        if self.counts.len() <= bucket {
            self.counts.resize(bucket + 1, 0);
        }
        self.counts[bucket] += count;
        self.n += count;
    }

    /// How many lengths.
    pub fn n(&self) -> usize {
        usize::try_from(self.n).unwrap_or(usize::MAX)
    }

    /// The value of the bucket of the smallest length that at least `percent` of all do not
    /// exceed.
    pub fn nearest_rank(&self, percent: usize) -> Option<i64> {
        let rank = (self.n() * percent).div_ceil(100).max(1);
        let mut before = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            before += usize::try_from(*count).unwrap_or(usize::MAX);
            if before >= rank {
                return Some(BUCKETS[bucket].value);
            }
        }
        None
    }

    /// As text: for each bucket that holds any, how far it is from the last one, and how many.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut last = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            if *count > 0 {
                digits::write(&mut text, (bucket - last) as u64);
                digits::write(&mut text, *count);
                last = bucket;
            }
        }
        text
    }

    /// Adds what [`Sketch::text`] wrote; `false`, and only a part of it added, where it does not
    /// read.
    #[must_use]
    pub fn merge_text(&mut self, text: &str) -> bool {
        let (mut bucket, mut gap) = (0_usize, None);
        let mut is_known = true;
        let read = digits::read(text, |number| match gap.take() {
            None => gap = Some(number),
            Some(by) => {
                let by = usize::try_from(by).unwrap_or(usize::MAX);
                bucket = bucket.saturating_add(by);
                if bucket < BUCKETS.len() {
                    self.add_to(bucket, number);
                } else {
                    is_known = false;
                }
            }
        });
        read && is_known && gap.is_none()
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn sketch(lengths: &[i64]) -> Sketch {
        let mut sketch = Sketch::default();
        for length in lengths {
            sketch.add(*length);
        }
        sketch
    }

    fn merged(one: &Sketch, other: &Sketch) -> Sketch {
        let mut both = one.clone();
        both.merge(other);
        both
    }

    /// Lengths of every order of magnitude.
    fn lengths() -> impl Strategy<Value = Vec<i64>> {
        let one = (0_u32..62).prop_flat_map(|bits| 0..(1_i64 << bits).max(1));
        vec(one, 1..300)
    }

    proptest! {
        #[test]
        fn no_percentile_is_off_by_more_than_half_a_percent(lengths in lengths(), percent in 1_usize..=100) {
            let mut sorted = lengths.clone();
            sorted.sort_unstable();
            let exact = sorted[(sorted.len() * percent).div_ceil(100) - 1];
            let near = sketch(&lengths).nearest_rank(percent).expect("there are some");
            let off = i128::from((near - exact).abs());
            prop_assert!(off * i128::from(ONE_IN) <= i128::from(exact), "{near} for {exact}");
        }

        #[test]
        fn merging_is_building_at_once_in_any_order(a in lengths(), b in lengths(), c in lengths()) {
            let all: Vec<i64> = [&a[..], &b, &c].concat();
            let (a, b, c) = (sketch(&a), sketch(&b), sketch(&c));
            let at_once = sketch(&all);
            prop_assert_eq!(&merged(&merged(&a, &b), &c), &at_once);
            prop_assert_eq!(&merged(&a, &merged(&b, &c)), &at_once);
            prop_assert_eq!(&merged(&merged(&c, &b), &a), &at_once);
            prop_assert_eq!(at_once.n(), all.len());
        }

        #[test]
        fn a_sketch_reads_back(lengths in lengths()) {
            let written = sketch(&lengths);
            let mut read = Sketch::default();
            prop_assert!(read.merge_text(&written.text()));
            prop_assert_eq!(read, written);
        }
    }

    #[test]
    fn buckets_stand_for_what_is_in_them() {
        for pair in BUCKETS.windows(2) {
            let (this, next) = (&pair[0], &pair[1]);
            assert!(this.first < next.first);
            for length in [this.first, next.first - 1] {
                let off = i128::from((this.value - length).abs());
                assert!(
                    off * i128::from(ONE_IN) <= i128::from(length),
                    "{length} in {}",
                    this.value
                );
            }
        }
        let year_ms = 366 * 24 * 60 * 60 * 1_000;
        assert!(bucket_of(year_ms) < 2_200, "{}", bucket_of(year_ms));
        assert_eq!(bucket_of(-5), 0);
    }

    #[test]
    fn nothing_has_no_percentile_and_small_lengths_are_exact() {
        assert_eq!(Sketch::default().nearest_rank(50), None);
        for length in 0..ONE_IN - 1 {
            assert_eq!(sketch(&[length]).nearest_rank(50), Some(length));
        }
    }

    #[test]
    fn what_was_not_written_by_a_sketch_does_not_read() {
        for text in ["A", "_____", "!", "__________BB"] {
            assert!(!Sketch::default().merge_text(text), "{text}");
        }
    }
}
