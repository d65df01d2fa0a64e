//! What is kept of each thing: an account, a chat, a message, a topic, a press, a file, a call.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::state::BOT_ID;

#[derive(Debug, Clone, Default)]
pub struct User {
    pub id: i64,
    pub first_name: String,
    pub last_name: Option<String>,
    pub username: Option<String>,
    pub language_code: Option<String>,
    pub is_bot: bool,
    /// Wrote to the bot at least once; before that the bot cannot write to them.
    pub started: bool,
    pub blocked_bot: bool,
    pub deactivated: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatKind {
    Private,
    Group,
    Supergroup,
}

#[derive(Debug, Clone)]
pub struct Chat {
    pub id: i64,
    pub kind: ChatKind,
    pub title: String,
    pub is_forum: bool,
    /// Status per account: creator, administrator, member, left, kicked.
    pub members: BTreeMap<i64, String>,
    pub bot_manages_topics: bool,
    pub migrated_to: Option<i64>,
    pub messages: BTreeMap<i64, Message>,
    pub topics: BTreeMap<i64, Topic>,
    pub pinned: Vec<i64>,
    pub actions: Vec<String>,
    pub next_message_id: i64,
}

#[derive(Debug, Clone, Default)]
pub struct Message {
    pub id: i64,
    pub chat: i64,
    pub date: i64,
    pub edit_date: Option<i64>,
    pub from: Option<i64>,
    pub sender_chat: Option<i64>,
    pub thread: Option<i64>,
    pub reply_to: Option<i64>,
    /// The fields that say what it is: text and entities, photo and caption, and so on.
    pub content: Map<String, Value>,
    pub markup: Option<Value>,
    /// Emoji that the bot set on it.
    pub reactions: Vec<String>,
    pub link_preview_disabled: bool,
    pub deleted: bool,
    /// Made by the platform: topic created, pinned, migrated.
    pub service: bool,
}

#[derive(Debug, Clone)]
pub struct Topic {
    pub id: i64,
    pub name: String,
    pub closed: bool,
    pub deleted: bool,
}

/// A press of a button that the bot may answer once.
#[derive(Debug, Clone)]
pub struct Press {
    pub id: String,
    pub from: i64,
    pub chat: i64,
    pub message: i64,
    pub data: String,
    pub at_ms: i64,
    pub answer: Option<Toast>,
}

/// What the presser was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    pub text: String,
    pub alert: bool,
}

#[derive(Debug, Clone)]
pub struct StoredFile {
    pub id: String,
    pub kind: String,
    pub name: String,
    pub size: i64,
    pub bytes: Vec<u8>,
}

#[derive(Debug, Clone)]
pub struct Webhook {
    pub url: String,
    pub secret: Option<String>,
    pub max_connections: i64,
    pub last_error: Option<String>,
}

/// One call that arrived.
#[derive(Debug, Clone)]
pub struct Call {
    /// In the platform's spelling.
    pub method: String,
    pub params: Map<String, Value>,
    pub at_ms: i64,
    /// The status that went back; 0 while it hangs or when the connection was reset.
    pub status: u16,
}

impl Message {
    /// The text, or the caption of what it shows.
    pub fn text(&self) -> &str {
        let text = self
            .content
            .get("text")
            .or_else(|| self.content.get("caption"));
        text.and_then(Value::as_str).unwrap_or_default()
    }

    pub fn entities(&self) -> Vec<Value> {
        let entities = self
            .content
            .get("entities")
            .or_else(|| self.content.get("caption_entities"));
        entities
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    }

    /// Label and data of each button, row by row; a link has its address for data.
    pub fn buttons(&self) -> Vec<(String, String)> {
        let rows = self
            .markup
            .as_ref()
            .and_then(|markup| markup["inline_keyboard"].as_array());
        let buttons = rows
            .into_iter()
            .flatten()
            .filter_map(Value::as_array)
            .flatten();
        buttons
            .map(|button| {
                let data = button.get("callback_data").or_else(|| button.get("url"));
                let words = |value: Option<&Value>| {
                    value.and_then(Value::as_str).unwrap_or_default().to_owned()
                };
                (words(button.get("text")), words(data))
            })
            .collect()
    }

    pub fn is_from_bot(&self) -> bool {
        self.from == Some(BOT_ID)
    }
}

impl Chat {
    pub fn has_bot(&self) -> bool {
        let status = self.members.get(&BOT_ID).map(String::as_str);
        matches!(status, Some("creator" | "administrator" | "member"))
    }

    pub fn json(&self) -> Value {
        let kind = match self.kind {
            ChatKind::Private => "private",
            ChatKind::Group => "group",
            ChatKind::Supergroup => "supergroup",
        };
        let mut chat = json!({"id": self.id, "type": kind});
        if self.kind != ChatKind::Private {
            chat["title"] = json!(self.title);
        }
        if self.is_forum {
            chat["is_forum"] = json!(true);
        }
        chat
    }
}
