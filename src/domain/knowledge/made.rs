//! Entries made for tests.

use super::entry::{Entry, EntryText};
use crate::domain::lang::Lang;

/// An entry with these wordings in each language, the first of which is its question.
pub fn entry(key: &str, wordings: &[(Lang, &[&str])]) -> Entry {
    let texts = wordings.iter().map(|(lang, wordings)| {
        let mut wordings = wordings.iter().map(|wording| (*wording).to_owned());
        let text = EntryText {
            question: wordings.next().expect("a question"),
            phrasings: wordings.collect(),
            answer: format!("({key})"),
            ..EntryText::default()
        };
        (*lang, text)
    });
    Entry {
        key: key.into(),
        tags: vec![],
        triggers: vec![],
        texts: texts.collect(),
        upkeep: Default::default(),
    }
}

/// The same in English alone.
pub fn english(key: &str, wordings: &[&str]) -> Entry {
    entry(key, &[(Lang::En, wordings)])
}
