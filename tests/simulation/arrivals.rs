//! What the adapters would make of what a platform tells: with their natural keys.

use careline::channels::{Arrival, Happening, Sender};
use careline::domain::ids::{ButtonToken, MessageRef};
use careline::domain::lang::Lang;
use careline::domain::message::Part;
use careline::domain::place::{ChannelKind, Place};
use careline::domain::time::Timestamp;

/// Our bot's id on both platforms.
const BOT: u64 = 7;

/// Where and by whom something was done.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Where.
    pub place: Place,
    /// Whether it is at the desk.
    pub at_desk: bool,
    /// The platform's account id.
    pub account: String,
    /// The name that the platform shows.
    pub name: String,
    /// The language of their app.
    pub lang: Option<Lang>,
}

impl Seat {
    fn arrival(
        &self,
        key: String,
        at: Timestamp,
        position: Option<i64>,
        what: Happening,
    ) -> Arrival {
        Arrival {
            natural_key: format!("{}:{BOT}:{key}", self.place.channel),
            place: self.place.clone(),
            at_desk: self.at_desk,
            sender: Some(Sender {
                account: self.account.as_str().into(),
                name: self.name.clone(),
                lang_hint: self.lang,
            }),
            platform_at: self.platform_time(at),
            position,
            raw: format!("{what:?}"),
            what,
        }
    }

    /// Telegram tells whole seconds.
    fn platform_time(&self, at: Timestamp) -> Timestamp {
        match self.place.channel {
            ChannelKind::Telegram => Timestamp(at.0 - at.0 % 1_000),
            ChannelKind::Discord | ChannelKind::Web => at,
        }
    }

    fn position(&self, id: i64) -> Option<i64> {
        (self.place.channel == ChannelKind::Discord).then_some(id)
    }

    /// A message.
    pub fn wrote(&self, id: i64, text: &str, reply_to: Option<i64>, at: Timestamp) -> Arrival {
        let what = Happening::Wrote {
            message: MessageRef(id.to_string()),
            parts: vec![Part::Text {
                text: text.to_owned(),
            }],
            reply_to: reply_to.map(|id| MessageRef(id.to_string())),
            album: None,
        };
        let key = format!("m:{}:{id}", self.place.chat);
        self.arrival(key, at, self.position(id), what)
    }

    /// A change of a message, the `number`-th of this person.
    pub fn edited(&self, id: i64, text: &str, number: usize, at: Timestamp) -> Arrival {
        let what = Happening::Edited {
            message: MessageRef(id.to_string()),
            parts: vec![Part::Text {
                text: text.to_owned(),
            }],
        };
        let key = format!("e:{}:{id}:{}:{number}", self.place.chat, at.0);
        self.arrival(key, at, None, what)
    }

    /// A press of a button, or a form that was sent.
    pub fn pressed(
        &self,
        token: &ButtonToken,
        under: i64,
        press: i64,
        text: Option<String>,
        at: Timestamp,
    ) -> Arrival {
        let what = Happening::Pressed {
            token: token.clone(),
            press: format!("press-{press}"),
            message: Some(MessageRef(under.to_string())),
            text,
        };
        let letter = match self.place.channel {
            ChannelKind::Discord => "i",
            ChannelKind::Telegram | ChannelKind::Web => "c",
        };
        self.arrival(format!("{letter}:{press}"), at, None, what)
    }

    /// A command; on Discord it is answered by its handle.
    pub fn command(&self, id: i64, name: &str, rest: &str, at: Timestamp) -> Arrival {
        let is_discord = self.place.channel == ChannelKind::Discord;
        let reference = (!is_discord).then(|| MessageRef(id.to_string()));
        let what = Happening::Command {
            name: name.to_owned(),
            rest: rest.to_owned(),
            press: is_discord.then(|| format!("press-{id}")),
            message: reference,
            reply_to: None,
        };
        let key = match is_discord {
            true => format!("i:{id}"),
            false => format!("m:{}:{id}", self.place.chat),
        };
        self.arrival(key, at, None, what)
    }

    /// The person shut the bot out, or let it in again.
    pub fn blocked(&self, blocked: bool, number: i64, at: Timestamp) -> Arrival {
        let what = match blocked {
            true => Happening::Blocked,
            false => Happening::Unblocked,
        };
        let key = format!("b:{}:{number}", self.place.chat);
        self.arrival(key, at, None, what)
    }
}
