//! What in a base gets in the way of good answers.

use std::collections::BTreeSet;
use std::fmt;

use super::entry::Entry;
use super::same_wording::same_wordings;
use crate::domain::ids::EntryKey;
use crate::domain::lang::Lang;

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
}

impl Finding {
    /// Its name for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Finding::MissingLanguages(..) => "missing-languages",
            Finding::FewPhrasings(..) => "few-phrasings",
            Finding::SameWording(_) => "same-wording",
        }
    }

    /// The entries that it is about, where they are not in its sentence alone.
    pub fn keys(&self) -> Vec<&str> {
        match self {
            Finding::MissingLanguages(key, _) | Finding::FewPhrasings(key, ..) => {
                vec![key.as_str()]
            }
            Finding::SameWording(_) => vec![],
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
        }
    }
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
        };
        let entry = |key: &str, texts: Vec<(Lang, EntryText)>| Entry {
            key: key.into(),
            tags: vec![],
            triggers: vec![],
            texts: texts.into_iter().collect(),
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
}
