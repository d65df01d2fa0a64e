//! Messages: create with its nonce, edit, delete, read, history, reactions.

use serde_json::{Value, json};

use super::{Asked, Refusal, Reply, compose, done, id, require, unknown_route};
use crate::support::discord::mentions;
use crate::support::discord::shapes;
use crate::support::discord::state::{Channel, DIRECT, FORUM, Message, Right, World};

const PAGE_MAX: u64 = 100;

pub fn answer(world: &mut World, asked: &Asked, place: &Channel, pieces: &[&str]) -> Reply {
    match (asked.method.as_str(), pieces) {
        ("GET", []) => history(world, asked, place),
        ("POST", []) => {
            let message = create(world, place.id, &asked.body)?;
            Ok((200, shown(world, &message)))
        }
        ("GET", [message]) => {
            require(world, place, Right::History)?;
            let message = find(world, place, message)?;
            Ok((200, read_back(world, &message)))
        }
        ("PATCH", [message]) => {
            let message = find(world, place, message)?;
            edit(world, message, &asked.body)
        }
        ("DELETE", [message]) => {
            let message = find(world, place, message)?;
            remove(world, &message);
            done()
        }
        (method @ ("PUT" | "DELETE"), [message, "reactions", emoji, "@me"]) => {
            let message = find(world, place, message)?;
            react(world, &message, emoji, method == "PUT")
        }
        _ => unknown_route(),
    }
}

fn shown(world: &World, message: &Message) -> Value {
    // REST keeps the words of others back as the gateway does: by what the portal allows.
    shapes::message(world, message, world.application.privileged_intents)
}

/// The history does not carry the nonce: only the echo and the answer to the call do.
fn read_back(world: &World, message: &Message) -> Value {
    let mut shape = shown(world, message);
    if let Some(fields) = shape.as_object_mut() {
        fields.remove("nonce");
    }
    shape
}

fn find(world: &World, place: &Channel, piece: &str) -> Result<Message, Refusal> {
    let found = world.channels[&place.id].messages.get(&id(piece)?);
    let missing = Refusal::new(404, 10008, "Unknown Message");
    found.cloned().ok_or(missing)
}

fn history(world: &World, asked: &Asked, place: &Channel) -> Reply {
    require(world, place, Right::History)?;
    let limit = asked.number("limit").unwrap_or(50);
    if !(1..=PAGE_MAX).contains(&limit) {
        let message = "int value should be between 1 and 100.";
        return Err(Refusal::form("limit", "NUMBER_TYPE_MAX", message));
    }
    let limit = usize::try_from(limit).unwrap();
    let all = world.channels[&place.id].messages.values();
    let page: Vec<&Message> = if let Some(after) = asked.number("after") {
        let page: Vec<&Message> = all.filter(|one| one.id > after).take(limit).collect();
        page.into_iter().rev().collect()
    } else if let Some(around) = asked.number("around") {
        let half = limit / 2;
        let older = all
            .clone()
            .rev()
            .filter(|one| one.id <= around)
            .take(half + 1);
        let newer: Vec<&Message> = all.filter(|one| one.id > around).take(half).collect();
        newer.into_iter().rev().chain(older).collect()
    } else {
        let before = asked.number("before").unwrap_or(u64::MAX);
        all.rev()
            .filter(|one| one.id < before)
            .take(limit)
            .collect()
    };
    let page = page.into_iter().map(|one| read_back(world, one));
    Ok((200, Value::Array(page.collect())))
}

/// A message of the bot; an enforced nonce gives the earlier one back.
pub fn create(world: &mut World, channel: u64, body: &Value) -> Result<Message, Refusal> {
    let place = world.channels[&channel].clone();
    may_send(world, &place)?;
    let bot = world.application.bot;
    let nonce = body.get("nonce").filter(|nonce| !nonce.is_null()).cloned();
    let key = nonce.as_ref().map(|nonce| (bot, nonce.to_string()));
    if body["enforce_nonce"] == true
        && let Some(earlier) = key.as_ref().and_then(|key| earlier(world, key))
    {
        return Ok(earlier);
    }
    let mut message = world.blank_message(channel, bot);
    message.nonce = nonce;
    message.reference = reference(&place, &body["message_reference"])?;
    compose::apply(world, &mut message, body, false)?;
    if let Some(key) = key {
        let now = world.now_ms();
        world.nonces.insert(key, (channel, message.id, now));
    }
    wake_thread(world, channel);
    put(world, message.clone());
    Ok(message)
}

/// Stores a message of anybody and tells the sessions.
pub fn put(world: &mut World, message: Message) {
    if let Some(place) = world.channels.get_mut(&message.channel) {
        place.messages.insert(message.id, message.clone());
    }
    world.emit_message("MESSAGE_CREATE", &message);
}

fn earlier(world: &World, key: &(u64, String)) -> Option<Message> {
    let (channel, message, at_ms) = world.nonces.get(key)?;
    if world.now_ms() - at_ms > world.nonce_window_ms {
        return None;
    }
    world.channels.get(channel)?.messages.get(message).cloned()
}

fn reference(place: &Channel, body: &Value) -> Result<Option<u64>, Refusal> {
    if body.is_null() {
        return Ok(None);
    }
    let target = mentions::id(&body["message_id"]);
    if let Some(target) = target.filter(|target| place.messages.contains_key(target)) {
        return Ok(Some(target));
    }
    if body["fail_if_not_exists"] == false {
        return Ok(None);
    }
    let code = "REPLIES_UNKNOWN_MESSAGE";
    Err(Refusal::form("message_reference", code, "Unknown message"))
}

fn may_send(world: &World, place: &Channel) -> Result<(), Refusal> {
    if place.kind == FORUM {
        let message = "Cannot send messages in a non-text channel";
        return Err(Refusal::new(400, 50008, message));
    }
    if place.kind == DIRECT {
        let other = place.recipient.and_then(|id| world.users.get(&id));
        let other = other.ok_or(Refusal::new(404, 10013, "Unknown User"))?;
        if other.no_mutual_guild {
            let message = "Cannot send messages to this user due to having no mutual guilds";
            return Err(Refusal::new(403, 50278, message));
        }
        if other.refuses_direct {
            return Err(Refusal::new(
                403,
                50007,
                "Cannot send messages to this user",
            ));
        }
    }
    require(world, place, Right::Send)?;
    if place.locked && !world.allows(place, Right::ManageThreads) {
        return Err(Refusal::new(403, 160_005, "Thread is locked"));
    }
    Ok(())
}

/// A message wakes an archived thread.
pub fn wake_thread(world: &mut World, channel: u64) {
    let place = world.channels.get_mut(&channel);
    if let Some(place) = place.filter(|place| place.archived && !place.locked) {
        place.archived = false;
        world.emit_channel("THREAD_UPDATE", channel);
    }
}

fn in_living_thread(world: &World, message: &Message) -> Result<(), Refusal> {
    if world.channels[&message.channel].archived {
        return Err(Refusal::new(400, 50083, "Thread is archived"));
    }
    Ok(())
}

fn edit(world: &mut World, mut message: Message, body: &Value) -> Reply {
    if message.author != world.application.bot {
        let words = "Cannot edit a message authored by another user";
        return Err(Refusal::new(403, 50005, words));
    }
    in_living_thread(world, &message)?;
    compose::apply(world, &mut message, body, true)?;
    message.edited_at_ms = Some(world.now_ms());
    replace(world, &message);
    Ok((200, shown(world, &message)))
}

/// Writes a message over and tells the sessions.
pub fn replace(world: &mut World, message: &Message) {
    if let Some(place) = world.channels.get_mut(&message.channel) {
        place.messages.insert(message.id, message.clone());
    }
    world.emit_message("MESSAGE_UPDATE", message);
}

pub fn remove(world: &mut World, message: &Message) {
    if let Some(place) = world.channels.get_mut(&message.channel) {
        place.messages.remove(&message.id);
    }
    world.emit_message_gone(message.channel, message.id);
}

fn react(world: &mut World, message: &Message, emoji: &str, add: bool) -> Reply {
    in_living_thread(world, message)?;
    let bytes = unescape(emoji);
    let Ok(emoji) = String::from_utf8(bytes) else {
        return Err(Refusal::new(400, 10014, "Unknown Emoji"));
    };
    if emoji.is_ascii() && !emoji.contains(':') {
        return Err(Refusal::new(400, 10014, "Unknown Emoji"));
    }
    let mark = (emoji.clone(), world.application.bot);
    let place = world.channels.get_mut(&message.channel);
    if let Some(stored) = place.and_then(|place| place.messages.get_mut(&message.id)) {
        if add {
            stored.reactions.insert(mark);
        } else {
            stored.reactions.remove(&mark);
        }
    }
    let name = if add {
        "MESSAGE_REACTION_ADD"
    } else {
        "MESSAGE_REACTION_REMOVE"
    };
    let body = json!({
        "user_id": world.application.bot.to_string(), "message_id": message.id.to_string(),
        "channel_id": message.channel.to_string(), "emoji": {"id": null, "name": emoji},
        "burst": false, "type": 0,
    });
    world.emit(name, super::super::gateway::GUILD_REACTIONS, |_, _| {
        body.clone()
    });
    done()
}

fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'%').then(|| after.get(..2)).flatten();
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    bytes
}
