//! What one conversation's facts amount to: its waits and resolutions, in wall time.
//!
//! The rules are those of SLA.md, "Clocks". Facts are read in the order in which they were
//! written down, since a reply answers only what was there; their own times say how long.

use crate::domain::ids::{ConversationId, CustomerId, HandoffId, StaffId};
use crate::domain::lang::Lang;
use crate::domain::place::ChannelKind;
use crate::domain::sla::plan::Due;
use crate::domain::sla::reading::Reading;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::timeline::Fact;

/// A customer's wait for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Its start, by the platform's time.
    pub since: Timestamp,
    /// How it ended; `None` while it runs.
    pub ended: Option<Ended>,
    /// How long it stood still in pauses that are over.
    pub paused: Millis,
    /// Since when it stands still.
    pub paused_since: Option<Timestamp>,
    /// Whether it was begun by a message that reached us late because of an outage.
    pub outage: bool,
    /// Who ended it by a reply, or has the conversation while it runs.
    pub agent: Option<StaffId>,
    /// Until when it may last, as it was reckoned last; none where no target was set.
    pub due: Option<Due>,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// What was waited for came: delivered, at the platform's time.
    Came(Timestamp),
    /// The matter was resolved or closed without it, or the customer preferred the bot after all.
    Resolved(Timestamp),
    /// The customer shut the bot out: nobody can answer them.
    Unreachable(Timestamp),
}

impl Ended {
    /// When it ended.
    pub fn at(self) -> Timestamp {
        match self {
            Ended::Came(at) | Ended::Resolved(at) | Ended::Unreachable(at) => at,
        }
    }
}

impl Wait {
    /// A wait that begins.
    pub(super) fn since(since: Timestamp, outage: bool) -> Wait {
        Wait {
            since,
            ended: None,
            paused: Millis(0),
            paused_since: None,
            outage,
            agent: None,
            due: None,
        }
    }

    /// Until when it lasted, or lasts by `now`: a pause that goes on ends it for the time being.
    pub fn until(&self, now: Timestamp) -> Timestamp {
        match (self.ended, self.paused_since) {
            (Some(ended), _) => ended.at(),
            (None, Some(paused)) => paused,
            (None, None) => now,
        }
    }

    /// Whether its time ran out, or has by `now`; `None` where no target was set.
    pub fn is_late(&self, now: Timestamp) -> Option<bool> {
        let due = self.due.as_ref()?;
        Some(self.until(now) > due.due_at)
    }

    /// How long it lasted, or lasts by `now`, pauses left out. Never negative, whatever two
    /// platforms' clocks say.
    pub fn length(&self, now: Timestamp) -> Millis {
        Millis((self.until(now) - self.since).0 - self.paused.0).or_zero()
    }

    /// Whether what was waited for came.
    pub fn came(&self) -> bool {
        matches!(self.ended, Some(Ended::Came(_)))
    }

    /// Whether it runs.
    pub fn is_open(&self) -> bool {
        self.ended.is_none()
    }
}

/// One handoff's waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffWait {
    /// Which.
    pub handoff: HandoffId,
    /// Why a person was called.
    pub reason: String,
    /// Until somebody took it.
    pub claim: Wait,
    /// Until a person's first reply: what a customer who wants a person feels.
    pub reply: Wait,
}

/// How far a conversation got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It goes on.
    Open,
    /// It is resolved, or resolved and closed.
    Resolved,
    /// It was closed without having been resolved.
    Closed,
}

/// A matter that the bot settled alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BotResolution {
    /// The customer said so.
    Confirmed,
    /// The customer did not come back on it.
    Assumed,
}

/// What one conversation's facts amount to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measures {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Whose.
    pub customer: CustomerId,
    /// On which channel.
    pub channel: ChannelKind,
    /// The customer's language, where it was recognised during this conversation.
    pub lang: Option<Lang>,
    /// The customer's segment when it began.
    pub segment: Option<String>,
    /// When it began.
    pub opened_at: Timestamp,
    /// First message until the first answer, by bot or person; none where staff wrote first.
    pub first_answer: Option<Wait>,
    /// First message until a person's first reply; none while nobody called for one.
    pub first_human_response: Option<Wait>,
    /// Each handoff that a customer or the bot asked for, oldest first. One that an agent took
    /// over unasked is none of these: nobody waited.
    pub handoffs: Vec<HandoffWait>,
    /// Each wait for a further reply of a person, oldest first.
    pub next_responses: Vec<Wait>,
    /// First message until first resolved, less pauses.
    pub first_resolution: Option<Wait>,
    /// First message until last resolved, less pauses and the time between a resolution and its
    /// reopening.
    pub total_resolution: Option<Wait>,
    /// How far it got.
    pub standing: Standing,
    /// Whether the bot settled it alone.
    pub bot_resolution: Option<BotResolution>,
    /// How many replies of persons arrived.
    pub replies: usize,
    /// How many replies will never arrive.
    pub replies_failed: usize,
    /// How many messages may or may not have arrived, and nobody has settled it.
    pub deliveries_unknown: usize,
    /// How often it was opened again.
    pub reopened: usize,
    /// The agent who replied last, or has it.
    pub agent: Option<StaffId>,
    /// Whether the customer shut the bot out and has not let it in again.
    pub unreachable: bool,
    /// The stretches in which every clock stood still, oldest first; the last may go on.
    pub pauses: Vec<(Timestamp, Option<Timestamp>)>,
    /// From each resolution until it was opened again: left out of the total resolution.
    pub resolved_gaps: Vec<(Timestamp, Timestamp)>,
}

impl Measures {
    /// Those of a conversation of which nothing but its first fact is read.
    pub(super) fn begin(first: &Fact) -> Measures {
        Measures {
            conversation: first.conversation.clone(),
            customer: first.customer.clone(),
            channel: first.channel,
            lang: None,
            segment: None,
            opened_at: first.at,
            first_answer: None,
            first_human_response: None,
            handoffs: Vec::new(),
            next_responses: Vec::new(),
            first_resolution: None,
            total_resolution: None,
            standing: Standing::Open,
            bot_resolution: None,
            replies: 0,
            replies_failed: 0,
            deliveries_unknown: 0,
            reopened: 0,
            agent: None,
            unreachable: false,
            pauses: Vec::new(),
            resolved_gaps: Vec::new(),
        }
    }
}

/// Computes the measures from all facts of one conversation, in the order of writing down; `None`
/// where there are none.
pub fn measure(facts: &[Fact]) -> Option<Measures> {
    let first = facts.first()?;
    let mut reading = Reading::begin(first);
    for fact in facts {
        reading.read(fact);
    }
    Some(reading.end())
}

#[cfg(test)]
mod tests;
