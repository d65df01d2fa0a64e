//! The editor's fields, and the entry that they say.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::console::access::Posted;
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::entry::{lines, plain};
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
    #[serde(default)]
    pub(super) draft_at: i64,
    /// Whether the key is settled.
    #[serde(default)]
    pub(super) is_known: bool,
    /// Whether customers have the entry.
    #[serde(default)]
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
    #[serde(default)]
    question_en: String,
    #[serde(default)]
    phrasings_en: String,
    #[serde(default)]
    answer_en: String,
    #[serde(default)]
    other_answer_1_en: String,
    #[serde(default)]
    other_answer_2_en: String,
    #[serde(default)]
    other_answer_3_en: String,
    #[serde(default)]
    question_vi: String,
    #[serde(default)]
    phrasings_vi: String,
    #[serde(default)]
    answer_vi: String,
    #[serde(default)]
    other_answer_1_vi: String,
    #[serde(default)]
    other_answer_2_vi: String,
    #[serde(default)]
    other_answer_3_vi: String,
    #[serde(default)]
    question_zh: String,
    #[serde(default)]
    phrasings_zh: String,
    #[serde(default)]
    answer_zh: String,
    #[serde(default)]
    other_answer_1_zh: String,
    #[serde(default)]
    other_answer_2_zh: String,
    #[serde(default)]
    other_answer_3_zh: String,
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
            let (question, phrasings, answers) = match lang {
                Lang::En => (
                    &self.question_en,
                    &self.phrasings_en,
                    [
                        &self.answer_en,
                        &self.other_answer_1_en,
                        &self.other_answer_2_en,
                        &self.other_answer_3_en,
                    ],
                ),
                Lang::Vi => (
                    &self.question_vi,
                    &self.phrasings_vi,
                    [
                        &self.answer_vi,
                        &self.other_answer_1_vi,
                        &self.other_answer_2_vi,
                        &self.other_answer_3_vi,
                    ],
                ),
                Lang::Zh => (
                    &self.question_zh,
                    &self.phrasings_zh,
                    [
                        &self.answer_zh,
                        &self.other_answer_1_zh,
                        &self.other_answer_2_zh,
                        &self.other_answer_3_zh,
                    ],
                ),
            };
            let [answer, others @ ..] = answers.map(|answer| plain(answer).trim().to_owned());
            let text = EntryText {
                question: plain(question).trim().to_owned(),
                phrasings: lines(phrasings),
                answer,
                other_answers: others.into_iter().filter(|one| !one.is_empty()).collect(),
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
