//! Messages of conversations, and the platforms' names for them.

use super::{StoreError, Tx, later, on};
use crate::domain::ids::{ConversationId, MessageId, MessageRef, StaffId};
use crate::domain::message::{Part, plain_text};
use crate::domain::place::{ChannelKind, Place};
use crate::domain::time::Timestamp;

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// The customer.
    Customer,
    /// The bot.
    Bot,
    /// A person at the desk, to the customer.
    Agent,
    /// A person at the desk, to colleagues.
    Note,
}

impl Author {
    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Author::Customer => "customer",
            Author::Bot => "bot",
            Author::Agent => "agent",
            Author::Note => "note",
        }
    }

    /// The author of that name.
    pub fn from_name(name: &str) -> Option<Author> {
        [Author::Customer, Author::Bot, Author::Agent, Author::Note]
            .into_iter()
            .find(|author| author.name() == name)
    }
}

/// A message to keep.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Our id.
    pub id: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Order within the conversation.
    pub position: i64,
    /// Who wrote it.
    pub author: Author,
    /// Which member of staff.
    pub staff: Option<StaffId>,
    /// What.
    pub parts: Vec<Part>,
    /// When, by the platform's time.
    pub at: Timestamp,
}

const ADD: &str = "
    INSERT INTO messages (id, conversation_id, position, author, staff_id, parts, words, platform_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Keeps a message.
pub async fn add(tx: &mut Tx, kept: &Kept) -> Result<(), StoreError> {
    let parts = parts_text(&kept.parts)?;
    let words = plain_text(&kept.parts);
    later!(
        tx,
        ADD,
        &kept.id.0,
        &kept.conversation.0,
        kept.position,
        kept.author.name(),
        kept.staff.as_ref().map(|staff| staff.0.as_str()),
        &parts,
        &words,
        kept.at.0
    )
}

fn parts_text(parts: &[Part]) -> Result<String, StoreError> {
    serde_json::to_string(parts).map_err(|error| StoreError::Unreadable {
        what: "messages.parts",
        why: error.to_string(),
    })
}

const EDIT: &str = "UPDATE messages SET parts = $2, words = $3, edited_at = $4 WHERE id = $1";

/// The message says something else now.
pub async fn edit(
    tx: &mut Tx,
    id: &MessageId,
    parts: &[Part],
    at: Timestamp,
) -> Result<(), StoreError> {
    let text = parts_text(parts)?;
    let words = plain_text(parts);
    later!(tx, EDIT, &id.0, &text, &words, at.0)
}

const WORDS: &str = "SELECT words FROM messages WHERE id = $1";

/// The words of a message.
pub async fn words(tx: &mut Tx, id: &MessageId) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = on!(tx, |conn| sqlx::query_as(WORDS)
        .bind(&id.0)
        .fetch_optional(conn)
        .await?);
    Ok(row.map(|(words,)| words))
}

const NAME: &str = "
    INSERT INTO message_refs (channel, chat, ref, message_id, conversation_id)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (channel, chat, ref) DO NOTHING";

/// Remembers which of our messages a platform's message is.
pub async fn name(
    tx: &mut Tx,
    place: &Place,
    message_ref: &MessageRef,
    message: &MessageId,
    conversation: &ConversationId,
) -> Result<(), StoreError> {
    later!(
        tx,
        NAME,
        place.channel.name(),
        &place.chat,
        &message_ref.0,
        &message.0,
        &conversation.0
    )
}

/// A message of ours, found by the platform's name for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Ours.
    pub message: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Who wrote it.
    pub author: Author,
}

const BY_REF: &str = "
    SELECT r.message_id, r.conversation_id, m.author FROM message_refs r
    JOIN messages m ON m.id = r.message_id
    WHERE r.channel = $1 AND r.chat = $2 AND r.ref = $3";

/// Which of our messages that is.
pub async fn by_ref(
    tx: &mut Tx,
    place: &Place,
    message_ref: &MessageRef,
) -> Result<Option<Named>, StoreError> {
    let row: Option<(String, String, String)> = on!(tx, |conn| {
        sqlx::query_as(BY_REF)
            .bind(place.channel.name())
            .bind(&place.chat)
            .bind(&message_ref.0)
            .fetch_optional(conn)
            .await?
    });
    let Some((message, conversation, author)) = row else {
        return Ok(None);
    };
    let author = Author::from_name(&author).ok_or(StoreError::Unreadable {
        what: "messages.author",
        why: author,
    })?;
    Ok(Some(Named {
        message: message.into(),
        conversation: conversation.into(),
        author,
    }))
}

const REF_AT_DESK: &str = "
    SELECT r.channel, r.ref FROM message_refs r
    JOIN rooms o ON o.conversation_id = r.conversation_id AND o.desk = r.channel AND o.chat = r.chat
    WHERE r.message_id = $1";

/// Staff's own message in a room that said this, where one did.
pub async fn said_in(
    tx: &mut Tx,
    message: &MessageId,
) -> Result<Option<(ChannelKind, MessageRef)>, StoreError> {
    let row: Option<(String, String)> = on!(tx, |conn| {
        sqlx::query_as(REF_AT_DESK)
            .bind(&message.0)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.and_then(|(channel, named)| {
        ChannelKind::from_name(&channel).map(|desk| (desk, MessageRef(named)))
    }))
}

/// A line of a conversation, for the card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Who wrote it.
    pub author: Author,
    /// What.
    pub parts: Vec<Part>,
}

const RECENT: &str = "
    SELECT author, parts FROM messages WHERE conversation_id = $1 AND author <> 'note'
    ORDER BY position DESC, id DESC LIMIT $2 + 0";

/// The last lines of a conversation, oldest first.
pub async fn recent(
    tx: &mut Tx,
    conversation: &ConversationId,
    lines_max: i64,
) -> Result<Vec<Line>, StoreError> {
    let rows: Vec<(String, String)> = on!(tx, |conn| {
        sqlx::query_as(RECENT)
            .bind(&conversation.0)
            .bind(lines_max)
            .fetch_all(conn)
            .await?
    });
    let lines = rows.into_iter().rev().map(|(author, parts)| {
        let unreadable = |why: String| StoreError::Unreadable {
            what: "messages",
            why,
        };
        Ok(Line {
            author: Author::from_name(&author).ok_or_else(|| unreadable(author.clone()))?,
            parts: serde_json::from_str(&parts).map_err(|error| unreadable(error.to_string()))?,
        })
    });
    lines.collect()
}
