//! What the fake platform knows: people, chats, messages, topics, presses, files, calls.
//!
//! Invariant: nothing is removed. What is deleted is marked so, and the ground truth can still be
//! asked for it. Times come from the clock that the test holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::faults::Faults;
use super::limits::Limits;
use super::queue::UpdateQueue;
pub use super::records::{
    Call, Chat, ChatKind, Message, Press, StoredFile, Toast, Topic, User, Webhook,
};
use super::refusal::Refusal;
use super::render;

/// Tells the time in milliseconds since the epoch.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The token that the fake takes.
pub const TOKEN: &str = "7004242424:AAHk9-token-of-the-bot-under-tests_";
pub const BOT_ID: i64 = 7_004_242_424;
/// The account that stands for an anonymous administrator.
pub const ANONYMOUS_ADMIN_ID: i64 = 1_087_968_824;

pub struct State {
    pub now: Now,
    pub users: BTreeMap<i64, User>,
    pub chats: BTreeMap<i64, Chat>,
    pub queue: UpdateQueue,
    pub presses: BTreeMap<String, Press>,
    pub files: BTreeMap<String, StoredFile>,
    /// Commands per (scope, language).
    pub commands: BTreeMap<(String, String), Vec<(String, String)>>,
    pub webhook: Option<Webhook>,
    pub calls: Vec<Call>,
    pub faults: Faults,
    pub limits: Option<Limits>,
    /// Counts polls; a poll that is not the latest is told so.
    pub polls: u64,
    /// Private chats and basic groups share one counter of message ids.
    next_shared_message_id: i64,
    next_number: i64,
}

impl State {
    pub fn new(now: Now) -> Self {
        let bot = User {
            id: BOT_ID,
            first_name: "Careline under test".into(),
            username: Some("careline_test_bot".into()),
            is_bot: true,
            ..User::default()
        };
        Self {
            now,
            users: BTreeMap::from([(BOT_ID, bot)]),
            chats: BTreeMap::new(),
            queue: UpdateQueue::default(),
            presses: BTreeMap::new(),
            files: BTreeMap::new(),
            commands: BTreeMap::new(),
            webhook: None,
            calls: Vec::new(),
            faults: Faults::default(),
            limits: None,
            polls: 0,
            next_shared_message_id: 1,
            next_number: 1,
        }
    }

    pub fn now_ms(&self) -> i64 {
        (self.now)()
    }

    pub fn now_seconds(&self) -> i64 {
        self.now_ms().div_euclid(1_000)
    }

    /// A number that was not given before.
    pub fn number(&mut self) -> i64 {
        self.next_number += 1;
        self.next_number
    }

    pub fn chat(&self, id: i64) -> Option<&Chat> {
        self.chats.get(&id)
    }

    pub fn message(&self, chat: i64, id: i64) -> Option<&Message> {
        let found = self.chats.get(&chat)?.messages.get(&id)?;
        (!found.deleted).then_some(found)
    }

    pub fn message_mut(&mut self, chat: i64, id: i64) -> Option<&mut Message> {
        let found = self.chats.get_mut(&chat)?.messages.get_mut(&id)?;
        (!found.deleted).then_some(found)
    }

    /// Makes a chat; the id must be new.
    pub fn add_chat(&mut self, id: i64, kind: ChatKind, title: &str) {
        let chat = Chat {
            id,
            kind,
            title: title.to_owned(),
            is_forum: false,
            members: BTreeMap::new(),
            bot_manages_topics: false,
            migrated_to: None,
            messages: BTreeMap::new(),
            topics: BTreeMap::new(),
            pinned: Vec::new(),
            actions: Vec::new(),
            next_message_id: 1,
        };
        assert!(
            self.chats.insert(id, chat).is_none(),
            "chat {id} is there already"
        );
    }

    /// Stores a message under its chat's next id and gives it back complete.
    pub fn post(&mut self, mut message: Message) -> Message {
        message.date = self.now_seconds();
        let chat = self
            .chats
            .get_mut(&message.chat)
            .expect("a message goes to a known chat");
        if chat.kind == ChatKind::Supergroup {
            message.id = chat.next_message_id;
            chat.next_message_id += 1;
        } else {
            message.id = self.next_shared_message_id;
            self.next_shared_message_id += 1;
        }
        chat.messages.insert(message.id, message.clone());
        message
    }

    /// Puts a message that the bot may see into the queue.
    pub fn announce(&mut self, kind: &str, message: &Message) -> Option<i64> {
        let payload = render::message(self, message);
        let date = message.edit_date.unwrap_or(message.date);
        self.queue.push(kind, payload, message.chat, date)
    }

    /// A service message of the bot's own doing: stored, and echoed to the bot.
    pub fn post_service(
        &mut self,
        chat: i64,
        thread: Option<i64>,
        what: &str,
        value: Value,
    ) -> Message {
        let message = self.post(Message {
            chat,
            from: Some(BOT_ID),
            thread,
            service: true,
            content: Map::from_iter([(what.to_owned(), value)]),
            ..Message::default()
        });
        self.announce("message", &message);
        message
    }

    /// Counts a send against the limits, when they are on.
    pub fn within_limits(&mut self, chat: i64) -> Result<(), Refusal> {
        let now_ms = self.now_ms();
        match &mut self.limits {
            Some(limits) => limits.count(chat, now_ms),
            None => Ok(()),
        }
    }

    /// Keeps a file and gives its id.
    pub fn keep_file(&mut self, kind: &str, name: &str, size: i64, bytes: Vec<u8>) -> StoredFile {
        let id = format!("AgAC-{kind}-{}", self.number());
        let file = StoredFile {
            id: id.clone(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            size,
            bytes,
        };
        self.files.insert(id, file.clone());
        file
    }
}
