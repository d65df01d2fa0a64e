//! A customer's line that waits for a room, and what is added to it.

use super::text_of;
use crate::domain::engine::effect::Purpose;
use crate::domain::ids::OutboxId;
use crate::domain::outgoing::Act;
use crate::domain::rich::RichText;
use crate::store::{StoreError, Tx, on};

/// A line that waits for its room.
#[derive(Clone, Debug)]
pub struct LastLine {
    /// The row.
    pub id: OutboxId,
    /// What it says so far.
    pub text: RichText,
}

const LAST: &str = "
    SELECT id, act FROM (SELECT id, act, purpose, message_id, state, attempts FROM outbox
        WHERE lane = $1 AND state IN ('ready', 'sending') ORDER BY position DESC, id DESC LIMIT 1) AS last
    WHERE state = 'ready' AND attempts = 0 AND purpose = $2 AND message_id IS NOT NULL";

/// The last row of a lane, where it is a customer's line that nobody has begun to send, and nothing
/// but words: no files, no buttons.
pub async fn last_line(tx: &mut Tx, lane: &str) -> Result<Option<LastLine>, StoreError> {
    let purpose = text_of(&Purpose::Mirror)?;
    let row: Option<(String, String)> = on!(tx, |conn| {
        sqlx::query_as(LAST)
            .bind(lane)
            .bind(&purpose)
            .fetch_optional(conn)
            .await?
    });
    let Some((id, act)) = row else {
        return Ok(None);
    };
    // One that does not read is left for the delivery to fail.
    let Ok(Act::Say {
        text,
        buttons,
        reply_to: None,
        files,
    }) = serde_json::from_str(&act)
    else {
        return Ok(None);
    };
    let is_words_only = buttons.is_empty() && files.is_empty();
    Ok(is_words_only.then_some(LastLine {
        id: OutboxId(id),
        text,
    }))
}

const SET_TEXT: &str = "
    UPDATE outbox SET act = $2 WHERE id = $1 AND state = 'ready' AND attempts = 0";

/// The line says this now; `false` where it has left meanwhile.
pub async fn set_text(tx: &mut Tx, id: &OutboxId, text: RichText) -> Result<bool, StoreError> {
    let act = text_of(&Act::Say {
        text,
        buttons: Vec::new(),
        reply_to: None,
        files: Vec::new(),
    })?;
    let rows = on!(tx, |conn| {
        sqlx::query(SET_TEXT)
            .bind(&id.0)
            .bind(&act)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}
