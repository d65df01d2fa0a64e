//! Clicks: each is an arrival in the inbox; the engine decides, and the page follows.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Console;
use super::access::{Posted, Submitted, ToAct};
use super::thread::CLICK_BYTES;
use super::trouble::{Page, Trouble};
use crate::domain::desk::act::{ConsoleClick, StaffAct};
use crate::domain::ids::{ArrivalId, ConversationId, OutboxId};
use crate::domain::message::Part;
use crate::domain::timeline::PauseReason;
use crate::store::inbox::NewArrival;
use crate::store::views;

/// The most characters of a reply or a note.
const WORDS_CHARS_MAX: usize = 8_000;
/// The longest click token: a page's own part, a version, an act and an id.
const CLICK_CHARS_MAX: usize = 160;

/// What a button or a field of a conversation's page sends.
#[derive(Debug, Deserialize)]
pub(super) struct Act {
    form: String,
    click: String,
    act: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    outbox: String,
}

impl Posted for Act {
    fn form_token(&self) -> &str {
        &self.form
    }
}

impl Act {
    fn read(self) -> Result<StaffAct, Trouble> {
        match self.act.as_str() {
            "claim" => Ok(StaffAct::Claim),
            "release" => Ok(StaffAct::Release),
            "resolve" => Ok(StaffAct::Resolve),
            "wait" => Ok(StaffAct::Pause {
                why: PauseReason::Customer,
            }),
            "hold" => Ok(StaffAct::Pause {
                why: PauseReason::ThirdParty,
            }),
            "resume" => Ok(StaffAct::GoOn),
            "snooze" => Ok(StaffAct::Snooze),
            "reply" => Ok(StaffAct::Reply {
                parts: vec![Part::Text {
                    text: said(&self.text)?,
                }],
            }),
            "note" => Ok(StaffAct::Note {
                text: said(&self.text)?,
            }),
            "send-again" => Ok(StaffAct::SendAgain {
                outbox: OutboxId(self.outbox),
            }),
            "it-arrived" => Ok(StaffAct::ItArrived {
                outbox: OutboxId(self.outbox),
            }),
            _ => Err(Trouble::BadForm),
        }
    }
}

/// The words as they are kept: line ends as one character, no NUL, not blank, not too many.
fn said(text: &str) -> Result<String, Trouble> {
    let text = text.replace("\r\n", "\n").replace('\0', "\u{FFFD}");
    let text = text.trim();
    if text.is_empty() || text.chars().count() > WORDS_CHARS_MAX {
        return Err(Trouble::BadForm);
    }
    Ok(text.to_owned())
}

/// `POST /console/conversations/{id}/act`
pub(super) async fn act(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Submitted { by, form }: Submitted<ToAct, Act>,
) -> Result<Response, Page> {
    let id = ConversationId(id);
    let to_page = Redirect::to(&format!("/console/conversations/{id}"));
    let click = form.click.clone();
    let taken = async {
        let click_is_sound = (1..=CLICK_CHARS_MAX).contains(&click.len())
            && click
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !click_is_sound {
            return Err(Trouble::BadForm);
        }
        let mut tx = console.store.read().await?;
        if !views::exists(&mut tx, &id).await? {
            return Err(Trouble::NotFound);
        }
        drop(tx);
        let click_of = ConsoleClick {
            conversation: id,
            staff: by.staff().id.clone(),
            act: form.read()?,
        };
        take(&console, &click, &click_of).await
    };
    taken
        .await
        .map_err(|trouble| trouble.page(&console, &headers))?;
    if wants_json(&headers) {
        // The page stays as it is and needs a new token for what is written next.
        let next = console.ids.secret(CLICK_BYTES);
        return Ok(Json(serde_json::json!({ "click": next })).into_response());
    }
    Ok(to_page.into_response())
}

fn wants_json(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("application/json"))
}

/// The same token with the same act is the same click; with another act (a page that the browser
/// took from its memory) it is a click of its own: nothing that was written is dropped.
async fn take(console: &Console, token: &str, click: &ConsoleClick) -> Result<(), Trouble> {
    let arrival = serde_json::to_string(click).map_err(|_| Trouble::BadForm)?;
    let what: String = Sha256::digest(arrival.as_bytes())
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let now = console.clock.now();
    let row = NewArrival {
        id: ArrivalId(console.ids.id()),
        natural_key: format!("console:{token}:{what}"),
        origin: "console",
        lane: views::lane(&click.conversation),
        position: now.0,
        arrival,
        raw: None,
        platform_at: now,
        received_at: now,
    };
    console.store.take(row).await?;
    console.arrivals.notify_one();
    console.changes.notify_waiters();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_trimmed_and_bounded() {
        assert_eq!(said(" a\r\nb\0 ").unwrap(), "a\nb\u{FFFD}");
        assert!(said(" \r\n ").is_err());
        assert!(said(&"x".repeat(WORDS_CHARS_MAX + 1)).is_err());
    }
}
