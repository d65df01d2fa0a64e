//! The rows that may leave next: the first of each lane, a few of each class, found by an index
//! that holds nothing but what waits; and the taking of those that were chosen.

use super::leaving::{Leaving, Row, readable};
use crate::domain::delivery::choice::Head;
use crate::domain::delivery::class::Class;
use crate::domain::ids::{ConversationId, MessageRef, OutboxId};
use crate::domain::place::{ChannelKind, Place};
use crate::domain::time::Timestamp;
use crate::store::rooms::Room;
use crate::store::{StoreError, Tx, on};

/// Where a row of a room goes, as it is when the row leaves.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// What the choice goes by.
    pub head: Head,
    /// The room, where it goes to one that stands.
    pub room: Option<Room>,
}

// One class's heads. Rows behind others of their lane, rows that wait for another try, and those
// whose chat takes nothing now are passed over.
macro_rules! heads_of {
    ($class:literal) => {
        concat!(
            "SELECT * FROM (SELECT o.id, o.class, o.conversation_id, COALESCE(o.chat, r.chat) AS chat,
                r.thread, r.card, o.to_room, o.weight, o.due_at, o.created_at
            FROM outbox o LEFT JOIN rooms r ON o.to_room AND r.conversation_id = o.conversation_id
                AND r.desk = o.channel AND r.gone_at IS NULL
            WHERE o.channel = $1 AND o.state = 'ready' AND o.not_before <= $2 AND o.class = ",
            $class,
            " AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.lane = o.lane
                AND e.state IN ('ready', 'sending') AND e.position < o.position)
              AND (o.weight = 0 OR NOT EXISTS (SELECT 1 FROM budgets b WHERE b.channel = o.channel
                AND b.chat = COALESCE(o.chat, r.chat) AND b.takes_at > $2))
            ORDER BY o.due_at, o.id LIMIT $3 + 0) AS c",
            $class
        )
    };
}
const HEADS: &str = concat!(
    heads_of!("0"),
    " UNION ALL ",
    heads_of!("1"),
    " UNION ALL ",
    heads_of!("2"),
    " UNION ALL ",
    heads_of!("3"),
    " UNION ALL ",
    heads_of!("4"),
    " UNION ALL ",
    heads_of!("5"),
);

type HeadRow = (
    String,
    i64,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    bool,
    i64,
    i64,
    i64,
);

/// The rows of a channel that may leave now, at most so many of each class, earliest due first.
pub async fn heads(
    tx: &mut Tx,
    channel: ChannelKind,
    now: Timestamp,
    of_each_class_max: i64,
) -> Result<Vec<Waiting>, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query_as::<_, HeadRow>(HEADS)
            .bind(channel.name())
            .bind(now.0)
            .bind(of_each_class_max)
            .fetch_all(conn)
            .await?
    });
    Ok(rows.into_iter().map(|row| waiting(channel, row)).collect())
}

fn waiting(channel: ChannelKind, row: HeadRow) -> Waiting {
    let (id, class, conversation, chat, thread, card, to_room, weight, due_at, created_at) = row;
    let room = chat.clone().filter(|_| to_room).map(|chat| Room {
        place: Place {
            channel,
            chat,
            thread: thread.filter(|thread| !thread.is_empty()),
        },
        card: card.map(MessageRef),
    });
    let head = Head {
        id: OutboxId(id),
        // Only the six that exist are asked for.
        class: Class::from_number(class).unwrap_or(Class::Broadcast),
        conversation: ConversationId(conversation),
        chat: chat.filter(|_| channel != ChannelKind::Web),
        weight,
        due_at: Timestamp(due_at),
        created_at: Timestamp(created_at),
    };
    Waiting { head, room }
}

const TAKE: &str = "
    UPDATE outbox SET state = 'sending', attempts = attempts + 1, attempted_at = $2, fence = $3
    WHERE state = 'ready' AND id IN (SELECT value FROM json_each($1))
    RETURNING id, conversation_id, channel, chat, thread, to_room, purpose, act, message_id, staff_id,
        attempts, created_at, unknown_since, fence";
const TAKE_POSTGRES: &str = "
    UPDATE outbox SET state = 'sending', attempts = attempts + 1, attempted_at = $2, fence = $3
    WHERE state = 'ready' AND id IN (SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))
    RETURNING id, conversation_id, channel, chat, thread, to_room, purpose, act, message_id, staff_id,
        attempts, created_at, unknown_since, fence";

/// Marks the rows as being sent under that fence, and gives those that were still waiting, in the
/// order of `ids`.
/// Those that cannot be read fail.
pub async fn take(
    tx: &mut Tx,
    ids: &[OutboxId],
    fence: i64,
    now: Timestamp,
) -> Result<Vec<Leaving>, StoreError> {
    let list = serde_json::to_string(ids).map_err(|error| StoreError::Unreadable {
        what: "outbox",
        why: error.to_string(),
    })?;
    let sql = tx.either(TAKE, TAKE_POSTGRES);
    let rows = on!(tx, |conn| {
        sqlx::query_as::<_, Row>(sql)
            .bind(&list)
            .bind(now.0)
            .bind(fence)
            .fetch_all(conn)
            .await?
    });
    let mut leaving = readable(tx, rows).await?;
    leaving.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    Ok(leaving)
}

const EXPIRED: &str = "
    SELECT 1 FROM outbox WHERE channel = $1 AND state = 'ready' AND expires_at IS NOT NULL
        AND expires_at <= $2 AND unknown_since IS NULL LIMIT 1";

/// Whether anything waits that is too old to be sent.
pub async fn has_expired(
    tx: &mut Tx,
    channel: ChannelKind,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row: Option<(i32,)> = on!(tx, |conn| {
        sqlx::query_as(EXPIRED)
            .bind(channel.name())
            .bind(now.0)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.is_some())
}

// What may have arrived already is left to whoever finds that out.
const EXPIRE: &str = "
    UPDATE outbox SET state = 'cancelled', failure = 'too old to be sent'
    WHERE state = 'ready' AND id IN (
        SELECT id FROM outbox WHERE channel = $1 AND state = 'ready' AND expires_at IS NOT NULL
            AND expires_at <= $2 AND unknown_since IS NULL
        ORDER BY expires_at LIMIT $3 + 0)
    RETURNING id, conversation_id";

/// Takes off what is too old to be sent, at most so many rows; gives each with its conversation.
pub async fn expire(
    tx: &mut Tx,
    channel: ChannelKind,
    now: Timestamp,
    rows_max: i64,
) -> Result<Vec<(OutboxId, ConversationId)>, StoreError> {
    let mut rows: Vec<(String, String)> = on!(tx, |conn| {
        sqlx::query_as(EXPIRE)
            .bind(channel.name())
            .bind(now.0)
            .bind(rows_max)
            .fetch_all(conn)
            .await?
    });
    rows.sort_unstable();
    Ok(rows
        .into_iter()
        .map(|(id, conversation)| (OutboxId(id), ConversationId(conversation)))
        .collect())
}
