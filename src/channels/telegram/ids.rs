//! Telegram's ids and ours: the only file that makes one from the other.
//!
//! A place's `chat` is the chat id in decimal, its `thread` a forum topic's id; a `MessageRef` is
//! the message's id within its chat; an `AccountId` the user's id.

use teloxide::types::{ChatId, MessageId, Recipient, ThreadId};

use crate::domain::ids::MessageRef;
use crate::domain::place::{ChannelKind, Place};

/// A place that is not Telegram's, or an id that Telegram cannot have made.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not an id of Telegram's")]
pub struct ForeignId(pub String);

/// A place taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The chat's id; groups have negative ones.
    pub chat: i64,
    /// The forum topic, where the place is one.
    pub thread: Option<i32>,
}

impl Target {
    /// Reads a place.
    pub fn of(place: &Place) -> Result<Target, ForeignId> {
        let foreign = || ForeignId(place.to_string());
        if place.channel != ChannelKind::Telegram {
            return Err(foreign());
        }
        let thread = place.thread.as_deref().map(str::parse);
        Ok(Target {
            chat: place.chat.parse().map_err(|_| foreign())?,
            thread: thread.transpose().map_err(|_| foreign())?,
        })
    }

    /// The chat as teloxide names it.
    pub fn recipient(self) -> Recipient {
        Recipient::Id(ChatId(self.chat))
    }

    /// The topic as teloxide names it.
    pub fn thread_id(self) -> Option<ThreadId> {
        self.thread.map(|id| ThreadId(MessageId(id)))
    }

    /// Whether it is somebody's own chat with the bot.
    pub fn is_private(self) -> bool {
        self.chat > 0
    }
}

/// The place of a chat, or of a topic in it.
pub fn place(chat: i64, thread: Option<i64>) -> Place {
    match thread {
        Some(thread) => Place::thread(ChannelKind::Telegram, chat.to_string(), thread.to_string()),
        None => Place::chat(ChannelKind::Telegram, chat.to_string()),
    }
}

/// The message that a reference names.
pub fn message_id(message: &MessageRef) -> Result<MessageId, ForeignId> {
    let id = message.as_str().parse();
    id.map(MessageId)
        .map_err(|_| ForeignId(message.to_string()))
}

/// The bot's own account id, which stands before the colon of its token.
pub fn bot_id(token: &str) -> Option<i64> {
    let (id, secret) = token.split_once(':')?;
    let is_well_formed = !secret.is_empty() && secret.chars().all(|c| c.is_ascii_graphic());
    id.parse().ok().filter(|_| is_well_formed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_survive_the_way_there_and_back() {
        let target = Target::of(&place(-1_002_000_000_042, Some(7))).expect("ours");
        assert_eq!((target.chat, target.thread), (-1_002_000_000_042, Some(7)));
        assert!(!target.is_private());
        assert!(Target::of(&Place::chat(ChannelKind::Discord, "7")).is_err());
        assert!(Target::of(&Place::chat(ChannelKind::Telegram, "seven")).is_err());
    }

    #[test]
    fn a_token_begins_with_the_bots_id() {
        assert_eq!(bot_id("4242:AAH-x_y"), Some(4242));
        for malformed in ["", "4242", "4242:", ":x", "abc:x", "42:a b"] {
            assert_eq!(bot_id(malformed), None, "{malformed}");
        }
    }
}
