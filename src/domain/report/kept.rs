//! What customers were promised and what they wished for, and whether it was kept.
//!
//! A promise is the target of a wait for a person of which the customer was told that somebody
//! comes: kept, where a person's reply came in time; broken, where the time ran out, whatever came
//! later. One whose time has not run out is neither yet.
//!
//! A wish is the preference `human-first`: honoured, where a person was called (or came) before the
//! bot gave an answer; passed over, where the bot answered first. Whoever lets the bot try has
//! nothing that could be passed over.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::ids::CustomerId;
use crate::domain::preference::HumanPreference;
use crate::domain::report::figures::share;
use crate::domain::sla::measures::Measures;
use crate::domain::time::Timestamp;
use crate::domain::timeline::{Fact, FactKind};

/// What each customer chose, and when; oldest first.
pub type Preferences = BTreeMap<CustomerId, Vec<(Timestamp, HumanPreference)>>;

/// How many were kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Kept {
    /// Promises that were kept.
    pub promises_kept: usize,
    /// Promises that were broken.
    pub promises_broken: usize,
    /// Kept / (kept + broken).
    pub promises_share: Option<f64>,
    /// Conversations of customers who want a person first, and got one first.
    pub preferences_honoured: usize,
    /// Such conversations in which the bot answered first.
    pub preferences_passed_over: usize,
    /// Honoured / (honoured + passed over).
    pub preferences_share: Option<f64>,
}

impl Kept {
    /// Counts one conversation: its facts in the order of writing down, and what they amount to.
    pub fn count(
        &mut self,
        facts: &[Fact],
        measures: &Measures,
        preferences: &Preferences,
        now: Timestamp,
    ) {
        self.promises(facts, measures, now);
        match is_honoured(facts, measures, preferences) {
            Some(true) => self.preferences_honoured += 1,
            Some(false) => self.preferences_passed_over += 1,
            None => {}
        }
        self.promises_share = share(
            self.promises_kept,
            self.promises_kept + self.promises_broken,
        );
        self.preferences_share = share(
            self.preferences_honoured,
            self.preferences_honoured + self.preferences_passed_over,
        );
    }

    fn promises(&mut self, facts: &[Fact], measures: &Measures, now: Timestamp) {
        let told = told(facts);
        for handoff in &measures.handoffs {
            if !told.contains(&handoff.handoff.as_str()) {
                continue;
            }
            let wait = &handoff.reply;
            match (wait.is_late(now), wait.came()) {
                (Some(true), _) => self.promises_broken += 1,
                (Some(false), true) => self.promises_kept += 1,
                (Some(false), false) | (None, _) => {}
            }
        }
    }
}

/// The handoffs of which the customer was told that a person comes.
fn told(facts: &[Fact]) -> Vec<&str> {
    let (mut told, mut running) = (Vec::new(), None);
    for fact in facts {
        match &fact.kind {
            FactKind::HandoffAsked { handoff, .. } => running = Some(handoff.as_str()),
            FactKind::AcknowledgementSent { .. } => told.extend(running),
            _ => {}
        }
    }
    told
}

/// Whether the wish for a person was honoured; `None` where the customer had none, or nothing has
/// happened that would tell.
fn is_honoured(facts: &[Fact], measures: &Measures, preferences: &Preferences) -> Option<bool> {
    let chosen = preferences.get(&measures.customer);
    let before = chosen.into_iter().flatten();
    let before = before.take_while(|(at, _)| *at < measures.opened_at).last();
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
    use crate::domain::sla::SlaClock;
    use crate::domain::sla::measures::measure;
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

    fn kept(kinds: Vec<(i64, FactKind)>, preferences: &Preferences, now: i64) -> Kept {
        let facts = facts(kinds);
        let mut kept = Kept::default();
        let measures = measure(&facts).expect("has facts");
        kept.count(&facts, &measures, preferences, minute(now));
        kept
    }

    #[test]
    fn a_promise_is_kept_by_a_reply_in_time() {
        let check = |with_word: bool, reply: Option<i64>, now: i64, expected: (usize, usize)| {
            let mut kinds = vec![opened()];
            kinds.extend(called(10));
            kinds.extend(with_word.then(|| told_of(11)));
            kinds.extend(reply.map(replied));
            let kept = kept(kinds, &Preferences::new(), now);
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
        let chose = |preference| Preferences::from([("ann".into(), vec![(minute(1), preference)])]);
        let first = chose(HumanPreference::HumanFirst);
        let check = |kinds: Vec<(i64, FactKind)>, preferences: &Preferences, expected| {
            let kept = kept(kinds, preferences, 100);
            let counts = (kept.preferences_honoured, kept.preferences_passed_over);
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
        check(called_for(), &Preferences::new(), (0, 0));
        let later = FactKind::PreferenceSet {
            preference: HumanPreference::HumanFirst,
        };
        let only_afterwards = vec![opened(), answered(11), (12, later.clone()), replied(13)];
        check(only_afterwards, &Preferences::new(), (1, 0));
        check(
            vec![opened(), (11, later), answered(12)],
            &Preferences::new(),
            (0, 1),
        );
    }
}
