//! What is done by a word after `/faq`.

use super::{Intake, Outcome, Said, Writing};
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::dialogue::{Dialogue, Step};
use crate::domain::knowledge::gaps::draft::{has_struck, proposed_key};
use crate::domain::knowledge::triggers::faults_in_base;
use crate::domain::knowledge::verbs::Verb;
use crate::domain::knowledge::{Entry, parse_key};
use crate::domain::lang::Lang;
use crate::domain::phrase::Phrase;
use crate::domain::place::ChannelKind;
use crate::domain::time::Timestamp;
use crate::store::dialogues::{self, Open};
use crate::store::drafts::{self, Draft, Edit, Meanwhile, NO_VERSION};
use crate::store::{StoreError, Tx, knowledge};
use crate::workers::forms::lang_to_write;

/// What stands in the way of publishing.
pub(super) enum Hindrance {
    /// Faults, a sentence each.
    Faults(Vec<String>),
    /// Somebody else was there meanwhile.
    Meanwhile(Meanwhile),
}

impl Intake {
    pub(super) async fn faq_verb(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        verb: Verb,
        open: Option<Open>,
    ) -> Result<Outcome, StoreError> {
        let no_form = writing.arrival.place.channel != ChannelKind::Telegram;
        match verb {
            // Where there are forms, the command opens one and never comes here.
            Verb::Add { .. } | Verb::Edit { .. } if no_form => {
                self.faq_told(tx, writing, &Phrase::new("faq-use-form"))
                    .await
            }
            Verb::Add { .. } | Verb::Edit { .. } if open.is_some() => {
                self.goes_on_first(tx, writing, open).await
            }
            Verb::Add { lang, key } => self.add(tx, writing, lang, &key).await,
            Verb::Edit { lang, key } => self.edit(tx, writing, lang, &key).await,
            Verb::Test { lang, text } => self.test(tx, writing, lang, &text).await,
            Verb::List { words } => self.list(tx, writing, 0, &words).await,
            Verb::History(key) => self.told_history(tx, writing, &key).await,
            Verb::Publish(key) => self.publish_draft(tx, writing, &key, open).await,
            Verb::Retire(key) => self.retire(tx, writing, &key).await,
        }
    }

    /// Somebody who is writing an entry wants to begin another: neither is lost.
    async fn goes_on_first(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        open: Option<Open>,
    ) -> Result<Outcome, StoreError> {
        let Some(open) = open else { return Ok("faq") };
        let key = open.dialogue.entry.key.as_str();
        let head = Phrase::new("faq-writing-already").text("key", key);
        self.ask(tx, writing, open.dialogue.clone(), Some(&head))
            .await
    }

    async fn add(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        lang: Option<Lang>,
        key: &str,
    ) -> Result<Outcome, StoreError> {
        let mut dialogue = Dialogue::begun(
            Entry::blank("".into()),
            lang.unwrap_or(writing.by.lang),
            self.clock.now(),
        );
        if !key.is_empty() {
            let Ok(key) = parse_key(key) else {
                let phrase = Phrase::new("faq-key-form").text("key", key);
                return self.faq_told(tx, writing, &phrase).await;
            };
            let is_there = knowledge::entry(tx, &key).await?.is_some()
                || drafts::of(tx, &key).await?.is_some();
            if is_there {
                let phrase = Phrase::new("faq-is-there").text("key", key.0);
                return self.faq_told(tx, writing, &phrase).await;
            }
            dialogue.known = drafts::newest(tx, &key).await?;
            dialogue.entry.key = key;
        }
        self.ask(tx, writing, dialogue, None).await
    }

    async fn edit(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        lang: Option<Lang>,
        key: &str,
    ) -> Result<Outcome, StoreError> {
        let key = EntryKey::from(key);
        let draft = drafts::of(tx, &key).await?;
        let (entry, known, draft_at) = match draft {
            Some(draft) => (draft.entry, draft.based_on, Some(draft.at)),
            None => match knowledge::entry(tx, &key).await? {
                Some(entry) => (entry, drafts::newest(tx, &key).await?, None),
                None => return self.no_entry(tx, writing, &key).await,
            },
        };
        let lang = lang_to_write(lang, writing.by.lang, Some(&entry));
        let dialogue = Dialogue {
            known,
            draft_at,
            ..Dialogue::begun(entry, lang, self.clock.now())
        };
        self.ask(tx, writing, dialogue, None).await
    }

    pub(super) async fn no_entry(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        key: &EntryKey,
    ) -> Result<Outcome, StoreError> {
        let phrase = Phrase::new("faq-no-entry").text("key", key.as_str());
        self.faq_told(tx, writing, &phrase).await
    }

    /// A key that is free, made of the question.
    pub(super) async fn fresh_key(
        &self,
        tx: &mut Tx,
        question: &str,
    ) -> Result<EntryKey, StoreError> {
        let proposed = proposed_key(question, &self.ids.secret(3));
        let mut key = proposed.clone();
        let mut number = 1;
        while drafts::newest(tx, &key).await? != NO_VERSION || drafts::of(tx, &key).await?.is_some()
        {
            number += 1;
            key = EntryKey(format!("{proposed}-{number}"));
        }
        Ok(key)
    }

    /// Publishes a draft as it stands. Where something is in the way, its words go on in a dialogue.
    pub(super) async fn publish_draft(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        key: &str,
        open: Option<Open>,
    ) -> Result<Outcome, StoreError> {
        let key = EntryKey::from(key);
        let Some(draft) = drafts::of(tx, &key).await? else {
            let phrase = Phrase::new("faq-no-draft").text("key", key.0);
            return self.faq_told(tx, writing, &phrase).await;
        };
        let Draft {
            entry,
            based_on,
            at,
            ..
        } = draft;
        let seen = (based_on, Some(at));
        match self.publish_entry(tx, writing, &entry, seen).await? {
            None => {
                // A dialogue that held this entry back has nothing left to say.
                if open.is_some_and(|open| open.dialogue.entry == entry) {
                    let channel = writing.arrival.place.channel;
                    dialogues::end(tx, channel, &writing.sender.account).await?;
                }
                let phrase = Phrase::new("faq-published").text("key", key.0);
                self.faq_told(tx, writing, &phrase).await
            }
            Some(Hindrance::Faults(faults)) => {
                let head = Phrase::new("faq-not-published").text("key", key.0);
                let mut said = self.words().phrase(&head);
                for fault in faults {
                    said.push_str("\n• ");
                    said.push_str(&fault);
                }
                self.faq_said(tx, writing, Said::plain(said)).await
            }
            Some(Hindrance::Meanwhile(_)) if open.is_some() => {
                self.goes_on_first(tx, writing, open).await
            }
            Some(Hindrance::Meanwhile(meanwhile)) => {
                let lang = lang_to_write(None, writing.by.lang, Some(&entry));
                let mut dialogue = Dialogue {
                    draft_at: Some(at),
                    ..Dialogue::begun(entry, lang, self.clock.now())
                };
                dialogue.back_to(Step::Preview);
                self.told_difference(tx, writing, dialogue, &meanwhile, true)
                    .await
            }
        }
    }

    /// Publishes an entry over what its writer saw: the version, and when the draft was kept.
    pub(super) async fn publish_entry(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        entry: &Entry,
        (known, draft_at): (String, Option<Timestamp>),
    ) -> Result<Option<Hindrance>, StoreError> {
        let entries = knowledge::entries(tx).await?;
        let faults = self.faults(entry, &entries);
        if !faults.is_empty() {
            return Ok(Some(Hindrance::Faults(faults)));
        }
        let edit = Edit {
            id: self.ids.id(),
            entry: entry.clone(),
            retires: false,
            known,
            gap: None,
            draft_at,
            at: self.clock.now(),
            by_whom: writing.by.name.clone(),
        };
        if drafts::publish(tx, &edit).await? {
            tracing::info!(key = %entry.key, by = %writing.by.id, "an entry was published in chat");
            return Ok(None);
        }
        let meanwhile = drafts::published_meanwhile(tx, &entry.key).await?;
        Ok(Some(Hindrance::Meanwhile(meanwhile)))
    }

    /// What keeps an entry from being published, a sentence each.
    pub(super) fn faults(&self, entry: &Entry, entries: &[Entry]) -> Vec<String> {
        let mut faults = faults_in_base(entry, entries);
        if has_struck(entry) {
            faults.push(self.words().say("console-entry-has-struck"));
        }
        faults
    }

    async fn retire(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        key: &str,
    ) -> Result<Outcome, StoreError> {
        let key = EntryKey::from(key);
        let Some(entry) = knowledge::entry(tx, &key).await? else {
            return self.no_entry(tx, writing, &key).await;
        };
        let edit = Edit {
            id: self.ids.id(),
            entry,
            retires: true,
            known: drafts::newest(tx, &key).await?,
            gap: None,
            draft_at: None,
            at: self.clock.now(),
            by_whom: writing.by.name.clone(),
        };
        let done = match drafts::publish(tx, &edit).await? {
            true => "faq-retired",
            // Somebody changed it in this very moment.
            false => "faq-out-of-date",
        };
        tracing::info!(%key, by = %writing.by.id, done, "an entry was to be retired in chat");
        let mut phrase = Phrase::new(done);
        if done == "faq-retired" {
            phrase = phrase.text("key", key.0);
        }
        self.faq_told(tx, writing, &phrase).await
    }

    /// An older version becomes a draft, where nobody is writing one.
    pub(super) async fn take_up(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        version: &str,
    ) -> Result<Outcome, StoreError> {
        let history = match knowledge::key_of_version(tx, version).await? {
            Some(key) => knowledge::history(tx, &key).await?,
            None => Vec::new(),
        };
        let newest = history.last().map(|past| past.id.clone());
        let old = history.into_iter().find(|past| past.id == version);
        let (Some(entry), Some(newest)) = (old.and_then(|past| past.entry), newest) else {
            let phrase = Phrase::new("faq-out-of-date");
            return self.faq_told(tx, writing, &phrase).await;
        };
        let draft = Draft {
            entry: entry.clone(),
            based_on: newest,
            gap: None,
            at: self.clock.now(),
            by_whom: writing.by.name.clone(),
        };
        match drafts::keep(tx, draft, None).await? {
            None => {
                let lang = lang_to_write(None, writing.by.lang, Some(&entry));
                self.told_kept(tx, writing, &entry, lang).await
            }
            Some(other) => {
                let phrase = Phrase::new("faq-draft-is-there")
                    .text("name", other.by_whom)
                    .text("key", entry.key.0);
                self.faq_told(tx, writing, &phrase).await
            }
        }
    }
}
