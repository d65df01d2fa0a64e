//! The people's side: who writes, sends, edits, presses and blocks.
//!
//! A `Person` is an account; `At` is a person at a place (their chat with the bot, or a topic).

use serde_json::{Map, Value, json};

use super::FakeTelegram;
use super::entities::units;
use super::state::{BOT_ID, ChatKind, Message, Press, State, User};
use super::{methods, render};

/// An account on the platform.
#[derive(Clone)]
pub struct Person {
    pub fake: FakeTelegram,
    pub id: i64,
}

/// A person at a place.
#[derive(Clone)]
pub struct At {
    pub fake: FakeTelegram,
    pub user: i64,
    pub chat: i64,
    pub thread: Option<i64>,
}

impl FakeTelegram {
    /// A new account that has not written to the bot yet.
    pub fn person(&self, name: &str, language: &str) -> Person {
        let id = self.change(|state| {
            let id = 500_000_000 + state.number();
            let user = User {
                id,
                first_name: name.to_owned(),
                username: Some(format!(
                    "{}_{id}",
                    name.to_ascii_lowercase().replace(' ', "_")
                )),
                language_code: (!language.is_empty()).then(|| language.to_owned()),
                ..User::default()
            };
            state.users.insert(id, user);
            id
        });
        Person {
            fake: self.clone(),
            id,
        }
    }

    /// Puts any update into the queue as it is (an object gets its id).
    pub fn raw_update(&self, update: Value) -> i64 {
        self.change(|state| {
            let now = state.now_seconds();
            state.queue.push_whole(update, 0, now)
        })
    }

    /// An update of a kind that no client knows yet.
    pub fn unknown_update(&self) -> i64 {
        self.raw_update(json!({"hologram": {"id": "h1", "beam": [1, 2, 3]}}))
    }
}

impl Person {
    /// In the chat with the bot; the first word there makes it exist.
    pub fn alone(&self) -> At {
        At {
            fake: self.fake.clone(),
            user: self.id,
            chat: self.id,
            thread: None,
        }
    }

    /// In a topic of a forum (`None`: outside of every topic).
    pub fn within(&self, chat: i64, thread: Option<i64>) -> At {
        At {
            fake: self.fake.clone(),
            user: self.id,
            chat,
            thread,
        }
    }

    /// Writes to the bot; gives the message's id.
    pub fn says(&self, text: &str) -> i64 {
        self.alone().says(text)
    }

    /// What the bot's messages to this person say, in order, without those it took back.
    pub fn reads(&self) -> Vec<Message> {
        self.fake
            .with(|state| super::view::received(state, self.id))
    }

    /// Waits until the bot has sent a message that has this in it.
    pub async fn waits_for(&self, part: &str) -> Message {
        let what = format!("a message to {} with {part:?}", self.id);
        let look = |state: &State| {
            super::view::received(state, self.id)
                .into_iter()
                .rev()
                .find(|m| m.text().contains(part))
        };
        self.fake.wait_for(&what, look).await
    }

    /// Shuts the bot out.
    pub fn blocks(&self) {
        self.set_blocked(true);
    }

    /// Lets the bot in again.
    pub fn unblocks(&self) {
        self.set_blocked(false);
    }

    fn set_blocked(&self, blocked: bool) {
        self.fake.change(|state| {
            state
                .users
                .get_mut(&self.id)
                .expect("a known person")
                .blocked_bot = blocked;
            let (old, new) = if blocked {
                ("member", "kicked")
            } else {
                ("kicked", "member")
            };
            let payload = json!({
                "chat": render::chat(state, self.id),
                "from": render::user(&state.users[&self.id]),
                "date": state.now_seconds(),
                "old_chat_member": render::member(state, BOT_ID, old),
                "new_chat_member": render::member(state, BOT_ID, new),
            });
            let now = state.now_seconds();
            state.queue.push("my_chat_member", payload, self.id, now);
        });
    }
}

/// The command at a text's start, marked as the platform marks it.
fn marked_command(text: &str) -> Vec<Value> {
    let word = text.split_whitespace().next().unwrap_or_default();
    if word.starts_with('/') && word.len() > 1 && text.starts_with('/') {
        return vec![json!({"type": "bot_command", "offset": 0, "length": units(word)})];
    }
    Vec::new()
}

impl At {
    /// Writes a text.
    pub fn says(&self, text: &str) -> i64 {
        self.says_with(text, marked_command(text), None)
    }

    /// Writes a text that replies to a message.
    pub fn replies(&self, to: i64, text: &str) -> i64 {
        self.says_with(text, marked_command(text), Some(to))
    }

    /// Writes a text with any entities.
    pub fn says_with(&self, text: &str, entities: Vec<Value>, reply_to: Option<i64>) -> i64 {
        let mut content = Map::from_iter([("text".to_owned(), json!(text))]);
        if !entities.is_empty() {
            content.insert("entities".into(), Value::Array(entities));
        }
        self.sends(content, reply_to)
    }

    /// Sends any content.
    pub fn sends(&self, content: Map<String, Value>, reply_to: Option<i64>) -> i64 {
        self.fake.change(|state| {
            self.appear(state);
            let message = state.post(Message {
                chat: self.chat,
                from: Some(self.user),
                thread: self.thread,
                reply_to,
                content,
                ..Message::default()
            });
            state.announce("message", &message);
            message.id
        })
    }

    /// Writing in the own chat makes it exist; elsewhere one must be a member.
    fn appear(&self, state: &mut State) {
        let user = state.users.get_mut(&self.user).expect("a known person");
        if self.chat != self.user {
            let members = &state.chats[&self.chat].members;
            assert!(
                members.contains_key(&self.user),
                "{} is not in {}",
                self.user,
                self.chat
            );
            return;
        }
        assert!(!user.blocked_bot, "who shut the bot out cannot write to it");
        user.started = true;
        let name = user.first_name.clone();
        if state.chat(self.chat).is_none() {
            state.add_chat(self.chat, ChatKind::Private, &name);
        }
    }

    /// Changes the text of a message.
    pub fn edits(&self, id: i64, text: &str) {
        self.fake.change(|state| {
            let now = state.now_seconds();
            let message = state
                .message_mut(self.chat, id)
                .expect("the message is there");
            let field = if message.content.contains_key("text") {
                "text"
            } else {
                "caption"
            };
            message.content.insert(field.into(), json!(text));
            message.edit_date = Some(now);
            let message = message.clone();
            state.announce("edited_message", &message);
        });
    }

    /// Presses the button with this label under a message; gives the press's id.
    pub fn presses(&self, message: i64, label: &str) -> String {
        let data = self.fake.with(|state| {
            let found = state
                .message(self.chat, message)
                .expect("the message is there");
            let buttons = found.buttons();
            let button = buttons.iter().find(|(shown, _)| shown.contains(label));
            button
                .unwrap_or_else(|| panic!("no button {label:?} among {buttons:?}"))
                .1
                .clone()
        });
        self.forges(message, &data)
    }

    /// Presses with any data, as a changed app can.
    pub fn forges(&self, message: i64, data: &str) -> String {
        self.fake.change(|state| {
            let id = format!("{}", 90_000_000_000 + state.number());
            let press = Press {
                id: id.clone(),
                from: self.user,
                chat: self.chat,
                message,
                data: data.to_owned(),
                at_ms: state.now_ms(),
                answer: None,
            };
            let payload = render::press(state, &press);
            let now = state.now_seconds();
            state.presses.insert(id.clone(), press);
            state.queue.push("callback_query", payload, self.chat, now);
            id
        })
    }

    /// The app sends a press again under a new id, as it does when it was closed before the answer.
    pub fn replays(&self, press: &str) -> String {
        let (message, data) = self.fake.with(|state| {
            let press = &state.presses[press];
            (press.message, press.data.clone())
        });
        self.forges(message, &data)
    }

    /// Waits for the answer to a press.
    pub async fn toast(&self, press: &str) -> super::state::Toast {
        let look = |state: &State| state.presses.get(press)?.answer.clone();
        self.fake.wait_for("the answer to a press", look).await
    }

    /// Deletes the topic, as an administrator can.
    pub fn deletes_topic(&self) {
        let thread = self.thread.expect("at a topic");
        self.fake
            .change(|state| methods::topics::remove_topic(state, self.chat, thread));
    }
}
