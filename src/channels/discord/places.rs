//! Which channel is what: a direct channel, a support channel, a thread in one, a room at the
//! desk, or none of our business.
//!
//! Invariant: what a channel is was told by Discord, in an event or an answer, never guessed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// Channels remembered at once; the oldest are asked for again when there are more.
const KNOWN_MAX: usize = 50_000;

/// What a channel is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// A person's direct channel with the bot.
    Direct,
    /// A configured support channel itself.
    Support,
    /// A thread in a support channel.
    SupportThread,
    /// The desk's forum, or a post in it.
    Desk,
    /// Any other channel.
    Elsewhere,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spot {
    Direct,
    Channel,
    Thread { parent: u64 },
}

/// What is configured, and what was learnt.
pub struct Places {
    forum: Option<u64>,
    support: BTreeSet<u64>,
    known: Mutex<BTreeMap<u64, Spot>>,
}

impl Places {
    /// The configured places.
    pub fn new(forum: Option<u64>, support: BTreeSet<u64>) -> Places {
        Places {
            forum,
            support,
            known: Mutex::default(),
        }
    }

    /// The configured channels whose threads are ours.
    pub fn roots(&self) -> impl Iterator<Item = u64> {
        self.forum.into_iter().chain(self.support.iter().copied())
    }

    /// Notes a thread with its parent, or a channel that is no thread.
    pub fn learn(&self, channel: u64, parent: Option<u64>) {
        let spot = parent.map_or(Spot::Channel, |parent| Spot::Thread { parent });
        self.put(channel, spot);
    }

    /// Notes a direct channel.
    pub fn learn_direct(&self, channel: u64) {
        self.put(channel, Spot::Direct);
    }

    /// Notes a channel from Discord's own description of it; false where it is not one.
    pub fn learn_shape(&self, shape: &Value) -> bool {
        let number = |name: &str| shape[name].as_str().and_then(super::ids::parse);
        let (Some(channel), Some(kind)) = (number("id"), shape["type"].as_u64()) else {
            return false;
        };
        match (kind, number("parent_id")) {
            (1, _) => self.put(channel, Spot::Direct),
            (10..=12, Some(parent)) => self.put(channel, Spot::Thread { parent }),
            _ => self.put(channel, Spot::Channel),
        }
        true
    }

    fn put(&self, channel: u64, spot: Spot) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(channel, spot);
        if known.len() > KNOWN_MAX {
            known.pop_first();
        }
    }

    /// The channel that a thread hangs below, where it is known to be a thread.
    pub fn parent_of(&self, channel: u64) -> Option<u64> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(&channel) {
            Some(Spot::Thread { parent }) => Some(*parent),
            Some(Spot::Direct | Spot::Channel) | None => None,
        }
    }

    /// What the channel is to us; `None` where Discord has to be asked.
    pub fn ground(&self, channel: u64) -> Option<Ground> {
        if self.support.contains(&channel) {
            return Some(Ground::Support);
        }
        if self.forum == Some(channel) {
            return Some(Ground::Desk);
        }
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let ground = match known.get(&channel)? {
            Spot::Direct => Ground::Direct,
            Spot::Thread { parent } if self.forum == Some(*parent) => Ground::Desk,
            Spot::Thread { parent } if self.support.contains(parent) => Ground::SupportThread,
            Spot::Channel | Spot::Thread { .. } => Ground::Elsewhere,
        };
        Some(ground)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_channel_is_what_discord_said_it_is() {
        let places = Places::new(Some(1), BTreeSet::from([2]));
        let shape = |id: u64, kind: u64, parent: u64| json!({"id": id.to_string(), "type": kind, "parent_id": parent.to_string()});
        for (id, kind, parent) in [
            (11, 11, 1),
            (12, 11, 2),
            (13, 11, 3),
            (14, 1, 0),
            (15, 0, 1),
        ] {
            assert!(places.learn_shape(&shape(id, kind, parent)));
        }
        let cases = [
            (1, Some(Ground::Desk)),
            (2, Some(Ground::Support)),
            (11, Some(Ground::Desk)),
            (12, Some(Ground::SupportThread)),
            (13, Some(Ground::Elsewhere)),
            (14, Some(Ground::Direct)),
            (15, Some(Ground::Elsewhere)),
            (99, None),
        ];
        for (channel, expected) in cases {
            assert_eq!(places.ground(channel), expected, "{channel}");
        }
        assert!(!places.learn_shape(&json!({"id": "0"})));
    }
}
