//! What was done to entries.

use super::super::{StoreError, Tx, on};
use super::read_json;
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::{ChangeKind, Entry};
use crate::domain::time::Timestamp;

/// A change that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastChange {
    /// The history row's id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who: a staff id, or where it came from.
    pub by_whom: String,
    /// What was done.
    pub kind: ChangeKind,
    /// The entry as it was from then on; as it was last, where it was retired.
    pub entry: Option<Entry>,
}

const KEY_OF: &str = "SELECT key FROM kb_history WHERE id = $1";

/// The entry that a version is of.
pub async fn key_of_version(tx: &mut Tx, version: &str) -> Result<Option<EntryKey>, StoreError> {
    let row: Option<(String,)> = on!(tx, |conn| {
        sqlx::query_as(KEY_OF)
            .bind(version)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.map(|(key,)| EntryKey(key)))
}

const HISTORY: &str =
    "SELECT id, at, by_whom, change, entry FROM kb_history WHERE key = $1 ORDER BY id";

/// What was done to an entry, oldest first; empty for one that never was.
pub async fn history(tx: &mut Tx, key: &EntryKey) -> Result<Vec<PastChange>, StoreError> {
    let rows: Vec<(String, i64, String, String, Option<String>)> = on!(tx, |conn| {
        sqlx::query_as(HISTORY).bind(&key.0).fetch_all(conn).await?
    });
    rows.into_iter()
        .map(|(id, at, by_whom, change, entry)| {
            Ok(PastChange {
                id,
                at: Timestamp(at),
                by_whom,
                kind: ChangeKind::from_name(&change).ok_or_else(|| StoreError::Unreadable {
                    what: "kb_history.change",
                    why: "not a kind of change".to_owned(),
                })?,
                entry: entry
                    .map(|json| read_json(&json, "kb_history.entry"))
                    .transpose()?,
            })
        })
        .collect()
}
