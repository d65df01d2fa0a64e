//! Groups: the staff forum, its members, anonymous administrators, and the move to a supergroup.

use serde_json::{Map, json};

use super::FakeTelegram;
use super::methods::topics::add_topic;
use super::people::{At, Person};
use super::state::{ANONYMOUS_ADMIN_ID, BOT_ID, ChatKind, Message};

impl FakeTelegram {
    /// A forum supergroup in which the bot is an administrator who may manage topics.
    pub fn forum(&self, title: &str) -> i64 {
        self.change(|state| {
            let id = -1_002_000_000_000 - state.number();
            state.add_chat(id, ChatKind::Supergroup, title);
            let chat = state.chats.get_mut(&id).expect("just made");
            chat.is_forum = true;
            chat.bot_manages_topics = true;
            chat.members.insert(BOT_ID, "administrator".into());
            id
        })
    }

    /// A basic group with the bot in it.
    pub fn group(&self, title: &str) -> i64 {
        self.change(|state| {
            let id = -400_000_000 - state.number();
            state.add_chat(id, ChatKind::Group, title);
            let chat = state.chats.get_mut(&id).expect("just made");
            chat.members.insert(BOT_ID, "administrator".into());
            id
        })
    }

    /// Lets a person into a group, with a status such as `member` or `administrator`.
    pub fn joins(&self, chat: i64, person: &Person, status: &str) {
        self.set_status(chat, person.id, status);
    }

    /// Takes a person out of a group.
    pub fn leaves(&self, chat: i64, person: &Person) {
        self.set_status(chat, person.id, "left");
    }

    /// Throws the bot out of a group.
    pub fn removes_bot(&self, chat: i64) {
        self.set_status(chat, BOT_ID, "kicked");
    }

    fn set_status(&self, chat: i64, user: i64, status: &str) {
        self.change(|state| {
            let chat = state.chats.get_mut(&chat).expect("a known group");
            chat.members.insert(user, status.to_owned());
        });
    }

    /// A person makes a topic by hand; gives its id.
    pub fn makes_topic(&self, chat: i64, person: &Person, name: &str) -> i64 {
        self.change(|state| add_topic(state, chat, person.id, name, 7_322_096))
    }

    /// Closes or opens a topic by hand.
    pub fn sets_topic_closed(&self, chat: i64, thread: i64, by: &Person, closed: bool) {
        self.change(|state| {
            let topics = &mut state.chats.get_mut(&chat).expect("a known group").topics;
            topics.get_mut(&thread).expect("a known topic").closed = closed;
            let what = if closed {
                "forum_topic_closed"
            } else {
                "forum_topic_reopened"
            };
            let message = state.post(Message {
                chat,
                from: Some(by.id),
                thread: Some(thread),
                service: true,
                content: Map::from_iter([(what.to_owned(), json!({}))]),
                ..Message::default()
            });
            state.announce("message", &message);
        });
    }

    /// An administrator writes under the group's name instead of their own.
    pub fn anonymous_admin_says(
        &self,
        chat: i64,
        thread: Option<i64>,
        reply_to: Option<i64>,
        text: &str,
    ) -> i64 {
        self.change(|state| {
            let message = state.post(Message {
                chat,
                from: Some(ANONYMOUS_ADMIN_ID),
                sender_chat: Some(chat),
                thread,
                reply_to,
                content: Map::from_iter([("text".to_owned(), json!(text))]),
                ..Message::default()
            });
            state.announce("message", &message);
            message.id
        })
    }

    /// The group becomes a supergroup with a new id: two service messages tell of it, and calls
    /// to the old id are refused with the new one. A forum stays one; its topics move along.
    pub fn migrates(&self, old: i64) -> i64 {
        self.change(|state| {
            let new = -1_003_000_000_000 - state.number();
            let before = state.chats.get_mut(&old).expect("a known group");
            before.migrated_to = Some(new);
            let (title, members) = (before.title.clone(), before.members.clone());
            let (is_forum, manages) = (before.is_forum, before.bot_manages_topics);
            let topics = before.topics.clone();
            state.add_chat(new, ChatKind::Supergroup, &title);
            let after = state.chats.get_mut(&new).expect("just made");
            after.members = members;
            after.is_forum = is_forum;
            after.bot_manages_topics = manages;
            after.topics = topics;
            for (chat, what, other) in [
                (old, "migrate_to_chat_id", new),
                (new, "migrate_from_chat_id", old),
            ] {
                let message = state.post(Message {
                    chat,
                    from: Some(ANONYMOUS_ADMIN_ID),
                    sender_chat: Some(chat),
                    service: true,
                    content: Map::from_iter([(what.to_owned(), json!(other))]),
                    ..Message::default()
                });
                state.announce("message", &message);
            }
            new
        })
    }
}

impl At {
    /// The same person at another topic.
    pub fn moves_to(&self, thread: i64) -> At {
        At {
            thread: Some(thread),
            ..self.clone()
        }
    }
}
