//! What an entry of the knowledge base is.
//!
//! Invariant: keys that come in through `parse_key` have the form `a-z 0-9 -`. An `Entry` may be
//! at fault (it comes from a file that a person wrote); `faults` names every fault with its
//! remedy, and nothing at fault is stored.

mod faults;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::faults::{EntryFault, name_of_answer};
use super::upkeep::Upkeep;
use crate::domain::ids::EntryKey;
use crate::domain::lang::Lang;

/// Longest key, in bytes (which are characters here).
pub const KEY_CHARS_MAX: usize = 80;
/// Longest question or phrasing, in characters. A customer's message has at
/// most 4,096; a phrasing that long teaches the ranking nothing.
pub const PHRASING_CHARS_MAX: usize = 500;
/// Most phrasings that one language of an entry may have.
pub const PHRASINGS_MAX: usize = 1_000;
/// Longest answer, in characters: four full messages on Telegram.
pub const ANSWER_CHARS_MAX: usize = 16_000;
/// Most other wordings of an answer: with more, each is seen too seldom to tell them apart.
pub const OTHER_ANSWERS_MAX: usize = 3;
/// Most tags of an entry.
pub const TAGS_MAX: usize = 32;
/// Longest tag, in characters.
pub const TAG_CHARS_MAX: usize = 64;

/// Takes a key as a person wrote it.
///
/// # Errors
/// `EntryFault::KeyForm` when it is empty, too long, has another character than `a-z 0-9 -`, or
/// begins or ends with `-`.
pub fn parse_key(text: &str) -> Result<EntryKey, EntryFault> {
    let well_formed = !text.is_empty()
        && text.len() <= KEY_CHARS_MAX
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if well_formed {
        Ok(EntryKey::from(text))
    } else {
        Err(EntryFault::KeyForm(shown(text)))
    }
}

/// What a person wrote into a field, as it is kept.
pub fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\0', "\u{FFFD}")
}

/// What a person wrote one a line; blank lines are none.
pub fn lines(text: &str) -> Vec<String> {
    let text = plain(text);
    let lines = text.lines().map(|line| line.trim().to_owned());
    lines.filter(|line| !line.is_empty()).collect()
}

/// One question-and-answer in every language that it has been written in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its stable name.
    pub key: EntryKey,
    /// Words that staff file it under.
    pub tags: Vec<String>,
    /// Regular expressions of an admin: a text that one matches gets this entry.
    pub triggers: Vec<String>,
    /// Its wording, per language.
    pub texts: BTreeMap<Lang, EntryText>,
    /// How it is looked after.
    #[serde(default, flatten)]
    pub upkeep: Upkeep,
}

/// An entry's wording in one language; nothing of it by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryText {
    /// The question that it answers, as shown in choices.
    pub question: String,
    /// Other ways of asking it.
    #[serde(default)]
    pub phrasings: Vec<String>,
    /// The answer, in markdown.
    pub answer: String,
    /// Other wordings of the answer, to find out which one helps more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_answers: Vec<String>,
}

impl EntryText {
    /// The question and then every phrasing: all that the ranking learns from.
    pub fn wordings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.question.as_str()).chain(self.phrasings.iter().map(String::as_str))
    }

    /// The answer and then every other wording of it.
    pub fn answers(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.answer.as_str()).chain(self.other_answers.iter().map(String::as_str))
    }
}

impl Entry {
    /// An entry that nothing is written of yet.
    pub fn blank(key: EntryKey) -> Entry {
        Entry {
            key,
            tags: Vec::new(),
            triggers: Vec::new(),
            texts: BTreeMap::new(),
            upkeep: Upkeep::default(),
        }
    }

    /// Its text in that language, else in the first that it has, with the language found.
    pub fn text_in(&self, lang: Lang) -> Option<(&EntryText, Lang)> {
        let wanted = self.texts.get(&lang).map(|text| (text, lang));
        wanted.or_else(|| self.texts.iter().next().map(|(lang, text)| (text, *lang)))
    }
}

/// The beginning of a foreign text, short enough for an error message.
pub(super) fn shown(text: &str) -> String {
    const SHOWN_CHARS_MAX: usize = 60;
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(question: &str, phrasings: &[&str], answer: &str) -> Entry {
        Entry {
            key: parse_key("refund-time").unwrap(),
            tags: vec!["refund".to_owned()],
            triggers: vec![],
            texts: BTreeMap::from([(
                Lang::En,
                EntryText {
                    question: question.to_owned(),
                    phrasings: phrasings.iter().map(|text| (*text).to_owned()).collect(),
                    answer: answer.to_owned(),
                    other_answers: vec![],
                },
            )]),
            upkeep: Upkeep::default(),
        }
    }

    #[test]
    fn a_key_has_one_form() {
        for good in ["a", "refund-time", "cod2", "a--b"] {
            assert!(parse_key(good).is_ok(), "{good}");
        }
        let long = "k".repeat(KEY_CHARS_MAX + 1);
        for bad in ["", "-a", "a-", "A", "a_b", "a b", "hoàn-tiền", "a\0", &long] {
            assert!(parse_key(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_good_entry_has_no_faults() {
        let answer = "Within **5 days**.\n\n- by card\n";
        assert_eq!(entry("How long?", &["when"], answer).faults(), vec![]);
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let long = "x".repeat(PHRASING_CHARS_MAX + 1);
        let faults = entry(" ", &["", "a\u{7}b", &long], "\u{0}").faults();
        let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 5, "{said:#?}");
        assert!(said[0].contains("question is empty"));
        assert!(said[1].contains("phrasing 1 is empty"));
        assert!(said[2].contains("phrasing 2 has the control character U+0007"));
        assert!(said[3].contains("phrasing 3 has 501 characters"));
        assert!(said[4].contains("the answer has the control character U+0000"));
    }

    #[test]
    fn each_wording_of_an_answer_obeys_the_same_and_says_something_of_its_own() {
        let with = |others: &[&str]| {
            let mut entry = entry("How long?", &["when"], "Five days.");
            let text = entry.texts.get_mut(&Lang::En).unwrap();
            text.other_answers = others.iter().map(|text| (*text).to_owned()).collect();
            let faults = entry.faults();
            faults.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert!(with(&["A week.", "Soon.", "By **Friday**.\n"]).is_empty());
        let long = "x".repeat(ANSWER_CHARS_MAX + 1);
        assert_eq!(
            with(&[" Five\ndays. ", "", "Soon.\u{7}", &long]),
            [
                "en: 4 other answers, 3 are the most: keep those that you want to compare",
                "en: other answer 1 says the same as the answer: word it otherwise or take it out",
                "en: other answer 2 is empty: write it or take it out",
                "en: other answer 3 has the control character U+0007: take it out",
                "en: other answer 4 has 16001 characters, 16000 are the most: shorten it or link to a page",
            ]
        );
        let twice = with(&["Soon.", "Soon."]);
        assert!(twice[0].contains("other answer 2 says the same as other answer 1"));
    }

    #[test]
    fn two_hundred_phrasings_are_fine_and_too_many_are_not() {
        let many = vec!["when"; 200];
        assert_eq!(entry("How long?", &many, "Soon.").faults(), vec![]);
        let too_many = vec!["when"; PHRASINGS_MAX + 1];
        assert_eq!(
            entry("How long?", &too_many, "Soon.").faults(),
            vec![EntryFault::TooManyPhrasings {
                lang: "en",
                count: PHRASINGS_MAX + 1
            }]
        );
    }

    #[test]
    fn a_costly_trigger_is_a_fault_of_its_entry() {
        let mut costly = entry("How long?", &[], "Soon.");
        costly.triggers = vec!["(a{1,500}){1,500}".to_owned()];
        let faults = costly.faults();
        assert!(
            matches!(&faults[..], [EntryFault::Trigger { .. }]),
            "{faults:?}"
        );
    }
}
