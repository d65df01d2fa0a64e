//! What makes an entry unusable.
//!
//! Invariant: each fault says where it is and what to do about it.

use thiserror::Error;

use super::{
    ANSWER_CHARS_MAX, Entry, EntryText, KEY_CHARS_MAX, OTHER_ANSWERS_MAX, PHRASING_CHARS_MAX,
    PHRASINGS_MAX, TAG_CHARS_MAX, TAGS_MAX, shown,
};
use crate::domain::knowledge::triggers;
use crate::domain::knowledge::upkeep::OWNER_CHARS_MAX;

/// Why an entry cannot be taken; the message says what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each variant's message says what it is")]
pub enum EntryFault {
    #[error(
        "the key {0:?} is not usable: write 1 to {KEY_CHARS_MAX} of a-z, 0-9 and -, with - only in between"
    )]
    KeyForm(String),
    #[error("the entry has no language: give it a text in en, vi or zh")]
    NoText,
    #[error("{lang}: the question is empty: write the question that this entry answers")]
    NoQuestion { lang: &'static str },
    #[error("{lang}: the answer is empty: write what the customer is told")]
    NoAnswer { lang: &'static str },
    #[error(
        "{lang}: {place} has {chars} characters, {ANSWER_CHARS_MAX} are the most: shorten it or link to a page"
    )]
    AnswerTooLong {
        lang: &'static str,
        place: String,
        chars: usize,
    },
    #[error(
        "{lang}: {count} other answers, {OTHER_ANSWERS_MAX} are the most: keep those that you want to compare"
    )]
    TooManyAnswers { lang: &'static str, count: usize },
    #[error("{lang}: other answer {number} is empty: write it or take it out")]
    EmptyAnswer { lang: &'static str, number: usize },
    #[error("{lang}: {place} says the same as {same}: word it otherwise or take it out")]
    SameAnswer {
        lang: &'static str,
        place: String,
        same: String,
    },
    #[error(
        "{lang}: {count} phrasings, {PHRASINGS_MAX} are the most: keep those that customers really write"
    )]
    TooManyPhrasings { lang: &'static str, count: usize },
    #[error("{lang}: phrasing {number} is empty: write it or take it out")]
    EmptyPhrasing { lang: &'static str, number: usize },
    #[error(
        "{lang}: {place} has {chars} characters, {PHRASING_CHARS_MAX} are the most: shorten it"
    )]
    PhrasingTooLong {
        lang: &'static str,
        place: String,
        chars: usize,
    },
    #[error("{place} has the control character U+{code:04X}: take it out")]
    ControlCharacter { place: String, code: u32 },
    #[error("{count} tags, {TAGS_MAX} are the most: keep those that you filter by")]
    TooManyTags { count: usize },
    #[error(
        "the tag {0:?} is empty, longer than {TAG_CHARS_MAX} characters, or has a comma: name it with a word or two"
    )]
    TagForm(String),
    #[error("the trigger {pattern:?} is refused: {reason}")]
    Trigger { pattern: String, reason: String },
    #[error("{part}: {text:?} is no day: write it as 2026-12-31")]
    NoDay { part: &'static str, text: String },
    #[error("it ends on {last}, before it begins on {first}: turn the two days round")]
    EndsBeforeItBegins { first: String, last: String },
    #[error(
        "the owner {0:?} is longer than {OWNER_CHARS_MAX} characters, or has a control character: write the name of somebody at the desk"
    )]
    OwnerForm(String),
}

impl Entry {
    /// Every fault of this entry, in the order of its fields; empty when it can be stored.
    pub fn faults(&self) -> Vec<EntryFault> {
        let mut faults = Vec::new();
        self.tag_faults(&mut faults);
        for pattern in &self.triggers {
            if let Err(reason) = triggers::compile(pattern) {
                faults.push(EntryFault::Trigger {
                    pattern: shown(pattern),
                    reason: reason.to_string(),
                });
            }
        }
        if self.texts.is_empty() {
            faults.push(EntryFault::NoText);
        }
        for (lang, text) in &self.texts {
            text_faults(lang.code(), text, &mut faults);
        }
        self.upkeep.faults(&mut faults);
        faults
    }

    fn tag_faults(&self, faults: &mut Vec<EntryFault>) {
        if self.tags.len() > TAGS_MAX {
            faults.push(EntryFault::TooManyTags {
                count: self.tags.len(),
            });
        }
        for tag in &self.tags {
            let chars = tag.chars().count();
            if tag.trim().is_empty()
                || chars > TAG_CHARS_MAX
                || tag.contains(',')
                || tag.chars().any(char::is_control)
            {
                faults.push(EntryFault::TagForm(shown(tag)));
            }
        }
    }
}

fn text_faults(lang: &'static str, text: &EntryText, faults: &mut Vec<EntryFault>) {
    if text.question.trim().is_empty() {
        faults.push(EntryFault::NoQuestion { lang });
    }
    if text.phrasings.len() > PHRASINGS_MAX {
        faults.push(EntryFault::TooManyPhrasings {
            lang,
            count: text.phrasings.len(),
        });
    }
    phrasing_faults(lang, "the question".to_owned(), &text.question, faults);
    for (index, phrasing) in text.phrasings.iter().enumerate() {
        let number = index + 1;
        if phrasing.trim().is_empty() {
            faults.push(EntryFault::EmptyPhrasing { lang, number });
        }
        phrasing_faults(lang, format!("phrasing {number}"), phrasing, faults);
    }
    if text.other_answers.len() > OTHER_ANSWERS_MAX {
        faults.push(EntryFault::TooManyAnswers {
            lang,
            count: text.other_answers.len(),
        });
    }
    for (number, answer) in text.answers().enumerate() {
        answer_faults(lang, number, answer, faults);
        let squeezed = |answer: &str| answer.split_whitespace().collect::<Vec<_>>().join(" ");
        let said = squeezed(answer);
        let same = text
            .answers()
            .take(number)
            .position(|one| squeezed(one) == said);
        if let (Some(same), false) = (same, said.is_empty()) {
            faults.push(EntryFault::SameAnswer {
                lang,
                place: name_of_answer(number),
                same: name_of_answer(same),
            });
        }
    }
}

/// How faults name an answer: the first is the entry's own, the others are counted from 1.
pub fn name_of_answer(number: usize) -> String {
    match number {
        0 => "the answer".to_owned(),
        number => format!("other answer {number}"),
    }
}

fn answer_faults(lang: &'static str, number: usize, answer: &str, faults: &mut Vec<EntryFault>) {
    let chars = answer.chars().count();
    if answer.trim().is_empty() {
        faults.push(match number {
            0 => EntryFault::NoAnswer { lang },
            number => EntryFault::EmptyAnswer { lang, number },
        });
    } else if chars > ANSWER_CHARS_MAX {
        faults.push(EntryFault::AnswerTooLong {
            lang,
            place: name_of_answer(number),
            chars,
        });
    }
    // An answer has paragraphs and lists; nothing else of the control range is text.
    let control = answer
        .chars()
        .find(|char| char.is_control() && !matches!(char, '\n' | '\t' | '\r'));
    if let Some(char) = control {
        faults.push(EntryFault::ControlCharacter {
            place: format!("{lang}: {}", name_of_answer(number)),
            code: char.into(),
        });
    }
}

fn phrasing_faults(lang: &'static str, place: String, text: &str, faults: &mut Vec<EntryFault>) {
    let chars = text.chars().count();
    if let Some(char) = text.chars().find(|char| char.is_control()) {
        faults.push(EntryFault::ControlCharacter {
            place: format!("{lang}: {place}"),
            code: char.into(),
        });
    } else if chars > PHRASING_CHARS_MAX {
        faults.push(EntryFault::PhrasingTooLong { lang, place, chars });
    }
}
