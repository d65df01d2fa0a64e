//! The forms in which admins write entries, and the keys that complete what they type.
//!
//! Invariant: a form carries the version that it was opened on, in the names of the form and of its
//! first field: so whoever sends it over something newer is told, also after a restart.

mod opened_on;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

pub use self::opened_on::{OpenedOn, lang_to_write};
use crate::channels::forms::{Asked, Choice, FIELD_CHARS_MAX, Field, Form, Forms, Opened};
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::entry::Entry;
use crate::domain::knowledge::parse_key;
use crate::domain::knowledge::text::normalise::normalise;
use crate::domain::knowledge::text::vietnamese::fold;
use crate::domain::lang::Lang;
use crate::domain::phrase::Phrase;
use crate::domain::staff::{Role, Staff};
use crate::store::{Store, StoreError, drafts, knowledge, staff};
use crate::wording::{Wording, Words};

/// How long the database may take before a form is opened: the platform waits three seconds.
const OPEN_WITHIN: Duration = Duration::from_secs(2);
/// How long it may take before what is known already is offered.
const COMPLETE_WITHIN: Duration = Duration::from_millis(800);
/// The most keys that are offered.
const CHOICES_MAX: usize = 25;

/// Forms over the store.
pub struct EntryForms {
    store: Store,
    wording: Arc<Wording>,
    lang: Lang,
    /// Keys and questions with the revision that they are of.
    known: Mutex<(Option<i64>, Arc<Vec<Named>>)>,
}

impl std::fmt::Debug for EntryForms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EntryForms").finish_non_exhaustive()
    }
}

/// An entry's key with a question of it.
#[derive(Clone, Debug)]
struct Named {
    key: EntryKey,
    lang: Option<Lang>,
    question: String,
    /// Key and question as they are compared.
    plain: String,
}

impl Named {
    fn new(key: EntryKey, lang: Option<Lang>, question: String) -> Named {
        let plain = fold(&normalise(&format!("{key} {question}")));
        Named {
            key,
            lang,
            question,
            plain,
        }
    }
}

/// The fields behind the question's, by name, each with what it is called.
const FIELDS: [(&str, &str); 4] = [
    ("phrasings", "console-phrasings"),
    ("answer", "console-answer-alone"),
    ("triggers", "console-triggers"),
    ("tags", "console-tags"),
];

/// What the fields are called that a form had no room for, by those that came back.
pub fn left_out(fields: &BTreeMap<String, String>) -> Vec<&'static str> {
    let missing = FIELDS
        .iter()
        .filter(|(name, _)| !fields.contains_key(*name));
    missing.map(|(_, label)| *label).collect()
}

impl EntryForms {
    /// Forms in the language of the staff rooms.
    pub fn new(store: Store, wording: Arc<Wording>, lang: Lang) -> EntryForms {
        EntryForms {
            store,
            wording,
            lang,
            known: Mutex::new((None, Arc::default())),
        }
    }

    fn words(&self) -> Words<'_> {
        Words::new(&self.wording, self.lang)
    }

    async fn opened(&self, asked: &Asked) -> Result<Opened, StoreError> {
        let refused = |phrase: Phrase| Ok(Opened::Refused(self.words().phrase(&phrase)));
        let mut tx = self.store.read().await?;
        let writer = match staff::by_account(&mut tx, asked.channel, &asked.account).await? {
            None => return refused(Phrase::new("desk-not-listed")),
            Some(staff) if staff.role < Role::TO_CHANGE_KNOWLEDGE => {
                return refused(Phrase::new("faq-not-admin"));
            }
            Some(staff) => staff,
        };
        let argument = |name: &str| asked.arguments.get(name).map(|text| text.trim());
        let lang = argument("language").and_then(Lang::from_code);
        let key = argument("key").unwrap_or_default();
        let adds = asked.verb == "add";
        if adds && key.is_empty() {
            let lang = lang.unwrap_or(writer.lang);
            return Ok(self.form(&Entry::blank("".into()), &OpenedOn::new("", lang)));
        }
        let Ok(key) = parse_key(key) else {
            return refused(Phrase::new("faq-key-form").text("key", key));
        };
        let draft = drafts::of(&mut tx, &key).await?;
        let in_use = knowledge::entry(&mut tx, &key).await?;
        let newest = drafts::newest(&mut tx, &key).await?;
        drop(tx);
        match (adds, draft, in_use) {
            (true, None, None) => {
                let on = OpenedOn {
                    known: newest,
                    ..OpenedOn::new(key.as_str(), lang.unwrap_or(writer.lang))
                };
                Ok(self.form(&Entry::blank(key), &on))
            }
            (true, ..) => refused(Phrase::new("faq-is-there").text("key", key.0)),
            (false, Some(draft), _) => {
                let on = OpenedOn {
                    known: draft.based_on,
                    draft_at: Some(draft.at),
                    ..OpenedOn::new(key.as_str(), lang_of(lang, &writer, &draft.entry))
                };
                Ok(self.form(&draft.entry, &on))
            }
            (false, None, Some(entry)) => {
                let on = OpenedOn {
                    known: newest,
                    ..OpenedOn::new(key.as_str(), lang_of(lang, &writer, &entry))
                };
                Ok(self.form(&entry, &on))
            }
            (false, None, None) => refused(Phrase::new("faq-no-entry").text("key", key.0)),
        }
    }

    fn form(&self, entry: &Entry, on: &OpenedOn) -> Opened {
        let words = self.words();
        let text = entry.texts.get(&on.lang).cloned().unwrap_or_default();
        let language = words.language(Some(on.lang));
        let title = match on.key.as_str() {
            "" => Phrase::new("faq-form-new").text("lang", language),
            key => Phrase::new("faq-form")
                .text("key", key)
                .text("lang", language),
        };
        let field =
            |(name, label): (&str, &'static str), hint: &'static str, value, is_long| Field {
                name: name.to_owned(),
                label: words.say(label),
                hint: match hint {
                    "" => String::new(),
                    hint => words.say(hint),
                },
                value,
                is_long,
            };
        let phrasings = text.phrasings.join("\n");
        let question = on.question_name();
        let [named_phrasings, named_answer, named_triggers, named_tags] = FIELDS;
        let triggers = entry.triggers.join("\n");
        let fields = [
            field((&question, "console-question"), "", text.question, false),
            field(named_phrasings, "faq-hint-lines", phrasings, true),
            field(named_answer, "faq-hint-answer", text.answer, true),
            field(named_triggers, "faq-hint-triggers", triggers, true),
            field(named_tags, "", entry.tags.join(", "), false),
        ];
        // What a field cannot hold stays as it is: sent back cut, it would be lost; `left_out` tells
        // it. The question carries what the form was opened on; a longer one than fits is at fault
        // anyway.
        let fits = |field: &Field| field.value.encode_utf16().count() <= FIELD_CHARS_MAX;
        let is_first = |field: &Field| field.name.starts_with("question:");
        Opened::Form(Form {
            name: on.form_name(),
            title: words.phrase(&title),
            fields: fields
                .into_iter()
                .filter(|field| fits(field) || is_first(field))
                .collect(),
        })
    }

    /// Keys and questions, looked up anew where the base has changed.
    async fn named(&self) -> Result<Arc<Vec<Named>>, StoreError> {
        let mut tx = self.store.read().await?;
        let revision = knowledge::revision(&mut tx).await?;
        let known = self.known();
        if revision.is_some() && known.0 == revision {
            return Ok(known.1);
        }
        let all = knowledge::named(&mut tx).await?.into_iter();
        let named: Vec<Named> = all
            .map(|(key, lang, question)| Named::new(key, Some(lang), question))
            .collect();
        let named = Arc::new(named);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = (revision, Arc::clone(&named));
        Ok(named)
    }

    fn known(&self) -> (Option<i64>, Arc<Vec<Named>>) {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    async fn completing(&self, asked: &Asked, typed: &str) -> Result<Vec<Choice>, StoreError> {
        let mut tx = self.store.read().await?;
        let writer = staff::by_account(&mut tx, asked.channel, &asked.account).await?;
        let Some(writer) = writer.filter(|staff| staff.role >= Role::TO_CHANGE_KNOWLEDGE) else {
            return Ok(Vec::new());
        };
        let drafts = drafts::all(&mut tx).await?.into_iter();
        drop(tx);
        let drafts: Vec<Named> = drafts
            .map(|draft| {
                let mut texts = draft.entry.texts.into_values();
                let question = texts.next().map_or(String::new(), |text| text.question);
                Named::new(draft.entry.key, None, question)
            })
            .collect();
        // Only a draft can be published, and only what customers have can be retired.
        Ok(match asked.verb.as_str() {
            "publish" => choices(drafts.iter(), typed, writer.lang),
            "retire" => choices(self.named().await?.iter(), typed, writer.lang),
            _ => {
                let named = self.named().await?;
                choices(drafts.iter().chain(named.iter()), typed, writer.lang)
            }
        })
    }
}

fn lang_of(asked: Option<Lang>, writer: &Staff, entry: &Entry) -> Lang {
    lang_to_write(asked, writer.lang, Some(entry))
}

/// The entries that have what is typed: those whose key begins with it first, then those that have
/// each of its words in key or question; each entry once, with its question in `lang` if it has one.
fn choices<'n>(named: impl Iterator<Item = &'n Named>, typed: &str, lang: Lang) -> Vec<Choice> {
    let typed = fold(&normalise(typed));
    let typed = typed.trim();
    let mut found: BTreeMap<(bool, &EntryKey), &Named> = BTreeMap::new();
    for one in named {
        let begins = one.key.as_str().starts_with(&typed.replace(' ', "-"));
        if !begins
            && !typed
                .split_whitespace()
                .all(|word| one.plain.contains(word))
        {
            continue;
        }
        let shown = found.entry((!begins, &one.key)).or_insert(one);
        if one.lang == Some(lang) {
            *shown = one;
        }
    }
    let choice = |named: &&Named| Choice {
        label: format!("{} · {}", named.key, named.question),
        value: named.key.0.clone(),
    };
    let mut seen = std::collections::BTreeSet::new();
    let each = found.values().filter(|named| seen.insert(&named.key));
    each.take(CHOICES_MAX).map(choice).collect()
}

#[async_trait]
impl Forms for EntryForms {
    async fn open(&self, asked: &Asked) -> Opened {
        match tokio::time::timeout(OPEN_WITHIN, self.opened(asked)).await {
            Ok(Ok(opened)) => opened,
            Ok(Err(error)) => {
                tracing::error!(%error, "a form could not be opened");
                Opened::Refused(self.words().say("faq-slow"))
            }
            Err(_) => Opened::Refused(self.words().say("faq-slow")),
        }
    }

    async fn complete(&self, asked: &Asked, typed: &str) -> Vec<Choice> {
        match tokio::time::timeout(COMPLETE_WITHIN, self.completing(asked, typed)).await {
            Ok(Ok(choices)) => choices,
            Ok(Err(error)) => {
                tracing::error!(%error, "keys could not be looked up");
                Vec::new()
            }
            Err(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_begin_so_come_first_then_those_with_the_words() {
        let named = [
            Named::new("card".into(), Some(Lang::En), "How do I pay?".to_owned()),
            Named::new(
                "refund-time".into(),
                Some(Lang::En),
                "How long does it take?".to_owned(),
            ),
            Named::new(
                "refund-time".into(),
                Some(Lang::Vi),
                "Hoàn tiền mất bao lâu?".to_owned(),
            ),
            Named::new("a-refund".into(), None, "A refund by card?".to_owned()),
        ];
        let check = |typed: &str, expected: &[&str]| {
            let found = choices(named.iter(), typed, Lang::Vi);
            let keys: Vec<&str> = found.iter().map(|choice| choice.value.as_str()).collect();
            assert_eq!(keys, expected, "{typed}");
        };
        check("", &["a-refund", "card", "refund-time"]);
        check("refund", &["refund-time", "a-refund"]);
        check("hoan tien", &["refund-time"]);
        check("CARD", &["card", "a-refund"]);
        check("nothing", &[]);
        let found = choices(named.iter(), "refund-t", Lang::Vi);
        assert_eq!(found[0].label, "refund-time · Hoàn tiền mất bao lâu?");
    }
}
