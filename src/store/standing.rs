//! What is stored of conversations besides their facts: for the check against them.

use super::{StoreError, Tx, on};
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
