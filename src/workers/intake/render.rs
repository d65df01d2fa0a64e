//! From what is to be said to words in a language.

use crate::domain::engine::effect::{Label, RoomSpeech, Speech};
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::wording_tests::AnswerHash;
use crate::domain::knowledge::{EntryText, KnowledgeIndex};
use crate::domain::lang::Lang;
use crate::domain::message::Part;
use crate::domain::phrase::Phrase;
use crate::domain::rich::markdown::from_markdown;
use crate::domain::rich::{RichText, Style};
use crate::wording::Wording;

/// The most characters on a button.
const LABEL_CHARS_MAX: usize = 40;

/// Renders for one reader's language.
pub struct Renderer<'r> {
    /// The sentences.
    pub wording: &'r Wording,
    /// The answers.
    pub knowledge: &'r KnowledgeIndex,
    /// The reader's language.
    pub lang: Lang,
}

impl Renderer<'_> {
    /// What is said to a customer. A person's words stand under their name.
    pub fn speech(&self, speech: &Speech, agent: Option<&str>) -> RichText {
        match speech {
            Speech::Phrase(phrase) => self.phrase(phrase),
            Speech::Entry { key, lang, wording } => self.answer(key, *lang, *wording),
            Speech::Parts(parts) => {
                let mut text = RichText::default();
                if let Some(agent) = agent {
                    let name = self.wording.say(
                        self.lang,
                        &Phrase::new("customer-agent-name").text("agent", agent),
                    );
                    text.push_styled(
                        name,
                        Style {
                            bold: true,
                            ..Style::default()
                        },
                    );
                    text.push("\n");
                }
                text.push(self.parts(parts));
                text
            }
        }
    }

    /// What is said in a room.
    pub fn room_speech(&self, speech: &RoomSpeech) -> RichText {
        match speech {
            RoomSpeech::Phrase(phrase) => self.phrase(phrase),
            // Whom they are for is added for each desk.
            RoomSpeech::Calling { what, .. } => {
                let lines = what
                    .iter()
                    .map(|phrase| self.wording.say(self.lang, phrase));
                RichText::plain(lines.collect::<Vec<_>>().join("\n"))
            }
            RoomSpeech::Quoted { who, parts } => {
                let mut text = RichText::default();
                let who = self.wording.say(self.lang, who);
                text.push_styled(
                    who,
                    Style {
                        bold: true,
                        ..Style::default()
                    },
                );
                text.push("\n");
                text.push(self.parts(parts));
                text
            }
        }
    }

    /// A sentence.
    pub fn phrase(&self, phrase: &Phrase) -> RichText {
        RichText::plain(self.wording.say(self.lang, phrase))
    }

    fn answer(&self, key: &EntryKey, lang: Lang, wording: Option<AnswerHash>) -> RichText {
        let Some((written, found)) = self.text_of(key, lang) else {
            // The entry was retired between the decision and now: the decision is in one
            // transaction with this, so only a swap of the index in between can do it.
            return self.phrase(&Phrase::new("customer-answer-gone"));
        };
        let chosen = |answer: &&str| Some(AnswerHash::of(answer)) == wording;
        let answer = written.answers().find(chosen).unwrap_or(&written.answer);
        let mut text = from_markdown(answer);
        let source = Phrase::new("customer-answer-source").text("question", &written.question);
        text.push("\n\n");
        text.push_styled(
            self.wording.say(lang, &source),
            Style {
                italic: true,
                ..Style::default()
            },
        );
        if found != lang {
            text.push("\n\n");
            text.append(&self.phrase(&Phrase::new("customer-answer-in-other-language")));
        }
        text
    }

    /// An entry's question, in the language asked for or another that it has.
    pub fn question(&self, key: &EntryKey) -> String {
        self.question_in(key, self.lang)
    }

    fn question_in(&self, key: &EntryKey, lang: Lang) -> String {
        self.text_of(key, lang)
            .map_or_else(|| key.0.clone(), |(written, _)| written.question.clone())
    }

    /// An entry's text in that language, else in the first that it has.
    fn text_of(&self, key: &EntryKey, lang: Lang) -> Option<(&EntryText, Lang)> {
        self.knowledge.entry(key)?.text_in(lang)
    }

    /// A button's label, cut where it is too long.
    pub fn label(&self, label: &Label) -> String {
        let text = match label {
            Label::Phrase(phrase) => self.wording.say(self.lang, phrase),
            Label::Question(key, lang) => self.question_in(key, *lang),
        };
        shortened(&text, LABEL_CHARS_MAX)
    }

    /// The words of a message and the names of what else it holds, a line each.
    pub fn parts(&self, parts: &[Part]) -> String {
        self.wording.parts(self.lang, parts)
    }
}

/// At most `chars_max` characters; what was cut shows as an ellipsis.
pub fn shortened(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(chars_max - 1).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}
