//! A row of the outbox as it is read back.
//!
//! Invariant: a row that cannot be read fails by itself and holds no other up.

use super::{Target, set_failed};
use crate::domain::engine::effect::Purpose;
use crate::domain::ids::{ConversationId, MessageId, OutboxId, StaffId};
use crate::domain::outgoing::Act;
use crate::domain::place::{ChannelKind, Place};
use crate::domain::time::Timestamp;
use crate::store::{StoreError, Tx};

/// A row that is on its way.
#[derive(Clone, Debug)]
pub struct Leaving {
    /// The row.
    pub id: OutboxId,
    /// Whose matter.
    pub conversation: ConversationId,
    /// Where it goes.
    pub target: Target,
    /// What it is for.
    pub purpose: Purpose,
    /// What to do.
    pub act: Act,
    /// The message of ours that it carries.
    pub message: Option<MessageId>,
    /// Who said it.
    pub staff: Option<StaffId>,
    /// How often it was tried, this time included.
    pub attempts: i64,
    /// When it was decided on.
    pub created_at: Timestamp,
    /// Since when an earlier attempt's outcome is unknown.
    pub unknown_since: Option<Timestamp>,
    /// The fence of the lease under which it was taken last.
    pub fence: i64,
}

/// One attempt at a row: what was found out about it counts only as long as the row is at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The row.
    pub id: OutboxId,
    /// The fence under which it was taken.
    pub fence: i64,
    /// Its number, from 1.
    pub number: i64,
}

impl Leaving {
    /// The attempt that the row is at.
    pub fn attempt(&self) -> Attempt {
        Attempt {
            id: self.id.clone(),
            fence: self.fence,
            number: self.attempts,
        }
    }
}

pub(super) type Row = (
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    bool,
    String,
    String,
    Option<String>,
    Option<String>,
    i64,
    i64,
    Option<i64>,
    i64,
);

pub(super) fn read(row: Row) -> Result<Leaving, StoreError> {
    let (id, conversation, channel, chat, thread, to_room, purpose, act, message, staff, ..) = &row;
    let channel = ChannelKind::from_name(channel).ok_or_else(|| StoreError::Unreadable {
        what: "outbox.channel",
        why: channel.clone(),
    })?;
    let target = match (to_room, chat) {
        (false, Some(chat)) => Target::Place(Place {
            channel,
            chat: chat.clone(),
            thread: thread.clone(),
        }),
        (true, _) | (false, None) => Target::Room(channel),
    };
    Ok(Leaving {
        id: OutboxId(id.clone()),
        conversation: ConversationId(conversation.clone()),
        target,
        purpose: value_of(purpose)?,
        act: value_of(act)?,
        message: message.clone().map(MessageId),
        staff: staff.clone().map(StaffId),
        attempts: row.10,
        created_at: Timestamp(row.11),
        unknown_since: row.12.map(Timestamp),
        fence: row.13,
    })
}

/// The rows that can be read. The others fail: one of them must not hold up a whole channel.
pub(super) async fn readable(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<Leaving>, StoreError> {
    let mut leaving = Vec::with_capacity(rows.len());
    for row in rows {
        let attempt = Attempt {
            id: OutboxId(row.0.clone()),
            fence: row.13,
            number: row.10,
        };
        match read(row) {
            Ok(one) => leaving.push(one),
            Err(error) => {
                tracing::error!(outbox = %attempt.id, %error, "not delivered: the row cannot be read");
                set_failed(tx, &attempt, "the row cannot be read").await?;
            }
        }
    }
    Ok(leaving)
}

fn value_of<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable {
        what: "outbox",
        why: error.to_string(),
    })
}
