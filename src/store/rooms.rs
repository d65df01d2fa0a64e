//! Rooms at the desks: which conversation a topic or post belongs to, and back.

use super::{StoreError, Tx, later, on};
use crate::domain::ids::{ConversationId, MessageRef};
use crate::domain::place::{ChannelKind, Place};
use crate::domain::time::Timestamp;

/// A conversation's room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Where it is.
    pub place: Place,
    /// The platform's id of its card.
    pub card: Option<MessageRef>,
}

const REMEMBER: &str = "
    INSERT INTO former_rooms (conversation_id, desk, chat, thread)
    SELECT conversation_id, desk, chat, thread FROM rooms
    WHERE conversation_id = $1 AND desk = $2 AND (chat <> $3 OR thread <> $4)
    ON CONFLICT DO NOTHING";
const PUT: &str = "
    INSERT INTO rooms (conversation_id, desk, chat, thread, card, opened_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (conversation_id, desk)
    DO UPDATE SET chat = excluded.chat, thread = excluded.thread, card = excluded.card,
        opened_at = excluded.opened_at, gone_at = NULL";

/// The conversation's room at a desk is now this. Where it was before is remembered.
pub async fn put(
    tx: &mut Tx,
    conversation: &ConversationId,
    room: &Room,
    at: Timestamp,
) -> Result<(), StoreError> {
    let (desk, chat) = (room.place.channel.name(), &room.place.chat);
    let thread = room.place.thread.as_deref().unwrap_or_default();
    // At once: it looks at another table than its own.
    on!(tx, |conn| {
        sqlx::query(REMEMBER)
            .bind(&conversation.0)
            .bind(desk)
            .bind(chat)
            .bind(thread)
            .execute(conn)
            .await?;
    });
    later!(
        tx,
        PUT,
        &conversation.0,
        desk,
        chat,
        thread,
        room.card.as_ref().map(|card| card.0.as_str()),
        at.0
    )
}

const OF: &str = "
    SELECT chat, thread, card FROM rooms
    WHERE conversation_id = $1 AND desk = $2 AND gone_at IS NULL";

/// The conversation's room at a desk.
pub async fn of(
    tx: &mut Tx,
    conversation: &ConversationId,
    desk: ChannelKind,
) -> Result<Option<Room>, StoreError> {
    let row: Option<(String, String, Option<String>)> = on!(tx, |conn| {
        sqlx::query_as(OF)
            .bind(&conversation.0)
            .bind(desk.name())
            .fetch_optional(conn)
            .await?
    });
    Ok(row.map(|(chat, thread, card)| Room {
        place: Place {
            channel: desk,
            chat,
            thread: (!thread.is_empty()).then_some(thread),
        },
        card: card.map(MessageRef),
    }))
}

const AT: &str = "
    SELECT conversation_id FROM rooms WHERE desk = $1 AND chat = $2 AND thread = $3 AND gone_at IS NULL";

/// The conversation whose room this is. Never guessed: an unmapped room is nobody's.
pub async fn at(tx: &mut Tx, place: &Place) -> Result<Option<ConversationId>, StoreError> {
    let row: Option<(String,)> = on!(tx, |conn| {
        sqlx::query_as(AT)
            .bind(place.channel.name())
            .bind(&place.chat)
            .bind(place.thread.as_deref().unwrap_or_default())
            .fetch_optional(conn)
            .await?
    });
    Ok(row.map(|(id,)| ConversationId(id)))
}

const SET_CARD: &str = "
    UPDATE rooms SET card = $3 WHERE conversation_id = $1 AND desk = $2 AND gone_at IS NULL";

/// The room's card is now this message.
pub async fn set_card(
    tx: &mut Tx,
    conversation: &ConversationId,
    desk: ChannelKind,
    card: &MessageRef,
) -> Result<(), StoreError> {
    later!(tx, SET_CARD, &conversation.0, desk.name(), &card.0)
}

const GONE: &str = "
    UPDATE rooms SET gone_at = $3 WHERE conversation_id = $1 AND desk = $2 AND gone_at IS NULL";

/// The room does not exist any more; `false` where that was known.
pub async fn set_gone(
    tx: &mut Tx,
    conversation: &ConversationId,
    desk: ChannelKind,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query(GONE)
            .bind(&conversation.0)
            .bind(desk.name())
            .bind(at.0)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}

const REMEMBER_MOVED: &str = "
    INSERT INTO former_rooms (conversation_id, desk, chat, thread)
    SELECT conversation_id, desk, chat, thread FROM rooms WHERE desk = $1 AND chat = $2 AND chat <> $3
    ON CONFLICT DO NOTHING";
const MOVE_ROOMS: &str = "UPDATE rooms SET chat = $3 WHERE desk = $1 AND chat = $2";
const MOVE_REFS: &str = "UPDATE message_refs SET chat = $3 WHERE channel = $1 AND chat = $2";
const MOVE_OUTBOX: &str = "
    UPDATE outbox SET chat = $3 WHERE channel = $1 AND chat = $2 AND state = 'ready'";

/// A chat has another id from now on (a Telegram group became a supergroup).
pub async fn move_chat(tx: &mut Tx, from: &Place, to: &Place) -> Result<(), StoreError> {
    on!(tx, |conn| {
        sqlx::query(REMEMBER_MOVED)
            .bind(from.channel.name())
            .bind(&from.chat)
            .bind(&to.chat)
            .execute(conn)
            .await?;
    });
    for sql in [MOVE_ROOMS, MOVE_REFS, MOVE_OUTBOX] {
        later!(tx, sql, from.channel.name(), &from.chat, &to.chat)?;
    }
    Ok(())
}
