//! The page's own words. A channel knows no wording: it is given these when it is made.

use std::collections::BTreeMap;

use crate::domain::lang::Lang;

/// Every sentence of page and launcher: its name in the script, and its wording key.
pub const KEYS: [(&str, &str); 26] = [
    ("title", "webchat-title"),
    ("greeting", "webchat-greeting"),
    ("greetingMore", "webchat-greeting-more"),
    ("placeholder", "webchat-placeholder"),
    ("send", "webchat-send"),
    ("connecting", "webchat-connecting"),
    ("connected", "webchat-connected"),
    ("offline", "webchat-offline"),
    ("sending", "webchat-sending"),
    ("sent", "webchat-sent"),
    ("notSent", "webchat-not-sent"),
    ("remove", "webchat-remove"),
    ("tooLong", "webchat-too-long"),
    ("tooFast", "webchat-too-fast"),
    ("notTaken", "webchat-not-taken"),
    ("newMessages", "webchat-new-messages"),
    ("log", "webchat-log"),
    ("you", "webchat-you"),
    ("shop", "webchat-shop"),
    ("today", "webchat-today"),
    ("yesterday", "webchat-yesterday"),
    ("open", "webchat-open"),
    ("close", "webchat-close"),
    ("unread", "webchat-unread"),
    ("noScript", "webchat-no-script"),
    ("opensPage", "webchat-opens-page"),
];

/// The words of every language.
#[derive(Clone, Debug)]
pub struct Texts {
    by_lang: BTreeMap<Lang, BTreeMap<&'static str, String>>,
}

impl Texts {
    /// Asks `say` for each sentence in each language.
    pub fn new(say: impl Fn(Lang, &'static str) -> String) -> Texts {
        let by_lang = Lang::ALL
            .into_iter()
            .map(|lang| {
                let texts = KEYS
                    .into_iter()
                    .map(|(name, key)| (name, say(lang, key)))
                    .collect();
                (lang, texts)
            })
            .collect();
        Texts { by_lang }
    }

    /// The sentence of that name in the script.
    pub fn one(&self, lang: Lang, name: &str) -> &str {
        self.by_lang
            .get(&lang)
            .and_then(|texts| texts.get(name))
            .map_or("", String::as_str)
    }

    /// One language's sentences as JSON, for the page's script.
    pub fn json(&self, lang: Lang) -> String {
        serde_json::json!(self.by_lang.get(&lang)).to_string()
    }

    /// All languages' sentences of those names as JSON, for the launcher's script.
    pub fn json_of(&self, names: &[&'static str]) -> String {
        let by_lang: BTreeMap<&str, BTreeMap<&str, &str>> = Lang::ALL
            .into_iter()
            .map(|lang| {
                let texts = names
                    .iter()
                    .map(|name| (*name, self.one(lang, name)))
                    .collect();
                (lang.code(), texts)
            })
            .collect();
        serde_json::json!(by_lang).to_string()
    }
}
