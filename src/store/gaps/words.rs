//! What was said in conversations, and the names to strike out of it.

use std::collections::{BTreeMap, BTreeSet};

use super::json;
use crate::domain::ids::{ConversationId, CustomerId, MessageId};
use crate::domain::knowledge::gaps::Names;
use crate::domain::knowledge::gaps::reading::Words;
use crate::domain::lang::Lang;
use crate::store::{StoreError, Tx, on, staff};

/// The most ids of one statement.
pub(super) const BATCH: usize = 500;

/// What was said in some conversations.
#[derive(Default)]
pub(super) struct Said {
    /// By customers.
    pub(super) words: Words,
    /// By people at the desk, to customers.
    pub(super) replies: Words,
}

/// A customer's names and language.
#[derive(Default)]
pub(super) struct Person {
    pub(super) names: Names,
    pub(super) lang: Option<Lang>,
}

const WORDS: (&str, &str) = (
    "SELECT id, author, words FROM messages WHERE author IN ('customer', 'agent')
     AND conversation_id IN (SELECT value FROM json_each($1))",
    "SELECT id, author, words FROM messages WHERE author IN ('customer', 'agent')
     AND conversation_id IN (SELECT value FROM json_array_elements_text($1::json))",
);

/// What customers and people at the desk said in those conversations.
pub(super) async fn words_of(
    tx: &mut Tx,
    conversations: &[&ConversationId],
) -> Result<Said, StoreError> {
    let mut said = Said::default();
    let sql = tx.either(WORDS.0, WORDS.1);
    for batch in conversations.chunks(BATCH) {
        let ids = json(&batch)?;
        let rows: Vec<(String, String, String)> = on!(tx, |conn| {
            sqlx::query_as(sql).bind(&ids).fetch_all(conn).await?
        });
        for (id, author, words) in rows {
            let of_author = match author.as_str() {
                "customer" => &mut said.words,
                _ => &mut said.replies,
            };
            of_author.insert(MessageId(id), words);
        }
    }
    Ok(said)
}

const NAMES: (&str, &str) = (
    "SELECT c.id, c.lang, c.name, i.name FROM customers c
     LEFT JOIN identities i ON i.customer_id = c.id
     WHERE c.id IN (SELECT value FROM json_each($1))",
    "SELECT c.id, c.lang, c.name, i.name FROM customers c
     LEFT JOIN identities i ON i.customer_id = c.id
     WHERE c.id IN (SELECT value FROM json_array_elements_text($1::json))",
);

/// Those customers' names, and colleagues' beside them.
pub(super) async fn names_of(
    tx: &mut Tx,
    customers: &BTreeSet<&CustomerId>,
) -> Result<BTreeMap<CustomerId, Person>, StoreError> {
    let colleagues = staff::names(tx).await?;
    let mut known: BTreeMap<CustomerId, (Option<String>, BTreeSet<String>)> = BTreeMap::new();
    let sql = tx.either(NAMES.0, NAMES.1);
    let customers: Vec<&CustomerId> = customers.iter().copied().collect();
    for batch in customers.chunks(BATCH) {
        let ids = json(&batch)?;
        let rows: Vec<(String, Option<String>, String, Option<String>)> = on!(tx, |conn| {
            sqlx::query_as(sql).bind(&ids).fetch_all(conn).await?
        });
        for (id, lang, name, account_name) in rows {
            let (known_lang, names) = known.entry(CustomerId(id)).or_default();
            *known_lang = lang;
            names.insert(name);
            names.extend(account_name);
        }
    }
    let people = known.into_iter().map(|(id, (lang, names))| {
        let all = names.iter().chain(colleagues.values());
        let person = Person {
            names: Names::of(all.map(String::as_str)),
            lang: lang.as_deref().and_then(Lang::from_code),
        };
        (id, person)
    });
    Ok(people.collect())
}
