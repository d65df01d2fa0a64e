//! What the delivery and the alarms put into the inbox for the intake to decide on.

use serde::{Deserialize, Serialize};

use crate::domain::engine::event::TimerKind;
use crate::domain::ids::{ArrivalId, ConversationId, OutboxId};
use crate::domain::place::ChannelKind;
use crate::domain::time::Timestamp;
use crate::store::inbox::NewArrival;

/// Word of the delivery about a row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryReport {
    /// Whose matter.
    pub conversation: ConversationId,
    /// Which row.
    pub outbox: OutboxId,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// The platform accepted it.
    Sent {
        /// When, by the platform's time.
        at: Timestamp,
    },
    /// It will not be delivered.
    Failed {
        /// Why, for staff.
        why: String,
        /// Whether the customer shut the bot out.
        blocked: bool,
    },
    /// Nobody knows whether it arrived.
    Unknown,
    /// It waited too long to be sent, and was not.
    TooOld,
    /// The room that it went to is gone.
    RoomGone {
        /// At which desk.
        desk: ChannelKind,
    },
}

/// Word of the alarms: a timer came due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Whose.
    pub conversation: ConversationId,
    /// Which.
    pub kind: TimerKind,
}

impl DeliveryReport {
    /// The report as a row of the inbox. One row of the outbox may be reported on several times
    /// (unknown, then sent), each word once.
    pub fn arrival(&self, id: ArrivalId, now: Timestamp) -> Result<NewArrival, serde_json::Error> {
        let word = match &self.outcome {
            Outcome::Sent { .. } => "sent",
            Outcome::Failed { .. } => "failed",
            Outcome::Unknown => "unknown",
            Outcome::TooOld => "too-old",
            Outcome::RoomGone { .. } => "room-gone",
        };
        Ok(NewArrival {
            natural_key: format!("delivery:{word}:{}:{id}", self.outbox),
            id,
            origin: "delivery",
            lane: format!("conversation:{}", self.conversation),
            position: now.0,
            arrival: serde_json::to_string(self)?,
            raw: None,
            platform_at: now,
            received_at: now,
        })
    }
}

impl Alarm {
    /// The alarm as a row of the inbox.
    pub fn arrival(
        &self,
        id: ArrivalId,
        due_at: Timestamp,
        now: Timestamp,
    ) -> Result<NewArrival, serde_json::Error> {
        Ok(NewArrival {
            natural_key: format!(
                "clock:{}:{}:{}:{id}",
                self.conversation,
                self.kind.name(),
                due_at.0
            ),
            id,
            origin: "clock",
            lane: format!("conversation:{}", self.conversation),
            position: now.0,
            arrival: serde_json::to_string(self)?,
            raw: None,
            platform_at: due_at,
            received_at: now,
        })
    }
}
