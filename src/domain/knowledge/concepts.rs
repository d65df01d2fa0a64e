//! What a text is about, in terms that all languages share: "money back", "hoàn tiền" and "退款"
//! are one concept, whatever the wording. The lists are in `prompts/<lang>/concepts.toml`.
//!
//! Invariant: the concepts of a text depend on its tokens alone; a phrase counts wherever it
//! stands, and one token may belong to several concepts.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::features::{Script, Token, base_of, tokens};
use super::text::vietnamese;
use crate::domain::lang::Lang;

/// Longest phrase that is looked for, in tokens.
const PHRASE_TOKENS_MAX: usize = 6;

static CONCEPTS: LazyLock<[Concepts; 3]> = LazyLock::new(|| {
    [
        Concepts::read(include_str!("../../../prompts/en/concepts.toml"), Lang::En),
        Concepts::read(include_str!("../../../prompts/vi/concepts.toml"), Lang::Vi),
        Concepts::read(include_str!("../../../prompts/zh/concepts.toml"), Lang::Zh),
    ]
});

/// The phrases of one language, by their first token's compared form.
#[derive(Default)]
struct Concepts {
    by_first: HashMap<String, Vec<Phrase>>,
}

struct Phrase {
    tokens: Vec<Token>,
    concept: String,
}

/// The names of the concepts in a text, in the order in which they stand, each once a place.
pub fn concepts(tokens: &[Token], lang: Lang) -> Vec<&'static str> {
    let mut found = Vec::new();
    for start in 0..tokens.len() {
        lists_of(lang).at(&tokens[start..], lang, &mut found);
    }
    if lang != Lang::En {
        let borrowed = english_among(tokens, lang);
        for start in 0..borrowed.len() {
            lists_of(Lang::En).at(&borrowed[start..], Lang::En, &mut found);
        }
    }
    found
}

fn lists_of(lang: Lang) -> &'static Concepts {
    match lang {
        Lang::En => &CONCEPTS[0],
        Lang::Vi => &CONCEPTS[1],
        Lang::Zh => &CONCEPTS[2],
    }
}

/// The English words in a text of another language ("refund 多久", "check giúp mình"). What may be
/// a Vietnamese syllable without marks is not taken for English.
fn english_among(tokens: &[Token], lang: Lang) -> Vec<Token> {
    let is_english = |token: &&Token| {
        token.script == Script::Letters
            && token.shown.is_ascii()
            && !(lang == Lang::Vi && vietnamese::is_syllable(&token.shown))
    };
    let english = tokens.iter().filter(is_english);
    english
        .map(|token| Token {
            base: base_of(&token.shown, Lang::En),
            ..token.clone()
        })
        .collect()
}

impl Concepts {
    fn read(file: &str, lang: Lang) -> Concepts {
        // A test keeps the files in the program readable.
        let lists: BTreeMap<String, Vec<String>> = toml::from_str(file).unwrap_or_default();
        let mut concepts = Concepts::default();
        for (concept, phrases) in lists {
            for phrase in phrases {
                let tokens = tokens(&phrase, lang);
                if let Some(first) = tokens.first()
                    && tokens.len() <= PHRASE_TOKENS_MAX
                {
                    let same_first = concepts.by_first.entry(first.base.clone()).or_default();
                    same_first.push(Phrase {
                        tokens,
                        concept: concept.clone(),
                    });
                }
            }
        }
        concepts
    }

    /// Adds the concepts whose phrase `rest` begins with.
    fn at(&'static self, rest: &[Token], lang: Lang, found: &mut Vec<&'static str>) {
        let Some(phrases) = rest
            .first()
            .and_then(|first| self.by_first.get(&first.base))
        else {
            return;
        };
        let mut here: Vec<&str> = Vec::new();
        for phrase in phrases {
            let fits = phrase.tokens.len() <= rest.len()
                && phrase
                    .tokens
                    .iter()
                    .zip(rest)
                    .all(|(listed, said)| means(listed, said, lang));
            if fits && !here.contains(&phrase.concept.as_str()) {
                here.push(&phrase.concept);
            }
        }
        found.extend(here);
    }
}

/// Whether a token that was said is the listed one. A Vietnamese syllable with marks must have the
/// same marks ("bán" is not "bạn"); one without may be either.
fn means(listed: &Token, said: &Token, lang: Lang) -> bool {
    listed.base == said.base
        && (lang != Lang::Vi
            || listed.shown == said.shown
            || said.shown.is_ascii()
            || listed.shown.is_ascii() && said.script != Script::Letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, lang: Lang) -> Vec<&'static str> {
        concepts(&tokens(text, lang), lang)
    }

    #[test]
    fn one_question_in_three_languages_has_the_same_concepts() {
        for (text, lang) in [
            ("when do I get my money back", Lang::En),
            ("bao giờ được hoàn tiền", Lang::Vi),
            ("bao gio dc hoan tien", Lang::Vi),
            ("什么时候退钱", Lang::Zh),
            ("什麼時候退錢", Lang::Zh),
            ("refund 多久", Lang::Zh),
        ] {
            let found = found(text, lang);
            for concept in ["refund", "how-long"] {
                assert!(found.contains(&concept), "{text}: {found:?}");
            }
        }
    }

    #[test]
    fn a_vietnamese_syllable_with_other_marks_is_another_word() {
        assert!(found("shop bán sỉ", Lang::Vi).contains(&"sell"));
        assert!(found("shop ban si", Lang::Vi).contains(&"sell"));
        assert!(!found("bạn ơi", Lang::Vi).contains(&"sell"));
    }

    #[test]
    fn nothing_is_found_where_nothing_is_said() {
        for lang in Lang::ALL {
            for text in ["", "\0", "🙂", "xyzzy"] {
                assert!(found(text, lang).is_empty(), "{text:?}");
            }
        }
    }

    #[test]
    fn every_language_names_the_same_concepts_with_phrases_that_can_be_found() {
        let files = [
            (include_str!("../../../prompts/en/concepts.toml"), Lang::En),
            (include_str!("../../../prompts/vi/concepts.toml"), Lang::Vi),
            (include_str!("../../../prompts/zh/concepts.toml"), Lang::Zh),
        ];
        let lists = files.map(|(file, lang)| {
            let lists: BTreeMap<String, Vec<String>> = toml::from_str(file).unwrap();
            for (concept, phrases) in &lists {
                assert!(!phrases.is_empty(), "{concept}");
                for phrase in phrases {
                    assert!(
                        found(phrase, lang).contains(&concept.as_str()),
                        "{lang:?} {concept}: {phrase}"
                    );
                }
            }
            lists.into_keys().collect::<Vec<String>>()
        });
        assert_eq!(lists[0], lists[1]);
        assert_eq!(lists[0], lists[2]);
    }
}
