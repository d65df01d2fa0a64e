//! Leases: what only one process may do at a time, who does it, and until when.
//!
//! Invariant: a lease's fence grows with every holder and never goes back, not even when it is
//! given back; so what carries an older fence was begun by somebody who is the holder no more.

use super::{StoreError, Tx, on};
use crate::domain::time::Timestamp;

/// A lease as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseRow {
    /// Who has it, or had it last.
    pub owner: String,
    /// The number of that holder.
    pub fence: i64,
    /// When it ends if nobody renews it.
    pub until: Timestamp,
}

const FIND: &str = "SELECT owner, fence, held_until FROM leases WHERE name = $1";

/// The lease of that name, where somebody ever had it.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<LeaseRow>, StoreError> {
    let row: Option<(String, i64, i64)> = on!(tx, |conn| {
        sqlx::query_as(FIND).bind(name).fetch_optional(conn).await?
    });
    Ok(row.map(|(owner, fence, until)| LeaseRow {
        owner,
        fence,
        until: Timestamp(until),
    }))
}

const TAKE: &str = "
    INSERT INTO leases (name, owner, fence, held_until) VALUES ($1, $2, 1, $3)
    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, held_until = excluded.held_until,
        fence = leases.fence + 1
    WHERE leases.held_until <= $4 OR leases.owner = $5
    RETURNING fence";

/// Takes the lease until that time, where it is free, has ended by `now`, or is still in the name
/// of `gone`; gives the new holder's fence, or `None` where somebody else has it.
pub async fn take(
    tx: &mut Tx,
    name: &str,
    owner: &str,
    now: Timestamp,
    until: Timestamp,
    gone: &str,
) -> Result<Option<i64>, StoreError> {
    let row: Option<(i64,)> = on!(tx, |conn| {
        sqlx::query_as(TAKE)
            .bind(name)
            .bind(owner)
            .bind(until.0)
            .bind(now.0)
            .bind(gone)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.map(|(fence,)| fence))
}

const RENEW: &str =
    "UPDATE leases SET held_until = $4 WHERE name = $1 AND owner = $2 AND fence = $3";

/// Holds it until a later time; `false` where somebody else took it meanwhile. The time of its
/// end gives a lease back at once.
pub async fn renew(
    tx: &mut Tx,
    name: &str,
    owner: &str,
    fence: i64,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query(RENEW)
            .bind(name)
            .bind(owner)
            .bind(fence)
            .bind(until.0)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}

const HOLDS: &str = "SELECT 1 FROM leases WHERE name = $1 AND owner = $2 AND fence = $3";
const HOLDS_POSTGRES: &str =
    "SELECT 1 FROM leases WHERE name = $1 AND owner = $2 AND fence = $3 FOR SHARE";

/// Whether it is held under that fence. Nobody can take it over before this transaction ends: what
/// is written in it is seen by whoever does.
pub async fn holds(tx: &mut Tx, name: &str, owner: &str, fence: i64) -> Result<bool, StoreError> {
    let sql = tx.either(HOLDS, HOLDS_POSTGRES);
    let row: Option<(i32,)> = on!(tx, |conn| {
        sqlx::query_as(sql)
            .bind(name)
            .bind(owner)
            .bind(fence)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.is_some())
}
