//! The steps of a dialogue: what is asked, what is kept, and how it ends.

use super::verbs::Hindrance;
use super::{Intake, Outcome, Said, Writing};
use crate::channels::Happening;
use crate::domain::knowledge::dialogue::{Dialogue, Step};
use crate::domain::knowledge::differences::differences;
use crate::domain::outgoing::{Button, Look};
use crate::domain::phrase::Phrase;
use crate::domain::rich::RichText;
use crate::store::dialogues::{self, Open};
use crate::store::drafts::{self, Draft, Meanwhile};
use crate::store::{StoreError, Tx};

/// The slot of the first word behind an answer.
const BEHIND_SLOT: i64 = -1_000;

/// Why a dialogue ends that its writer did not end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aside {
    /// It was left alone for a day.
    LeftAlone,
    /// They have written something else that is to be decided on.
    ForAnother,
}

impl Intake {
    /// Words for what is asked.
    pub(super) async fn dialogue_says(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        open: Open,
        words: &str,
    ) -> Result<Outcome, StoreError> {
        let mut dialogue = open.dialogue;
        if words.trim().is_empty() {
            let head = Phrase::new("faq-only-text");
            return self.ask(tx, writing, dialogue, Some(&head)).await;
        }
        dialogue.says(words);
        if dialogue.entry.key.as_str().is_empty() {
            dialogue.entry.key = self.fresh_key(tx, &dialogue.text().question).await?;
        }
        self.ask(tx, writing, dialogue, None).await
    }

    /// A button of the newest turn.
    pub(super) async fn dialogue_pressed(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        open: Open,
        act: &str,
    ) -> Result<Outcome, StoreError> {
        let mut dialogue = open.dialogue;
        match act {
            "next" => dialogue.next(),
            "question" => dialogue.back_to(Step::Question),
            "phrasings" => dialogue.back_to(Step::Phrasings),
            "answer" => dialogue.back_to(Step::Answer),
            "triggers" => dialogue.back_to(Step::Triggers),
            "draft" => return self.keep_written(tx, writing, dialogue).await,
            "publish" => return self.publish_written(tx, writing, dialogue).await,
            "cancel" => return self.cancelled(tx, writing).await,
            _ => {
                let phrase = Phrase::new("faq-out-of-date");
                return self.faq_told(tx, writing, &phrase).await;
            }
        }
        if dialogue.entry.key.as_str().is_empty() {
            dialogue.entry.key = self.fresh_key(tx, &dialogue.text().question).await?;
        }
        self.ask(tx, writing, dialogue, None).await
    }

    /// Keeps the dialogue and asks for what comes next; shows the whole once all was asked.
    pub(super) async fn ask(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        dialogue: Dialogue,
        head: Option<&Phrase>,
    ) -> Result<Outcome, StoreError> {
        let words = self.words();
        let mut text = RichText::default();
        if let Some(head) = head {
            text.push(words.phrase(head));
            text.push("\n\n");
        }
        let written = dialogue.text();
        let (asks, so_far) = match dialogue.step {
            Step::Question => ("faq-ask-question", written.question),
            Step::Phrasings => ("faq-ask-phrasings", written.phrasings.join("\n")),
            Step::Answer => ("faq-ask-answer", written.answer),
            Step::Triggers => ("faq-ask-triggers", dialogue.entry.triggers.join("\n")),
            Step::Preview => {
                let preview = self.preview(tx, &dialogue.entry, dialogue.lang).await?;
                text.append(&preview);
                let buttons = self.preview_buttons(dialogue.turn);
                self.keep_dialogue(tx, writing, dialogue).await?;
                let said = Said { text, buttons };
                return self.faq_said(tx, writing, said).await;
            }
        };
        text.push(words.say(asks));
        if !so_far.is_empty() {
            text.push(format!("\n\n{}\n", words.say("faq-so-far")));
            text.push(so_far);
        }
        let turn = dialogue.turn;
        let has_something = dialogue.step != Step::Question || !dialogue.text().question.is_empty();
        let next =
            has_something.then(|| self.turn_button("faq-button-next", Look::Primary, turn, "next"));
        let cancel = self.turn_button("faq-button-cancel", Look::Plain, turn, "cancel");
        let said = Said {
            text,
            buttons: vec![next.into_iter().chain([cancel]).flatten().collect()],
        };
        self.keep_dialogue(tx, writing, dialogue).await?;
        self.faq_said(tx, writing, said).await
    }

    fn turn_button(&self, label: &'static str, look: Look, turn: i64, act: &str) -> Option<Button> {
        self.faq_button(label, look, &format!("turn:{turn}:{act}"))
    }

    fn preview_buttons(&self, turn: i64) -> Vec<Vec<Button>> {
        let row = |buttons: &[(&'static str, Look, &str)]| {
            let each = buttons.iter();
            each.filter_map(|(label, look, act)| self.turn_button(label, *look, turn, act))
                .collect()
        };
        vec![
            row(&[
                ("faq-button-publish", Look::Good, "publish"),
                ("faq-button-draft", Look::Primary, "draft"),
                ("faq-button-cancel", Look::Plain, "cancel"),
            ]),
            row(&[
                ("faq-button-question", Look::Plain, "question"),
                ("faq-button-phrasings", Look::Plain, "phrasings"),
                ("faq-button-answer", Look::Plain, "answer"),
                ("faq-button-triggers", Look::Plain, "triggers"),
            ]),
        ]
    }

    /// Somebody else was there meanwhile: what differs is shown, and what was written is kept until
    /// its writer decides.
    pub(super) async fn told_difference(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        mut dialogue: Dialogue,
        meanwhile: &Meanwhile,
        publishes: bool,
    ) -> Result<Outcome, StoreError> {
        let key = match meanwhile.draft_at {
            Some(_) => "faq-draft-meanwhile",
            None => "faq-changed-meanwhile",
        };
        let head = Phrase::new(key)
            .text("name", &meanwhile.by_whom)
            .text("key", dialogue.entry.key.as_str());
        let words = self.words();
        let differing = differences(meanwhile.entry.as_ref(), &dialogue.entry);
        let mut text = RichText::plain(words.phrase(&head));
        text.push(self.told_differences(&differing));
        text.push("\n\n");
        text.push(words.say("faq-yours-is-kept"));
        dialogue.known.clone_from(&meanwhile.known);
        if !publishes || meanwhile.draft_at.is_some() {
            dialogue.draft_at = meanwhile.draft_at;
        }
        dialogue.turn += 1;
        let turn = dialogue.turn;
        let buttons = [
            ("faq-button-draft-over", Look::Primary, "draft"),
            ("faq-button-publish-over", Look::Good, "publish"),
            ("faq-button-cancel", Look::Danger, "cancel"),
        ];
        let row = buttons.into_iter();
        let row = row.filter_map(|(label, look, act)| self.turn_button(label, look, turn, act));
        let said = Said {
            text,
            buttons: vec![row.collect()],
        };
        self.keep_dialogue(tx, writing, dialogue).await?;
        self.faq_said(tx, writing, said).await?;
        Ok("faq-meanwhile")
    }

    async fn end(&self, tx: &mut Tx, writing: &Writing<'_>) -> Result<(), StoreError> {
        let channel = writing.arrival.place.channel;
        dialogues::end(tx, channel, &writing.sender.account).await
    }

    async fn keep_written(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        dialogue: Dialogue,
    ) -> Result<Outcome, StoreError> {
        let draft = self.draft_of(&dialogue, &writing.by.name);
        match drafts::keep(tx, draft, dialogue.draft_at).await? {
            None => {
                self.end(tx, writing).await?;
                self.told_kept(tx, writing, &dialogue.entry, dialogue.lang)
                    .await
            }
            Some(meanwhile) => {
                self.told_difference(tx, writing, dialogue, &meanwhile, false)
                    .await
            }
        }
    }

    fn draft_of(&self, dialogue: &Dialogue, by_whom: &str) -> Draft {
        Draft {
            entry: dialogue.entry.clone(),
            based_on: dialogue.known.clone(),
            gap: None,
            at: self.clock.now(),
            by_whom: by_whom.to_owned(),
        }
    }

    async fn publish_written(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        mut dialogue: Dialogue,
    ) -> Result<Outcome, StoreError> {
        let seen = (dialogue.known.clone(), dialogue.draft_at);
        let hindrance = self.publish_entry(tx, writing, &dialogue.entry, seen);
        match hindrance.await? {
            None => {
                self.end(tx, writing).await?;
                let phrase = Phrase::new("faq-published").text("key", dialogue.entry.key.0);
                self.faq_told(tx, writing, &phrase).await
            }
            // The preview names them.
            Some(Hindrance::Faults(_)) => {
                dialogue.back_to(Step::Preview);
                let key = dialogue.entry.key.0.clone();
                let head = Phrase::new("faq-not-published").text("key", key);
                self.ask(tx, writing, dialogue, Some(&head)).await
            }
            Some(Hindrance::Meanwhile(meanwhile)) => {
                self.told_difference(tx, writing, dialogue, &meanwhile, true)
                    .await
            }
        }
    }

    pub(super) async fn cancelled(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
    ) -> Result<Outcome, StoreError> {
        self.end(tx, writing).await?;
        self.faq_told(tx, writing, &Phrase::new("faq-cancelled"))
            .await
    }

    /// Ends a dialogue that its writer did not end: what was written becomes a draft, unless
    /// somebody else has one; then it stands in the words that tell so. These are given back: they
    /// go [behind](Self::say_behind) what the arrival itself is answered with.
    pub(super) async fn put_aside(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        open: Open,
        why: Aside,
    ) -> Result<Option<Said>, StoreError> {
        let dialogue = open.dialogue;
        self.end(tx, writing).await?;
        let key = dialogue.entry.key.clone();
        let mut text = RichText::default();
        if key.as_str().is_empty() || dialogue.entry.texts.is_empty() {
            if why == Aside::ForAnother {
                return Ok(None);
            }
            text.push(self.words().say("faq-left-alone"));
        } else {
            let is_kept = self.keep_aside(tx, writing, &dialogue).await?;
            let told = match (why, is_kept) {
                (Aside::LeftAlone, true) => "faq-left-alone-kept",
                (Aside::LeftAlone, false) => "faq-left-alone-told",
                (Aside::ForAnother, true) => "faq-put-aside-kept",
                (Aside::ForAnother, false) => "faq-put-aside-told",
            };
            let told = Phrase::new(told).text("key", key.as_str());
            text.push(self.words().phrase(&told));
        }
        if matches!(writing.arrival.what, Happening::Wrote { .. }) {
            text.push(format!(" {}", self.words().say("faq-not-taken")));
        }
        if !dialogue.entry.texts.is_empty() {
            text.push("\n\n");
            text.append(&self.preview(tx, &dialogue.entry, dialogue.lang).await?);
        }
        Ok(Some(Said {
            text,
            buttons: Vec::new(),
        }))
    }

    /// Says something behind the answer to an arrival, to the same eyes. Not before it: Discord
    /// takes the first further word for the answer.
    pub(super) async fn say_behind(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        said: Option<Said>,
    ) -> Result<(), StoreError> {
        let Some(said) = said else { return Ok(()) };
        let (waiting, arrival) = (writing.waiting, writing.arrival);
        let acts = self.faq_answer(arrival, said, false);
        self.faq_acts(tx, waiting, arrival, BEHIND_SLOT, acts).await
    }

    /// Keeps what was written as a draft; `false` where there is one of somebody else.
    async fn keep_aside(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        dialogue: &Dialogue,
    ) -> Result<bool, StoreError> {
        let other = drafts::of(tx, &dialogue.entry.key).await?;
        if other.is_some_and(|other| other.by_whom != writing.by.name) {
            return Ok(false);
        }
        let draft = self.draft_of(dialogue, &writing.by.name);
        let meanwhile = drafts::keep(tx, draft, dialogue.draft_at).await?;
        Ok(meanwhile.is_none())
    }
}
