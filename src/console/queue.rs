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
use super::{Console, live, marks};
use crate::domain::engine::conversation::Phase;
use crate::domain::phrase::Phrase;
use crate::domain::sla::plan::Due;
use crate::domain::time::Timestamp;
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
        (marks::needs_lead(&words, who.staff(), &matters, now))
        @if matters.is_empty() {
            p.empty { (words.say("console-queue-empty")) }
        }
        @for section in [Section::Waiting, Section::WithAgent, Section::WithBot] {
            @let found = of(section);
            @if !found.is_empty() {
                section class=(section.name()) {
                    h2 { (words.say(section.title())) " " span.count { (found.len()) } }
                    ul.matters {
                        @for matter in found { (row(&words, matter, now)) }
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

fn row(words: &Words<'_>, matter: &Matter, now: Timestamp) -> Markup {
    html! {
        li id={ "matter-" (matter.id) } {
            a.matter href={ "/console/conversations/" (matter.id) } {
                span.who {
                    strong dir="auto" { (matter.customer) }
                    (chips(words, matter))
                    (marks::marks(words, matter, now))
                }
                span.says dir="auto" { (matter.last_words.as_deref().unwrap_or_default()) }
                span.why { (standing(words, matter)) }
                (wait(words, matter, now))
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

/// How long the customer has waited for a person, coloured by when that is due.
pub(super) fn wait(words: &Words<'_>, matter: &Matter, now: Timestamp) -> Markup {
    let Some(since) = matter.waiting_since else {
        return html! { span.wait {} };
    };
    if is_paused(&matter.state.phase) {
        return html! { span.wait.in-time { (words.say("console-paused")) } };
    }
    let text = Phrase::new("console-waits").text("length", words.length(now - since));
    html! {
        span class={ "wait " (colour(due_of(&matter.state.phase), now)) } {
            (words.phrase(&text))
        }
    }
}

fn is_paused(phase: &Phase) -> bool {
    match phase {
        Phase::WithAgent { handoff, .. } => handoff.paused_at.is_some(),
        Phase::Answering { .. }
        | Phase::Waiting { .. }
        | Phase::Resolved { .. }
        | Phase::Closed => false,
    }
}

fn due_of(phase: &Phase) -> Option<&Due> {
    match phase {
        Phase::Waiting { handoff } | Phase::WithAgent { handoff, .. } => handoff.due.as_ref(),
        Phase::Answering { .. } | Phase::Resolved { .. } | Phase::Closed => None,
    }
}

fn colour(due: Option<&Due>, now: Timestamp) -> &'static str {
    match due {
        Some(due) if now >= due.due_at => "missed",
        Some(due) if now >= due.warn_at => "near",
        Some(_) | None => "in-time",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sla::SlaClock;
    use crate::domain::time::Millis;

    #[test]
    fn a_wait_is_marked_near_its_due_time_and_beyond_it() {
        let minute = |minutes| Timestamp(0) + Millis::minutes(minutes);
        let due = Due {
            clock: SlaClock::HumanWait,
            since: minute(0),
            due_at: minute(30),
            warn_at: minute(22),
            lead_at: None,
            customer_at: None,
            target_ms: Millis::minutes(30),
            used_ms: Millis(0),
            counts_from: minute(0),
            policy: "usual".to_owned(),
            plan: 0,
            zones: None,
        };
        for (now, expected) in [(21, "in-time"), (22, "near"), (30, "missed")] {
            assert_eq!(colour(Some(&due), minute(now)), expected);
        }
        assert_eq!(colour(None, minute(90)), "in-time", "no target is set");
    }
}
