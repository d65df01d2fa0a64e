//! The only doors to time and chance. Everything that needs the time or an id is given one of
//! these; `clippy.toml` forbids the direct calls elsewhere.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use uuid::{ContextV7, Uuid};

use crate::domain::time::{Millis, Timestamp};

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// Now, in milliseconds since the epoch, UTC.
    fn now(&self) -> Timestamp;
}

/// Makes ids and secrets.
pub trait IdSource: Send + Sync + 'static {
    /// A new id: text that sorts by age, never made twice.
    fn id(&self) -> String;
    /// `bytes` random bytes in hexadecimal: for button tokens (12) and sign-in links (32).
    fn secret(&self, bytes: usize) -> String;
}

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the door to time")]
    fn now(&self) -> Timestamp {
        let since_epoch = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Chance from the operating system; ids are UUIDs of version 7.
#[derive(Debug)]
pub struct SystemIds {
    context: std::sync::Mutex<ContextV7>,
}

impl Default for SystemIds {
    fn default() -> Self {
        Self {
            context: std::sync::Mutex::new(ContextV7::new()),
        }
    }
}

impl IdSource for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "this is the door to chance")]
    fn id(&self) -> String {
        let context = self
            .context
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Uuid::new_v7(uuid::Timestamp::now(&*context))
            .simple()
            .to_string()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the door to chance")]
    fn secret(&self, bytes: usize) -> String {
        let digits = (0..bytes).flat_map(|_| {
            let byte = rand::random::<u8>();
            [byte >> 4, byte & 0xF]
        });
        digits
            .filter_map(|digit| char::from_digit(digit.into(), 16))
            .collect()
    }
}

/// A clock that only tests (and the demo's scripted afternoon) move.
#[derive(Debug)]
pub struct SetClock {
    now_ms: AtomicI64,
}

impl SetClock {
    /// A clock that stands at `start`.
    pub fn at(start: Timestamp) -> Self {
        Self {
            now_ms: AtomicI64::new(start.0),
        }
    }

    /// Moves the clock on.
    pub fn pass(&self, length: Millis) {
        self.now_ms.fetch_add(length.0, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.now_ms.load(Ordering::SeqCst))
    }
}

/// Ids that count up: the same run makes the same ids.
#[derive(Debug, Default)]
pub struct CountedIds {
    made: AtomicU64,
}

impl IdSource for CountedIds {
    fn id(&self) -> String {
        format!("{:032x}", self.made.fetch_add(1, Ordering::SeqCst))
    }

    fn secret(&self, bytes: usize) -> String {
        let number = self.made.fetch_add(1, Ordering::SeqCst);
        format!("{number:0width$x}", width = bytes * 2)
    }
}
