//! What is learnt from the texts of a base in one language, and how it ranks entries for a text.
//!
//! A model stands on the ground that a training laid; edits since then lie above it and hide what
//! they replace. So an edit costs what it touches, not what the base is.
//!
//! Invariant: immutable; ranking gives the same order for the same text, ties by the entries'
//! order.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::confidence::{Evidence, Known, SHARPNESS, evidence};
use super::features::{Bag, Group};
use super::meaning::{Meaning, Point};
use super::postings::{Postings, Row, Weights};
use super::vocabulary::{FeatureId, Vector, Vocabulary};

/// A text that is known to belong to an entry.
#[derive(Debug, Clone)]
pub struct Example {
    /// The entry's number.
    pub entry: usize,
    /// The text's features.
    pub bag: Bag,
    /// Its place in the space of the embedding model, where one is in use.
    pub point: Option<Point>,
}

/// Entries that a text is ranked among.
const CANDIDATES: usize = 40;
/// Candidates whose single texts are looked at.
const LOOKED_AT_CLOSELY: usize = 5;
/// What the cosine to the centroid counts beside the linear function.
const CENTROID_WEIGHT: f32 = 0.5;
/// Brings the meaning, which is in logarithms, to what the scores are in.
const MEANING_SCALE: f32 = 1.0 / SHARPNESS as f32;

/// Everything learnt in one language.
#[derive(Debug, Clone)]
pub struct Model {
    /// The features.
    pub vocabulary: Vocabulary,
    pub(super) ground: Arc<Ground>,
    /// Entries that were learnt again since, by number; new ones have the highest numbers.
    pub(super) edited: BTreeMap<usize, Arc<Edited>>,
    /// What the texts mean, where an embedding model gave all of them points.
    pub(super) meaning: Option<Meaning>,
}

/// What a training of the whole base gave.
#[derive(Debug, Default)]
pub(super) struct Ground {
    /// The texts of each entry.
    pub vectors: Vec<Vec<Vector>>,
    pub postings: Postings,
    /// What each entry's linear function gives every text.
    pub biases: Vec<f32>,
}

/// An entry that was learnt again; without texts where it was taken out.
#[derive(Debug, Default)]
pub(super) struct Edited {
    pub vectors: Vec<Vector>,
    pub row: Row,
    pub bias: f32,
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
    /// How much it is meant, by the embedding model; 0 without.
    pub meant: f32,
    /// The text nearest in meaning, by its number among the entry's, and its cosine.
    pub alike: Option<(usize, f32)>,
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
    /// How many entries were learnt again since the whole was.
    pub fn edited_count(&self) -> usize {
        self.edited.len()
    }

    /// What it occupies, in bytes, about.
    pub fn bytes(&self) -> usize {
        let vectors = self.ground.vectors.iter().flatten();
        let vectors: usize = vectors
            .map(|vector| size_of_val(&vector.weights[..]) + 32)
            .sum();
        let meaning = self.meaning.as_ref().map_or(0, Meaning::bytes);
        vectors + self.ground.postings.bytes() + self.vocabulary.bytes() + meaning
    }

    #[cfg(test)]
    pub(super) fn ground_address(&self) -> usize {
        Arc::as_ptr(&self.ground).addr()
    }

    /// The texts of an entry.
    pub(super) fn texts(&self, entry: usize) -> &[Vector] {
        match self.edited.get(&entry) {
            Some(edited) => &edited.vectors,
            None => self.ground.vectors.get(entry).map_or(&[], Vec::as_slice),
        }
    }

    /// The entries with the highest `value` among those that have a feature with this text in
    /// common or are `meant` by it, best first.
    fn best(
        &self,
        text: &[(FeatureId, f32)],
        meant: Option<&Meant<'_>>,
        most: usize,
        value: impl Fn(&Scored) -> f32,
    ) -> Vec<Scored> {
        let mut sums = vec![(0.0f32, 0.0f32); self.ground.biases.len()];
        for (feature, weight) in text {
            for (entry, weights) in self.ground.postings.of_feature(*feature) {
                let sum = &mut sums[*entry as usize];
                sum.0 += weight * weights.linear();
                sum.1 += weight * weights.centroid();
            }
        }
        let grounded = sums
            .into_iter()
            .zip(&self.ground.biases)
            .enumerate()
            .filter_map(|(entry, ((linear, centroid), bias))| {
                scored(entry, linear + bias, centroid, meant)
            })
            .filter(|scored| !self.edited.contains_key(&scored.entry));
        let edited = self.edited.iter().filter_map(|(entry, edited)| {
            let (linear, centroid) = edited.sum(text);
            scored(*entry, linear + edited.bias, centroid, meant)
        });
        best_of(grounded.chain(edited), most, value)
    }

    /// The entries whose centroids are nearest to a vector, best first.
    pub(super) fn nearest(&self, text: &[(FeatureId, f32)], most: usize) -> Vec<usize> {
        let found = self.best(text, None, most, |scored| scored.centroid);
        found.into_iter().map(|scored| scored.entry).collect()
    }

    /// Ranks the entries for a text and tells what speaks for the first. The meaning of the text
    /// counts where it has a point, with the weight that the base's calibration gives it.
    pub fn look(&self, bag: &Bag, point: Option<&Point>, meaning_weight: f32) -> Seen {
        let meaning = self.meaning.as_ref().zip(point);
        let meant = meaning.map(|(meaning, point)| Meant {
            meaning,
            point,
            values: meaning.of(point),
            weight: meaning_weight * MEANING_SCALE,
        });
        let ranked = self.rank(&self.vocabulary.vector(bag), meant.as_ref());
        let evidence = ranked
            .first()
            .and_then(|first| evidence(&ranked, self.known(bag, first.entry)));
        Seen { ranked, evidence }
    }

    /// The candidates for a text, best first.
    fn rank(&self, text: &Vector, meant: Option<&Meant<'_>>) -> Vec<Scored> {
        let mut candidates = self.best(&text.weights, meant, CANDIDATES, |scored| scored.score);
        for candidate in candidates.iter_mut().take(LOOKED_AT_CLOSELY) {
            let texts = self.texts(candidate.entry);
            let cosines = texts.iter().map(|vector| text.dot(&vector.weights));
            candidate.nearest = cosines.fold(0.0, f32::max);
            candidate.alike =
                meant.and_then(|meant| meant.meaning.nearest(candidate.entry, meant.point));
        }
        candidates
    }

    /// What share of a text's words, by rarity, the base and an entry know.
    fn known(&self, bag: &Bag, entry: usize) -> Known {
        let words = bag.group(Group::Word.place());
        let (mut all, mut by_base, mut by_first) = (0.0, 0.0, 0.0);
        for feature in words {
            let idf = f64::from(self.vocabulary.idf(*feature));
            all += idf;
            if self.vocabulary.id(*feature).is_some() {
                by_base += idf;
                if self.weight_for(entry, *feature) > 0.0 {
                    by_first += idf;
                }
            }
        }
        let all = f64::max(all, 1e-9);
        let concepts = bag.group(Group::Concept.place());
        let mut concepts = concepts.iter();
        Known {
            by_base: by_base / all,
            by_first: by_first / all,
            words: words.len(),
            is_shared: by_first > 0.0
                || concepts.any(|concept| self.weight_for(entry, *concept) > 0.0),
        }
    }

    /// How much a feature of a text speaks for an entry.
    pub fn weight_for(&self, entry: usize, feature: u64) -> f32 {
        let Some(id) = self.vocabulary.id(feature) else {
            return 0.0;
        };
        let weights = match self.edited.get(&entry) {
            Some(edited) => edited.at(id),
            None => self.ground.postings.at(id, entry),
        };
        weights.map_or(0.0, Weights::centroid)
    }
}

impl Edited {
    fn at(&self, feature: FeatureId) -> Option<Weights> {
        let place = self
            .row
            .binary_search_by_key(&feature, |(feature, _)| *feature);
        place.ok().map(|place| self.row[place].1)
    }

    fn sum(&self, text: &[(FeatureId, f32)]) -> (f32, f32) {
        text.iter().fold(
            (0.0, 0.0),
            |(linear, centroid), (feature, weight)| match self.at(*feature) {
                Some(weights) => (
                    linear + weight * weights.linear(),
                    centroid + weight * weights.centroid(),
                ),
                None => (linear, centroid),
            },
        )
    }
}

/// A text's point, and how much each entry is meant by it.
struct Meant<'m> {
    meaning: &'m Meaning,
    point: &'m Point,
    values: Vec<Option<f32>>,
    weight: f32,
}

/// An entry as a candidate; `None` where nothing connects it with the text.
fn scored(entry: usize, linear: f32, centroid: f32, meant: Option<&Meant<'_>>) -> Option<Scored> {
    let value = meant.and_then(|meant| Some((meant.weight, (*meant.values.get(entry)?)?)));
    if centroid <= 0.0 && value.is_none() {
        return None;
    }
    let (weight, meant) = value.unwrap_or_default();
    Some(Scored {
        entry,
        score: linear + CENTROID_WEIGHT * centroid + weight * meant,
        linear,
        centroid,
        nearest: 0.0,
        meant,
        alike: None,
    })
}

/// The `most` with the highest value, highest first. Few of many thousands ever come near the
/// best, so that most are passed over with one comparison.
fn best_of(
    found: impl Iterator<Item = Scored>,
    most: usize,
    value: impl Fn(&Scored) -> f32,
) -> Vec<Scored> {
    let order = |left: &Scored, right: &Scored| {
        value(right)
            .total_cmp(&value(left))
            .then(left.entry.cmp(&right.entry))
    };
    let mut best: Vec<Scored> = Vec::with_capacity(2 * most + 1);
    let mut bound = f32::NEG_INFINITY;
    for scored in found {
        if value(&scored) < bound {
            continue;
        }
        best.push(scored);
        if best.len() > 2 * most {
            best.select_nth_unstable_by(most, order);
            best.truncate(most);
            bound = best.iter().map(&value).fold(f32::INFINITY, f32::min);
        }
    }
    best.sort_unstable_by(order);
    best.truncate(most);
    best
}
