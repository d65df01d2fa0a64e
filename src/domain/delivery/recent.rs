//! What went into one chat lately, and what the platform lets go into it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::domain::time::{Millis, Timestamp};

/// How many messages may go into one chat within how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// So many messages …
    pub messages: usize,
    /// … within so long, wherever that stretch of time begins.
    pub within: Millis,
}

/// What went into one chat lately.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// When, oldest first; no more than the allowance.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    sent: VecDeque<Timestamp>,
    /// The platform wants this chat to be left alone until then.
    #[serde(default)]
    closed_until: Timestamp,
}

impl Recent {
    /// When so many messages may go in, by the allowance and by what the platform said.
    pub fn takes_at(&self, messages: usize, allowance: Allowance) -> Timestamp {
        let messages = messages.min(allowance.messages);
        let over = (self.sent.len() + messages).saturating_sub(allowance.messages);
        let fits_at = match over.checked_sub(1) {
            None => Timestamp(0),
            Some(last_to_age) => self
                .sent
                .get(last_to_age)
                .map_or(Timestamp(0), |sent| *sent + allowance.within),
        };
        fits_at.max(self.closed_until)
    }

    /// So many messages go in.
    pub fn spend(&mut self, messages: usize, allowance: Allowance, now: Timestamp) {
        self.forget(allowance, now);
        self.sent
            .extend(std::iter::repeat_n(now, messages.min(allowance.messages)));
        while self.sent.len() > allowance.messages {
            self.sent.pop_front();
        }
    }

    /// The platform wants it left alone until then.
    pub fn close(&mut self, until: Timestamp) {
        self.closed_until = self.closed_until.max(until);
    }

    /// Until when the platform wants it left alone, where it still does.
    pub fn closed_until(&self, now: Timestamp) -> Option<Timestamp> {
        (now < self.closed_until).then_some(self.closed_until)
    }

    /// From when on it is as if nothing had ever gone in.
    pub fn whole_at(&self, allowance: Allowance) -> Timestamp {
        let aged_at = self
            .sent
            .back()
            .map_or(Timestamp(0), |sent| *sent + allowance.within);
        aged_at.max(self.closed_until)
    }

    fn forget(&mut self, allowance: Allowance, now: Timestamp) {
        // A clock that was set back must not leave the chat closed for ever.
        self.sent
            .retain(|sent| *sent <= now && now < *sent + allowance.within);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ROOMY: Allowance = Allowance {
        messages: 3,
        within: Millis::seconds(3),
    };

    #[test]
    fn a_short_burst_goes_in_and_then_one_by_one() {
        let mut chat = Recent::default();
        for at in [1_000, 1_100, 1_200] {
            assert!(chat.takes_at(1, ROOMY) <= Timestamp(at));
            chat.spend(1, ROOMY, Timestamp(at));
        }
        assert_eq!(chat.takes_at(1, ROOMY), Timestamp(4_000));
        assert_eq!(chat.takes_at(2, ROOMY), Timestamp(4_100));
        assert_eq!(chat.whole_at(ROOMY), Timestamp(4_200));
        chat.close(Timestamp(9_000));
        assert_eq!(chat.takes_at(1, ROOMY), Timestamp(9_000));
    }

    proptest! {
        #[test]
        fn no_stretch_of_time_ever_has_more_than_is_allowed(
            steps in prop::collection::vec((0_i64..900, 1_usize..3), 1..120),
        ) {
            let mut chat = Recent::default();
            let (mut now, mut sent) = (Timestamp(10_000), Vec::new());
            for (pause, messages) in steps {
                now = now + Millis(pause);
                if chat.takes_at(messages, ROOMY) <= now {
                    chat.spend(messages, ROOMY, now);
                    sent.extend(std::iter::repeat_n(now, messages));
                }
            }
            for from in &sent {
                let within = sent.iter().filter(|at| *at >= from && **at < *from + ROOMY.within);
                prop_assert!(within.count() <= ROOMY.messages);
            }
        }
    }
}
