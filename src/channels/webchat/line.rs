//! The socket of one connection: frames out within a bound of time, frames in by kind, and how it
//! ends.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use tokio::time::timeout;

use super::log::LogFault;
use super::wire::ToPage;

/// How long a page may take to read a frame of ours.
const SEND_WAIT: Duration = Duration::from_secs(10);

/// Why a connection ends; each is ordinary.
pub(super) enum End {
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

/// The socket, with a bound on how long a frame may take.
pub(super) struct Line {
    pub(super) socket: WebSocket,
}

impl Line {
    pub(super) async fn send(&mut self, frame: &ToPage<'_>) -> Result<(), End> {
        let text = serde_json::to_string(frame).map_err(|_| End::Close(close_code::ERROR))?;
        self.write(Message::Text(text.into())).await
    }

    pub(super) async fn write(&mut self, message: Message) -> Result<(), End> {
        match timeout(SEND_WAIT, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }

    pub(super) async fn close(&mut self, code: u16) {
        let frame = CloseFrame {
            code,
            reason: "".into(),
        };
        // A page that is gone need not be told.
        let _ = self.write(Message::Close(Some(frame))).await;
    }
}

/// What a frame was, once pings and the like are taken out.
pub(super) enum Heard {
    Text(String),
    Nothing,
    Garbage,
}

pub(super) fn heard(message: Option<Result<Message, axum::Error>>) -> Result<Heard, End> {
    match message {
        Some(Ok(Message::Text(text))) => Ok(Heard::Text(text.as_str().to_owned())),
        Some(Ok(Message::Binary(_))) => Ok(Heard::Garbage),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(Heard::Nothing),
        Some(Ok(Message::Close(_))) | None => Err(End::Gone),
        // Too large, not UTF-8, or broken off.
        Some(Err(_)) => Err(End::Close(close_code::POLICY)),
    }
}
