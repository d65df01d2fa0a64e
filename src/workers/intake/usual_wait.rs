//! How long customers usually wait for a person, looked up now and then: what an honest word
//! about the wait rests on.

use std::sync::{Mutex, PoisonError};

use crate::domain::time::{Millis, Timestamp};
use crate::store::{Store, StoreError, timeline};

/// How often it is looked up anew.
const LOOK_EVERY: Millis = Millis::minutes(1);
/// How far back waits count: a rush an hour ago says more than last week.
const WITHIN: Millis = Millis::hours(6);
/// The most waits that are looked at.
const WAITS_MAX: i64 = 50;
/// With fewer nothing is said but the target.
const WAITS_MIN: usize = 10;

/// The usual wait.
#[derive(Debug, Default)]
pub struct UsualWait {
    last: Mutex<Option<(Timestamp, Option<Millis>)>>,
}

impl UsualWait {
    /// Within what time nine in ten of the last waits ended; `None` where there are too few.
    pub fn known(&self) -> Option<Millis> {
        self.last().and_then(|(_, wait)| wait)
    }

    fn last(&self) -> Option<(Timestamp, Option<Millis>)> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks it up, where the last look is long ago.
    pub async fn look_up(&self, store: &Store, now: Timestamp) -> Result<(), StoreError> {
        if self
            .last()
            .is_some_and(|(at, _)| (now - at).or_zero() < LOOK_EVERY)
        {
            return Ok(());
        }
        let mut tx = store.read().await?;
        let waits = timeline::human_waits(&mut tx, now - WITHIN, WAITS_MAX).await?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, nine_in_ten(waits)));
        Ok(())
    }
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
