//! The knowledge base, to be read: a list with a search, and one entry in all its languages.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use maud::{Markup, html};
use serde::Deserialize;

use super::Console;
use super::access::{Authorised, ToSeeKnowledge, note_seen};
use super::layout::{self, Place};
use super::rich::rich;
use super::trouble::{Page, Trouble};
use super::words::Words;
use crate::domain::knowledge::text::normalise::normalise;
use crate::domain::knowledge::text::vietnamese::fold;
use crate::domain::knowledge::{Entry, EntryText};
use crate::domain::lang::Lang;
use crate::domain::phrase::Phrase;
use crate::domain::rich::markdown::from_markdown;
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
    let entries = load(&console, &who)
        .await
        .map_err(|trouble| trouble.page(&console, &headers))?;
    let words = Words::new(&console.wording, who.staff().lang);
    let wanted: String = q.chars().take(SEARCH_CHARS_MAX).collect();
    let found: Vec<&Entry> = entries
        .iter()
        .filter(|entry| holds(entry, &wanted))
        .collect();
    let count = Phrase::new("console-entries").number("n", count(&found));
    let search = words.say("console-search");
    let body = html! {
        main.knowledge {
            h1 { (words.say("console-knowledge")) }
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

fn count<T>(found: &[T]) -> i64 {
    i64::try_from(found.len()).unwrap_or(i64::MAX)
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
        all.push(text.answer.clone());
    }
    let all = plain(&all.join("\n"));
    plain(search)
        .split_whitespace()
        .all(|word| all.contains(word))
}

fn row(words: &Words<'_>, entry: &Entry) -> Markup {
    let shown = entry
        .texts
        .get(&words.lang)
        .or_else(|| entry.texts.values().next());
    html! {
        li {
            a href={ "/console/knowledge/" (entry.key) } {
                strong dir="auto" { (shown.map(|text| text.question.as_str()).unwrap_or_default()) }
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
    let found = load(&console, &who).await.and_then(|entries| {
        let found = entries.into_iter().find(|entry| entry.key.0 == key);
        found.ok_or(Trouble::NotFound)
    });
    let entry = found.map_err(|trouble| trouble.page(&console, &headers))?;
    let words = Words::new(&console.wording, who.staff().lang);
    let body = html! {
        main.knowledge {
            p { a.back href="/console/knowledge" { "← " (words.say("console-knowledge")) } }
            h1 { code { (entry.key) } }
            p.chips { @for tag in &entry.tags { span.chip.tag { (tag) } } }
            @for (lang, text) in &entry.texts { (in_language(&words, *lang, text)) }
            @if !entry.triggers.is_empty() {
                section {
                    h2 { (words.say("console-triggers")) }
                    ul { @for trigger in &entry.triggers { li { code { (trigger) } } } }
                }
            }
        }
    };
    Ok(layout::page(&words, &who, Place::Knowledge, &key, &body))
}

fn in_language(words: &Words<'_>, lang: Lang, text: &EntryText) -> Markup {
    html! {
        section.text lang=(lang.code()) {
            p.lang { (words.language(Some(lang))) }
            h2 dir="auto" { (text.question) }
            div.answer dir="auto" { (rich(&from_markdown(&text.answer))) }
            @if !text.phrasings.is_empty() {
                details {
                    summary { (words.say("console-phrasings")) " " span.count { (text.phrasings.len()) } }
                    ul { @for phrasing in &text.phrasings { li dir="auto" { (phrasing) } } }
                }
            }
        }
    }
}
