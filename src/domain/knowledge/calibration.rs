//! Learns on a base itself how far its rankings can be trusted.
//!
//! In each of five folds a fifth of the entries is taken out, so that their texts are questions
//! that no entry answers, and a fifth of the other texts become questions; a model trained on the
//! rest ranks both. Without the entries taken out the confidence would be far too high.
//!
//! Invariant: no text is judged by a model that saw it or, where it counts as unanswerable, its
//! entry.

use super::confidence::{Calibration, Judged, SHIPPED, fit};
use super::model::{Example, Model};
use crate::domain::lang::Lang;

/// Fewest texts of a base that is learnt from; below, the shipped weights serve.
pub const TEXTS_MIN: usize = 400;
/// Share of questions that no entry answers. Held-out entries are nearer to the base than most of
/// what people ask beside it, so this share is smaller than that expected in use (a fifth).
const UNANSWERABLE_SHARE: f64 = 0.12;
const FOLDS: usize = 5;
/// The shipped weights count as much as this many examples.
const HOLD: f64 = 2.0;
/// Share of right ones among the answers that is aimed at.
const PRECISION: f64 = 0.955;
/// The same for customers with whom the bot may try harder.
const PRECISION_BOT_IS_FINE: f64 = 0.90;

/// The calibration of a base in one language.
pub fn calibrate(examples: &[Example], entry_count: usize, lang: Lang) -> Calibration {
    if examples.len() < TEXTS_MIN {
        return SHIPPED;
    }
    let mut judged: Vec<Judged> = (0..FOLDS)
        .take(folds_run(examples.len()))
        .flat_map(|fold| judge(examples, entry_count, lang, fold))
        .collect();
    weigh(&mut judged);
    let weights = fit(&judged, SHIPPED.weights, HOLD);
    let fitted = Calibration { weights, ..SHIPPED };
    Calibration {
        answer_from: threshold(&fitted, &judged, PRECISION).clamp(0.5, 0.97),
        answer_from_bot_is_fine: threshold(&fitted, &judged, PRECISION_BOT_IS_FINE).clamp(0.4, 0.9),
        ..fitted
    }
}

/// A large base has more than enough texts in one fold; training it five times would only cost.
fn folds_run(texts: usize) -> usize {
    match texts {
        0..2_000 => FOLDS,
        2_000..8_000 => 2,
        _ => 1,
    }
}

/// The rankings of one fold, judged; those of unanswerable texts have weight 0 until `weigh`.
fn judge(examples: &[Example], entry_count: usize, lang: Lang, fold: usize) -> Vec<Judged> {
    let mut texts_of_entry = vec![0usize; entry_count];
    let mut rest = Vec::new();
    let mut asked = Vec::new();
    for example in examples {
        let number = texts_of_entry[example.entry];
        texts_of_entry[example.entry] += 1;
        let taken_out = spread(example.entry) % FOLDS == fold;
        if taken_out {
            asked.push((example, false));
        } else if (number + spread(example.entry) / FOLDS) % FOLDS == fold {
            asked.push((example, true));
        } else {
            rest.push(example.clone());
        }
    }
    let model = Model::train(&rest, entry_count, lang);
    asked
        .into_iter()
        .filter_map(|(example, answerable)| {
            let seen = model.look(&example.bag);
            Some(Judged {
                evidence: seen.evidence?,
                right: answerable && seen.ranked.first()?.entry == example.entry,
                weight: if answerable { 1.0 } else { 0.0 },
            })
        })
        .collect()
}

/// Spreads neighbouring entries, which are often about one thing, over the folds.
fn spread(entry: usize) -> usize {
    (entry.wrapping_mul(0x9e37_79b9) >> 7) & 0xffff
}

/// Gives the unanswerable their expected share of the whole weight.
fn weigh(judged: &mut [Judged]) {
    let answerable: f64 = judged.iter().map(|example| example.weight).sum();
    let unanswerable = judged
        .iter()
        .filter(|example| example.weight == 0.0)
        .count();
    if unanswerable == 0 {
        return;
    }
    let weight = answerable * UNANSWERABLE_SHARE / (1.0 - UNANSWERABLE_SHARE) / unanswerable as f64;
    for example in judged.iter_mut().filter(|example| example.weight == 0.0) {
        example.weight = weight;
    }
}

/// The lowest confidence from which on all answers together are right in `precision` of the cases.
fn threshold(calibration: &Calibration, judged: &[Judged], precision: f64) -> f64 {
    let mut by_confidence: Vec<(f64, f64, bool)> = judged
        .iter()
        .map(|example| {
            (
                calibration.confidence(&example.evidence),
                example.weight,
                example.right,
            )
        })
        .collect();
    by_confidence.sort_by(|left, right| right.0.total_cmp(&left.0));
    let (mut all, mut right) = (0.0, 0.0);
    let mut lowest = 1.0;
    for (confidence, weight, is_right) in by_confidence {
        all += weight;
        right += if is_right { weight } else { 0.0 };
        if right >= precision * all {
            lowest = confidence;
        }
    }
    lowest
}
