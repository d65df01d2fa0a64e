//! The messages of a conversation, and what is on its way.

use maud::{Markup, html};

use super::Clicks;
use crate::console::words::{Words, time};
use crate::domain::desk::act::{ConsoleClick, StaffAct};
use crate::domain::phrase::Phrase;
use crate::store::messages::Author;
use crate::store::views::{Delivery, DeliveryState, Thread, ThreadLine};

/// All messages, then what was clicked and is not decided on yet.
pub(super) fn lines(words: &Words<'_>, thread: &Thread, form: &Clicks<'_>) -> Markup {
    html! {
        ol.lines role="log" aria-live="polite" aria-label=(words.say("console-messages")) {
            @for line in &thread.lines { (drawn(words, thread, line, form)) }
            @for click in &thread.clicks { (pending(words, thread, click)) }
        }
    }
}

fn drawn(words: &Words<'_>, thread: &Thread, line: &ThreadLine, form: &Clicks<'_>) -> Markup {
    html! {
        li id={ "line-" (line.id) } class={ "line " (line.author.name()) } {
            p.by {
                span dir="auto" { (author(words, thread, line)) } " · " (time(line.at))
                @if line.edited { " · " (words.say("console-edited")) }
            }
            div.bubble dir="auto" { (words.parts(&line.parts)) }
            @if let Some(delivery) = &line.delivery { (underneath(words, delivery, form)) }
        }
    }
}

fn author(words: &Words<'_>, thread: &Thread, line: &ThreadLine) -> String {
    let agent = line
        .staff
        .as_ref()
        .and_then(|staff| thread.names.get(staff))
        .cloned()
        .unwrap_or_default();
    match line.author {
        Author::Customer => thread.matter.customer.clone(),
        Author::Bot => words.say("console-bot"),
        Author::Agent => agent,
        Author::Note => words.phrase(&Phrase::new("console-note-by").text("agent", agent)),
    }
}

/// How the message went on its way; what is unknown is for staff to settle.
fn underneath(words: &Words<'_>, delivery: &Delivery, form: &Clicks<'_>) -> Markup {
    match delivery.state {
        DeliveryState::Underway => html! { p.sending { (words.say("console-sending")) } },
        DeliveryState::Sent => html! { p.sent { (words.say("console-sent")) } },
        DeliveryState::Cancelled => html! { p.sending { (words.say("console-withdrawn")) } },
        DeliveryState::Failed => {
            let why = delivery.failure.clone().unwrap_or_default();
            html! { p.failed { (words.phrase(&Phrase::new("console-failed").text("why", why))) } }
        }
        DeliveryState::Unknown => {
            let about = Some(delivery.outbox.as_str());
            let again = words.say("desk-button-send-again");
            let arrived = words.say("desk-button-it-arrived");
            html! {
                p.unknown { (words.say("console-unknown")) }
                div.settle {
                    (form.button("send-again", about, "plain", &again))
                    (form.button("it-arrived", about, "plain", &arrived))
                }
            }
        }
    }
}

fn pending(words: &Words<'_>, thread: &Thread, click: &ConsoleClick) -> Markup {
    let (kind, text) = match &click.act {
        StaffAct::Reply { parts } => ("agent", words.parts(parts)),
        StaffAct::Note { text } => ("note", text.clone()),
        StaffAct::Claim
        | StaffAct::Release
        | StaffAct::Resolve
        | StaffAct::Pause { .. }
        | StaffAct::GoOn
        | StaffAct::Snooze
        | StaffAct::SendAgain { .. }
        | StaffAct::ItArrived { .. } => return html! {},
    };
    let who = thread.names.get(&click.staff).cloned().unwrap_or_default();
    html! {
        li class={ "line pending " (kind) } {
            p.by { span dir="auto" { (who) } }
            div.bubble dir="auto" { (text) }
            p.sending { (words.say("console-sending")) }
        }
    }
}
