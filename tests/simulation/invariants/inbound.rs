//! The way in.

use std::collections::{BTreeMap, BTreeSet};

use careline::domain::place::ChannelKind;
use careline::domain::timeline::FactKind;

use super::{Evidence, Faults};
use crate::simulation::ground::What;
use crate::simulation::world::World;

/// I1: what a platform took from a person and could still hand over is in the inbox, and nothing
/// else is. Left out: what nobody fetched within a day; what was said in a chat of somebody erased; and, on
/// Discord, what was said in a direct chat before anything of it was ever stored (the one hole).
pub fn i01_all_that_could_be_fetched_is_in_the_inbox(world: &World, evidence: &Evidence) -> Faults {
    let mut faults = Faults::new();
    let stored: BTreeSet<&str> = evidence.inbox.iter().map(|one| one.key.as_str()).collect();
    let ground = world.ground();
    let erased: BTreeSet<usize> = world
        .history
        .erased
        .iter()
        .map(|(taint, _)| taint.customer)
        .collect();
    let expired: BTreeSet<&str> = ground.telegram.expired.iter().map(String::as_str).collect();
    let mut first_known: BTreeMap<&careline::domain::place::Place, i64> = BTreeMap::new();
    for typed in &ground.typed {
        if typed.what == What::Message && stored.contains(typed.key.as_str()) {
            let first = first_known.entry(&typed.place).or_insert(typed.id);
            *first = typed.id.min(*first);
        }
    }
    for typed in &ground.typed {
        let is_room = typed.customer.is_none();
        let known_from = first_known.get(&typed.place).copied();
        let in_reach = match typed.place.channel {
            ChannelKind::Telegram => typed.reachable,
            ChannelKind::Discord | ChannelKind::Web => {
                typed.reachable && (is_room || known_from.is_some_and(|first| typed.id >= first))
            }
        };
        // Erasure takes along what was said in the rooms of a matter, too.
        let owner = ground.chats.get(&typed.place).and_then(|chat| chat.owner);
        let is_erased = match owner {
            Some(owner) => erased.contains(&owner.customer),
            None => !erased.is_empty(),
        };
        let is_missing = !stored.contains(typed.key.as_str());
        if in_reach && is_missing && !is_erased && !expired.contains(typed.key.as_str()) {
            faults.push(format!("{} was lost", typed.key));
        }
    }
    let typed: BTreeSet<&str> = ground.typed.iter().map(|one| one.key.as_str()).collect();
    for arrived in &evidence.inbox {
        let is_platforms = matches!(arrived.origin.as_str(), "telegram" | "discord");
        if is_platforms && !typed.contains(arrived.key.as_str()) {
            faults.push(format!("{} was never typed", arrived.key));
        }
    }
    faults
}

/// I2: every arrival is decided on once, none is set aside, and a message that was typed is kept
/// exactly once.
pub fn i02_each_arrival_takes_effect_once(_: &World, evidence: &Evidence) -> Faults {
    let mut faults = Faults::new();
    for arrived in &evidence.inbox {
        if arrived.state != "done" {
            let why = arrived.outcome.clone().unwrap_or_default();
            faults.push(format!("{} is {}: {why}", arrived.key, arrived.state));
        }
    }
    let mut wrote: BTreeMap<(String, String, String), u32> = BTreeMap::new();
    for arrived in &evidence.inbox {
        if matches!(arrived.outcome.as_deref(), Some("wrote" | "read-together")) {
            let arrival: serde_json::Value =
                serde_json::from_str(&arrived.arrival).unwrap_or_default();
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            let named = text(&arrival["what"]["message"]);
            let chat = text(&arrival["place"]["chat"]);
            *wrote
                .entry((arrived.origin.clone(), chat, named))
                .or_default() += 1;
        }
    }
    for (key, times) in &wrote {
        if *times != 1 {
            faults.push(format!("{key:?} was decided on {times} times"));
        }
    }
    let named: BTreeSet<(&str, &str, &str)> = evidence
        .named
        .iter()
        .map(|(channel, chat, named, _)| (channel.as_str(), chat.as_str(), named.as_str()))
        .collect();
    let kept = evidence
        .messages
        .iter()
        .filter(|one| one.author == "customer");
    if kept.count() != wrote.len() {
        faults.push(format!(
            "{} messages of customers are kept for {} that were decided on",
            evidence
                .messages
                .iter()
                .filter(|one| one.author == "customer")
                .count(),
            wrote.len()
        ));
    }
    for (channel, chat, name) in wrote.keys() {
        if !name.is_empty() && !named.contains(&(channel.as_str(), chat.as_str(), name.as_str())) {
            faults.push(format!("{channel}:{chat}:{name} is kept without its name"));
        }
    }
    faults
}

/// I11: a timer fires once, and not before it is due (by the clock of the process that fired it,
/// which may differ from the platforms' by 400 ms where clocks differ at all).
pub fn i11_timers_fire_once_and_not_early(_: &World, evidence: &Evidence) -> Faults {
    let mut faults = Faults::new();
    let mut fired: BTreeMap<(String, i64), usize> = BTreeMap::new();
    for arrived in evidence.inbox.iter().filter(|one| one.origin == "clock") {
        if arrived.received_at < arrived.platform_at {
            faults.push(format!(
                "{} fired {} ms early",
                arrived.key,
                arrived.platform_at - arrived.received_at
            ));
        }
        // The key holds whose, which and when it was due; its last part is the arrival's own.
        let timer = arrived.key.rsplit_once(':').map_or("", |(timer, _)| timer);
        *fired
            .entry((timer.to_owned(), arrived.platform_at))
            .or_default() += 1;
    }
    for ((timer, _), times) in fired {
        // Waits that begin with messages of the same instant are due at the same time.
        let conversation = timer.split(':').nth(1).unwrap_or_default();
        let begins =
            |kind: &FactKind| matches!(kind, FactKind::HandoffAsked { .. } | FactKind::Reopened);
        let facts = evidence.facts_of(conversation);
        let waits = facts.filter(|one| begins(&one.fact.kind)).count();
        if times > waits.max(1) {
            faults.push(format!("{timer} fired {times} times"));
        }
    }
    faults
}

/// I15: while nothing breaks, an arrival waits for its decision no longer than a few seconds,
/// however much anybody else wrote.
pub fn i15_a_flood_holds_nobody_else_up(world: &World, evidence: &Evidence) -> Faults {
    let Some(healed_at) = world.history.healed_at else {
        return Faults::new();
    };
    let late = evidence.inbox.iter().filter_map(|one| {
        let waited = one.done_at? - one.received_at;
        (one.received_at > healed_at.0 && waited > 5_000)
            .then(|| format!("{} waited {waited} ms", one.key))
    });
    late.collect()
}
