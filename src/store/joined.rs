//! Messages of one customer that are read together: kept, named and done with in three statements,
//! however many they are.

use serde::Serialize;

use super::inbox::WaitingArrival;
use super::messages::Kept;
use super::{StoreError, Tx, on};
use crate::domain::ids::{ArrivalId, MessageRef};
use crate::domain::message::plain_text;
use crate::domain::place::Place;
use crate::domain::time::Timestamp;

/// A message with its arrival.
#[derive(Clone, Debug)]
pub struct Row {
    /// The arrival.
    pub arrival: ArrivalId,
    /// The platform's name for it.
    pub named: MessageRef,
    /// As it is kept.
    pub kept: Kept,
}

const BEHIND: &str = "
    SELECT id, origin, lane, position, arrival, platform_at, received_at FROM inbox
    WHERE state = 'new' AND lane = $1 AND (position > $2 OR (position = $2 AND id > $3))
    ORDER BY position, id LIMIT $4 + 0";

/// What waits behind an arrival in its lane, in order, at most so many.
pub async fn behind(
    tx: &mut Tx,
    first: &WaitingArrival,
    most: i64,
) -> Result<Vec<WaitingArrival>, StoreError> {
    let rows: Vec<super::inbox::Row> = on!(tx, |conn| {
        sqlx::query_as(BEHIND)
            .bind(&first.lane)
            .bind(first.position)
            .bind(&first.id.0)
            .bind(most)
            .fetch_all(conn)
            .await?
    });
    Ok(rows.into_iter().map(super::inbox::read).collect())
}

#[derive(Serialize)]
struct Written<'r> {
    arrival: &'r str,
    named: &'r str,
    id: &'r str,
    position: i64,
    parts: String,
    words: String,
    at: i64,
}

const KEEP: &str = "
    INSERT INTO messages (id, conversation_id, position, author, parts, words, platform_at)
    SELECT json_extract(value, '$.id'), $2, json_extract(value, '$.position'), 'customer',
        json_extract(value, '$.parts'), json_extract(value, '$.words'), json_extract(value, '$.at')
    FROM json_each($1)";
const KEEP_POSTGRES: &str = "
    INSERT INTO messages (id, conversation_id, position, author, parts, words, platform_at)
    SELECT id, $2, position, 'customer', parts, words, at
    FROM jsonb_to_recordset(CAST($1 AS JSONB))
        AS m (id TEXT, position BIGINT, parts TEXT, words TEXT, at BIGINT)";
const NAME: &str = "
    INSERT INTO message_refs (channel, chat, ref, message_id, conversation_id)
    SELECT $2, $3, json_extract(value, '$.named'), json_extract(value, '$.id'), $4
    FROM json_each($1) WHERE true ON CONFLICT (channel, chat, ref) DO NOTHING";
const NAME_POSTGRES: &str = "
    INSERT INTO message_refs (channel, chat, ref, message_id, conversation_id)
    SELECT $2, $3, named, id, $4
    FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS m (named TEXT, id TEXT)
    ON CONFLICT (channel, chat, ref) DO NOTHING";
const DONE: &str = "
    UPDATE inbox SET state = 'done', done_at = $2, outcome = 'read-together'
    WHERE id IN (SELECT json_extract(value, '$.arrival') FROM json_each($1))";
const DONE_POSTGRES: &str = "
    UPDATE inbox SET state = 'done', done_at = $2, outcome = 'read-together'
    WHERE id IN (SELECT arrival FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS m (arrival TEXT))";

/// Keeps messages of one conversation, names them by the platform's names of that place, and is
/// done with their arrivals.
pub async fn keep(
    tx: &mut Tx,
    place: &Place,
    rows: &[Row],
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(first) = rows.first() else {
        return Ok(());
    };
    let conversation = &first.kept.conversation.0;
    let list = written(rows)?;
    let keep = tx.either(KEEP, KEEP_POSTGRES);
    let name = tx.either(NAME, NAME_POSTGRES);
    let done = tx.either(DONE, DONE_POSTGRES);
    on!(tx, |conn| {
        sqlx::query(keep)
            .bind(&list)
            .bind(conversation)
            .execute(conn)
            .await?;
    });
    on!(tx, |conn| {
        sqlx::query(name)
            .bind(&list)
            .bind(place.channel.name())
            .bind(&place.chat)
            .bind(conversation)
            .execute(conn)
            .await?;
    });
    on!(tx, |conn| {
        sqlx::query(done)
            .bind(&list)
            .bind(now.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}

fn written(rows: &[Row]) -> Result<String, StoreError> {
    let rows: Result<Vec<Written<'_>>, serde_json::Error> = rows
        .iter()
        .map(|row| {
            Ok(Written {
                arrival: &row.arrival.0,
                named: &row.named.0,
                id: &row.kept.id.0,
                position: row.kept.position,
                parts: serde_json::to_string(&row.kept.parts)?,
                words: plain_text(&row.kept.parts),
                at: row.kept.at.0,
            })
        })
        .collect();
    let text = rows.and_then(|rows| serde_json::to_string(&rows));
    text.map_err(|error| StoreError::Unreadable {
        what: "messages",
        why: error.to_string(),
    })
}
