//! Entries as they are kept: all, one, what changed, and what begins or ends with a day.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::super::{StoreError, Tx, on};
use super::read_json;
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::upkeep::Upkeep;
use crate::domain::knowledge::{Change, ChangeKind, Entry, EntryText};
use crate::domain::lang::Lang;

/// The columns of an entry, and of its texts; a statement says which rows.
macro_rules! entries_where {
    ($of:literal) => {
        concat!(
            "SELECT key, tags, triggers, valid_from, valid_to, review_on, owner FROM kb_entries
             WHERE ",
            $of
        )
    };
}
macro_rules! texts_where {
    ($of:literal) => {
        concat!(
            "SELECT kb_texts.key, kb_texts.lang, kb_texts.question, kb_texts.phrasings,
               kb_texts.answer, kb_texts.other_answers
             FROM kb_texts JOIN kb_entries ON kb_entries.key = kb_texts.key
             WHERE ",
            $of
        )
    };
}

const ENTRIES: &str = entries_where!("NOT retired ORDER BY key");
const TEXTS: &str = texts_where!("NOT kb_entries.retired ORDER BY kb_texts.key, kb_texts.lang");

type TextRow = (String, String, String, String, String, String);

type Part = Option<String>;
type EntryRow = (String, String, String, Part, Part, Part, Part);

/// All entries that are not retired, by key.
pub async fn entries(tx: &mut Tx) -> Result<Vec<Entry>, StoreError> {
    let rows: Vec<EntryRow> = on!(tx, |conn| sqlx::query_as(ENTRIES).fetch_all(conn).await?);
    let texts: Vec<TextRow> = on!(tx, |conn| sqlx::query_as(TEXTS).fetch_all(conn).await?);
    gathered(rows, texts)
}

const ENTRY: &str = entries_where!("key = $1 AND NOT retired");
const TEXTS_OF: &str = texts_where!("kb_entries.key = $1 AND NOT kb_entries.retired");

/// The entry of that key, where it is not retired.
pub async fn entry(tx: &mut Tx, key: &EntryKey) -> Result<Option<Entry>, StoreError> {
    let rows: Vec<EntryRow> = on!(tx, |conn| {
        sqlx::query_as(ENTRY).bind(&key.0).fetch_all(conn).await?
    });
    let texts: Vec<TextRow> = on!(tx, |conn| {
        sqlx::query_as(TEXTS_OF)
            .bind(&key.0)
            .fetch_all(conn)
            .await?
    });
    Ok(gathered(rows, texts)?.pop())
}

const NAMED: &str = "
    SELECT kb_texts.key, kb_texts.lang, kb_texts.question
    FROM kb_texts JOIN kb_entries ON kb_entries.key = kb_texts.key
    WHERE NOT kb_entries.retired
    ORDER BY kb_texts.key, kb_texts.lang";

/// Keys and questions of all entries that are not retired, by key and language.
pub async fn named(tx: &mut Tx) -> Result<Vec<(EntryKey, Lang, String)>, StoreError> {
    let rows: Vec<(String, String, String)> =
        on!(tx, |conn| sqlx::query_as(NAMED).fetch_all(conn).await?);
    rows.into_iter()
        .map(|(key, lang, question)| Ok((EntryKey(key), lang_of(&lang)?, question)))
        .collect()
}

/// Entries of their rows and those of their texts, by key.
fn gathered(rows: Vec<EntryRow>, texts: Vec<TextRow>) -> Result<Vec<Entry>, StoreError> {
    let mut entries = BTreeMap::new();
    for (key, tags, triggers, valid_from, valid_to, review_on, owner) in rows {
        let entry = Entry {
            tags: read_json(&tags, "kb_entries.tags")?,
            triggers: read_json(&triggers, "kb_entries.triggers")?,
            upkeep: Upkeep {
                valid_from: day(valid_from)?,
                valid_to: day(valid_to)?,
                review_on: day(review_on)?,
                owner,
            },
            ..Entry::blank(EntryKey(key.clone()))
        };
        entries.insert(key, entry);
    }
    for (key, lang, question, phrasings, answer, other_answers) in texts {
        let Some(entry) = entries.get_mut(&key) else {
            continue;
        };
        let text = EntryText {
            question,
            phrasings: read_json(&phrasings, "kb_texts.phrasings")?,
            answer,
            other_answers: read_json(&other_answers, "kb_texts.other_answers")?,
        };
        entry.texts.insert(lang_of(&lang)?, text);
    }
    Ok(entries.into_values().collect())
}

fn lang_of(code: &str) -> Result<Lang, StoreError> {
    Lang::from_code(code).ok_or_else(|| StoreError::Unreadable {
        what: "kb_texts.lang",
        why: "not a language".to_owned(),
    })
}

fn day(part: Part) -> Result<Option<Date>, StoreError> {
    let read = part.map(|part| part.parse::<Date>()).transpose();
    read.map_err(|_| StoreError::Unreadable {
        what: "a day of kb_entries",
        why: "not a day".to_owned(),
    })
}

const CHANGED: &str = entries_where!("revision > $1 AND NOT retired");
const CHANGED_TEXTS: &str = texts_where!("kb_entries.revision > $1 AND NOT kb_entries.retired");
const GONE: &str = entries_where!("revision > $1 AND retired");

/// What has changed since a revision, each entry as it is now; whether one was there before is not
/// told apart from whether it is new.
pub async fn changed_since(tx: &mut Tx, revision: i64) -> Result<Vec<Change>, StoreError> {
    let rows: Vec<EntryRow> = on!(tx, |conn| {
        sqlx::query_as(CHANGED)
            .bind(revision)
            .fetch_all(conn)
            .await?
    });
    let texts: Vec<TextRow> = on!(tx, |conn| {
        sqlx::query_as(CHANGED_TEXTS)
            .bind(revision)
            .fetch_all(conn)
            .await?
    });
    let gone: Vec<EntryRow> = on!(tx, |conn| {
        sqlx::query_as(GONE).bind(revision).fetch_all(conn).await?
    });
    let of_kind = |kind| move |entry| Change { kind, entry };
    let changed = gathered(rows, texts)?.into_iter();
    let gone = gathered(gone, vec![])?.into_iter();
    Ok(changed
        .map(of_kind(ChangeKind::Changed))
        .chain(gone.map(of_kind(ChangeKind::Retired)))
        .collect())
}

// Days are written so that they sort as text does.
const TURNED: &str = entries_where!(
    "NOT retired AND (valid_from > $1 AND valid_from <= $2 OR valid_to >= $1 AND valid_to < $2)"
);
const TURNED_TEXTS: &str = texts_where!(
    "NOT kb_entries.retired
       AND (valid_from > $1 AND valid_from <= $2 OR valid_to >= $1 AND valid_to < $2)"
);

/// Entries that are answered from on one of two days and not on the other, or begin or end in
/// between; `from` is the earlier day.
pub async fn turned(tx: &mut Tx, from: Date, to: Date) -> Result<Vec<Entry>, StoreError> {
    let (from, to) = (from.to_string(), to.to_string());
    let rows: Vec<EntryRow> = on!(tx, |conn| {
        sqlx::query_as(TURNED)
            .bind(&from)
            .bind(&to)
            .fetch_all(conn)
            .await?
    });
    let texts: Vec<TextRow> = on!(tx, |conn| {
        sqlx::query_as(TURNED_TEXTS)
            .bind(&from)
            .bind(&to)
            .fetch_all(conn)
            .await?
    });
    gathered(rows, texts)
}
