//! Writing an entry: as a draft, or for customers at once; and taking one out of use.
//!
//! Invariant: nothing is written over what its writer has not seen: whoever comes second is shown
//! what the first one changed, and decides.

mod form;
mod page;

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use serde::Deserialize;

use self::form::Form;
use self::page::Shown;
use super::Console;
use super::access::{Authorised, Submitted, ToChangeKnowledge, note_seen};
use super::trouble::{Page, Trouble};
use super::words::Words;
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::differences::differences;
use crate::domain::knowledge::gaps::draft::{draft, has_struck};
use crate::domain::knowledge::gaps::summary::summaries;
use crate::domain::knowledge::triggers::faults_in_base;
use crate::domain::knowledge::{Entry, parse_key};
use crate::domain::phrase::Phrase;
use crate::domain::time::Timestamp;
use crate::store::drafts::{self, Draft, Edit, NO_VERSION};
use crate::store::knowledge::{self, PastChange};

/// What is to be written: an entry or draft (`key`), an older version of it (`version`), an entry
/// that answers a group of questions (`gap`), or a new one.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    key: Option<String>,
    version: Option<String>,
    gap: Option<String>,
}

/// `GET /console/editor`
pub(super) async fn page(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
    who: Authorised<ToChangeKnowledge>,
) -> Result<Markup, Page> {
    let shown = async {
        note_seen(&console, who.secret()).await?;
        let shown = begin(&console, wanted).await?;
        Ok(page::whole(&console, &who, &shown))
    };
    shown
        .await
        .map_err(|trouble: Trouble| trouble.page(&console, &headers))
}

async fn begin(console: &Console, wanted: Wanted) -> Result<Shown, Trouble> {
    if let Some(group) = wanted.gap {
        let looked = console
            .store
            .gaps_of_group(&group, console.clock.now())
            .await?;
        let groups = summaries(&looked.placed, &Default::default());
        let summary = groups.first().ok_or(Trouble::NotFound)?;
        return Ok(Shown::new(draft(summary), Some(group)));
    }
    let Some(key) = wanted.key else {
        return Ok(Shown::new(Entry::blank("".into()), None));
    };
    let key = EntryKey(key);
    let mut tx = console.store.read().await?;
    let history = knowledge::history(&mut tx, &key).await?;
    let kept = drafts::of(&mut tx, &key).await?;
    let in_use = knowledge::entries(&mut tx).await?;
    let in_use = in_use.into_iter().find(|entry| entry.key == key);
    drop(tx);
    let newest = newest(&history);
    if let Some(version) = wanted.version {
        let old = history.into_iter().find(|past| past.id == version);
        let entry = old.and_then(|past| past.entry).ok_or(Trouble::NotFound)?;
        // A draft that there may be is not what is shown.
        return Ok(Shown {
            known: newest,
            is_known: true,
            ..Shown::new(entry, None)
        });
    }
    match (kept, in_use) {
        (Some(draft), in_use) => Ok(Shown {
            known: draft.based_on,
            draft_at: draft.at.0,
            is_known: true,
            in_use: in_use.is_some(),
            ..Shown::new(draft.entry, draft.gap)
        }),
        (None, Some(entry)) => Ok(Shown {
            known: newest,
            is_known: true,
            in_use: true,
            ..Shown::new(entry, None)
        }),
        (None, None) => Err(Trouble::NotFound),
    }
}

fn newest(history: &[PastChange]) -> String {
    history
        .last()
        .map_or_else(|| NO_VERSION.to_owned(), |past| past.id.clone())
}

/// `POST /console/editor`
pub(super) async fn write(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    Submitted { by, form }: Submitted<ToChangeKnowledge, Form>,
) -> Result<Response, Page> {
    let taken = take(&console, &by, form).await;
    taken.map_err(|trouble| trouble.page(&console, &headers))
}

async fn take(
    console: &Console,
    by: &Authorised<ToChangeKnowledge>,
    form: Form,
) -> Result<Response, Trouble> {
    let entry = form.entry();
    let mut shown = Shown {
        known: form.known.clone(),
        draft_at: form.draft_at,
        is_known: form.is_known,
        in_use: form.in_use,
        ..Shown::new(entry, form.gap())
    };
    match form.upkeep() {
        Ok(upkeep) => shown.entry.upkeep = upkeep,
        Err(faults) => shown
            .problems
            .extend(faults.iter().map(ToString::to_string)),
    }
    if let Err(fault) = parse_key(shown.entry.key.as_str()) {
        shown.problems.push(fault.to_string());
    }
    if !shown.problems.is_empty() {
        return Ok(refused(console, by, &shown));
    }
    let done = match form.act.as_str() {
        "draft" => keep(console, by, &mut shown).await?,
        "publish" => publish(console, by, &mut shown, false).await?,
        "retire" => publish(console, by, &mut shown, true).await?,
        "discard" => {
            discard(console, &shown.entry.key, Timestamp(form.draft_at)).await?;
            true
        }
        _ => return Err(Trouble::BadForm),
    };
    if !done {
        return Ok(refused(console, by, &shown));
    }
    let to = match form.act.as_str() {
        "draft" => format!("/console/editor?key={}", shown.entry.key),
        "publish" => format!("/console/knowledge/{}", shown.entry.key),
        _ => "/console/knowledge".to_owned(),
    };
    Ok(Redirect::to(&to).into_response())
}

fn refused(console: &Console, by: &Authorised<ToChangeKnowledge>, shown: &Shown) -> Response {
    let page = page::whole(console, by, shown);
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

/// Keeps the draft; `false` where somebody else has kept another one meanwhile, which is shown.
async fn keep(
    console: &Console,
    by: &Authorised<ToChangeKnowledge>,
    shown: &mut Shown,
) -> Result<bool, Trouble> {
    let now = console.clock.now();
    let draft = Draft {
        entry: shown.entry.clone(),
        based_on: shown.known.clone(),
        gap: shown.gap.clone(),
        at: now,
        by_whom: by.staff().name.clone(),
    };
    let seen_at = (shown.draft_at > 0).then_some(Timestamp(shown.draft_at));
    let other = console.store.write(move |tx| {
        let draft = draft.clone();
        Box::pin(async move { drafts::keep(tx, draft, seen_at).await })
    });
    let Some(other) = other.await? else {
        return Ok(true);
    };
    let words = Words::new(&console.wording, by.staff().lang);
    let told = match other.draft_at {
        Some(_) => "console-draft-changed-meanwhile",
        None => "console-entry-changed-by",
    };
    let told = Phrase::new(told).text("name", &other.by_whom);
    shown.problems.push(words.phrase(&told));
    shown.differences = differences(other.entry.as_ref(), &shown.entry);
    shown.draft_at = other.draft_at.map_or(0, |at| at.0);
    shown.known = other.known;
    Ok(false)
}

/// Publishes or retires; `false` where something stands in the way, which is shown.
async fn publish(
    console: &Console,
    by: &Authorised<ToChangeKnowledge>,
    shown: &mut Shown,
    retires: bool,
) -> Result<bool, Trouble> {
    let mut tx = console.store.read().await?;
    let entries = knowledge::entries(&mut tx).await?;
    let history = knowledge::history(&mut tx, &shown.entry.key).await?;
    drop(tx);
    let in_use = entries.iter().find(|entry| entry.key == shown.entry.key);
    if !retires {
        shown.problems = faults_in_base(&shown.entry, &entries);
        if has_struck(&shown.entry) {
            let words = Words::new(&console.wording, by.staff().lang);
            shown.problems.push(words.say("console-entry-has-struck"));
        }
    }
    if newest(&history) != shown.known {
        stale(console, by, shown, in_use, &history);
    }
    if !shown.problems.is_empty() {
        return Ok(false);
    }
    let edit = Edit {
        id: console.ids.id(),
        // What is retired stays as customers knew it.
        entry: match (retires, in_use) {
            (true, Some(entry)) => entry.clone(),
            (true, None) => return Err(Trouble::NotFound),
            (false, _) => shown.entry.clone(),
        },
        retires,
        known: shown.known.clone(),
        gap: shown.gap.clone().filter(|_| !retires),
        draft_at: (shown.draft_at > 0).then_some(Timestamp(shown.draft_at)),
        at: console.clock.now(),
        by_whom: by.staff().name.clone(),
    };
    if console.store.publish(edit).await? {
        return Ok(true);
    }
    // Somebody was faster in this very moment.
    let mut tx = console.store.read().await?;
    let history = knowledge::history(&mut tx, &shown.entry.key).await?;
    let entries = knowledge::entries(&mut tx).await?;
    drop(tx);
    let in_use = entries.iter().find(|entry| entry.key == shown.entry.key);
    stale(console, by, shown, in_use, &history);
    Ok(false)
}

/// The second of two who change an entry is shown what the first has made of it.
fn stale(
    console: &Console,
    by: &Authorised<ToChangeKnowledge>,
    shown: &mut Shown,
    in_use: Option<&Entry>,
    history: &[PastChange],
) {
    let words = Words::new(&console.wording, by.staff().lang);
    let last = history.last();
    let by_whom = last.map(|past| past.by_whom.as_str()).unwrap_or_default();
    shown
        .problems
        .push(words.phrase(&Phrase::new("console-entry-changed-by").text("name", by_whom)));
    shown.differences = differences(in_use, &shown.entry);
    shown.known = newest(history);
}

async fn discard(console: &Console, key: &EntryKey, kept_at: Timestamp) -> Result<(), Trouble> {
    let key = key.clone();
    let discarded = console.store.write(move |tx| {
        let key = key.clone();
        Box::pin(async move { drafts::discard(tx, &key, kept_at).await })
    });
    match discarded.await? {
        true => Ok(()),
        false => Err(Trouble::NotFound),
    }
}
