//! What admins are shown: a list, who changed what when, what the bot would do, and an entry as
//! customers get it.

use jiff::tz::TimeZone;

use super::{FIRST_SLOT, Intake, Outcome, Said, Writing};
use crate::channels::Happening;
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::check::pieces;
use crate::domain::knowledge::differences::{Difference, differences};
use crate::domain::knowledge::same_wording::shared_with;
use crate::domain::knowledge::text::normalise::normalise;
use crate::domain::knowledge::text::vietnamese::fold;
use crate::domain::knowledge::{ChangeKind, Decision, Entry};
use crate::domain::lang::Lang;
use crate::domain::outgoing::{Act, Look};
use crate::domain::phrase::Phrase;
use crate::domain::place::ChannelKind;
use crate::domain::preference::HumanPreference;
use crate::domain::rich::markdown::from_markdown;
use crate::domain::rich::{RichText, Style};
use crate::domain::time::Timestamp;
use crate::reporting::gathered::desk_zone;
use crate::reporting::wording_tests::letter;
use crate::store::drafts;
use crate::store::{StoreError, Tx, knowledge};
use crate::wording::Words;
use crate::workers::intake::render::shortened;

/// Entries on one page of the list.
const PAGE: usize = 10;
/// The most characters of a question in the list.
const QUESTION_CHARS_MAX: usize = 100;
/// Versions that are told, the newest.
const VERSIONS_MAX: usize = 8;
/// The most characters of one side of a difference that are told.
const LINE_CHARS_MAX: usize = 200;
/// The most lines of one side of a difference that are told.
const LINES_MAX: usize = 12;
/// Candidates that are named for a text.
const CANDIDATES_MAX: usize = 3;
/// Phrasings that are shown of an entry.
const PHRASINGS_SHOWN_MAX: usize = 10;

impl Intake {
    /// An entry as customers get it, with what is in the way of it.
    pub(super) async fn preview(
        &self,
        tx: &mut Tx,
        entry: &Entry,
        lang: Lang,
    ) -> Result<RichText, StoreError> {
        let words = self.words();
        let mut text = RichText::default();
        let bold = || Style {
            bold: true,
            ..Style::default()
        };
        let head = Phrase::new("faq-preview")
            .text("key", entry.key.as_str())
            .text("lang", words.language(Some(lang)));
        text.push(words.phrase(&head));
        if let Some(written) = entry.texts.get(&lang) {
            text.push("\n\n");
            text.push_styled(written.question.clone(), bold());
            text.push("\n\n");
            text.append(&from_markdown(&written.answer));
            for (number, other) in written.answers().enumerate().skip(1) {
                let told =
                    Phrase::new("wording-test-name").text("name", letter(number).to_string());
                text.push("\n\n");
                text.push_styled(words.phrase(&told), bold());
                text.push("\n");
                text.append(&from_markdown(other));
                text.push(in_messages(&words, other));
            }
            if !written.phrasings.is_empty() {
                let told = Phrase::new("faq-preview-phrasings").count("n", written.phrasings.len());
                text.push(format!("\n\n{}", words.phrase(&told)));
                for phrasing in written.phrasings.iter().take(PHRASINGS_SHOWN_MAX) {
                    text.push(format!("\n– {phrasing}"));
                }
                if written.phrasings.len() > PHRASINGS_SHOWN_MAX {
                    text.push("\n…");
                }
            }
            text.push(in_messages(&words, &written.answer));
        }
        for trigger in &entry.triggers {
            text.push(format!("\n{}: ", words.say("console-triggers")));
            text.push_styled(
                trigger.clone(),
                Style {
                    code: true,
                    ..Style::default()
                },
            );
        }
        let entries = knowledge::entries(tx).await?;
        let faults = self.faults(entry, &entries);
        if !faults.is_empty() {
            text.push(format!("\n\n{}", words.say("faq-in-the-way")));
            for fault in faults {
                text.push(format!("\n• {fault}"));
            }
        }
        let shared = shared_with(entry, &entries);
        for (wording, key) in shared.into_iter().take(LINES_MAX) {
            let told = Phrase::new("faq-same-wording")
                .text("wording", wording)
                .text("key", key.as_str());
            text.push(format!("\n{}", words.phrase(&told)));
        }
        Ok(text)
    }

    /// A draft was kept: it is shown, and can be published.
    pub(super) async fn told_kept(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        entry: &Entry,
        lang: Lang,
    ) -> Result<Outcome, StoreError> {
        let told = Phrase::new("faq-draft-kept").text("key", entry.key.as_str());
        let mut text = RichText::plain(self.words().phrase(&told));
        text.push("\n\n");
        text.append(&self.preview(tx, entry, lang).await?);
        let publish = self.faq_button(
            "faq-button-publish",
            Look::Good,
            &format!("pub:{}", entry.key),
        );
        let said = Said {
            text,
            buttons: publish.map(|button| vec![button]).into_iter().collect(),
        };
        self.faq_said(tx, writing, said).await?;
        Ok("faq-draft")
    }

    /// What differs, place by place: what is gone, then what is new.
    pub(super) fn told_differences(&self, differences: &[Difference]) -> String {
        let words = self.words();
        if differences.is_empty() {
            return format!("\n{}", words.say("faq-nothing-differs"));
        }
        let mut told = String::new();
        let side = |told: &mut String, sign: char, lines: &[String]| {
            for line in lines.iter().take(LINES_MAX) {
                told.push_str(&format!("\n{sign} {}", shortened(line, LINE_CHARS_MAX)));
            }
            if lines.len() > LINES_MAX {
                told.push_str(&format!("\n{sign} … ({})", lines.len() - LINES_MAX));
            }
        };
        for difference in differences {
            told.push_str(&format!("\n\n{}", words.part(difference.part)));
            side(&mut told, '–', &difference.gone);
            side(&mut told, '+', &difference.new);
        }
        told
    }

    pub(super) async fn list(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        page: usize,
        sought: &str,
    ) -> Result<Outcome, StoreError> {
        let words = self.words();
        let drafts = drafts::all(tx).await?;
        let named = knowledge::named(tx).await?;
        let mut lines: Vec<(EntryKey, String)> = Vec::new();
        for (key, lang, question) in named {
            match lines.last_mut().filter(|(last, _)| *last == key) {
                Some(last) if lang == words.lang => last.1 = question,
                Some(_) => {}
                None => lines.push((key, question)),
            }
        }
        for draft in drafts {
            let mark = Phrase::new("faq-list-draft").text("name", draft.by_whom);
            let mark = words.phrase(&mark);
            let question = draft.entry.texts.into_values().next();
            let question = question.map_or(String::new(), |text| text.question);
            match lines.iter_mut().find(|(key, _)| *key == draft.entry.key) {
                Some(line) => line.1 = format!("{} ({mark})", line.1),
                None => lines.push((draft.entry.key, format!("{question} ({mark})"))),
            }
        }
        let comparable = |text: &str| fold(&normalise(text));
        let sought_words = comparable(sought);
        lines.retain(|(key, question)| {
            let all = comparable(&format!("{key} {question}"));
            sought_words
                .split_whitespace()
                .all(|word| all.contains(word))
        });
        lines.sort();
        let pages = lines.len().div_ceil(PAGE).max(1);
        let page = page.min(pages - 1);
        let head = Phrase::new("faq-list-head")
            .count("n", lines.len())
            .count("page", page + 1)
            .count("pages", pages);
        let mut text = RichText::plain(words.phrase(&head));
        for (key, question) in lines.iter().skip(page * PAGE).take(PAGE) {
            text.push("\n");
            text.push_styled(
                key.0.clone(),
                Style {
                    code: true,
                    ..Style::default()
                },
            );
            text.push(format!(" · {}", shortened(question, QUESTION_CHARS_MAX)));
        }
        let to = |label, page: usize| {
            self.faq_button(label, Look::Plain, &format!("list:{page}:{sought}"))
        };
        let earlier = (page > 0).then(|| to("faq-button-earlier", page - 1));
        let later = (page + 1 < pages).then(|| to("faq-button-later", page + 1));
        let row: Vec<_> = [earlier, later].into_iter().flatten().flatten().collect();
        let buttons: Vec<_> = (!row.is_empty()).then_some(row).into_iter().collect();
        let under = match &writing.arrival.what {
            Happening::Pressed { message, .. } => message.clone(),
            _ => None,
        };
        // Where the answer is a message of the room, its pages take each other's place.
        let in_place = writing.arrival.place.channel == ChannelKind::Telegram;
        match (under.filter(|_| in_place), &writing.arrival.what) {
            (Some(message), Happening::Pressed { press, .. }) => {
                let acts = vec![
                    Act::AnswerPress {
                        press: press.clone(),
                        text: None,
                        buttons: Vec::new(),
                        further: false,
                    },
                    Act::Edit {
                        message,
                        text: Some(text),
                        buttons,
                    },
                ];
                self.faq_acts(tx, writing.waiting, writing.arrival, FIRST_SLOT, acts)
                    .await?;
            }
            _ => {
                let said = Said { text, buttons };
                self.faq_say(tx, writing.waiting, writing.arrival, said)
                    .await?;
            }
        }
        Ok("faq")
    }

    pub(super) async fn told_history(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        key: &str,
    ) -> Result<Outcome, StoreError> {
        let key = EntryKey::from(key);
        let past = knowledge::history(tx, &key).await?;
        if past.is_empty() {
            return self.no_entry(tx, writing, &key).await;
        }
        let words = self.words();
        let zone = desk_zone(&self.plans.now());
        let head = Phrase::new("faq-history").text("key", key.as_str());
        let mut text = RichText::plain(words.phrase(&head));
        let mut buttons = Vec::new();
        let newest = past.len() - 1;
        for (number, version) in past.iter().enumerate().rev().take(VERSIONS_MAX) {
            let told = format!(
                "\n{}. {} · {} · {}",
                number + 1,
                time_of(version.at, &zone),
                version.by_whom,
                words.change(version.kind)
            );
            text.push(told);
            let before = number.checked_sub(1).map(|number| &past[number]);
            let before = before.filter(|before| before.kind != ChangeKind::Retired);
            let before = before.and_then(|before| before.entry.as_ref());
            if let (ChangeKind::Changed, Some(entry)) = (version.kind, &version.entry) {
                let differing = differences(before, entry);
                let parts: Vec<String> = differing.iter().map(|one| words.part(one.part)).collect();
                text.push(format!(": {}", parts.join(", ")));
            }
            let is_older = number < newest || version.kind == ChangeKind::Retired;
            let token = format!("old:{}", version.id);
            if let (true, Some(mut button)) = (
                is_older,
                self.faq_button("faq-button-take-up", Look::Plain, &token),
            ) {
                button.label = format!("{} {}", button.label, number + 1);
                buttons.push(button);
            }
        }
        let said = Said {
            text,
            buttons: buttons.chunks(4).map(<[_]>::to_vec).collect(),
        };
        self.faq_said(tx, writing, said).await
    }

    /// What the bot would do with a text, as of now.
    pub(super) async fn test(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        lang: Option<Lang>,
        asked: &str,
    ) -> Result<Outcome, StoreError> {
        let index = self.knowledge.now();
        let words = self.words();
        let verdict = index.decide(asked, lang, HumanPreference::HumanIfUnsure);
        let mut text = RichText::default();
        match &verdict.decision {
            Decision::Answer(key) => {
                let told = Phrase::new("faq-test-answers").text("key", key.as_str());
                text.push(words.phrase(&told));
                let entry = index.entry(key);
                if let Some((written, _)) = entry.and_then(|entry| entry.text_in(verdict.lang)) {
                    text.push("\n\n");
                    text.append(&from_markdown(&written.answer));
                }
            }
            Decision::Clarify(keys) => {
                let keys: Vec<&str> = keys.iter().map(EntryKey::as_str).collect();
                let told = Phrase::new("faq-test-asks").text("keys", keys.join(", "));
                text.push(words.phrase(&told));
            }
            Decision::Handoff => text.push(words.say("faq-test-person")),
        }
        if !verdict.candidates.is_empty() {
            text.push(format!("\n\n{}", words.say("faq-test-candidates")));
        }
        for candidate in verdict.candidates.iter().take(CANDIDATES_MAX) {
            text.push(format!(
                "\n{:.0} % · {} ({})",
                candidate.confidence * 100.0,
                candidate.key,
                candidate.lang.code()
            ));
        }
        let said = Said {
            text,
            buttons: Vec::new(),
        };
        self.faq_said(tx, writing, said).await
    }
}

/// In how many messages an answer is sent, a line for each platform where it is more than one.
fn in_messages(words: &Words<'_>, answer: &str) -> String {
    let mut lines = String::new();
    for (platform, pieces) in pieces(answer) {
        if pieces.len() > 1 {
            let told = Phrase::new("faq-messages")
                .text("platform", platform)
                .count("n", pieces.len());
            lines.push_str(&format!("\n{}", words.phrase(&told)));
        }
    }
    lines
}

/// A point in time as people at the desk read it.
fn time_of(at: Timestamp, zone: &TimeZone) -> String {
    let instant = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    let there = zone.to_datetime(instant);
    there.strftime("%Y-%m-%d %H:%M").to_string()
}
