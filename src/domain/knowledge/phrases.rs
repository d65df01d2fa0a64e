//! The word lists of `prompts/<lang>/recognise.toml`, in the form in which texts are compared.
//!
//! Invariant: every list entry is normalised and without marks, so a folded text is compared.

use std::sync::LazyLock;

use regex::RegexSet;
use serde::Deserialize;

use super::text::normalise::normalise;
use super::text::terms::{Term, terms};
use super::text::vietnamese;
use crate::domain::lang::Lang;

/// The lists of all languages.
pub static PHRASES: LazyLock<Phrases> = LazyLock::new(Phrases::read);

/// The lists, per language.
pub struct Phrases {
    lists: [PhraseLists; 3],
}

/// The lists of one language.
pub struct PhraseLists {
    /// Words that only a text in this language has.
    pub telling: Vec<String>,
    /// What greets, longest first.
    pub greeting: Vec<String>,
    /// What thanks or agrees, longest first.
    pub courtesy: Vec<String>,
    /// Politeness around it, longest first.
    pub filler: Vec<String>,
    /// Patterns that ask for a person wherever they stand.
    pub person: RegexSet,
    /// What asks for a person when it is the whole message.
    pub person_alone: Vec<String>,
}

impl Phrases {
    /// The lists of a language.
    pub fn of(&self, lang: Lang) -> &PhraseLists {
        match lang {
            Lang::En => &self.lists[0],
            Lang::Vi => &self.lists[1],
            Lang::Zh => &self.lists[2],
        }
    }

    fn read() -> Phrases {
        let lists = [
            include_str!("../../../prompts/en/recognise.toml"),
            include_str!("../../../prompts/vi/recognise.toml"),
            include_str!("../../../prompts/zh/recognise.toml"),
        ];
        Phrases {
            lists: lists.map(|file| lists_of(toml::from_str(file).unwrap_or_default())),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListsFile {
    telling: Vec<String>,
    greeting: Vec<String>,
    courtesy: Vec<String>,
    filler: Vec<String>,
    person: Vec<String>,
    person_alone: Vec<String>,
}

fn lists_of(file: ListsFile) -> PhraseLists {
    PhraseLists {
        telling: compared(&file.telling),
        greeting: compared(&file.greeting),
        courtesy: compared(&file.courtesy),
        filler: compared(&file.filler),
        person: RegexSet::new(&file.person).unwrap_or_default(),
        person_alone: compared(&file.person_alone),
    }
}

fn compared(list: &[String]) -> Vec<String> {
    let mut list: Vec<String> = list.iter().map(|phrase| comparable(phrase)).collect();
    list.sort_by_key(|phrase| std::cmp::Reverse(phrase.chars().count()));
    list
}

/// A text as the lists have it: normalised, simplified, folded; words apart by one space, Chinese
/// characters not.
pub fn comparable(text: &str) -> String {
    let mut comparable = String::with_capacity(text.len());
    let mut after_han = false;
    for term in terms(&normalise(text)) {
        let (piece, is_han) = match term {
            Term::Word(word) => (vietnamese::fold(&word), false),
            Term::Number(number) => (number, false),
            Term::Han(char) => (char.to_string(), true),
        };
        if !(comparable.is_empty() || is_han && after_han) {
            comparable.push(' ');
        }
        comparable.push_str(&piece);
        after_han = is_han;
    }
    comparable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_reads_and_every_pattern_compiles() {
        for lang in Lang::ALL {
            let lists = PHRASES.of(lang);
            for list in [
                &lists.greeting,
                &lists.courtesy,
                &lists.filler,
                &lists.person_alone,
            ] {
                assert!(list.len() > 15, "{lang:?}");
                assert!(list.iter().all(|phrase| !phrase.is_empty()), "{lang:?}");
            }
            assert!(lists.person.len() > 4, "{lang:?}");
        }
    }

    #[test]
    fn texts_become_comparable() {
        assert_eq!(
            comparable("Cho em GẶP nhân viên, ạ!"),
            "cho em gap nhan vien a"
        );
        assert_eq!(comparable("你好，在嗎？ COD"), "你好在吗 cod");
        assert_eq!(comparable("🙂\0"), "");
    }
}
