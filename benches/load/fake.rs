//! A lean Bot API: a queue with the platform's offset rules, replies counted, nothing else kept.
//!
//! Invariant: an update leaves the queue only when a poll's offset is past it, so what a bot that
//! dies had fetched but not acknowledged is handed out again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::Notify;

use crate::truth::{Heard, Truth};

/// The bot's token: the fake has one bot.
pub const TOKEN: &str = "4200:BENCH-aaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/// The most updates in one answer: the platform's own limit.
const BATCH_MAX: usize = 100;

/// The platform with its one bot. Cheap to clone.
#[derive(Clone)]
pub struct Fake {
    shared: Arc<Shared>,
    /// Where it listens.
    pub url: String,
}

struct Shared {
    state: Mutex<Line>,
    /// A new update, or a newer poll.
    stirred: Notify,
    /// A reply was heard, or a poll came.
    progressed: Notify,
}

/// The line to the bot.
pub struct Line {
    queue: VecDeque<(i64, String)>,
    next_update: i64,
    next_message: i64,
    poll: u64,
    /// How long a send takes before it is answered; it has taken effect by then.
    pub send_takes: Duration,
    /// The first poll since the last [`Fake::expect_bot`].
    pub first_poll: Option<Instant>,
    /// Calls of `sendMessage`.
    pub sends: u64,
    /// What was asked and what was answered.
    pub truth: Truth,
}

#[derive(Deserialize, Default)]
struct Poll {
    offset: Option<i64>,
    limit: Option<usize>,
    timeout: Option<u64>,
}

#[derive(Deserialize)]
struct Send {
    chat_id: serde_json::Value,
    text: String,
}

impl Fake {
    /// Starts to listen on a free port of loopback.
    pub async fn start() -> std::io::Result<Fake> {
        let shared = Arc::new(Shared {
            state: Mutex::new(Line {
                queue: VecDeque::new(),
                next_update: 700_000_000,
                next_message: 1,
                poll: 0,
                send_takes: Duration::ZERO,
                first_poll: None,
                sends: 0,
                truth: Truth::default(),
            }),
            stirred: Notify::new(),
            progressed: Notify::new(),
        });
        let router = Router::new()
            .route("/{bot}/{method}", axum::routing::any(call))
            .with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Fake { shared, url })
    }

    /// The line, locked.
    pub fn line(&self) -> MutexGuard<'_, Line> {
        self.shared.lock()
    }

    /// Forgets all that was asked, answered and queued.
    pub fn forget(&self) {
        let mut line = self.line();
        line.queue.clear();
        line.truth = Truth::default();
        line.sends = 0;
        line.send_takes = Duration::ZERO;
    }

    /// From now on the first poll is looked out for anew.
    pub fn expect_bot(&self) {
        self.line().first_poll = None;
    }

    /// A customer of that chat asks `entry`; `intended` is when the schedule wanted it.
    pub fn asks(&self, chat: i64, entry: usize, question: &str, intended: Instant) {
        let mut line = self.line();
        let (update, message) = (line.next_update, line.next_message);
        line.next_update += 1;
        line.next_message += 1;
        let date = epoch_seconds();
        let text = serde_json::Value::from(question);
        let body = format!(
            r#"{{"update_id":{update},"message":{{"message_id":{message},"from":{{"id":{chat},"is_bot":false,"first_name":"Customer {chat}","language_code":"en"}},"chat":{{"id":{chat},"type":"private","first_name":"Customer {chat}"}},"date":{date},"text":{text}}}}}"#
        );
        line.queue.push_back((update, body));
        line.truth.asked(chat, entry, intended);
        drop(line);
        self.shared.stirred.notify_waiters();
    }

    /// Waits for a reply or a poll, at most so long.
    pub async fn progress(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.shared.progressed.notified()).await;
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Line> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn call(
    State(shared): State<Arc<Shared>>,
    Path((_bot, method)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default();
    let query = query.unwrap_or_default();
    match method.to_ascii_lowercase().as_str() {
        "getupdates" => match read::<Poll>(kind, &query, &body) {
            Some(poll) => updates(&shared, poll).await,
            None => refused(400, "Bad Request: the poll does not read"),
        },
        "sendmessage" => match read::<Send>(kind, &query, &body) {
            Some(send) => sent(&shared, send).await,
            None => refused(400, "Bad Request: message text is empty"),
        },
        "getme" => ok(
            r#"{"id":4200,"is_bot":true,"first_name":"Bench","username":"bench_bot","can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":false,"can_connect_to_business":false,"has_main_web_app":false}"#,
        ),
        "getwebhookinfo" => {
            ok(r#"{"url":"","has_custom_certificate":false,"pending_update_count":0}"#)
        }
        _ => ok("true"),
    }
}

async fn updates(shared: &Shared, poll: Poll) -> Response {
    let hold = Duration::from_secs(poll.timeout.unwrap_or(0));
    let until = tokio::time::Instant::now() + hold;
    let limit = poll.limit.unwrap_or(BATCH_MAX).clamp(1, BATCH_MAX);
    let mine = {
        let mut line = shared.lock();
        line.first_poll.get_or_insert_with(Instant::now);
        if let Some(offset) = poll.offset.filter(|offset| *offset > 0) {
            while line.queue.front().is_some_and(|(id, _)| *id < offset) {
                line.queue.pop_front();
            }
        }
        line.poll += 1;
        line.poll
    };
    // An older poll hears that it was superseded.
    shared.stirred.notify_waiters();
    shared.progressed.notify_waiters();
    loop {
        let stirred = shared.stirred.notified();
        tokio::pin!(stirred);
        stirred.as_mut().enable();
        {
            let line = shared.lock();
            if line.poll != mine {
                return refused(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                );
            }
            if !line.queue.is_empty() {
                return ok(&batch(&line.queue, limit));
            }
        }
        if tokio::time::timeout_at(until, stirred).await.is_err() {
            return ok("[]");
        }
    }
}

fn batch(queue: &VecDeque<(i64, String)>, limit: usize) -> String {
    let mut text = String::from("[");
    for (at, (_, update)) in queue.iter().take(limit).enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(update);
    }
    text.push(']');
    text
}

async fn sent(shared: &Shared, send: Send) -> Response {
    let chat = match &send.chat_id {
        serde_json::Value::String(text) => text.parse().ok(),
        number => number.as_i64(),
    };
    let Some(chat) = chat else {
        return refused(400, "Bad Request: chat not found");
    };
    let (message, takes, heard) = {
        let mut line = shared.lock();
        let message = line.next_message;
        line.next_message += 1;
        line.sends += 1;
        let heard = line.truth.replied(chat, &send.text, Instant::now());
        (message, line.send_takes, heard)
    };
    if heard == Heard::Answer {
        shared.progressed.notify_waiters();
    }
    if !takes.is_zero() {
        tokio::time::sleep(takes).await;
    }
    let (date, text) = (epoch_seconds(), serde_json::Value::from(send.text));
    ok(&format!(
        r#"{{"message_id":{message},"from":{{"id":4200,"is_bot":true,"first_name":"Bench","username":"bench_bot"}},"chat":{{"id":{chat},"type":"private","first_name":"Customer {chat}"}},"date":{date},"text":{text}}}"#
    ))
}

/// Parameters from wherever the client put them: JSON, a form, or the address.
fn read<T: serde::de::DeserializeOwned>(kind: &str, query: &str, body: &[u8]) -> Option<T> {
    if kind.starts_with("application/json") {
        return serde_json::from_slice(body).ok();
    }
    let form = if body.is_empty() {
        query.to_owned()
    } else {
        String::from_utf8_lossy(body).into_owned()
    };
    let address = reqwest::Url::parse(&format!("http://form/?{form}")).ok()?;
    let fields = address.query_pairs().map(|(name, value)| {
        // Numbers come as text in a form.
        let value = match (name.as_ref(), value.parse::<i64>()) {
            ("text", _) | (_, Err(_)) => serde_json::Value::from(value.into_owned()),
            (_, Ok(number)) => serde_json::Value::from(number),
        };
        (name.into_owned(), value)
    });
    serde_json::from_value(serde_json::Value::Object(fields.collect())).ok()
}

fn ok(result: &str) -> Response {
    let body = format!(r#"{{"ok":true,"result":{result}}}"#);
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

fn refused(code: u16, description: &str) -> Response {
    let body = format!(r#"{{"ok":false,"error_code":{code},"description":"{description}"}}"#);
    let status = axum::http::StatusCode::from_u16(code).unwrap_or_default();
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

fn epoch_seconds() -> u64 {
    epoch().as_secs()
}

/// The platform's own time, since the epoch.
pub fn epoch() -> Duration {
    #[expect(
        clippy::disallowed_methods,
        reason = "the fake is its own platform and has its own clock"
    )]
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default()
}
