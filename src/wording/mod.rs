//! Loads and checks `prompts/`: every sentence that anybody is shown, per language.
//!
//! Invariant: every key exists in every language with the same arguments, or the program does not
//! start. The texts are embedded, so that a binary is complete in itself.

mod check;
mod words;

use std::collections::BTreeMap;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::domain::lang::Lang;
use crate::domain::message::{Part, plain_text};
use crate::domain::phrase::{Arg, Phrase};

pub use self::words::Words;

macro_rules! texts {
    ($lang:literal) => {
        [
            (
                concat!("prompts/", $lang, "/customer.ftl"),
                include_str!(concat!("../../prompts/", $lang, "/customer.ftl")),
            ),
            (
                concat!("prompts/", $lang, "/desk.ftl"),
                include_str!(concat!("../../prompts/", $lang, "/desk.ftl")),
            ),
            (
                concat!("prompts/", $lang, "/faq.ftl"),
                include_str!(concat!("../../prompts/", $lang, "/faq.ftl")),
            ),
            (
                concat!("prompts/", $lang, "/console.ftl"),
                include_str!(concat!("../../prompts/", $lang, "/console.ftl")),
            ),
            (
                concat!("prompts/", $lang, "/webchat.ftl"),
                include_str!(concat!("../../prompts/", $lang, "/webchat.ftl")),
            ),
        ]
    };
}

/// The language that the others are held against.
const FIRST: Lang = Lang::En;

/// The files of a language, each with its name and its text; in the same order for all.
fn texts_of(lang: Lang) -> [(&'static str, &'static str); 5] {
    match lang {
        Lang::En => texts!("en"),
        Lang::Vi => texts!("vi"),
        Lang::Zh => texts!("zh"),
    }
}

/// The sentences of all languages.
pub struct Wording {
    bundles: BTreeMap<Lang, FluentBundle<FluentResource>>,
}

/// What is wrong with `prompts/`; one line each, with file and key.
#[derive(Debug, thiserror::Error)]
#[error("prompts/ is not complete:\n{}", .0.join("\n"))]
pub struct WordingFaults(pub Vec<String>);

impl Wording {
    /// Reads the embedded texts and checks them against each other.
    pub fn load() -> Result<Wording, WordingFaults> {
        let mut faults = Vec::new();
        let bundles = Lang::ALL
            .into_iter()
            .map(|lang| (lang, bundle(lang, &texts_of(lang), &mut faults)))
            .collect();
        for lang in Lang::ALL {
            for (first, other) in texts_of(FIRST).iter().zip(texts_of(lang)) {
                check::differences(
                    (first.0, &check::sentences(first.1)),
                    (other.0, &check::sentences(other.1)),
                    &mut faults,
                );
            }
        }
        if faults.is_empty() {
            Ok(Wording { bundles })
        } else {
            Err(WordingFaults(faults))
        }
    }

    /// The sentence in that language.
    pub fn say(&self, lang: Lang, phrase: &Phrase) -> String {
        let mut args = FluentArgs::new();
        for (name, arg) in &phrase.args {
            let value = match arg {
                Arg::Text(text) => FluentValue::from(text.as_str()),
                Arg::Number(number) => FluentValue::from(*number),
                Arg::Phrase(inner) => FluentValue::from(self.say(lang, inner)),
            };
            args.set(*name, value);
        }
        self.format(lang, phrase.key, &args)
    }

    /// A sentence without arguments.
    pub fn plain(&self, lang: Lang, key: &'static str) -> String {
        self.say(lang, &Phrase::new(key))
    }

    /// The words of a message and the names of what else it holds, a line each.
    pub fn parts(&self, lang: Lang, parts: &[Part]) -> String {
        let words = plain_text(parts);
        let named = parts
            .iter()
            .filter_map(|part| part.phrase())
            .map(|phrase| self.say(lang, &phrase));
        let lines = (!words.is_empty()).then_some(words);
        lines
            .into_iter()
            .chain(named)
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn format(&self, lang: Lang, key: &str, args: &FluentArgs) -> String {
        let pattern = self.bundles.get(&lang).and_then(|bundle| {
            bundle
                .get_message(key)
                .and_then(|m| m.value())
                .map(|p| (bundle, p))
        });
        let Some((bundle, pattern)) = pattern else {
            tracing::error!(key, lang = lang.code(), "a sentence is missing in prompts/");
            return key.to_owned();
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(args), &mut errors);
        if !errors.is_empty() {
            tracing::error!(
                key,
                lang = lang.code(),
                ?errors,
                "a sentence lacks an argument"
            );
        }
        text.into_owned()
    }
}

fn bundle(
    lang: Lang,
    texts: &[(&'static str, &'static str)],
    faults: &mut Vec<String>,
) -> FluentBundle<FluentResource> {
    let identifier = lang
        .code()
        .parse::<LanguageIdentifier>()
        .unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
    // Isolating marks would stand in chat as visible boxes on old clients.
    bundle.set_use_isolating(false);
    for (file, text) in texts {
        match FluentResource::try_new((*text).to_owned()) {
            Ok(resource) => {
                if let Err(errors) = bundle.add_resource(resource) {
                    faults.extend(errors.iter().map(|error| format!("{file}: {error}")));
                }
            }
            Err((_, errors)) => {
                faults.extend(errors.iter().map(|error| format!("{file}: {error}")))
            }
        }
    }
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_is_complete_in_every_language() {
        if let Err(faults) = Wording::load() {
            panic!("{faults}");
        }
    }
}
