//! How Discord writes its objects: every field that a client's parser insists on.
//!
//! Invariant: nothing is written that the bot may not see. Without the message-content intent the
//! words of others stay empty, in events and in REST answers alike.

use serde_json::{Value, json};

use super::state::{Channel, DIRECT, Guild, Message, User, World};
use super::time::iso;

const MESSAGE_CONTENT: u64 = 1 << 15;
pub const ALL_PERMISSIONS: &str = "2251799813685247";

pub fn user(user: &User) -> Value {
    json!({
        "id": user.id.to_string(), "username": user.name, "discriminator": "0",
        "global_name": user.name, "avatar": null, "bot": user.bot, "system": false,
        "mfa_enabled": false, "flags": 0, "public_flags": 0, "premium_type": 0,
    })
}

pub fn member(world: &World, id: u64) -> Value {
    json!({
        "user": user(&world.users[&id]), "nick": null, "avatar": null, "roles": [],
        "joined_at": iso(world.now_ms()), "premium_since": null, "deaf": false, "mute": false,
        "flags": 0, "pending": false, "permissions": ALL_PERMISSIONS,
        "communication_disabled_until": null,
    })
}

fn bare_member(world: &World, id: u64) -> Value {
    let mut member = member(world, id);
    member.as_object_mut().unwrap().remove("user");
    member
}

pub fn channel(world: &World, channel: &Channel) -> Value {
    let last = channel.messages.keys().next_back().map(u64::to_string);
    let mut shape = json!({
        "id": channel.id.to_string(), "type": channel.kind, "last_message_id": last, "flags": 0,
    });
    if channel.kind == DIRECT {
        let other = channel.recipient.and_then(|id| world.users.get(&id));
        shape["recipients"] = json!(other.map(user).into_iter().collect::<Vec<_>>());
        return shape;
    }
    let fields = json!({
        "guild_id": channel.guild.map(|id| id.to_string()), "name": channel.name,
        "parent_id": channel.parent.map(|id| id.to_string()), "position": 0, "nsfw": false,
        "permission_overwrites": [], "topic": null, "rate_limit_per_user": 0,
        "available_tags": [], "permissions": ALL_PERMISSIONS,
    });
    merge(&mut shape, fields);
    if channel.is_thread() {
        merge(&mut shape, thread_fields(channel));
    }
    shape
}

fn thread_fields(channel: &Channel) -> Value {
    let count = channel.messages.len();
    json!({
        "owner_id": channel.owner.map(|id| id.to_string()), "message_count": count,
        "member_count": 2, "total_message_sent": count,
        "applied_tags": channel.applied_tags.iter().map(u64::to_string).collect::<Vec<_>>(),
        "thread_metadata": {
            "archived": channel.archived, "locked": channel.locked,
            "auto_archive_duration": 4320, "archive_timestamp": iso(channel.archived_at_ms),
            "create_timestamp": iso(super::time::ms_of(channel.id)),
        },
    })
}

pub fn guild(world: &World, guild: &Guild) -> Value {
    let everyone = json!({
        "id": guild.id.to_string(), "name": "@everyone", "color": 0,
        "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
        "hoist": false, "position": 0, "permissions": ALL_PERMISSIONS, "managed": false,
        "mentionable": false, "flags": 0,
    });
    json!({
        "id": guild.id.to_string(), "name": guild.name, "icon": null, "splash": null,
        "discovery_splash": null, "owner_id": guild.members.first().map(u64::to_string),
        "afk_channel_id": null, "afk_timeout": 300, "verification_level": 0,
        "default_message_notifications": 0, "explicit_content_filter": 0, "roles": [everyone],
        "emojis": [], "features": [], "mfa_level": 0, "application_id": null,
        "system_channel_id": null, "system_channel_flags": 0, "rules_channel_id": null,
        "vanity_url_code": null, "description": null, "banner": null, "premium_tier": 0,
        "preferred_locale": "en-US", "public_updates_channel_id": null, "nsfw_level": 0,
        "premium_progress_bar_enabled": false, "stickers": [],
        "safety_alerts_channel_id": null, "max_members": 500_000,
        "approximate_member_count": world.users.len(),
    })
}

/// What GUILD_CREATE says beyond the server itself.
pub fn guild_arrival(world: &World, of: &Guild) -> Value {
    let inside = |threads: bool| -> Vec<Value> {
        let mine = world.channels.values().filter(|channel| {
            channel.guild == Some(of.id) && !channel.deleted && channel.is_thread() == threads
        });
        mine.filter(|channel| !channel.archived)
            .map(|found| channel(world, found))
            .collect()
    };
    let mut shape = guild(world, of);
    let members: Vec<Value> = of.members.iter().map(|id| member(world, *id)).collect();
    merge(
        &mut shape,
        json!({
            "joined_at": iso(world.now_ms()), "large": false, "unavailable": false,
            "member_count": members.len(), "voice_states": [], "members": members,
            "channels": inside(false), "threads": inside(true), "presences": [],
            "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
        }),
    );
    shape
}

/// A message as the bot gets to see it through a connection with these intents.
pub fn message(world: &World, message: &Message, intents: u64) -> Value {
    let bot = world.application.bot;
    let place = &world.channels[&message.channel];
    let open = place.kind == DIRECT
        || message.author == bot
        || message.mentions.contains(&bot)
        || intents & MESSAGE_CONTENT != 0;
    let seen = |list: &[Value]| if open { json!(list) } else { json!([]) };
    let mentioned = message.mentions.iter().filter_map(|id| world.users.get(id));
    let mut shape = json!({
        "id": message.id.to_string(), "channel_id": message.channel.to_string(),
        "author": user(&world.users[&message.author]), "type": message.kind,
        "content": if open { message.content.as_str() } else { "" },
        "timestamp": iso(message.at_ms), "edited_timestamp": message.edited_at_ms.map(iso),
        "tts": false, "mention_everyone": false, "mentions": mentioned.map(user).collect::<Vec<_>>(),
        "mention_roles": [], "attachments": seen(&message.attachments),
        "embeds": seen(&message.embeds), "components": seen(&message.components),
        "pinned": false, "flags": message.flags, "reactions": reactions(message, bot),
    });
    if !message.stickers.is_empty() {
        shape["sticker_items"] = json!(message.stickers);
    }
    if let Some(nonce) = &message.nonce {
        shape["nonce"] = nonce.clone();
    }
    if let Some(target) = message.reference {
        merge(&mut shape, reply_fields(world, place, target, intents));
    }
    if let Some(thread) = message.thread.and_then(|id| world.channels.get(&id)) {
        shape["thread"] = channel(world, thread);
    }
    shape
}

fn reply_fields(world: &World, place: &Channel, target: u64, intents: u64) -> Value {
    let found = place.messages.get(&target);
    let referenced = found.map(|found| {
        let mut plain = found.clone();
        plain.reference = None;
        message(world, &plain, intents)
    });
    json!({
        "type": 19,
        "message_reference": {
            "type": 0, "message_id": target.to_string(), "channel_id": place.id.to_string(),
            "guild_id": place.guild.map(|id| id.to_string()),
        },
        "referenced_message": referenced,
    })
}

fn reactions(message: &Message, bot: u64) -> Vec<Value> {
    let mut emoji: Vec<&String> = message.reactions.iter().map(|(emoji, _)| emoji).collect();
    emoji.dedup();
    let one = |emoji: &String| {
        let of = message.reactions.iter().filter(|(name, _)| name == emoji);
        json!({
            "count": of.clone().count(), "me": of.clone().any(|(_, user)| *user == bot),
            "count_details": {"burst": 0, "normal": of.count()}, "me_burst": false,
            "burst_colors": [], "emoji": {"id": null, "name": emoji},
        })
    };
    emoji.into_iter().map(one).collect()
}

/// The same message in an event: with the server and the author's membership beside it.
pub fn message_event(world: &World, of: &Message, intents: u64) -> Value {
    let mut shape = message(world, of, intents);
    if let Some(guild) = world.channels[&of.channel].guild {
        shape["guild_id"] = json!(guild.to_string());
        shape["member"] = bare_member(world, of.author);
    }
    shape
}

/// Puts the fields of one object into another.
pub fn merge(into: &mut Value, fields: Value) {
    if let (Some(into), Value::Object(fields)) = (into.as_object_mut(), fields) {
        into.extend(fields);
    }
}
