//! How long Discord wants to be left alone, per bucket and for all.
//!
//! Invariant: no call goes out before the time that Discord named; 10,000 refused calls in ten
//! minutes would shut the whole machine out.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;

use crate::domain::time::Millis;

/// Buckets remembered at once; the one that opens first goes when there are more.
const BUCKETS_MAX: usize = 4_096;
/// The longest pause that is believed.
const PAUSE_MAX: Duration = Duration::from_secs(3_600);

/// What Discord said about its limits.
#[derive(Default)]
pub struct Pace {
    closed: Mutex<Closed>,
}

#[derive(Default)]
struct Closed {
    all_until: Option<Instant>,
    until: BTreeMap<String, Instant>,
}

impl Pace {
    /// How long this bucket is still closed.
    pub fn closed_for(&self, bucket: &str, now: Instant) -> Option<Millis> {
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        let until = closed.until.get(bucket).copied().max(closed.all_until)?;
        let left = until.checked_duration_since(now)?;
        let ms = i64::try_from(left.as_millis()).unwrap_or(i64::MAX);
        Some(Millis(ms.saturating_add(1)))
    }

    /// Notes what an answer's headers say about its bucket.
    pub fn note(&self, bucket: &str, headers: &HeaderMap, now: Instant) {
        let empty = headers
            .get("x-ratelimit-remaining")
            .is_some_and(|left| left == "0");
        let after = header_seconds(headers, "x-ratelimit-reset-after");
        if let Some(after) = after.filter(|_| empty) {
            self.close(Some(bucket), after, now);
        }
    }

    /// Closes a bucket, or all of them.
    pub fn close(&self, bucket: Option<&str>, pause: Duration, now: Instant) {
        let until = now + pause.min(PAUSE_MAX);
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(bucket) = bucket else {
            closed.all_until = closed.all_until.max(Some(until));
            return;
        };
        closed.until.retain(|_, until| *until > now);
        if closed.until.len() == BUCKETS_MAX {
            closed.until.pop_first();
        }
        closed.until.insert(bucket.to_owned(), until);
    }
}

/// A header that holds seconds, with a fraction.
pub fn header_seconds(headers: &HeaderMap, name: &str) -> Option<Duration> {
    let text = headers.get(name)?.to_str().ok()?;
    seconds(text.parse().ok()?)
}

/// Seconds as Discord writes them; nonsense is none.
pub fn seconds(value: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(remaining: &str, after: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-remaining", remaining.parse().unwrap());
        headers.insert("x-ratelimit-reset-after", after.parse().unwrap());
        headers
    }

    #[test]
    fn an_empty_bucket_is_closed_until_its_reset_and_others_are_open() {
        let (pace, now) = (Pace::default(), Instant::now());
        pace.note("a", &headers("0", "1.5"), now);
        pace.note("b", &headers("3", "1.5"), now);
        assert_eq!(pace.closed_for("a", now), Some(Millis(1_501)));
        assert_eq!(pace.closed_for("b", now), None);
        assert_eq!(
            pace.closed_for("a", now + Duration::from_millis(1_600)),
            None
        );
    }

    #[test]
    fn a_global_limit_closes_every_bucket() {
        let (pace, now) = (Pace::default(), Instant::now());
        pace.close(None, Duration::from_secs(2), now);
        assert_eq!(pace.closed_for("anything", now), Some(Millis(2_001)));
    }

    #[test]
    fn nonsense_is_no_pause() {
        for text in ["-1", "NaN", "soon"] {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", text.parse().unwrap());
            assert_eq!(header_seconds(&headers, "retry-after"), None, "{text}");
        }
    }
}
