//! What a form was opened on: carried by the names of the form and of its first field.

use std::collections::BTreeMap;

use crate::domain::ids::EntryKey;
use crate::domain::knowledge::entry::{Entry, lines, plain};
use crate::domain::knowledge::{EntryText, parse_key};
use crate::domain::lang::Lang;
use crate::domain::time::Timestamp;
use crate::store::drafts::NO_VERSION;

/// How the name of a form in which an entry is written begins.
const FORM: &str = "entry";

/// What a form was opened on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedOn {
    /// The entry; empty where its key is made of the question.
    pub key: EntryKey,
    /// The language that is written in.
    pub lang: Lang,
    /// The version that was shown.
    pub known: String,
    /// When the draft was kept that was shown.
    pub draft_at: Option<Timestamp>,
}

impl OpenedOn {
    /// One that nobody has written anything for yet.
    pub(super) fn new(key: &str, lang: Lang) -> OpenedOn {
        OpenedOn {
            key: key.into(),
            lang,
            known: NO_VERSION.to_owned(),
            draft_at: None,
        }
    }

    /// The name of the form that carries it.
    pub(super) fn form_name(&self) -> String {
        let at = self.draft_at.map_or(0, |at| at.0);
        format!("{FORM}:{}:{at}:{}", self.lang.code(), self.known)
    }

    /// The name of the first field, which carries the key.
    pub(super) fn question_name(&self) -> String {
        format!("question:{}", self.key)
    }

    /// Reads what a form came back with; `None` where it is none of these.
    pub fn read(form: &str, fields: &BTreeMap<String, String>) -> Option<OpenedOn> {
        let mut pieces = form.splitn(4, ':');
        if pieces.next()? != FORM {
            return None;
        }
        let lang = Lang::from_code(pieces.next()?)?;
        let at: i64 = pieces.next()?.parse().ok()?;
        let known = pieces.next()?.to_owned();
        let key = fields
            .keys()
            .find_map(|name| name.strip_prefix("question:"))?;
        if !key.is_empty() && parse_key(key).is_err() {
            return None;
        }
        Some(OpenedOn {
            key: key.into(),
            lang,
            known,
            draft_at: (at > 0).then_some(Timestamp(at)),
        })
    }

    /// The entry with what the fields say; what they do not name stays.
    pub fn filled(&self, before: Entry, fields: &BTreeMap<String, String>) -> Entry {
        let mut entry = before;
        let mut text = entry.texts.remove(&self.lang).unwrap_or_default();
        for (name, value) in fields {
            match name.split(':').next().unwrap_or_default() {
                "question" => text.question = lines(value).join(" "),
                "phrasings" => text.phrasings = lines(value),
                "answer" => text.answer = plain(value).trim().to_owned(),
                "triggers" => entry.triggers = lines(value),
                "tags" => {
                    let tags = value.split(',').map(|tag| plain(tag).trim().to_owned());
                    entry.tags = tags.filter(|tag| !tag.is_empty()).collect();
                }
                _ => {}
            }
        }
        if text != EntryText::default() {
            entry.texts.insert(self.lang, text);
        }
        entry
    }
}

/// The language to write an entry in: the one asked for, else the writer's own, unless the entry
/// has others only.
pub fn lang_to_write(asked: Option<Lang>, own: Lang, entry: Option<&Entry>) -> Lang {
    let first = entry.and_then(|entry| entry.texts.keys().next().copied());
    let has_own = entry.is_none_or(|entry| entry.texts.contains_key(&own));
    asked.unwrap_or(if has_own { own } else { first.unwrap_or(own) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_tells_what_it_was_opened_on() {
        let on = OpenedOn {
            key: "k".repeat(80).into(),
            lang: Lang::Zh,
            known: "0".repeat(32),
            draft_at: Some(Timestamp(1_764_145_113_000)),
        };
        assert!(on.form_name().len() <= 90 && on.question_name().len() <= 100);
        let question = on.question_name();
        let fields = BTreeMap::from([
            (question, " 老挝？\n".to_owned()),
            ("tags".to_owned(), "a, ,b".to_owned()),
        ]);
        assert_eq!(OpenedOn::read(&on.form_name(), &fields), Some(on.clone()));
        let mut before = Entry::blank(on.key.clone());
        before.texts.insert(
            Lang::Zh,
            EntryText {
                other_answers: vec!["别的说法".to_owned()],
                ..EntryText::default()
            },
        );
        let entry = on.filled(before, &fields);
        assert_eq!(entry.texts[&Lang::Zh].question, "老挝？");
        assert_eq!(entry.texts[&Lang::Zh].other_answers, ["别的说法"]);
        assert_eq!(entry.tags, ["a", "b"]);
        assert_eq!(OpenedOn::read("entry:zh:x:", &fields), None);
        let forged = BTreeMap::from([("question:../x".to_owned(), String::new())]);
        assert_eq!(OpenedOn::read("entry:zh:0:", &forged), None);
    }
}
