//! A lean Discord: one gateway connection at a time, direct messages down it, replies counted.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, body::Bytes};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::truth::{Heard, Truth};

/// The bot's token, whose first part is its account.
pub const TOKEN: &str = "NDIwMA.bench.aaaaaaaaaaaaaaaaaaaaaaaaaaa";
/// The bot's account.
const BOT: &str = "4200";
/// Milliseconds from the epoch to Discord's own.
const DISCORD_EPOCH_MS: u64 = 1_420_070_400_000;

/// The platform. Cheap to clone.
#[derive(Clone)]
pub struct FakeDiscord {
    shared: Arc<Shared>,
    /// Where it listens.
    pub url: String,
}

struct Shared {
    line: Mutex<Line>,
    progressed: Notify,
    address: String,
}

/// The line to the bot.
#[derive(Default)]
pub struct Line {
    down: Option<UnboundedSender<String>>,
    seq: u64,
    next_id: u64,
    /// When the bot identified itself.
    pub identified: Option<Instant>,
    /// What was asked and what was answered.
    pub truth: Truth,
}

impl FakeDiscord {
    /// Starts to listen on a free port of loopback.
    pub async fn start() -> std::io::Result<FakeDiscord> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let shared = Arc::new(Shared {
            line: Mutex::default(),
            progressed: Notify::new(),
            address: address.clone(),
        });
        let router = Router::new()
            .route("/", axum::routing::get(gateway))
            .route("/api/{version}/{*path}", axum::routing::any(rest))
            .with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let url = format!("http://{address}");
        Ok(FakeDiscord { shared, url })
    }

    /// The line, locked.
    pub fn line(&self) -> MutexGuard<'_, Line> {
        self.shared.lock()
    }

    /// Forgets all that was asked and answered.
    pub fn forget(&self) {
        let mut line = self.line();
        line.truth = Truth::default();
        line.identified = None;
        line.down = None;
    }

    /// A customer writes a direct message.
    pub fn asks(&self, customer: u64, entry: usize, question: &str, intended: Instant) {
        let mut line = self.line();
        let id = line.fresh_id();
        let channel = 1_000_000_000 + customer;
        line.seq += 1;
        let frame = json!({
            "op": 0, "t": "MESSAGE_CREATE", "s": line.seq,
            "d": {
                "id": id.to_string(), "channel_id": channel.to_string(), "channel_type": 1,
                "author": user(&(2_000_000_000 + customer).to_string(), "Customer", false),
                "type": 0, "content": question, "timestamp": "2026-01-01T00:00:00.000000+00:00",
                "edited_timestamp": null, "tts": false, "mention_everyone": false, "mentions": [],
                "mention_roles": [], "attachments": [], "embeds": [], "components": [],
                "pinned": false, "flags": 0,
            },
        });
        let chat = i64::try_from(channel).unwrap_or_default();
        line.truth.asked(chat, entry, intended);
        if let Some(down) = &line.down {
            let _ = down.send(frame.to_string());
        }
    }

    /// Waits for a reply or an IDENTIFY, at most so long.
    pub async fn progress(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.shared.progressed.notified()).await;
    }
}

impl Line {
    fn fresh_id(&mut self) -> u64 {
        let since = crate::fake::epoch().as_millis();
        let ms = u64::try_from(since).unwrap_or_default() - DISCORD_EPOCH_MS;
        // Ids only ever grow, whatever the clock does.
        self.next_id = (self.next_id + 1).max(ms << 22);
        self.next_id
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn user(id: &str, name: &str, bot: bool) -> Value {
    json!({
        "id": id, "username": name, "discriminator": "0", "global_name": name, "avatar": null,
        "bot": bot, "system": false, "mfa_enabled": false, "flags": 0, "public_flags": 0,
        "premium_type": 0,
    })
}

async fn gateway(State(shared): State<Arc<Shared>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| serve(shared, socket))
}

async fn serve(shared: Arc<Shared>, mut socket: WebSocket) {
    let hello = json!({"op": 10, "t": null, "s": null, "d": {"heartbeat_interval": 41_250}});
    if socket.send(text(hello.to_string())).await.is_err() {
        return;
    }
    let (down, mut frames) = unbounded_channel();
    loop {
        tokio::select! {
            frame = frames.recv() => {
                let Some(frame) = frame else { return };
                if socket.send(text(frame)).await.is_err() {
                    return;
                }
            }
            heard = socket.recv() => {
                let Some(Ok(heard)) = heard else { return };
                let Message::Text(heard) = heard else { continue };
                let Ok(frame) = serde_json::from_str::<Value>(&heard) else { return };
                hear(&shared, &frame, &down);
            }
        }
    }
}

fn hear(shared: &Shared, frame: &Value, down: &UnboundedSender<String>) {
    match frame["op"].as_u64() {
        Some(1) => {
            let _ = down.send(json!({"op": 11, "t": null, "s": null, "d": null}).to_string());
        }
        Some(2) => {
            let mut line = shared.lock();
            line.seq += 1;
            let ready = json!({"op": 0, "t": "READY", "s": line.seq, "d": {
                "v": 10, "user": user(BOT, "Bench", true), "guilds": [],
                "session_id": "bench", "resume_gateway_url": format!("ws://{}", shared.address),
                "shard": [0, 1], "session_type": "normal", "private_channels": [],
                "presences": [], "relationships": [], "user_settings": {},
                "application": {"id": BOT, "flags": 0}, "_trace": [],
            }});
            let _ = down.send(ready.to_string());
            line.down = Some(down.clone());
            line.identified = Some(Instant::now());
            drop(line);
            shared.progressed.notify_waiters();
        }
        _ => {}
    }
}

fn text(frame: String) -> Message {
    Message::Text(frame.into())
}

async fn rest(
    State(shared): State<Arc<Shared>>,
    method: Method,
    Path((_version, path)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let pieces: Vec<&str> = path.split('/').collect();
    match (method, pieces.as_slice()) {
        (Method::GET, ["gateway", ..]) => Json(json!({
            "url": format!("ws://{}", shared.address), "shards": 1,
            "session_start_limit": {
                "total": 1000, "remaining": 1000, "reset_after": 14_400_000, "max_concurrency": 1,
            },
        }))
        .into_response(),
        (Method::POST, ["channels", channel, "messages"]) => said(&shared, channel, &body),
        (Method::GET, ["users", "@me"]) => Json(user(BOT, "Bench", true)).into_response(),
        (Method::GET, ["applications" | "oauth2", ..]) => {
            Json(json!({"id": BOT, "name": "Bench", "flags": 0})).into_response()
        }
        (Method::GET | Method::PUT, _) => Json(json!([])).into_response(),
        _ => StatusCode::NO_CONTENT.into_response(),
    }
}

fn said(shared: &Shared, channel: &str, body: &[u8]) -> Response {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let words = body["content"].as_str().unwrap_or_default();
    // Components and embeds may carry the words too.
    let all = body.to_string();
    let chat = channel.parse().unwrap_or_default();
    let (id, heard) = {
        let mut line = shared.lock();
        let heard = line.truth.replied(chat, &all, Instant::now());
        (line.fresh_id(), heard)
    };
    if heard == Heard::Answer {
        shared.progressed.notify_waiters();
    }
    Json(json!({
        "id": id.to_string(), "channel_id": channel, "author": user(BOT, "Bench", true),
        "type": 0, "content": words, "timestamp": "2026-01-01T00:00:00.000000+00:00",
        "edited_timestamp": null, "tts": false, "mention_everyone": false, "mentions": [],
        "mention_roles": [], "attachments": [], "embeds": [], "components": [], "pinned": false,
        "flags": 0, "nonce": body["nonce"],
    }))
    .into_response()
}
