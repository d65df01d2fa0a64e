//! What is stored of conversations besides their facts: for the check against them.

use super::{StoreError, Tx, on};
use crate::domain::engine::conversation::State;
use crate::domain::engine::event::TimerKind;
use crate::domain::ids::{ConversationId, StaffId};
use crate::domain::time::Timestamp;

/// A conversation's stored standing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Which.
    pub id: ConversationId,
    /// Its short name.
    pub code: String,
    /// The phase of its column.
    pub phase: String,
    /// The agent of its column.
    pub agent: Option<StaffId>,
    /// The column that the queue is ordered by.
    pub waiting_since: Option<Timestamp>,
}

type Row = (String, String, String, Option<String>, Option<i64>);

const OF_ALL: &str = "
    SELECT id, code, phase, agent_id, waiting_since FROM conversations
    WHERE id > $1 ORDER BY id LIMIT $2 + 0";

/// The stored standings after the conversation `after` ('' for the first), at most `rows_max`.
pub async fn after(tx: &mut Tx, after: &str, rows_max: i64) -> Result<Vec<Stored>, StoreError> {
    let rows: Vec<Row> = on!(tx, |conn| {
        sqlx::query_as(OF_ALL)
            .bind(after)
            .bind(rows_max)
            .fetch_all(conn)
            .await?
    });
    Ok(rows.into_iter().map(stored).collect())
}

const OF_ONE: &str =
    "SELECT id, code, phase, agent_id, waiting_since FROM conversations WHERE id = $1";

/// The stored standing of one conversation.
pub async fn of(tx: &mut Tx, id: &ConversationId) -> Result<Option<Stored>, StoreError> {
    let row: Option<Row> = on!(tx, |conn| {
        sqlx::query_as(OF_ONE)
            .bind(&id.0)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.map(stored))
}

fn stored((id, code, phase, agent, waiting_since): Row) -> Stored {
    Stored {
        id: ConversationId(id),
        code,
        phase,
        agent: agent.map(StaffId),
        waiting_since: waiting_since.map(Timestamp),
    }
}

const STATE: &str = "SELECT state FROM conversations WHERE id = $1";

/// All that is stored of a conversation beside its columns.
pub async fn state(tx: &mut Tx, id: &ConversationId) -> Result<Option<State>, StoreError> {
    let row: Option<(String,)> = on!(tx, |conn| {
        sqlx::query_as(STATE)
            .bind(&id.0)
            .fetch_optional(conn)
            .await?
    });
    let read = |(text,): (String,)| {
        serde_json::from_str(&text).map_err(|error| StoreError::Unreadable {
            what: "conversations.state",
            why: error.to_string(),
        })
    };
    row.map(read).transpose()
}

const TIMER: &str = "SELECT due_at FROM timers WHERE conversation_id = $1 AND kind = $2";

/// When a conversation's timer of that kind is due, where one runs.
pub async fn timer(
    tx: &mut Tx,
    id: &ConversationId,
    kind: TimerKind,
) -> Result<Option<Timestamp>, StoreError> {
    let row: Option<(i64,)> = on!(tx, |conn| {
        sqlx::query_as(TIMER)
            .bind(&id.0)
            .bind(kind.name())
            .fetch_optional(conn)
            .await?
    });
    Ok(row.map(|(at,)| Timestamp(at)))
}
