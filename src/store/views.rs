//! What the console shows, read in one go: the queue, and one conversation with all about it.
//!
//! Invariant: nothing in here changes anything.

use std::collections::BTreeMap;

use super::messages::Author;
use super::{StoreError, Tx, on, timeline};
use crate::domain::desk::act::ConsoleClick;
use crate::domain::engine::conversation::State;
use crate::domain::ids::{ConversationId, MessageId, OutboxId, StaffId};
use crate::domain::lang::Lang;
use crate::domain::message::Part;
use crate::domain::place::ChannelKind;
use crate::domain::preference::HumanPreference;
use crate::domain::time::Timestamp;
use crate::domain::timeline::Fact;

/// The most conversations that a queue shows.
pub const QUEUE_MAX: i64 = 300;
/// The most messages that a conversation shows: the last ones.
pub const LINES_MAX: i64 = 400;

/// A conversation in the queue, or at the head of its own page.
#[derive(Clone, Debug)]
pub struct Matter {
    /// Which.
    pub id: ConversationId,
    /// Its short name.
    pub code: String,
    /// The customer's name.
    pub customer: String,
    /// Their language.
    pub lang: Option<Lang>,
    /// What they chose.
    pub preference: Option<HumanPreference>,
    /// Where they write.
    pub channel: ChannelKind,
    /// Where it stands.
    pub state: State,
    /// Counts its changes.
    pub version: i64,
    /// Since when the customer waits for a person.
    pub waiting_since: Option<Timestamp>,
    /// When they wrote last.
    pub last_customer_at: Timestamp,
    /// The last words of the customer or of a person to them: what the matter is about.
    pub last_words: Option<String>,
}

type MatterRow = (
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    String,
    String,
    i64,
    Option<i64>,
    i64,
    Option<String>,
);

const QUEUE: &str = "
    WITH shown AS (
        SELECT id FROM (
            SELECT 0 AS rest, id, waiting_since, last_customer_at FROM (
                SELECT id, waiting_since, last_customer_at FROM conversations
                WHERE waiting_since IS NOT NULL ORDER BY waiting_since, id LIMIT $1 + 0) waiting
            UNION ALL
            SELECT 1 AS rest, id, waiting_since, last_customer_at FROM (
                SELECT id, waiting_since, last_customer_at FROM conversations
                WHERE waiting_since IS NULL AND phase IN ('waiting', 'with-agent', 'answering')
                ORDER BY last_customer_at DESC, id LIMIT $1 + 0) others) in_care
        ORDER BY rest, waiting_since, last_customer_at DESC, id
        LIMIT $1 + 0)
    SELECT c.id, c.code, u.name, u.lang, u.preference, c.channel, c.state, c.version,
        c.waiting_since, c.last_customer_at,
        (SELECT m.words FROM messages m WHERE m.conversation_id = c.id AND m.author IN ('customer', 'agent')
            ORDER BY m.position DESC, m.id DESC LIMIT 1)
    FROM shown JOIN conversations c ON c.id = shown.id JOIN customers u ON u.id = c.customer_id
    ORDER BY CASE WHEN c.waiting_since IS NULL THEN 1 ELSE 0 END, c.waiting_since,
        c.last_customer_at DESC, c.id";

/// The open conversations: who waits for a person first, longest first.
pub async fn queue(tx: &mut Tx) -> Result<Vec<Matter>, StoreError> {
    let rows: Vec<MatterRow> = on!(tx, |conn| {
        sqlx::query_as(QUEUE)
            .bind(QUEUE_MAX)
            .fetch_all(conn)
            .await?
    });
    rows.into_iter().map(matter).collect()
}

const MATTER: &str = "
    SELECT c.id, c.code, u.name, u.lang, u.preference, c.channel, c.state, c.version,
        c.waiting_since, c.last_customer_at, NULL
    FROM conversations c JOIN customers u ON u.id = c.customer_id
    WHERE c.id = $1";

fn matter(row: MatterRow) -> Result<Matter, StoreError> {
    let (id, code, customer, lang, preference, channel, state, version, waiting, last, words) = row;
    Ok(Matter {
        id: ConversationId(id),
        code,
        customer,
        lang: lang.as_deref().and_then(Lang::from_code),
        preference: preference.as_deref().and_then(HumanPreference::from_name),
        channel: ChannelKind::from_name(&channel)
            .ok_or_else(|| unreadable("conversations.channel", "no known channel"))?,
        state: json("conversations.state", &state)?,
        version,
        waiting_since: waiting.map(Timestamp),
        last_customer_at: Timestamp(last),
        last_words: words,
    })
}

/// One conversation with all that its page shows.
#[derive(Clone, Debug)]
pub struct Thread {
    /// Its head.
    pub matter: Matter,
    /// Its last messages, oldest first.
    pub lines: Vec<ThreadLine>,
    /// Everything that happened.
    pub facts: Vec<Fact>,
    /// Clicks in the console that are not decided on yet.
    pub clicks: Vec<ConsoleClick>,
    /// The names of staff, also of those who left.
    pub names: BTreeMap<StaffId, String>,
}

/// A message of the thread.
#[derive(Clone, Debug)]
pub struct ThreadLine {
    /// Which.
    pub id: MessageId,
    /// Who wrote it.
    pub author: Author,
    /// Which member of staff.
    pub staff: Option<StaffId>,
    /// What.
    pub parts: Vec<Part>,
    /// When.
    pub at: Timestamp,
    /// Whether its author changed it later.
    pub edited: bool,
    /// How it went on its way to the customer; `None` where it was not sent by us.
    pub delivery: Option<Delivery>,
}

/// How a message went on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The row that carries it; of several, the one that stands worst.
    pub outbox: OutboxId,
    /// How it stands.
    pub state: DeliveryState,
    /// Why it failed, for staff.
    pub failure: Option<String>,
}

/// How a row of the outbox stands; the later in this list, the more staff must know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeliveryState {
    /// It was withdrawn.
    Cancelled,
    /// The platform confirmed it.
    Sent,
    /// It is on its way.
    Underway,
    /// It will never arrive.
    Failed,
    /// It cannot be known whether it arrived.
    Unknown,
}

/// One conversation; `None` where there is none of that id.
pub async fn thread(tx: &mut Tx, id: &ConversationId) -> Result<Option<Thread>, StoreError> {
    let row: Option<MatterRow> = on!(tx, |conn| {
        sqlx::query_as(MATTER)
            .bind(&id.0)
            .fetch_optional(conn)
            .await?
    });
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Thread {
        matter: matter(row)?,
        lines: lines(tx, id).await?,
        facts: timeline::of_conversation(tx, id).await?,
        clicks: clicks(tx, id).await?,
        names: names(tx).await?,
    }))
}

const EXISTS: &str = "SELECT id FROM conversations WHERE id = $1";

/// Whether there is such a conversation.
pub async fn exists(tx: &mut Tx, id: &ConversationId) -> Result<bool, StoreError> {
    let row: Option<(String,)> = on!(tx, |conn| {
        sqlx::query_as(EXISTS)
            .bind(&id.0)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.is_some())
}

type LineRow = (String, String, Option<String>, String, i64, Option<i64>);

const LINES: &str = "
    SELECT id, author, staff_id, parts, platform_at, edited_at FROM messages
    WHERE conversation_id = $1 ORDER BY position DESC, id DESC LIMIT $2 + 0";

async fn lines(tx: &mut Tx, id: &ConversationId) -> Result<Vec<ThreadLine>, StoreError> {
    let rows: Vec<LineRow> = on!(tx, |conn| {
        sqlx::query_as(LINES)
            .bind(&id.0)
            .bind(LINES_MAX)
            .fetch_all(conn)
            .await?
    });
    let mut deliveries = deliveries(tx, id).await?;
    let mut lines = Vec::with_capacity(rows.len());
    for (message, author, staff, parts, at, edited_at) in rows.into_iter().rev() {
        let delivery = deliveries.remove(&message);
        lines.push(ThreadLine {
            id: MessageId(message),
            author: Author::from_name(&author)
                .ok_or_else(|| unreadable("messages.author", "no known author"))?,
            staff: staff.map(StaffId),
            parts: json("messages.parts", &parts)?,
            at: Timestamp(at),
            edited: edited_at.is_some(),
            delivery,
        });
    }
    Ok(lines)
}

const DELIVERIES: &str = "
    SELECT message_id, id, state, failure FROM outbox
    WHERE conversation_id = $1 AND message_id IS NOT NULL AND NOT to_room ORDER BY id";

async fn deliveries(
    tx: &mut Tx,
    id: &ConversationId,
) -> Result<BTreeMap<String, Delivery>, StoreError> {
    let rows: Vec<(String, String, String, Option<String>)> = on!(tx, |conn| {
        sqlx::query_as(DELIVERIES)
            .bind(&id.0)
            .fetch_all(conn)
            .await?
    });
    let mut worst: BTreeMap<String, Delivery> = BTreeMap::new();
    for (message, outbox, state, failure) in rows {
        let state = match state.as_str() {
            "sent" => DeliveryState::Sent,
            "unknown" => DeliveryState::Unknown,
            "failed" => DeliveryState::Failed,
            "cancelled" => DeliveryState::Cancelled,
            "ready" | "sending" => DeliveryState::Underway,
            _ => return Err(unreadable("outbox.state", "no known state")),
        };
        let delivery = Delivery {
            outbox: OutboxId(outbox),
            state,
            failure,
        };
        match worst.get(&message) {
            Some(known) if known.state > state => {}
            _ => {
                worst.insert(message, delivery);
            }
        }
    }
    Ok(worst)
}

/// The lane of the inbox in which a conversation's clicks wait.
pub fn lane(id: &ConversationId) -> String {
    format!("conversation:{id}")
}

const CLICKS: &str = "
    SELECT arrival FROM inbox
    WHERE lane = $1 AND origin = 'console' AND state = 'new' ORDER BY position, id";

async fn clicks(tx: &mut Tx, id: &ConversationId) -> Result<Vec<ConsoleClick>, StoreError> {
    let rows: Vec<(String,)> = on!(tx, |conn| {
        sqlx::query_as(CLICKS)
            .bind(lane(id))
            .fetch_all(conn)
            .await?
    });
    rows.iter()
        .map(|(arrival,)| json("inbox.arrival", arrival))
        .collect()
}

const NAMES: &str = "SELECT id, name FROM staff";

async fn names(tx: &mut Tx) -> Result<BTreeMap<StaffId, String>, StoreError> {
    let rows: Vec<(String, String)> = on!(tx, |conn| sqlx::query_as(NAMES).fetch_all(conn).await?);
    Ok(rows
        .into_iter()
        .map(|(id, name)| (StaffId(id), name))
        .collect())
}

fn json<T: serde::de::DeserializeOwned>(what: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable {
        what,
        why: error.to_string(),
    })
}

fn unreadable(what: &'static str, why: &str) -> StoreError {
    StoreError::Unreadable {
        what,
        why: why.to_owned(),
    }
}
