//! The JSON of people, chats and messages, as the platform writes it.

use serde_json::{Map, Value, json};

use super::state::{ANONYMOUS_ADMIN_ID, ChatKind, Message, Press, State, User};

pub fn user(user: &User) -> Value {
    let mut fields = Map::new();
    fields.insert("id".into(), json!(user.id));
    fields.insert("is_bot".into(), json!(user.is_bot));
    fields.insert("first_name".into(), json!(user.first_name));
    let optional = [
        ("last_name", &user.last_name),
        ("username", &user.username),
        ("language_code", &user.language_code),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            fields.insert(name.into(), json!(value));
        }
    }
    Value::Object(fields)
}

fn user_by_id(state: &State, id: i64) -> Value {
    if id == ANONYMOUS_ADMIN_ID {
        return json!({"id": id, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot"});
    }
    state.users.get(&id).map_or(Value::Null, user)
}

pub fn chat(state: &State, id: i64) -> Value {
    let Some(chat) = state.chat(id) else {
        return Value::Null;
    };
    let mut fields = chat.json();
    if let (ChatKind::Private, Some(user)) = (chat.kind, state.users.get(&id)) {
        fields["first_name"] = json!(user.first_name);
        if let Some(username) = &user.username {
            fields["username"] = json!(username);
        }
    }
    fields
}

/// A message with what it answers, one level deep.
pub fn message(state: &State, message: &Message) -> Value {
    let mut fields = flat_message(state, message);
    if let Some(answered) = answered_message(state, message) {
        fields["reply_to_message"] = flat_message(state, answered);
    }
    fields
}

/// In a topic, what answers nothing is shown as answering the message that made the topic.
fn answered_message<'a>(state: &'a State, message: &Message) -> Option<&'a Message> {
    let chat = state.chat(message.chat)?;
    let id = message
        .reply_to
        .or(message.thread.filter(|thread| *thread != message.id))?;
    chat.messages.get(&id)
}

fn flat_message(state: &State, message: &Message) -> Value {
    let mut fields = message.content.clone();
    fields.insert("message_id".into(), json!(message.id));
    fields.insert("date".into(), json!(message.date));
    fields.insert("chat".into(), chat(state, message.chat));
    if let Some(from) = message.from {
        fields.insert("from".into(), user_by_id(state, from));
    }
    if let Some(sender_chat) = message.sender_chat {
        fields.insert("sender_chat".into(), chat(state, sender_chat));
    }
    if let Some(edited) = message.edit_date {
        fields.insert("edit_date".into(), json!(edited));
    }
    if let Some(thread) = message.thread {
        fields.insert("message_thread_id".into(), json!(thread));
        fields.insert("is_topic_message".into(), json!(true));
    }
    if let Some(markup) = message
        .markup
        .as_ref()
        .filter(|markup| markup.get("inline_keyboard").is_some())
    {
        fields.insert("reply_markup".into(), markup.clone());
    }
    Value::Object(fields)
}

/// A press; its message is shown as inaccessible once it is gone.
pub fn press(state: &State, press: &Press) -> Value {
    let shown = match state.message(press.chat, press.message) {
        Some(shown) => message(state, shown),
        None => json!({"chat": chat(state, press.chat), "message_id": press.message, "date": 0}),
    };
    json!({
        "id": press.id,
        "from": user_by_id(state, press.from),
        "message": shown,
        "chat_instance": format!("{}", press.chat.wrapping_mul(7_919)),
        "data": press.data,
    })
}

/// A member of a chat, complete enough for strict clients.
pub fn member(state: &State, id: i64, status: &str) -> Value {
    let mut fields = json!({"user": user_by_id(state, id), "status": status});
    match status {
        "creator" => fields["is_anonymous"] = json!(false),
        "kicked" => fields["until_date"] = json!(0),
        "administrator" => {
            for right in [
                "can_manage_chat",
                "can_delete_messages",
                "can_manage_video_chats",
                "can_restrict_members",
                "can_promote_members",
                "can_change_info",
                "can_invite_users",
                "can_post_stories",
                "can_edit_stories",
                "can_delete_stories",
                "can_pin_messages",
                "can_manage_topics",
                "can_send_welcome_messages",
            ] {
                fields[right] = json!(true);
            }
            fields["can_be_edited"] = json!(false);
            fields["is_anonymous"] = json!(false);
        }
        _ => {}
    }
    fields
}
