//! What customers were promised and what they wished for, and whether it was kept.
//!
//! A promise is the target of a wait for a person of which the customer was told that somebody
//! comes: kept, where a person's reply came in time; broken, where the time ran out, whatever came
//! later. One whose time has not run out is neither yet.
//!
//! A wish is the preference `human-first`: honoured, where a person was called (or came) before the
//! bot gave an answer; passed over, where the bot answered first. Whoever lets the bot try has
//! nothing that could be passed over.

use serde::Serialize;

use super::conversations::Conversations;
use super::figures::{Waits, share};
use crate::domain::ids::HandoffId;
use crate::domain::preference::HumanPreference;
use crate::domain::time::Timestamp;
use crate::domain::timeline::{Fact, FactKind};

/// What a customer chose, and when.
pub type Chosen = (Timestamp, HumanPreference);

/// How many were kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Kept {
    /// Promises that were kept.
    pub promises_kept: usize,
    /// Promises that were broken.
    pub promises_broken: usize,
    /// Kept / (kept + broken).
    pub promises_share: Option<f64>,
    /// The share of wishes for a person that were honoured, of those that were or were passed over.
    pub preferences_share: Option<f64>,
}

impl Kept {
    /// Of conversations, and their waits from the handoff until a reply, by `now`.
    pub fn of(conversations: &Conversations, human_waits: &Waits, now: Timestamp) -> Kept {
        let (promises_kept, promises_broken) = human_waits.promises(now);
        let honoured = conversations.preferences_honoured;
        let wished = honoured + conversations.preferences_passed_over;
        Kept {
            promises_kept,
            promises_broken,
            promises_share: share(promises_kept, promises_kept + promises_broken),
            preferences_share: share(honoured, wished),
        }
    }
}

/// What one conversation's customer was promised and wished for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Regard {
    /// The handoffs of which they were told that somebody comes.
    pub promised: Vec<HandoffId>,
    /// Whether their wish for a person was honoured; none where they had none, or nothing has
    /// happened that would tell.
    pub honoured: Option<bool>,
}

impl Regard {
    /// Of a conversation's facts in the order of writing down; `chosen` is what its customer ever
    /// chose, oldest first.
    pub fn of(facts: &[Fact], opened_at: Timestamp, chosen: &[Chosen]) -> Regard {
        Regard {
            promised: promised(facts),
            honoured: is_honoured(facts, opened_at, chosen),
        }
    }
}

/// The handoffs of which the customer was told that a person comes.
fn promised(facts: &[Fact]) -> Vec<HandoffId> {
    let (mut promised, mut running) = (Vec::new(), None);
    for fact in facts {
        match &fact.kind {
            FactKind::HandoffAsked { handoff, .. } => running = Some(handoff.clone()),
            FactKind::AcknowledgementSent { .. } => promised.extend(running.clone()),
            _ => {}
        }
    }
    promised
}

fn is_honoured(facts: &[Fact], opened_at: Timestamp, chosen: &[Chosen]) -> Option<bool> {
    let before = chosen.iter().take_while(|(at, _)| *at < opened_at).last();
    let mut wants_person = before.is_some_and(|(_, chosen)| *chosen == HumanPreference::HumanFirst);
    let mut honoured = None;
    for fact in facts {
        match &fact.kind {
            FactKind::PreferenceSet { preference } => {
                wants_person = *preference == HumanPreference::HumanFirst;
            }
            FactKind::BotAnswered { .. } if wants_person && honoured.is_none() => {
                honoured = Some(false);
            }
            FactKind::HandoffAsked { .. } | FactKind::AgentReplied { .. }
                if wants_person && honoured.is_none() =>
            {
                honoured = Some(true);
            }
            _ => {}
        }
    }
    honoured
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::place::ChannelKind;
    use crate::domain::report::line::Line;
    use crate::domain::report::sla::Measure;
    use crate::domain::report::sla::tests::no_plan;
    use crate::domain::sla::SlaClock;
    use crate::domain::sla::plan::Due;
    use crate::domain::time::Millis;

    fn minute(minutes: i64) -> Timestamp {
        Timestamp(0) + Millis::minutes(minutes)
    }

    fn facts(kinds: Vec<(i64, FactKind)>) -> Vec<Fact> {
        let fact = |(at, kind)| Fact {
            conversation: "c".into(),
            customer: "ann".into(),
            channel: ChannelKind::Web,
            at: minute(at),
            recorded_at: minute(at),
            staff: None,
            kind,
        };
        kinds.into_iter().map(fact).collect()
    }

    fn opened() -> (i64, FactKind) {
        (10, FactKind::Opened { previous: None })
    }

    fn answered(at: i64) -> (i64, FactKind) {
        let kind = FactKind::BotAnswered {
            outbox: "o".into(),
            entry: None,
            wording: None,
        };
        (at, kind)
    }

    fn called(at: i64) -> [(i64, FactKind); 2] {
        let due = Due {
            clock: SlaClock::HumanWait,
            since: minute(at),
            due_at: minute(at + 30),
            warn_at: minute(at + 20),
            lead_at: None,
            customer_at: None,
            target_ms: Millis::minutes(30),
            used_ms: Millis(0),
            counts_from: minute(at),
            policy: "usual".into(),
            plan: 0,
            zones: None,
        };
        let asked = FactKind::HandoffAsked {
            handoff: "h".into(),
            reason: "asked".into(),
        };
        [(at, asked), (at, FactKind::TargetSet(due))]
    }

    fn told_of(at: i64) -> (i64, FactKind) {
        (at, FactKind::AcknowledgementSent { outbox: "a".into() })
    }

    fn replied(at: i64) -> (i64, FactKind) {
        let kind = FactKind::AgentReplied {
            outbox: "r".into(),
            message: "m".into(),
        };
        (at, kind)
    }

    /// What is counted of one conversation: what was kept, and the wishes.
    fn kept(kinds: Vec<(i64, FactKind)>, chosen: &[Chosen], now: i64) -> (Kept, Conversations) {
        let line = Line::of(&facts(kinds), &no_plan(), chosen).expect("has facts");
        let mut waits = Waits::default();
        let of_person = line.waits.iter();
        let of_person = of_person.filter(|wait| wait.measure == Measure::HumanWait);
        of_person.for_each(|wait| waits.add(wait));
        let kept = Kept::of(&line.counts, &waits, minute(now));
        (kept, line.counts)
    }

    #[test]
    fn a_promise_is_kept_by_a_reply_in_time() {
        let check = |with_word: bool, reply: Option<i64>, now: i64, expected: (usize, usize)| {
            let mut kinds = vec![opened()];
            kinds.extend(called(10));
            kinds.extend(with_word.then(|| told_of(11)));
            kinds.extend(reply.map(replied));
            let (kept, _) = kept(kinds, &[], now);
            assert_eq!(
                (kept.promises_kept, kept.promises_broken),
                expected,
                "told {with_word}, replied {reply:?}, now {now}"
            );
        };
        check(true, Some(40), 100, (1, 0));
        check(true, Some(41), 100, (0, 1));
        check(true, None, 100, (0, 1));
        check(true, None, 20, (0, 0));
        check(false, Some(40), 100, (0, 0));
    }

    #[test]
    fn a_wish_for_a_person_is_passed_over_by_an_answer_of_the_bot() {
        let chose = |preference| [(minute(1), preference)];
        let first = chose(HumanPreference::HumanFirst);
        let check = |kinds: Vec<(i64, FactKind)>, chosen: &[Chosen], expected| {
            let (_, counts) = kept(kinds, chosen, 100);
            let counts = (counts.preferences_honoured, counts.preferences_passed_over);
            assert_eq!(counts, expected);
        };
        let called_for = || [vec![opened()], called(10).to_vec()].concat();
        check(called_for(), &first, (1, 0));
        check(vec![opened(), answered(11)], &first, (0, 1));
        check(
            [vec![opened(), answered(11)], called(12).to_vec()].concat(),
            &first,
            (0, 1),
        );
        check(called_for(), &chose(HumanPreference::BotIsFine), (0, 0));
        check(called_for(), &[], (0, 0));
        let later = FactKind::PreferenceSet {
            preference: HumanPreference::HumanFirst,
        };
        let only_afterwards = vec![opened(), answered(11), (12, later.clone()), replied(13)];
        check(only_afterwards, &[], (1, 0));
        check(vec![opened(), (11, later), answered(12)], &[], (0, 1));
    }
}
