//! The handoff card: everything that the person who answers needs, in a few lines.

use crate::domain::customer::Customer;
use crate::domain::engine::conversation::{Conversation, Phase, Tried};
use crate::domain::engine::waiting_since;
use crate::domain::lang::Lang;
use crate::domain::phrase::Phrase;
use crate::domain::place::ChannelKind;
use crate::domain::preference::HumanPreference;
use crate::domain::time::Timestamp;

/// The title of the conversation's room.
pub fn title(conversation: &Conversation, customer: &Customer) -> Phrase {
    Phrase::new("desk-room-title")
        .text("name", &customer.name)
        .phrase("channel", channel(conversation.place.channel))
        .text("code", &conversation.code)
}

/// The card's lines: who, how they want to be served, why they are here, what was tried, where it
/// stands. `question` gives an entry's question in the desk's language.
pub fn lines(
    conversation: &Conversation,
    customer: &Customer,
    question: impl Fn(&crate::domain::ids::EntryKey) -> String,
    now: Timestamp,
) -> Vec<Phrase> {
    let mut lines = vec![
        Phrase::new("desk-card-who")
            .text("name", &customer.name)
            .phrase("channel", channel(conversation.place.channel))
            .phrase("language", language(customer.lang))
            .text("code", &conversation.code),
        preference(customer.preference),
    ];
    if let Some(handoff) = conversation.handoff() {
        let reason = Phrase::new(handoff.reason.phrase_key());
        lines.push(Phrase::new("desk-card-reason").phrase("reason", reason));
    }
    lines.push(tried(conversation, question));
    lines.push(standing(conversation, now));
    lines
}

fn standing(conversation: &Conversation, now: Timestamp) -> Phrase {
    let waited = waiting_since(conversation).map(|since| (now - since).or_zero());
    match (&conversation.state.phase, waited) {
        (Phase::WithAgent { agent_name, .. }, _) => {
            Phrase::new("desk-card-claimed").text("agent", agent_name)
        }
        (Phase::Waiting { .. }, Some(waited)) => {
            Phrase::new("desk-card-waiting").minutes("minutes", waited)
        }
        (Phase::Resolved { by: Some(by), .. }, _) => {
            Phrase::new("desk-card-resolved").text("agent", by)
        }
        (
            Phase::Waiting { .. }
            | Phase::Answering { .. }
            | Phase::Resolved { by: None, .. }
            | Phase::Closed,
            _,
        ) => Phrase::new("desk-card-with-bot"),
    }
}

fn tried(
    conversation: &Conversation,
    question: impl Fn(&crate::domain::ids::EntryKey) -> String,
) -> Phrase {
    match conversation.state.tried.last() {
        Some(Tried::Answered { entry }) => {
            Phrase::new("desk-card-tried-answer").text("question", question(entry))
        }
        Some(Tried::Offered { entries }) => {
            let questions: Vec<String> = entries.iter().map(question).collect();
            Phrase::new("desk-card-tried-offer").text("questions", questions.join(" · "))
        }
        Some(Tried::Nothing) => Phrase::new("desk-card-tried-unsure"),
        None => Phrase::new("desk-card-tried-nothing"),
    }
}

/// A channel's name.
pub fn channel(channel: ChannelKind) -> Phrase {
    Phrase::new(match channel {
        ChannelKind::Telegram => "desk-channel-telegram",
        ChannelKind::Discord => "desk-channel-discord",
        ChannelKind::Web => "desk-channel-web",
    })
}

/// A language's name.
pub fn language(lang: Option<Lang>) -> Phrase {
    Phrase::new(match lang {
        Some(Lang::En) => "desk-language-en",
        Some(Lang::Vi) => "desk-language-vi",
        Some(Lang::Zh) => "desk-language-zh",
        None => "desk-language-unknown",
    })
}

fn preference(preference: Option<HumanPreference>) -> Phrase {
    Phrase::new(match preference {
        Some(HumanPreference::HumanFirst) => "desk-card-human-first",
        Some(HumanPreference::HumanIfUnsure) => "desk-card-human-if-unsure",
        Some(HumanPreference::BotIsFine) => "desk-card-bot-is-fine",
        None => "desk-card-no-preference",
    })
}
