//! What was said while nobody of ours listened: Discord replays nothing of a lost session, so the
//! history after the last stored message is read, for every place that we know.
//!
//! Invariant: when it is done, every message that stands in those places is in the inbox. A
//! disturbance that passes is waited out; a place that is gone or closed to us is left out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use serenity::http::Route;
use serenity::model::id::ChannelId;

use super::fault::Fault;
use super::ids::{self, Target};
use super::waits::{Waits, take};
use super::{Discord, inbound, rooms};
use crate::channels::Inlet;
use crate::domain::place::ChannelKind;

const PAGE: usize = 100;

/// Reads everything that was missed. Ends early only when we are told to stop.
pub async fn run(discord: &Discord, inlet: &dyn Inlet, bot: u64) {
    let mut waits = Waits::new(&discord.pauses);
    let marks = loop {
        match inlet.watermarks(ChannelKind::Discord).await {
            Ok(marks) => break marks,
            Err(error) => {
                tracing::warn!(%error, "the places to catch up with cannot be read yet");
                waits.pause(None).await;
            }
        }
    };
    let mut order = Vec::new();
    let mut after: BTreeMap<u64, u64> = BTreeMap::new();
    for mark in marks {
        let (Ok(target), Some(last)) = (ids::target(&mark.place), ids::parse(mark.last.as_str()))
        else {
            continue;
        };
        let channel = match target {
            Target::Channel(channel) | Target::ThreadOn { channel, .. } => channel,
        };
        let known = after.entry(channel).or_insert_with(|| {
            order.push(channel);
            last
        });
        *known = last.max(*known);
    }
    let quiet = look_at_threads(discord, bot, &mut order, &mut after, &mut waits).await;
    let mut found = 0;
    for channel in order.into_iter().filter(|channel| !quiet.contains(channel)) {
        let last = after.get(&channel).copied().unwrap_or(0);
        found += read_on(discord, inlet, bot, channel, last, &mut waits).await;
    }
    tracing::info!(found, "caught up with what was said meanwhile");
}

/// Adds our own living threads that nobody has written in yet; gives those without news.
async fn look_at_threads(
    discord: &Discord,
    bot: u64,
    order: &mut Vec<u64>,
    after: &mut BTreeMap<u64, u64>,
    waits: &mut Waits,
) -> BTreeSet<u64> {
    let mut quiet = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let roots: Vec<u64> = discord.places.roots().collect();
    for root in roots {
        let threads = loop {
            match rooms::active_threads(discord, root).await {
                Ok(threads) => break threads,
                Err(fault) => {
                    if !waits.pass(&fault).await {
                        break Vec::new();
                    }
                }
            }
        };
        for thread in threads {
            let number = |name: &str| thread[name].as_str().and_then(ids::parse);
            let Some(id) = number("id").filter(|id| seen.insert(*id)) else {
                continue;
            };
            discord.places.learn_shape(&thread);
            let ours = number("owner_id") == Some(bot);
            let below = number("parent_id");
            let known = after.contains_key(&id);
            if !known && ours && discord.places.roots().any(|root| Some(root) == below) {
                order.push(id);
                after.insert(id, id);
            }
            let last = number("last_message_id").unwrap_or(u64::MAX);
            if after.get(&id).is_some_and(|mark| *mark >= last) {
                quiet.insert(id);
            }
        }
    }
    quiet
}

/// Reads one channel to its end; gives how many messages there were.
async fn read_on(
    discord: &Discord,
    inlet: &dyn Inlet,
    bot: u64,
    channel: u64,
    mut last: u64,
    waits: &mut Waits,
) -> usize {
    let Some(ground) = discord.ground(channel, waits).await else {
        return 0;
    };
    let route = Route::ChannelMessages {
        channel_id: ChannelId::new(channel),
    };
    let mut found = 0;
    loop {
        let params = vec![("after", last.to_string()), ("limit", PAGE.to_string())];
        let page = match discord.rest.page(route, params).await {
            Ok(Value::Array(page)) => page,
            Ok(_) => return found,
            Err(Fault::Refused { status, code }) => {
                tracing::warn!(channel, status, code, "a history cannot be read");
                return found;
            }
            Err(fault) => {
                if !waits.pass(&fault).await {
                    return found;
                }
                continue;
            }
        };
        // Discord gives the newest first, whatever was asked for.
        let mut page: Vec<(u64, Value)> = page
            .into_iter()
            .filter_map(|one| Some((one["id"].as_str().and_then(ids::parse)?, one)))
            .collect();
        page.sort_by_key(|(id, _)| *id);
        let arrivals = page
            .iter()
            .filter_map(|(_, one)| inbound::message(bot, ground, one));
        let arrivals: Vec<_> = arrivals.collect();
        found += arrivals.len();
        take(inlet, arrivals, waits).await;
        if page.len() < PAGE {
            return found;
        }
        last = page.last().map_or(last, |(id, _)| *id);
    }
}
