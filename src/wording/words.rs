//! Sentences in the language of whoever looks.

use super::Wording;
use crate::domain::desk::card;
use crate::domain::knowledge::ChangeKind;
use crate::domain::knowledge::differences::Part;
use crate::domain::lang::Lang;
use crate::domain::message;
use crate::domain::phrase::Phrase;
use crate::domain::place::ChannelKind;
use crate::domain::time::Millis;

/// The sentences of one language.
#[derive(Clone, Copy)]
pub struct Words<'w> {
    wording: &'w Wording,
    /// The language.
    pub lang: Lang,
}

impl<'w> Words<'w> {
    /// Those of that language.
    pub fn new(wording: &'w Wording, lang: Lang) -> Words<'w> {
        Words { wording, lang }
    }

    /// A sentence without arguments.
    pub fn say(&self, key: &'static str) -> String {
        self.wording.plain(self.lang, key)
    }

    /// A sentence.
    pub fn phrase(&self, phrase: &Phrase) -> String {
        self.wording.say(self.lang, phrase)
    }

    /// The words of a message and the names of what else it holds.
    pub fn parts(&self, parts: &[message::Part]) -> String {
        self.wording.parts(self.lang, parts)
    }

    /// A channel's name.
    pub fn channel(&self, channel: ChannelKind) -> String {
        self.phrase(&card::channel(channel))
    }

    /// A language's name.
    pub fn language(&self, lang: Option<Lang>) -> String {
        self.phrase(&card::language(lang))
    }

    /// A place in an entry.
    pub fn part(&self, part: Part) -> String {
        let in_lang =
            |key, lang: Lang| format!("{} ({})", self.say(key), self.language(Some(lang)));
        match part {
            Part::Tags => self.say("console-tags"),
            Part::Triggers => self.say("console-triggers"),
            Part::Question(lang) => in_lang("console-question", lang),
            Part::Phrasings(lang) => in_lang("console-phrasings", lang),
            Part::Answer(lang) => in_lang("console-answer-alone", lang),
            Part::OtherAnswers(lang) => in_lang("console-other-answers", lang),
            Part::ValidFrom => self.say("console-valid-from"),
            Part::ValidTo => self.say("console-valid-to"),
            Part::ReviewOn => self.say("console-review-on"),
            Part::Owner => self.say("console-owner"),
        }
    }

    /// What was done to an entry.
    pub fn change(&self, kind: ChangeKind) -> String {
        self.say(match kind {
            ChangeKind::New => "console-version-new",
            ChangeKind::Changed => "console-version-changed",
            ChangeKind::Retired => "console-version-retired",
        })
    }

    /// A length of time: minutes up to two hours, then hours, then days.
    pub fn length(&self, length: Millis) -> String {
        let minutes = length.or_zero().0 / 60_000;
        let phrase = match minutes {
            0..120 => Phrase::new("console-minutes").number("n", minutes),
            120..2_880 => Phrase::new("console-hours").number("n", minutes / 60),
            _ => Phrase::new("console-days").number("n", minutes / 1_440),
        };
        self.phrase(&phrase)
    }
}
