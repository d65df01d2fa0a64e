//! What in a base gets in the way of good answers.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;

use super::entry::{Entry, name_of_answer};
use super::same_wording::same_wordings;
use crate::domain::ids::EntryKey;
use crate::domain::lang::Lang;
use crate::domain::rich::markdown::from_markdown;
use crate::domain::rich::{RichText, split::split};

/// Fewest phrasings of an entry in a language from which on it is found well.
const PHRASINGS_ENOUGH: usize = 3;

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// An entry lacks languages that other entries have.
    MissingLanguages(EntryKey, Vec<Lang>),
    /// An entry has so few phrasings in a language that only its own words find it.
    FewPhrasings(EntryKey, Lang, usize),
    /// Two entries have a wording in common; the sentence names both.
    SameWording(String),
    /// Two entries take each other's questions.
    Confused {
        /// The one.
        left: EntryKey,
        /// The other.
        right: EntryKey,
        /// In this language.
        lang: Lang,
        /// Wordings of the two that find the other.
        times: usize,
        /// One of them.
        wording: String,
        /// Words that both have.
        shared: Vec<String>,
    },
    /// A wording that clearly finds another entry than its own.
    Elsewhere {
        /// Its entry.
        key: EntryKey,
        /// Its language.
        lang: Lang,
        /// The wording.
        wording: String,
        /// What it finds.
        finds: EntryKey,
        /// How surely.
        percent: u32,
    },
    /// One language of an entry changed after others.
    LeftBehind {
        /// The entry.
        key: EntryKey,
        /// What changed last.
        newest: Lang,
        /// What did not.
        older: Vec<Lang>,
    },
    /// An answer that is longer than one message.
    LongAnswer {
        /// The entry.
        key: EntryKey,
        /// The language.
        lang: Lang,
        /// Which of its wordings, as faults name it.
        answer: String,
        /// In how many messages customers get it, platform by platform.
        messages: Vec<(&'static str, usize)>,
    },
    /// Nobody has changed an entry for long.
    Stale {
        /// The entry.
        key: EntryKey,
        /// For how many days.
        days: i64,
    },
    /// The day has come, or is past, on which somebody was to read an entry again.
    ReviewDue {
        /// The entry.
        key: EntryKey,
        /// The day.
        on: Date,
        /// Who was to.
        owner: Option<String>,
    },
    /// An entry's last day is over.
    Ended {
        /// The entry.
        key: EntryKey,
        /// The day.
        on: Date,
    },
    /// Whoever answers for an entry is not at the desk.
    OwnerGone {
        /// The entry.
        key: EntryKey,
        /// The name.
        owner: String,
    },
    /// Customers said that an answer did not help, and none that it did.
    NeverHelped {
        /// The entry.
        key: EntryKey,
        /// How many said so.
        times: usize,
    },
}

impl Finding {
    /// Its name for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Finding::MissingLanguages(..) => "missing-languages",
            Finding::FewPhrasings(..) => "few-phrasings",
            Finding::SameWording(_) => "same-wording",
            Finding::Confused { .. } => "confused",
            Finding::Elsewhere { .. } => "elsewhere",
            Finding::LeftBehind { .. } => "left-behind",
            Finding::LongAnswer { .. } => "long-answer",
            Finding::Stale { .. } => "stale",
            Finding::ReviewDue { .. } => "review-due",
            Finding::Ended { .. } => "ended",
            Finding::OwnerGone { .. } => "owner-gone",
            Finding::NeverHelped { .. } => "never-helped",
        }
    }

    /// The entries that it is about, where they are not in its sentence alone.
    pub fn keys(&self) -> Vec<&str> {
        match self {
            Finding::MissingLanguages(key, _) | Finding::FewPhrasings(key, ..) => {
                vec![key.as_str()]
            }
            Finding::SameWording(_) => vec![],
            Finding::Confused { left, right, .. } => vec![left.as_str(), right.as_str()],
            Finding::Elsewhere { key, finds, .. } => vec![key.as_str(), finds.as_str()],
            Finding::LeftBehind { key, .. }
            | Finding::ReviewDue { key, .. }
            | Finding::Ended { key, .. }
            | Finding::OwnerGone { key, .. }
            | Finding::LongAnswer { key, .. }
            | Finding::Stale { key, .. }
            | Finding::NeverHelped { key, .. } => vec![key.as_str()],
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::MissingLanguages(key, langs) => {
                let codes: Vec<&str> = langs.iter().map(|lang| lang.code()).collect();
                write!(
                    f,
                    "{key}: no text in {}: customers there get another language or a person",
                    codes.join(", ")
                )
            }
            Finding::FewPhrasings(key, lang, count) => write!(
                f,
                "{key}: {count} phrasings in {}: add what customers really write, {PHRASINGS_ENOUGH} or more",
                lang.code()
            ),
            Finding::SameWording(sentence) => {
                write!(f, "{sentence}: customers are asked which is meant")
            }
            Finding::Confused {
                left,
                right,
                lang,
                times,
                wording,
                shared,
            } => write!(
                f,
                "{left} and {right} in {}: {times} of their wordings find the other one, as {wording:?}; \
                 both say {}: add wordings with what only one of them means, or make them one entry",
                lang.code(),
                shared.join(", ")
            ),
            Finding::Elsewhere {
                key,
                lang,
                wording,
                finds,
                percent,
            } => write!(
                f,
                "{key}: {wording:?} ({}) finds {finds} with {percent} %: move it there, or say more in it",
                lang.code()
            ),
            Finding::LeftBehind { key, newest, older } => {
                let codes: Vec<&str> = older.iter().map(|lang| lang.code()).collect();
                write!(
                    f,
                    "{key}: {} changed after {}: bring the older up to date",
                    newest.code(),
                    codes.join(", ")
                )
            }
            Finding::LongAnswer {
                key,
                lang,
                answer,
                messages,
            } => {
                let messages: Vec<String> = messages
                    .iter()
                    .map(|(platform, count)| format!("{count} messages on {platform}"))
                    .collect();
                write!(
                    f,
                    "{key}: {answer} in {} is sent as {}: shorten it, or see with careline faq show {key} where it is cut",
                    lang.code(),
                    messages.join(" and ")
                )
            }
            Finding::Stale { key, days } => write!(
                f,
                "{key}: unchanged for {days} days: read it again, and retire it where it is no longer true"
            ),
            Finding::ReviewDue { key, on, owner } => {
                write!(f, "{key}: was to be read again on {on}")?;
                if let Some(owner) = owner {
                    write!(f, " by {owner}")?;
                }
                write!(f, ": read it, and set the next day")
            }
            Finding::Ended { key, on } => write!(
                f,
                "{key}: is not answered from since {on} is over: retire it, or set another last day"
            ),
            Finding::OwnerGone { key, owner } => write!(
                f,
                "{key}: its owner {owner} is not at the desk: name somebody who is (careline staff list)"
            ),
            Finding::NeverHelped { key, times } => write!(
                f,
                "{key}: {times} customers said that it did not help, none that it did: read what they asked, then change the answer"
            ),
        }
    }
}

/// What the platforms take in one message, in UTF-16 units of the shown text.
const MESSAGE_UNITS_MAX: [(&str, usize); 2] = [("Discord", 2_000), ("Telegram", 4_096)];

/// An answer as each platform's customers get it, message by message, about: what a platform needs
/// for emphasis and links is not counted.
pub fn pieces(answer: &str) -> Vec<(&'static str, Vec<String>)> {
    let rich = from_markdown(answer);
    let units = |text: &RichText| text.to_plain().encode_utf16().count();
    MESSAGE_UNITS_MAX
        .into_iter()
        .map(|(platform, units_max)| {
            let pieces = split(&rich, units_max, units);
            (platform, pieces.iter().map(RichText::to_plain).collect())
        })
        .collect()
}

/// All findings of a base, by entry.
pub fn findings(entries: &[Entry]) -> Vec<Finding> {
    let used: BTreeSet<Lang> = entries
        .iter()
        .flat_map(|entry| entry.texts.keys().copied())
        .collect();
    let mut findings = Vec::new();
    for entry in entries {
        let missing: Vec<Lang> = used
            .iter()
            .filter(|lang| !entry.texts.contains_key(lang))
            .copied()
            .collect();
        if !missing.is_empty() {
            findings.push(Finding::MissingLanguages(entry.key.clone(), missing));
        }
        for (lang, text) in &entry.texts {
            if text.phrasings.len() < PHRASINGS_ENOUGH {
                findings.push(Finding::FewPhrasings(
                    entry.key.clone(),
                    *lang,
                    text.phrasings.len(),
                ));
            }
            for (number, answer) in text.answers().enumerate() {
                let messages: Vec<(&str, usize)> = pieces(answer)
                    .into_iter()
                    .map(|(platform, pieces)| (platform, pieces.len()))
                    .filter(|(_, count)| *count > 1)
                    .collect();
                if !messages.is_empty() {
                    findings.push(Finding::LongAnswer {
                        key: entry.key.clone(),
                        lang: *lang,
                        answer: name_of_answer(number),
                        messages,
                    });
                }
            }
        }
    }
    findings.extend(same_wordings(entries).into_iter().map(Finding::SameWording));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::EntryText;

    #[test]
    fn what_is_missing_or_doubled_is_found() {
        let text = |phrasings: usize| EntryText {
            question: "Same?".to_owned(),
            phrasings: (0..phrasings).map(|number| format!("p{number}")).collect(),
            answer: "A".to_owned(),
            ..EntryText::default()
        };
        let entry = |key: &str, texts: Vec<(Lang, EntryText)>| Entry {
            key: key.into(),
            tags: vec![],
            triggers: vec![],
            texts: texts.into_iter().collect(),
            upkeep: Default::default(),
        };
        let base = [
            entry("a", vec![(Lang::En, text(5)), (Lang::Vi, text(5))]),
            entry(
                "b",
                vec![(
                    Lang::En,
                    EntryText {
                        phrasings: vec![],
                        ..text(0)
                    },
                )],
            ),
        ];
        let said: Vec<String> = findings(&base).iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 3, "{said:#?}");
        assert!(said[0].starts_with("b: no text in vi"));
        assert!(said[1].starts_with("b: 0 phrasings in en"));
        assert!(said[2].starts_with("en: \"Same?\" is a wording of a and b"));
        assert!(findings(&[]).is_empty());
    }

    #[test]
    fn a_long_answer_is_shown_in_pieces() {
        let answer = "A sentence of some length. ".repeat(100);
        let mut entry = crate::domain::knowledge::made::english("a", &["A?", "b", "c", "d"]);
        let text = entry.texts.get_mut(&Lang::En).unwrap();
        text.other_answers = vec!["Short.".to_owned(), answer.clone()];
        let found = findings(&[entry]);
        let [long] = &found[..] else {
            panic!("{found:#?}");
        };
        let said = long.to_string();
        assert!(
            said.contains("other answer 2 in en is sent as 2 messages on Discord"),
            "{said}"
        );
        let pieces = pieces(&answer);
        assert_eq!(pieces[0].1.len(), 2);
        assert!(pieces[0].1[0].ends_with("length."), "cut between sentences");
        assert_eq!(pieces[1].1.len(), 1);
    }
}
