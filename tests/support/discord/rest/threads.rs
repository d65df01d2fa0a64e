//! Threads and forum posts.
//!
//! Invariant: a message starts at most one thread; a post's first message has the post's id.

use serde_json::{Value, json};

use super::{Asked, Refusal, Reply, compose, id, messages, require, unknown_route};
use crate::support::discord::mentions;
use crate::support::discord::shapes;
use crate::support::discord::state::{
    Channel, FORUM, PRIVATE_THREAD, PUBLIC_THREAD, Right, TEXT, World,
};

/// The notice that a thread was started, and the one that it was renamed.
const THREAD_CREATED: u8 = 18;
const RENAMED: u8 = 4;
const HAS_THREAD: u64 = 1 << 5;

pub fn check_name(name: Option<&Value>) -> Result<(), Refusal> {
    let Some(name) = name else { return Ok(()) };
    let length = name.as_str().unwrap_or_default().chars().count();
    if (1..=100).contains(&length) {
        return Ok(());
    }
    let message = "Must be between 1 and 100 in length.";
    Err(Refusal::form("name", "BASE_TYPE_BAD_LENGTH", message))
}

fn named(body: &Value) -> Result<&str, Refusal> {
    check_name(Some(&body["name"]))?;
    Ok(body["name"].as_str().unwrap_or_default())
}

pub fn from_message(world: &mut World, asked: &Asked, place: &Channel, message: &str) -> Reply {
    if asked.method != "POST" {
        return unknown_route();
    }
    let message = id(message)?;
    let name = named(&asked.body)?;
    require(world, place, Right::CreateThreads)?;
    if place.kind != TEXT {
        let words = "Cannot execute action on this channel type";
        return Err(Refusal::new(400, 50024, words));
    }
    let found = world.channels[&place.id].messages.get(&message).cloned();
    let mut found = found.ok_or(Refusal::new(404, 10008, "Unknown Message"))?;
    if found.thread.is_some() || world.channels.contains_key(&message) {
        let words = "A thread has already been created for this message";
        return Err(Refusal::new(400, 160_004, words));
    }
    world.put_channel(message, PUBLIC_THREAD, place.guild, Some(place.id), name);
    own(world, message);
    found.thread = Some(message);
    found.flags |= HAS_THREAD;
    world.emit_channel("THREAD_CREATE", message);
    messages::replace(world, &found);
    Ok((201, shapes::channel(world, &world.channels[&message])))
}

fn own(world: &mut World, thread: u64) {
    let bot = world.application.bot;
    if let Some(channel) = world.channels.get_mut(&thread) {
        channel.owner = Some(bot);
    }
}

pub fn start(world: &mut World, asked: &Asked, place: &Channel) -> Reply {
    let name = named(&asked.body)?;
    require(world, place, Right::CreateThreads)?;
    match place.kind {
        FORUM => post(world, &asked.body, place, name),
        TEXT => bare(world, &asked.body, place, name),
        _ => {
            let words = "Cannot execute action on this channel type";
            Err(Refusal::new(400, 50024, words))
        }
    }
}

fn post(world: &mut World, body: &Value, forum: &Channel, name: &str) -> Reply {
    let first = body.get("message").filter(|message| message.is_object());
    let Some(first) = first else {
        return Err(Refusal::form(
            "message",
            "BASE_TYPE_REQUIRED",
            "This field is required",
        ));
    };
    require(world, forum, Right::Send)?;
    let bot = world.application.bot;
    let mut message = world.blank_message(forum.id, bot);
    message.channel = message.id;
    compose::apply(world, &mut message, first, false)?;
    let thread = message.id;
    world.put_channel(thread, PUBLIC_THREAD, forum.guild, Some(forum.id), name);
    own(world, thread);
    let tags = body["applied_tags"].as_array().cloned().unwrap_or_default();
    if let Some(channel) = world.channels.get_mut(&thread) {
        channel.applied_tags = tags.iter().filter_map(mentions::id).collect();
    }
    world.emit_channel("THREAD_CREATE", thread);
    messages::put(world, message.clone());
    let mut shape = shapes::channel(world, &world.channels[&thread]);
    shape["message"] = shapes::message(world, &message, 0);
    Ok((201, shape))
}

fn bare(world: &mut World, body: &Value, place: &Channel, name: &str) -> Reply {
    // Discord makes it private when nothing is said.
    let kind = match body["type"].as_u64() {
        Some(11) => PUBLIC_THREAD,
        Some(12) | None => PRIVATE_THREAD,
        _ => {
            return Err(Refusal::form(
                "type",
                "BASE_TYPE_CHOICES",
                "Must be 10, 11 or 12",
            ));
        }
    };
    let thread = world.add_channel(kind, place.guild, Some(place.id), name);
    own(world, thread);
    world.emit_channel("THREAD_CREATE", thread);
    if kind == PUBLIC_THREAD {
        notice(world, place.id, THREAD_CREATED, name);
    }
    Ok((201, shapes::channel(world, &world.channels[&thread])))
}

/// Discord's own message about what the bot did.
fn notice(world: &mut World, channel: u64, kind: u8, words: &str) {
    let bot = world.application.bot;
    let mut message = world.blank_message(channel, bot);
    message.kind = kind;
    words.clone_into(&mut message.content);
    messages::put(world, message);
}

pub fn archived(world: &World, place: &Channel) -> Reply {
    let old = world
        .channels
        .values()
        .filter(|channel| channel.parent == Some(place.id) && channel.archived && !channel.deleted);
    let threads: Vec<Value> = old.map(|found| shapes::channel(world, found)).collect();
    Ok((
        200,
        json!({"threads": threads, "members": [], "has_more": false}),
    ))
}

pub fn change(world: &mut World, thread: u64, body: &Value) {
    let now = world.now_ms();
    let Some(channel) = world.channels.get_mut(&thread) else {
        return;
    };
    if let Some(archived) = body["archived"].as_bool() {
        channel.archived = archived;
        channel.archived_at_ms = now;
    }
    if let Some(locked) = body["locked"].as_bool() {
        channel.locked = locked;
    }
    if let Some(tags) = body["applied_tags"].as_array() {
        channel.applied_tags = tags.iter().filter_map(mentions::id).collect();
    }
    let renamed = body["name"].as_str().filter(|name| *name != channel.name);
    if let Some(name) = renamed {
        name.clone_into(&mut channel.name);
        notice(world, thread, RENAMED, name);
    }
    world.emit_channel("THREAD_UPDATE", thread);
}

pub fn delete(world: &mut World, channel: u64) {
    let Some(found) = world.channels.get_mut(&channel) else {
        return;
    };
    found.deleted = true;
    let body = json!({
        "id": channel.to_string(), "type": found.kind,
        "guild_id": found.guild.map(|id| id.to_string()),
        "parent_id": found.parent.map(|id| id.to_string()),
    });
    let thread = found.is_thread();
    if thread {
        world.emit("THREAD_DELETE", super::super::gateway::GUILDS, |_, _| {
            body.clone()
        });
    } else {
        world.emit_channel("CHANNEL_DELETE", channel);
    }
}
