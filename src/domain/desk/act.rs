//! The closed list of what a member of staff can do to a conversation, from a room or the console.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{ConversationId, OutboxId, StaffId};
use crate::domain::message::Part;
use crate::domain::timeline::PauseReason;

/// One thing that staff do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum StaffAct {
    /// Take the conversation: one wins, everybody else is told who.
    Claim,
    /// Give it back to the queue.
    Release,
    /// Say something to the customer.
    Reply {
        /// What is said.
        parts: Vec<Part>,
    },
    /// Say something to colleagues only.
    Note {
        /// The words.
        text: String,
    },
    /// The matter is settled.
    Resolve,
    /// Let the clocks stand still until the customer writes, or somebody goes on.
    Pause {
        /// What is waited for.
        why: PauseReason,
    },
    /// Let the clocks go on.
    GoOn,
    /// Hear no further word for a while, or until the customer writes: the clocks run on.
    Snooze,
    /// Send again what may or may not have arrived.
    SendAgain {
        /// The row of the outbox whose outcome is unknown.
        outbox: OutboxId,
    },
    /// It did arrive: count it as sent.
    ItArrived {
        /// The row of the outbox whose outcome is unknown.
        outbox: OutboxId,
    },
}

/// A click in the console, as it stands in the inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleClick {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Who; their right is looked up again when the click is decided on.
    pub staff: StaffId,
    /// What.
    pub act: StaffAct,
}
