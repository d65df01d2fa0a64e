//! For each feature the entries that it speaks for or against, in one piece of memory.
//!
//! Invariant: the postings of a feature are sorted by entry.

use super::vocabulary::FeatureId;

/// What one linear weight is stored in steps of; weights lie within ±4.
const LINEAR_STEPS: f32 = 8_192.0;
/// What one centroid weight is stored in steps of; weights lie within 0..=1.
const CENTROID_STEPS: f32 = 65_535.0;

/// What a feature says about an entry, in steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    linear: i16,
    centroid: u16,
}

impl Weights {
    /// To the nearest step.
    pub fn of(linear: f32, centroid: f32) -> Weights {
        // A float that does not fit becomes the nearest that does.
        Weights {
            linear: (linear * LINEAR_STEPS).round() as i16,
            centroid: (centroid * CENTROID_STEPS).round() as u16,
        }
    }

    /// The weight in the entry's linear function.
    pub fn linear(self) -> f32 {
        f32::from(self.linear) / LINEAR_STEPS
    }

    /// The weight in the entry's centroid.
    pub fn centroid(self) -> f32 {
        f32::from(self.centroid) / CENTROID_STEPS
    }
}

/// All that is learnt of one entry: weights by feature.
pub type Row = Vec<(FeatureId, Weights)>;

/// The rows of all entries, by feature.
#[derive(Debug, Default)]
pub struct Postings {
    /// Where each feature's postings begin; one more at the end.
    starts: Vec<u32>,
    all: Vec<(u32, Weights)>,
}

impl Postings {
    /// Turns the rows of the entries, in their order, into postings over `features` features.
    pub fn of(rows: Vec<Row>, features: usize) -> Postings {
        let mut starts = vec![0u32; features + 1];
        for (feature, _) in rows.iter().flatten() {
            starts[*feature as usize + 1] += 1;
        }
        for feature in 0..features {
            starts[feature + 1] += starts[feature];
        }
        let nothing = (0, Weights::of(0.0, 0.0));
        let mut all = vec![nothing; starts[features] as usize];
        let mut next = starts.clone();
        for (entry, row) in rows.into_iter().enumerate() {
            for (feature, weights) in row {
                let place = &mut next[feature as usize];
                all[*place as usize] = (entry as u32, weights);
                *place += 1;
            }
        }
        Postings { starts, all }
    }

    /// The entries of a feature; none for one that came later.
    pub fn of_feature(&self, feature: FeatureId) -> &[(u32, Weights)] {
        let feature = feature as usize;
        match self.starts.get(feature..feature + 2) {
            Some(ends) => &self.all[ends[0] as usize..ends[1] as usize],
            None => &[],
        }
    }

    /// What a feature says about an entry.
    pub fn at(&self, feature: FeatureId, entry: usize) -> Option<Weights> {
        let postings = self.of_feature(feature);
        let place = postings.binary_search_by_key(&(entry as u32), |(entry, _)| *entry);
        place.ok().map(|place| postings[place].1)
    }

    /// What it occupies, in bytes.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.starts[..]) + size_of_val(&self.all[..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_feature_and_entry() {
        let rows = vec![
            vec![(0, Weights::of(0.5, 0.25)), (2, Weights::of(-1.5, 0.0))],
            vec![],
            vec![(2, Weights::of(2.0, 1.0))],
        ];
        let postings = Postings::of(rows, 3);
        assert_eq!(postings.of_feature(1), &[]);
        assert_eq!(postings.of_feature(7), &[]);
        let entries: Vec<u32> = postings
            .of_feature(2)
            .iter()
            .map(|(entry, _)| *entry)
            .collect();
        assert_eq!(entries, [0, 2]);
        let at = |feature, entry| {
            postings
                .at(feature, entry)
                .map(|w| (w.linear(), w.centroid()))
        };
        assert_eq!(at(2, 2), Some((2.0, 1.0)));
        assert_eq!(at(2, 0), Some((-1.5, 0.0)));
        assert_eq!(at(2, 1), None);
        let (linear, centroid) = at(0, 0).unwrap();
        assert!((linear - 0.5).abs() < 1e-3 && (centroid - 0.25).abs() < 1e-4);
    }

    #[test]
    fn what_does_not_fit_becomes_the_nearest_that_does() {
        let weights = Weights::of(99.0, 7.0);
        assert!(weights.linear() > 3.9 && (weights.centroid() - 1.0).abs() < 1e-6);
    }
}
