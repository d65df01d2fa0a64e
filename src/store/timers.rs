//! Timers: at most one of each kind runs for a conversation.

use super::{StoreError, Tx, on};
use crate::domain::engine::event::TimerKind;
use crate::domain::ids::ConversationId;
use crate::domain::time::Timestamp;

const START: &str = "
    INSERT INTO timers (conversation_id, kind, due_at, made_for) VALUES ($1, $2, $3, 1)
    ON CONFLICT (conversation_id, kind)
    DO UPDATE SET due_at = excluded.due_at, made_for = timers.made_for + 1";

/// Starts a timer in place of the running one of its kind.
pub async fn start(
    tx: &mut Tx,
    conversation: &ConversationId,
    kind: TimerKind,
    due_at: Timestamp,
) -> Result<(), StoreError> {
    on!(tx, |conn| {
        sqlx::query(START)
            .bind(&conversation.0)
            .bind(kind.name())
            .bind(due_at.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}

const STOP: &str = "DELETE FROM timers WHERE conversation_id = $1 AND kind = $2";

/// Stops a timer.
pub async fn stop(
    tx: &mut Tx,
    conversation: &ConversationId,
    kind: TimerKind,
) -> Result<(), StoreError> {
    on!(tx, |conn| {
        sqlx::query(STOP)
            .bind(&conversation.0)
            .bind(kind.name())
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// A timer that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueTimer {
    /// Whose.
    pub conversation: ConversationId,
    /// Which.
    pub kind: TimerKind,
    /// When it was due.
    pub due_at: Timestamp,
}

const DUE: &str = "
    SELECT conversation_id, kind, due_at FROM timers WHERE due_at <= $1
    ORDER BY due_at, conversation_id, kind LIMIT $2";

/// The timers that are due, longest overdue first.
pub async fn due(tx: &mut Tx, now: Timestamp, most: i64) -> Result<Vec<DueTimer>, StoreError> {
    let rows: Vec<(String, String, i64)> = on!(tx, |conn| {
        sqlx::query_as(DUE)
            .bind(now.0)
            .bind(most)
            .fetch_all(conn)
            .await?
    });
    let timers = rows.into_iter().map(|(conversation, kind, due_at)| {
        let kind = TimerKind::from_name(&kind).ok_or(StoreError::Unreadable {
            what: "timers.kind",
            why: kind,
        })?;
        Ok(DueTimer {
            conversation: conversation.into(),
            kind,
            due_at: Timestamp(due_at),
        })
    });
    timers.collect()
}

const TAKE: &str = "DELETE FROM timers WHERE conversation_id = $1 AND kind = $2 AND due_at = $3";

/// Takes a timer off, if it is still the one that was found due: then it fires, exactly once.
pub async fn take(tx: &mut Tx, due: &DueTimer) -> Result<bool, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query(TAKE)
            .bind(&due.conversation.0)
            .bind(due.kind.name())
            .bind(due.due_at.0)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}

const NEXT: &str = "SELECT MIN(due_at) FROM timers";

/// When the next timer is due.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    let (due,): (Option<i64>,) = on!(tx, |conn| sqlx::query_as(NEXT).fetch_one(conn).await?);
    Ok(due.map(Timestamp))
}
