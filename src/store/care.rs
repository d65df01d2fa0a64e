//! What the care of the knowledge base is judged by: how old its wordings are, what became of its
//! answers, and what customers asked of late.

use super::{StoreError, Tx, on};
use crate::domain::ids::{ConversationId, EntryKey};
use crate::domain::knowledge::usage::{Told, Written};
use crate::domain::lang::Lang;
use crate::domain::time::Timestamp;
use crate::domain::timeline::FactKind;

const WRITTEN: &str = "
    SELECT kb_texts.key, kb_texts.lang, kb_texts.updated_at
    FROM kb_texts JOIN kb_entries ON kb_entries.key = kb_texts.key
    WHERE NOT kb_entries.retired
    ORDER BY kb_texts.key, kb_texts.lang";

/// When each entry's question or answer last changed in each language, by key and language.
pub async fn written(tx: &mut Tx) -> Result<Vec<Written>, StoreError> {
    let rows: Vec<(String, String, i64)> =
        on!(tx, |conn| sqlx::query_as(WRITTEN).fetch_all(conn).await?);
    rows.into_iter()
        .map(|(key, lang, at)| {
            Ok(Written {
                key: EntryKey(key),
                lang: language(&lang)?,
                at: Timestamp(at),
            })
        })
        .collect()
}

const TOLD: &str = "
    SELECT conversation_id, fact FROM (
        SELECT conversation_id, id, fact FROM timeline
        WHERE at >= $1 AND kind IN ('bot-answered', 'helped')
        ORDER BY at DESC, id DESC LIMIT $2 + 0) AS newest
    ORDER BY conversation_id, id";

/// The bot's answers since then and whether customers said that they helped, conversation by
/// conversation; of more than `most` the newest.
pub async fn told_since(
    tx: &mut Tx,
    since: Timestamp,
    most: i64,
) -> Result<Vec<(ConversationId, Told)>, StoreError> {
    let rows: Vec<(String, String)> = on!(tx, |conn| {
        sqlx::query_as(TOLD)
            .bind(since.0)
            .bind(most)
            .fetch_all(conn)
            .await?
    });
    let mut told = Vec::new();
    for (conversation, fact) in rows {
        let fact: FactKind =
            serde_json::from_str(&fact).map_err(|error| StoreError::Unreadable {
                what: "timeline.fact",
                why: format!("not a fact, at column {}", error.column()),
            })?;
        let said = match fact {
            FactKind::BotAnswered {
                entry: Some(entry), ..
            } => Told::Answered(entry),
            FactKind::Helped { yes } => Told::Helped(yes),
            _ => continue,
        };
        told.push((ConversationId(conversation), said));
    }
    Ok(told)
}

const ASKED: &str = "
    SELECT messages.words, customers.lang
    FROM messages
    JOIN conversations ON conversations.id = messages.conversation_id
    JOIN customers ON customers.id = conversations.customer_id
    WHERE messages.author = 'customer' AND messages.words <> ''
    ORDER BY messages.id DESC
    LIMIT $1 + 0";

/// What customers wrote last, newest first, each with the customer's language where it is known.
pub async fn asked_last(tx: &mut Tx, most: i64) -> Result<Vec<(String, Option<Lang>)>, StoreError> {
    let rows: Vec<(String, Option<String>)> = on!(tx, |conn| {
        sqlx::query_as(ASKED).bind(most).fetch_all(conn).await?
    });
    rows.into_iter()
        .map(|(words, lang)| Ok((words, lang.as_deref().map(language).transpose()?)))
        .collect()
}

fn language(code: &str) -> Result<Lang, StoreError> {
    Lang::from_code(code).ok_or_else(|| StoreError::Unreadable {
        what: "a lang",
        why: "not a language".to_owned(),
    })
}
