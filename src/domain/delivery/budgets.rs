//! The budgets of one bot: its own pace, and what went into each chat and group lately.
//!
//! Invariant: nothing is sent before the time that the platform named, neither to the chat that it
//! named nor, where it seems to mean the whole bot, to anybody.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::delivery::gate::Gate;
use crate::domain::delivery::pace::{Pace, Speed};
use crate::domain::delivery::recent::{Allowance, Recent};
use crate::domain::place::Place;
use crate::domain::time::{Millis, Timestamp};

/// Telegram takes about 20 a minute into one group, topics and edits included; two are left for
/// what a person does through the bot at the same time.
const GROUP: Allowance = Allowance {
    messages: 18,
    within: Millis::minutes(1),
};
/// Telegram takes about one a second into one chat, and short bursts; a tenth longer, since what
/// leaves at a distance may arrive closer together.
const CHAT_WITHIN: Millis = Millis(3_300);
const CHAT_BURST_SECONDS: usize = 3;
/// From so many a second on a chat is not counted at all: a Bot API server without limits.
const CHAT_UNLIMITED_FROM: u32 = 100;
/// Two chats that are refused within so long: the platform means the bot, not the chats.
const TOGETHER: Millis = Millis::seconds(1);
/// How often chats that say nothing any more are looked for.
const FORGET_EVERY: Millis = Millis::seconds(1);

/// What a platform is known to take from one bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    speed: Speed,
    chat: Option<Allowance>,
    group: Option<Allowance>,
    /// Whether refusals of several chats mean the bot and slow it down.
    adapts: bool,
}

impl Limits {
    /// Telegram's, at so many messages a second, and into one chat.
    pub fn telegram(per_second: u32, chat_per_second: u32) -> Limits {
        let bursts = usize::try_from(chat_per_second).unwrap_or(usize::MAX);
        let chat = Allowance {
            messages: CHAT_BURST_SECONDS.saturating_mul(bursts),
            within: CHAT_WITHIN,
        };
        Limits {
            // With this burst no second has more than Telegram's thirty.
            speed: Speed {
                per_second,
                burst: Millis(200),
            },
            chat: (chat_per_second < CHAT_UNLIMITED_FROM).then_some(chat),
            group: Some(GROUP),
            adapts: true,
        }
    }

    /// Those of a channel that keeps its own counts of each chat: only the bot's pace is left.
    pub fn of_bot(per_second: u32) -> Limits {
        Limits {
            speed: Speed {
                per_second,
                burst: Millis::seconds(1),
            },
            chat: None,
            group: None,
            adapts: false,
        }
    }

    fn of_chat(&self, chat: &str) -> Option<Allowance> {
        if is_group(chat) {
            self.group
        } else {
            self.chat
        }
    }
}

/// Telegram's groups have negative ids.
fn is_group(chat: &str) -> bool {
    chat.starts_with('-')
}

/// What is kept of the bot as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bot {
    /// How fast it sends.
    pub pace: Pace,
    /// Whether it may send.
    pub gate: Gate,
}

/// A budget that changed and is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatBudget {
    /// The chat or group.
    pub chat: String,
    /// What went into it.
    pub recent: Recent,
    /// From when on it takes a message.
    pub takes_at: Timestamp,
    /// From when on it says nothing any more.
    pub whole_at: Timestamp,
}

/// The budgets of one bot.
#[derive(Clone, Debug)]
pub struct Budgets {
    limits: Limits,
    /// The bot as a whole.
    pub bot: Bot,
    chats: BTreeMap<String, Recent>,
    changed: BTreeSet<String>,
    /// When chats that said nothing any more were forgotten last.
    forgotten_at: Timestamp,
    /// The chat that was refused last, with nothing accepted since.
    refused: Option<(String, Timestamp)>,
}

impl Budgets {
    /// Budgets as they were written; whole ones where nothing was.
    pub fn restored(
        limits: Limits,
        bot: Option<Bot>,
        chats: Vec<(String, Recent)>,
        now: Timestamp,
    ) -> Budgets {
        let bot = bot.unwrap_or_else(|| Bot {
            pace: Pace::full(limits.speed, now),
            gate: Gate::default(),
        });
        let mut budgets = Budgets {
            limits,
            bot,
            chats: chats.into_iter().collect(),
            changed: BTreeSet::new(),
            forgotten_at: now,
            refused: None,
        };
        budgets.count(now);
        budgets
    }

    /// Counts what came back until now.
    pub fn count(&mut self, now: Timestamp) {
        self.bot.pace.count(self.limits.speed, now);
    }

    /// When a chat takes a message of that weight; what weighs nothing waits for the bot only.
    pub fn takes_at(&self, chat: Option<&str>, weight: i64) -> Timestamp {
        let Some(chat) = chat.filter(|_| weight > 0) else {
            return Timestamp(0);
        };
        let (Some(recent), messages) = (self.chats.get(chat), usize::try_from(weight)) else {
            return Timestamp(0);
        };
        let allowance = self.limits.of_chat(chat).unwrap_or(UNLIMITED);
        recent.takes_at(messages.unwrap_or(1), allowance)
    }

    /// A message of that weight leaves for a chat.
    pub fn spend(&mut self, chat: Option<&str>, weight: i64, now: Timestamp) {
        self.bot.pace.spend(calls(weight));
        let Some(chat) = chat.filter(|_| weight > 0) else {
            return;
        };
        if let Some(allowance) = self.limits.of_chat(chat) {
            let recent = self.chats.entry(chat.to_owned()).or_default();
            recent.spend(usize::try_from(weight).unwrap_or(1), allowance, now);
            self.changed.insert(chat.to_owned());
        }
    }

    /// The platform wants to be left alone for so long after a message to that place. A chat's
    /// limit is its own, and a group's too: others are still written to, until a second one is
    /// refused within a second or before anything was accepted. Says whether it means the bot.
    pub fn pushed_back(&mut self, place: &Place, now: Timestamp, wait: Millis) -> bool {
        let recent = self.chats.entry(place.chat.clone()).or_default();
        recent.close(now + wait);
        self.changed.insert(place.chat.clone());
        if !self.limits.adapts {
            return false;
        }
        let means_the_bot = match &self.refused {
            Some((other, _)) => *other != place.chat,
            None => false,
        };
        if means_the_bot {
            self.bot.pace.push_back(now, wait);
        }
        self.refused = Some((place.chat.clone(), now));
        means_the_bot
    }

    /// What the platform said to an earlier holding of this process still holds, though another
    /// process sent in between and never heard of it. Says whether anything does.
    pub fn heed(&mut self, earlier: &Budgets, now: Timestamp) -> bool {
        for (chat, recent) in &earlier.chats {
            if let Some(until) = recent.closed_until(now) {
                self.chats.entry(chat.clone()).or_default().close(until);
                self.changed.insert(chat.clone());
            }
        }
        !self.changed.is_empty()
    }

    /// The platform accepted something that was begun at that time.
    pub fn accepted(&mut self, begun_at: Timestamp, now: Timestamp) {
        self.bot.pace.accepted(now);
        let is_over = |refused_at: Timestamp| begun_at >= refused_at && now - refused_at > TOGETHER;
        if self.refused.as_ref().is_some_and(|(_, at)| is_over(*at)) {
            self.refused = None;
        }
    }

    /// Everything is to be written anew.
    pub fn change_all(&mut self) {
        self.changed.extend(self.chats.keys().cloned());
    }

    /// What changed since the last call, to be written.
    pub fn changed(&mut self, now: Timestamp) -> Vec<ChatBudget> {
        let changed = std::mem::take(&mut self.changed);
        let budgets = changed.into_iter().filter_map(|chat| {
            let recent = self.chats.get(&chat)?.clone();
            let allowance = self.limits.of_chat(&chat).unwrap_or(UNLIMITED);
            Some(ChatBudget {
                takes_at: recent.takes_at(1, allowance),
                whole_at: recent.whole_at(allowance),
                chat,
                recent,
            })
        });
        let budgets = budgets.collect();
        // Not each time: a commit that concerns a few chats does not look at thousands.
        if now < self.forgotten_at || now - self.forgotten_at >= FORGET_EVERY {
            self.forgotten_at = now;
            let limits = self.limits;
            self.chats.retain(|chat, recent| {
                now < recent.whole_at(limits.of_chat(chat).unwrap_or(UNLIMITED))
            });
        }
        budgets
    }
}

/// Where chats are not counted, only what the platform said holds.
const UNLIMITED: Allowance = Allowance {
    messages: usize::MAX,
    within: Millis(0),
};

/// How many calls of the bot a row takes: signs and answers to presses weigh nothing in a chat.
pub fn calls(weight: i64) -> i64 {
    weight.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::place::ChannelKind;

    fn telegram() -> Budgets {
        Budgets::restored(Limits::telegram(25, 1), None, Vec::new(), Timestamp(0))
    }

    fn chat(id: &str) -> Place {
        Place::chat(ChannelKind::Telegram, id)
    }

    #[test]
    fn a_chat_that_is_pushed_back_holds_no_other_up() {
        let mut budgets = telegram();
        assert!(!budgets.pushed_back(&chat("7"), Timestamp(1_000), Millis::seconds(3)));
        assert!(!budgets.pushed_back(&chat("7"), Timestamp(1_010), Millis::seconds(3)));
        assert_eq!(budgets.takes_at(Some("7"), 1), Timestamp(4_010));
        assert_eq!(budgets.takes_at(Some("8"), 1), Timestamp(0));
        assert!(!budgets.bot.pace.is_closed(Timestamp(1_010)));
    }

    #[test]
    fn what_an_earlier_holding_was_told_holds_on() {
        let mut earlier = telegram();
        earlier.pushed_back(&chat("7"), Timestamp(1_000), Millis::seconds(3));
        earlier.pushed_back(&chat("8"), Timestamp(1_000), Millis::seconds(1));
        let mut budgets = telegram();
        assert!(budgets.heed(&earlier, Timestamp(2_000)));
        assert_eq!(budgets.takes_at(Some("7"), 1), Timestamp(4_000));
        assert_eq!(budgets.takes_at(Some("8"), 1), Timestamp(0));
        assert_eq!(budgets.changed(Timestamp(2_000)).len(), 1);
    }

    #[test]
    fn two_chats_at_once_mean_the_bot() {
        let mut budgets = telegram();
        budgets.pushed_back(&chat("7"), Timestamp(1_000), Millis::seconds(3));
        budgets.accepted(Timestamp(900), Timestamp(1_100));
        assert!(budgets.pushed_back(&chat("8"), Timestamp(1_900), Millis::seconds(3)));
        assert!(budgets.bot.pace.is_closed(Timestamp(4_899)));
        assert!(!budgets.bot.pace.is_closed(Timestamp(4_900)));
    }

    #[test]
    fn chats_that_are_refused_with_something_accepted_between_mean_themselves() {
        let mut budgets = telegram();
        budgets.pushed_back(&chat("7"), Timestamp(1_000), Millis::seconds(3));
        budgets.accepted(Timestamp(2_000), Timestamp(2_100));
        assert!(!budgets.pushed_back(&chat("8"), Timestamp(2_200), Millis::seconds(3)));
        assert!(budgets.pushed_back(&chat("9"), Timestamp(9_200), Millis::seconds(3)));
    }

    #[test]
    fn a_full_bucket_of_discord_closes_nothing_else() {
        let limits = Limits::of_bot(40);
        let mut budgets = Budgets::restored(limits, None, Vec::new(), Timestamp(0));
        for busy in ["7", "8"] {
            let place = Place::chat(ChannelKind::Discord, busy);
            assert!(!budgets.pushed_back(&place, Timestamp(1_000), Millis::seconds(3)));
        }
        assert!(!budgets.bot.pace.is_closed(Timestamp(1_000)));
        assert_eq!(budgets.takes_at(Some("7"), 1), Timestamp(4_000));
        assert_eq!(budgets.takes_at(Some("9"), 1), Timestamp(0));
    }

    #[test]
    fn a_group_takes_eighteen_a_minute_and_signs_count_for_none() {
        let mut budgets = telegram();
        for _ in 0..17 {
            assert_eq!(budgets.takes_at(Some("-100"), 1), Timestamp(0));
            budgets.spend(Some("-100"), 1, Timestamp(0));
        }
        let room = budgets.takes_at(Some("-100"), 2);
        assert_eq!(room, Timestamp(60_000), "a room is two messages");
        assert_eq!(budgets.takes_at(Some("-100"), 1), Timestamp(0));
        budgets.spend(Some("-100"), 1, Timestamp(20_000));
        assert_eq!(budgets.takes_at(Some("-100"), 1), Timestamp(60_000));
        assert_eq!(budgets.takes_at(Some("-100"), 0), Timestamp(0));
        assert_eq!(budgets.takes_at(Some("7"), 1), Timestamp(0));
    }

    #[test]
    fn what_changed_is_written_and_read_back_until_it_says_nothing() {
        let mut budgets = telegram();
        for _ in 0..3 {
            budgets.spend(Some("7"), 1, Timestamp(1_000));
        }
        let kept = budgets.changed(Timestamp(1_000));
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].takes_at, Timestamp(4_300));
        assert_eq!(kept[0].whole_at, Timestamp(4_300));
        assert!(
            budgets.changed(Timestamp(1_000)).is_empty(),
            "written already"
        );
        let text = serde_json::to_string(&(&kept[0].recent, &budgets.bot)).expect("serialises");
        let (recent, bot): (Recent, Bot) = serde_json::from_str(&text).expect("reads");
        let limits = Limits::telegram(25, 1);
        let chats = vec![("7".to_owned(), recent)];
        let next = Budgets::restored(limits, Some(bot), chats, Timestamp(1_000));
        assert_eq!(next.takes_at(Some("7"), 1), Timestamp(4_300));
        budgets.changed(Timestamp(4_300));
        assert!(budgets.chats.is_empty());
    }
}
