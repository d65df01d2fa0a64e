//! A sentence by name: the domain says *what* is said, `wording` knows the words.

use crate::domain::time::Millis;

/// A wording key with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// The key, as it stands in `prompts/<language>/*.ftl`.
    pub key: &'static str,
    /// What is filled in.
    pub args: Vec<(&'static str, Arg)>,
}

/// A value that is filled into a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    /// Words as they are (a name, a customer's text): never parsed.
    Text(String),
    /// A number, for plurals.
    Number(i64),
    /// Another sentence, in the same language.
    Phrase(Box<Phrase>),
}

impl Phrase {
    /// A sentence without arguments so far.
    pub fn new(key: &'static str) -> Phrase {
        Phrase {
            key,
            args: Vec::new(),
        }
    }

    /// Fills in words.
    #[must_use]
    pub fn text(mut self, name: &'static str, text: impl Into<String>) -> Phrase {
        self.args.push((name, Arg::Text(text.into())));
        self
    }

    /// Fills in a number.
    #[must_use]
    pub fn number(mut self, name: &'static str, number: i64) -> Phrase {
        self.args.push((name, Arg::Number(number)));
        self
    }

    /// Fills in how many there are.
    #[must_use]
    pub fn count(self, name: &'static str, count: usize) -> Phrase {
        self.number(name, i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Fills in a length of time as whole minutes, rounded up.
    #[must_use]
    pub fn minutes(self, name: &'static str, length: Millis) -> Phrase {
        self.number(name, length.minutes_up())
    }

    /// Fills in another sentence.
    #[must_use]
    pub fn phrase(mut self, name: &'static str, phrase: Phrase) -> Phrase {
        self.args.push((name, Arg::Phrase(Box::new(phrase))));
        self
    }
}
