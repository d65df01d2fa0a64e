//! What a platform allows: so many messages a second from one bot, so many a minute into one group.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::domain::place::{ChannelKind, Place};
use crate::domain::time::{Millis, Timestamp};

/// Telegram takes about 20 a minute into one group, topics and edits included; two are left for
/// what a person does through the bot at the same time.
const TELEGRAM_GROUP_PER_MINUTE: usize = 18;
const MINUTE: Millis = Millis::minutes(1);

/// The budget of one bot.
#[derive(Debug)]
pub struct Budget {
    per_second: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    second: Timestamp,
    used: usize,
    closed_until: Timestamp,
    groups: BTreeMap<String, VecDeque<Timestamp>>,
    groups_closed_until: BTreeMap<String, Timestamp>,
}

impl Budget {
    /// So many messages a second.
    pub fn per_second(messages: u32) -> Budget {
        let per_second = usize::try_from(messages).unwrap_or(usize::MAX);
        Budget {
            per_second,
            state: Mutex::default(),
        }
    }

    /// How many may leave now.
    pub fn allows(&self, now: Timestamp) -> usize {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if now < state.closed_until {
            return 0;
        }
        if (now - state.second).0 >= 1_000 || now < state.second {
            state.second = now;
            state.used = 0;
        }
        self.per_second.saturating_sub(state.used)
    }

    /// So many are leaving.
    pub fn spend(&self, now: Timestamp, messages: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if now >= state.second {
            state.used += messages;
        }
    }

    /// The platform wants to be left alone for so long. A staff group's limit is its own: while it
    /// is closed, customers are still answered.
    pub fn pushed_back(&self, place: &Place, is_group: bool, now: Timestamp, wait: Millis) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let until = now + wait;
        if is_group && place.channel == ChannelKind::Telegram {
            let closed = &mut state.groups_closed_until;
            let group = closed.entry(place.chat.clone()).or_default();
            *group = until.max(*group);
        } else {
            state.closed_until = state.closed_until.max(until);
        }
    }

    /// Counts one message into a staff group; how long to wait where its minute is used up.
    pub fn holds_group(&self, place: &Place, is_group: bool, now: Timestamp) -> Option<Millis> {
        if !is_group || place.channel != ChannelKind::Telegram {
            return None;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = state.groups_closed_until.get(&place.chat)
            && now < *until
        {
            return Some(*until - now);
        }
        let used = state.groups.entry(place.chat.clone()).or_default();
        while used.front().is_some_and(|first| now - *first >= MINUTE) {
            used.pop_front();
        }
        if used.len() < TELEGRAM_GROUP_PER_MINUTE {
            used.push_back(now);
            return None;
        }
        used.front().map(|first| MINUTE - (now - *first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_s_budget_comes_back_with_the_next_second() {
        let budget = Budget::per_second(2);
        assert_eq!(budget.allows(Timestamp(10_000)), 2);
        budget.spend(Timestamp(10_000), 2);
        assert_eq!(budget.allows(Timestamp(10_999)), 0);
        assert_eq!(budget.allows(Timestamp(11_000)), 2);
    }

    #[test]
    fn nothing_leaves_before_retry_after() {
        let budget = Budget::per_second(2);
        let customer = Place::chat(ChannelKind::Telegram, "7");
        budget.pushed_back(&customer, false, Timestamp(1_000), Millis::seconds(3));
        assert_eq!(budget.allows(Timestamp(3_999)), 0);
        assert_eq!(budget.allows(Timestamp(4_000)), 2);
    }

    #[test]
    fn a_group_that_is_closed_closes_nothing_else() {
        let budget = Budget::per_second(2);
        let group = Place::thread(ChannelKind::Telegram, "-100", "7");
        budget.pushed_back(&group, true, Timestamp(1_000), Millis::seconds(30));
        assert_eq!(budget.allows(Timestamp(1_000)), 2);
        let wait = budget.holds_group(&group, true, Timestamp(11_000));
        assert_eq!(wait, Some(Millis::seconds(20)));
        assert_eq!(budget.holds_group(&group, true, Timestamp(31_000)), None);
    }

    #[test]
    fn a_group_takes_eighteen_a_minute() {
        let budget = Budget::per_second(100);
        let group = Place::thread(ChannelKind::Telegram, "-100", "7");
        for _ in 0..18 {
            assert_eq!(budget.holds_group(&group, true, Timestamp(0)), None);
        }
        let other_topic = Place::thread(ChannelKind::Telegram, "-100", "8");
        let wait = budget.holds_group(&other_topic, true, Timestamp(20_000));
        assert_eq!(wait, Some(Millis::seconds(40)));
        assert_eq!(
            budget.holds_group(&other_topic, true, Timestamp(60_000)),
            None
        );
    }
}
