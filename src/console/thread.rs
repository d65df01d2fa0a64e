//! One conversation: what was said, how each message went on its way, what can be done.

mod facts;
mod lines;

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::access::{Authorised, ToSeeConversation, note_seen};
use super::layout::{self, Place};
use super::trouble::{Page, Trouble};
use super::words::Words;
use super::{Console, live, marks, queue};
use crate::domain::engine::conversation::Phase;
use crate::domain::ids::ConversationId;
use crate::domain::phrase::Phrase;
use crate::domain::staff::{Role, Staff};
use crate::store::views::{self, Matter, Thread};

/// Random bytes of the part of click tokens that is a page's own.
pub(super) const CLICK_BYTES: usize = 9;

/// A page's own part of its click tokens.
#[derive(Debug, Deserialize)]
pub(super) struct Opened {
    #[serde(default)]
    page: String,
}

/// `GET /console/conversations/{id}`
pub(super) async fn page(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    who: Authorised<ToSeeConversation>,
) -> Result<Markup, Page> {
    let id = ConversationId(id);
    let opened = console.ids.secret(CLICK_BYTES);
    let shown = async {
        note_seen(&console, who.secret()).await?;
        let thread = load(&console, &id).await?;
        let part = part(&console, &who, &thread, &opened);
        Ok((thread, part))
    };
    let (thread, part) = shown
        .await
        .map_err(|trouble: Trouble| trouble.page(&console, &headers))?;
    let words = Words::new(&console.wording, who.staff().lang);
    let live = format!("/console/live/conversations/{id}?page={opened}");
    let body = html! {
        main.conversation {
            div #live data-live=(live) { (part) }
            (composer(&console, &words, &who, &thread.matter))
        }
    };
    let title = &thread.matter.customer;
    Ok(layout::page(
        &words,
        &who,
        Place::Conversation,
        title,
        &body,
    ))
}

/// `GET /console/live/conversations/{id}`
pub(super) async fn live(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(Opened { page }): Query<Opened>,
    _who: Authorised<ToSeeConversation>,
) -> Response {
    let (id, page) = (ConversationId(id), Arc::new(page));
    let render: live::Render<ToSeeConversation> = Box::new(move |console, who| {
        let (id, page) = (id.clone(), page.clone());
        Box::pin(async move {
            let thread = load(console, &id).await?;
            Ok(part(console, who, &thread, &page))
        })
    });
    live::follow(console, headers, render).into_response()
}

async fn load(console: &Console, id: &ConversationId) -> Result<Thread, Trouble> {
    let mut tx = console.store.read().await?;
    let thread = views::thread(&mut tx, id).await?;
    thread.ok_or(Trouble::NotFound)
}

fn part(
    console: &Console,
    who: &Authorised<ToSeeConversation>,
    thread: &Thread,
    opened: &str,
) -> Markup {
    let words = Words::new(&console.wording, who.staff().lang);
    let now = console.clock.now();
    let matter = &thread.matter;
    let form = Clicks {
        matter,
        form_token: who.form_token(),
        opened,
    };
    html! {
        div.head data-may-reply=(may_reply(matter, who.staff())) {
            a.back href="/console" aria-label=(words.say("console-back")) { "←" }
            div.title {
                h1 dir="auto" { (matter.customer) }
                p {
                    (queue::chips(&words, matter))
                    span.chip { (matter.code) }
                    (marks::marks(&words, matter, now))
                }
            }
            div.stand {
                span.why { (queue::standing(&words, matter)) }
                (queue::wait(&words, matter, now))
            }
            div.acts { (acts(&words, who.staff(), matter, &form)) }
        }
        (facts::refusal(&words, who.staff(), thread, now))
        (lines::lines(&words, thread, &form))
        (facts::folded(&words, thread))
    }
}

/// Whether this person's words would reach the customer.
fn may_reply(matter: &Matter, staff: &Staff) -> &'static str {
    let may = match &matter.state.phase {
        Phase::WithAgent { agent, .. } => *agent == staff.id || staff.role >= Role::Lead,
        Phase::Answering { .. } | Phase::Waiting { .. } | Phase::Resolved { .. } => true,
        Phase::Closed => false,
    };
    if may { "yes" } else { "no" }
}

/// The forms of one page's buttons.
struct Clicks<'c> {
    matter: &'c Matter,
    form_token: &'c str,
    opened: &'c str,
}

impl Clicks<'_> {
    /// A button that acts. Its token is the same however often it is pressed while nothing has
    /// changed: pressed twice, it acts once.
    fn button(&self, act: &str, about: Option<&str>, look: &str, label: &str) -> Markup {
        let about_part = about.map(|id| format!("-{id}")).unwrap_or_default();
        let click = format!("{}-{}-{act}{about_part}", self.opened, self.matter.version);
        html! {
            form method="post" action={ "/console/conversations/" (self.matter.id) "/act" } data-act {
                input type="hidden" name="form" value=(self.form_token);
                input type="hidden" name="click" value=(click);
                input type="hidden" name="act" value=(act);
                @if let Some(id) = about { input type="hidden" name="outbox" value=(id); }
                button class=(look) type="submit" { (label) }
            }
        }
    }
}

fn acts(words: &Words<'_>, staff: &Staff, matter: &Matter, form: &Clicks<'_>) -> Markup {
    let button =
        |act: &str, look: &str, key: &'static str| form.button(act, None, look, &words.say(key));
    match &matter.state.phase {
        Phase::Waiting { .. } | Phase::Answering { .. } => html! {
            (button("claim", "main", "desk-button-claim"))
            @if matter.state.handoff().is_some() {
                (button("snooze", "plain", "desk-button-snooze"))
            }
            (button("resolve", "plain", "desk-button-resolve"))
        },
        Phase::WithAgent { agent, handoff, .. }
            if *agent == staff.id || staff.role >= Role::Lead =>
        {
            html! {
                @if handoff.paused_at.is_some() {
                    (button("resume", "plain", "console-resume"))
                } @else {
                    (button("wait", "plain", "console-wait-for-customer"))
                    (button("hold", "plain", "console-hold"))
                    (button("snooze", "plain", "desk-button-snooze"))
                }
                (button("release", "plain", "desk-button-release"))
                (button("resolve", "good", "desk-button-resolve"))
            }
        }
        Phase::WithAgent { .. } | Phase::Resolved { .. } | Phase::Closed => html! {},
    }
}

fn composer(
    console: &Console,
    words: &Words<'_>,
    who: &Authorised<ToSeeConversation>,
    matter: &Matter,
) -> Markup {
    let to = Phrase::new("desk-form-reply").text("name", &matter.customer);
    html! {
        div.composer data-conversation=(matter.id) {
            input.mode #mode-reply type="radio" name="mode" checked;
            label for="mode-reply" { (words.say("desk-button-reply")) }
            input.mode #mode-note type="radio" name="mode";
            label for="mode-note" { (words.say("desk-button-note")) }
            (field(console, words, who, matter, "reply", &words.phrase(&to), "console-send"))
            (field(console, words, who, matter, "note", &words.say("desk-form-note-field"), "console-write-note"))
        }
    }
}

fn field(
    console: &Console,
    words: &Words<'_>,
    who: &Authorised<ToSeeConversation>,
    matter: &Matter,
    act: &str,
    placeholder: &str,
    send: &'static str,
) -> Markup {
    html! {
        form class={ "words " (act) } method="post" action={ "/console/conversations/" (matter.id) "/act" } data-act {
            input type="hidden" name="form" value=(who.form_token());
            input type="hidden" name="click" value=(console.ids.secret(CLICK_BYTES));
            input type="hidden" name="act" value=(act);
            textarea name="text" rows="2" dir="auto" required maxlength="8000"
                placeholder=(placeholder) aria-label=(placeholder) {}
            button.main type="submit" { (words.say(send)) }
        }
    }
}
