//! What Discord sends as arrivals.
//!
//! Invariant: everything that a person says to us becomes an arrival; what has no word of ours is
//! `Unsupported` or `Unreadable`, never nothing. Other bots, and Discord's notices about what the
//! bot itself did, are not persons.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::body::{self, Carried};
use super::ids;
use super::places::Ground;
use super::press::{self, Waiting};
use super::seen::{Attachment, Author, Membership, SeenInteraction, SeenMessage};
use crate::channels::{Arrival, Happening, Sender};
use crate::domain::ids::{AccountId, ButtonToken, MessageRef};
use crate::domain::lang::Lang;
use crate::domain::message::{Media, Part};
use crate::domain::place::Place;
use crate::domain::time::Timestamp;

/// The kinds of messages that persons write: an ordinary one, a reply.
const WRITTEN: [u64; 2] = [0, 19];
const NAME_MAX: usize = 100;

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

/// The words without the mention by which the bot was called.
fn without_call(content: &str, bot: u64) -> &str {
    let content = content.trim();
    let calls = [format!("<@{bot}>"), format!("<@!{bot}>")];
    let called = calls
        .iter()
        .find_map(|call| content.strip_prefix(call.as_str()));
    called.map_or(content, str::trim_start)
}

/// A slash and a word of letters.
fn command(text: &str) -> Option<(String, String)> {
    let line = text.strip_prefix('/')?;
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let fits = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == '-';
    if word.is_empty() || word.len() > 32 || !word.chars().all(fits) {
        return None;
    }
    Some((word.to_ascii_lowercase(), without_nul(rest.trim())))
}

fn parts(seen: &SeenMessage, text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    push_text(&mut parts, text);
    parts.extend(seen.attachments.iter().map(file));
    for sticker in &seen.sticker_items {
        let emoji = clean_name(&sticker.name);
        parts.push(Part::Sticker { emoji });
    }
    for forwarded in &seen.message_snapshots {
        push_text(&mut parts, &forwarded.message.content);
        parts.extend(forwarded.message.attachments.iter().map(file));
    }
    if seen.poll.as_ref().is_some_and(|poll| !poll.is_null()) {
        parts.push(Part::Unsupported {
            name: "poll".to_owned(),
        });
    }
    if parts.is_empty() {
        // Without the message-content intent the words of a channel stay with Discord.
        let name = "hidden_content".to_owned();
        parts.push(Part::Unsupported { name });
    }
    parts
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    if !text.trim().is_empty() {
        parts.push(Part::Text {
            text: without_nul(text),
        });
    }
}

fn file(attachment: &Attachment) -> Part {
    let kind = attachment.content_type.as_deref().unwrap_or_default();
    let media = match kind.split('/').next().unwrap_or_default() {
        "image" if kind == "image/gif" => Media::Animation,
        "image" => Media::Photo,
        "video" => Media::Video,
        "audio" if attachment.waveform.is_some() => Media::Voice,
        "audio" => Media::Audio,
        _ => Media::Document,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounded just before; a length beyond an hour or below zero is no length"
    )]
    let seconds = attachment
        .duration_secs
        .map(|length| length.clamp(0.0, 86_400.0) as u32);
    Part::File {
        media,
        source: without_nul(&attachment.url),
        name: Some(clean_name(&attachment.filename)).filter(|name| !name.is_empty()),
        size_bytes: Some(attachment.size),
        seconds,
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

fn sender(author: &Author, member: Option<&Membership>, locale: &str) -> Sender {
    let nick = member.and_then(|member| member.nick.as_deref());
    let names = [
        nick,
        author.global_name.as_deref(),
        Some(author.username.as_str()),
    ];
    let cleaned = names.into_iter().flatten().map(clean_name);
    let name = cleaned.into_iter().find(|name| !name.is_empty());
    Sender {
        account: AccountId(author.id.clone()),
        name: name.unwrap_or_default(),
        lang_hint: Lang::from_code(locale),
    }
}

/// A name without what could turn a line around or break it.
fn clean_name(name: &str) -> String {
    let turns = |sign: char| {
        matches!(sign, '\u{200e}' | '\u{200f}' | '\u{061c}')
            || ('\u{202a}'..='\u{202e}').contains(&sign)
            || ('\u{2066}'..='\u{2069}').contains(&sign)
    };
    let kept = name
        .chars()
        .filter(|sign| !sign.is_control() && !turns(*sign));
    kept.take(NAME_MAX).collect::<String>().trim().to_owned()
}

/// PostgreSQL has no NUL.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
