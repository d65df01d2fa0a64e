//! Learns one linear function that tells an entry's texts from those of its rivals.
//!
//! An L2-regularised support vector machine with squared hinge loss, by dual coordinate descent
//! (Hsieh et al., "A Dual Coordinate Descent Method for Large-scale Linear SVM", 2008).
//!
//! Invariant: the same examples in the same order give the same weights.

use super::vocabulary::{FeatureId, Vector};

/// How much an error on an example counts against the length of the weights.
#[derive(Debug, Clone, Copy)]
pub struct Costs {
    /// For the entry's own texts.
    pub own: f32,
    /// For the rivals' texts.
    pub rival: f32,
}

/// A linear function over a vocabulary.
#[derive(Debug, Clone, Default)]
pub struct Linear {
    /// Feature and weight, by feature.
    pub weights: Vec<(FeatureId, f32)>,
    /// What every text gets.
    pub bias: f32,
}

impl Linear {
    /// The function's value for a text.
    pub fn value(&self, text: &Vector) -> f32 {
        text.dot(&self.weights) + self.bias
    }
}

/// A dense row of weights that is used again for every entry; all zero between two uses.
pub struct Scratch {
    dense: Vec<f32>,
}

impl Scratch {
    /// For a vocabulary of that many features.
    pub fn new(features: usize) -> Scratch {
        Scratch {
            dense: vec![0.0; features],
        }
    }
}

/// The value of the feature that every example has, whose weight is the bias.
const BIAS_FEATURE: f32 = 1.0;
/// Rounds over the examples at most; more change the ranking no further.
const ROUNDS_MAX: usize = 12;
/// A round that changes no weight by more than this is the last.
const SETTLED: f32 = 0.03;
/// An example that is so far on its right side is not looked at again: later rounds hardly move
/// it back.
const FAR: f32 = 0.1;

/// Learns to give the entry's own texts +1 and the rivals' −1.
pub fn train(own: &[&Vector], rivals: &[&Vector], costs: Costs, scratch: &mut Scratch) -> Linear {
    let examples: Vec<(&Vector, f32, f32)> = own
        .iter()
        .map(|vector| (*vector, 1.0, 0.5 / costs.own))
        .chain(
            rivals
                .iter()
                .map(|vector| (*vector, -1.0, 0.5 / costs.rival)),
        )
        .collect();
    let dense = &mut scratch.dense;
    let mut bias = 0.0f32;
    let mut alphas = vec![0.0f32; examples.len()];
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut chance = 0x9e37_79b9_7f4a_7c15;
    for round in 0..ROUNDS_MAX {
        let mut largest = 0.0f32;
        mix(&mut order, &mut chance);
        order.retain(|at| {
            let at = *at;
            let (vector, side, slack) = examples[at];
            let mut value = bias * BIAS_FEATURE;
            for (id, weight) in &vector.weights {
                value += dense[*id as usize] * weight;
            }
            let gradient = side * value - 1.0 + alphas[at] * slack;
            if alphas[at] == 0.0 && gradient >= 0.0 {
                return round == 0 || gradient < FAR;
            }
            let curvature = 1.0 + BIAS_FEATURE * BIAS_FEATURE + slack;
            let changed = (alphas[at] - gradient / curvature).max(0.0);
            let change = (changed - alphas[at]) * side;
            largest = largest.max((changed - alphas[at]).abs());
            alphas[at] = changed;
            for (id, weight) in &vector.weights {
                dense[*id as usize] += change * weight;
            }
            bias += change * BIAS_FEATURE;
            true
        });
        if largest < SETTLED {
            break;
        }
    }
    collect(&examples, &alphas, bias * BIAS_FEATURE, dense)
}

/// Takes the weights out of the dense row and leaves it zero.
fn collect(
    examples: &[(&Vector, f32, f32)],
    alphas: &[f32],
    bias: f32,
    dense: &mut [f32],
) -> Linear {
    let mut weights = Vec::new();
    for ((vector, _, _), alpha) in examples.iter().zip(alphas) {
        if *alpha > 0.0 {
            for (id, _) in &vector.weights {
                let weight = std::mem::take(&mut dense[*id as usize]);
                if weight.abs() > 1e-4 {
                    weights.push((*id, weight));
                }
            }
        }
    }
    // A coordinate that came back to zero may have left a residue.
    for (vector, _, _) in examples {
        for (id, _) in &vector.weights {
            dense[*id as usize] = 0.0;
        }
    }
    weights.sort_unstable_by_key(|(id, _)| *id);
    Linear { weights, bias }
}

/// Brings the examples into another order, the same in every run: coordinate descent settles in
/// far fewer rounds when no order repeats.
pub(super) fn mix<T>(order: &mut [T], chance: &mut u64) {
    for last in (1..order.len()).rev() {
        // Xorshift.
        *chance ^= *chance << 13;
        *chance ^= *chance >> 7;
        *chance ^= *chance << 17;
        order.swap(last, (*chance % (last as u64 + 1)) as usize);
    }
}
