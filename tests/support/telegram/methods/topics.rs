//! Topics of a forum: made, renamed, closed, opened again, deleted.

use serde_json::{Value, json};

use super::super::params::Params;
use super::super::refusal::Refusal;
use super::super::state::{BOT_ID, Message, State, Topic};
use super::Outcome;
use super::place;

const NAME_LETTERS_MAX: usize = 128;
const COLORS: [i64; 6] = [
    7_322_096, 16_766_590, 13_338_331, 9_367_192, 16_749_490, 16_478_047,
];

fn forum(state: &State, params: &Params) -> Result<i64, Refusal> {
    let id = place::writable_chat(state, params)?;
    let chat = &state.chats[&id];
    if !chat.is_forum {
        return Err(Refusal::bad_request("the chat is not a forum"));
    }
    if !chat.bot_manages_topics {
        return Err(Refusal::bad_request("not enough rights to create a topic"));
    }
    Ok(id)
}

fn name(params: &Params) -> Result<Option<String>, Refusal> {
    let Some(name) = params.text("name") else {
        return Ok(None);
    };
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_LETTERS_MAX {
        return Err(Refusal::bad_request(
            "topic name must be of 1 to 128 characters",
        ));
    }
    Ok(Some(name))
}

pub fn create(state: &mut State, params: &Params) -> Outcome {
    let chat = forum(state, params)?;
    let Some(name) = name(params)? else {
        return Err(Refusal::bad_request("parameter \"name\" is required"));
    };
    let color = params.int("icon_color").unwrap_or(COLORS[0]);
    if !COLORS.contains(&color) {
        return Err(Refusal::bad_request("TOPIC_ICON_COLOR_INVALID"));
    }
    state.within_limits(chat)?;
    let id = add_topic(state, chat, BOT_ID, &name, color);
    Ok(json!({"message_thread_id": id, "name": name, "icon_color": color}))
}

/// Makes a topic, whoever asks: its id is the id of the service message that tells of it.
pub fn add_topic(state: &mut State, chat: i64, by: i64, name: &str, color: i64) -> i64 {
    let created = json!({"name": name, "icon_color": color});
    let mut message = state.post(Message {
        chat,
        from: Some(by),
        service: true,
        content: [("forum_topic_created".to_owned(), created)]
            .into_iter()
            .collect(),
        ..Message::default()
    });
    message.thread = Some(message.id);
    let stored = state.message_mut(chat, message.id).expect("just posted");
    stored.thread = message.thread;
    let topics = &mut state.chats.get_mut(&chat).expect("a known chat").topics;
    topics.insert(
        message.id,
        Topic {
            id: message.id,
            name: name.to_owned(),
            closed: false,
            deleted: false,
        },
    );
    state.announce("message", &message);
    message.id
}

fn topic<'a>(state: &'a mut State, params: &Params) -> Result<(i64, &'a mut Topic), Refusal> {
    let chat = forum(state, params)?;
    let id = params.int("message_thread_id").unwrap_or_default();
    let topics = &mut state.chats.get_mut(&chat).expect("checked by forum").topics;
    match topics.get_mut(&id).filter(|topic| !topic.deleted) {
        Some(topic) => Ok((chat, topic)),
        None => Err(Refusal::bad_request("message thread not found")),
    }
}

pub fn edit(state: &mut State, params: &Params) -> Outcome {
    let name = name(params)?;
    let (chat, topic) = topic(state, params)?;
    let id = topic.id;
    match name {
        Some(name) if name != topic.name => {
            topic.name.clone_from(&name);
            state.post_service(chat, Some(id), "forum_topic_edited", json!({"name": name}));
            Ok(json!(true))
        }
        _ => Err(Refusal::bad_request("TOPIC_NOT_MODIFIED")),
    }
}

pub fn set_closed(state: &mut State, params: &Params, closed: bool) -> Outcome {
    let (chat, topic) = topic(state, params)?;
    if topic.closed == closed {
        return Err(Refusal::bad_request("TOPIC_NOT_MODIFIED"));
    }
    topic.closed = closed;
    let id = topic.id;
    let what = if closed {
        "forum_topic_closed"
    } else {
        "forum_topic_reopened"
    };
    state.post_service(chat, Some(id), what, json!({}));
    Ok(json!(true))
}

pub fn delete(state: &mut State, params: &Params) -> Outcome {
    let (chat, topic) = topic(state, params)?;
    let id = topic.id;
    remove_topic(state, chat, id);
    Ok(Value::Bool(true))
}

/// Deletes a topic with all that was said in it, whoever asks. The platform tells nobody.
pub fn remove_topic(state: &mut State, chat: i64, id: i64) {
    let chat = state.chats.get_mut(&chat).expect("a known chat");
    chat.topics.get_mut(&id).expect("a known topic").deleted = true;
    let inside = chat
        .messages
        .values_mut()
        .filter(|message| message.thread == Some(id));
    inside.for_each(|message| message.deleted = true);
}
