//! The fake's time and its snowflakes.
//!
//! Invariant: ids only grow, and the time inside an id is the time of the test's clock, so that a
//! test that moves the clock decides what Discord would have said about when something happened.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Discord counts the milliseconds in its ids from the first second of 2015.
pub const EPOCH_MS: i64 = 1_420_070_400_000;

/// Where the fake reads the time, in milliseconds since 1970.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// A clock that stands still until a test moves it.
#[derive(Clone)]
pub struct Hands(Arc<AtomicI64>);

impl Hands {
    pub fn at(ms: i64) -> Self {
        Self(Arc::new(AtomicI64::new(ms)))
    }

    pub fn advance_ms(&self, by: i64) {
        self.0.fetch_add(by, Ordering::SeqCst);
    }

    pub fn now(&self) -> Now {
        let hands = self.0.clone();
        Arc::new(move || hands.load(Ordering::SeqCst))
    }
}

/// Makes ids that grow even while the clock stands still.
pub struct Snowflakes {
    last: u64,
}

impl Snowflakes {
    pub fn new() -> Self {
        Self { last: 0 }
    }

    pub fn next(&mut self, now_ms: i64) -> u64 {
        let floor = u64::try_from(now_ms - EPOCH_MS).unwrap_or(0) << 22;
        self.last = floor.max(self.last + 1);
        self.last
    }
}

/// The time in an id, in milliseconds since 1970.
pub fn ms_of(id: u64) -> i64 {
    i64::try_from(id >> 22).unwrap() + EPOCH_MS
}

/// Discord writes times as ISO 8601 with an offset.
pub fn iso(ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(ms).unwrap();
    at.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}
