//! What the bot could not answer, in groups of the same question: admins make entries of them, add
//! them as phrasings, or want to hear no more of them.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::Console;
use super::access::{Authorised, Posted, Submitted, ToChangeKnowledge, note_seen};
use super::layout::{self, Place};
use super::trouble::{Page, Trouble};
use super::words::{Words, time};
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::Entry;
use crate::domain::knowledge::gaps::GapKind;
use crate::domain::knowledge::gaps::draft::{Nearest, with_phrasings};
use crate::domain::knowledge::gaps::summary::{Handled, How, Summary, summaries};
use crate::domain::knowledge::triggers::faults_in_base;
use crate::domain::lang::Lang;
use crate::domain::phrase::Phrase;
use crate::domain::time::{Millis, Timestamp};
use crate::store::drafts::{self, Edit};
use crate::store::knowledge;

const HERE: &str = "/console/gaps";
const WEEK: Millis = Millis::hours(24 * 7);
/// How many weeks back can be looked.
const WEEKS: [i64; 4] = [1, 4, 13, 52];
/// How many weeks are shown unless somebody asks for more.
const WEEKS_USUAL: i64 = 4;
/// The most groups that a page shows.
const GROUPS_MAX: usize = 100;

/// How far back is looked.
#[derive(Debug, Deserialize)]
pub(super) struct Back {
    weeks: Option<i64>,
}

/// `GET /console/gaps`
pub(super) async fn page(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    Query(Back { weeks }): Query<Back>,
    who: Authorised<ToChangeKnowledge>,
) -> Result<Markup, Page> {
    let weeks = weeks
        .filter(|weeks| WEEKS.contains(weeks))
        .unwrap_or(WEEKS_USUAL);
    let shown = whole(&console, &who, weeks, &[]).await;
    shown.map_err(|trouble| trouble.page(&console, &headers))
}

async fn whole(
    console: &Console,
    who: &Authorised<ToChangeKnowledge>,
    weeks: i64,
    problems: &[String],
) -> Result<Markup, Trouble> {
    note_seen(console, who.secret()).await?;
    let now = console.clock.now();
    let since = now - Millis(WEEK.0 * weeks);
    let looked = console.store.gaps(since, Timestamp(i64::MAX), now).await?;
    let entries = knowledge::entries(&mut console.store.read().await?).await?;
    let groups = summaries(&looked.placed, &looked.handled);
    let words = Words::new(&console.wording, who.staff().lang);
    let nearest = Lang::ALL.map(|lang| (lang, Nearest::of(lang, &entries)));
    let title = words.say("console-gaps");
    let body = html! {
        main.knowledge.gaps {
            p { a.back href="/console/knowledge" { "← " (words.say("console-knowledge")) } }
            h1 { (title) }
            p.count { (words.say("console-gaps-why")) }
            (periods(&words, weeks))
            @if !problems.is_empty() {
                ul.problems role="alert" { @for problem in problems { li { (problem) } } }
            }
            @if groups.is_empty() { p.empty { (words.say("console-gaps-none")) } }
            @for group in groups.iter().take(GROUPS_MAX) {
                (one(&words, who, group, &likely(&nearest, group), &entries))
            }
        }
    };
    Ok(layout::page(&words, who, Place::Knowledge, &title, &body))
}

fn periods(words: &Words<'_>, weeks: i64) -> Markup {
    html! {
        nav.periods {
            @for choice in WEEKS {
                @let label = words.phrase(&Phrase::new("console-weeks").number("n", choice));
                a href={ (HERE) "?weeks=" (choice) } aria-current=[(choice == weeks).then_some("true")] { (label) }
            }
        }
    }
}

/// The entries that it may ask for, the likeliest first.
fn likely(nearest: &[(Lang, Nearest<'_>)], group: &Summary) -> Vec<EntryKey> {
    let of_lang = nearest.iter().find(|(lang, _)| *lang == group.lang);
    let example = group.examples.first();
    let near = of_lang.zip(example);
    let near = near.map(|((_, nearest), example)| nearest.to(example));
    let mut likely: Vec<EntryKey> = group.entry.iter().cloned().collect();
    for key in near.unwrap_or_default() {
        if !likely.contains(&key) {
            likely.push(key);
        }
    }
    likely
}

fn one(
    words: &Words<'_>,
    who: &Authorised<ToChangeKnowledge>,
    group: &Summary,
    likely: &[EntryKey],
    entries: &[Entry],
) -> Markup {
    let here = format!("{HERE}/{}", group.group);
    let kinds = GapKind::ALL
        .into_iter()
        .filter(|kind| group.of_kind(*kind) > 0);
    let kinds = kinds.map(|kind| {
        let phrase = Phrase::new(kind.phrase_key());
        words.phrase(&phrase.count("n", group.of_kind(kind)))
    });
    html! {
        section.text.gap id={ "gap-" (group.group) } {
            p.lang {
                (words.language(Some(group.lang))) " · " (kinds.collect::<Vec<_>>().join(" · "))
                " · " (time(group.last_at))
                @if group.ignored { " · " (words.say("console-gap-ignored")) }
            }
            @if let Some(first) = group.examples.first() { h2 dir="auto" { (first) } }
            @if group.examples.len() > 1 {
                ul.examples { @for example in &group.examples[1..] { li dir="auto" { (example) } } }
            }
            @if let Some(answer) = &group.answer {
                p.worked { strong { (words.say("console-gap-answer")) } }
                div.answer dir="auto" { (answer) }
            }
            @if group.ignored {
                form method="post" action=(here) {
                    input type="hidden" name="form" value=(who.form_token());
                    button.plain type="submit" name="act" value="reopen" { (words.say("console-gap-reopen")) }
                }
            } @else {
                (acts(words, who, group, &here, likely, entries))
            }
        }
    }
}

fn acts(
    words: &Words<'_>,
    who: &Authorised<ToChangeKnowledge>,
    group: &Summary,
    here: &str,
    likely: &[EntryKey],
    entries: &[Entry],
) -> Markup {
    let lines: Vec<&str> = group.whole_examples().collect();
    let others = entries
        .iter()
        .filter(|entry| entry.texts.contains_key(&group.lang) && !likely.contains(&entry.key));
    html! {
        div.gap-acts {
            a.button href={ "/console/editor?gap=" (group.group) } { (words.say("console-gap-make-entry")) }
            details {
                summary { (words.say("console-gap-add-phrasing")) }
                form.edit method="post" action=(here) {
                    input type="hidden" name="form" value=(who.form_token());
                    label { (words.say("console-gap-entry"))
                        select name="key" {
                            @for key in likely { option value=(key) { (key) } }
                            @for entry in others { option value=(entry.key) { (entry.key) } }
                        }
                    }
                    label { (words.say("console-gap-phrasings"))
                        textarea name="phrasings" rows=(lines.len().max(2)) dir="auto" { "\n" (lines.join("\n")) }
                    }
                    button.main type="submit" name="act" value="phrasing" { (words.say("console-gap-add-phrasing")) }
                }
            }
            form method="post" action=(here) {
                input type="hidden" name="form" value=(who.form_token());
                button.plain type="submit" name="act" value="ignore" { (words.say("console-gap-ignore")) }
            }
        }
    }
}

/// What a button under a group sends.
#[derive(Debug, Deserialize)]
pub(super) struct Act {
    form: String,
    act: String,
    #[serde(default)]
    key: String,
    #[serde(default)]
    phrasings: String,
}

impl Posted for Act {
    fn form_token(&self) -> &str {
        &self.form
    }
}

/// `POST /console/gaps/{group}`
pub(super) async fn act(
    State(console): State<Arc<Console>>,
    Path(group): Path<String>,
    headers: HeaderMap,
    Submitted { by, form }: Submitted<ToChangeKnowledge, Act>,
) -> Result<Response, Page> {
    let done = take(&console, &by, &group, &form).await;
    done.map_err(|trouble| trouble.page(&console, &headers))
}

async fn take(
    console: &Console,
    by: &Authorised<ToChangeKnowledge>,
    group: &str,
    form: &Act,
) -> Result<Response, Trouble> {
    let problems = match form.act.as_str() {
        "ignore" => {
            let handled = Handled {
                how: How::Ignored,
                by_whom: by.staff().name.clone(),
                at: console.clock.now(),
            };
            known(console.store.handle_gap(group, Some(handled)).await?)?;
            Vec::new()
        }
        "reopen" => {
            known(console.store.handle_gap(group, None).await?)?;
            Vec::new()
        }
        "phrasing" => add_phrasings(console, by, group, form).await?,
        _ => return Err(Trouble::BadForm),
    };
    if problems.is_empty() {
        return Ok(Redirect::to(HERE).into_response());
    }
    let page = whole(console, by, WEEKS_USUAL, &problems).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn known(is_known: bool) -> Result<(), Trouble> {
    match is_known {
        true => Ok(()),
        false => Err(Trouble::NotFound),
    }
}

/// Adds the lines to an entry; gives what stands in the way.
async fn add_phrasings(
    console: &Console,
    by: &Authorised<ToChangeKnowledge>,
    group: &str,
    form: &Act,
) -> Result<Vec<String>, Trouble> {
    let words = Words::new(&console.wording, by.staff().lang);
    let looked = console
        .store
        .gaps_of_group(group, console.clock.now())
        .await?;
    let lang = looked.placed.first().ok_or(Trouble::NotFound)?.lang;
    let mut tx = console.store.read().await?;
    let entries = knowledge::entries(&mut tx).await?;
    let entry = entries.iter().find(|entry| entry.key.0 == form.key);
    let entry = entry.ok_or(Trouble::NotFound)?;
    let version = drafts::newest(&mut tx, &entry.key).await?;
    drop(tx);
    let lines: Vec<String> = form
        .phrasings
        .replace('\0', "\u{FFFD}")
        .lines()
        .map(|line| line.trim().to_owned())
        .collect();
    let more = with_phrasings(entry, lang, &lines);
    let faults = faults_in_base(&more, &entries);
    if !faults.is_empty() {
        return Ok(faults);
    }
    if more == *entry {
        return Ok(vec![words.say("console-gap-nothing-added")]);
    }
    let edit = Edit {
        id: console.ids.id(),
        entry: more,
        retires: false,
        known: version,
        gap: Some(group.to_owned()),
        draft_at: None,
        at: console.clock.now(),
        by_whom: by.staff().name.clone(),
    };
    Ok(match console.store.publish(edit).await? {
        true => Vec::new(),
        false => vec![words.say("console-entry-changed-meanwhile")],
    })
}
