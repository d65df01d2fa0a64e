//! An update as Telegram gave it, turned into an arrival: one each, whatever it holds.
//!
//! It reads the JSON leniently instead of with teloxide's update types: those refuse a whole
//! message for one value that they do not know, and a customer's message must not be lost for
//! that. Invariant: every update gives exactly one arrival, with a key that is the same when the
//! update comes again.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::channels::{Arrival, Happening, Sender};
use crate::domain::ids::ButtonToken;
use crate::domain::message::Part;
use crate::domain::time::Timestamp;

use super::ids::place;
use super::origin::{Seat, reference, reply, seconds, sender};
use super::parts;

/// A token longer than this is nobody's button (the platform's own limit, in bytes).
const BUTTON_BYTES_MAX: usize = 64;

/// What the reading of updates needs to know.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The bot's account.
    pub bot: i64,
    /// The bot's public name, once known: commands can be addressed to it.
    pub username: Option<String>,
    /// The staff forum.
    pub staff_chat: Option<i64>,
    /// Our own time, for what carries none.
    pub now: Timestamp,
}

impl Reader {
    /// The arrival that an update is.
    pub fn arrival(&self, update: &Value) -> Arrival {
        let raw = update.to_string();
        let read = self.known(update);
        let Read {
            key,
            chat,
            thread,
            sender,
            at,
            what,
        } = read.unwrap_or_else(|| {
            let kind = kind_of(update);
            Read::nowhere(Happening::Unsupported { kind })
        });
        let key = key.unwrap_or_else(|| format!("x:{}", fingerprint(&raw)));
        Arrival {
            natural_key: format!("telegram:{}:{key}", self.bot),
            at_desk: self.staff_chat == Some(chat),
            place: place(chat, thread),
            sender,
            platform_at: at.unwrap_or(self.now),
            position: None,
            what,
            raw,
        }
    }

    /// The arrival for bytes that are not even JSON.
    pub fn unreadable(&self, body: &[u8], error: &str) -> Arrival {
        let raw = String::from_utf8_lossy(body).replace('\0', "\u{fffd}");
        Arrival {
            natural_key: format!("telegram:{}:x:{}", self.bot, fingerprint(&raw)),
            place: place(0, None),
            at_desk: false,
            sender: None,
            platform_at: self.now,
            position: None,
            what: Happening::Unreadable {
                error: error.to_owned(),
            },
            raw,
        }
    }

    /// `None` where it is of a kind that we have no word for.
    fn known(&self, update: &Value) -> Option<Read> {
        if let Some(message) = update.get("message") {
            return self.message(message);
        }
        if let Some(message) = update.get("edited_message") {
            return self.edit(message);
        }
        if let Some(press) = update.get("callback_query") {
            return self.press(press);
        }
        self.membership(update.get("my_chat_member")?)
    }

    fn message(&self, message: &Value) -> Option<Read> {
        let seat = Seat::of(message)?;
        let id = message["message_id"].as_i64()?;
        let (what, key) = if let Some((from, to)) = seat.moved(message) {
            (
                Happening::Moved {
                    to: place(to, None),
                },
                format!("v:{from}:{to}"),
            )
        } else {
            let what = self.said(message, &seat, id);
            (what, format!("m:{}:{id}", seat.chat))
        };
        let chat = match (&what, message["migrate_from_chat_id"].as_i64()) {
            (Happening::Moved { .. }, Some(old)) => old,
            _ => seat.chat,
        };
        Some(Read {
            key: Some(key),
            chat,
            thread: seat.thread,
            sender: sender(message),
            at: seconds(&message["date"]),
            what,
        })
    }

    /// What a message means, by where it was said.
    fn said(&self, message: &Value, seat: &Seat, id: i64) -> Happening {
        if !self.is_ours(seat) {
            return Happening::Unsupported {
                kind: "message in another group".to_owned(),
            };
        }
        if let Some(service) = parts::service_kind(message) {
            return self.service(message, service, seat);
        }
        let reply_to = reply(message, seat);
        match self.command(message) {
            Some((name, rest)) => Happening::Command {
                name,
                rest,
                press: None,
                message: Some(reference(id)),
                reply_to,
            },
            None => Happening::Wrote {
                message: reference(id),
                parts: parts::parts(message),
                reply_to,
                album: message["media_group_id"].as_str().map(str::to_owned),
            },
        }
    }

    fn is_ours(&self, seat: &Seat) -> bool {
        seat.is_private || self.staff_chat == Some(seat.chat)
    }

    fn service(&self, message: &Value, kind: &str, seat: &Seat) -> Happening {
        let by_us = message["from"]["id"].as_i64() == Some(self.bot);
        let at_desk = self.staff_chat == Some(seat.chat);
        if kind == "forum_topic_closed" && at_desk && !by_us && seat.thread.is_some() {
            return Happening::RoomGone;
        }
        Happening::Unsupported {
            kind: kind.to_owned(),
        }
    }

    /// A slash and a word at the start of a text; for another bot it is not a command.
    fn command(&self, message: &Value) -> Option<(String, String)> {
        let line = message["text"].as_str()?.strip_prefix('/')?;
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let (name, addressee) = word.split_once('@').unwrap_or((word, ""));
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(is_word) {
            return None;
        }
        let others = self
            .username
            .as_ref()
            .is_some_and(|own| !own.eq_ignore_ascii_case(addressee));
        if !addressee.is_empty() && others {
            return None;
        }
        Some((name.to_ascii_lowercase(), parts::without_nul(rest.trim())))
    }

    fn edit(&self, message: &Value) -> Option<Read> {
        let seat = Seat::of(message)?;
        let id = message["message_id"].as_i64()?;
        let what = if self.is_ours(&seat) {
            Happening::Edited {
                message: reference(id),
                parts: parts::parts(message),
            }
        } else {
            Happening::Unsupported {
                kind: "edit in another group".to_owned(),
            }
        };
        let edited = message["edit_date"].as_i64().unwrap_or_default();
        // Two edits within a second have one date; what they say tells them apart.
        let said = fingerprint(&message.to_string());
        Some(Read {
            key: Some(format!("e:{}:{id}:{edited}:{said}", seat.chat)),
            chat: seat.chat,
            thread: seat.thread,
            sender: sender(message),
            at: seconds(&message["edit_date"]),
            what,
        })
    }

    fn press(&self, press: &Value) -> Option<Read> {
        let id = press["id"].as_str()?;
        let data = press["data"]
            .as_str()
            .filter(|data| data.len() <= BUTTON_BYTES_MAX)?;
        let message = &press["message"];
        let seat = Seat::of(message);
        let own_chat = press["from"]["id"].as_i64()?;
        Some(Read {
            key: Some(format!("p:{id}")),
            chat: seat.as_ref().map_or(own_chat, |seat| seat.chat),
            thread: seat.and_then(|seat| seat.thread),
            sender: sender(press),
            at: None,
            what: Happening::Pressed {
                token: ButtonToken(parts::without_nul(data)),
                press: id.to_owned(),
                message: message["message_id"].as_i64().map(reference),
                text: None,
            },
        })
    }

    /// The bot's own standing in a chat changed; in a private chat that is block or unblock.
    fn membership(&self, change: &Value) -> Option<Read> {
        let seat = Seat::of(change)?;
        let status = change["new_chat_member"]["status"].as_str()?;
        let what = match (seat.is_private, status) {
            (true, "kicked") => Happening::Blocked,
            (true, "member") => Happening::Unblocked,
            _ => Happening::Unsupported {
                kind: format!("my_chat_member {status}"),
            },
        };
        let date = change["date"].as_i64().unwrap_or_default();
        Some(Read {
            key: Some(format!("b:{}:{date}:{status}", seat.chat)),
            chat: seat.chat,
            thread: None,
            sender: sender(change),
            at: seconds(&change["date"]),
            what,
        })
    }
}

/// An update as far as it was understood.
struct Read {
    /// `None`: by its fingerprint.
    key: Option<String>,
    chat: i64,
    thread: Option<i64>,
    sender: Option<Sender>,
    at: Option<Timestamp>,
    what: Happening,
}

impl Read {
    fn nowhere(what: Happening) -> Read {
        Read {
            key: None,
            chat: 0,
            thread: None,
            sender: None,
            at: None,
            what,
        }
    }
}

/// The platform's word for an update: the field beside its id.
fn kind_of(update: &Value) -> String {
    let fields = update.as_object().into_iter().flatten();
    let mut names = fields
        .map(|(name, _)| name)
        .filter(|name| *name != "update_id");
    names.next().map_or_else(
        || "nothing".to_owned(),
        |name| name.chars().take(64).collect(),
    )
}

/// 24 hexadecimal digits of the text's SHA-256.
fn fingerprint(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Whether an arrival tells that a group moved: old and new id.
pub fn moved_chat(arrival: &Arrival) -> Option<(i64, i64)> {
    match &arrival.what {
        Happening::Moved { to } => Some((arrival.place.chat.parse().ok()?, to.chat.parse().ok()?)),
        _ => None,
    }
}

/// What a message without anything that we know holds: never nothing.
pub fn unknown_part(kind: &str) -> Part {
    Part::Unsupported {
        name: kind.to_owned(),
    }
}
