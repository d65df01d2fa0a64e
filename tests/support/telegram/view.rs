//! The ground truth, in the words of tests: what reached whom, and what was called.

use super::state::{Call, Message, State, Topic};

/// The bot's messages in a chat that still stand, in order, without service messages.
pub fn received(state: &State, chat: i64) -> Vec<Message> {
    let messages = state.chat(chat).map(|chat| chat.messages.values());
    messages
        .into_iter()
        .flatten()
        .filter(|message| message.is_from_bot() && !message.deleted && !message.service)
        .cloned()
        .collect()
}

/// The topics of a forum, deleted ones too, in order of their making.
pub fn topics(state: &State, chat: i64) -> Vec<Topic> {
    let topics = state.chat(chat).map(|chat| chat.topics.values());
    topics.into_iter().flatten().cloned().collect()
}

/// Everything that stands in a topic, in order, without service messages.
pub fn in_topic(state: &State, chat: i64, thread: i64) -> Vec<Message> {
    let messages = state.chat(chat).map(|chat| chat.messages.values());
    messages
        .into_iter()
        .flatten()
        .filter(|message| message.thread == Some(thread) && !message.deleted && !message.service)
        .cloned()
        .collect()
}

/// The calls of one method (platform's spelling), in order.
pub fn calls(state: &State, method: &str) -> Vec<Call> {
    state
        .calls
        .iter()
        .filter(|call| call.method == method)
        .cloned()
        .collect()
}

/// The last calls, with their outcome, for a failing test's message.
pub fn calls_summary(state: &State) -> String {
    let last = state
        .calls
        .iter()
        .rev()
        .filter(|call| call.method != "getUpdates")
        .take(20);
    let words: Vec<String> = last
        .map(|call| format!("{} {}", call.method, call.status))
        .collect();
    words.join(", ")
}
