//! What admins write after `/faq`.

use crate::domain::lang::Lang;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Begin a new entry; without a key, one is made of its question.
    Add {
        /// The language; the admin's own without it.
        lang: Option<Lang>,
        /// The key as it was written.
        key: String,
    },
    /// Change an entry or a draft.
    Edit {
        /// The language; the admin's own without it, or the one that the entry has.
        lang: Option<Lang>,
        /// The key as it was written.
        key: String,
    },
    /// Say what the bot would do with a text.
    Test {
        /// The language that the customer is known to use.
        lang: Option<Lang>,
        /// The text.
        text: String,
    },
    /// List entries and drafts.
    List {
        /// Words that must stand in key or question.
        words: String,
    },
    /// Tell who changed an entry when.
    History(String),
    /// Let customers have a draft.
    Publish(String),
    /// Take an entry out of use.
    Retire(String),
}

impl Verb {
    /// Reads what stands after the command; `None` where it says nothing that can be done.
    pub fn read(rest: &str) -> Option<Verb> {
        let (verb, rest) = first_word(rest);
        let (lang, after_lang) = match first_word(rest) {
            (code, rest) if Lang::ALL.iter().any(|lang| lang.code() == code) => {
                (Lang::from_code(code), rest)
            }
            _ => (None, rest),
        };
        let key = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Some(match verb.to_ascii_lowercase().as_str() {
            "add" => Verb::Add {
                lang,
                key: after_lang.to_owned(),
            },
            "edit" => Verb::Edit {
                lang,
                key: key(after_lang)?,
            },
            "test" => Verb::Test {
                lang,
                text: key(after_lang)?,
            },
            "list" => Verb::List {
                words: rest.to_owned(),
            },
            "history" => Verb::History(key(rest)?),
            "publish" => Verb::Publish(key(rest)?),
            "retire" => Verb::Retire(key(rest)?),
            _ => return None,
        })
    }
}

fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verb_then_a_language_then_the_rest() {
        let check =
            |rest: &str, expected: Option<Verb>| assert_eq!(Verb::read(rest), expected, "{rest}");
        let add = |lang, key: &str| {
            Some(Verb::Add {
                lang,
                key: key.to_owned(),
            })
        };
        check("add", add(None, ""));
        check("add vi", add(Some(Lang::Vi), ""));
        check(" add  zh  refund-time ", add(Some(Lang::Zh), "refund-time"));
        check(
            "edit vi a",
            Some(Verb::Edit {
                lang: Some(Lang::Vi),
                key: "a".to_owned(),
            }),
        );
        check("edit", None);
        check(
            "test how  long",
            Some(Verb::Test {
                lang: None,
                text: "how  long".to_owned(),
            }),
        );
        check(
            "list",
            Some(Verb::List {
                words: String::new(),
            }),
        );
        check(
            "list vi",
            Some(Verb::List {
                words: "vi".to_owned(),
            }),
        );
        check("Publish a", Some(Verb::Publish("a".to_owned())));
        for wrong in ["", "help", "history", "retire ", "test en"] {
            check(wrong, None);
        }
    }
}
