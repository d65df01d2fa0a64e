//! What the platforms allow, as they count it themselves, and the times before which they want to
//! be left alone.

use std::collections::{BTreeMap, VecDeque};

use careline::domain::outgoing::{Act, Outgoing};
use careline::domain::place::{ChannelKind, Place};
use careline::domain::time::{Millis, Timestamp};

/// Telegram takes about 30 messages a second from a bot.
const TELEGRAM_PER_SECOND: usize = 30;
/// And about 20 a minute into one group.
const TELEGRAM_GROUP_PER_MINUTE: usize = 20;
/// Discord takes 50 requests a second from a bot.
const DISCORD_PER_SECOND: usize = 50;

/// The counters.
#[derive(Default)]
pub struct Limits {
    sent: BTreeMap<String, VecDeque<Timestamp>>,
    /// Until when nothing may come, by what it holds for, with the life of the process that was
    /// told so: another one cannot know.
    pub closed: BTreeMap<String, (Timestamp, u64)>,
}

/// What a platform counts a call under.
pub fn scope(place: &Place) -> String {
    match place.channel {
        ChannelKind::Telegram if place.chat.starts_with('-') => format!("group {}", place.chat),
        ChannelKind::Telegram => format!("chat {}", place.chat),
        ChannelKind::Discord => format!("bucket {}", place.chat),
        ChannelKind::Web => "web".to_owned(),
    }
}

/// How many messages a call counts for: signs and answers to presses are none.
pub fn weight(outgoing: &Outgoing) -> usize {
    match outgoing.act {
        Act::OpenRoom { .. } => 2,
        Act::Mark { .. } | Act::AnswerPress { .. } => 0,
        Act::Say { .. }
        | Act::Show { .. }
        | Act::Edit { .. }
        | Act::CloseRoom
        | Act::ReopenRoom => 1,
    }
}

impl Limits {
    /// How long Discord's adapter keeps a call back by itself: it knows which buckets are closed.
    pub fn held_back(&self, place: &Place, life: u64, now: Timestamp) -> Option<Millis> {
        if place.channel != ChannelKind::Discord {
            return None;
        }
        let (until, told) = self.closed.get(&scope(place))?;
        (*told == life && now < *until).then(|| *until - now)
    }

    /// Counts a call; gives how long to wait where it is one too many.
    pub fn count(&mut self, outgoing: &Outgoing, now: Timestamp) -> Option<Millis> {
        let weight = weight(outgoing);
        if weight == 0 {
            return None;
        }
        let place = &outgoing.place;
        let (name, most, window) = match place.channel {
            ChannelKind::Telegram if place.chat.starts_with('-') => {
                (scope(place), TELEGRAM_GROUP_PER_MINUTE, Millis::minutes(1))
            }
            ChannelKind::Telegram => (
                "telegram".to_owned(),
                TELEGRAM_PER_SECOND,
                Millis::seconds(1),
            ),
            ChannelKind::Discord => ("discord".to_owned(), DISCORD_PER_SECOND, Millis::seconds(1)),
            ChannelKind::Web => return None,
        };
        let sent = self.sent.entry(name).or_default();
        while sent
            .front()
            .is_some_and(|first| (now - *first).0 >= window.0)
        {
            sent.pop_front();
        }
        if sent.len() + weight > most {
            let first = sent.front().copied().unwrap_or(now);
            return Some(Millis(window.0 - (now - first).0));
        }
        sent.extend(std::iter::repeat_n(now, weight));
        None
    }
}
