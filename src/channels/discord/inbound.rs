//! What Discord sends as arrivals.
//!
//! Invariant: everything that a person says to us becomes an arrival; what has no word of ours is
//! `Unsupported` or `Unreadable`, never nothing. Other bots, and Discord's notices about what the
//! bot itself did, are not persons.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::body::{self, Carried};
use super::content::{command, parts, sender, without_call, without_nul};
use super::ids;
use super::places::Ground;
use super::press::{self, Waiting};
use super::seen::{Author, SeenInteraction, SeenMessage};
use crate::channels::{Arrival, Happening};
use crate::domain::ids::{ButtonToken, MessageRef};
use crate::domain::place::Place;
use crate::domain::time::Timestamp;

/// The kinds of messages that persons write: an ordinary one, a reply.
const WRITTEN: [u64; 2] = [0, 19];

/// A message as an arrival; `None` where it is none of our business.
pub fn message(bot: u64, ground: Ground, raw: &Value) -> Option<Arrival> {
    let seen = match SeenMessage::read(raw) {
        Ok(seen) => seen,
        Err(error) => return Some(unreadable(bot, "MESSAGE_CREATE", raw, error)),
    };
    let at = At::of(&seen, ground)?;
    let own = seen.author.id == bot.to_string();
    let what = match (&seen.nonce, own) {
        (Some(nonce), true) => Happening::Echo {
            nonce: nonce
                .as_str()
                .map_or_else(|| nonce.to_string(), str::to_owned),
            message: at.reference(),
        },
        (None, true) => return None,
        (_, false) if seen.author.bot || seen.webhook_id.is_some() => return None,
        (_, false) if !WRITTEN.contains(&seen.kind) => Happening::Unsupported {
            kind: format!("message type {}", seen.kind),
        },
        (_, false) => said(bot, &seen, &at),
    };
    let letter = if own { "echo" } else { "m" };
    Some(Arrival {
        natural_key: format!("discord:{bot}:{letter}:{}:{}", at.channel, at.message),
        platform_at: ids::time_of(at.message),
        position: i64::try_from(at.message).ok(),
        sender: Some(sender(&seen.author, seen.member.as_ref(), "")),
        at_desk: ground == Ground::Desk,
        place: at.place,
        what,
        raw: raw.to_string(),
    })
}

/// Where a message stands.
struct At {
    channel: u64,
    message: u64,
    place: Place,
}

impl At {
    fn of(seen: &SeenMessage, ground: Ground) -> Option<At> {
        let (channel, message) = (ids::parse(&seen.channel_id)?, ids::parse(&seen.id)?);
        let place = match ground {
            Ground::Direct | Ground::SupportThread | Ground::Desk => ids::place(channel),
            Ground::Support => ids::place_on(channel, message),
            Ground::Elsewhere => return None,
        };
        Some(At {
            channel,
            message,
            place,
        })
    }

    fn reference(&self) -> MessageRef {
        MessageRef(self.message.to_string())
    }
}

fn said(bot: u64, seen: &SeenMessage, at: &At) -> Happening {
    let reference = seen.message_reference.as_ref();
    let replied = reference.filter(|reference| reference.kind == 0);
    let replied = replied.and_then(|reference| reference.message_id.clone());
    let reply_to = replied.map(MessageRef);
    let text = without_call(&seen.content, bot);
    if let Some((name, rest)) = command(text) {
        return Happening::Command {
            name,
            rest,
            press: None,
            message: Some(at.reference()),
            reply_to,
        };
    }
    Happening::Wrote {
        message: at.reference(),
        parts: parts(seen, text),
        reply_to,
        album: None,
    }
}

/// An edit as an arrival. Discord also calls it an edit when it unfolds a link or starts a
/// thread: those have no time of edit.
pub fn edit(bot: u64, ground: Ground, raw: &Value) -> Option<Arrival> {
    let seen = SeenMessage::read(raw).ok()?;
    let edited: jiff::Timestamp = seen.edited_timestamp.as_ref()?.parse().ok()?;
    let at = At::of(&seen, ground)?;
    if seen.author.bot || seen.webhook_id.is_some() || !WRITTEN.contains(&seen.kind) {
        return None;
    }
    let edited = edited.as_millisecond();
    Some(Arrival {
        natural_key: format!("discord:{bot}:e:{}:{}:{edited}", at.channel, at.message),
        platform_at: Timestamp(edited),
        position: None,
        sender: Some(sender(&seen.author, seen.member.as_ref(), "")),
        at_desk: ground == Ground::Desk,
        what: Happening::Edited {
            message: at.reference(),
            parts: parts(&seen, without_call(&seen.content, bot)),
        },
        place: at.place,
        raw: raw.to_string(),
    })
}

/// What becomes of an interaction.
pub enum Interacted {
    /// A form opens; nothing has happened yet.
    Opens {
        /// The answer that opens it.
        modal: Value,
    },
    /// Something happened: stored first, then answered.
    Happened {
        /// What.
        arrival: Box<Arrival>,
        /// How the presser is left waiting.
        waiting: Waiting,
    },
}

/// An interaction of this type (2 command, 3 press, 5 form), done where `place` says.
pub fn interaction(
    bot: u64,
    seen: &SeenInteraction,
    kind: u64,
    place: Place,
    at_desk: bool,
    raw: &Value,
) -> Interacted {
    let waiting = match kind {
        3 => Waiting::Silent,
        _ => Waiting::Sign,
    };
    let application = ids::parse(&seen.application_id).unwrap_or(0);
    let press = press::handle(application, &seen.token, waiting);
    let message = seen
        .message
        .as_ref()
        .map(|message| MessageRef(message.id.clone()));
    let what = if kind == 2 {
        Happening::Command {
            name: seen.data.name.to_lowercase(),
            rest: without_nul(&seen.command_rest()),
            press: Some(press),
            message: None,
            reply_to: None,
        }
    } else {
        match body::carried(&seen.data.custom_id) {
            Carried::Form {
                token,
                title,
                field,
            } if kind == 3 => {
                return Interacted::Opens {
                    modal: body::modal(&token, &title, &field),
                };
            }
            Carried::Fields(form) => Happening::Filled {
                form: without_nul(&form),
                fields: seen
                    .form_fields()
                    .into_iter()
                    .map(|(name, value)| (without_nul(&name), without_nul(&value)))
                    .collect(),
                press,
            },
            Carried::Form { token, .. } | Carried::Token(token) => Happening::Pressed {
                token: ButtonToken(without_nul(&token)),
                press,
                message,
                text: seen.form_text().map(|text| without_nul(&text)),
            },
        }
    };
    let id = ids::parse(&seen.id).unwrap_or(0);
    let nobody = Author::default();
    let author = seen.author().unwrap_or(&nobody);
    let arrival = Arrival {
        natural_key: format!("discord:{bot}:i:{id}"),
        place,
        at_desk,
        sender: Some(sender(author, seen.member.as_ref(), &seen.locale)),
        platform_at: ids::time_of(id),
        position: i64::try_from(id).ok(),
        what,
        raw: without_token(raw),
    };
    Interacted::Happened {
        arrival: Box::new(arrival),
        waiting,
    }
}

/// The token answers for fifteen minutes: it is not for later eyes.
fn without_token(raw: &Value) -> String {
    let mut raw = raw.clone();
    if let Some(fields) = raw.as_object_mut() {
        fields.remove("token");
    }
    raw.to_string()
}

/// A room of the desk was deleted.
pub fn room_gone(bot: u64, room: u64, now: Timestamp, raw: &Value) -> Arrival {
    Arrival {
        natural_key: format!("discord:{bot}:gone:{room}"),
        place: ids::place(room),
        at_desk: true,
        sender: None,
        platform_at: now,
        position: None,
        what: Happening::RoomGone,
        raw: raw.to_string(),
    }
}

/// An event that could not be read; kept as it came.
pub fn unreadable(bot: u64, kind: &str, raw: &Value, error: String) -> Arrival {
    let text = raw.to_string();
    let digest = Sha256::digest(text.as_bytes());
    let mut key = format!("discord:{bot}:x:{kind}:");
    for byte in digest.iter().take(12) {
        key.push_str(&format!("{byte:02x}"));
    }
    let channel = raw["channel_id"].as_str().and_then(ids::parse);
    let id = raw["id"].as_str().and_then(ids::parse);
    Arrival {
        natural_key: key,
        place: ids::place(channel.unwrap_or(0)),
        at_desk: false,
        sender: None,
        platform_at: id.map(ids::time_of).unwrap_or_default(),
        position: None,
        what: Happening::Unreadable { error },
        raw: text,
    }
}
