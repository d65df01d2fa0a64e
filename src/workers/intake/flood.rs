//! Customers who write faster than anybody could answer: their messages are all kept, and read
//! together; how often they are decided on is bounded, so that nobody else waits for them.
//!
//! Kept in memory only: after a restart everybody may write at once again.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::{Intake, read};
use crate::channels::{Arrival, Happening};
use crate::domain::engine::conversation::Conversation;
use crate::domain::message::{Part, plain_text};
use crate::domain::time::{Millis, Timestamp};
use crate::store::inbox::WaitingArrival;
use crate::store::messages::{Author, Kept};
use crate::store::{StoreError, Tx, joined};

/// So many decisions on one customer may follow each other at once …
const DECISIONS_AT_ONCE: i64 = 20;
/// … and one more each time so long has passed.
const ONE_MORE_AFTER: Millis = Millis::seconds(1);
/// With fewer left, what waits of the same customer is read together.
const TOGETHER_BELOW: i64 = DECISIONS_AT_ONCE / 2;
/// The most messages that are read together.
const TOGETHER_MAX: usize = 2_000;
/// So many of them are in memory at the same time.
const TOGETHER_STEP: i64 = 200;
/// The most characters of them that the bot looks at and the desk is shown; all are kept.
const SHOWN_CHARS_MAX: usize = 3_000;
/// How often those who have not written lately are forgotten.
const FORGET_EVERY: Millis = Millis::seconds(1);

/// How much of each customer's patience with us is left.
#[derive(Debug, Default)]
pub struct Floods {
    lately: Mutex<Lately>,
}

/// Who wrote lately.
#[derive(Debug, Default)]
struct Lately {
    lanes: BTreeMap<String, Spent>,
    forgotten_at: Timestamp,
}

/// Decisions that were made lately, as the time at which all of them are forgotten.
#[derive(Clone, Copy, Debug)]
struct Spent {
    until: Timestamp,
}

impl Spent {
    fn left(self, now: Timestamp) -> i64 {
        let spent = (self.until - now).or_zero();
        DECISIONS_AT_ONCE - (spent.0 + ONE_MORE_AFTER.0 - 1) / ONE_MORE_AFTER.0
    }
}

impl Floods {
    /// The lanes that are not decided on now.
    pub fn resting(&self, now: Timestamp) -> Vec<String> {
        self.with(|lately| {
            if now < lately.forgotten_at || now - lately.forgotten_at >= FORGET_EVERY {
                lately.forgotten_at = now;
                lately.lanes.retain(|_, spent| now < spent.until);
            }
            let resting = lately
                .lanes
                .iter()
                .filter(|(_, spent)| spent.left(now) <= 0);
            resting.map(|(lane, _)| lane.clone()).collect()
        })
    }

    /// A decision is made on a lane.
    pub fn decided(&self, lane: &str, now: Timestamp) {
        self.with(|lately| match lately.lanes.get_mut(lane) {
            // A clock that was set back makes nobody wait for long.
            Some(spent) if spent.left(now) > -2 => {
                spent.until = spent.until.max(now) + ONE_MORE_AFTER;
            }
            Some(_) | None => {
                let until = now + ONE_MORE_AFTER;
                lately.lanes.insert(lane.to_owned(), Spent { until });
            }
        });
    }

    /// Whether what waits in a lane is read together.
    fn are_read_together(&self, lane: &str, now: Timestamp) -> bool {
        self.with(|lately| {
            let spent = lately.lanes.get(lane);
            spent.is_some_and(|spent| spent.left(now) < TOGETHER_BELOW)
        })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Lately) -> T) -> T {
        act(&mut self.lately.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What was read together with a message.
#[derive(Debug, Default)]
pub(super) struct ReadTogether {
    /// How many further messages.
    pub(super) messages: usize,
    /// Their words, as far as they are shown.
    pub(super) words: String,
    chars: usize,
}

impl Intake {
    /// Keeps what else the same customer wrote in the same place, where they write in a flood; in
    /// order, up to the first that is more than words.
    pub(super) async fn read_together(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        first: &Arrival,
        conversation: &Conversation,
    ) -> Result<ReadTogether, StoreError> {
        let mut together = ReadTogether::default();
        let now = self.clock.now();
        if !self.floods.are_read_together(&waiting.lane, now) {
            return Ok(together);
        }
        while together.messages < TOGETHER_MAX {
            let behind = joined::behind(tx, waiting, TOGETHER_STEP).await?;
            let rows = self.words_only(first, conversation, &behind, &mut together)?;
            joined::keep(tx, &first.place, &rows, now).await?;
            if rows.len() < behind.len() || behind.is_empty() {
                break;
            }
        }
        Ok(together)
    }

    /// Those that are nothing but words and written in the same place, up to the first that is not.
    fn words_only(
        &self,
        first: &Arrival,
        conversation: &Conversation,
        behind: &[WaitingArrival],
        together: &mut ReadTogether,
    ) -> Result<Vec<joined::Row>, StoreError> {
        let mut rows = Vec::with_capacity(behind.len());
        for other in behind {
            let arrival: Arrival = read(other)?;
            let Happening::Wrote { message, parts, .. } = &arrival.what else {
                break;
            };
            let is_words = parts.iter().all(|part| matches!(part, Part::Text { .. }));
            if !is_words || arrival.place != first.place {
                break;
            }
            together.add(&plain_text(parts));
            let kept = Kept {
                id: self.ids.id().into(),
                conversation: conversation.id.clone(),
                position: super::customer_side::position(other, &arrival),
                author: Author::Customer,
                staff: None,
                parts: parts.clone(),
                at: arrival.platform_at,
            };
            rows.push(joined::Row {
                arrival: other.id.clone(),
                named: message.clone(),
                kept,
            });
        }
        Ok(rows)
    }
}

impl ReadTogether {
    fn add(&mut self, words: &str) {
        self.messages += 1;
        let room = SHOWN_CHARS_MAX.saturating_sub(self.chars);
        if room > 0 {
            if !self.words.is_empty() {
                self.words.push('\n');
            }
            self.words.extend(words.chars().take(room));
            self.chars += words.chars().count() + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_decided_on_once_a_second_and_a_talk_at_once() {
        let floods = Floods::default();
        let mut decisions = 0;
        for now in (0..60_000).step_by(10).map(Timestamp) {
            if floods.resting(now).is_empty() {
                floods.decided("account:telegram:7", now);
                decisions += 1;
            }
        }
        assert_eq!(decisions, DECISIONS_AT_ONCE + 59);
        assert!(floods.are_read_together("account:telegram:7", Timestamp(60_000)));
        for now in (0..20_000).step_by(1_000).map(Timestamp) {
            floods.decided("account:telegram:8", now);
            assert!(!floods.are_read_together("account:telegram:8", now));
        }
    }

    #[test]
    fn words_are_shown_up_to_a_limit_and_all_are_counted() {
        let mut together = ReadTogether::default();
        for _ in 0..1_000 {
            together.add("hello, is anybody there?");
        }
        assert_eq!(together.messages, 1_000);
        assert!(together.words.chars().count() <= SHOWN_CHARS_MAX + 1_000);
    }
}
