//! The platform's sending limits, counted on the fake's own clock: about one a second in a chat
//! (short bursts pass), twenty a minute in a group, thirty a second for the bot.

use std::collections::{BTreeMap, VecDeque};

use super::refusal::Refusal;

/// A sliding window: at most `count` within `window_ms`.
#[derive(Debug, Clone, Copy)]
struct Window {
    count: usize,
    window_ms: i64,
}

/// A private chat takes three at once, then one a second.
const PRIVATE: Window = Window {
    count: 3,
    window_ms: 3_000,
};
const GROUP: Window = Window {
    count: 20,
    window_ms: 60_000,
};
const OVERALL: Window = Window {
    count: 30,
    window_ms: 1_000,
};
/// The key under which all sends of the bot are counted; no chat has this id.
const EVERYWHERE: i64 = 0;

/// What was sent lately, per chat.
#[derive(Debug, Default)]
pub struct Limits {
    sent: BTreeMap<i64, VecDeque<i64>>,
}

impl Limits {
    /// Counts one send, or refuses it with the seconds to wait.
    pub fn count(&mut self, chat: i64, now_ms: i64) -> Result<(), Refusal> {
        let own = if chat > 0 { PRIVATE } else { GROUP };
        for (key, window) in [(chat, own), (EVERYWHERE, OVERALL)] {
            let sent = self.sent.entry(key).or_default();
            while sent
                .front()
                .is_some_and(|at| at + window.window_ms <= now_ms)
            {
                sent.pop_front();
            }
            if let Some(first) = sent.front().filter(|_| sent.len() >= window.count) {
                let wait_ms = first + window.window_ms - now_ms;
                return Err(Refusal::too_many((wait_ms + 999) / 1_000));
            }
        }
        for key in [chat, EVERYWHERE] {
            self.sent.entry(key).or_default().push_back(now_ms);
        }
        Ok(())
    }
}
