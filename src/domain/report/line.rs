//! One conversation as reports see it: what it counts as, and its waits, each with its length or,
//! while it runs, with what its length at any later moment follows from.

use serde::{Deserialize, Serialize};

use super::conversations::Conversations;
use super::kept::{Chosen, Regard};
use super::sla::Measure;
use crate::domain::ids::{HandoffId, StaffId};
use crate::domain::lang::Lang;
use crate::domain::place::ChannelKind;
use crate::domain::sla::calendar::zone_release;
use crate::domain::sla::measures::{Ended, Measures, Wait, measure};
use crate::domain::sla::plan::Plans;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::timeline::{Fact, FactKind};

/// The rules by which lines and days are computed. Whoever changes what a stored line, cell or
/// sketch says for the same facts counts it up: all stored ones are then computed anew.
const RULES: u32 = 1;

/// What stored figures were computed by: our rules and the release of the time-zone data.
pub fn rules() -> String {
    format!("{RULES}/{}", zone_release())
}

/// One conversation. Its serialised form is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// When it began.
    pub opened_at: Timestamp,
    /// The customer's channel.
    pub channel: ChannelKind,
    /// The customer's language, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
    /// The customer's segment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// The agent who replied last, or has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<StaffId>,
    /// What it counts as.
    #[serde(with = "super::conversations::as_list")]
    pub counts: Conversations,
    /// Its waits.
    pub waits: Vec<LineWait>,
}

/// One wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineWait {
    /// What is measured.
    #[serde(rename = "m")]
    pub measure: Measure,
    /// Its start.
    #[serde(rename = "s")]
    pub since: Timestamp,
    /// Who ended it, or has the conversation while it runs.
    #[serde(rename = "w", default, skip_serializing_if = "Who::is_nobody")]
    pub who: Who,
    /// Whether an outage held up the message that began it.
    #[serde(rename = "x", default, skip_serializing_if = "std::ops::Not::not")]
    pub outage: bool,
    /// Its target.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Millis>,
    /// How far it is.
    #[serde(rename = "e")]
    pub state: WaitState,
}

/// Whose a wait is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// Nobody's.
    #[default]
    Nobody,
    /// The bot ended it.
    Bot,
    /// Of that member of staff.
    Staff(StaffId),
}

impl Who {
    fn is_nobody(&self) -> bool {
        *self == Who::Nobody
    }
}

/// How far a wait is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WaitState {
    /// It is over.
    #[serde(rename = "o")]
    Over(Over),
    /// It runs.
    #[serde(rename = "r")]
    Running(Running),
}

/// A wait that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Over {
    /// How it ended.
    #[serde(rename = "o", default, skip_serializing_if = "Outcome::is_came")]
    pub outcome: Outcome,
    /// How long it lasted.
    #[serde(rename = "l")]
    pub length: Millis,
    /// The same in the business time of its policy, where its target is in that.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub business: Option<Millis>,
    /// Whether its time ran out; `None` where no target was set.
    #[serde(rename = "y", default, skip_serializing_if = "Option::is_none")]
    pub late: Option<bool>,
    /// Whether the customer was promised that it would be met.
    #[serde(rename = "k", default, skip_serializing_if = "std::ops::Not::not")]
    pub promised: bool,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// What was waited for came.
    #[default]
    Came,
    /// The matter ended without it.
    Without,
    /// Nobody could have ended it: the customer had shut the bot out.
    Unreachable,
}

impl Outcome {
    fn is_came(&self) -> bool {
        *self == Outcome::Came
    }
}

/// A wait that runs: how long, and whether it is late, is reckoned when the report is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Running {
    /// Its start.
    #[serde(rename = "s")]
    pub since: Timestamp,
    /// How long it stood still in pauses that are over.
    #[serde(rename = "p", default, skip_serializing_if = "is_nothing")]
    pub paused: Millis,
    /// Since when it stands still.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub paused_since: Option<Timestamp>,
    /// Until when it may last; none where no target was set.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// Whether the customer was promised that it would be met.
    #[serde(rename = "k", default, skip_serializing_if = "std::ops::Not::not")]
    pub promised: bool,
}

fn is_nothing(length: &Millis) -> bool {
    length.0 == 0
}

impl Running {
    /// How long it lasts by `now`.
    pub fn length(&self, now: Timestamp) -> Millis {
        Millis((self.until(now) - self.since).0 - self.paused.0).or_zero()
    }

    /// Whether its time has run out by `now`; `None` where no target was set.
    pub fn is_late(&self, now: Timestamp) -> Option<bool> {
        self.due_at.map(|due_at| self.until(now) > due_at)
    }

    fn until(&self, now: Timestamp) -> Timestamp {
        self.paused_since.unwrap_or(now)
    }
}

impl Line {
    /// The line of a conversation by its facts, in the order of writing down; none of none. `plans`
    /// are those that due times name, `chosen` is what its customer ever chose.
    pub fn of(facts: &[Fact], plans: &Plans, chosen: &[Chosen]) -> Option<Line> {
        let one = measure(facts)?;
        let opened = |fact: &&Fact| matches!(fact.kind, FactKind::Opened { .. });
        let opened_at = facts
            .iter()
            .find(opened)
            .map_or(one.opened_at, |fact| fact.at);
        let regard = Regard::of(facts, opened_at, chosen);
        let waits = waits(&one).map(|(measure, handoff, wait)| {
            let business = business_length(&one, measure, wait, plans);
            let promised = measure == Measure::HumanWait
                && handoff.is_some_and(|handoff| regard.promised.contains(handoff));
            LineWait::of(measure, wait, business, promised)
        });
        Some(Line {
            opened_at,
            channel: one.channel,
            lang: one.lang,
            segment: one.segment.clone(),
            agent: one.agent.clone(),
            counts: Conversations::of(&one, regard.honoured),
            waits: waits.collect(),
        })
    }
}

impl LineWait {
    /// A wait as reports see it, with its length in business time where it came and its target is
    /// in that.
    pub fn of(measure: Measure, wait: &Wait, business: Option<Millis>, promised: bool) -> LineWait {
        let by_bot = measure == Measure::FirstAnswer && wait.came() && wait.agent.is_none();
        let who = match (&wait.agent, by_bot) {
            (Some(agent), _) => Who::Staff(agent.clone()),
            (None, true) => Who::Bot,
            (None, false) => Who::Nobody,
        };
        // What is over does not depend on what time it is.
        let state = match wait.ended {
            Some(ended) => WaitState::Over(Over {
                outcome: match ended {
                    Ended::Came(_) => Outcome::Came,
                    Ended::Resolved(_) => Outcome::Without,
                    Ended::Unreachable(_) => Outcome::Unreachable,
                },
                length: wait.length(ended.at()),
                business: business.filter(|_| wait.came()),
                late: wait.is_late(ended.at()),
                promised,
            }),
            None => WaitState::Running(Running {
                since: wait.since,
                paused: wait.paused,
                paused_since: wait.paused_since,
                due_at: wait.due.as_ref().map(|due| due.due_at),
                promised,
            }),
        };
        LineWait {
            measure,
            since: wait.since,
            who,
            outage: wait.outage,
            target: wait.due.as_ref().map(|due| due.target_ms),
            state,
        }
    }
}

/// All waits of a conversation, each with the handoff that it began by; a resolution is one from
/// its first message on.
fn waits(one: &Measures) -> impl Iterator<Item = (Measure, Option<&HandoffId>, &Wait)> {
    let single = [
        (Measure::FirstAnswer, &one.first_answer),
        (Measure::FirstHumanResponse, &one.first_human_response),
        (Measure::FirstResolution, &one.first_resolution),
        (Measure::TotalResolution, &one.total_resolution),
    ];
    let single = single
        .into_iter()
        .filter_map(|(measure, wait)| Some((measure, None, wait.as_ref()?)));
    let of_handoffs = one.handoffs.iter().flat_map(|handoff| {
        [
            (Measure::HumanWait, Some(&handoff.handoff), &handoff.reply),
            (
                Measure::HandoffToClaim,
                Some(&handoff.handoff),
                &handoff.claim,
            ),
        ]
    });
    let next = one.next_responses.iter();
    let next = next.map(|wait| (Measure::NextResponse, None, wait));
    single.chain(of_handoffs).chain(next)
}

/// An ended wait's length in the business time that its target is in, pauses left out.
fn business_length(one: &Measures, measure: Measure, wait: &Wait, plans: &Plans) -> Option<Millis> {
    let until = wait.ended?.at();
    let due = wait.due.as_ref().filter(|due| due.zones.is_some())?;
    let calendar = plans.named(due.plan, &due.policy).calendar?;
    let still = one.pauses.iter();
    let mut still: Vec<_> = still
        .map(|(since, to)| (*since, to.unwrap_or(until)))
        .collect();
    if measure == Measure::TotalResolution {
        still.extend(&one.resolved_gaps);
    }
    Some(calendar.elapsed_without(wait.since, until, &still))
}
