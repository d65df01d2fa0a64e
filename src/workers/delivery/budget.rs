//! What a platform allows: so many messages a second from one bot, so many a minute into one group.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::domain::outgoing::Act;
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

    /// The platform wants to be left alone for so long. A group's limit is its own: while it is
    /// closed, customers are still answered. Discord's limits are those of one channel each: only
    /// the row waits, and the channel itself keeps the pauses that are meant for all.
    pub fn pushed_back(&self, place: &Place, now: Timestamp, wait: Millis) {
        if place.channel == ChannelKind::Discord {
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let until = now + wait;
        match limited_group(place) {
            Some(group) => {
                let closed = &mut state.groups_closed_until;
                let closed = closed.entry(group.to_owned()).or_default();
                *closed = until.max(*closed);
            }
            None => state.closed_until = state.closed_until.max(until),
        }
    }

    /// Counts what an act writes into a group; how long to wait where its minute is used up.
    pub fn holds_group(&self, place: &Place, act: &Act, now: Timestamp) -> Option<Millis> {
        let group = limited_group(place)?;
        let messages = messages_of(act);
        if messages == 0 {
            return None;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = state.groups_closed_until.get(group)
            && now < *until
        {
            return Some(*until - now);
        }
        let used = state.groups.entry(group.to_owned()).or_default();
        while used.front().is_some_and(|first| now - *first >= MINUTE) {
            used.pop_front();
        }
        if used.len() + messages <= TELEGRAM_GROUP_PER_MINUTE {
            used.extend(std::iter::repeat_n(now, messages));
            return None;
        }
        used.front().map(|first| MINUTE - (now - *first))
    }
}

/// The chat of a group whose messages the platform counts; Telegram's have negative ids.
fn limited_group(place: &Place) -> Option<&str> {
    let is_group = place.channel == ChannelKind::Telegram && place.chat.starts_with('-');
    is_group.then_some(place.chat.as_str())
}

/// How many messages an act counts for: a room is a topic and its card; signs and answers to
/// presses are none.
fn messages_of(act: &Act) -> usize {
    match act {
        Act::OpenRoom { .. } => 2,
        Act::Say { .. } | Act::Edit { .. } | Act::CloseRoom | Act::ReopenRoom => 1,
        Act::AnswerPress { buttons, .. } => usize::from(!buttons.is_empty()),
        Act::Mark { .. } => 0,
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
        budget.pushed_back(&customer, Timestamp(1_000), Millis::seconds(3));
        assert_eq!(budget.allows(Timestamp(3_999)), 0);
        assert_eq!(budget.allows(Timestamp(4_000)), 2);
    }

    #[test]
    fn a_full_bucket_of_discord_closes_nothing_else() {
        let budget = Budget::per_second(2);
        let busy = Place::chat(ChannelKind::Discord, "7");
        budget.pushed_back(&busy, Timestamp(1_000), Millis::seconds(3));
        assert_eq!(budget.allows(Timestamp(1_000)), 2);
    }

    fn say() -> Act {
        Act::Say {
            text: "x".into(),
            buttons: Vec::new(),
            reply_to: None,
            files: Vec::new(),
        }
    }

    #[test]
    fn a_group_that_is_closed_closes_nothing_else() {
        let budget = Budget::per_second(2);
        let group = Place::thread(ChannelKind::Telegram, "-100", "7");
        budget.pushed_back(&group, Timestamp(1_000), Millis::seconds(30));
        assert_eq!(budget.allows(Timestamp(1_000)), 2);
        let wait = budget.holds_group(&group, &say(), Timestamp(11_000));
        assert_eq!(wait, Some(Millis::seconds(20)));
        assert_eq!(budget.holds_group(&group, &say(), Timestamp(31_000)), None);
    }

    #[test]
    fn a_group_takes_eighteen_a_minute() {
        let budget = Budget::per_second(100);
        let group = Place::thread(ChannelKind::Telegram, "-100", "7");
        for _ in 0..17 {
            assert_eq!(budget.holds_group(&group, &say(), Timestamp(0)), None);
        }
        let forum = Place::chat(ChannelKind::Telegram, "-100");
        let open = Act::OpenRoom {
            title: "Ann".to_owned(),
            card: "card".into(),
            buttons: Vec::new(),
        };
        let wait = budget.holds_group(&forum, &open, Timestamp(20_000));
        assert_eq!(wait, Some(Millis::seconds(40)), "a room is two messages");
        assert_eq!(budget.holds_group(&group, &say(), Timestamp(20_000)), None);
        let answer = Act::AnswerPress {
            press: "p".to_owned(),
            text: None,
            buttons: Vec::new(),
        };
        assert!(
            budget
                .holds_group(&group, &say(), Timestamp(20_000))
                .is_some()
        );
        assert_eq!(budget.holds_group(&group, &answer, Timestamp(20_000)), None);
        assert_eq!(budget.holds_group(&forum, &open, Timestamp(60_000)), None);
        let customer = Place::chat(ChannelKind::Telegram, "7");
        assert_eq!(
            budget.holds_group(&customer, &say(), Timestamp(20_000)),
            None
        );
    }
}
