//! How well a base answers labelled questions.
//!
//! Invariant: ranking is measured over texts that an entry answers, decisions over all texts.

use super::decision::{Decision, Verdict};
use crate::domain::ids::EntryKey;

/// A text with what was decided about it.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The entry that answers it; `None` where none does.
    pub wanted: Option<EntryKey>,
    /// What was decided.
    pub verdict: Verdict,
    /// How long that took, in microseconds.
    pub took_us: u64,
}

/// The figures; shares are 0..=1.
#[derive(Debug, Clone, PartialEq)]
pub struct Measures {
    /// Texts.
    pub n: usize,
    /// Texts that an entry answers.
    pub n_in_scope: usize,
    /// Share with the right entry first.
    pub top1: f64,
    /// Share with the right entry among the first three.
    pub recall_at_3: f64,
    /// Mean of 1 / rank of the right entry.
    pub mrr: f64,
    /// Texts that were answered.
    pub answered: usize,
    /// Of these, those with the right entry.
    pub answered_right: usize,
    /// `answered_right / answered`; `None` without answers.
    pub precision: Option<f64>,
    /// Share of all texts that were answered.
    pub coverage: f64,
    /// Share that could be answered, surest first, with 95 % right.
    pub coverage_at_95_precision: f64,
    /// How well the candidates' confidences, taken together, tell texts that an entry answers from
    /// others; `None` without others.
    pub oos_auroc: Option<f64>,
    /// Mean distance between confidence and share of right ones, over ten bands.
    pub calibration_error: f64,
    /// Texts where a choice was offered.
    pub clarified: usize,
    /// Of these, those with the right entry among the choices.
    pub clarified_right: usize,
    /// Time of one match in the middle, in microseconds.
    pub p50_us: u64,
    /// Time that 99 of 100 matches keep, in microseconds.
    pub p99_us: u64,
}

/// Measures outcomes.
pub fn measures(outcomes: &[Outcome]) -> Measures {
    let in_scope: Vec<(&Outcome, &EntryKey)> = outcomes
        .iter()
        .filter_map(|outcome| Some((outcome, outcome.wanted.as_ref()?)))
        .collect();
    let ranks: Vec<Option<usize>> = in_scope
        .iter()
        .map(|(outcome, wanted)| {
            outcome
                .verdict
                .candidates
                .iter()
                .position(|candidate| candidate.key == **wanted)
        })
        .collect();
    let within = |most: usize| ranks.iter().flatten().filter(|rank| **rank < most).count();
    let reciprocal: f64 = ranks
        .iter()
        .flatten()
        .map(|rank| 1.0 / (rank + 1) as f64)
        .sum();
    let answers: Vec<bool> = outcomes.iter().filter_map(answered_right).collect();
    let answered_right = answers.iter().filter(|right| **right).count();
    let choices: Vec<bool> = outcomes.iter().filter_map(choice_right).collect();
    let times = sorted(outcomes.iter().map(|outcome| outcome.took_us));
    Measures {
        n: outcomes.len(),
        n_in_scope: in_scope.len(),
        top1: share(within(1), in_scope.len()),
        recall_at_3: share(within(3), in_scope.len()),
        mrr: reciprocal / in_scope.len().max(1) as f64,
        answered: answers.len(),
        answered_right,
        precision: (!answers.is_empty()).then(|| share(answered_right, answers.len())),
        coverage: share(answers.len(), outcomes.len()),
        coverage_at_95_precision: coverage_at(0.95, outcomes),
        oos_auroc: auroc(outcomes),
        calibration_error: calibration_error(outcomes),
        clarified: choices.len(),
        clarified_right: choices.iter().filter(|right| **right).count(),
        p50_us: percentile(&times, 50),
        p99_us: percentile(&times, 99),
    }
}

fn answered_right(outcome: &Outcome) -> Option<bool> {
    match &outcome.verdict.decision {
        Decision::Answer(key) => Some(outcome.wanted.as_ref() == Some(key)),
        Decision::Clarify(_) | Decision::Handoff => None,
    }
}

fn choice_right(outcome: &Outcome) -> Option<bool> {
    match &outcome.verdict.decision {
        Decision::Clarify(keys) => Some(
            outcome
                .wanted
                .as_ref()
                .is_some_and(|key| keys.contains(key)),
        ),
        Decision::Answer(_) | Decision::Handoff => None,
    }
}

/// The first candidate's confidence, and whether it is the right one.
fn first(outcome: &Outcome) -> (f64, bool) {
    match outcome.verdict.candidates.first() {
        Some(first) => (
            first.confidence,
            outcome.wanted.as_ref() == Some(&first.key),
        ),
        None => (0.0, false),
    }
}

fn coverage_at(precision: f64, outcomes: &[Outcome]) -> f64 {
    let mut firsts: Vec<(f64, bool)> = outcomes.iter().map(first).collect();
    firsts.sort_by(|left, right| right.0.total_cmp(&left.0));
    let mut covered = 0;
    let mut right = 0;
    for (place, (confidence, is_right)) in firsts.iter().enumerate() {
        right += usize::from(*is_right);
        // A threshold cannot part texts of one confidence.
        let parts = firsts
            .get(place + 1)
            .is_none_or(|next| next.0 < *confidence);
        if parts && right as f64 >= precision * (place + 1) as f64 {
            covered = place + 1;
        }
    }
    share(covered, outcomes.len())
}

/// How sure it is that any entry answers.
fn together(outcome: &Outcome) -> f64 {
    let candidates = outcome.verdict.candidates.iter();
    candidates.map(|candidate| candidate.confidence).sum()
}

/// The probability that a text that an entry answers is surer to be answered than one that none
/// does.
fn auroc(outcomes: &[Outcome]) -> Option<f64> {
    let of = |in_scope: bool| -> Vec<f64> {
        let chosen = outcomes
            .iter()
            .filter(|outcome| outcome.wanted.is_some() == in_scope);
        let mut confidences: Vec<f64> = chosen.map(together).collect();
        confidences.sort_by(f64::total_cmp);
        confidences
    };
    let (inside, outside) = (of(true), of(false));
    if inside.is_empty() || outside.is_empty() {
        return None;
    }
    let above: f64 = inside
        .iter()
        .map(|confidence| {
            let below = outside.partition_point(|other| other < confidence);
            let not_above = outside.partition_point(|other| other <= confidence);
            (below + not_above) as f64 / 2.0
        })
        .sum();
    Some(above / (inside.len() * outside.len()) as f64)
}

fn calibration_error(outcomes: &[Outcome]) -> f64 {
    const BANDS: usize = 10;
    let mut bands = [(0usize, 0.0, 0usize); BANDS];
    for (confidence, is_right) in outcomes.iter().map(first) {
        let band = ((confidence * BANDS as f64) as usize).min(BANDS - 1);
        bands[band].0 += 1;
        bands[band].1 += confidence;
        bands[band].2 += usize::from(is_right);
    }
    let off: f64 = bands
        .iter()
        .map(|(_, said, right)| (said - *right as f64).abs())
        .sum();
    off / outcomes.len().max(1) as f64
}

fn sorted(times: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut times: Vec<u64> = times.collect();
    times.sort_unstable();
    times
}

fn percentile(sorted: &[u64], percent: usize) -> u64 {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().unwrap_or(0)
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::super::decision::Candidate;
    use super::*;
    use crate::domain::lang::Lang;

    fn outcome(wanted: Option<&str>, keys: &[&str], confidence: f64, answers: bool) -> Outcome {
        let candidates: Vec<Candidate> = keys
            .iter()
            .enumerate()
            .map(|(rank, key)| Candidate {
                key: (*key).into(),
                lang: Lang::En,
                confidence: confidence / (rank + 1) as f64,
                because: String::new(),
            })
            .collect();
        let decision = match candidates.first() {
            Some(first) if answers => Decision::Answer(first.key.clone()),
            Some(_) => Decision::Clarify(keys.iter().map(|key| (*key).into()).collect()),
            None => Decision::Handoff,
        };
        Outcome {
            wanted: wanted.map(Into::into),
            verdict: Verdict {
                lang: Lang::En,
                decision,
                candidates,
                reason: String::new(),
            },
            took_us: 10,
        }
    }

    #[test]
    fn the_figures_of_a_small_set() {
        let outcomes = [
            outcome(Some("a"), &["a", "b"], 0.9, true),
            outcome(Some("b"), &["a", "b"], 0.8, true),
            outcome(Some("c"), &["a", "b", "c"], 0.5, false),
            outcome(Some("d"), &["a", "b", "c"], 0.4, false),
            outcome(None, &["a"], 0.75, false),
            outcome(None, &[], 0.0, false),
        ];
        let measures = measures(&outcomes);
        assert_eq!((measures.n, measures.n_in_scope), (6, 4));
        assert_eq!(measures.top1, 0.25);
        assert_eq!(measures.recall_at_3, 0.75);
        assert!((measures.mrr - (1.0 + 0.5 + 1.0 / 3.0) / 4.0).abs() < 1e-9);
        assert_eq!((measures.answered, measures.answered_right), (2, 1));
        assert_eq!(measures.precision, Some(0.5));
        assert!((measures.coverage - 2.0 / 6.0).abs() < 1e-9);
        assert!((measures.coverage_at_95_precision - 1.0 / 6.0).abs() < 1e-9);
        // Of eight pairs one is the wrong way round: 0.4 and its halves and thirds against 0.75.
        assert_eq!(measures.oos_auroc, Some(7.0 / 8.0));
        assert_eq!((measures.clarified, measures.clarified_right), (3, 1));
        assert_eq!((measures.p50_us, measures.p99_us), (10, 10));
    }

    #[test]
    fn nothing_is_measured_without_dividing_by_nothing() {
        let measures = measures(&[]);
        assert_eq!(
            (measures.n, measures.precision, measures.oos_auroc),
            (0, None, None)
        );
        assert_eq!((measures.top1, measures.p99_us), (0.0, 0));
    }
}
