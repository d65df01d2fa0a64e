//! The way of one request: token, ordered faults, rate limits, the answer, the log.
//!
//! Invariant: every request that arrives is in the log, and a request that was refused on its way
//! has had no effect.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::faults::Break;
use super::limits::{Budget, Over};
use super::rest::{self, Asked, Reply};
use super::state::{Call, World};
use super::wire::Scissors;
use super::{Shared, session, upload};

const BODY_BYTES_MAX: usize = 25 << 20;
const API: &str = "/api/v10";

pub fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/ws", any(upgrade))
        .route("/ws/", any(upgrade))
        .fallback(serve)
        .with_state(shared)
}

async fn upgrade(State(shared): State<Arc<Shared>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| session::serve(shared, socket))
}

/// What one request came to: an answer, and what breaks it on the way back.
struct Outcome {
    status: u16,
    body: Value,
    budget: Option<Budget>,
    broken: Option<Break>,
}

async fn serve(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(Scissors(scissors)): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, BODY_BYTES_MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let path = head.uri.path();
    let path = path.strip_prefix(API).unwrap_or(path).to_owned();
    let authorisation = head.headers.get("authorization");
    let kind = head.headers.get("content-type");
    let kind = kind.and_then(|value| value.to_str().ok()).unwrap_or("");
    let Some((bytes, files)) = upload::read(kind, bytes).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let mut asked = Asked::new(
        head.method.as_str(),
        &path,
        head.uri.query().unwrap_or_default(),
        &bytes,
        authorisation.and_then(|value| value.to_str().ok()),
    );
    upload::put(&mut asked.body, &files);
    let outcome = shared.act(|world| take(world, &asked));
    answer(outcome, scissors).await
}

fn take(world: &mut World, asked: &Asked) -> Outcome {
    let at = world.calls.len();
    let call = Call {
        method: asked.method.clone(),
        path: asked.path.clone(),
        body: asked.body.clone(),
        status: 0,
        at_ms: world.now_ms(),
    };
    world.calls.push(call);
    let outcome = decide(world, asked);
    let cut = matches!(outcome.broken, Some(Break::Reset { .. }));
    world.calls[at].status = if cut { 0 } else { outcome.status };
    outcome
}

fn decide(world: &mut World, asked: &Asked) -> Outcome {
    let fault = world
        .faults
        .iter_mut()
        .position(|fault| fault.hits(&asked.method, &asked.path));
    let broken = fault
        .and_then(|index| world.faults.remove(index))
        .map(|fault| fault.how);
    let now = world.now_ms();
    let budget = world.limits.spend(&asked.method, &asked.path, now);
    if let Some(over) = budget.as_ref().and_then(|budget| budget.over) {
        let (status, body) = too_many(over);
        return Outcome {
            status,
            body,
            budget,
            broken,
        };
    }
    let effective = broken.as_ref().is_none_or(Break::has_effect);
    let reply: Reply = if effective {
        rest::answer(world, asked)
    } else {
        Ok((200, Value::Null))
    };
    let (status, body) = reply.unwrap_or_else(|refusal| (refusal.status, refusal.body()));
    Outcome {
        status,
        body,
        budget,
        broken,
    }
}

fn too_many(over: Over) -> (u16, Value) {
    let retry_after = f64::from(i32::try_from(over.retry_after_ms).unwrap()) / 1_000.0;
    let body = json!({
        "message": "You are being rate limited.", "retry_after": retry_after,
        "global": over.global,
    });
    (429, body)
}

async fn answer(mut outcome: Outcome, scissors: CancellationToken) -> Response {
    match outcome.broken.take() {
        None => {}
        Some(Break::Status { status, .. }) => {
            let page = "<html>Bad gateway</html>";
            return (StatusCode::from_u16(status).unwrap(), page).into_response();
        }
        Some(Break::Reset { .. }) => {
            scissors.cancel();
            std::future::pending::<()>().await;
        }
        Some(Break::Hang {
            release,
            with_effect,
        }) => {
            release.cancelled().await;
            if !with_effect {
                scissors.cancel();
                std::future::pending::<()>().await;
            }
        }
        Some(Break::Garbage { .. }) => return "{\"id\": \"12".into_response(),
        Some(Break::TooMany {
            retry_after,
            global,
        }) => {
            outcome.status = 429;
            outcome.body = json!({
                "message": "You are being rate limited.", "retry_after": retry_after,
                "global": global,
            });
        }
        Some(Break::Refusal { status, code }) => {
            outcome.status = status;
            outcome.body = json!({"message": "Refused by order", "code": code});
        }
    }
    written(&outcome)
}

fn written(outcome: &Outcome) -> Response {
    let mut response = Response::builder()
        .status(outcome.status)
        .header("via", "1.1 fake");
    if let Some(budget) = &outcome.budget {
        let seconds = |ms: i64| format!("{}.{:03}", ms / 1_000, ms % 1_000);
        response = response
            .header("x-ratelimit-bucket", &budget.bucket)
            .header("x-ratelimit-limit", super::limits::BUCKET.to_string())
            .header("x-ratelimit-remaining", budget.remaining.to_string())
            .header("x-ratelimit-reset", seconds(budget.reset_at_ms))
            .header("x-ratelimit-reset-after", seconds(budget.reset_after_ms));
    }
    if outcome.status == 429 {
        let after = outcome.body["retry_after"].as_f64().unwrap_or(1.0);
        response = response
            .header("retry-after", format!("{}", after.ceil()))
            .header("x-ratelimit-scope", "user")
            .header("x-ratelimit-global", outcome.body["global"].to_string());
    }
    let body = match outcome.status {
        204 => Body::empty(),
        _ => {
            response = response.header("content-type", "application/json");
            Body::from(outcome.body.to_string())
        }
    };
    response.body(body).unwrap()
}
