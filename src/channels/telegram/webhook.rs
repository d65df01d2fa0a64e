//! Updates pushed: the route that Telegram calls.
//!
//! Invariant: 200 is answered only after the commit; whoever does not prove to be Telegram learns
//! nothing and stores nothing.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use secrecy::ExposeSecret;
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::channels::Inlet;

use super::{Telegram, polling};

/// Where on our own server the route stands.
pub const PATH: &str = "/telegram/webhook";
/// The platform's updates are some kilobytes.
const BODY_BYTES_MAX: usize = 1024 * 1024;
const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";

#[derive(Clone)]
struct Hook {
    telegram: Arc<Telegram>,
    inlet: Arc<dyn Inlet>,
}

/// The route; it refuses everything while no webhook is set.
pub fn routes(telegram: Arc<Telegram>, inlet: Arc<dyn Inlet>) -> Router {
    Router::new()
        .route(PATH, post(take))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(Hook { telegram, inlet })
}

async fn take(State(hook): State<Hook>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if !is_telegram(&hook.telegram, &headers) {
        metrics::counter!("careline_telegram_webhook_refused_total").increment(1);
        return StatusCode::UNAUTHORIZED;
    }
    let taken = match serde_json::from_slice::<Value>(&body) {
        Ok(update) => polling::take(&hook.telegram, hook.inlet.as_ref(), &[update]).await,
        Err(error) => {
            let error = format!("not JSON at byte {}", error.column());
            let arrival = hook.telegram.reader().unreadable(&body, &error);
            let taken = hook.inlet.take(vec![arrival]).await;
            taken.map_err(|error| error.to_string())
        }
    };
    match taken {
        Ok(()) => StatusCode::OK,
        Err(error) => {
            tracing::warn!(%error, "an update was not taken; Telegram will push it again");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

/// Compares in a time that does not tell how much of the secret was right.
fn is_telegram(telegram: &Telegram, headers: &HeaderMap) -> bool {
    let Some(webhook) = &telegram.webhook else {
        return false;
    };
    let given = headers
        .get(SECRET_HEADER)
        .map_or(&[][..], |given| given.as_bytes());
    given
        .ct_eq(webhook.secret.expose_secret().as_bytes())
        .into()
}
