//! Which features a base has, how rare each is, and texts as vectors over them.
//!
//! Invariant: a vector is sorted by feature; its length is 1 where all is known, less otherwise.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use super::features::{Bag, Group};
use crate::domain::lang::Lang;

/// How much of its full weight an unknown feature takes from a text's length.
const UNKNOWN_COUNTS: f32 = 0.4;

/// From how many texts on runs of characters that one in `COMMON_ONE_IN` of them has are left out:
/// they tell next to nothing, and cost most of the time.
const LARGE_FROM: u32 = 4_000;
const COMMON_ONE_IN: u32 = 20;

/// A feature's number within one vocabulary.
pub type FeatureId = u32;

/// A text over a vocabulary: features with weights, sorted by feature.
#[derive(Debug, Clone, Default)]
pub struct Vector {
    /// Feature and weight, by feature.
    pub weights: Vec<(FeatureId, f32)>,
}

type Ids = HashMap<u64, FeatureId, BuildHasherDefault<AlreadyHashed>>;

/// The features of the examples that a model learns from, and those that edits added since.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    ground: Arc<Ground>,
    /// Features of edits, numbered after those of the ground; as rare as unknown ones.
    added: Ids,
}

#[derive(Debug, Default)]
struct Ground {
    ids: Ids,
    idf: Vec<f32>,
    idf_of_unknown: f32,
    group_weights: [f32; Group::COUNT],
}

impl Vocabulary {
    /// The vocabulary of these texts.
    pub fn of<'a>(bags: impl Iterator<Item = &'a Bag>, lang: Lang) -> Vocabulary {
        let mut ground = Ground {
            group_weights: group_weights(lang),
            ..Ground::default()
        };
        let mut texts_with: Vec<u32> = Vec::new();
        let mut last_text_with: Vec<u32> = Vec::new();
        let mut is_gram: Vec<bool> = Vec::new();
        let mut texts = 0u32;
        for bag in bags {
            texts += 1;
            for place in 0..Group::COUNT {
                for feature in bag.group(place) {
                    let next = texts_with.len() as FeatureId;
                    let id = *ground.ids.entry(*feature).or_insert(next) as usize;
                    if id == texts_with.len() {
                        texts_with.push(0);
                        last_text_with.push(0);
                        is_gram.push(place == Group::Gram.place());
                    }
                    if last_text_with[id] != texts {
                        last_text_with[id] = texts;
                        texts_with[id] += 1;
                    }
                }
            }
        }
        let idf = |count: u32| (f64::from(1 + texts) / f64::from(1 + count)).ln() as f32 + 1.0;
        ground.idf = texts_with.iter().map(|count| idf(*count)).collect();
        if texts >= LARGE_FROM {
            let counted = texts_with.iter().zip(&is_gram);
            for (idf, (count, is_gram)) in ground.idf.iter_mut().zip(counted) {
                if *is_gram && *count > texts / COMMON_ONE_IN {
                    *idf = 0.0;
                }
            }
        }
        ground.idf_of_unknown = idf(0);
        ground.ids.shrink_to_fit();
        Vocabulary {
            ground: Arc::new(ground),
            added: Ids::default(),
        }
    }

    /// Takes in the features of further texts.
    pub fn add<'a>(&mut self, bags: impl Iterator<Item = &'a Bag>) {
        for bag in bags {
            for feature in (0..Group::COUNT).flat_map(|place| bag.group(place)) {
                if self.id(*feature).is_none() {
                    let next = self.features() as FeatureId;
                    self.added.insert(*feature, next);
                }
            }
        }
    }

    /// What it occupies, in bytes, about.
    pub fn bytes(&self) -> usize {
        self.ground.ids.capacity() * 18 + size_of_val(&self.ground.idf[..])
    }

    /// How many features there are.
    pub fn features(&self) -> usize {
        self.ground.idf.len() + self.added.len()
    }

    /// The number of a feature; `None` when no example has it.
    pub fn id(&self, feature: u64) -> Option<FeatureId> {
        let known = self.ground.ids.get(&feature);
        known.or_else(|| self.added.get(&feature)).copied()
    }

    /// How rare a feature is; one that no example has is the rarest.
    pub fn idf(&self, feature: u64) -> f32 {
        match self.ground.ids.get(&feature) {
            Some(id) => self.idf_of(*id),
            None => self.ground.idf_of_unknown,
        }
    }

    fn idf_of(&self, id: FeatureId) -> f32 {
        let ground = &self.ground;
        let idf = ground.idf.get(id as usize);
        idf.copied().unwrap_or(ground.idf_of_unknown)
    }

    /// A text as a vector: per group term frequency (dampened) × rarity, each group brought to its
    /// own weight, the whole to length 1. What the vocabulary does not know takes its part of that
    /// length, so that a text of mostly unknown words has a short vector and little to say.
    pub fn vector(&self, bag: &Bag) -> Vector {
        let mut weights: Vec<(FeatureId, f32)> = Vec::new();
        let mut square = 0.0f32;
        for (place, group_weight) in self.ground.group_weights.into_iter().enumerate() {
            let features = bag.group(place);
            if features.is_empty() {
                continue;
            }
            let start = weights.len();
            let known = features.iter().filter_map(|feature| self.id(*feature));
            let mut ids: Vec<FeatureId> = known.collect();
            let unknown = (features.len() - ids.len()) as f32;
            ids.sort_unstable();
            for same in ids.chunk_by(|left, right| left == right) {
                let frequency = 1.0 + (same.len() as f32).ln();
                let weight = frequency * self.idf_of(same[0]);
                if weight > 0.0 {
                    weights.push((same[0], weight));
                }
            }
            let unseen = unknown * (UNKNOWN_COUNTS * self.ground.idf_of_unknown).powi(2);
            scale(&mut weights[start..], unseen, group_weight);
            square += group_weight * group_weight;
        }
        let length = square.sqrt().max(f32::MIN_POSITIVE);
        for (_, weight) in &mut weights {
            *weight /= length;
        }
        weights.sort_unstable_by_key(|(id, _)| *id);
        Vector { weights }
    }
}

/// What each group of features counts, in the order of their places.
fn group_weights(lang: Lang) -> [f32; Group::COUNT] {
    match lang {
        Lang::En => [1.0, 0.0, 0.5, 0.8, 0.6],
        Lang::Vi => [1.0, 0.5, 0.9, 0.6, 0.7],
        Lang::Zh => [0.8, 0.0, 1.0, 0.4, 0.8],
    }
}

/// Brings a vector, together with what is unseen of it (its squared length), to `length`.
fn scale(weights: &mut [(FeatureId, f32)], unseen: f32, length: f32) {
    let seen: f32 = weights.iter().map(|(_, weight)| weight * weight).sum();
    let square = seen + unseen;
    if square > 0.0 {
        let factor = length / square.sqrt();
        for (_, weight) in weights {
            *weight *= factor;
        }
    }
}

impl Vector {
    /// The sum of these vectors, brought to length 1.
    pub fn centroid<'a>(vectors: impl Iterator<Item = &'a Vector>) -> Vector {
        let mut all: Vec<(FeatureId, f32)> =
            vectors.flat_map(|v| v.weights.iter().copied()).collect();
        all.sort_unstable_by_key(|(id, _)| *id);
        let mut weights: Vec<(FeatureId, f32)> = all
            .chunk_by(|left, right| left.0 == right.0)
            .map(|same| (same[0].0, same.iter().map(|(_, weight)| weight).sum()))
            .collect();
        scale(&mut weights, 0.0, 1.0);
        Vector { weights }
    }

    /// The scalar product with weights sorted by feature; this vector is the shorter one.
    pub fn dot(&self, other: &[(FeatureId, f32)]) -> f32 {
        let mut sum = 0.0;
        let mut rest = other;
        for (id, weight) in &self.weights {
            let skip = rest.partition_point(|(other_id, _)| other_id < id);
            rest = &rest[skip..];
            match rest.first() {
                Some((other_id, other_weight)) if other_id == id => sum += weight * other_weight,
                Some(_) => {}
                None => break,
            }
        }
        sum
    }
}

/// Features are hashes already: hashing them again would only cost time.
#[derive(Default)]
struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, feature: u64) {
        self.0 = feature;
    }
}
