//! `getUpdates`: long polling with the platform's offset semantics. A newer poll ends the older.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::Shared;
use super::methods::Outcome;
use super::params::Params;
use super::refusal::Refusal;

const LIMIT_MAX: i64 = 100;
/// The server lets nobody wait longer.
const TIMEOUT_SECONDS_MAX: i64 = 50;

pub async fn get_updates(shared: &Arc<Shared>, params: &Params) -> Outcome {
    let allowed = super::webhook::allowed_updates(params)?;
    let offset = params.int("offset").unwrap_or(0);
    let limit = params.int("limit").unwrap_or(LIMIT_MAX);
    let limit = usize::try_from(limit.clamp(1, LIMIT_MAX)).unwrap_or(100);
    let timeout = params
        .int("timeout")
        .unwrap_or(0)
        .clamp(0, TIMEOUT_SECONDS_MAX);
    let mut changes = shared.changes();
    let mine = shared.change(|state| {
        if let Some(allowed) = allowed {
            state.queue.allow(allowed);
        }
        state.polls += 1;
        state.polls
    });
    let waiting = async {
        loop {
            let fetched = once(shared, mine, offset, limit)?;
            if !fetched.is_empty() {
                return Ok(Value::Array(fetched));
            }
            if changes.changed().await.is_err() {
                return Ok(Value::Array(Vec::new()));
            }
        }
    };
    let patience = Duration::from_secs(u64::try_from(timeout).unwrap_or(0));
    match tokio::time::timeout(patience, waiting).await {
        Ok(outcome) => outcome,
        Err(_) => Ok(Value::Array(Vec::new())),
    }
}

fn once(shared: &Shared, mine: u64, offset: i64, limit: usize) -> Result<Vec<Value>, Refusal> {
    let mut state = shared
        .state
        .lock()
        .expect("a test failed while it held the fake");
    if state.webhook.is_some() {
        return Err(Refusal::conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        ));
    }
    if state.polls != mine {
        return Err(Refusal::conflict(
            "terminated by other getUpdates request; make sure that only one bot instance is running",
        ));
    }
    let now = state.now_seconds();
    let confirmed_before = state.queue.confirmed.len();
    let fetched = state.queue.fetch(offset, limit, now);
    let confirmed_more = state.queue.confirmed.len() > confirmed_before;
    drop(state);
    if confirmed_more {
        // Whoever waits for an acknowledgement is told of it.
        shared.change(|_| ());
    }
    Ok(fetched)
}
