//! From the timeline: which wordings of an entry's answer customers were shown, and what came of it.

use std::collections::BTreeSet;

use super::{StoreError, Tx, on, timeline};
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::wording_tests::{Showing, showings};

/// How many conversations are read at a time.
const CONVERSATIONS_MAX: i64 = 1_000;

const ENTRIES: &str = "
    SELECT DISTINCT tested_entry FROM timeline WHERE tested_entry IS NOT NULL";

/// The entries of which anybody was ever shown one of several wordings.
pub async fn entries(tx: &mut Tx) -> Result<BTreeSet<EntryKey>, StoreError> {
    let rows: Vec<(String,)> = on!(tx, |conn| sqlx::query_as(ENTRIES).fetch_all(conn).await?);
    Ok(rows.into_iter().map(|(key,)| EntryKey(key)).collect())
}

/// All showings of an entry's wordings, conversation by conversation.
pub async fn of_entry(tx: &mut Tx, entry: &EntryKey) -> Result<Vec<Showing>, StoreError> {
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let facts = timeline::of_tested(tx, entry, &after, CONVERSATIONS_MAX).await?;
        let Some(last) = facts.last() else {
            return Ok(all);
        };
        after.clone_from(&last.conversation.0);
        for conversation in facts.chunk_by(|left, right| left.conversation == right.conversation) {
            let of_entry = showings(conversation).into_iter();
            all.extend(of_entry.filter(|showing| showing.entry == *entry));
        }
    }
}
