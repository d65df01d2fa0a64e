//! What can be asked and done about a chat.

use serde_json::{Value, json};

use super::super::params::Params;
use super::super::refusal::Refusal;
use super::super::render;
use super::super::state::{BOT_ID, ChatKind, State};
use super::Outcome;
use super::place;

pub fn get_chat(state: &mut State, params: &Params) -> Outcome {
    let id = place::chat(state, params, "chat_id")?;
    let chat = &state.chats[&id];
    if chat.kind != ChatKind::Private && !chat.has_bot() {
        return Err(Refusal::bad_request("chat not found"));
    }
    let mut full = render::chat(state, id);
    full["accent_color_id"] = json!(0);
    full["max_reaction_count"] = json!(11);
    full["accepted_gift_types"] = json!({
        "unlimited_gifts": true,
        "limited_gifts": true,
        "unique_gifts": true,
        "premium_subscription": true,
        "gifts_from_channels": true,
    });
    if chat.kind != ChatKind::Private {
        full["permissions"] = json!({"can_send_messages": true});
    }
    Ok(full)
}

fn status_of(state: &State, chat: i64, user: i64) -> String {
    let chat = &state.chats[&chat];
    if chat.kind == ChatKind::Private && (user == chat.id || user == BOT_ID) {
        return "member".into();
    }
    chat.members
        .get(&user)
        .cloned()
        .unwrap_or_else(|| "left".into())
}

pub fn get_member(state: &mut State, params: &Params) -> Outcome {
    let chat = place::writable_chat(state, params)?;
    let user = params.int("user_id").unwrap_or_default();
    if !state.users.contains_key(&user) {
        return Err(Refusal::bad_request("member not found"));
    }
    let status = status_of(state, chat, user);
    let mut member = render::member(state, user, &status);
    if user == BOT_ID && status == "administrator" {
        member["can_manage_topics"] = json!(state.chats[&chat].bot_manages_topics);
    }
    Ok(member)
}

pub fn administrators(state: &mut State, params: &Params) -> Outcome {
    let chat = place::writable_chat(state, params)?;
    let members = &state.chats[&chat].members;
    let leading = members
        .iter()
        .filter(|(_, status)| matches!(status.as_str(), "creator" | "administrator"));
    let shown = leading.map(|(user, status)| render::member(state, *user, status));
    Ok(Value::Array(shown.collect()))
}

pub fn member_count(state: &mut State, params: &Params) -> Outcome {
    let chat = place::writable_chat(state, params)?;
    Ok(json!(state.chats[&chat].members.len()))
}

pub fn send_action(state: &mut State, params: &Params) -> Outcome {
    let place = place::place(state, params)?;
    let action = params.text("action").unwrap_or_default();
    let known = [
        "typing",
        "upload_photo",
        "upload_document",
        "upload_voice",
        "record_voice",
        "find_location",
        "choose_sticker",
        "upload_video",
        "record_video",
    ];
    if !known.contains(&action.as_str()) {
        return Err(Refusal::bad_request("wrong parameter action in request"));
    }
    state
        .chats
        .get_mut(&place.chat)
        .expect("checked")
        .actions
        .push(action);
    Ok(json!(true))
}

pub fn pin(state: &mut State, params: &Params) -> Outcome {
    let chat = place::writable_chat(state, params)?;
    let id = params.int("message_id").unwrap_or_default();
    let Some(message) = state.message(chat, id).cloned() else {
        return Err(Refusal::bad_request("message to pin not found"));
    };
    state.chats.get_mut(&chat).expect("checked").pinned.push(id);
    let shown = render::message(state, &message);
    state.post_service(chat, message.thread, "pinned_message", shown);
    Ok(json!(true))
}

pub fn unpin(state: &mut State, params: &Params) -> Outcome {
    let chat = place::writable_chat(state, params)?;
    let id = params.int("message_id");
    let pinned = &mut state.chats.get_mut(&chat).expect("checked").pinned;
    match id {
        Some(id) => pinned.retain(|pinned| *pinned != id),
        None => {
            pinned.pop();
        }
    }
    Ok(json!(true))
}
