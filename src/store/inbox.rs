//! The inbox: what arrived, kept before anything is done about it.

use super::{Store, StoreError, Tx, later, on};
use crate::domain::ids::ArrivalId;
use crate::domain::time::Timestamp;

/// A row to put into the inbox.
#[derive(Clone, Debug)]
pub struct NewArrival {
    /// Our id; sorts by age.
    pub id: ArrivalId,
    /// What makes it the same when it comes again.
    pub natural_key: String,
    /// `telegram`, `discord`, `web`, `console`, `clock` or `delivery`.
    pub origin: &'static str,
    /// Arrivals of one lane are decided on one by one, by position.
    pub lane: String,
    /// Order within the lane.
    pub position: i64,
    /// The arrival as JSON: by origin a `channels::Arrival`, a `ConsoleClick` and so on.
    pub arrival: String,
    /// The platform's own text of it.
    pub raw: Option<String>,
    /// The platform's time for it.
    pub platform_at: Timestamp,
    /// Ours.
    pub received_at: Timestamp,
}

/// A row of the inbox that waits for its decision.
#[derive(Clone, Debug)]
pub struct WaitingArrival {
    /// Our id.
    pub id: ArrivalId,
    /// What made it.
    pub origin: String,
    /// Its lane.
    pub lane: String,
    /// Order within the lane.
    pub position: i64,
    /// The arrival as JSON.
    pub arrival: String,
    /// The platform's time for it.
    pub platform_at: Timestamp,
    /// Ours.
    pub received_at: Timestamp,
}

const INSERT: &str = "
    INSERT INTO inbox (id, natural_key, origin, lane, position, arrival, raw, platform_at, received_at, state)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'new')
    ON CONFLICT (natural_key) DO NOTHING";

/// Puts a row in, where the same arrival is not there already.
pub async fn insert(tx: &mut Tx, new: &NewArrival) -> Result<(), StoreError> {
    later!(
        tx,
        INSERT,
        &new.id.0,
        &new.natural_key,
        new.origin,
        &new.lane,
        new.position,
        &new.arrival,
        new.raw.as_deref(),
        new.platform_at.0,
        new.received_at.0,
    )
}

impl Store {
    /// Puts one row in, in a commit that it may share with others.
    pub async fn take(&self, new: NewArrival) -> Result<(), StoreError> {
        self.write(move |tx| {
            let new = new.clone();
            Box::pin(async move { insert(tx, &new).await })
        })
        .await
    }
}

const LANE_HEADS: &str = "
    SELECT id, origin, lane, position, arrival, platform_at, received_at FROM inbox i
    WHERE state = 'new' AND lane NOT IN (SELECT value FROM json_each($2))
      AND NOT EXISTS (SELECT 1 FROM inbox e WHERE e.state = 'new' AND e.lane = i.lane
        AND (e.position < i.position OR (e.position = i.position AND e.id < i.id)))
    ORDER BY id LIMIT $1 + 0";
const LANE_HEADS_POSTGRES: &str = "
    SELECT id, origin, lane, position, arrival, platform_at, received_at FROM inbox i
    WHERE state = 'new' AND lane NOT IN (SELECT jsonb_array_elements_text(CAST($2 AS JSONB)))
      AND NOT EXISTS (SELECT 1 FROM inbox e WHERE e.state = 'new' AND e.lane = i.lane
        AND (e.position < i.position OR (e.position = i.position AND e.id < i.id)))
    ORDER BY id LIMIT $1 + 0";

pub(super) type Row = (String, String, String, i64, String, i64, i64);

/// The oldest waiting arrival of each lane but those that rest, oldest lanes first.
pub async fn lane_heads(
    tx: &mut Tx,
    most: i64,
    resting: &[String],
) -> Result<Vec<WaitingArrival>, StoreError> {
    let resting = serde_json::to_string(resting).map_err(|error| StoreError::Unreadable {
        what: "inbox",
        why: error.to_string(),
    })?;
    let sql = tx.either(LANE_HEADS, LANE_HEADS_POSTGRES);
    let rows = on!(tx, |conn| {
        sqlx::query_as::<_, Row>(sql)
            .bind(most)
            .bind(&resting)
            .fetch_all(conn)
            .await?
    });
    Ok(rows.into_iter().map(read).collect())
}

pub(super) fn read(
    (id, origin, lane, position, arrival, platform_at, received_at): Row,
) -> WaitingArrival {
    WaitingArrival {
        id: ArrivalId(id),
        origin,
        lane,
        position,
        arrival,
        platform_at: Timestamp(platform_at),
        received_at: Timestamp(received_at),
    }
}

const LOCK: &str = "SELECT state FROM inbox WHERE id = $1";
const LOCK_POSTGRES: &str = "SELECT state FROM inbox WHERE id = $1 FOR UPDATE SKIP LOCKED";

/// Locks an arrival for its decision; `false` where it is decided on already, or being so.
pub async fn lock(tx: &mut Tx, id: &ArrivalId) -> Result<bool, StoreError> {
    let sql = tx.either(LOCK, LOCK_POSTGRES);
    let row: Option<(String,)> = on!(tx, |conn| {
        sqlx::query_as(sql).bind(&id.0).fetch_optional(conn).await?
    });
    Ok(row.is_some_and(|(state,)| state == "new"))
}

const MORE_IN_LANE: &str = "
    SELECT 1 FROM inbox WHERE lane = $1 AND state = 'new' AND id <> $2 LIMIT 1";

/// Whether more of the same lane waits besides that one.
pub async fn more_in_lane(tx: &mut Tx, waiting: &WaitingArrival) -> Result<bool, StoreError> {
    let row: Option<(i32,)> = on!(tx, |conn| {
        sqlx::query_as(MORE_IN_LANE)
            .bind(&waiting.lane)
            .bind(&waiting.id.0)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.is_some())
}

const END: &str = "UPDATE inbox SET state = $2, done_at = $3, outcome = $4 WHERE id = $1";

/// The arrival had its effect; `outcome` says which in a word.
pub async fn set_done(
    tx: &mut Tx,
    id: &ArrivalId,
    at: Timestamp,
    outcome: &str,
) -> Result<(), StoreError> {
    end(tx, id, "done", at, outcome).await
}

const FORGET_WORDS: &str = "UPDATE inbox SET arrival = '{}', raw = NULL WHERE id = $1";

/// What it said is not kept.
pub async fn forget_words(tx: &mut Tx, id: &ArrivalId) -> Result<(), StoreError> {
    later!(tx, FORGET_WORDS, &id.0)
}

/// The arrival cannot be decided on: kept for a person, out of the way of its lane.
pub async fn set_aside(
    tx: &mut Tx,
    id: &ArrivalId,
    at: Timestamp,
    why: &str,
) -> Result<(), StoreError> {
    end(tx, id, "set-aside", at, why).await
}

async fn end(
    tx: &mut Tx,
    id: &ArrivalId,
    state: &str,
    at: Timestamp,
    outcome: &str,
) -> Result<(), StoreError> {
    later!(tx, END, &id.0, state, at.0, outcome)
}

const SET_ASIDE: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM inbox WHERE state = 'set-aside'";

/// How many arrivals could not be decided on.
pub async fn set_aside_count(tx: &mut Tx) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, |conn| sqlx::query_as(SET_ASIDE).fetch_one(conn).await?);
    Ok(count)
}

const SET_WATERMARK: &str = "
    INSERT INTO watermarks (channel, chat, last_message, last_position, taken_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (channel, chat) DO UPDATE SET last_message = excluded.last_message,
        last_position = excluded.last_position, taken_at = excluded.taken_at
    WHERE excluded.last_position > watermarks.last_position";

/// The last message that was taken from a place; an earlier one does not turn it back.
pub async fn set_watermark(
    tx: &mut Tx,
    channel: &str,
    chat: &str,
    last_message: &str,
    position: i64,
    at: Timestamp,
) -> Result<(), StoreError> {
    later!(
        tx,
        SET_WATERMARK,
        channel,
        chat,
        last_message,
        position,
        at.0
    )
}

const WATERMARKS: &str = "
    SELECT chat, last_message FROM watermarks WHERE channel = $1 ORDER BY taken_at DESC, chat";

/// Places of a channel with the last message taken from each, most recently active first.
pub async fn watermarks(tx: &mut Tx, channel: &str) -> Result<Vec<(String, String)>, StoreError> {
    Ok(on!(tx, |conn| {
        sqlx::query_as(WATERMARKS)
            .bind(channel)
            .fetch_all(conn)
            .await?
    }))
}
