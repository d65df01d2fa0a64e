//! A conversation as decisions see it: its phase with all that the phase holds.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::handoff::Handoff;
use crate::domain::ids::{AccountId, ConversationId, CustomerId, EntryKey, MessageId, StaffId};
use crate::domain::place::{ChannelKind, Place};
use crate::domain::sla::SlaClock;
use crate::domain::sla::plan::Due;
use crate::domain::time::Timestamp;

/// One matter of one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Which.
    pub id: ConversationId,
    /// A short name for people.
    pub code: String,
    /// Whose.
    pub customer: CustomerId,
    /// The customer's account that it runs on.
    pub account: AccountId,
    /// Where the customer wrote last, and is answered.
    pub place: Place,
    /// The platform's time of its first message.
    pub opened_at: Timestamp,
    /// The platform's time of the customer's last message.
    pub last_customer_at: Timestamp,
    /// All that the phase holds; stored as JSON.
    pub state: State,
}

/// What is stored of a conversation beside its columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Where it stands.
    pub phase: Phase,
    /// Counts the turns of the matter at the desk (called, claimed, released, resolved …): a
    /// staff button made for an earlier count is stale.
    pub turn_of_desk: i64,
    /// The desks that have, or are opening, a room for it.
    pub rooms: BTreeSet<ChannelKind>,
    /// What the bot tried, oldest first, at most [`TRIED_MAX`].
    pub tried: Vec<Tried>,
    /// The answer that was given last, and the lines that it answered.
    pub last_answer: Option<Answered>,
    /// When the customer was told that they write too much at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_of_flood_at: Option<Timestamp>,
    /// The targets that a conversation has once, as they were reckoned last; `None` until they
    /// are set.
    #[serde(default)]
    pub targets: Option<Vec<Due>>,
    /// What became of these so far, each once.
    #[serde(default, skip_serializing_if = "TargetsTold::is_none")]
    pub targets_told: TargetsTold,
    /// Whether the customer has chosen the bot over waiting on: until a person is called again it
    /// answers first, whatever they prefer otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tries_bot: bool,
}

/// What became of the targets that a conversation has once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TargetsTold {
    /// These are near, and the desk was told.
    pub warned: BTreeSet<SlaClock>,
    /// These were missed.
    pub missed: BTreeSet<SlaClock>,
    /// Of these the desk was told that they were missed.
    pub told: BTreeSet<SlaClock>,
    /// These were seen to be met: nothing more is to come.
    pub met: BTreeSet<SlaClock>,
}

impl TargetsTold {
    fn is_none(&self) -> bool {
        *self == TargetsTold::default()
    }
}

/// How many tries are remembered for the handoff's card.
pub const TRIED_MAX: usize = 5;

/// Something that the bot tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "tried", rename_all = "kebab-case")]
pub enum Tried {
    /// It answered with this entry.
    Answered {
        /// The entry.
        entry: EntryKey,
    },
    /// It offered these entries to choose from.
    Offered {
        /// The entries.
        entries: Vec<EntryKey>,
    },
    /// It found nothing likely enough.
    Nothing,
}

/// An answer that was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// With which entry.
    pub entry: EntryKey,
    /// To which lines.
    pub lines: Vec<String>,
    /// When it was decided on, by our own clock.
    pub at: Timestamp,
    /// Whether the customer chose it: then it is what they asked for, by their own word.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub chosen: bool,
}

/// Where a conversation stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// The bot has it.
    Answering {
        /// What the customer wrote and the bot has not decided on yet.
        turn: Vec<TurnLine>,
    },
    /// It waits for a person.
    Waiting {
        /// The handoff.
        handoff: Handoff,
    },
    /// A person has it.
    WithAgent {
        /// The handoff.
        handoff: Handoff,
        /// Who.
        agent: StaffId,
        /// Their name, for those who come too late.
        agent_name: String,
    },
    /// Done, as far as we know; a message within the grace time opens it again.
    Resolved {
        /// When.
        at: Timestamp,
        /// The name of the person who resolved it; `None` where the bot's answer did.
        by: Option<String>,
    },
    /// Over. A message opens a new conversation.
    Closed,
}

/// A line that waits for the bot's decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnLine {
    /// The message.
    pub message: MessageId,
    /// Its words.
    pub words: String,
}

impl Conversation {
    /// A new conversation, before its first message is decided on.
    pub fn open(
        id: ConversationId,
        code: String,
        customer: CustomerId,
        account: AccountId,
        place: Place,
        opened_at: Timestamp,
    ) -> Conversation {
        let state = State {
            phase: Phase::Answering { turn: Vec::new() },
            turn_of_desk: 0,
            rooms: BTreeSet::new(),
            tried: Vec::new(),
            last_answer: None,
            told_of_flood_at: None,
            targets: None,
            targets_told: TargetsTold::default(),
            tries_bot: false,
        };
        Conversation {
            id,
            code,
            customer,
            account,
            place,
            opened_at,
            last_customer_at: opened_at,
            state,
        }
    }

    /// The handoff under way, if there is one.
    pub fn handoff(&self) -> Option<&Handoff> {
        self.state.handoff()
    }

    /// The handoff under way, to be changed.
    pub fn handoff_mut(&mut self) -> Option<&mut Handoff> {
        match &mut self.state.phase {
            Phase::Waiting { handoff } | Phase::WithAgent { handoff, .. } => Some(handoff),
            Phase::Answering { .. } | Phase::Resolved { .. } | Phase::Closed => None,
        }
    }

    /// The agent who has it.
    pub fn agent(&self) -> Option<&StaffId> {
        match &self.state.phase {
            Phase::WithAgent { agent, .. } => Some(agent),
            Phase::Answering { .. }
            | Phase::Waiting { .. }
            | Phase::Resolved { .. }
            | Phase::Closed => None,
        }
    }

    /// Remembers what the bot tried.
    pub fn remember_tried(&mut self, tried: Tried) {
        self.state.tried.push(tried);
        if self.state.tried.len() > TRIED_MAX {
            self.state.tried.remove(0);
        }
    }
}

impl State {
    /// The handoff under way, if there is one.
    pub fn handoff(&self) -> Option<&Handoff> {
        match &self.phase {
            Phase::Waiting { handoff } | Phase::WithAgent { handoff, .. } => Some(handoff),
            Phase::Answering { .. } | Phase::Resolved { .. } | Phase::Closed => None,
        }
    }
}

impl Phase {
    /// The phase's name in the database.
    pub fn name(&self) -> &'static str {
        match self {
            Phase::Answering { .. } => "answering",
            Phase::Waiting { .. } => "waiting",
            Phase::WithAgent { .. } => "with-agent",
            Phase::Resolved { .. } => "resolved",
            Phase::Closed => "closed",
        }
    }
}
