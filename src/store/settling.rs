//! What a person decides about a row of the outbox whose outcome nobody knows. Only such rows
//! change: a second decision, or one about another row, changes nothing.

use super::{StoreError, Tx, on};
use crate::domain::ids::OutboxId;
use crate::domain::time::Timestamp;

const ARRIVED: &str = "
    UPDATE outbox SET state = 'sent', sent_at = $2, failure = NULL WHERE id = $1 AND state = 'unknown'";

/// A person decided that it arrived, at that time; `false` where it was not unknown.
pub async fn set_arrived(tx: &mut Tx, id: &OutboxId, at: Timestamp) -> Result<bool, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query(ARRIVED)
            .bind(&id.0)
            .bind(at.0)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}

const SEND_AGAIN: &str = "
    UPDATE outbox SET state = 'ready', not_before = $2, unknown_since = NULL, failure = NULL,
        expires_at = NULL,
        position = (SELECT COALESCE(MAX(e.position), 0) + 1 FROM outbox e
            WHERE e.lane = outbox.lane AND e.state IN ('ready', 'sending'))
    WHERE id = $1 AND state = 'unknown'";

/// A person decided that it is to be sent again.
pub async fn send_again(tx: &mut Tx, id: &OutboxId, now: Timestamp) -> Result<bool, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query(SEND_AGAIN)
            .bind(&id.0)
            .bind(now.0)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}
