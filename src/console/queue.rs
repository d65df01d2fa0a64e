//! The live queue: who waits for a person, longest first; then whom a colleague has; then the bot.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::access::{Authorised, ToSeeQueue, note_seen};
use super::layout::{self, Place};
use super::trouble::{Page, Trouble};
use super::words::Words;
use super::{Console, Targets, live};
use crate::domain::engine::conversation::Phase;
use crate::domain::handoff::Handoff;
use crate::domain::phrase::Phrase;
use crate::domain::time::{Millis, Timestamp};
use crate::store::views::{self, Matter};

/// `GET /console`
pub(super) async fn page(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    who: Authorised<ToSeeQueue>,
) -> Result<Markup, Page> {
    let words = Words::new(&console.wording, who.staff().lang);
    let shown = async {
        note_seen(&console, who.secret()).await?;
        part(&console, &who).await
    };
    let part = shown
        .await
        .map_err(|trouble: Trouble| trouble.page(&console, &headers))?;
    let body = html! {
        main.queue {
            h1 { (words.say("console-queue")) }
            div #live data-live="/console/live/queue" { (part) }
        }
    };
    let title = words.say("console-queue");
    Ok(layout::page(&words, &who, Place::Queue, &title, &body))
}

/// `GET /console/live/queue`
pub(super) async fn live(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    _who: Authorised<ToSeeQueue>,
) -> Response {
    let render: live::Render<ToSeeQueue> =
        Box::new(|console, who| Box::pin(async move { part(console, who).await }));
    live::follow(console, headers, render).into_response()
}

async fn part(console: &Console, who: &Authorised<ToSeeQueue>) -> Result<Markup, Trouble> {
    let matters = views::queue(&mut console.store.read().await?).await?;
    let words = Words::new(&console.wording, who.staff().lang);
    let now = console.clock.now();
    let of = |wanted: Section| {
        let found = matters
            .iter()
            .filter(|matter| Section::of(matter) == wanted);
        found.collect::<Vec<_>>()
    };
    Ok(html! {
        @if matters.is_empty() {
            p.empty { (words.say("console-queue-empty")) }
        }
        @for section in [Section::Waiting, Section::WithAgent, Section::WithBot] {
            @let found = of(section);
            @if !found.is_empty() {
                section class=(section.name()) {
                    h2 { (words.say(section.title())) " " span.count { (found.len()) } }
                    ul.matters {
                        @for matter in found { (row(&words, matter, console.targets, now)) }
                    }
                }
            }
        }
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Waiting,
    WithAgent,
    WithBot,
}

impl Section {
    fn of(matter: &Matter) -> Section {
        match matter.state.phase {
            Phase::Waiting { .. } => Section::Waiting,
            Phase::WithAgent { .. } => Section::WithAgent,
            Phase::Answering { .. } | Phase::Resolved { .. } | Phase::Closed => Section::WithBot,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Section::Waiting => "waiting",
            Section::WithAgent => "with-agent",
            Section::WithBot => "with-bot",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Section::Waiting => "console-waiting",
            Section::WithAgent => "console-with-agent",
            Section::WithBot => "console-with-bot",
        }
    }
}

fn row(words: &Words<'_>, matter: &Matter, targets: Targets, now: Timestamp) -> Markup {
    html! {
        li id={ "matter-" (matter.id) } {
            a.matter href={ "/console/conversations/" (matter.id) } {
                span.who {
                    strong dir="auto" { (matter.customer) }
                    (chips(words, matter))
                }
                span.says dir="auto" { (matter.last_words.as_deref().unwrap_or_default()) }
                span.why { (standing(words, matter)) }
                (wait(words, matter, targets, now))
            }
        }
    }
}

/// Channel, language, and whether a person is wanted first.
pub(super) fn chips(words: &Words<'_>, matter: &Matter) -> Markup {
    html! {
        span.chip { (words.channel(matter.channel)) }
        span.chip { (words.language(matter.lang)) }
        @if let Some(preference) = matter.preference {
            span.chip { (words.say(preference_key(preference))) }
        }
    }
}

fn preference_key(preference: crate::domain::preference::HumanPreference) -> &'static str {
    use crate::domain::preference::HumanPreference;
    match preference {
        HumanPreference::HumanFirst => "console-human-first",
        HumanPreference::HumanIfUnsure => "console-human-if-unsure",
        HumanPreference::BotIsFine => "console-bot-is-fine",
    }
}

/// Who has it and why, in one line.
pub(super) fn standing(words: &Words<'_>, matter: &Matter) -> String {
    match &matter.state.phase {
        Phase::Waiting { handoff } => {
            let reason = words.say(handoff.reason.phrase_key());
            words.phrase(&Phrase::new("desk-card-reason").text("reason", reason))
        }
        Phase::WithAgent { agent_name, .. } => {
            words.phrase(&Phrase::new("desk-card-claimed").text("agent", agent_name))
        }
        Phase::Answering { .. } => words.say("desk-card-with-bot"),
        Phase::Resolved { by: Some(by), .. } => {
            words.phrase(&Phrase::new("desk-card-resolved").text("agent", by))
        }
        Phase::Resolved { by: None, .. } => words.say("console-resolved-by-bot"),
        Phase::Closed => words.say("console-closed"),
    }
}

/// How long the customer has waited for a person, coloured by the target.
pub(super) fn wait(words: &Words<'_>, matter: &Matter, targets: Targets, now: Timestamp) -> Markup {
    let Some(since) = matter.waiting_since else {
        return html! { span.wait {} };
    };
    let target = target_of(&matter.state.phase, targets);
    let waited = now - since;
    let text = Phrase::new("console-waits").text("length", words.length(waited));
    html! {
        span class={ "wait " (colour(waited, target, targets.warn_at_percent)) } {
            (words.phrase(&text))
        }
    }
}

fn target_of(phase: &Phase, targets: Targets) -> Millis {
    let answered_before = |handoff: &Handoff| handoff.first_reply_at.is_some();
    match phase {
        Phase::Waiting { handoff } | Phase::WithAgent { handoff, .. }
            if answered_before(handoff) =>
        {
            targets.next_response
        }
        Phase::Waiting { .. }
        | Phase::WithAgent { .. }
        | Phase::Answering { .. }
        | Phase::Resolved { .. }
        | Phase::Closed => targets.human_wait,
    }
}

fn colour(waited: Millis, target: Millis, warn_at_percent: i64) -> &'static str {
    if waited >= target {
        "missed"
    } else if waited.0 * 100 >= target.0 * warn_at_percent {
        "near"
    } else {
        "in-time"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_marked_near_its_target_and_beyond_it() {
        let target = Millis::minutes(30);
        let cases = [
            (Millis::minutes(22), "in-time"),
            (Millis(22 * 60_000 + 30_000), "near"),
            (Millis::minutes(30), "missed"),
        ];
        for (waited, expected) in cases {
            assert_eq!(colour(waited, target, 75), expected);
        }
    }
}
