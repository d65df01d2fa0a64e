//! Rate-limit buckets, off until a test switches them on.
//!
//! Invariant: a request over its budget has no effect and is told when to come back.

use std::collections::BTreeMap;

/// Requests a bucket grants in its window.
pub const BUCKET: u32 = 5;
/// A bucket's window.
pub const WINDOW_MS: i64 = 5_000;
/// Requests a bot may make in a second over all buckets.
pub const GLOBAL: u32 = 50;

#[derive(Default)]
pub struct Limits {
    pub on: bool,
    buckets: BTreeMap<String, (i64, u32)>,
    global: (i64, u32),
    /// How often a request came before its time.
    pub refused: u32,
}

/// What a request was told about its bucket.
pub struct Budget {
    pub bucket: String,
    pub remaining: u32,
    pub reset_at_ms: i64,
    pub reset_after_ms: i64,
    pub over: Option<Over>,
}

#[derive(Clone, Copy)]
pub struct Over {
    pub retry_after_ms: i64,
    pub global: bool,
}

impl Limits {
    /// Counts a request; none while the limits are off.
    pub fn spend(&mut self, method: &str, path: &str, now_ms: i64) -> Option<Budget> {
        if !self.on {
            return None;
        }
        let bucket = bucket_of(method, path);
        let exempt = path.starts_with("/interactions") || path.starts_with("/webhooks");
        if !exempt && !grant(&mut self.global, GLOBAL, 1_000, now_ms) {
            let retry_after_ms = self.global.0 + 1_000 - now_ms;
            return Some(self.refuse(bucket, retry_after_ms, true, now_ms));
        }
        let window = self.buckets.entry(bucket.clone()).or_insert((now_ms, 0));
        if !grant(window, BUCKET, WINDOW_MS, now_ms) {
            let retry_after_ms = window.0 + WINDOW_MS - now_ms;
            return Some(self.refuse(bucket, retry_after_ms, false, now_ms));
        }
        let (since, used) = *window;
        Some(Budget {
            bucket,
            remaining: BUCKET - used,
            reset_at_ms: since + WINDOW_MS,
            reset_after_ms: since + WINDOW_MS - now_ms,
            over: None,
        })
    }

    fn refuse(&mut self, bucket: String, retry_after_ms: i64, global: bool, now: i64) -> Budget {
        self.refused += 1;
        let over = Over {
            retry_after_ms,
            global,
        };
        Budget {
            bucket,
            remaining: 0,
            reset_at_ms: now + retry_after_ms,
            reset_after_ms: retry_after_ms,
            over: Some(over),
        }
    }
}

fn grant(window: &mut (i64, u32), size: u32, length_ms: i64, now_ms: i64) -> bool {
    if now_ms >= window.0 + length_ms {
        *window = (now_ms, 0);
    }
    if window.1 == size {
        return false;
    }
    window.1 += 1;
    true
}

/// The route with its major parameter; other ids do not make a bucket of their own.
fn bucket_of(method: &str, path: &str) -> String {
    let mut pieces = Vec::new();
    for (index, piece) in path.trim_start_matches('/').split('/').enumerate() {
        let is_id = piece.chars().all(|sign| sign.is_ascii_digit());
        pieces.push(if is_id && index > 1 { "id" } else { piece });
    }
    format!("{method}-{}", pieces.join("-"))
}
