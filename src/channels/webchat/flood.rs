//! How fast one connection may write: a bucket of tokens.

use std::time::Duration;

use tokio::time::Instant;

/// How many messages may come at once.
const BURST: f64 = 10.0;
/// How long one message's place takes to come back.
const REFILL: Duration = Duration::from_millis(1_500);

/// A connection's bucket.
#[derive(Debug)]
pub struct Bucket {
    tokens: f64,
    filled_at: Instant,
}

impl Bucket {
    /// A full one.
    pub fn full(now: Instant) -> Bucket {
        Bucket {
            tokens: BURST,
            filled_at: now,
        }
    }

    /// Takes a place for one message; `false` where there is none yet.
    pub fn take(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.filled_at);
        self.tokens = (self.tokens + passed.as_secs_f64() / REFILL.as_secs_f64()).min(BURST);
        self.filled_at = now;
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_taken_and_then_one_at_a_time() {
        let start = Instant::now();
        let mut bucket = Bucket::full(start);
        let taken = (0..20).filter(|_| bucket.take(start)).count();
        assert_eq!(taken, 10);
        assert!(bucket.take(start + REFILL));
        assert!(!bucket.take(start + REFILL));
    }
}
