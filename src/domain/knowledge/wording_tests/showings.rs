//! From the facts of a conversation to the wordings that its customer was shown, and what came of
//! each.
//!
//! Invariant: pure and total; a conversation that goes on gives the same showings again and perhaps
//! more, and what came of one stays.

use super::choosing::ShownWording;
use crate::domain::handoff::HandoffReason;
use crate::domain::ids::{CustomerId, EntryKey};
use crate::domain::time::Timestamp;
use crate::domain::timeline::{Fact, FactKind};

/// A wording that a customer was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Showing {
    /// Who.
    pub customer: CustomerId,
    /// Of which entry.
    pub entry: EntryKey,
    /// Which.
    pub wording: ShownWording,
    /// The first thing that was heard of it; `None` where the customer left it at that.
    pub outcome: Option<Outcome>,
    /// Whether the customer went on to a person.
    pub to_person: bool,
}

/// What was heard of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The customer said that it helped; otherwise that it did not, or went on to a person.
    pub helped: bool,
    /// When it was written down.
    pub at: Timestamp,
}

/// The showings of one conversation, oldest first; its facts in the order in which they were
/// written. What is heard belongs to the answer before it, as long as nothing else was asked.
pub fn showings(facts: &[Fact]) -> Vec<Showing> {
    let mut showings: Vec<Showing> = Vec::new();
    // Whether what is heard now is about the last one.
    let mut is_open = false;
    for fact in facts {
        let heard = match &fact.kind {
            FactKind::BotAnswered { entry, wording, .. } => {
                is_open = false;
                if let (Some(entry), Some(wording)) = (entry, wording) {
                    is_open = true;
                    showings.push(Showing {
                        customer: fact.customer.clone(),
                        entry: entry.clone(),
                        wording: wording.clone(),
                        outcome: None,
                        to_person: false,
                    });
                }
                continue;
            }
            FactKind::Decided { decision, .. } => {
                // Of these two the answer before is what is decided on.
                is_open &= matches!(decision.as_str(), "same-turn" | "same-answer");
                continue;
            }
            FactKind::Helped { yes } => Heard::Said(*yes),
            FactKind::HandoffAsked { reason, .. } if is_about_the_answer(reason) => Heard::Person,
            _ => continue,
        };
        let Some(last) = showings.last_mut().filter(|_| is_open) else {
            continue;
        };
        last.to_person |= heard == Heard::Person;
        last.outcome.get_or_insert(Outcome {
            helped: heard == Heard::Said(true),
            at: fact.recorded_at,
        });
    }
    showings
}

#[derive(PartialEq)]
enum Heard {
    Said(bool),
    Person,
}

/// Whether a person was called because the answer was not enough.
fn is_about_the_answer(reason: &str) -> bool {
    match HandoffReason::from_name(reason) {
        Some(HandoffReason::Asked | HandoffReason::DidNotHelp | HandoffReason::SameAnswerAgain) => {
            true
        }
        // About another question, or nothing that the customer did.
        Some(
            HandoffReason::PrefersPerson
            | HandoffReason::Unsure
            | HandoffReason::NoneOfThese
            | HandoffReason::CannotRead
            | HandoffReason::Reopened
            | HandoffReason::DeliveryUnknown
            | HandoffReason::AnswerTooOld
            | HandoffReason::AnswerFailed
            | HandoffReason::TakenOver,
        )
        | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::wording_tests::AnswerHash;
    use crate::domain::lang::Lang;
    use crate::domain::place::ChannelKind;

    fn answered(answer: Option<&str>) -> FactKind {
        FactKind::BotAnswered {
            outbox: "o".into(),
            entry: Some("refund".into()),
            wording: answer.map(|answer| ShownWording {
                lang: Lang::En,
                shown: AnswerHash::of(answer),
                among: vec![AnswerHash::of("a"), AnswerHash::of("b")],
            }),
        }
    }

    fn decided(decision: &str) -> FactKind {
        FactKind::Decided {
            decision: decision.to_owned(),
            entry: None,
            confidence_permille: None,
        }
    }

    fn asked(reason: HandoffReason) -> FactKind {
        FactKind::HandoffAsked {
            handoff: "h".into(),
            reason: reason.name().to_owned(),
        }
    }

    /// What was heard of each showing: `+`, `-` or `.`, with `p` for a person.
    fn heard(kinds: Vec<FactKind>) -> String {
        let facts: Vec<Fact> = kinds
            .into_iter()
            .zip(1..)
            .map(|(kind, at)| Fact {
                conversation: "c".into(),
                customer: "u".into(),
                channel: ChannelKind::Web,
                at: Timestamp(0),
                recorded_at: Timestamp(at),
                staff: None,
                kind,
            })
            .collect();
        let showings = showings(&facts);
        let sign = |showing: &Showing| {
            let sign = match showing.outcome.map(|outcome| outcome.helped) {
                Some(true) => "+",
                Some(false) => "-",
                None => ".",
            };
            format!("{sign}{}", if showing.to_person { "p" } else { "" })
        };
        showings.iter().map(sign).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_first_thing_that_is_heard_counts() {
        let helped = |yes| FactKind::Helped { yes };
        let did_not = || asked(HandoffReason::DidNotHelp);
        assert_eq!(heard(vec![answered(Some("a"))]), ".");
        assert_eq!(heard(vec![answered(Some("a")), helped(true)]), "+");
        assert_eq!(
            heard(vec![answered(Some("a")), helped(false), did_not()]),
            "-p"
        );
        let asks = || asked(HandoffReason::Asked);
        assert_eq!(heard(vec![answered(Some("a")), asks()]), "-p");
        assert_eq!(heard(vec![answered(Some("a")), helped(true), asks()]), "+p");
        let again = asked(HandoffReason::SameAnswerAgain);
        assert_eq!(
            heard(vec![answered(Some("a")), decided("same-answer"), again]),
            "-p"
        );
    }

    #[test]
    fn what_is_about_something_else_is_not_heard() {
        let helped = || FactKind::Helped { yes: true };
        let unsure = asked(HandoffReason::Unsure);
        assert_eq!(
            heard(vec![answered(Some("a")), decided("handoff"), unsure]),
            "."
        );
        let prefers = asked(HandoffReason::PrefersPerson);
        assert_eq!(
            heard(vec![answered(Some("a")), prefers]),
            ".",
            "the next question, whatever the answer was like"
        );
        let asks = asked(HandoffReason::Asked);
        assert_eq!(
            heard(vec![answered(Some("a")), decided("clarify"), asks]),
            "."
        );
        assert_eq!(
            heard(vec![answered(Some("a")), answered(None), helped()]),
            ".",
            "an answer that is in no test"
        );
        assert_eq!(
            heard(vec![answered(Some("a")), answered(Some("a")), helped()]),
            ". +",
            "two messages of one answer, or twice the same"
        );
        assert_eq!(heard(vec![helped()]), "");
    }
}
