//! The running targets of a conversation by its facts: what `careline db verify` holds stored due
//! times and timers against.

use std::collections::BTreeMap;

use crate::domain::sla::SlaClock;
use crate::domain::sla::plan::Due;
use crate::domain::standing::standing;
use crate::domain::timeline::{Fact, FactKind};

/// What runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dues {
    /// The target of the wait for a person, where somebody waits and it has one.
    pub wait: Option<Due>,
    /// The targets that a conversation has once, by their clock.
    pub once: BTreeMap<SlaClock, Due>,
    /// Whether the clocks stand still.
    pub stands_still: bool,
}

/// Computes it from all facts of one conversation, in the order of writing down.
pub fn dues(facts: &[Fact]) -> Dues {
    let mut dues = Dues::default();
    let mut wait = None;
    for fact in facts {
        match &fact.kind {
            FactKind::TargetSet(due) => match due.clock {
                SlaClock::HumanWait | SlaClock::NextResponse => wait = Some(due),
                SlaClock::FirstAnswer | SlaClock::FirstHumanResponse | SlaClock::Resolution => {
                    dues.once.insert(due.clock, due.clone());
                }
            },
            FactKind::Paused { .. } => dues.stands_still = true,
            FactKind::HandoffAsked { .. }
            | FactKind::HandoffTakenBack { .. }
            | FactKind::Resumed
            | FactKind::CustomerWrote { .. }
            | FactKind::Resolved { .. }
            | FactKind::Closed => dues.stands_still = false,
            _ => {}
        }
    }
    // The last target may have been that of an earlier wait.
    let since = standing(facts).waiting_since;
    dues.wait = wait.filter(|due| Some(due.since) == since).cloned();
    dues
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::place::ChannelKind;
    use crate::domain::time::{Millis, Timestamp};
    use crate::domain::timeline::PauseReason;

    fn due(clock: SlaClock, since: i64, due_at: i64) -> Due {
        Due {
            clock,
            since: Timestamp(since),
            due_at: Timestamp(due_at),
            warn_at: Timestamp(since),
            lead_at: None,
            customer_at: None,
            target_ms: Millis(due_at - since),
            used_ms: Millis(0),
            counts_from: Timestamp(since),
            policy: "usual".into(),
            plan: 0,
            zones: None,
        }
    }

    #[test]
    fn the_last_target_of_the_running_wait_counts() {
        let asked = FactKind::HandoffAsked {
            handoff: "h".into(),
            reason: "asked".into(),
        };
        let wrote = || FactKind::CustomerWrote {
            message: "m".into(),
            seen_late: false,
        };
        let replied = FactKind::AgentReplied {
            outbox: "o".into(),
            message: "m2".into(),
        };
        let pause = FactKind::Paused {
            why: PauseReason::Customer,
        };
        let first = due(SlaClock::HumanWait, 2, 50);
        let next = due(SlaClock::NextResponse, 6, 60);
        let later = due(SlaClock::NextResponse, 6, 70);
        let settled = due(SlaClock::Resolution, 1, 500);
        let story: Vec<Fact> = [
            (1, FactKind::Opened { previous: None }),
            (1, FactKind::TargetSet(settled.clone())),
            (2, asked),
            (2, FactKind::TargetSet(first.clone())),
            (4, replied),
            (5, pause),
            (6, wrote()),
            (6, FactKind::TargetSet(next.clone())),
            (7, FactKind::TargetSet(later.clone())),
            (8, FactKind::Closed),
        ]
        .into_iter()
        .map(|(at, kind)| Fact {
            conversation: "c".into(),
            customer: "ann".into(),
            channel: ChannelKind::Web,
            at: Timestamp(at),
            recorded_at: Timestamp(at),
            staff: None,
            kind,
        })
        .collect();
        let check = |n: usize, wait: Option<&Due>, stands_still| {
            let found = dues(&story[..n]);
            assert_eq!(found.wait.as_ref(), wait, "after {n} facts");
            assert_eq!(found.stands_still, stands_still, "after {n} facts");
            assert_eq!(found.once.get(&SlaClock::Resolution), Some(&settled));
        };
        check(2, None, false);
        check(4, Some(&first), false);
        check(5, None, false);
        check(6, None, true);
        check(7, None, false);
        check(8, Some(&next), false);
        check(9, Some(&later), false);
        check(10, None, false);
    }
}
