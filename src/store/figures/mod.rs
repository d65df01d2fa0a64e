//! Stored figures: a line for each conversation, cells for each day, and what of it is to be
//! computed anew. A cache: everything follows from the timeline.
//!
//! Invariant: a line differs from what the facts say only while its conversation is marked in
//! `figures_due`, and a day's cells from what its lines say only while the day is marked in
//! `figures_days_due`. Facts and marks are written in one commit, and a mark is taken off in the
//! commit that stores what was computed, only if it is still the one that was seen before: it has
//! another name after every change.

mod cells;
mod check;
mod renew;
mod report;

pub use cells::Period;
pub use check::{About, Checked, Difference, check};
pub use renew::renew;
pub use report::{Asked, report};

use super::later::Value;
use super::{StoreError, Tx, later, on};
use crate::domain::ids::{ConversationId, CustomerId};
use crate::domain::report::line::Line;
use crate::domain::time::{Millis, Timestamp};

/// A day in UTC, counted from 1970-01-01.
pub type Day = i64;

/// How many lines of a day are read at a time.
const LINES_READ_AT_ONCE: i64 = 1_000;

/// The day of a moment.
fn day_of(at: Timestamp) -> Day {
    at.0.div_euclid(Millis::hours(24).0)
}

/// The first moment of a day.
pub fn begins(day: Day) -> Timestamp {
    Timestamp(day.saturating_mul(Millis::hours(24).0))
}

const MARK: &str = "
    INSERT INTO figures_due (conversation_id, fact) VALUES ($1, $2)
    ON CONFLICT (conversation_id) DO UPDATE SET fact = excluded.fact";

/// Notes that a conversation has a new fact.
pub(super) async fn mark(
    tx: &mut Tx,
    conversation: &ConversationId,
    fact: &str,
) -> Result<(), StoreError> {
    let key = Value::from(&conversation.0);
    let fact = Value::from(fact);
    let keys = std::slice::from_ref(&key);
    if tx.amend(MARK, keys, keys.len(), std::slice::from_ref(&fact)) {
        return Ok(());
    }
    tx.later(MARK, vec![key, fact]).await
}

const MARK_LATER_ONES: &str = "
    INSERT INTO figures_due (conversation_id, fact)
    SELECT id, $1 FROM conversations WHERE customer_id = $2 AND opened_at > $3
    ON CONFLICT (conversation_id) DO UPDATE SET fact = excluded.fact";

/// Notes that a customer has chosen something, on which the conversations depend that began since.
pub(super) async fn mark_later_ones(
    tx: &mut Tx,
    customer: &CustomerId,
    chosen_at: Timestamp,
    fact: &str,
) -> Result<(), StoreError> {
    later!(tx, MARK_LATER_ONES, fact, &customer.0, chosen_at.0)
}

/// A conversation whose line is to be computed anew.
#[derive(Clone, Debug, PartialEq, Eq)]
struct DueLine {
    /// Which.
    conversation: ConversationId,
    /// The newest fact that its line does not know; '' for any.
    fact: String,
}

const DUE: &str = "
    SELECT conversation_id, fact FROM figures_due WHERE conversation_id > $1
    ORDER BY conversation_id LIMIT $2 + 0";

/// The marked conversations after that one ('' for the first), at most `most`.
async fn due(tx: &mut Tx, after: &str, most: i64) -> Result<Vec<DueLine>, StoreError> {
    let rows: Vec<(String, String)> = on!(tx, |conn| {
        sqlx::query_as(DUE)
            .bind(after)
            .bind(most)
            .fetch_all(conn)
            .await?
    });
    let due = rows.into_iter().map(|(conversation, fact)| DueLine {
        conversation: conversation.into(),
        fact,
    });
    Ok(due.collect())
}

const TAKE: &str = "DELETE FROM figures_due WHERE conversation_id = $1 AND fact = $2";

/// Takes a mark off; `false` where it is gone, or there is a newer fact.
async fn take(tx: &mut Tx, due: &DueLine) -> Result<bool, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query(TAKE)
            .bind(&due.conversation.0)
            .bind(&due.fact)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}

// Both ends of an index, however the database plans: a search for others read every line.
const RULES: &str = "SELECT (SELECT MIN(rules) FROM figures), (SELECT MAX(rules) FROM figures)";

/// Whether lines are stored that were computed by other rules.
async fn is_outdated(tx: &mut Tx, rules: &str) -> Result<bool, StoreError> {
    let (least, most): (Option<String>, Option<String>) =
        on!(tx, |conn| sqlx::query_as(RULES).fetch_one(conn).await?);
    Ok([least, most].into_iter().flatten().any(|by| by != rules))
}

const MARK_OUTDATED: &str = "
    INSERT INTO figures_due (conversation_id, fact)
    SELECT conversation_id, '' FROM figures WHERE rules < $1 OR rules > $1
    ON CONFLICT (conversation_id) DO NOTHING";

/// Marks every conversation whose line was computed by other rules.
async fn mark_outdated(tx: &mut Tx, rules: &str) -> Result<(), StoreError> {
    on!(tx, |conn| {
        sqlx::query(MARK_OUTDATED).bind(rules).execute(conn).await?;
    });
    Ok(())
}

/// A stored line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct StoredLine {
    /// The day that it counts for.
    day: Day,
    /// What it was computed by.
    rules: String,
    /// [`Line`] as JSON.
    text: String,
}

const LINE: &str = "SELECT day, rules, line FROM figures WHERE conversation_id = $1";

/// The stored line of a conversation.
async fn line(
    tx: &mut Tx,
    conversation: &ConversationId,
) -> Result<Option<StoredLine>, StoreError> {
    let row: Option<(i64, String, String)> = on!(tx, |conn| {
        sqlx::query_as(LINE)
            .bind(&conversation.0)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.map(|(day, rules, text)| StoredLine { day, rules, text }))
}

const PUT: &str = "
    INSERT INTO figures (conversation_id, day, rules, line) VALUES ($1, $2, $3, $4)
    ON CONFLICT (conversation_id)
    DO UPDATE SET day = excluded.day, rules = excluded.rules, line = excluded.line";

/// Stores a conversation's line in place of the one before it.
async fn put(
    tx: &mut Tx,
    conversation: &ConversationId,
    line: &StoredLine,
) -> Result<(), StoreError> {
    on!(tx, |conn| {
        sqlx::query(PUT)
            .bind(&conversation.0)
            .bind(line.day)
            .bind(&line.rules)
            .bind(&line.text)
            .execute(conn)
            .await?;
    });
    Ok(())
}

const DROP: &str = "DELETE FROM figures WHERE conversation_id = $1";

/// Takes the line of a conversation without facts off.
async fn drop_line(tx: &mut Tx, conversation: &ConversationId) -> Result<(), StoreError> {
    on!(tx, |conn| {
        sqlx::query(DROP)
            .bind(&conversation.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}

const WITH_LINES: &str = "
    SELECT conversation_id FROM figures WHERE conversation_id > $1
    ORDER BY conversation_id LIMIT $2 + 0";

/// The conversations that have lines, after that one ('' for the first), at most `most`.
async fn with_lines(
    tx: &mut Tx,
    after: &str,
    most: i64,
) -> Result<Vec<ConversationId>, StoreError> {
    let rows: Vec<(String,)> = on!(tx, |conn| {
        sqlx::query_as(WITH_LINES)
            .bind(after)
            .bind(most)
            .fetch_all(conn)
            .await?
    });
    Ok(rows.into_iter().map(|(id,)| ConversationId(id)).collect())
}

const IS_DUE: &str = "SELECT 1 FROM figures_due WHERE conversation_id = $1";

/// Whether a conversation's line is to be computed anew.
async fn is_due(tx: &mut Tx, conversation: &ConversationId) -> Result<bool, StoreError> {
    let row: Option<(i32,)> = on!(tx, |conn| {
        sqlx::query_as(IS_DUE)
            .bind(&conversation.0)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.is_some())
}

const LINES_OF_DAY: &str = "
    SELECT conversation_id, line FROM figures WHERE day = $1 AND conversation_id > $2
    ORDER BY conversation_id LIMIT $3 + 0";

/// The lines of a day after that conversation's ('' for the first), at most `most`, each with its
/// conversation.
async fn lines_of_day(
    tx: &mut Tx,
    day: Day,
    after: &str,
    most: i64,
) -> Result<Vec<(ConversationId, Line)>, StoreError> {
    let rows: Vec<(String, String)> = on!(tx, |conn| {
        sqlx::query_as(LINES_OF_DAY)
            .bind(day)
            .bind(after)
            .bind(most)
            .fetch_all(conn)
            .await?
    });
    let lines = rows
        .into_iter()
        .map(|(id, text)| Ok((ConversationId(id), read(&text)?)));
    lines.collect()
}

/// A line from its stored text.
fn read(text: &str) -> Result<Line, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable {
        what: "figures.line",
        why: error.to_string(),
    })
}

/// A line as it is stored.
fn stored(line: &Line, rules: &str) -> Result<StoredLine, StoreError> {
    let text = serde_json::to_string(line).map_err(|error| StoreError::Unreadable {
        what: "figures.line",
        why: error.to_string(),
    })?;
    Ok(StoredLine {
        day: day_of(line.opened_at),
        rules: rules.to_owned(),
        text,
    })
}
