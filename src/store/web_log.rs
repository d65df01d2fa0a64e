//! The web chat's own log: what each visitor wrote and was shown, in order, and who they are.
//!
//! Invariant: within one visitor's log the numbers have no gaps for a reader: whoever has seen
//! number `n` has seen all before it; an origin stands in it once.

use super::{StoreError, Tx, on};
use crate::domain::time::Timestamp;

/// How often a number that another process took meanwhile is tried again.
const APPEND_ATTEMPTS_MAX: usize = 32;

/// A row of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    /// Its number in the visitor's log, from 1.
    pub seq: i64,
    /// What made it: never twice in one log.
    pub origin: String,
    /// `customer` or `shop`.
    pub author: String,
    /// What it shows, as JSON of the web channel's own.
    pub entry: String,
    /// When.
    pub at: Timestamp,
}

/// A row to add.
#[derive(Clone, Debug)]
pub struct NewLogRow {
    /// Whose log.
    pub visitor: String,
    /// What made it.
    pub origin: String,
    /// `customer` or `shop`.
    pub author: &'static str,
    /// What it shows, as JSON.
    pub entry: String,
    /// When.
    pub at: Timestamp,
}

const VISITOR: &str = "SELECT visitor FROM web_visitors WHERE hash = $1";

/// The visitor whose secret has that hash.
pub async fn visitor(tx: &mut Tx, hash: &str) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = on!(tx, |conn| {
        sqlx::query_as(VISITOR)
            .bind(hash)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.map(|(visitor,)| visitor))
}

const ADMIT: &str = "
    INSERT INTO web_visitors (hash, visitor, created_at) VALUES ($1, $2, $3)
    ON CONFLICT (hash) DO NOTHING";

/// The visitor whose secret has that hash; a new one under the id `candidate` where there is none.
pub async fn admit(
    tx: &mut Tx,
    hash: &str,
    candidate: &str,
    at: Timestamp,
) -> Result<String, StoreError> {
    on!(tx, |conn| {
        sqlx::query(ADMIT)
            .bind(hash)
            .bind(candidate)
            .bind(at.0)
            .execute(conn)
            .await?;
    });
    let known = visitor(tx, hash).await?;
    Ok(known.unwrap_or_else(|| candidate.to_owned()))
}

const APPEND: &str = "
    INSERT INTO web_log (visitor, seq, origin, author, entry, at)
    SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3, $4, $5 FROM web_log WHERE visitor = $1
    ON CONFLICT DO NOTHING";

/// Adds a row and gives it back; where its origin stands there already, that row as it is.
pub async fn append(tx: &mut Tx, new: &NewLogRow) -> Result<LogRow, StoreError> {
    for _ in 0..APPEND_ATTEMPTS_MAX {
        on!(tx, |conn| {
            sqlx::query(APPEND)
                .bind(&new.visitor)
                .bind(&new.origin)
                .bind(new.author)
                .bind(&new.entry)
                .bind(new.at.0)
                .execute(conn)
                .await?;
        });
        // Without the row, another process took the number: the next one is free.
        if let Some(row) = find(tx, &new.visitor, &new.origin).await? {
            return Ok(row);
        }
    }
    Err(StoreError::Unreadable {
        what: "web_log.seq",
        why: "another process took every number that was tried".to_owned(),
    })
}

type Row = (i64, String, String, String, i64);

const FIND: &str =
    "SELECT seq, origin, author, entry, at FROM web_log WHERE visitor = $1 AND origin = $2";

/// The row of that origin in a visitor's log.
pub async fn find(tx: &mut Tx, visitor: &str, origin: &str) -> Result<Option<LogRow>, StoreError> {
    let row: Option<Row> = on!(tx, |conn| {
        sqlx::query_as(FIND)
            .bind(visitor)
            .bind(origin)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.map(log_row))
}

const SINCE: &str = "
    SELECT seq, origin, author, entry, at FROM web_log
    WHERE visitor = $1 AND seq > $2 ORDER BY seq LIMIT $3 + 0";

/// At most `most` rows after number `seq`, oldest first.
pub async fn since(
    tx: &mut Tx,
    visitor: &str,
    seq: i64,
    most: i64,
) -> Result<Vec<LogRow>, StoreError> {
    let rows: Vec<Row> = on!(tx, |conn| {
        sqlx::query_as(SINCE)
            .bind(visitor)
            .bind(seq)
            .bind(most)
            .fetch_all(conn)
            .await?
    });
    Ok(rows.into_iter().map(log_row).collect())
}

const NEWEST_SQLITE: &str = "
    SELECT visitor, MAX(seq) FROM web_log
    WHERE visitor IN (SELECT value FROM json_each($1)) GROUP BY visitor";
const NEWEST_POSTGRES: &str = "
    SELECT visitor, MAX(seq) FROM web_log
    WHERE visitor IN (SELECT json_array_elements_text($1::json)) GROUP BY visitor";

/// The highest number in each of these visitors' logs; who has an empty log is left out.
pub async fn newest(tx: &mut Tx, visitors: &[String]) -> Result<Vec<(String, i64)>, StoreError> {
    let statement = tx.either(NEWEST_SQLITE, NEWEST_POSTGRES);
    let visitors = serde_json::json!(visitors).to_string();
    Ok(on!(tx, |conn| {
        sqlx::query_as(statement)
            .bind(&visitors)
            .fetch_all(conn)
            .await?
    }))
}

fn log_row((seq, origin, author, entry, at): Row) -> LogRow {
    LogRow {
        seq,
        origin,
        author,
        entry,
        at: Timestamp(at),
    }
}
