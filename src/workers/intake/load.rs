//! How busy the desk is: what an honest word about the wait rests on. Looked up for many decisions
//! at once, since few of them say anything about it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::domain::engine::conversation::Conversation;
use crate::domain::engine::{DeskLoad, waiting_since};
use crate::domain::time::{Millis, Timestamp};
use crate::store::{Store, StoreError, conversations, timeline};

/// How often the usual wait is looked up anew.
const LOOK_EVERY: Millis = Millis::minutes(1);
/// How far back waits count: a rush an hour ago says more than last week.
const WITHIN: Millis = Millis::hours(6);
/// The most waits that are looked at.
const WAITS_MAX: i64 = 50;
/// With fewer nothing is said but the target.
const WAITS_MIN: usize = 10;

/// The load as last looked up, and as decisions have changed it since.
#[derive(Debug, Default)]
pub struct Load {
    /// How many conversations wait for a person.
    waiting: AtomicI64,
    /// When the usual wait was looked up, and what it was.
    last: Mutex<Option<(Timestamp, Option<Millis>)>>,
}

impl Load {
    /// The load beside a conversation.
    pub fn beside(&self, conversation: &Conversation) -> DeskLoad {
        DeskLoad {
            waiting_ahead: self.waiting.load(Ordering::Relaxed) - waits(conversation),
            usual_wait: self.last().and_then(|(_, wait)| wait),
        }
    }

    /// A decision made the second of the first.
    pub fn changed(&self, before: &Conversation, after: &Conversation) {
        let change = waits(after) - waits(before);
        self.waiting.fetch_add(change, Ordering::Relaxed);
    }

    fn last(&self) -> Option<(Timestamp, Option<Millis>)> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks it up; the usual wait where the last look is long ago.
    pub async fn look_up(&self, store: &Store, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = store.read().await?;
        let waiting = conversations::waiting(&mut tx).await?;
        self.waiting.store(waiting, Ordering::Relaxed);
        if self
            .last()
            .is_some_and(|(at, _)| (now - at).or_zero() < LOOK_EVERY)
        {
            return Ok(());
        }
        let waits = timeline::human_waits(&mut tx, now - WITHIN, WAITS_MAX).await?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, nine_in_ten(waits)));
        Ok(())
    }
}

/// 1 where a person is waited for, so that it can be counted.
fn waits(conversation: &Conversation) -> i64 {
    i64::from(waiting_since(conversation).is_some())
}

/// The 90th percentile by nearest rank.
fn nine_in_ten(mut waits: Vec<Millis>) -> Option<Millis> {
    if waits.len() < WAITS_MIN {
        return None;
    }
    waits.sort_unstable();
    waits.get((waits.len() * 90).div_ceil(100) - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_in_ten_of_ten_is_the_ninth() {
        let waits = (1..=10).rev().map(Millis::minutes).collect();
        assert_eq!(nine_in_ten(waits), Some(Millis::minutes(9)));
        assert_eq!(nine_in_ten((1..=9).map(Millis::minutes).collect()), None);
    }
}
