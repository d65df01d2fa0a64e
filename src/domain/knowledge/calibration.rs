//! Learns on a base itself how far its rankings can be trusted.
//!
//! In each of five folds a fifth of the entries is taken out, so that their texts are questions
//! that no entry answers, and a fifth of the other texts become questions; a model trained on the
//! rest ranks both. Without the entries taken out the confidence would be far too high.
//!
//! Invariant: no text is judged by a model that saw it or, where it counts as unanswerable, its
//! entry.

#[cfg(test)]
mod tests;

use super::confidence::{Calibration, Judged, SHIPPED, SHIPPED_WITH_MEANING, fit, parts};
use super::features::Bag;
use super::model::{Example, Model, Seen};
use crate::domain::lang::Lang;

/// Fewest texts of a base that is learnt from; below, the shipped weights serve.
const TEXTS_MIN: usize = 400;
/// Share of questions that no entry answers. Held-out entries are siblings of those that stay, far
/// harder to tell than what people ask beside a base, and a model that has not seen a fifth is less
/// sure than the one that serves: on the sample shop with its labelled questions every larger share
/// says too little (`benches/knowledge weights`).
const UNANSWERABLE_SHARE: f64 = 0.05;
/// The same where it is learnt what no entry answers: from so few it would hardly be seen. What
/// comes out is brought to the share above.
const UNANSWERABLE_SHARE_SEEN: f64 = 0.2;
/// How sharply scores may tell which of the others is right where the first is not.
const SHARPNESSES: [f64; 6] = [2.0, 4.0, 8.0, 12.0, 16.0, 24.0];
const FOLDS: usize = 5;
/// From how many texts on a tenth is asked instead of a fifth, so that the model that is judged is
/// nearly the one that serves.
const LARGE_FROM: usize = 2_000;
const FOLDS_OF_LARGE: usize = 10;
/// Most texts that are asked in one fold, half as many of entries taken out among them: in a large
/// base they are enough, and training for them all would take as long as the base itself.
const ASKED_MAX: usize = 900;
/// What the meaning may count beside the words, where an embedding model is in use.
const MEANING_WEIGHTS: [f32; 5] = [0.5, 1.0, 2.0, 4.0, 8.0];
/// The shipped weights count as much as this many examples.
const HOLD: f64 = 2.0;
/// Share of right ones among the answers that is aimed at.
const PRECISION: f64 = 0.955;
/// The same for customers with whom the bot may try harder.
const PRECISION_BOT_IS_FINE: f64 = 0.90;

/// The calibration of a base in one language.
pub fn calibrate(examples: &[Example], entry_count: usize, lang: Lang) -> Calibration {
    let prior = match examples.iter().any(|example| example.point.is_some()) {
        true => SHIPPED_WITH_MEANING,
        false => SHIPPED,
    };
    if examples.len() < TEXTS_MIN {
        return prior;
    }
    let folds = folds(examples, entry_count, lang);
    let prior = Calibration {
        meaning_weight: meaning_weight(&folds),
        ..prior
    };
    fitted(
        judged(&folds, prior.meaning_weight),
        prior,
        UNANSWERABLE_SHARE,
    )
}

/// All folds that are asked.
pub fn folds<'e>(examples: &'e [Example], entry_count: usize, lang: Lang) -> Vec<Fold<'e>> {
    (0..folds_run(examples.len()))
        .map(|number| fold(examples, entry_count, lang, number))
        .collect()
}

/// The rankings of all folds, judged.
pub fn judged(folds: &[Fold<'_>], meaning_weight: f32) -> Vec<Judged> {
    let judged = folds.iter().flat_map(|fold| fold.judged(meaning_weight));
    judged.collect()
}

/// The weight of the meaning with which questions find their entries best.
fn meaning_weight(folds: &[Fold<'_>]) -> f32 {
    if folds.iter().all(|fold| fold.model.meaning.is_none()) {
        return SHIPPED.meaning_weight;
    }
    let found = MEANING_WEIGHTS.map(|weight| {
        let found: f64 = folds.iter().map(|fold| fold.found(weight)).sum();
        (found, weight)
    });
    let best = found
        .into_iter()
        .max_by(|left, right| left.0.total_cmp(&right.0));
    best.map_or(SHIPPED_WITH_MEANING.meaning_weight, |(_, weight)| weight)
}

/// What was judged tells, if that share of questions has no entry; it is held towards `prior`.
pub fn fitted(mut judged: Vec<Judged>, prior: Calibration, share: f64) -> Calibration {
    weigh(&mut judged, UNANSWERABLE_SHARE_SEEN);
    let moved = log_odds(share) - log_odds(UNANSWERABLE_SHARE_SEEN);
    let mut known_prior = prior.known_weights;
    known_prior[0] += moved;
    let mut known_weights = fit(&judged, |one| one.answerable, known_prior, HOLD);
    known_weights[0] -= moved;
    weigh(&mut judged, share);
    let fitted = Calibration {
        weights: fit(&judged, Judged::right, prior.weights, HOLD),
        known_weights,
        ..prior
    };
    Calibration {
        sharpness: sharpness(&judged).unwrap_or(prior.sharpness),
        answer_from: threshold(&fitted, &judged, PRECISION).clamp(0.5, 0.97),
        answer_from_bot_is_fine: threshold(&fitted, &judged, PRECISION_BOT_IS_FINE).clamp(0.4, 0.9),
        ..fitted
    }
}

fn log_odds(share: f64) -> f64 {
    (share / (1.0 - share)).ln()
}

/// The sharpness with which the right ones behind a wrong first are told best; `None` where there
/// are none.
pub fn sharpness(judged: &[Judged]) -> Option<f64> {
    /// No right one is wholly out of reach.
    const LEAST: f64 = 1e-3;
    let behind: Vec<(usize, &[f32])> = judged
        .iter()
        .filter_map(|one| Some((one.place?.checked_sub(1)?, one.gaps.as_slice())))
        .collect();
    if behind.is_empty() {
        return None;
    }
    let told = SHARPNESSES.map(|sharpness| {
        let parts = behind
            .iter()
            .map(|(place, gaps)| parts(gaps, sharpness)[*place].max(LEAST));
        (parts.map(f64::ln).sum::<f64>(), sharpness)
    });
    let best = told
        .into_iter()
        .max_by(|left, right| left.0.total_cmp(&right.0));
    best.map(|(_, sharpness)| sharpness)
}

/// A large base has more than enough texts in one fold; training it five times would only cost.
fn folds_run(texts: usize) -> usize {
    match texts {
        0..LARGE_FROM => FOLDS,
        LARGE_FROM..8_000 => 2,
        _ => 1,
    }
}

/// A model that learnt a part of a base, and what it is asked.
pub struct Fold<'e> {
    model: Model,
    answerable: Vec<&'e Example>,
    unanswerable: Vec<&'e Example>,
}

impl Fold<'_> {
    /// The rankings, judged.
    fn judged(&self, meaning_weight: f32) -> Vec<Judged> {
        let judged = |example: &Example, entry: Option<usize>| {
            let seen = self.look(example, meaning_weight);
            Some(Judged::of(&seen.ranked, seen.evidence?, entry))
        };
        let answerable = self.answerable.iter();
        let answerable = answerable.filter_map(|one| judged(one, Some(one.entry)));
        let unanswerable = self.unanswerable.iter();
        answerable
            .chain(unanswerable.filter_map(|one| judged(one, None)))
            .collect()
    }

    /// How well the answerable find their entries: the sum of the ranks' reciprocals.
    fn found(&self, meaning_weight: f32) -> f64 {
        let ranks = self.answerable.iter().filter_map(|example| {
            let ranked = self.look(example, meaning_weight).ranked;
            ranked.iter().position(|one| one.entry == example.entry)
        });
        ranks.map(|rank| 1.0 / (1 + rank) as f64).sum()
    }

    fn look(&self, example: &Example, meaning_weight: f32) -> Seen {
        self.model
            .look(&example.bag, example.point.as_ref(), meaning_weight)
    }
}

fn fold<'e>(examples: &'e [Example], entry_count: usize, lang: Lang, fold: usize) -> Fold<'e> {
    let folds = match examples.len() {
        0..LARGE_FROM => FOLDS,
        _ => FOLDS_OF_LARGE,
    };
    let mut texts_of_entry = vec![0usize; entry_count];
    let mut rest = Vec::new();
    let (mut answerable, mut unanswerable) = (Vec::new(), Vec::new());
    for example in examples {
        let number = texts_of_entry[example.entry];
        texts_of_entry[example.entry] += 1;
        if spread(example.entry) % folds == fold {
            unanswerable.push(example);
        } else if (number + spread(example.entry) / folds) % folds == fold {
            answerable.push(example);
        } else {
            rest.push(example.clone());
        }
    }
    thin(&mut answerable, ASKED_MAX);
    thin(&mut unanswerable, ASKED_MAX / 2);
    let asked: Vec<&Bag> = answerable
        .iter()
        .chain(&unanswerable)
        .map(|example| &example.bag)
        .collect();
    Fold {
        model: Model::train_for(Some(&asked), &rest, entry_count, lang),
        answerable,
        unanswerable,
    }
}

/// Keeps about `most`, spread over all.
fn thin(examples: &mut Vec<&Example>, most: usize) {
    let each = examples.len().div_ceil(most).max(1);
    let mut number = 0;
    examples.retain(|_| {
        number += 1;
        number % each == 0
    });
}

/// Spreads neighbouring entries, which are often about one thing, over the folds.
fn spread(entry: usize) -> usize {
    (entry.wrapping_mul(0x9e37_79b9) >> 7) & 0xffff
}

/// Gives the unanswerable their expected share of the whole weight.
pub fn weigh(judged: &mut [Judged], share: f64) {
    let unanswerable = judged.iter().filter(|one| !one.answerable).count();
    let answerable = (judged.len() - unanswerable) as f64;
    if unanswerable == 0 {
        return;
    }
    let weight = answerable * share / (1.0 - share) / unanswerable as f64;
    for example in judged.iter_mut().filter(|one| !one.answerable) {
        example.weight = weight;
    }
}

/// The lowest confidence from which on all answers together are right in `precision` of the cases,
/// by the lower end of what so few cases allow to say (Wilson's interval).
pub fn threshold(calibration: &Calibration, judged: &[Judged], precision: f64) -> f64 {
    let mut by_confidence: Vec<(f64, f64, bool)> = judged
        .iter()
        .map(|example| {
            (
                calibration.confidence(&example.evidence),
                example.weight,
                example.right(),
            )
        })
        .collect();
    by_confidence.sort_by(|left, right| right.0.total_cmp(&left.0));
    let (mut all, mut right) = (0.0, 0.0);
    let mut lowest = 1.0;
    for (place, (confidence, weight, is_right)) in by_confidence.iter().enumerate() {
        all += weight;
        right += if *is_right { *weight } else { 0.0 };
        // A threshold cannot part texts of one confidence.
        let parts = by_confidence
            .get(place + 1)
            .is_none_or(|next| next.0 < *confidence);
        if parts && all > 0.0 && wilson(right / all, all) >= precision - DOUBT {
            lowest = *confidence;
        }
    }
    lowest
}

/// How far the lower end may lie below what is aimed at: about its distance with 300 cases.
const DOUBT: f64 = 0.01;

/// The lower end of Wilson's interval for a share of `all` cases, one standard deviation down.
fn wilson(share: f64, all: f64) -> f64 {
    let middle = share + 0.5 / all;
    let width = (share * (1.0 - share) / all + 0.25 / (all * all)).sqrt();
    (middle - width) / (1.0 + 1.0 / all)
}
