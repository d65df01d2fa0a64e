//! The knowledge base: entries with their texts, who changed what when, and a revision by which
//! every process sees that it has to load them again.
//!
//! Invariants: an entry and its history row are written together; every change raises the
//! revision in the same transaction, and what it changes bears it; what is retired stays in the history and is never loaded.

mod history;
mod reading;

use std::sync::Arc;

use serde::Serialize;

pub use self::history::{PastChange, history, key_of_version};
pub use self::reading::{changed_since, entries, entry, named, turned};
use super::{Store, StoreError, Tx, on};
use crate::domain::knowledge::upkeep::Upkeep;
use crate::domain::knowledge::{Change, ChangeKind, Entry};
use crate::domain::time::Timestamp;

/// Rows of one statement: large enough that the statement's own cost vanishes.
const BATCH_ROWS: usize = 500;

/// A change to be written, with the id of its history row.
#[derive(Clone, Debug)]
pub struct NewChange {
    /// The history row's id; sorts by age.
    pub id: String,
    /// What changes.
    pub change: Change,
}

const REVISION: &str = "SELECT value FROM remembered WHERE name = 'knowledge.revision'";

/// The number of changes so far; `None` when the base was never filled.
pub async fn revision(tx: &mut Tx) -> Result<Option<i64>, StoreError> {
    let row: Option<(String,)> = on!(tx, |conn| sqlx::query_as(REVISION)
        .fetch_optional(conn)
        .await?);
    row.map(|(value,)| {
        value.parse().map_err(|_| StoreError::Unreadable {
            what: "remembered.value of knowledge.revision",
            why: "not a number".to_owned(),
        })
    })
    .transpose()
}

/// The revision and the entries. The revision is read first: should somebody change the base in
/// between, the entries are newer than it says and are merely loaded once more.
pub async fn load(tx: &mut Tx) -> Result<(Option<i64>, Vec<Entry>), StoreError> {
    let revision = revision(tx).await?;
    Ok((revision, entries(tx).await?))
}

/// One statement over the rows of a JSON array, as each database reads it.
macro_rules! over_rows {
    ($before:literal, $after:literal) => {
        (
            concat!($before, " json_each($1) AS item ", $after),
            concat!(
                $before,
                " json_array_elements($1::json) AS item (value) ",
                $after
            ),
        )
    };
}

const PUT_ENTRIES: (&str, &str) = over_rows!(
    "INSERT INTO kb_entries (key, tags, triggers, valid_from, valid_to, review_on, owner, retired,
       updated_at, updated_by, revision)
     SELECT item.value ->> 'key', item.value ->> 'tags', item.value ->> 'triggers',
       item.value ->> 'valid_from', item.value ->> 'valid_to', item.value ->> 'review_on',
       item.value ->> 'owner', FALSE, $2, $3,
       (SELECT CAST(value AS BIGINT) FROM remembered WHERE name = 'knowledge.revision')
     FROM",
    "WHERE TRUE
     ON CONFLICT (key) DO UPDATE SET tags = excluded.tags, triggers = excluded.triggers,
       valid_from = excluded.valid_from, valid_to = excluded.valid_to,
       review_on = excluded.review_on, owner = excluded.owner, retired = FALSE, updated_at = excluded.updated_at, updated_by = excluded.updated_by,
       revision = excluded.revision"
);
const FORGET_TEXTS: (&str, &str) = over_rows!(
    "DELETE FROM kb_texts WHERE EXISTS (SELECT 1 FROM",
    "WHERE item.value ->> 'key' = kb_texts.key
       AND replace(item.value ->> 'langs', kb_texts.lang, '') = item.value ->> 'langs')"
);
const PUT_TEXTS: (&str, &str) = over_rows!(
    "INSERT INTO kb_texts (key, lang, question, phrasings, answer, other_answers, updated_at)
     SELECT item.value ->> 'key', item.value ->> 'lang', item.value ->> 'question',
       item.value ->> 'phrasings', item.value ->> 'answer', item.value ->> 'other_answers', $2
     FROM",
    // Only what the customer is told makes other languages old; a phrasing does not.
    "WHERE TRUE
     ON CONFLICT (key, lang) DO UPDATE SET question = excluded.question,
       phrasings = excluded.phrasings, answer = excluded.answer,
       other_answers = excluded.other_answers,
       updated_at = CASE
         WHEN kb_texts.question = excluded.question AND kb_texts.answer = excluded.answer
           AND kb_texts.other_answers = excluded.other_answers
         THEN kb_texts.updated_at ELSE excluded.updated_at END"
);
const RETIRE: (&str, &str) = over_rows!(
    "UPDATE kb_entries SET retired = TRUE, updated_at = $2, updated_by = $3,
       revision =
         (SELECT CAST(value AS BIGINT) FROM remembered WHERE name = 'knowledge.revision')
     WHERE key IN (SELECT item.value ->> 'key' FROM",
    ")"
);
const PUT_HISTORY: (&str, &str) = over_rows!(
    "INSERT INTO kb_history (id, key, at, by_whom, change, entry)
     SELECT item.value ->> 'id', item.value ->> 'key', $2, $3, item.value ->> 'change',
       item.value ->> 'entry'
     FROM",
    ""
);
const TAKE_TURN: &str = "
    INSERT INTO remembered (name, value) VALUES ('knowledge.revision', '0')
    ON CONFLICT (name) DO UPDATE SET value = remembered.value";

/// Whoever else changes the base waits here until this transaction ends.
pub(super) async fn take_turn(tx: &mut Tx) -> Result<(), StoreError> {
    on!(tx, |conn| {
        sqlx::query(TAKE_TURN).execute(conn).await?;
    });
    Ok(())
}

const RAISE_REVISION: &str = "
    INSERT INTO remembered (name, value) VALUES ('knowledge.revision', '1')
    ON CONFLICT (name) DO UPDATE
    SET value = CAST(CAST(remembered.value AS BIGINT) + 1 AS TEXT)";

/// Writes changes of the base with their history and raises the revision; nothing for none.
pub async fn change(
    tx: &mut Tx,
    changes: &[NewChange],
    by_whom: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    if !changes.is_empty() {
        // First: entries are stamped with it, and whoever else changes the base waits here.
        on!(tx, |conn| {
            sqlx::query(RAISE_REVISION).execute(conn).await?;
        });
    }
    for batch in changes.chunks(BATCH_ROWS) {
        change_batch(tx, batch, by_whom, at).await?;
    }
    Ok(())
}

impl Store {
    /// Writes changes of the base in a transaction of their own.
    pub async fn change_knowledge(
        &self,
        changes: Vec<NewChange>,
        by_whom: &'static str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let changes: Arc<[NewChange]> = changes.into();
        self.write(move |tx| {
            let changes = changes.clone();
            Box::pin(async move { change(tx, &changes, by_whom, at).await })
        })
        .await
    }
}

async fn change_batch(
    tx: &mut Tx,
    batch: &[NewChange],
    by_whom: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let mut kept = Vec::new();
    let mut texts = Vec::new();
    let mut retired = Vec::new();
    let mut history = Vec::new();
    for NewChange { id, change } in batch {
        let entry = &change.entry;
        let key = entry.key.as_str();
        let row = NewEntry {
            key,
            tags: &entry.tags,
            triggers: &entry.triggers,
            langs: entry.texts.keys().map(|lang| lang.code()).collect(),
            upkeep: &entry.upkeep,
        };
        match change.kind {
            ChangeKind::Retired => retired.push(row),
            ChangeKind::New | ChangeKind::Changed => {
                kept.push(row);
                texts.extend(entry.texts.iter().map(|(lang, text)| NewText {
                    key,
                    lang: lang.code(),
                    question: &text.question,
                    phrasings: &text.phrasings,
                    answer: &text.answer,
                    other_answers: &text.other_answers,
                }));
            }
        }
        history.push(HistoryRow {
            id,
            key,
            change: change.kind.name(),
            entry,
        });
    }
    over(tx, PUT_ENTRIES, &kept, at, Some(by_whom)).await?;
    over(tx, FORGET_TEXTS, &kept, at, None).await?;
    over(tx, PUT_TEXTS, &texts, at, None).await?;
    over(tx, RETIRE, &retired, at, Some(by_whom)).await?;
    over(tx, PUT_HISTORY, &history, at, Some(by_whom)).await
}

#[derive(Serialize)]
struct NewEntry<'a> {
    key: &'a str,
    tags: &'a [String],
    triggers: &'a [String],
    /// The codes of its languages.
    langs: Vec<&'a str>,
    /// A part that is not there reads as NULL.
    #[serde(flatten)]
    upkeep: &'a Upkeep,
}

#[derive(Serialize)]
struct NewText<'a> {
    key: &'a str,
    lang: &'a str,
    question: &'a str,
    phrasings: &'a [String],
    answer: &'a str,
    other_answers: &'a [String],
}

#[derive(Serialize)]
struct HistoryRow<'a> {
    id: &'a str,
    key: &'a str,
    change: &'a str,
    entry: &'a Entry,
}

/// Runs a statement over rows, with the time and whoever did it where it names them.
async fn over<R: Serialize>(
    tx: &mut Tx,
    (sqlite, postgres): (&'static str, &'static str),
    rows: &[R],
    at: Timestamp,
    by_whom: Option<&str>,
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let json = serde_json::to_string(rows).map_err(|error| StoreError::Unreadable {
        what: "an entry as JSON",
        why: error.to_string(),
    })?;
    let statement = tx.either(sqlite, postgres);
    let names_time = statement.contains("$2");
    on!(tx, |conn| {
        let mut query = sqlx::query(statement).bind(&json);
        if names_time {
            query = query.bind(at.0);
        }
        if let Some(by_whom) = by_whom {
            query = query.bind(by_whom);
        }
        query.execute(conn).await?;
    });
    Ok(())
}

fn read_json<T: serde::de::DeserializeOwned>(
    json: &str,
    what: &'static str,
) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::Unreadable {
        what,
        // Where, without the value.
        why: format!(
            "not the JSON that it should be, at column {}",
            error.column()
        ),
    })
}
