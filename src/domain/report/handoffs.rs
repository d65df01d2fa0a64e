//! Handoffs: why a person was called, who took it and how soon, and how it went out.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::ids::{HandoffId, StaffId};
use crate::domain::report::figures::{Figures, Waits};
use crate::domain::report::line::LineWait;
use crate::domain::report::sla::{ALL, Measure, NONE};
use crate::domain::sla::measures::Measures;
use crate::domain::time::Timestamp;
use crate::domain::timeline::{Fact, FactKind};

/// The report on handoffs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Handoffs {
    /// By reason: the group of all first, then the others, most handoffs first.
    pub reasons: Vec<Reason>,
    /// By who took it, most taken first; those that nobody took are in none of these.
    pub takers: Vec<Taker>,
}

/// The handoffs of one reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// The reason's name; `all` of all.
    pub reason: String,
    /// How many there were.
    pub n: usize,
    /// From the handoff until somebody took it. Not of those that an agent took from the bot by
    /// themselves: nobody waited.
    pub until_claimed: Figures,
    /// From the handoff until a person's first reply, of the same.
    pub until_reply: Figures,
    /// How they went out.
    pub ways: Ways,
    /// How often one was given back to the queue, by hand or because its agent was silent.
    pub given_back: usize,
}

/// How handoffs went out; each is in one of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ways {
    /// Resolved or closed, and a person had replied.
    pub solved: usize,
    /// Over without a person's reply: resolved, closed, or the customer would rather try the bot.
    pub without_reply: usize,
    /// The customer shut the bot out before a person replied.
    pub unreachable: usize,
    /// Somebody is at it.
    pub with_agent: usize,
    /// Nobody has it.
    pub waiting: usize,
}

/// What somebody took.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Taker {
    /// Their name.
    pub agent: String,
    /// How many handoffs they took.
    pub taken: usize,
    /// How long those had waited.
    pub until_claimed: Figures,
    /// How often they gave one back, or lost it by silence.
    pub given_back: usize,
}

/// One handoff, as its conversation's facts tell it.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    id: HandoffId,
    reason: String,
    asked_at: Timestamp,
    /// Who took it and when, and whether it came back.
    taken: Vec<(StaffId, Timestamp, bool)>,
    has_reply: bool,
    end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    NotYet,
    Over,
    Unreachable,
}

/// Computes the report from each conversation's facts, in the order of writing down, and what they
/// amount to.
pub fn handoffs<'f>(
    conversations: impl IntoIterator<Item = (&'f [Fact], &'f Measures)>,
    names: &BTreeMap<StaffId, String>,
    now: Timestamp,
) -> Handoffs {
    let mut reasons: BTreeMap<String, Gathered> = BTreeMap::new();
    let mut takers: BTreeMap<String, TakerGathered> = BTreeMap::new();
    let mut all = Gathered::default();
    for (facts, measures) in conversations {
        for told in told(facts) {
            let of_reason = reasons.entry(told.reason.clone()).or_default();
            for gathered in [&mut all, of_reason] {
                gathered.handoff(&told, measures);
            }
            for (agent, at, came_back) in &told.taken {
                let name = names.get(agent).unwrap_or(&agent.0);
                let taker = takers.entry(name.clone()).or_default();
                taker.taken += 1;
                // Nobody waited for one that was taken from the bot unasked.
                if measures.handoffs.iter().any(|wait| wait.handoff == told.id) {
                    taker.waits.add_came((*at - told.asked_at).or_zero());
                }
                taker.given_back += usize::from(*came_back);
            }
        }
    }
    let reasons = reasons.into_iter();
    let mut reasons: Vec<Reason> = reasons
        .map(|(name, gathered)| gathered.reason(name, now))
        .collect();
    reasons.sort_by(|one, other| other.n.cmp(&one.n).then(one.reason.cmp(&other.reason)));
    reasons.insert(0, all.reason(ALL.to_owned(), now));
    let takers = takers.into_iter();
    let mut takers: Vec<Taker> = takers
        .map(|(name, gathered)| gathered.taker(name, now))
        .collect();
    takers.sort_by(|one, other| {
        other
            .taken
            .cmp(&one.taken)
            .then(one.agent.cmp(&other.agent))
    });
    Handoffs { reasons, takers }
}

fn told(facts: &[Fact]) -> Vec<Told> {
    let mut all: Vec<Told> = Vec::new();
    for fact in facts {
        match &fact.kind {
            FactKind::HandoffAsked { handoff, reason } => all.push(Told {
                id: handoff.clone(),
                reason: reason.clone(),
                asked_at: fact.at,
                taken: Vec::new(),
                has_reply: false,
                end: End::NotYet,
            }),
            FactKind::Claimed { handoff } => {
                let who = fact.staff.clone().unwrap_or_else(|| NONE.into());
                if let Some(told) = of(&mut all, handoff) {
                    told.taken.push((who, fact.at, false));
                }
            }
            FactKind::Released { handoff } | FactKind::LeaseExpired { handoff } => {
                if let Some(taken) = of(&mut all, handoff).and_then(|told| told.taken.last_mut()) {
                    taken.2 = true;
                }
            }
            FactKind::AgentReplied { .. } => {
                if let Some(running) = running(&mut all) {
                    running.has_reply = true;
                }
            }
            FactKind::Resolved { .. } | FactKind::Closed | FactKind::HandoffTakenBack { .. } => {
                if let Some(running) = running(&mut all) {
                    running.end = End::Over;
                }
            }
            FactKind::CustomerUnblocked => {
                if let Some(last) = all.last_mut().filter(|told| told.end == End::Unreachable) {
                    last.end = End::NotYet;
                }
            }
            FactKind::CustomerBlocked => {
                if let Some(running) = running(&mut all).filter(|told| !told.has_reply) {
                    running.end = End::Unreachable;
                }
            }
            _ => {}
        }
    }
    all
}

fn of<'t>(all: &'t mut [Told], id: &HandoffId) -> Option<&'t mut Told> {
    all.iter_mut().rev().find(|told| told.id == *id)
}

/// The last one, while it goes on.
fn running(all: &mut [Told]) -> Option<&mut Told> {
    all.last_mut().filter(|told| told.end == End::NotYet)
}

#[derive(Default)]
struct Gathered {
    n: usize,
    claims: Waits,
    replies: Waits,
    ways: Ways,
    given_back: usize,
}

impl Gathered {
    fn handoff(&mut self, told: &Told, measures: &Measures) {
        self.n += 1;
        let mut waits = measures.handoffs.iter();
        if let Some(wait) = waits.find(|wait| wait.handoff == told.id) {
            let line = |measure, wait| LineWait::of(measure, wait, None, false);
            self.claims.add(&line(Measure::HandoffToClaim, &wait.claim));
            self.replies.add(&line(Measure::HumanWait, &wait.reply));
        }
        let back = told.taken.iter().filter(|(_, _, came_back)| *came_back);
        self.given_back += back.count();
        let has_agent = told.taken.last().is_some_and(|(_, _, back)| !back);
        let way = match (told.end, told.has_reply) {
            (End::Over, true) => &mut self.ways.solved,
            (End::Over, false) => &mut self.ways.without_reply,
            (End::Unreachable, _) => &mut self.ways.unreachable,
            (End::NotYet, _) if has_agent => &mut self.ways.with_agent,
            (End::NotYet, _) => &mut self.ways.waiting,
        };
        *way += 1;
    }

    fn reason(self, reason: String, now: Timestamp) -> Reason {
        Reason {
            reason,
            n: self.n,
            until_claimed: self.claims.figures(now),
            until_reply: self.replies.figures(now),
            ways: self.ways,
            given_back: self.given_back,
        }
    }
}

#[derive(Default)]
struct TakerGathered {
    taken: usize,
    waits: Waits,
    given_back: usize,
}

impl TakerGathered {
    fn taker(self, agent: String, now: Timestamp) -> Taker {
        Taker {
            agent,
            taken: self.taken,
            until_claimed: self.waits.figures(now),
            given_back: self.given_back,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::place::ChannelKind;
    use crate::domain::sla::measures::measure;
    use crate::domain::time::Millis;

    fn minute(minutes: i64) -> Timestamp {
        Timestamp(0) + Millis::minutes(minutes)
    }

    fn conversation(kinds: Vec<(i64, Option<&str>, FactKind)>) -> Vec<Fact> {
        let fact = |(at, staff, kind): (i64, Option<&str>, FactKind)| Fact {
            conversation: "c".into(),
            customer: "ann".into(),
            channel: ChannelKind::Web,
            at: minute(at),
            recorded_at: minute(at),
            staff: staff.map(Into::into),
            kind,
        };
        kinds.into_iter().map(fact).collect()
    }

    fn asked(reason: &str) -> (i64, Option<&'static str>, FactKind) {
        let kind = FactKind::HandoffAsked {
            handoff: "h".into(),
            reason: reason.to_owned(),
        };
        (0, None, kind)
    }

    fn claimed(at: i64, who: &'static str) -> (i64, Option<&'static str>, FactKind) {
        let handoff = "h".into();
        (at, Some(who), FactKind::Claimed { handoff })
    }

    #[test]
    fn each_handoff_is_counted_by_reason_taker_and_way_out() {
        let reply = FactKind::AgentReplied {
            outbox: "o".into(),
            message: "m".into(),
        };
        let resolved = || FactKind::Resolved {
            by_bot: false,
            confirmed: false,
        };
        let released = FactKind::Released {
            handoff: "h".into(),
        };
        let taken_back = FactKind::HandoffTakenBack {
            handoff: "h".into(),
        };
        let all = [
            conversation(vec![
                asked("asked"),
                claimed(5, "ben"),
                (6, Some("ben"), released),
                claimed(9, "cho"),
                (10, Some("cho"), reply),
                (20, None, resolved()),
            ]),
            conversation(vec![asked("asked"), (20, None, taken_back)]),
            conversation(vec![asked("unsure"), (3, None, FactKind::CustomerBlocked)]),
            conversation(vec![asked("unsure"), claimed(1, "ben")]),
            conversation(vec![asked("taken-over")]),
        ];
        let measured: Vec<_> = all
            .iter()
            .map(|facts| (facts.as_slice(), measure(facts).expect("has facts")))
            .collect();
        let pairs = measured.iter().map(|(facts, measures)| (*facts, measures));
        let names = BTreeMap::from([("ben".into(), "Ben".to_owned())]);
        let report = handoffs(pairs, &names, minute(60));
        let counts: Vec<_> = report
            .reasons
            .iter()
            .map(|reason| (reason.reason.as_str(), reason.n))
            .collect();
        assert_eq!(
            counts,
            [("all", 5), ("asked", 2), ("unsure", 2), ("taken-over", 1)]
        );
        let ways = Ways {
            solved: 1,
            without_reply: 1,
            unreachable: 1,
            with_agent: 1,
            waiting: 1,
        };
        assert_eq!(report.reasons[0].ways, ways);
        assert_eq!(report.reasons[0].given_back, 1);
        let until = &report.reasons[1].until_claimed;
        assert_eq!((until.n, until.median_ms), (1, Some(5 * 60_000)));
        assert_eq!(report.reasons[3].until_claimed.n, 0, "nobody waited");
        let takers: Vec<_> = report
            .takers
            .iter()
            .map(|taker| (taker.agent.as_str(), taker.taken, taker.given_back))
            .collect();
        assert_eq!(takers, [("Ben", 2, 1), ("cho", 1, 0)]);
    }
}
