//! A form in which an entry was written came back.

use std::collections::BTreeMap;

use super::dialogue::Aside;
use super::{Intake, Outcome, Said, Writing};
use crate::channels::forms::FIELD_CHARS_MAX;
use crate::domain::knowledge::Entry;
use crate::domain::knowledge::dialogue::{Dialogue, Step};
use crate::domain::phrase::Phrase;
use crate::store::dialogues::Open;
use crate::store::drafts::{self, Draft, NO_VERSION};
use crate::store::{StoreError, Tx, knowledge};
use crate::workers::forms::{OpenedOn, left_out};

impl Intake {
    pub(super) async fn form_filled(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        form: &str,
        fields: &BTreeMap<String, String>,
        open: Option<Open>,
    ) -> Result<Outcome, StoreError> {
        let Some(mut on) = OpenedOn::read(form, fields) else {
            let phrase = Phrase::new("faq-out-of-date");
            return self.faq_told(tx, writing, &phrase).await;
        };
        let question = fields
            .iter()
            .find(|(name, _)| name.starts_with("question:"));
        if on.key.as_str().is_empty() {
            let question = question
                .map(|(_, words)| words.as_str())
                .unwrap_or_default();
            on.key = self.fresh_key(tx, question).await?;
        }
        let before = self.shown(tx, &on).await?;
        let entry = on.filled(before, fields);
        let draft = Draft {
            entry: entry.clone(),
            based_on: on.known.clone(),
            gap: None,
            at: self.clock.now(),
            by_whom: writing.by.name.clone(),
        };
        match drafts::keep(tx, draft, on.draft_at).await? {
            None => {
                let outcome = self.told_kept(tx, writing, &entry, on.lang).await?;
                self.say_behind(tx, writing, self.told_left_out(fields))
                    .await?;
                Ok(outcome)
            }
            Some(meanwhile) => {
                // Words that wait for a decision already make room, and are not lost.
                let aside = match open {
                    Some(open) => self.put_aside(tx, writing, open, Aside::ForAnother).await?,
                    None => None,
                };
                let mut dialogue = Dialogue::begun(entry, on.lang, self.clock.now());
                dialogue.back_to(Step::Preview);
                let told = self.told_difference(tx, writing, dialogue, &meanwhile, false);
                let outcome = told.await?;
                self.say_behind(tx, writing, aside).await?;
                Ok(outcome)
            }
        }
    }

    /// What the form had no room for.
    fn told_left_out(&self, fields: &BTreeMap<String, String>) -> Option<Said> {
        let words = self.words();
        let called = left_out(fields).into_iter().map(|label| words.say(label));
        let called: Vec<String> = called.collect();
        let phrase = Phrase::new("faq-field-left")
            .number("most", FIELD_CHARS_MAX as i64)
            .text("fields", called.join(", "));
        (!called.is_empty()).then(|| Said::plain(words.phrase(&phrase)))
    }

    /// The entry as the form showed it: what it has no field for stays so.
    async fn shown(&self, tx: &mut Tx, on: &OpenedOn) -> Result<Entry, StoreError> {
        let draft = drafts::of(tx, &on.key).await?;
        if let Some(draft) = draft.filter(|draft| Some(draft.at) == on.draft_at) {
            return Ok(draft.entry);
        }
        let known = match on.known.as_str() {
            NO_VERSION => None,
            version => {
                let history = knowledge::history(tx, &on.key).await?;
                let past = history.into_iter().find(|past| past.id == version);
                past.and_then(|past| past.entry)
            }
        };
        Ok(known.unwrap_or_else(|| Entry::blank(on.key.clone())))
    }
}
