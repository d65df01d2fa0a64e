//! What staff did about groups of questions.

use std::collections::BTreeMap;

use super::super::{StoreError, Tx, on};
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::gaps::summary::{Handled, How};
use crate::domain::time::Timestamp;

const HANDLED: &str = "
    SELECT id, state, entry, by_whom, at FROM gap_groups WHERE state <> 'open'";

/// What was done about groups; open ones are not named.
pub(super) async fn handled(tx: &mut Tx) -> Result<BTreeMap<String, Handled>, StoreError> {
    type Row = (String, String, Option<String>, Option<String>, Option<i64>);
    let rows: Vec<Row> = on!(tx, |conn| sqlx::query_as(HANDLED).fetch_all(conn).await?);
    let handled = rows
        .into_iter()
        .filter_map(|(id, state, entry, by_whom, at)| {
            let how = match (state.as_str(), entry) {
                ("answered", Some(entry)) => How::Answered(EntryKey(entry)),
                _ => How::Ignored,
            };
            let handled = Handled {
                how,
                by_whom: by_whom?,
                at: Timestamp(at?),
            };
            Some((id, handled))
        });
    Ok(handled.collect())
}

const HANDLE: &str = "
    UPDATE gap_groups SET state = $2, entry = $3, by_whom = $4, at = $5 WHERE id = $1";

/// Notes what was done about a group (`None`: it is open again); `false` where there is no such.
pub async fn handle(
    tx: &mut Tx,
    group: &str,
    handled: Option<&Handled>,
) -> Result<bool, StoreError> {
    let (state, entry) = match handled.map(|handled| &handled.how) {
        None => ("open", None),
        Some(How::Ignored) => ("ignored", None),
        Some(How::Answered(entry)) => ("answered", Some(entry.as_str())),
    };
    let rows = on!(tx, |conn| {
        sqlx::query(HANDLE)
            .bind(group)
            .bind(state)
            .bind(entry)
            .bind(handled.map(|handled| handled.by_whom.as_str()))
            .bind(handled.map(|handled| handled.at.0))
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}
