//! What customers were answered with, conversation by conversation.

use super::{StoreError, Tx, on};
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::related::Answered;
use crate::domain::time::Timestamp;
use crate::domain::timeline::FactKind;

const SINCE: &str = "
    SELECT conversation_id, fact FROM (
        SELECT conversation_id, id, fact FROM timeline
        WHERE at >= $1 AND kind = 'decided' ORDER BY at DESC, id DESC LIMIT $2 + 0) AS newest
    ORDER BY conversation_id, id";

/// The entries that each conversation asked for since then, in its order, by the newest `most`
/// decisions. What was pressed because we offered it under an answer is left out: it would only
/// prove us right.
pub async fn since(tx: &mut Tx, since: Timestamp, most: i64) -> Result<Answered, StoreError> {
    let rows: Vec<(String, String)> = on!(tx, |conn| {
        sqlx::query_as(SINCE)
            .bind(since.0)
            .bind(most)
            .fetch_all(conn)
            .await?
    });
    let mut answered = Answered::new();
    let mut last = String::new();
    for (conversation, fact) in rows {
        let Some(entry) = asked_for(&fact)? else {
            continue;
        };
        if conversation != last {
            answered.push(Vec::new());
            last = conversation;
        }
        if let Some(of_one) = answered.last_mut() {
            of_one.push(entry);
        }
    }
    Ok(answered)
}

fn asked_for(fact: &str) -> Result<Option<EntryKey>, StoreError> {
    let kind: FactKind = serde_json::from_str(fact).map_err(|error| StoreError::Unreadable {
        what: "timeline.fact",
        why: error.to_string(),
    })?;
    Ok(match kind {
        FactKind::Decided {
            decision, entry, ..
        } if decision == "answer" || decision == "chosen" => entry,
        _ => None,
    })
}
