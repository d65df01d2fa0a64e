//! Timers: at most one of each kind runs for a conversation.

use super::later::Value;
use super::{StoreError, Tx, later, on};
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
    let keys = [Value::from(&conversation.0), Value::from(kind.name())];
    let due_at = Value::from(due_at.0);
    if tx.amend(START, &keys, keys.len(), std::slice::from_ref(&due_at)) {
        return Ok(());
    }
    tx.later(START, keys.into_iter().chain([due_at]).collect())
        .await
}

const STOP: &str = "DELETE FROM timers WHERE conversation_id = $1 AND kind = $2";

/// Stops a timer.
pub async fn stop(
    tx: &mut Tx,
    conversation: &ConversationId,
    kind: TimerKind,
) -> Result<(), StoreError> {
    remove(tx, conversation, kind.name()).await
}

async fn remove(tx: &mut Tx, conversation: &ConversationId, kind: &str) -> Result<(), StoreError> {
    later!(tx, STOP, &conversation.0, kind)
}

const IS_RUNNING: &str = "SELECT 1 FROM timers WHERE conversation_id = $1 AND kind = $2";

/// Whether a timer of that kind runs.
pub async fn is_running(
    tx: &mut Tx,
    conversation: &ConversationId,
    kind: TimerKind,
) -> Result<bool, StoreError> {
    let row: Option<(i32,)> = on!(tx, |conn| {
        sqlx::query_as(IS_RUNNING)
            .bind(&conversation.0)
            .bind(kind.name())
            .fetch_optional(conn)
            .await?
    });
    Ok(row.is_some())
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
    ORDER BY due_at, conversation_id, kind LIMIT $2 + 0";

/// The timers that are due, longest overdue first. Those whose kind nobody knows are taken off:
/// they must not hold up the others.
pub async fn due(tx: &mut Tx, now: Timestamp, most: i64) -> Result<Vec<DueTimer>, StoreError> {
    let rows: Vec<(String, String, i64)> = on!(tx, |conn| {
        sqlx::query_as(DUE)
            .bind(now.0)
            .bind(most)
            .fetch_all(conn)
            .await?
    });
    let mut timers = Vec::with_capacity(rows.len());
    for (conversation, name, due_at) in rows {
        let conversation = ConversationId(conversation);
        match TimerKind::from_name(&name) {
            Some(kind) => timers.push(DueTimer {
                conversation,
                kind,
                due_at: Timestamp(due_at),
            }),
            None => {
                tracing::error!(%conversation, kind = name, "a timer of no known kind is taken off");
                remove(tx, &conversation, &name).await?;
            }
        }
    }
    Ok(timers)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn a_timer_of_no_known_kind_holds_no_other_up() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let store = Store::open(&url).await.unwrap();
        let (first, again, next) = store
            .write(|tx| {
                Box::pin(async move {
                    let known = ConversationId::from("c2");
                    for conversation in ["c1", "c2"] {
                        start(tx, &conversation.into(), TimerKind::Settle, Timestamp(5)).await?;
                    }
                    let spoil = "UPDATE timers SET kind = 'nap' WHERE conversation_id = 'c1'";
                    on!(tx, |conn| {
                        sqlx::query(spoil).execute(conn).await?;
                    });
                    let first = due(tx, Timestamp(5), 10).await?;
                    stop(tx, &known, TimerKind::Settle).await?;
                    let again = due(tx, Timestamp(5), 10).await?;
                    Ok((first, again, next_due(tx).await?))
                })
            })
            .await
            .unwrap();
        let whose: Vec<&str> = first
            .iter()
            .map(|timer| timer.conversation.0.as_str())
            .collect();
        assert_eq!(whose, ["c2"]);
        assert!(again.is_empty());
        assert_eq!(next, None, "it is gone");
        store.close().await;
    }
}
