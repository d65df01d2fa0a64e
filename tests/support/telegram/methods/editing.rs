//! Changing and removing of messages, and reactions to them.

use serde_json::{Map, Value, json};

use super::super::params::Params;
use super::super::refusal::Refusal;
use super::super::state::{ChatKind, State};
use super::super::{markup, render};
use super::Outcome;
use super::place;
use super::sending::{set_caption, text_content};

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";
/// After this the platform does not take a message back any more.
const DELETE_SECONDS_MAX: i64 = 48 * 3_600;
/// A part of what the platform lets be set; enough to tell a right one from a wrong one.
const REACTIONS: [&str; 16] = [
    "👍", "👎", "❤", "🔥", "🥰", "👏", "😁", "🤔", "🎉", "🙏", "👌", "👀", "💯", "✍", "🤝", "🫡",
];

fn own_message(state: &State, params: &Params) -> Result<(i64, i64), Refusal> {
    let chat = place::writable_chat(state, params)?;
    let id = params.int("message_id").unwrap_or_default();
    match state.message(chat, id) {
        None => Err(Refusal::bad_request("message to edit not found")),
        Some(message) if message.service || !message.is_from_bot() => {
            Err(Refusal::bad_request("message can't be edited"))
        }
        Some(_) => Ok((chat, id)),
    }
}

fn change(
    state: &mut State,
    (chat, id): (i64, i64),
    content: Map<String, Value>,
    markup: Option<Value>,
) -> Outcome {
    let message = state.message(chat, id).expect("checked by own_message");
    if message.content == content && message.markup == markup {
        return Err(Refusal::bad_request(NOT_MODIFIED));
    }
    state.within_limits(chat)?;
    let now = state.now_seconds();
    let message = state.message_mut(chat, id).expect("checked by own_message");
    message.content = content;
    message.markup = markup;
    message.edit_date = Some(now);
    let message = message.clone();
    Ok(render::message(state, &message))
}

pub fn edit_text(state: &mut State, params: &Params) -> Outcome {
    let found = own_message(state, params)?;
    let message = state
        .message(found.0, found.1)
        .expect("checked by own_message");
    if !message.content.contains_key("text") {
        return Err(Refusal::bad_request(
            "there is no text in the message to edit",
        ));
    }
    let content = text_content(params)?;
    let markup = markup::given(params)?;
    change(state, found, content, markup)
}

pub fn edit_caption(state: &mut State, params: &Params) -> Outcome {
    let found = own_message(state, params)?;
    let message = state
        .message(found.0, found.1)
        .expect("checked by own_message");
    let mut content = message.content.clone();
    if content.contains_key("text") {
        return Err(Refusal::bad_request(
            "there is no caption in the message to edit",
        ));
    }
    set_caption(&mut content, params)?;
    let markup = markup::given(params)?;
    change(state, found, content, markup)
}

pub fn edit_markup(state: &mut State, params: &Params) -> Outcome {
    let found = own_message(state, params)?;
    let message = state
        .message(found.0, found.1)
        .expect("checked by own_message");
    let content = message.content.clone();
    let markup = markup::given(params)?;
    change(state, found, content, markup)
}

pub fn delete_message(state: &mut State, params: &Params) -> Outcome {
    let chat = place::writable_chat(state, params)?;
    let id = params.int("message_id").unwrap_or_default();
    let Some(message) = state.message(chat, id) else {
        return Err(Refusal::bad_request("message to delete not found"));
    };
    let is_private = state.chats[&chat].kind == ChatKind::Private;
    let too_old = state.now_seconds() - message.date > DELETE_SECONDS_MAX;
    let foreign = !message.is_from_bot() && !is_private && !state.chats[&chat].bot_manages_topics;
    if foreign || (too_old && (message.is_from_bot() || is_private)) {
        return Err(Refusal::bad_request(
            "message can't be deleted for everyone",
        ));
    }
    state.message_mut(chat, id).expect("found above").deleted = true;
    Ok(json!(true))
}

pub fn set_reaction(state: &mut State, params: &Params) -> Outcome {
    let chat = place::writable_chat(state, params)?;
    let id = params.int("message_id").unwrap_or_default();
    let given = params.json("reaction")?.unwrap_or_else(|| json!([]));
    let mut reactions = Vec::new();
    for reaction in given.as_array().into_iter().flatten() {
        let emoji = reaction["emoji"].as_str().unwrap_or_default();
        if !REACTIONS.contains(&emoji) {
            return Err(Refusal::bad_request("REACTION_INVALID"));
        }
        reactions.push(emoji.to_owned());
    }
    if reactions.len() > 1 {
        return Err(Refusal::bad_request("REACTIONS_TOO_MANY"));
    }
    let Some(message) = state.message_mut(chat, id) else {
        return Err(Refusal::bad_request("message to react not found"));
    };
    message.reactions = reactions;
    Ok(json!(true))
}
