//! How a conversation stands by its facts: what `careline db verify` holds the stored state
//! against.

use crate::domain::handoff::{Handoff, HandoffReason};
use crate::domain::ids::{HandoffId, StaffId};
use crate::domain::time::Timestamp;
use crate::domain::timeline::{Fact, FactKind};

/// What the queue and the desk show of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The phase's name in the database.
    pub phase: &'static str,
    /// The agent who has it.
    pub agent: Option<StaffId>,
    /// Since when the customer waits for a person.
    pub waiting_since: Option<Timestamp>,
}

/// Computes it from all facts of one conversation, in the order of writing down.
pub fn standing(facts: &[Fact]) -> Standing {
    let mut phase = "answering";
    let mut agent = None;
    let mut handoff: Option<Handoff> = None;
    for fact in facts {
        match &fact.kind {
            FactKind::Opened { .. } => phase = "answering",
            FactKind::Reopened | FactKind::HandoffTakenBack { .. } => {
                phase = "answering";
                (agent, handoff) = (None, None);
            }
            FactKind::CustomerWrote { .. } => {
                if let Some(handoff) = &mut handoff {
                    handoff.customer_wrote(fact.at);
                }
            }
            FactKind::HandoffAsked { handoff: id, .. } => {
                phase = "waiting";
                handoff = Some(called(id, fact.at));
            }
            FactKind::Claimed { .. } => {
                phase = "with-agent";
                agent.clone_from(&fact.staff);
            }
            FactKind::Released { .. } | FactKind::LeaseExpired { .. } => {
                phase = "waiting";
                agent = None;
            }
            FactKind::AgentReplied { .. } => {
                if let Some(handoff) = &mut handoff {
                    handoff.replied(fact.at);
                }
            }
            FactKind::Resolved { .. } => {
                phase = "resolved";
                (agent, handoff) = (None, None);
            }
            FactKind::Closed => {
                phase = "closed";
                (agent, handoff) = (None, None);
            }
            // None of these moves the conversation.
            FactKind::CustomerThanked { .. }
            | FactKind::CustomerEdited { .. }
            | FactKind::LangRecognised { .. }
            | FactKind::InSegment { .. }
            | FactKind::PreferenceAsked
            | FactKind::PreferenceSet { .. }
            | FactKind::Decided { .. }
            | FactKind::BotAnswered { .. }
            | FactKind::Helped { .. }
            | FactKind::AcknowledgementSent { .. }
            | FactKind::ClaimLost { .. }
            | FactKind::ReplyFailed { .. }
            | FactKind::DeliveryUnknown { .. }
            | FactKind::DeliverySettled { .. }
            | FactKind::NoteWritten { .. }
            | FactKind::Paused { .. }
            | FactKind::Resumed
            | FactKind::TargetSet(_)
            | FactKind::WarningGiven { .. }
            | FactKind::Breached { .. }
            | FactKind::LeadsCalled { .. }
            | FactKind::ChoiceOffered { .. }
            | FactKind::ChoiceMade { .. }
            | FactKind::Snoozed { .. }
            | FactKind::CustomerBlocked
            | FactKind::CustomerUnblocked
            | FactKind::RoomOpened { .. }
            | FactKind::RoomGone { .. }
            | FactKind::RefusedAct { .. } => {}
        }
    }
    Standing {
        phase,
        agent,
        waiting_since: handoff.and_then(|handoff| handoff.waiting_since()),
    }
}

/// The handoff as it begins; its reason moves nothing here.
fn called(id: &HandoffId, at: Timestamp) -> Handoff {
    Handoff::called(id.clone(), HandoffReason::Asked, at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::place::ChannelKind;

    fn facts(kinds: &[(i64, Option<&str>, FactKind)]) -> Vec<Fact> {
        let fact = |(at, staff, kind): &(i64, Option<&str>, FactKind)| Fact {
            conversation: "c".into(),
            customer: "ann".into(),
            channel: ChannelKind::Web,
            at: Timestamp(*at),
            recorded_at: Timestamp(*at),
            staff: staff.map(Into::into),
            kind: kind.clone(),
        };
        kinds.iter().map(fact).collect()
    }

    #[test]
    fn the_standing_follows_the_facts() {
        let wrote = || FactKind::CustomerWrote {
            message: "m".into(),
            seen_late: false,
        };
        let story = facts(&[
            (1, None, FactKind::Opened { previous: None }),
            (1, None, wrote()),
            (
                2,
                None,
                FactKind::HandoffAsked {
                    handoff: "h".into(),
                    reason: "asked".into(),
                },
            ),
            (
                3,
                Some("ben"),
                FactKind::Claimed {
                    handoff: "h".into(),
                },
            ),
            (
                4,
                Some("ben"),
                FactKind::AgentReplied {
                    outbox: "o".into(),
                    message: "m2".into(),
                },
            ),
            (5, None, wrote()),
            (6, None, wrote()),
            (
                7,
                Some("ben"),
                FactKind::Resolved {
                    by_bot: false,
                    confirmed: false,
                },
            ),
            (8, None, FactKind::Reopened),
        ]);
        let check = |n: usize, phase, agent: Option<&str>, waiting: Option<i64>| {
            let expected = Standing {
                phase,
                agent: agent.map(Into::into),
                waiting_since: waiting.map(Timestamp),
            };
            assert_eq!(standing(&story[..n]), expected, "after {n} facts");
        };
        check(2, "answering", None, None);
        check(3, "waiting", None, Some(2));
        check(4, "with-agent", Some("ben"), Some(2));
        check(5, "with-agent", Some("ben"), None);
        check(7, "with-agent", Some("ben"), Some(5));
        check(8, "resolved", None, None);
        check(9, "answering", None, None);
    }
}
