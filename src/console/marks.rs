//! What stands beside a conversation in the queue: how far the ladder of its wait was climbed, and
//! for leads what needs them.

use maud::{Markup, html};

use super::words::Words;
use crate::domain::handoff::{Handoff, LateChoice};
use crate::domain::phrase::Phrase;
use crate::domain::sla::plan::Due;
use crate::domain::staff::{Role, Staff};
use crate::domain::time::Timestamp;
use crate::store::views::Matter;

/// The marks of one conversation.
pub(super) fn marks(words: &Words<'_>, matter: &Matter, now: Timestamp) -> Markup {
    let handoff = matter.state.handoff();
    let waiting = handoff.filter(|handoff| handoff.waiting_since().is_some());
    let due = waiting.and_then(running_due);
    let quiet = handoff.and_then(|handoff| quiet_until(handoff, now));
    let has_left = waiting.is_some_and(|handoff| handoff.choice == Some(LateChoice::Leave));
    html! {
        @match due {
            Some(due) if due.due_at <= now => span.chip.missed { (words.say("console-missed")) },
            Some(due) if due.warn_at <= now => span.chip.near { (words.say("console-near")) },
            Some(_) | None => {}
        }
        @if waiting.is_some_and(leads_were_called) {
            span.chip.missed { (words.say("console-leads-called")) }
        }
        @for clock in &matter.state.targets_told.missed {
            @let clock = words.say(clock.phrase_key());
            span.chip.missed {
                (words.phrase(&Phrase::new("console-target-missed").text("clock", clock)))
            }
        }
        @if has_left { span.chip { (words.say("console-left")) } }
        @if let Some(until) = quiet {
            @let length = words.length(until - now);
            span.chip { (words.phrase(&Phrase::new("console-snoozed").text("length", length))) }
        }
    }
}

/// For a lead: the conversations for which leads were called and that nobody has answered since.
pub(super) fn needs_lead(
    words: &Words<'_>,
    staff: &Staff,
    matters: &[Matter],
    now: Timestamp,
) -> Markup {
    let is_calling = |matter: &&Matter| {
        let handoff = matter.state.handoff();
        handoff.is_some_and(|handoff| {
            leads_were_called(handoff) && quiet_until(handoff, now).is_none()
        })
    };
    let calling: Vec<&Matter> = matters.iter().filter(is_calling).collect();
    if staff.role < Role::Lead || calling.is_empty() {
        return html! {};
    }
    html! {
        p.notice #needs-lead role="alert" {
            (words.phrase(&Phrase::new("console-needs-lead").count("n", calling.len())))
            @for matter in calling {
                " " a href={ "/console/conversations/" (matter.id) } dir="auto" {
                    (matter.customer) " (" (matter.code) ")"
                }
            }
        }
    }
}

fn running_due(handoff: &Handoff) -> Option<&Due> {
    handoff.due.as_ref().filter(|_| handoff.paused_at.is_none())
}

/// Whether the leads were called for the wait that runs.
fn leads_were_called(handoff: &Handoff) -> bool {
    let due = running_due(handoff);
    due.is_some_and(|due| handoff.leads_called_since == Some(due.since))
}

fn quiet_until(handoff: &Handoff, now: Timestamp) -> Option<Timestamp> {
    handoff.snoozed_until.filter(|until| now < *until)
}
