//! Rooms at the desk (forum posts) and the threads of support channels.
//!
//! Invariant: a message has one thread, whoever opens it; a post that may have been opened is
//! looked for before another is.

use serde_json::{Value, json};
use serenity::http::Route;
use serenity::model::id::{ChannelId, GuildId, MessageId};

use super::fault::{Fault, code};
use super::outbound::{done_already, receipt};
use super::{Discord, body, ids};
use crate::channels::DeliveryError;
use crate::domain::ids::MessageRef;
use crate::domain::outgoing::{Outgoing, Receipt};
use crate::domain::picture::Picture;
use crate::domain::place::Place;
use crate::domain::time::Millis;

/// Characters in the name of a thread or a post.
const NAME_MAX: usize = 100;
/// How far the clocks of both sides may be apart when a post is looked for.
const CLOCK_SLACK: Millis = Millis::seconds(10);
/// Minutes without a word after which Discord archives a room: the longest it offers.
const ARCHIVE_AFTER_MINUTES: u64 = 10_080;

/// Opens a post with its card; a post of an earlier attempt is found again by its buttons.
pub async fn open(
    discord: &Discord,
    outgoing: &Outgoing,
    title: &str,
    first: Value,
) -> Result<Receipt, DeliveryError> {
    let is_it = |card: &Value| same_buttons(card, &first);
    if let Some(post) = opened_before(discord, outgoing, is_it).await? {
        return Ok(opened(post));
    }
    open_new(discord, outgoing, title, &first, None).await
}

/// The same for a post that is no room, perhaps with a picture; one of an earlier attempt is found again by its words, which name the
/// time that it is about.
pub async fn open_with(
    discord: &Discord,
    outgoing: &Outgoing,
    title: &str,
    first: Value,
    picture: Option<&Picture>,
) -> Result<Receipt, DeliveryError> {
    let bot = discord.bot().await?.to_string();
    let is_it = |message: &Value| {
        message["author"]["id"] == bot.as_str() && message["content"] == first["content"]
    };
    if let Some(post) = opened_before(discord, outgoing, is_it).await? {
        return Ok(opened(post));
    }
    open_new(discord, outgoing, title, &first, picture).await
}

/// The post that an earlier attempt opened, where its outcome was not known and it did.
async fn opened_before(
    discord: &Discord,
    outgoing: &Outgoing,
    is_it: impl Fn(&Value) -> bool,
) -> Result<Option<u64>, DeliveryError> {
    let Some(since) = outgoing.unknown_since else {
        return Ok(None);
    };
    let forum = ids::target(&outgoing.place)?.channel();
    find(discord, forum, ids::first_at(since - CLOCK_SLACK), is_it).await
}

async fn open_new(
    discord: &Discord,
    outgoing: &Outgoing,
    title: &str,
    first: &Value,
    picture: Option<&Picture>,
) -> Result<Receipt, DeliveryError> {
    let forum = ids::target(&outgoing.place)?.channel();
    let body = json!({
        "name": name(title),
        "auto_archive_duration": ARCHIVE_AFTER_MINUTES,
        "message": first,
    });
    let route = Route::ChannelForumPosts {
        channel_id: ChannelId::new(forum),
    };
    let answer = discord.rest.post_with(route, &body, picture).await?;
    let Some(post) = answer["id"].as_str().and_then(ids::parse) else {
        let why = "Discord opened a post but named none".to_owned();
        return Err(DeliveryError::Unknown { why });
    };
    Ok(opened(post))
}

/// A post's first message has the post's own id.
fn opened(post: u64) -> Receipt {
    Receipt {
        message: Some(MessageRef(post.to_string())),
        at: ids::time_of(post),
        place: Some(ids::place(post)),
    }
}

fn name(title: &str) -> String {
    let line = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return "–".to_owned();
    }
    body::cut(&line, NAME_MAX)
}

async fn find(
    discord: &Discord,
    forum: u64,
    earliest: u64,
    is_it: impl Fn(&Value) -> bool,
) -> Result<Option<u64>, DeliveryError> {
    let below = forum.to_string();
    for post in active_threads(discord, forum).await? {
        let id = post["id"].as_str().and_then(ids::parse).unwrap_or(0);
        if id < earliest || post["parent_id"] != below.as_str() {
            continue;
        }
        let route = Route::ChannelMessage {
            channel_id: ChannelId::new(id),
            message_id: MessageId::new(id),
        };
        let first = match discord.rest.get(route).await {
            Ok(first) => first,
            Err(fault) if fault.is(code::UNKNOWN_MESSAGE) => continue,
            Err(fault) => return Err(fault.into()),
        };
        if is_it(&first) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Every button's token is its own, so equal buttons mean the same message.
pub fn same_buttons(one: &Value, other: &Value) -> bool {
    let (one, other) = (custom_ids(one), custom_ids(other));
    !one.is_empty() && one == other
}

/// What the buttons of a message carry, in order.
pub fn custom_ids(message: &Value) -> Vec<&str> {
    let rows = message["components"].as_array().into_iter().flatten();
    let buttons = rows
        .filter_map(|row| row["components"].as_array())
        .flatten();
    buttons
        .filter_map(|button| button["custom_id"].as_str())
        .collect()
}

/// The living threads of the server that a channel is in.
pub async fn active_threads(discord: &Discord, channel: u64) -> Result<Vec<Value>, Fault> {
    let route = Route::Channel {
        channel_id: ChannelId::new(channel),
    };
    let shape = discord.rest.get(route).await?;
    let Some(guild) = shape["guild_id"].as_str().and_then(ids::parse) else {
        return Ok(Vec::new());
    };
    let route = Route::GuildThreadsActive {
        guild_id: GuildId::new(guild),
    };
    let mut list = discord.rest.get(route).await?;
    match list["threads"].take() {
        Value::Array(threads) => Ok(threads),
        _ => Ok(Vec::new()),
    }
}

/// Opens the thread of a support channel's message, or finds it open.
pub async fn open_thread(
    discord: &Discord,
    channel: u64,
    message: u64,
) -> Result<(), DeliveryError> {
    if discord.places.parent_of(message) == Some(channel) {
        return Ok(());
    }
    let at = (ChannelId::new(channel), MessageId::new(message));
    let route = Route::ChannelMessage {
        channel_id: at.0,
        message_id: at.1,
    };
    let question = discord.rest.get(route).await?;
    let body = json!({
        "name": thread_name(&question),
        "auto_archive_duration": ARCHIVE_AFTER_MINUTES,
    });
    let route = Route::ChannelMessageThreads {
        channel_id: at.0,
        message_id: at.1,
    };
    let result = discord.rest.post(route, &body).await;
    done_already(result, &[code::THREAD_EXISTS])?;
    discord.places.learn(message, Some(channel));
    Ok(())
}

/// The customer's own words, or their name where we may not read the words.
fn thread_name(question: &Value) -> String {
    let author = &question["author"];
    let content = question["content"].as_str().unwrap_or_default();
    let names = [author["global_name"].as_str(), author["username"].as_str()];
    let words = [Some(content), names[0], names[1]].into_iter().flatten();
    let mut told = words.filter(|words| !words.trim().is_empty());
    name(told.next().unwrap_or_default())
}

/// Archives a post. One that is gone is closed for good.
pub async fn close(discord: &Discord, place: &Place) -> Result<Receipt, DeliveryError> {
    let room = ids::target(place)?.channel();
    let result = archive(discord, room, true).await;
    done_already(result, &[code::UNKNOWN_CHANNEL])?;
    Ok(receipt(discord, None))
}

/// Takes a post out of the archive.
pub async fn reopen(discord: &Discord, place: &Place) -> Result<Receipt, DeliveryError> {
    set_archived(discord, ids::target(place)?.channel(), false).await?;
    Ok(receipt(discord, None))
}

/// Archives or wakes a thread.
pub async fn set_archived(
    discord: &Discord,
    thread: u64,
    archived: bool,
) -> Result<(), DeliveryError> {
    archive(discord, thread, archived).await?;
    Ok(())
}

async fn archive(discord: &Discord, thread: u64, archived: bool) -> Result<Value, Fault> {
    let route = Route::Channel {
        channel_id: ChannelId::new(thread),
    };
    let body = json!({"archived": archived});
    discord.rest.patch(route, &body).await
}
