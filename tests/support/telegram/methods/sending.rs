//! Sending of texts, places and contacts; copying and forwarding.

use serde_json::{Map, Value, json};

use super::super::params::Params;
use super::super::refusal::Refusal;
use super::super::state::{BOT_ID, Message, State};
use super::super::{entities, markup, render};
use super::Outcome;
use super::place::{self, Place};

pub const TEXT_UNITS_MAX: usize = 4_096;
pub const CAPTION_UNITS_MAX: usize = 1_024;

/// Counts, stores and shows a message of the bot.
pub fn post(
    state: &mut State,
    params: &Params,
    place: Place,
    content: Map<String, Value>,
) -> Outcome {
    let markup = markup::given(params)?;
    let preview = params.json("link_preview_options")?.unwrap_or(Value::Null);
    state.within_limits(place.chat)?;
    let message = state.post(Message {
        chat: place.chat,
        from: Some(BOT_ID),
        thread: place.thread,
        reply_to: place.reply_to,
        content,
        markup,
        link_preview_disabled: preview["is_disabled"].as_bool() == Some(true)
            || params.flag("disable_web_page_preview"),
        ..Message::default()
    });
    Ok(render::message(state, &message))
}

pub fn text_content(params: &Params) -> Result<Map<String, Value>, Refusal> {
    let (text, entities) = entities::formatted(params, "text", TEXT_UNITS_MAX)?;
    if text.is_empty() {
        return Err(Refusal::bad_request("message text is empty"));
    }
    let mut content = Map::new();
    content.insert("text".into(), json!(text));
    if !entities.is_empty() {
        content.insert("entities".into(), Value::Array(entities));
    }
    Ok(content)
}

/// Puts the caption of the call into the content, in place of the one it may have.
pub fn set_caption(content: &mut Map<String, Value>, params: &Params) -> Result<(), Refusal> {
    let (caption, entities) = entities::formatted(params, "caption", CAPTION_UNITS_MAX)?;
    content.remove("caption");
    content.remove("caption_entities");
    if !caption.is_empty() {
        content.insert("caption".into(), json!(caption));
    }
    if !entities.is_empty() {
        content.insert("caption_entities".into(), Value::Array(entities));
    }
    Ok(())
}

pub fn send_message(state: &mut State, params: &Params) -> Outcome {
    let place = place::place(state, params)?;
    let content = text_content(params)?;
    post(state, params, place, content)
}

pub fn send_location(state: &mut State, params: &Params) -> Outcome {
    let place = place::place(state, params)?;
    let degrees = |name: &str| params.text(name).and_then(|text| text.parse::<f64>().ok());
    let (Some(latitude), Some(longitude)) = (degrees("latitude"), degrees("longitude")) else {
        return Err(Refusal::bad_request("location is invalid"));
    };
    let location = json!({"latitude": latitude, "longitude": longitude});
    post(
        state,
        params,
        place,
        Map::from_iter([("location".into(), location)]),
    )
}

pub fn send_contact(state: &mut State, params: &Params) -> Outcome {
    let place = place::place(state, params)?;
    let (Some(phone), Some(name)) = (params.text("phone_number"), params.text("first_name")) else {
        return Err(Refusal::bad_request("contact is invalid"));
    };
    let contact = json!({"phone_number": phone, "first_name": name});
    post(
        state,
        params,
        place,
        Map::from_iter([("contact".into(), contact)]),
    )
}

/// The message that is to be copied or forwarded.
fn source(state: &State, params: &Params, what: &str) -> Result<Message, Refusal> {
    let from = place::chat(state, params, "from_chat_id")?;
    let id = params.int("message_id").unwrap_or_default();
    match state.message(from, id) {
        None => Err(Refusal::bad_request(format!("message to {what} not found"))),
        Some(message) if message.service => Err(Refusal::bad_request(format!(
            "the message can't be {what}ed"
        ))),
        Some(message) => Ok(message.clone()),
    }
}

pub fn copy_message(state: &mut State, params: &Params) -> Outcome {
    let place = place::place(state, params)?;
    let mut content = source(state, params, "copy")?.content;
    content.remove("media_group_id");
    content.remove("forward_origin");
    if params.values.contains_key("caption") && !content.contains_key("text") {
        set_caption(&mut content, params)?;
    }
    let message = post(state, params, place, content)?;
    Ok(json!({"message_id": message["message_id"]}))
}

pub fn forward_message(state: &mut State, params: &Params) -> Outcome {
    let place = place::place(state, params)?;
    let source = source(state, params, "forward")?;
    let mut content = source.content;
    let origin = match source.from.and_then(|id| state.users.get(&id)) {
        Some(author) => json!({
            "type": "user", "date": source.date, "sender_user": render::user(author),
        }),
        None => json!({
            "type": "hidden_user", "date": source.date, "sender_user_name": "Somebody",
        }),
    };
    content.insert("forward_origin".into(), origin);
    post(state, params, place, content)
}
