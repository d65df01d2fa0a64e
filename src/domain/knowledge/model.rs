//! What is learnt from the texts of a base in one language, and how it ranks entries for a text.
//!
//! Invariant: immutable once trained; ranking gives the same order for the same text, ties by the
//! entries' order.

use super::confidence::{Evidence, Known, evidence};
use super::features::{Bag, Group};
use super::linear::{Costs, Linear, Scratch, train};
use super::vocabulary::{Vector, Vocabulary};
use crate::domain::lang::Lang;

/// A text that is known to belong to an entry.
#[derive(Debug, Clone)]
pub struct Example {
    /// The entry's number.
    pub entry: usize,
    /// The text's features.
    pub bag: Bag,
}

/// Entries that a text is ranked among, found by their centroids.
const CANDIDATES: usize = 40;
/// Entries whose texts an entry is trained against.
const RIVALS: usize = 60;
/// Candidates whose single texts are looked at.
const LOOKED_AT_CLOSELY: usize = 5;
/// What an error on an example costs when the linear functions are learnt.
const COSTS: Costs = Costs {
    own: 1.0,
    rival: 1.0,
};
/// What the cosine to the centroid counts beside the linear function.
const CENTROID_WEIGHT: f32 = 0.5;

/// Everything learnt in one language.
#[derive(Debug)]
pub struct Model {
    /// The features.
    pub vocabulary: Vocabulary,
    entries: Vec<Learnt>,
    postings: Vec<Vec<(u32, f32)>>,
}

#[derive(Debug, Default)]
struct Learnt {
    vectors: Vec<Vector>,
    centroid: Vector,
    linear: Linear,
}

/// An entry as a candidate for a text.
#[derive(Debug, Clone, Copy)]
pub struct Scored {
    /// The entry's number.
    pub entry: usize,
    /// What it is ranked by.
    pub score: f32,
    /// The linear function's value.
    pub linear: f32,
    /// The cosine to the entry's centroid.
    pub centroid: f32,
    /// The cosine to the nearest of the entry's texts.
    pub nearest: f32,
}

/// What a model sees in a text.
#[derive(Debug)]
pub struct Seen {
    /// The candidates, best first.
    pub ranked: Vec<Scored>,
    /// How far the first can be trusted; `None` without candidates.
    pub evidence: Option<Evidence>,
}

impl Model {
    /// Learns from the examples of `entry_count` entries.
    pub fn train(examples: &[Example], entry_count: usize, lang: Lang) -> Model {
        let vocabulary = Vocabulary::of(examples.iter().map(|example| &example.bag), lang);
        let mut entries: Vec<Learnt> = Vec::new();
        entries.resize_with(entry_count, Learnt::default);
        for example in examples {
            entries[example.entry]
                .vectors
                .push(vocabulary.vector(&example.bag));
        }
        let mut postings = vec![Vec::new(); vocabulary.features()];
        for (number, entry) in entries.iter_mut().enumerate() {
            entry.centroid = Vector::centroid(entry.vectors.iter());
            for (id, weight) in &entry.centroid.weights {
                postings[*id as usize].push((number as u32, *weight));
            }
        }
        let mut model = Model {
            vocabulary,
            entries,
            postings,
        };
        model.train_linear();
        model
    }

    fn train_linear(&mut self) {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let share = self.entries.len().div_ceil(threads).max(1);
        let numbers: Vec<usize> = (0..self.entries.len()).collect();
        let learnt: Vec<Linear> = std::thread::scope(|scope| {
            let this = &*self;
            let running: Vec<_> = numbers
                .chunks(share)
                .map(|chunk| {
                    scope.spawn(move || {
                        let mut scratch = Scratch::new(this.vocabulary.features());
                        chunk
                            .iter()
                            .map(|number| this.linear_of(*number, &mut scratch))
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            running
                .into_iter()
                .flat_map(|thread| thread.join().unwrap_or_default())
                .collect()
        });
        for (entry, linear) in self.entries.iter_mut().zip(learnt) {
            entry.linear = linear;
        }
    }

    fn linear_of(&self, number: usize, scratch: &mut Scratch) -> Linear {
        let entry = &self.entries[number];
        let own: Vec<&Vector> = entry.vectors.iter().collect();
        let rivals: Vec<&Vector> = self
            .by_centroid(&entry.centroid, RIVALS + 1)
            .into_iter()
            .filter(|(rival, _)| *rival != number)
            .flat_map(|(rival, _)| self.entries[rival].vectors.iter())
            .collect();
        if own.is_empty() {
            return Linear::default();
        }
        train(&own, &rivals, COSTS, scratch)
    }

    /// The entries whose centroids are nearest, best first, with the cosine.
    fn by_centroid(&self, text: &Vector, most: usize) -> Vec<(usize, f32)> {
        let mut sums = vec![0.0f32; self.entries.len()];
        for (id, weight) in &text.weights {
            for (entry, centroid_weight) in &self.postings[*id as usize] {
                sums[*entry as usize] += weight * centroid_weight;
            }
        }
        let mut found: Vec<(usize, f32)> = sums
            .into_iter()
            .enumerate()
            .filter(|(_, sum)| *sum > 0.0)
            .collect();
        found.sort_unstable_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
        found.truncate(most);
        found
    }

    /// Ranks the entries for a text and tells what speaks for the first.
    pub fn look(&self, bag: &Bag) -> Seen {
        let ranked = self.rank(&self.vocabulary.vector(bag));
        let evidence = ranked
            .first()
            .and_then(|first| evidence(&ranked, self.known(bag, first.entry)));
        Seen { ranked, evidence }
    }

    /// What share of a text's words, by rarity, the base and an entry know.
    fn known(&self, bag: &Bag, entry: usize) -> Known {
        let words = bag.group(Group::Word.place());
        let centroid = &self.entries[entry].centroid;
        let (mut all, mut by_base, mut by_first) = (0.0, 0.0, 0.0);
        for feature in words {
            let idf = f64::from(self.vocabulary.idf(*feature));
            all += idf;
            if let Some(id) = self.vocabulary.id(*feature) {
                by_base += idf;
                if centroid
                    .weights
                    .binary_search_by_key(&id, |(id, _)| *id)
                    .is_ok()
                {
                    by_first += idf;
                }
            }
        }
        let all = f64::max(all, 1e-9);
        Known {
            by_base: by_base / all,
            by_first: by_first / all,
            words: words.len(),
        }
    }

    /// How much a feature of a text speaks for an entry.
    pub fn weight_for(&self, entry: usize, feature: u64) -> f32 {
        let Some(id) = self.vocabulary.id(feature) else {
            return 0.0;
        };
        let centroid = &self.entries[entry].centroid.weights;
        centroid
            .binary_search_by_key(&id, |(id, _)| *id)
            .map_or(0.0, |place| centroid[place].1)
    }

    /// The candidates for a text, best first.
    pub fn rank(&self, text: &Vector) -> Vec<Scored> {
        let mut candidates: Vec<Scored> = self
            .by_centroid(text, CANDIDATES)
            .into_iter()
            .map(|(entry, centroid)| {
                let linear = self.entries[entry].linear.value(text);
                Scored {
                    entry,
                    score: linear + CENTROID_WEIGHT * centroid,
                    linear,
                    centroid,
                    nearest: 0.0,
                }
            })
            .collect();
        candidates.sort_by(|left, right| {
            right
                .score
                .total_cmp(&left.score)
                .then(left.entry.cmp(&right.entry))
        });
        for candidate in candidates.iter_mut().take(LOOKED_AT_CLOSELY) {
            let vectors = &self.entries[candidate.entry].vectors;
            let cosines = vectors.iter().map(|vector| text.dot(&vector.weights));
            candidate.nearest = cosines.fold(0.0, f32::max);
        }
        candidates
    }
}
