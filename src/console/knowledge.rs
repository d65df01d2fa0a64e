//! The knowledge base: a list with a search, and one entry in all its languages with its versions.
//! Everybody at the desk reads it; leads find here where it is changed.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use maud::{Markup, html};
use serde::Deserialize;

use super::Console;
use super::access::{Authorised, Right, ToChangeKnowledge, ToSeeKnowledge, allows, note_seen};
use super::layout::{self, Place};
use super::rich::rich;
use super::trouble::{Page, Trouble};
use super::versions;
use super::wording_tests::card;
use super::words::Words;
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::text::normalise::normalise;
use crate::domain::knowledge::text::vietnamese::fold;
use crate::domain::knowledge::{Entry, EntryText};
use crate::domain::lang::Lang;
use crate::domain::phrase::Phrase;
use crate::domain::rich::markdown::from_markdown;
use crate::reporting::wording_tests::{self, letter};
use crate::store::drafts::{self, Draft};
use crate::store::knowledge;

/// The longest search that is looked for.
const SEARCH_CHARS_MAX: usize = 200;

/// What is searched for.
#[derive(Debug, Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
}

/// `GET /console/knowledge`
pub(super) async fn list(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    Query(Search { q }): Query<Search>,
    who: Authorised<ToSeeKnowledge>,
) -> Result<Markup, Page> {
    let loaded = async {
        let entries = load(&console, &who).await?;
        let drafts = drafts::all(&mut console.store.read().await?).await?;
        Ok((entries, drafts))
    };
    let (entries, drafts) = loaded
        .await
        .map_err(|trouble: Trouble| trouble.page(&console, &headers))?;
    let words = Words::new(&console.wording, who.staff().lang);
    let may_change = allows(who.staff().role, ToChangeKnowledge::ACTION);
    let wanted: String = q.chars().take(SEARCH_CHARS_MAX).collect();
    let found: Vec<&Entry> = entries
        .iter()
        .filter(|entry| holds(entry, &wanted))
        .collect();
    let count = Phrase::new("console-entries").count("n", found.len());
    let search = words.say("console-search");
    let body = html! {
        main.knowledge {
            h1 { (words.say("console-knowledge")) }
            @if may_change { (changing(&words, &drafts)) }
            form.search method="get" action="/console/knowledge" role="search" {
                input type="search" name="q" value=(wanted) dir="auto" placeholder=(search) aria-label=(search);
                button.plain type="submit" { (search) }
            }
            p.count { (words.phrase(&count)) }
            ul.entries {
                @for entry in found { (row(&words, entry)) }
            }
        }
    };
    let title = words.say("console-knowledge");
    Ok(layout::page(&words, &who, Place::Knowledge, &title, &body))
}

/// Where the base is changed: what is open, what is being written, and a new entry.
fn changing(words: &Words<'_>, drafts: &[Draft]) -> Markup {
    html! {
        p.changing {
            a.button href="/console/editor" { (words.say("console-new-entry")) }
            a.button href="/console/gaps" { (words.say("console-gaps")) }
        }
        @if !drafts.is_empty() {
            h2 { (words.say("console-drafts")) }
            ul.entries {
                @for draft in drafts {
                    li { a href={ "/console/editor?key=" (draft.entry.key) } {
                        strong dir="auto" { (question(words, &draft.entry)) }
                        span.chips { code { (draft.entry.key) } span.chip dir="auto" { (draft.by_whom) } }
                    } }
                }
            }
        }
    }
}

fn question<'e>(words: &Words<'_>, entry: &'e Entry) -> &'e str {
    let shown = entry.text_in(words.lang);
    shown
        .map(|(text, _)| text.question.as_str())
        .unwrap_or_default()
}

async fn load(console: &Console, who: &Authorised<ToSeeKnowledge>) -> Result<Vec<Entry>, Trouble> {
    note_seen(console, who.secret()).await?;
    Ok(knowledge::entries(&mut console.store.read().await?).await?)
}

/// Whether each word of the search stands somewhere in the entry, marks and case aside.
fn holds(entry: &Entry, search: &str) -> bool {
    let plain = |text: &str| fold(&normalise(text));
    let mut all = vec![entry.key.0.clone()];
    all.extend(entry.tags.iter().cloned());
    for text in entry.texts.values() {
        all.extend(text.wordings().map(str::to_owned));
        all.extend(text.answers().map(str::to_owned));
    }
    let all = plain(&all.join("\n"));
    plain(search)
        .split_whitespace()
        .all(|word| all.contains(word))
}

fn row(words: &Words<'_>, entry: &Entry) -> Markup {
    html! {
        li {
            a href={ "/console/knowledge/" (entry.key) } {
                strong dir="auto" { (question(words, entry)) }
                span.chips {
                    code { (entry.key) }
                    @for lang in entry.texts.keys() { span.chip { (lang.code()) } }
                    @for tag in &entry.tags { span.chip.tag { (tag) } }
                }
            }
        }
    }
}

/// `GET /console/knowledge/{key}`
pub(super) async fn entry(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    Path(key): Path<String>,
    who: Authorised<ToSeeKnowledge>,
) -> Result<Markup, Page> {
    let key = EntryKey(key);
    let found = async {
        let entries = load(&console, &who).await?;
        let past = knowledge::history(&mut console.store.read().await?, &key).await?;
        let in_use = entries.into_iter().find(|entry| entry.key == key);
        let is_in_use = in_use.is_some();
        // What is out of use is still shown as it was.
        let last = past.last().and_then(|last| last.entry.clone());
        let entry = in_use.or(last).ok_or(Trouble::NotFound)?;
        let mut tx = console.store.read().await?;
        let tests = wording_tests::of_entry(&mut tx, &entry).await?;
        Ok((entry, is_in_use, past, tests))
    };
    let (entry, is_in_use, past, tests) = found
        .await
        .map_err(|trouble: Trouble| trouble.page(&console, &headers))?;
    let words = Words::new(&console.wording, who.staff().lang);
    let may_change = allows(who.staff().role, ToChangeKnowledge::ACTION);
    let body = html! {
        main.knowledge {
            p { a.back href="/console/knowledge" { "← " (words.say("console-knowledge")) } }
            h1 { code { (entry.key) } }
            p.chips { @for tag in &entry.tags { span.chip.tag { (tag) } } }
            @if !is_in_use { p.problems { (words.say("console-entry-retired")) } }
            @if may_change && is_in_use {
                p.changing { a.button href={ "/console/editor?key=" (entry.key) } { (words.say("console-edit-entry")) } }
            }
            @for (lang, text) in &entry.texts {
                (in_language(&words, *lang, text))
                @if let Some(one) = tests.iter().find(|test| test.lang == *lang) {
                    (card(&words, one, console.wording_tests))
                }
            }
            @if !entry.triggers.is_empty() {
                section {
                    h2 { (words.say("console-triggers")) }
                    ul { @for trigger in &entry.triggers { li { code { (trigger) } } } }
                }
            }
            (versions::history(&words, &key, &past, may_change))
        }
    };
    Ok(layout::page(
        &words,
        &who,
        Place::Knowledge,
        key.as_str(),
        &body,
    ))
}

fn in_language(words: &Words<'_>, lang: Lang, text: &EntryText) -> Markup {
    html! {
        section.text lang=(lang.code()) {
            p.lang { (words.language(Some(lang))) }
            h2 dir="auto" { (text.question) }
            @for (place, answer) in text.answers().enumerate() {
                @if !text.other_answers.is_empty() {
                    p.lang { (words.phrase(&Phrase::new("wording-test-name").text("name", letter(place).to_string()))) }
                }
                div.answer dir="auto" { (rich(&from_markdown(answer))) }
            }
            @if !text.phrasings.is_empty() {
                details {
                    summary { (words.say("console-phrasings")) " " span.count { (text.phrasings.len()) } }
                    ul { @for phrasing in &text.phrasings { li dir="auto" { (phrasing) } } }
                }
            }
        }
    }
}
