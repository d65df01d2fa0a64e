//! Webhooks: setting, describing, and delivering with order within a chat and growing pauses.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::Shared;
use super::methods::Outcome;
use super::params::Params;
use super::queue::Waiting;
use super::refusal::Refusal;
use super::state::{State, Webhook};

/// The platform begins at seconds; tests have no seconds to give away.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const PAUSE_MAX: Duration = Duration::from_secs(2);
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// The kinds that a call asks for; `None` leaves them as they are.
pub fn allowed_updates(params: &Params) -> Result<Option<Vec<String>>, Refusal> {
    let Some(given) = params.json("allowed_updates")? else {
        return Ok(None);
    };
    serde_json::from_value(given)
        .map(Some)
        .map_err(|_| Refusal::bad_request("can't parse allowed_updates"))
}

pub fn set(shared: &Arc<Shared>, params: &Params) -> Outcome {
    let Some(url) = params.text("url") else {
        return delete(shared, params);
    };
    let allowed = allowed_updates(params)?;
    let secret = params.text("secret_token");
    let fits = |secret: &String| {
        secret.len() <= 256
            && secret
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    };
    if secret.as_ref().is_some_and(|secret| !fits(secret)) {
        return Err(Refusal::bad_request(
            "secret token contains unallowed characters",
        ));
    }
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(Refusal::bad_request(
            "bad webhook: an HTTPS URL must be provided for webhook",
        ));
    }
    let is_first = shared.change(|state| {
        if params.flag("drop_pending_updates") {
            state.queue.drop_all();
        }
        if let Some(allowed) = allowed {
            state.queue.allow(allowed);
        }
        let is_first = state.webhook.is_none();
        state.webhook = Some(Webhook {
            url,
            secret,
            max_connections: params.int("max_connections").unwrap_or(40),
            last_error: None,
        });
        is_first
    });
    if is_first {
        let (working, stop) = (shared.clone(), shared.stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = deliver_while_set(working) => {}
                () = stop.cancelled() => {}
            }
        });
    }
    Ok(json!(true))
}

pub fn delete(shared: &Arc<Shared>, params: &Params) -> Outcome {
    shared.change(|state| {
        state.webhook = None;
        if params.flag("drop_pending_updates") {
            state.queue.drop_all();
        }
    });
    Ok(json!(true))
}

pub fn describe(state: &State) -> Value {
    let mut shown = json!({
        "url": state.webhook.as_ref().map_or("", |webhook| &webhook.url),
        "has_custom_certificate": false,
        "pending_update_count": state.queue.len(),
    });
    if let Some(webhook) = &state.webhook {
        shown["max_connections"] = json!(webhook.max_connections);
        if let Some(error) = &webhook.last_error {
            shown["last_error_date"] = json!(state.now_seconds());
            shown["last_error_message"] = json!(error);
        }
    }
    shown
}

/// A chat whose webhook call failed, and when it is tried again.
struct Pause {
    until: Instant,
    length: Duration,
}

async fn deliver_while_set(shared: Arc<Shared>) {
    let client = reqwest::Client::builder()
        .timeout(ANSWER_WITHIN)
        .build()
        .expect("a plain client can be built");
    let mut changes = shared.changes();
    let mut pauses: BTreeMap<i64, Pause> = BTreeMap::new();
    while let Some(webhook) = shared.look(|state| state.webhook.clone()) {
        changes.mark_unchanged();
        let heads = shared.look(|state| state.queue.heads_of_lanes());
        let now = Instant::now();
        let due = heads.iter().find(|head| {
            pauses
                .get(&head.lane)
                .is_none_or(|pause| pause.until <= now)
        });
        let Some(due) = due else {
            let nearest = heads
                .iter()
                .filter_map(|head| pauses.get(&head.lane))
                .map(|p| p.until)
                .min();
            wait(&mut changes, nearest).await;
            continue;
        };
        match push(&client, &webhook, due).await {
            Ok(()) => {
                pauses.remove(&due.lane);
                shared.change(|state| state.queue.taken(due.id));
            }
            Err(error) => {
                let length = pauses
                    .get(&due.lane)
                    .map_or(FIRST_PAUSE, |pause| (pause.length * 2).min(PAUSE_MAX));
                pauses.insert(
                    due.lane,
                    Pause {
                        until: Instant::now() + length,
                        length,
                    },
                );
                shared.change(|state| {
                    if let Some(webhook) = &mut state.webhook {
                        webhook.last_error = Some(error);
                    }
                });
            }
        }
    }
}

async fn wait(changes: &mut tokio::sync::watch::Receiver<u64>, until: Option<Instant>) {
    match until {
        None => {
            let _ = changes.changed().await;
        }
        Some(until) => {
            let _ = tokio::time::timeout_at(until, changes.changed()).await;
        }
    }
}

async fn push(client: &reqwest::Client, webhook: &Webhook, due: &Waiting) -> Result<(), String> {
    let mut request = client.post(&webhook.url).json(&due.update);
    if let Some(secret) = &webhook.secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    match request.send().await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(format!(
            "Wrong response from the webhook: {}",
            answer.status()
        )),
        Err(_) => Err("Connection failed".into()),
    }
}
