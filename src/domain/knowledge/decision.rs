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

/// What each way of going wrong costs, against each other: only their proportions count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Costs {
    /// A wrong answer.
    pub wrong_answer: u32,
    /// A person called for what the bot could have answered.
    pub needless_handoff: u32,
    /// Asking the customer which entry is meant.
    pub question: u32,
}

impl Default for Costs {
    /// An answer from 85 % on; asking, where the choices hold the right one with 43 %.
    fn default() -> Costs {
        Costs {
            wrong_answer: 20,
            needless_handoff: 7,
            question: 3,
        }
    }
}

impl Costs {
    /// As a customer sees them with whom the bot is fine: a wrong answer costs two fifths, a person
    /// called needlessly five thirds.
    fn when_bot_is_fine(self) -> [f64; 3] {
        let [wrong, handoff, question] = self.usual();
        [wrong * 0.4, handoff * 5.0 / 3.0, question]
    }

    fn usual(self) -> [f64; 3] {
        [self.wrong_answer, self.needless_handoff, self.question].map(f64::from)
    }
}

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
///
/// With probability p an answer costs (1 − p) · wrong answer, a question its own cost, and a handoff
/// p · needless handoff: so an answer is cheaper than a question from 1 − question / wrong answer
/// on, and a question cheaper than a handoff from question / needless handoff on. An answer also
/// needs what the base's own precision curve asks for.
pub fn thresholds(
    preference: HumanPreference,
    calibration: &Calibration,
    costs: Costs,
) -> Option<Thresholds> {
    let (costs, least, choice) = match preference {
        HumanPreference::HumanFirst => return None,
        HumanPreference::HumanIfUnsure => (costs.usual(), calibration.answer_from, 0.06),
        HumanPreference::BotIsFine => (
            costs.when_bot_is_fine(),
            calibration.answer_from_bot_is_fine,
            0.03,
        ),
    };
    let [wrong, handoff, question] = costs;
    // Where asking costs as much as being wrong nobody asks: an answer competes with a handoff.
    let answer = (1.0 - question / wrong.max(1.0)).max(wrong / (wrong + handoff).max(1.0));
    Some(Thresholds {
        answer: answer.max(least).min(0.99),
        clarify: question / handoff.max(1.0),
        choice,
    })
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
    let said = in_words(first);
    if first.confidence >= thresholds.answer {
        let reason = format!("{said}; an answer needs {:.0} %", thresholds.answer * 100.0);
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
            "{said}; too little for an answer ({:.0} %), but one of the first {} is right with {:.0} %, and asking needs {:.0} %",
            thresholds.answer * 100.0,
            choices.len(),
            together * 100.0,
            thresholds.clarify * 100.0
        );
        let keys = choices
            .into_iter()
            .map(|candidate| candidate.key.clone())
            .collect();
        return (Decision::Clarify(keys), reason);
    }
    let reason = format!(
        "{said}; too little to answer ({:.0} %) or to ask ({:.0} %)",
        thresholds.answer * 100.0,
        thresholds.clarify * 100.0
    );
    (Decision::Handoff, reason)
}

/// How sure the first is, and why.
fn in_words(first: &Candidate) -> String {
    let percent = first.confidence * 100.0;
    match first.because.as_str() {
        "" => format!("{} is right with {percent:.0} %", first.key),
        because => format!("{} is right with {percent:.0} % ({because})", first.key),
    }
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
        let shown = match decide(
            &candidates,
            thresholds(preference, &SHIPPED, Costs::default()),
        )
        .0
        {
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

    #[test]
    fn the_costs_move_the_bounds() {
        let of = |costs| {
            let calibration = Calibration {
                answer_from: 0.5,
                ..SHIPPED
            };
            thresholds(HumanPreference::HumanIfUnsure, &calibration, costs).unwrap()
        };
        let usual = of(Costs::default());
        assert!((usual.answer - 0.85).abs() < 1e-9, "{usual:?}");
        assert!((usual.clarify - 3.0 / 7.0).abs() < 1e-9, "{usual:?}");
        let dear = of(Costs {
            wrong_answer: 60,
            ..Costs::default()
        });
        assert!(dear.answer > usual.answer && dear.clarify == usual.clarify);
        let rare = of(Costs {
            needless_handoff: 30,
            ..Costs::default()
        });
        assert!(rare.clarify < usual.clarify && rare.answer == usual.answer);
        // Asking is never worth its price: answer or hand over, whichever is cheaper.
        let silent = of(Costs {
            question: 20,
            ..Costs::default()
        });
        assert!((silent.answer - 20.0 / 27.0).abs() < 1e-9 && silent.clarify > 1.0);
        let free = of(Costs {
            wrong_answer: 0,
            needless_handoff: 0,
            question: 0,
        });
        assert!((0.0..=1.0).contains(&free.answer));
    }
}
