//! The outbox: what is to be delivered, once, and what became of it.

pub mod heads;
pub mod joining;
mod leaving;

pub use self::leaving::{Attempt, Leaving};
use self::leaving::{Row, read, readable};
use super::{StoreError, Tx, later, on};
use crate::domain::engine::effect::Purpose;
use crate::domain::ids::{ArrivalId, ConversationId, MessageId, MessageRef, OutboxId, StaffId};
use crate::domain::outgoing::Act;
use crate::domain::place::{ChannelKind, Place};
use crate::domain::time::Timestamp;

/// Where a row goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A place that is known.
    Place(Place),
    /// The conversation's room at a desk, wherever it is when the row leaves.
    Room(ChannelKind),
}

/// A row to put into the outbox.
#[derive(Clone, Debug)]
pub struct NewOutgoing {
    /// Our id.
    pub id: OutboxId,
    /// Whose matter.
    pub conversation: ConversationId,
    /// What made it.
    pub cause: ArrivalId,
    /// Which of that cause's effects it is.
    pub slot: i64,
    /// Rows of one lane leave one by one.
    pub lane: String,
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
    /// When it was decided on.
    pub at: Timestamp,
    /// When whoever waits for it is to have it: within a class the earliest leaves first.
    pub due_at: Timestamp,
}

const ADD: &str = "
    INSERT INTO outbox (id, conversation_id, cause, slot, lane, position, class, channel, chat, thread,
        to_room, purpose, act, message_id, staff_id, state, not_before, attempts, created_at, due_at,
        expires_at, weight)
    VALUES ($1, $2, $3, $4, $5,
        (SELECT COALESCE(MAX(position), 0) + 1 FROM outbox WHERE lane = $5 AND state IN ('ready', 'sending')),
        $6, $7, $8, $9, $10, $11, $12, $13, $14, 'ready', $15, 0, $15, $16,
        $17, $18)";

/// Puts a row in, behind those of its lane that have not left yet.
pub async fn add(tx: &mut Tx, new: &NewOutgoing) -> Result<(), StoreError> {
    let (channel, chat, thread, to_room) = match &new.target {
        Target::Place(place) => (
            place.channel,
            Some(place.chat.as_str()),
            place.thread.as_deref(),
            false,
        ),
        Target::Room(desk) => (*desk, None, None, true),
    };
    let purpose = text_of(&new.purpose)?;
    let act = text_of(&new.act)?;
    let expires_at = new.purpose.leaves_within().map(|within| new.at + within);
    later!(
        tx,
        ADD,
        &new.id.0,
        &new.conversation.0,
        &new.cause.0,
        new.slot,
        &new.lane,
        new.purpose.class().number(),
        channel.name(),
        chat,
        thread,
        to_room,
        purpose,
        act,
        new.message.as_ref().map(|message| message.0.as_str()),
        new.staff.as_ref().map(|staff| staff.0.as_str()),
        new.at.0,
        new.due_at.0,
        expires_at.map(|at| at.0),
        new.act.weight(),
    )
}

fn text_of<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Unreadable {
        what: "outbox",
        why: error.to_string(),
    })
}

// The list of states is that of the index on what is open: so it is read, not the whole table.
const SENDING: &str = "
    SELECT id, conversation_id, channel, chat, thread, to_room, purpose, act, message_id, staff_id,
        attempts, created_at, attempted_at, fence
    FROM outbox WHERE state IN ('sending', 'unknown') AND state = 'sending' AND channel = $1
        AND fence < $2
    ORDER BY id";

/// The rows that are being sent under an older fence; `unknown_since` is when the attempt began.
/// Those that cannot be read fail.
pub async fn sending_before(
    tx: &mut Tx,
    channel: ChannelKind,
    fence: i64,
) -> Result<Vec<Leaving>, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query_as::<_, Row>(SENDING)
            .bind(channel.name())
            .bind(fence)
            .fetch_all(conn)
            .await?
    });
    readable(tx, rows).await
}

const BY_ID: &str = "
    SELECT id, conversation_id, channel, chat, thread, to_room, purpose, act, message_id, staff_id,
        attempts, created_at, attempted_at, fence
    FROM outbox WHERE id = $1";

/// A row.
pub async fn by_id(tx: &mut Tx, id: &OutboxId) -> Result<Option<Leaving>, StoreError> {
    let row = on!(tx, |conn| {
        sqlx::query_as::<_, Row>(BY_ID)
            .bind(&id.0)
            .fetch_optional(conn)
            .await?
    });
    row.map(read).transpose()
}

const SENT: &str = "
    UPDATE outbox SET state = 'sent', sent_at = $2, platform_ref = $3, failure = NULL
    WHERE id = $1 AND state IN ('sending', 'unknown', 'ready')";

/// The platform accepted it at that time; `false` where that was known already. It is true however
/// late it is told, and whoever has taken the row over meanwhile.
pub async fn set_sent(
    tx: &mut Tx,
    id: &OutboxId,
    at: Timestamp,
    platform_ref: Option<&MessageRef>,
) -> Result<bool, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query(SENT)
            .bind(&id.0)
            .bind(at.0)
            .bind(platform_ref.map(|named| named.0.as_str()))
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}

const AGAIN: &str = "
    UPDATE outbox SET state = 'ready', not_before = $4, unknown_since = $5, failure = $6,
        attempts = attempts - $7
    WHERE id = $1 AND state = 'sending' AND fence = $2 AND attempts = $3";

/// When and how a row is tried again.
#[derive(Clone, Copy, Debug)]
pub struct Again {
    /// Not before that time.
    pub not_before: Timestamp,
    /// Since when it is not known whether it arrived.
    pub unknown_since: Option<Timestamp>,
    /// Whether the channel heard of this attempt: otherwise it does not count.
    pub was_tried: bool,
}

/// It is to be tried again; `false` where the row is at another attempt meanwhile.
pub async fn set_again(
    tx: &mut Tx,
    attempt: &Attempt,
    again: Again,
    why: &str,
) -> Result<bool, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query(AGAIN)
            .bind(&attempt.id.0)
            .bind(attempt.fence)
            .bind(attempt.number)
            .bind(again.not_before.0)
            .bind(again.unknown_since.map(|since| since.0))
            .bind(why)
            .bind(i64::from(!again.was_tried))
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}

const PUT_BACK: &str = "
    UPDATE outbox SET state = 'ready', attempts = attempts - 1
    WHERE id = $1 AND state = 'sending' AND fence = $2 AND attempts = $3";

/// It was taken, but nobody began with it: it is as it was before.
pub async fn put_back(tx: &mut Tx, attempt: &Attempt) -> Result<(), StoreError> {
    on!(tx, |conn| {
        sqlx::query(PUT_BACK)
            .bind(&attempt.id.0)
            .bind(attempt.fence)
            .bind(attempt.number)
            .execute(conn)
            .await?;
    });
    Ok(())
}

const ENDED: &str = "
    UPDATE outbox SET state = $4, failure = $5
    WHERE id = $1 AND state = 'sending' AND fence = $2 AND attempts = $3";

/// It will not be delivered; why, without words of people or tokens. `false` where the row is at
/// another attempt meanwhile.
pub async fn set_failed(tx: &mut Tx, attempt: &Attempt, why: &str) -> Result<bool, StoreError> {
    end(tx, attempt, "failed", why).await
}

/// Nobody knows whether it arrived; `false` where the row is at another attempt meanwhile.
pub async fn set_unknown(tx: &mut Tx, attempt: &Attempt, why: &str) -> Result<bool, StoreError> {
    end(tx, attempt, "unknown", why).await
}

async fn end(tx: &mut Tx, attempt: &Attempt, state: &str, why: &str) -> Result<bool, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query(ENDED)
            .bind(&attempt.id.0)
            .bind(attempt.fence)
            .bind(attempt.number)
            .bind(state)
            .bind(why)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}

const WITHDRAW: &str = "
    UPDATE outbox SET state = 'cancelled' WHERE conversation_id = $1 AND purpose = $2 AND state = 'ready'
        AND unknown_since IS NULL";

/// Takes back what has certainly not left yet.
pub async fn withdraw(
    tx: &mut Tx,
    conversation: &ConversationId,
    purpose: &Purpose,
) -> Result<(), StoreError> {
    let purpose = text_of(purpose)?;
    on!(tx, |conn| {
        sqlx::query(WITHDRAW)
            .bind(&conversation.0)
            .bind(&purpose)
            .execute(conn)
            .await?;
    });
    Ok(())
}

const PUT_ACT: &str = "UPDATE outbox SET act = $2 WHERE id = $1";

/// Writes a row's act over: of one that has ended, only what is worth keeping.
pub async fn put_act(tx: &mut Tx, id: &OutboxId, act: &Act) -> Result<(), StoreError> {
    let act = text_of(act)?;
    on!(tx, |conn| {
        sqlx::query(PUT_ACT)
            .bind(&id.0)
            .bind(&act)
            .execute(conn)
            .await?;
    });
    Ok(())
}

const MOVED: &str = "UPDATE outbox SET chat = $2 WHERE id = $1 AND NOT to_room";

/// The row's chat has another id now.
pub async fn move_to(tx: &mut Tx, id: &OutboxId, to: &Place) -> Result<(), StoreError> {
    on!(tx, |conn| {
        sqlx::query(MOVED)
            .bind(&id.0)
            .bind(&to.chat)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Makes a row's act one that cannot be read.
#[cfg(test)]
pub async fn spoil(tx: &mut Tx, id: &OutboxId) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET act = '{\"act\":\"sing\"}' WHERE id = $1";
    on!(tx, |conn| {
        sqlx::query(sql).bind(&id.0).execute(conn).await?;
    });
    Ok(())
}

/// How many rows there are in each state.
#[cfg(test)]
pub async fn states(tx: &mut Tx) -> Result<std::collections::BTreeMap<String, i64>, StoreError> {
    let sql = "SELECT state, CAST(COUNT(*) AS BIGINT) FROM outbox GROUP BY state";
    let rows: Vec<(String, i64)> = on!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await?);
    Ok(rows.into_iter().collect())
}
