//! Sentences in the language of whoever looks.

use maud::{Markup, html};

use crate::domain::lang::Lang;
use crate::domain::message::Part;
use crate::domain::phrase::Phrase;
use crate::domain::place::ChannelKind;
use crate::domain::time::{Millis, Timestamp};
use crate::wording::Wording;

/// The sentences of one language.
pub(super) struct Words<'w> {
    wording: &'w Wording,
    /// The language.
    pub lang: Lang,
}

impl<'w> Words<'w> {
    pub(super) fn new(wording: &'w Wording, lang: Lang) -> Words<'w> {
        Words { wording, lang }
    }

    /// A sentence without arguments.
    pub(super) fn say(&self, key: &'static str) -> String {
        self.wording.plain(self.lang, key)
    }

    /// A sentence.
    pub(super) fn phrase(&self, phrase: &Phrase) -> String {
        self.wording.say(self.lang, phrase)
    }

    /// The words of a message and the names of what else it holds.
    pub(super) fn parts(&self, parts: &[Part]) -> String {
        self.wording.parts(self.lang, parts)
    }

    /// A channel's name.
    pub(super) fn channel(&self, channel: ChannelKind) -> String {
        self.say(match channel {
            ChannelKind::Telegram => "desk-channel-telegram",
            ChannelKind::Discord => "desk-channel-discord",
            ChannelKind::Web => "desk-channel-web",
        })
    }

    /// A language's name.
    pub(super) fn language(&self, lang: Option<Lang>) -> String {
        self.say(match lang {
            Some(Lang::En) => "desk-language-en",
            Some(Lang::Vi) => "desk-language-vi",
            Some(Lang::Zh) => "desk-language-zh",
            None => "desk-language-unknown",
        })
    }

    /// A length of time: minutes up to two hours, then hours, then days.
    pub(super) fn length(&self, length: Millis) -> String {
        let minutes = length.or_zero().0 / 60_000;
        let phrase = match minutes {
            0..120 => Phrase::new("console-minutes").number("n", minutes),
            120..2_880 => Phrase::new("console-hours").number("n", minutes / 60),
            _ => Phrase::new("console-days").number("n", minutes / 1_440),
        };
        self.phrase(&phrase)
    }
}

/// A time of day; the script shows it in the reader's own time zone.
pub(super) fn time(at: Timestamp) -> Markup {
    let Ok(instant) = jiff::Timestamp::from_millisecond(at.0) else {
        return html! {};
    };
    html! {
        time datetime=(instant) { (instant.strftime("%Y-%m-%d %H:%M UTC")) }
    }
}
