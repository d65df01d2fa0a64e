//! The HTTP face: addresses, tokens, the call log, and faults on order.

use std::sync::Arc;

use axum::Router;
use axum::extract::connect_info::ConnectInfo;
use axum::extract::{DefaultBodyLimit, Path, Request, State as Given};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::json;

use super::faults::Fault;
use super::line::{Cut, Line};
use super::methods::Outcome;
use super::params::Params;
use super::refusal::Refusal;
use super::state::{Call, TOKEN};
use super::{Shared, methods, play, polling, webhook};

/// Serves until the task that runs it is dropped.
pub async fn serve(line: Line, shared: Arc<Shared>) {
    let routes = Router::new()
        .route("/{bot}/{method}", any(call))
        .route("/file/{bot}/{kind}/{id}", any(fetch))
        .merge(play::routes())
        .layer(DefaultBodyLimit::disable())
        .with_state(shared);
    let service = routes.into_make_service_with_connect_info::<Cut>();
    if let Err(error) = axum::serve(line, service).await {
        eprintln!("the fake of Telegram stopped: {error}");
    }
}

async fn call(
    Given(shared): Given<Arc<Shared>>,
    Path((bot, method)): Path<(String, String)>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    let Some(token) = bot.strip_prefix("bot") else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let params = match Params::from_request(request).await {
        Ok(params) => params,
        Err(refusal) => return answer(Err(refusal)).1,
    };
    let name = methods::canonical(&method).map_or(method, str::to_owned);
    let is_known = token == TOKEN;
    // One step: whoever sees the call in the log may order faults for the next one.
    let (number, fault) = shared.change(|state| {
        let call = Call {
            method: name.clone(),
            params: params.values.clone(),
            at_ms: state.now_ms(),
            status: 0,
        };
        state.calls.push(call);
        let fault = is_known.then(|| state.faults.take(&name.to_ascii_lowercase()));
        (state.calls.len() - 1, fault.flatten())
    });
    if !is_known {
        return finish(&shared, number, Err(Refusal::unauthorized()));
    }
    match fault {
        None => {
            let outcome = run(&shared, &name, &params).await;
            finish(&shared, number, outcome)
        }
        Some(fault) => go_wrong(&shared, number, &name, &params, fault, &cut).await,
    }
}

async fn run(shared: &Arc<Shared>, name: &str, params: &Params) -> Outcome {
    match name {
        "getUpdates" => polling::get_updates(shared, params).await,
        "setWebhook" => webhook::set(shared, params),
        "deleteWebhook" => webhook::delete(shared, params),
        "getWebhookInfo" => Ok(shared.look(webhook::describe)),
        _ => shared.change(|state| methods::run(state, name, params)),
    }
}

fn answer(outcome: Outcome) -> (u16, Response) {
    let (status, body) = match outcome {
        Ok(result) => (200, json!({"ok": true, "result": result})),
        Err(refusal) => (refusal.code, refusal.body()),
    };
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (status, (code, axum::Json(body)).into_response())
}

fn finish(shared: &Shared, number: usize, outcome: Outcome) -> Response {
    let (status, response) = answer(outcome);
    shared.change(|state| state.calls[number].status = status);
    response
}

async fn go_wrong(
    shared: &Arc<Shared>,
    number: usize,
    name: &str,
    params: &Params,
    fault: Fault,
    cut: &Cut,
) -> Response {
    let has_effect = match fault {
        Fault::TooMany { .. } => false,
        Fault::Broken { effect, .. }
        | Fault::Reset { effect }
        | Fault::Garbage { effect }
        | Fault::Hang { effect } => effect,
    };
    let outcome = match has_effect {
        true => Some(run(shared, name, params).await),
        false => None,
    };
    match fault {
        Fault::TooMany { retry_after } => {
            finish(shared, number, Err(Refusal::too_many(retry_after)))
        }
        Fault::Broken { status, .. } => finish(
            shared,
            number,
            Err(Refusal::new(status, "Internal Server Error: restart")),
        ),
        Fault::Reset { .. } => {
            cut.now();
            StatusCode::OK.into_response()
        }
        Fault::Garbage { .. } => {
            shared.change(|state| state.calls[number].status = 200);
            (
                StatusCode::OK,
                "<html><body>not what you asked for</body></html>",
            )
                .into_response()
        }
        Fault::Hang { .. } => {
            let mut released = shared.released.subscribe();
            let _ = released.changed().await;
            let outcome = match outcome {
                Some(outcome) => outcome,
                None => run(shared, name, params).await,
            };
            finish(shared, number, outcome)
        }
    }
}

async fn fetch(
    Given(shared): Given<Arc<Shared>>,
    Path((bot, _kind, id)): Path<(String, String, String)>,
) -> Response {
    if bot.strip_prefix("bot") != Some(TOKEN) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match shared.look(|state| state.files.get(&id).map(|file| file.bytes.clone())) {
        Some(bytes) => bytes.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
