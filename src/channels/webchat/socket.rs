//! One connection of one page, from its first frame to its end.
//!
//! Invariant: frames of one connection are handled one after another, and what the page sent is
//! acknowledged only once it is in the log and in the inbox.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, timeout};

use super::flood::Bucket;
use super::hub::{Connection, Seat};
use super::inbound::{self, Visitor};
use super::log::{LogFault, Shown};
use super::wire::{self, FromPage, ToPage, WhyRefused};
use super::{Open, WebChat};
use crate::channels::{Arrival, NotTaken};
use crate::domain::ids::MessageRef;
use crate::domain::lang::Lang;

/// How long a page may take to say who it is.
const HELLO_WAIT: Duration = Duration::from_secs(10);
/// How long a page may take to read a frame of ours.
const SEND_WAIT: Duration = Duration::from_secs(10);
/// How often a silent page is asked whether it is there.
const PING_EVERY: Duration = Duration::from_secs(30);
/// How long a page may be silent, pongs included, before it counts as gone.
const SILENCE_MAX: Duration = Duration::from_secs(75);
/// The most entries that a page which has seen nothing is shown.
const HISTORY_ENTRIES_MAX: i64 = 500;
/// Entries that are read from the log at once.
const ENTRIES_A_READ: i64 = 100;
/// Unreadable frames before a connection is ended.
const UNREADABLE_MAX: u32 = 20;

/// Why a connection ends; each is ordinary.
enum End {
    /// The page went away, or does not read.
    Gone,
    /// We end it, and say why.
    Close(u16),
}

impl From<LogFault> for End {
    fn from(fault: LogFault) -> Self {
        tracing::warn!(error = %fault, "a web chat connection ends");
        End::Close(close_code::ERROR)
    }
}

/// `GET /chat/socket`.
pub(super) async fn upgrade(
    State(chat): State<Arc<WebChat>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !chat.origins.allow(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let (Some(open), Some(connection)) = (chat.open(), chat.hub.enter()) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    upgrade
        .max_message_size(wire::FRAME_BYTES_MAX)
        .max_frame_size(wire::FRAME_BYTES_MAX)
        .on_upgrade(move |socket| {
            let sockets = open.sockets.clone();
            sockets.track_future(talk(chat, open, connection, socket))
        })
}

async fn talk(chat: Arc<WebChat>, open: Open, _connection: Connection, socket: WebSocket) {
    let mut line = Line { socket };
    let end = match greet(&chat, open, &mut line).await {
        Ok(mut page) => page.serve(&mut line).await,
        Err(end) => end,
    };
    if let End::Close(code) = end {
        line.close(code).await;
    }
}

/// The socket, with a bound on how long a frame may take.
struct Line {
    socket: WebSocket,
}

impl Line {
    async fn send(&mut self, frame: &ToPage<'_>) -> Result<(), End> {
        let text = serde_json::to_string(frame).map_err(|_| End::Close(close_code::ERROR))?;
        self.write(Message::Text(text.into())).await
    }

    async fn write(&mut self, message: Message) -> Result<(), End> {
        match timeout(SEND_WAIT, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }

    async fn close(&mut self, code: u16) {
        let frame = CloseFrame {
            code,
            reason: "".into(),
        };
        // A page that is gone need not be told.
        let _ = self.write(Message::Close(Some(frame))).await;
    }
}

/// What a frame was, once pings and the like are taken out.
enum Heard {
    Text(String),
    Nothing,
    Garbage,
}

fn heard(message: Option<Result<Message, axum::Error>>) -> Result<Heard, End> {
    match message {
        Some(Ok(Message::Text(text))) => Ok(Heard::Text(text.as_str().to_owned())),
        Some(Ok(Message::Binary(_))) => Ok(Heard::Garbage),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(Heard::Nothing),
        Some(Ok(Message::Close(_))) | None => Err(End::Gone),
        // Too large, not UTF-8, or broken off.
        Some(Err(_)) => Err(End::Close(close_code::POLICY)),
    }
}

/// Waits for the first frame and finds out who it is.
async fn greet(chat: &Arc<WebChat>, open: Open, line: &mut Line) -> Result<Page, End> {
    let first = tokio::select! {
        () = open.stop.cancelled() => return Err(End::Close(close_code::RESTART)),
        first = timeout(HELLO_WAIT, line.socket.recv()) => first.map_err(|_| End::Gone)?,
    };
    let Heard::Text(text) = heard(first)? else {
        return Err(End::Close(close_code::POLICY));
    };
    let Some(FromPage::Hello {
        secret,
        since,
        lang,
    }) = wire::read(&text)
    else {
        return Err(End::Close(close_code::POLICY));
    };
    let mut page = Page {
        chat: chat.clone(),
        open,
        hash: hash(&secret),
        lang: Lang::from_code(&lang),
        visitor: None,
        shown: since,
        bucket: Bucket::full(Instant::now()),
        unreadable: 0,
        heard_at: Instant::now(),
    };
    if let Some(visitor) = chat.log.visitor(&page.hash).await? {
        page.sit(visitor)?;
    }
    page.resume(line).await?;
    Ok(page)
}

fn hash(secret: &str) -> String {
    Sha256::digest(secret.to_ascii_lowercase().as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A page that said who it is.
struct Page {
    chat: Arc<WebChat>,
    open: Open,
    hash: String,
    lang: Option<Lang>,
    /// `None` until the visitor writes for the first time.
    visitor: Option<(Visitor, Seat)>,
    /// The highest number that the page was sent.
    shown: i64,
    bucket: Bucket,
    unreadable: u32,
    heard_at: Instant,
}

impl Page {
    async fn serve(&mut self, line: &mut Line) -> End {
        let mut ping = tokio::time::interval(PING_EVERY);
        loop {
            let stop = self.open.stop.clone();
            let step = tokio::select! {
                () = stop.cancelled() => return End::Close(close_code::RESTART),
                message = line.socket.recv() => self.hear(line, message).await,
                () = grown(self.visitor.as_mut()) => self.show_new(line).await,
                _ = ping.tick() => self.ping(line).await,
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn ping(&mut self, line: &mut Line) -> Result<(), End> {
        if self.heard_at.elapsed() > SILENCE_MAX {
            return Err(End::Gone);
        }
        line.write(Message::Ping(Bytes::new())).await
    }

    async fn hear(
        &mut self,
        line: &mut Line,
        message: Option<Result<Message, axum::Error>>,
    ) -> Result<(), End> {
        self.heard_at = Instant::now();
        let text = match heard(message)? {
            Heard::Text(text) => text,
            Heard::Nothing => return Ok(()),
            Heard::Garbage => return self.unreadable(line).await,
        };
        match wire::read(&text) {
            Some(FromPage::Ping) => line.send(&ToPage::Pong).await,
            Some(FromPage::Say { id, text: words }) => {
                self.take_words(line, &id, &words, &text).await
            }
            Some(FromPage::Press { id, token, message }) => {
                self.take_press(line, &id, token, message, &text).await
            }
            Some(FromPage::Hello { .. }) | None => self.unreadable(line).await,
        }
    }

    async fn unreadable(&mut self, line: &mut Line) -> Result<(), End> {
        metrics::counter!("careline_webchat_unreadable_frames_total").increment(1);
        self.unreadable += 1;
        if self.unreadable > UNREADABLE_MAX {
            return Err(End::Close(close_code::POLICY));
        }
        line.send(&ToPage::Unreadable).await
    }

    async fn take_words(
        &mut self,
        line: &mut Line,
        id: &str,
        words: &str,
        raw: &str,
    ) -> Result<(), End> {
        let refused = if words.trim().is_empty() {
            Some(WhyRefused::Empty)
        } else if words.chars().count() > wire::TEXT_CHARS_MAX {
            Some(WhyRefused::TooLong)
        } else {
            None
        };
        if let Some(why) = refused {
            return line.send(&ToPage::Refused { id, why }).await;
        }
        let text = inbound::clean(words);
        let shown = Shown::Wrote { text: text.clone() };
        let now = self.open.inlet.now();
        self.take(line, id, &inbound::written_ref(id), &shown, |visitor| {
            inbound::wrote(visitor, id, &text, now, raw)
        })
        .await
    }

    async fn take_press(
        &mut self,
        line: &mut Line,
        id: &str,
        token: String,
        message: Option<String>,
        raw: &str,
    ) -> Result<(), End> {
        let message = message.map(MessageRef);
        let shown = Shown::Pressed {
            message: message.clone(),
            token: token.clone(),
        };
        let now = self.open.inlet.now();
        self.take(line, id, &inbound::press_ref(id), &shown, |visitor| {
            inbound::pressed(visitor, id, &token, message.clone(), now, raw)
        })
        .await
    }

    /// Log first, so that the answer stands below the question; then the inbox; then the word
    /// that it is safe. Broken off anywhere, the page sends it again and nothing happens twice.
    async fn take(
        &mut self,
        line: &mut Line,
        id: &str,
        origin: &MessageRef,
        shown: &Shown,
        arrival: impl Fn(&Visitor) -> Arrival,
    ) -> Result<(), End> {
        if !self.bucket.take(Instant::now()) {
            let why = WhyRefused::TooFast;
            return line.send(&ToPage::Refused { id, why }).await;
        }
        self.admit().await?;
        let Some((visitor, _)) = &self.visitor else {
            return Err(End::Close(close_code::ERROR));
        };
        let arrival = arrival(visitor);
        let entry = self.chat.log.append(&visitor.id, origin, shown).await?;
        if let Err(NotTaken(error)) = self.open.inlet.take(vec![arrival]).await {
            tracing::warn!(%error, "an arrival of the web chat was not taken");
            let why = WhyRefused::NotTaken;
            return line.send(&ToPage::Refused { id, why }).await;
        }
        self.chat.hub.announce(&visitor.id, entry.seq);
        self.show_new(line).await?;
        line.send(&ToPage::Taken { id }).await
    }

    async fn admit(&mut self) -> Result<(), End> {
        if self.visitor.is_none() {
            let visitor = self.chat.log.admit(&self.hash).await?;
            self.sit(visitor)?;
        }
        Ok(())
    }

    fn sit(&mut self, id: String) -> Result<(), End> {
        let seat = self
            .chat
            .hub
            .sit(&id)
            .ok_or(End::Close(close_code::AGAIN))?;
        let visitor = Visitor {
            id,
            lang: self.lang,
        };
        self.visitor = Some((visitor, seat));
        Ok(())
    }

    /// Sends what the page has not seen, and says that it is live from here.
    async fn resume(&mut self, line: &mut Line) -> Result<(), End> {
        let newest = match &self.visitor {
            Some((visitor, _)) => {
                let visitor = std::slice::from_ref(&visitor.id);
                let newest = self.chat.log.newest(visitor).await?;
                newest.first().map_or(0, |(_, seq)| *seq)
            }
            None => 0,
        };
        if self.shown > newest {
            self.shown = 0;
            line.send(&ToPage::Anew).await?;
        }
        self.shown = self.shown.max(newest - HISTORY_ENTRIES_MAX);
        self.show_new(line).await?;
        line.send(&ToPage::Ready).await
    }

    async fn show_new(&mut self, line: &mut Line) -> Result<(), End> {
        let Some((visitor, seat)) = &mut self.visitor else {
            return Ok(());
        };
        seat.newest.borrow_and_update();
        loop {
            let entries = self
                .chat
                .log
                .since(&visitor.id, self.shown, ENTRIES_A_READ)
                .await?;
            for entry in &entries {
                line.send(&ToPage::Entry(entry)).await?;
                self.shown = entry.seq;
            }
            if i64::try_from(entries.len()).is_ok_and(|read| read < ENTRIES_A_READ) {
                return Ok(());
            }
        }
    }
}

/// Waits until the visitor's log has grown; for ever where there is no visitor yet.
async fn grown(visitor: Option<&mut (Visitor, Seat)>) {
    if let Some((_, seat)) = visitor
        && seat.newest.changed().await.is_ok()
    {
        return;
    }
    std::future::pending().await
}
