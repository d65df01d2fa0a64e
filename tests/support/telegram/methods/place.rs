//! Where a message is to go: the chat, the topic and what it answers, each checked.

use serde_json::Value;

use super::super::params::Params;
use super::super::refusal::Refusal;
use super::super::state::{BOT_ID, ChatKind, State};

/// A checked place to send to.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub chat: i64,
    pub thread: Option<i64>,
    pub reply_to: Option<i64>,
}

/// The chat that a call names by id or by public name; it exists and has not moved.
pub fn chat(state: &State, params: &Params, name: &str) -> Result<i64, Refusal> {
    let Some(given) = params.text(name) else {
        return Err(Refusal::bad_request(format!(
            "parameter \"{name}\" is required"
        )));
    };
    let id = match given.strip_prefix('@') {
        Some(public) => state
            .users
            .values()
            .find(|user| user.username.as_deref() == Some(public))
            .map(|user| user.id),
        None => given.trim().parse().ok(),
    };
    let Some(id) = id else {
        return Err(Refusal::bad_request("chat not found"));
    };
    match state.chat(id) {
        Some(chat) => match chat.migrated_to {
            Some(to) => Err(Refusal::migrated(to)),
            None => Ok(id),
        },
        // Known from a common group only: the platform knows them, but the bot may not begin.
        None if state.users.contains_key(&id) && meets_bot(state, id) => Err(Refusal::forbidden(
            "bot can't initiate conversation with a user",
        )),
        None => Err(Refusal::bad_request("chat not found")),
    }
}

fn meets_bot(state: &State, user: i64) -> bool {
    let mut groups = state
        .chats
        .values()
        .filter(|chat| chat.kind != ChatKind::Private);
    groups.any(|chat| chat.has_bot() && chat.members.contains_key(&user))
}

/// The chat, where the bot may write in it.
pub fn writable_chat(state: &State, params: &Params) -> Result<i64, Refusal> {
    let id = chat(state, params, "chat_id")?;
    let chat = &state.chats[&id];
    if chat.kind == ChatKind::Private {
        let user = &state.users[&id];
        if user.deactivated {
            return Err(Refusal::forbidden("user is deactivated"));
        }
        if user.blocked_bot {
            return Err(Refusal::forbidden("bot was blocked by the user"));
        }
        if !user.started {
            return Err(Refusal::forbidden(
                "bot can't initiate conversation with a user",
            ));
        }
    } else if !chat.has_bot() {
        let kind = if chat.kind == ChatKind::Group {
            "group"
        } else {
            "supergroup"
        };
        let was_removed = chat
            .members
            .get(&BOT_ID)
            .is_some_and(|status| status == "kicked");
        return Err(Refusal::forbidden(if was_removed {
            format!("bot was kicked from the {kind} chat")
        } else {
            format!("bot is not a member of the {kind} chat")
        }));
    }
    Ok(id)
}

/// The whole place of a sending call.
pub fn place(state: &State, params: &Params) -> Result<Place, Refusal> {
    let chat = writable_chat(state, params)?;
    let mut thread = params
        .int("message_thread_id")
        .filter(|thread| *thread != 0);
    if let Some(id) = thread {
        check_thread(state, chat, id)?;
    }
    let reply_to = reply(state, params, chat)?;
    if thread.is_none() {
        // An answer goes where the answered message is.
        thread = reply_to.and_then(|id| state.message(chat, id)?.thread);
    }
    Ok(Place {
        chat,
        thread,
        reply_to,
    })
}

fn check_thread(state: &State, chat: i64, id: i64) -> Result<(), Refusal> {
    let chat = &state.chats[&chat];
    match chat.topics.get(&id).filter(|topic| !topic.deleted) {
        None => Err(Refusal::bad_request("message thread not found")),
        Some(topic) if topic.closed && !chat.bot_manages_topics => {
            Err(Refusal::bad_request("TOPIC_CLOSED"))
        }
        Some(_) => Ok(()),
    }
}

fn reply(state: &State, params: &Params, chat: i64) -> Result<Option<i64>, Refusal> {
    let given = params.json("reply_parameters")?.unwrap_or(Value::Null);
    let id = given["message_id"]
        .as_i64()
        .or_else(|| params.int("reply_to_message_id"));
    let Some(id) = id else {
        return Ok(None);
    };
    if state.message(chat, id).is_some() {
        return Ok(Some(id));
    }
    let without = given["allow_sending_without_reply"].as_bool() == Some(true)
        || params.flag("allow_sending_without_reply");
    if without {
        return Ok(None);
    }
    Err(Refusal::bad_request("message to be replied not found"))
}
