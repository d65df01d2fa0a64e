//! Whether an earlier attempt arrived after all.
//!
//! Invariant: within the nonce's life the same nonce is repeated and Discord gives the earlier
//! message back; after it the history is read first. Discord keeps a nonce for "a few minutes";
//! a minute is surely within that.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use serenity::http::Route;
use serenity::model::id::ChannelId;

use super::outbound::receipt_of;
use super::rooms::custom_ids;
use super::{Discord, ids};
use crate::channels::DeliveryError;
use crate::domain::outgoing::{Outgoing, Receipt};
use crate::domain::time::Millis;

/// How long the nonce alone is trusted.
const NONCE_TRUSTED: Millis = Millis::seconds(60);
/// How far the clocks of both sides may be apart.
const CLOCK_SLACK: Millis = Millis::seconds(10);
/// Pages of the history that are read for one message.
const PAGES_MAX: usize = 10;
const PAGE: usize = 100;
/// Messages of ours whose nonces are remembered.
const SENT_MAX: usize = 4_096;

/// Which of our messages belongs to which nonce, as far as this process knows.
#[derive(Default)]
pub struct Sent {
    nonces: Mutex<BTreeMap<u64, String>>,
}

impl Sent {
    /// Notes a message from its receipt or its echo.
    pub fn remember(&self, message: &str, nonce: &str) {
        let Some(message) = ids::parse(message) else {
            return;
        };
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        nonces.insert(message, nonce.to_owned());
        if nonces.len() > SENT_MAX {
            nonces.pop_first();
        }
    }

    fn nonce_of(&self, message: u64) -> Option<String> {
        let nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        nonces.get(&message).cloned()
    }
}

/// The receipt of an earlier attempt, where there was one and it arrived.
pub async fn said_already(
    discord: &Discord,
    outgoing: &Outgoing,
    channel: u64,
    body: &Value,
) -> Result<Option<Receipt>, DeliveryError> {
    let Some(since) = outgoing.unknown_since else {
        return Ok(None);
    };
    let age = discord.now() - since;
    if age < NONCE_TRUSTED {
        return Ok(None);
    }
    let bot = discord.bot().await?.to_string();
    let mut after = ids::first_at(since - CLOCK_SLACK);
    for _ in 0..PAGES_MAX {
        let page = newer_than(discord, channel, after).await?;
        let same = |message: &&Value| is_it(discord, &bot, message, outgoing, body);
        let found = page.iter().find(same);
        if let Some(found) = found {
            return receipt_of(discord, found).map(Some);
        }
        if page.len() < PAGE {
            break;
        }
        let last = page.iter().filter_map(|message| message["id"].as_str());
        after = last.filter_map(ids::parse).max().unwrap_or(after);
    }
    Ok(None)
}

async fn newer_than(
    discord: &Discord,
    channel: u64,
    after: u64,
) -> Result<Vec<Value>, DeliveryError> {
    let route = Route::ChannelMessages {
        channel_id: ChannelId::new(channel),
    };
    let params = vec![("after", after.to_string()), ("limit", PAGE.to_string())];
    let page = discord.rest.page(route, params).await?;
    match page {
        Value::Array(page) => Ok(page),
        _ => Ok(Vec::new()),
    }
}

/// The history tells no nonces. What this process knows decides; otherwise the same words with
/// the same buttons, which nothing else of ours has.
fn is_it(discord: &Discord, bot: &str, message: &Value, outgoing: &Outgoing, body: &Value) -> bool {
    let id = message["id"].as_str().and_then(ids::parse).unwrap_or(0);
    if message["nonce"] == outgoing.nonce.as_str() {
        return true;
    }
    if let Some(nonce) = discord.sent.nonce_of(id) {
        return nonce == outgoing.nonce;
    }
    message["author"]["id"] == bot
        && message["content"] == body["content"]
        && custom_ids(message) == custom_ids(body)
}
