//! What happened to a conversation, as sentences; and what was refused just now.

use maud::{Markup, html};

use crate::console::words::{Words, time};
use crate::domain::handoff::LateChoice;
use crate::domain::phrase::Phrase;
use crate::domain::staff::Staff;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::timeline::{Fact, FactKind};
use crate::store::views::Thread;

/// How long a refusal is shown to whoever was refused.
const REFUSAL_SHOWN: Millis = Millis::seconds(30);

/// The timeline, folded.
pub(super) fn folded(words: &Words<'_>, thread: &Thread) -> Markup {
    html! {
        details #facts {
            summary { (words.say("console-timeline")) " " span.count { (thread.facts.len()) } }
            ol.facts {
                @for fact in &thread.facts {
                    li { (time(fact.at)) " " span dir="auto" { (sentence(words, thread, fact)) } }
                }
            }
        }
    }
}

/// Why the last act of this person changed nothing, if that was just now.
pub(super) fn refusal(words: &Words<'_>, staff: &Staff, thread: &Thread, now: Timestamp) -> Markup {
    let mine = |fact: &&Fact| fact.staff.as_ref() == Some(&staff.id);
    let last = thread.facts.iter().rev().find(mine);
    let text = match last {
        Some(fact) if now - fact.recorded_at < REFUSAL_SHOWN => match &fact.kind {
            FactKind::ClaimLost { winner, .. } => {
                let agent = thread.names.get(winner).cloned().unwrap_or_default();
                Some(words.phrase(&Phrase::new("desk-was-faster").text("agent", agent)))
            }
            FactKind::RefusedAct { .. } => Some(words.say("console-refused")),
            _ => None,
        },
        _ => None,
    };
    html! { @if let Some(text) = text { p.notice role="alert" { (text) } } }
}

fn sentence(words: &Words<'_>, thread: &Thread, fact: &Fact) -> String {
    let agent = fact
        .staff
        .as_ref()
        .and_then(|staff| thread.names.get(staff))
        .cloned()
        .unwrap_or_default();
    let phrase = Phrase::new(key(&fact.kind)).text("agent", agent);
    words.phrase(&match &fact.kind {
        FactKind::LeadsCalled { leads, .. } => {
            let names = leads.iter().filter_map(|lead| thread.names.get(lead));
            let names: Vec<&str> = names.map(String::as_str).collect();
            phrase.text("leads", names.join(", "))
        }
        FactKind::Snoozed { until } => phrase.text("length", words.length(*until - fact.at)),
        _ => phrase,
    })
}

fn key(kind: &FactKind) -> &'static str {
    match kind {
        FactKind::Opened { .. } => "console-fact-opened",
        FactKind::CustomerWrote { .. } => "console-fact-customer-wrote",
        FactKind::CustomerThanked { .. } => "console-fact-customer-thanked",
        FactKind::CustomerEdited { .. } => "console-fact-customer-edited",
        FactKind::LangRecognised { .. } => "console-fact-lang",
        FactKind::InSegment { .. } => "console-fact-segment",
        FactKind::PreferenceAsked => "console-fact-preference-asked",
        FactKind::PreferenceSet { .. } => "console-fact-preference-set",
        FactKind::Decided { .. } => "console-fact-decided",
        FactKind::BotAnswered { .. } => "console-fact-bot-answered",
        FactKind::Helped { yes: true } => "console-fact-helped",
        FactKind::Helped { yes: false } => "console-fact-did-not-help",
        FactKind::HandoffAsked { .. } => "console-fact-handoff",
        FactKind::AcknowledgementSent { .. } => "console-fact-acknowledged",
        FactKind::Claimed { .. } => "console-fact-claimed",
        FactKind::ClaimLost { .. } => "console-fact-claim-lost",
        FactKind::Released { .. } => "console-fact-released",
        FactKind::LeaseExpired { .. } => "console-fact-lease",
        FactKind::AgentReplied { .. } => "console-fact-replied",
        FactKind::ReplyFailed { .. } => "console-fact-reply-failed",
        FactKind::DeliveryUnknown { .. } => "console-fact-unknown",
        FactKind::DeliverySettled { arrived: true, .. } => "console-fact-arrived",
        FactKind::DeliverySettled { arrived: false, .. } => "console-fact-not-arrived",
        FactKind::NoteWritten { .. } => "console-fact-note",
        FactKind::Paused { .. } => "console-fact-paused",
        FactKind::Resumed => "console-fact-resumed",
        FactKind::TargetSet(_) => "console-fact-target",
        FactKind::WarningGiven { .. } => "console-fact-warning",
        FactKind::Breached { .. } => "console-fact-breached",
        FactKind::LeadsCalled { .. } => "console-fact-leads-called",
        FactKind::ChoiceOffered { .. } => "console-fact-choice-offered",
        FactKind::ChoiceMade {
            choice: LateChoice::Wait,
        } => "console-fact-waits-on",
        FactKind::ChoiceMade {
            choice: LateChoice::Leave,
        } => "console-fact-left",
        FactKind::ChoiceMade {
            choice: LateChoice::Bot,
        } => "console-fact-chose-bot",
        FactKind::HandoffTakenBack { .. } => "console-fact-taken-back",
        FactKind::Snoozed { .. } => "console-fact-snoozed",
        FactKind::Resolved { by_bot: true, .. } => "console-fact-resolved-by-bot",
        FactKind::Resolved { by_bot: false, .. } => "console-fact-resolved",
        FactKind::Reopened => "console-fact-reopened",
        FactKind::Closed => "console-fact-closed",
        FactKind::CustomerBlocked => "console-fact-blocked",
        FactKind::CustomerUnblocked => "console-fact-unblocked",
        FactKind::RoomOpened { .. } => "console-fact-room",
        FactKind::RoomGone { .. } => "console-fact-room-gone",
        FactKind::RefusedAct { .. } => "console-fact-refused",
    }
}
