//! Telegram's queue of updates, with the rules of its server: an offset deletes what is below it
//! when it is asked with, one far ahead counts for nothing, one a little ahead swallows what comes
//! next, and what is a day old is gone.

use std::collections::VecDeque;

use careline::channels::Arrival;
use careline::domain::time::{Millis, Timestamp};

/// How long an update is kept.
const KEPT_FOR: Millis = Millis::hours(24);
/// The most updates in one batch.
const BATCH_MAX: usize = 100;
/// An offset up to so far beyond the last update is taken at its word.
const AHEAD_MAX: i64 = 10;

/// The queue.
#[derive(Default)]
pub struct Telegram {
    updates: VecDeque<Update>,
    next_id: i64,
    restarts: i64,
    /// Ids below this are never handed out: an offset ahead of the queue had said so.
    swallow_below: i64,
    /// The keys of what nobody fetched within a day.
    pub expired: Vec<String>,
}

/// An update.
#[derive(Clone)]
pub struct Update {
    /// Its id.
    pub id: i64,
    /// By the platform's clock.
    pub at: Timestamp,
    /// What the adapter makes of it.
    pub arrival: Arrival,
}

impl Telegram {
    /// Something happened.
    pub fn push(&mut self, arrival: Arrival, at: Timestamp) {
        let id = self.next_id.max(1);
        self.next_id = id + 1;
        if id < self.swallow_below {
            return;
        }
        self.updates.push_back(Update { id, at, arrival });
    }

    /// Ids start anew somewhere else, higher or lower: after a quiet week.
    pub fn restart_ids(&mut self, higher: bool) {
        if !self.updates.is_empty() {
            return;
        }
        self.restarts += 1;
        let far = self.restarts * 1_000_000;
        self.next_id = match higher {
            true => 500_000_000 + far,
            false => 500_000_000 - far,
        };
        self.swallow_below = 0;
    }

    /// `getUpdates`.
    pub fn fetch(&mut self, offset: Option<i64>, now: Timestamp) -> Vec<Update> {
        while let Some(first) = self.updates.front()
            && (now - first.at).0 >= KEPT_FOR.0
        {
            self.expired.push(first.arrival.natural_key.clone());
            self.updates.pop_front();
        }
        let tail = self.next_id.max(1) - 1;
        match offset {
            Some(offset) if offset > 0 && offset <= tail + AHEAD_MAX => {
                self.updates.retain(|update| update.id >= offset);
                if offset > tail + 1 {
                    self.swallow_below = offset;
                }
            }
            // Absent, or far off: from the head, and nothing is deleted.
            Some(_) | None => {}
        }
        self.updates.iter().take(BATCH_MAX).cloned().collect()
    }
}
