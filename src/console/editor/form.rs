//! The editor's fields, and the entry that they say.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::console::access::Posted;
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::entry::{OTHER_ANSWERS_MAX, lines, plain};
use crate::domain::knowledge::upkeep::Upkeep;
use crate::domain::knowledge::{Entry, EntryFault, EntryText};
use crate::domain::lang::Lang;

/// What the editor sends.
#[derive(Debug, Deserialize)]
pub(in crate::console) struct Form {
    form: String,
    pub(super) act: String,
    key: String,
    /// The version that the page showed.
    pub(super) known: String,
    /// When the draft that it showed was kept; 0 for none.
    #[serde(default, deserialize_with = "read")]
    pub(super) draft_at: i64,
    /// Whether the key is settled.
    #[serde(default, deserialize_with = "read")]
    pub(super) is_known: bool,
    /// Whether customers have the entry.
    #[serde(default, deserialize_with = "read")]
    pub(super) in_use: bool,
    #[serde(default)]
    gap: String,
    #[serde(default)]
    tags: String,
    #[serde(default)]
    triggers: String,
    #[serde(default)]
    valid_from: String,
    #[serde(default)]
    valid_to: String,
    #[serde(default)]
    review_on: String,
    #[serde(default)]
    owner: String,
    /// What is written in each language, by field and language: `answer_vi`.
    #[serde(flatten)]
    written: BTreeMap<String, String>,
}

/// What a form's field says: beside flattened ones every field comes as its text.
fn read<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(field: D) -> Result<T, D::Error> {
    let text = String::deserialize(field)?;
    text.parse().map_err(D::Error::custom)
}

impl Posted for Form {
    fn form_token(&self) -> &str {
        &self.form
    }
}

impl Form {
    /// The group of questions that the entry is to answer.
    pub(super) fn gap(&self) -> Option<String> {
        (!self.gap.is_empty()).then(|| self.gap.clone())
    }

    /// How the entry is to be looked after.
    ///
    /// # Errors
    /// Days that do not read.
    pub(super) fn upkeep(&self) -> Result<Upkeep, Vec<EntryFault>> {
        let parts = [
            &self.valid_from,
            &self.valid_to,
            &self.review_on,
            &self.owner,
        ];
        Upkeep::read(parts.map(String::as_str))
    }

    /// The entry as it was written, but its upkeep; a language without any words is none.
    pub(super) fn entry(&self) -> Entry {
        let mut texts = BTreeMap::new();
        for lang in Lang::ALL {
            let written = |field: &str| {
                let name = format!("{field}_{}", lang.code());
                self.written.get(&name).map_or("", String::as_str)
            };
            let said = |field: &str| plain(written(field)).trim().to_owned();
            let others =
                (1..=OTHER_ANSWERS_MAX).map(|number| said(&format!("other_answer_{number}")));
            let text = EntryText {
                question: said("question"),
                phrasings: lines(written("phrasings")),
                answer: said("answer"),
                other_answers: others.filter(|one| !one.is_empty()).collect(),
            };
            if text != EntryText::default() {
                texts.insert(lang, text);
            }
        }
        let tags = self.tags.split(',').map(|tag| plain(tag).trim().to_owned());
        Entry {
            tags: tags.filter(|tag| !tag.is_empty()).collect(),
            triggers: lines(&self.triggers),
            texts,
            ..Entry::blank(EntryKey(plain(&self.key).trim().to_owned()))
        }
    }
}
