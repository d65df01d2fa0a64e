//! Who, where and when: the envelope of what Telegram tells of.

use serde_json::Value;

use crate::channels::Sender;
use crate::domain::ids::{AccountId, MessageRef};
use crate::domain::lang::Lang;
use crate::domain::time::Timestamp;

use super::parts;

const NAME_LETTERS_MAX: usize = 128;

/// Where something was said.
pub struct Seat {
    /// The chat's id.
    pub chat: i64,
    /// Whether it is somebody's own chat with the bot.
    pub is_private: bool,
    /// The forum topic, where it was said in one.
    pub thread: Option<i64>,
}

impl Seat {
    /// Reads it from a message or a change of membership.
    pub fn of(message: &Value) -> Option<Seat> {
        let chat = message["chat"]["id"].as_i64()?;
        let in_topic = message["is_topic_message"].as_bool() == Some(true);
        Some(Seat {
            chat,
            is_private: message["chat"]["type"] == "private",
            thread: message["message_thread_id"].as_i64().filter(|_| in_topic),
        })
    }

    /// Old and new id, where the message tells that a group moved.
    pub fn moved(&self, message: &Value) -> Option<(i64, i64)> {
        if let Some(to) = message["migrate_to_chat_id"].as_i64() {
            return Some((self.chat, to));
        }
        let from = message["migrate_from_chat_id"].as_i64()?;
        Some((from, self.chat))
    }
}

/// The message that it replies to. In a topic every message "replies" to the one that made the topic: that is no reply.
pub fn reply(message: &Value, seat: &Seat) -> Option<MessageRef> {
    let replied = &message["reply_to_message"];
    let id = replied["message_id"].as_i64()?;
    let is_topics_head = seat.thread == Some(id) || replied.get("forum_topic_created").is_some();
    (!is_topics_head).then(|| reference(id))
}

/// A message's id as a reference.
pub fn reference(id: i64) -> MessageRef {
    MessageRef(id.to_string())
}

/// A date of the platform's; 0 stands for none.
pub fn seconds(date: &Value) -> Option<Timestamp> {
    let seconds = date.as_i64().filter(|seconds| *seconds > 0)?;
    Some(Timestamp(seconds.saturating_mul(1_000)))
}

/// Who did it; nobody, where a chat stands in for the person, or a bot wrote.
pub fn sender(update: &Value) -> Option<Sender> {
    if update.get("sender_chat").is_some() {
        return None;
    }
    let from = &update["from"];
    if from["is_bot"].as_bool() == Some(true) {
        return None;
    }
    let words = |name: &str| from[name].as_str().unwrap_or_default();
    let full = format!("{} {}", words("first_name"), words("last_name"));
    let name = parts::shown_name(&full, NAME_LETTERS_MAX);
    let id = from["id"].as_i64()?;
    Some(Sender {
        account: AccountId(id.to_string()),
        name: if name.is_empty() {
            format!("#{id}")
        } else {
            name
        },
        lang_hint: from["language_code"].as_str().and_then(Lang::from_code),
    })
}
