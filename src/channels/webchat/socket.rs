//! One connection of one page, from its first frame to its end.
//!
//! Invariant: frames of one connection are handled one after another, and what the page sent is
//! acknowledged only once it is in the log and in the inbox.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, timeout};

use super::flood::Bucket;
use super::hub::{Connection, Seat};
use super::inbound::{self, Visitor};
use super::line::{End, Heard, Line, heard};
use super::log::{LogFault, Shown};
use super::wire::{self, FromPage, ToPage, WhyRefused};
use super::{Open, WebChat};
use crate::channels::{Arrival, NotTaken};
use crate::domain::ids::MessageRef;
use crate::domain::lang::Lang;

/// How long a page may take to say who it is.
const HELLO_WAIT: Duration = Duration::from_secs(10);
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

/// Why what a page sent is not safe with us.
enum NotKept {
    /// The store did not take it: the page keeps it and sends it again.
    Store(String),
    /// The connection is over.
    End(End),
}

impl From<LogFault> for NotKept {
    fn from(fault: LogFault) -> Self {
        NotKept::Store(fault.to_string())
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
        match self.keep(origin, shown, arrival).await {
            Ok(()) => {}
            Err(NotKept::End(end)) => return Err(end),
            Err(NotKept::Store(error)) => {
                tracing::warn!(error, "an arrival of the web chat was not taken");
                let why = WhyRefused::NotTaken;
                return line.send(&ToPage::Refused { id, why }).await;
            }
        }
        self.show_new(line).await?;
        line.send(&ToPage::Taken { id }).await
    }

    async fn keep(
        &mut self,
        origin: &MessageRef,
        shown: &Shown,
        arrival: impl Fn(&Visitor) -> Arrival,
    ) -> Result<(), NotKept> {
        if self.visitor.is_none() {
            let visitor = self.chat.log.admit(&self.hash).await?;
            self.sit(visitor).map_err(NotKept::End)?;
        }
        let Some((visitor, _)) = &self.visitor else {
            return Err(NotKept::End(End::Close(close_code::ERROR)));
        };
        let entry = self.chat.log.append(&visitor.id, origin, shown).await?;
        let taken = self.open.inlet.take(vec![arrival(visitor)]).await;
        taken.map_err(|NotTaken(error)| NotKept::Store(error))?;
        self.chat.hub.announce(&visitor.id, entry.seq);
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
