//! What the bot does with a text: answer, ask which, or hand over.
//!
//! Invariant: a decision names only entries of its candidates; `Clarify` names one to three.

use super::confidence::Calibration;
use crate::domain::ids::EntryKey;
use crate::domain::lang::Lang;
use crate::domain::preference::HumanPreference;

/// What is decided about a text, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The language of the text.
    pub lang: Lang,
    /// What to do.
    pub decision: Decision,
    /// The entries in question, best first.
    pub candidates: Vec<Candidate>,
    /// Why, in plain English for operators.
    pub reason: String,
}

/// What to do with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Give this entry's answer.
    Answer(EntryKey),
    /// Ask which of these one to three is meant.
    Clarify(Vec<EntryKey>),
    /// Call a person.
    Handoff,
}

/// An entry that a text may ask for.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The entry.
    pub key: EntryKey,
    /// The language of the wording that was matched.
    pub lang: Lang,
    /// The probability that it is the right one, 0..=1.
    pub confidence: f64,
    /// What speaks for it, in plain English for operators.
    pub because: String,
}

/// Most choices that a customer is offered.
pub const CHOICES_MAX: usize = 3;

/// From which confidence on what is done.
#[derive(Debug, Clone, Copy)]
pub struct Thresholds {
    /// The first alone, to answer.
    pub answer: f64,
    /// The first to three together, to ask which is meant.
    pub clarify: f64,
    /// One alone, to be among the choices.
    pub choice: f64,
}

/// The thresholds for a customer who wants the bot at all; `None` for one who wants a person.
pub fn thresholds(preference: HumanPreference, calibration: &Calibration) -> Option<Thresholds> {
    match preference {
        HumanPreference::HumanFirst => None,
        HumanPreference::HumanIfUnsure => Some(Thresholds {
            answer: calibration.answer_from,
            clarify: 0.45,
            choice: 0.06,
        }),
        HumanPreference::BotIsFine => Some(Thresholds {
            answer: calibration
                .answer_from_bot_is_fine
                .min(calibration.answer_from),
            clarify: 0.25,
            choice: 0.03,
        }),
    }
}

/// Decides by the candidates' confidences, best first.
pub fn decide(candidates: &[Candidate], thresholds: Option<Thresholds>) -> (Decision, String) {
    let Some(thresholds) = thresholds else {
        return (
            Decision::Handoff,
            "the customer wants a person first".to_owned(),
        );
    };
    let Some(first) = candidates.first() else {
        return (
            Decision::Handoff,
            "no entry has anything in common with the text".to_owned(),
        );
    };
    if first.confidence >= thresholds.answer {
        let reason = format!(
            "{} is right with {:.0} %, an answer needs {:.0} %",
            first.key,
            first.confidence * 100.0,
            thresholds.answer * 100.0
        );
        return (Decision::Answer(first.key.clone()), reason);
    }
    let choices: Vec<&Candidate> = candidates
        .iter()
        .take(CHOICES_MAX)
        .filter(|candidate| candidate.confidence >= thresholds.choice)
        .collect();
    let together: f64 = choices.iter().map(|candidate| candidate.confidence).sum();
    if !choices.is_empty() && together >= thresholds.clarify {
        let reason = format!(
            "{} is right with {:.0} %, too little for an answer ({:.0} %), but one of the first {} is with {:.0} %",
            first.key,
            first.confidence * 100.0,
            thresholds.answer * 100.0,
            choices.len(),
            together * 100.0
        );
        let keys = choices
            .into_iter()
            .map(|candidate| candidate.key.clone())
            .collect();
        return (Decision::Clarify(keys), reason);
    }
    let reason = format!(
        "{} is the nearest entry, but right with only {:.0} %",
        first.key,
        first.confidence * 100.0
    );
    (Decision::Handoff, reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::confidence::SHIPPED;

    fn check(confidences: &[f64], preference: HumanPreference, wanted: &str) {
        let candidates: Vec<Candidate> = confidences
            .iter()
            .enumerate()
            .map(|(number, confidence)| Candidate {
                key: EntryKey(format!("e{number}")),
                lang: Lang::En,
                confidence: *confidence,
                because: String::new(),
            })
            .collect();
        let shown = match decide(&candidates, thresholds(preference, &SHIPPED)).0 {
            Decision::Answer(key) => format!("answer {key}"),
            Decision::Clarify(keys) => {
                format!(
                    "clarify {}",
                    keys.iter()
                        .map(EntryKey::as_str)
                        .collect::<Vec<_>>()
                        .join(" ")
                )
            }
            Decision::Handoff => "handoff".to_owned(),
        };
        assert_eq!(shown, wanted, "{confidences:?} {preference:?}");
    }

    #[test]
    fn sure_is_answered_between_is_asked_unsure_is_handed_over() {
        let open = HumanPreference::HumanIfUnsure;
        check(&[0.97, 0.01], open, "answer e0");
        check(&[0.55, 0.2, 0.1, 0.08], open, "clarify e0 e1 e2");
        check(&[0.55, 0.2, 0.01], open, "clarify e0 e1");
        check(&[0.2, 0.1, 0.05], open, "handoff");
        check(&[], open, "handoff");
    }

    #[test]
    fn the_preference_moves_the_bounds() {
        check(&[0.7, 0.1], HumanPreference::HumanIfUnsure, "clarify e0 e1");
        check(&[0.7, 0.1], HumanPreference::BotIsFine, "answer e0");
        check(&[0.25, 0.1], HumanPreference::BotIsFine, "clarify e0 e1");
        check(&[0.999], HumanPreference::HumanFirst, "handoff");
    }
}
