//! Entries that admins are writing in chat: one for each account, so that a restart loses no word.

use super::{StoreError, Tx, on};
use crate::domain::ids::AccountId;
use crate::domain::knowledge::dialogue::Dialogue;
use crate::domain::place::{ChannelKind, Place};
use crate::domain::time::Timestamp;

/// A dialogue with the account that leads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Who.
    pub account: AccountId,
    /// Where.
    pub place: Place,
    /// What was written so far.
    pub dialogue: Dialogue,
    /// When it counts as left.
    pub expires_at: Timestamp,
}

const OF: &str = "
    SELECT chat, thread, dialogue, expires_at FROM kb_dialogues
    WHERE channel = $1 AND account = $2";

/// The dialogue of an account, also one that was left.
pub async fn of(
    tx: &mut Tx,
    channel: ChannelKind,
    account: &AccountId,
) -> Result<Option<Open>, StoreError> {
    let row: Option<(String, String, String, i64)> = on!(tx, |conn| {
        sqlx::query_as(OF)
            .bind(channel.name())
            .bind(&account.0)
            .fetch_optional(conn)
            .await?
    });
    let Some((chat, thread, dialogue, expires_at)) = row else {
        return Ok(None);
    };
    let dialogue = serde_json::from_str(&dialogue).map_err(|error| StoreError::Unreadable {
        what: "kb_dialogues.dialogue",
        why: format!("not a dialogue, at column {}", error.column()),
    })?;
    Ok(Some(Open {
        account: account.clone(),
        place: Place {
            channel,
            chat,
            thread: (!thread.is_empty()).then_some(thread),
        },
        dialogue,
        expires_at: Timestamp(expires_at),
    }))
}

const PUT: &str = "
    INSERT INTO kb_dialogues (channel, account, chat, thread, dialogue, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (channel, account) DO UPDATE SET chat = excluded.chat, thread = excluded.thread,
        dialogue = excluded.dialogue, expires_at = excluded.expires_at";

/// Keeps a dialogue in place of the account's earlier one.
pub async fn put(tx: &mut Tx, open: &Open) -> Result<(), StoreError> {
    let dialogue =
        serde_json::to_string(&open.dialogue).map_err(|error| StoreError::Unreadable {
            what: "a dialogue as JSON",
            why: error.to_string(),
        })?;
    on!(tx, |conn| {
        sqlx::query(PUT)
            .bind(open.place.channel.name())
            .bind(&open.account.0)
            .bind(&open.place.chat)
            .bind(open.place.thread.as_deref().unwrap_or_default())
            .bind(&dialogue)
            .bind(open.expires_at.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}

const END: &str = "DELETE FROM kb_dialogues WHERE channel = $1 AND account = $2";

/// Ends the dialogue of an account.
pub async fn end(tx: &mut Tx, channel: ChannelKind, account: &AccountId) -> Result<(), StoreError> {
    on!(tx, |conn| {
        sqlx::query(END)
            .bind(channel.name())
            .bind(&account.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}

const WRITERS: &str = "SELECT account FROM kb_dialogues WHERE channel = $1";

/// The accounts that lead a dialogue on a channel: few, or none.
pub async fn writers(tx: &mut Tx, channel: ChannelKind) -> Result<Vec<AccountId>, StoreError> {
    let rows: Vec<(String,)> = on!(tx, |conn| {
        sqlx::query_as(WRITERS)
            .bind(channel.name())
            .fetch_all(conn)
            .await?
    });
    Ok(rows
        .into_iter()
        .map(|(account,)| AccountId(account))
        .collect())
}
