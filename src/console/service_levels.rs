//! The service levels: read by everybody at the desk, changed by leads; each change is a version.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::Console;
use super::access::{
    Authorised, Posted, Right, Submitted, ToChangeServiceLevels, ToSeeServiceLevels, allows,
    note_seen,
};
use super::layout::{self, Place};
use super::trouble::{Page, Trouble};
use super::words::{Words, time};
use crate::domain::phrase::Phrase;
use crate::domain::sla::plan::{self, NO_PLAN, Plan};
use crate::store::plans::{self, PlanText};

/// The most versions that are listed.
const VERSIONS_SHOWN_MAX: usize = 20;
const HERE: &str = "/console/service-levels";

/// A change, as the page sends it.
#[derive(Debug, Deserialize)]
pub(super) struct Change {
    form: String,
    /// The version that the page showed.
    known: i64,
    text: String,
    /// An iCalendar file to put beside the plan, in place of one of that name.
    #[serde(default)]
    file_name: String,
    #[serde(default)]
    file_text: String,
}

impl Posted for Change {
    fn form_token(&self) -> &str {
        &self.form
    }
}

/// What the editor shows.
struct Draft {
    text: String,
    file_name: String,
    file_text: String,
    problems: Vec<String>,
}

/// `GET /console/service-levels`
pub(super) async fn page(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    who: Authorised<ToSeeServiceLevels>,
) -> Result<Markup, Page> {
    let shown = async {
        note_seen(&console, who.secret()).await?;
        let versions = plans::after(&mut console.store.read().await?, NO_PLAN).await?;
        let draft = Draft {
            text: versions
                .last()
                .map(|last| last.text.clone())
                .unwrap_or_default(),
            file_name: String::new(),
            file_text: String::new(),
            problems: Vec::new(),
        };
        Ok(whole(&console, &who, &versions, &draft))
    };
    shown
        .await
        .map_err(|trouble: Trouble| trouble.page(&console, &headers))
}

/// `POST /console/service-levels`
pub(super) async fn change(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    Submitted { by, form }: Submitted<ToChangeServiceLevels, Change>,
) -> Result<Response, Page> {
    let taken = take(&console, &by, form).await;
    taken.map_err(|trouble| trouble.page(&console, &headers))
}

async fn take(
    console: &Console,
    by: &Authorised<ToChangeServiceLevels>,
    form: Change,
) -> Result<Response, Trouble> {
    let words = Words::new(&console.wording, by.staff().lang);
    let mut tx = console.store.read().await?;
    let versions = plans::after(&mut tx, NO_PLAN).await?;
    drop(tx);
    let plain = |text: &str| text.replace("\r\n", "\n").replace('\0', "\u{FFFD}");
    let mut draft = Draft {
        text: plain(&form.text),
        file_name: form.file_name.trim().to_owned(),
        file_text: plain(&form.file_text),
        problems: Vec::new(),
    };
    let files = files_of(versions.last(), &draft);
    draft.problems = match plan::read(&draft.text, &files) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    };
    if draft.problems.is_empty() {
        let text = PlanText {
            version: form.known,
            at: console.clock.now(),
            by_whom: by.staff().name.clone(),
            text: draft.text.clone(),
            files,
        };
        if put(console, text).await?.is_some() {
            return Ok(Redirect::to(HERE).into_response());
        }
        draft
            .problems
            .push(words.say("console-plan-changed-meanwhile"));
    }
    let page = whole(console, by, &versions, &draft);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// The iCalendar files that the plan names: those it had, and the one that was sent.
fn files_of(last: Option<&PlanText>, draft: &Draft) -> BTreeMap<String, String> {
    let mut files = last.map(|last| last.files.clone()).unwrap_or_default();
    if !draft.file_name.is_empty() && !draft.file_text.trim().is_empty() {
        files.insert(draft.file_name.clone(), draft.file_text.clone());
    }
    let named = plan::named_files(&draft.text);
    files.retain(|name, _| named.contains(name));
    files
}

async fn put(console: &Console, text: PlanText) -> Result<Option<i64>, Trouble> {
    let put = console.store.write(move |tx| {
        let text = text.clone();
        Box::pin(async move { plans::put(tx, text.version, &text).await })
    });
    Ok(put.await?)
}

fn whole<R: Right>(
    console: &Console,
    who: &Authorised<R>,
    versions: &[PlanText],
    draft: &Draft,
) -> Markup {
    let words = Words::new(&console.wording, who.staff().lang);
    let may_change = allows(who.staff().role, ToChangeServiceLevels::ACTION);
    let newest = versions.last();
    let plan = newest
        .and_then(|newest| plan::read(&newest.text, &newest.files).ok())
        .unwrap_or_default();
    let title = words.say("console-service-levels");
    let body = html! {
        main.levels {
            h1 { (title) }
            (policies(console, &words, &plan))
            (calendars(&words, &plan))
            @if may_change { (editor(&words, who, newest, draft)) }
            (history(&words, versions))
        }
    };
    layout::page(&words, who, Place::ServiceLevels, &title, &body)
}

fn policies(console: &Console, words: &Words<'_>, plan: &Plan) -> Markup {
    html! {
        p { (words.say("console-policies-why")) }
        ol.policies {
            @for policy in plan.policies.iter().chain([&console.usual_policy]) {
                @let text = policy.text();
                li {
                    strong dir="auto" { (text.name) }
                    span { (text.when) }
                    span { (text.targets) }
                    span { (text.ladder) }
                }
            }
        }
    }
}

fn calendars(words: &Words<'_>, plan: &Plan) -> Markup {
    html! {
        @for (name, calendar) in &plan.calendars {
            section {
                h2 dir="auto" { (words.phrase(&Phrase::new("console-calendar").text("name", name).text("zone", calendar.zone_name()))) }
                ul { @for line in calendar.text() { li { (line) } } }
            }
        }
    }
}

fn editor<R: Right>(
    words: &Words<'_>,
    who: &Authorised<R>,
    newest: Option<&PlanText>,
    draft: &Draft,
) -> Markup {
    let known = newest.map_or(NO_PLAN, |newest| newest.version);
    html! {
        section {
            h2 { (words.say("console-change-plan")) }
            @if !draft.problems.is_empty() {
                ul.problems role="alert" { @for problem in &draft.problems { li { (problem) } } }
            }
            form.plan method="post" action=(HERE) {
                input type="hidden" name="form" value=(who.form_token());
                input type="hidden" name="known" value=(known);
                label for="plan-text" { (words.say("console-plan-text")) }
                textarea #plan-text name="text" rows="24" spellcheck="false" { "\n" (draft.text) }
                details open[!draft.file_text.is_empty()] {
                    summary { (words.say("console-plan-file")) }
                    input name="file_name" value=(draft.file_name) placeholder="holidays.ics" aria-label=(words.say("console-plan-file-name"));
                    textarea name="file_text" rows="8" spellcheck="false" aria-label=(words.say("console-plan-file")) { "\n" (draft.file_text) }
                }
                button.primary type="submit" { (words.say("console-plan-save")) }
            }
        }
    }
}

fn history(words: &Words<'_>, versions: &[PlanText]) -> Markup {
    html! {
        @if !versions.is_empty() {
            section {
                h2 { (words.say("console-plan-versions")) }
                ol.versions reversed {
                    @for version in versions.iter().rev().take(VERSIONS_SHOWN_MAX) {
                        li value=(version.version) {
                            (time(version.at)) " · " span dir="auto" { (version.by_whom) }
                        }
                    }
                }
            }
        }
    }
}
