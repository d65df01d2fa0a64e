//! The handoff card as it is written into a room.

use super::render::{Renderer, shortened};
use crate::channels::TextLimit;
use crate::domain::customer::Customer;
use crate::domain::desk::card;
use crate::domain::engine::conversation::{Conversation, Phase};
use crate::domain::engine::effect::{ButtonAction, ButtonSpec, Label, StaffButton};
use crate::domain::outgoing::Look;
use crate::domain::phrase::Phrase;
use crate::domain::rich::split::split;
use crate::domain::rich::{RichText, Style};
use crate::domain::time::Timestamp;
use crate::store::messages::{Author, Line};

/// How many lines of the conversation stand on the card.
pub const CARD_LINES_MAX: i64 = 6;
/// How many lines, of how many characters each, are tried in turn until the card fits.
const CARD_SIZES: [(usize, usize); 5] = [(6, 300), (6, 160), (4, 120), (2, 80), (0, 0)];

/// The title of the room.
pub fn title(renderer: &Renderer<'_>, conversation: &Conversation, customer: &Customer) -> String {
    renderer
        .wording
        .say(renderer.lang, &card::title(conversation, customer))
}

/// The card's text: its lines, then the last of what was said, as much of it as fits.
pub fn text_within(
    renderer: &Renderer<'_>,
    conversation: &Conversation,
    customer: &Customer,
    recent: &[Line],
    now: Timestamp,
    limit: TextLimit,
) -> RichText {
    let mut text = RichText::default();
    for (lines_max, chars_max) in CARD_SIZES {
        let from = recent.len().saturating_sub(lines_max);
        text = heading(renderer, conversation, customer, now);
        for line in &recent[from..] {
            add_line(renderer, customer, line, chars_max, &mut text);
        }
        if (limit.units)(&text) <= limit.units_max {
            return text;
        }
    }
    // Even the heading alone is too long: a name or questions beyond all measure.
    let pieces = split(&text, limit.units_max, limit.units);
    pieces.into_iter().next().unwrap_or_default()
}

fn heading(
    renderer: &Renderer<'_>,
    conversation: &Conversation,
    customer: &Customer,
    now: Timestamp,
) -> RichText {
    let mut text = RichText::default();
    let lines = card::lines(conversation, customer, |key| renderer.question(key), now);
    for (index, line) in lines.iter().enumerate() {
        let words = renderer.wording.say(renderer.lang, line);
        let style = Style {
            bold: index == 0,
            ..Style::default()
        };
        text.push_styled(words, style);
        text.push("\n");
    }
    text
}

fn add_line(
    renderer: &Renderer<'_>,
    customer: &Customer,
    line: &Line,
    chars_max: usize,
    text: &mut RichText,
) {
    let who = match line.author {
        Author::Customer => "desk-line-customer",
        Author::Bot => "desk-line-bot",
        Author::Agent | Author::Note => "desk-line-agent",
    };
    let words = shortened(&renderer.parts(&line.parts), chars_max);
    let phrase = Phrase::new(who)
        .text("name", &customer.name)
        .text("words", words);
    text.push("\n");
    text.push(renderer.wording.say(renderer.lang, &phrase));
}

/// The buttons that make sense where the conversation stands.
pub fn buttons(conversation: &Conversation) -> Vec<Vec<ButtonSpec>> {
    let button = |key, act, look| ButtonSpec {
        label: Label::Phrase(Phrase::new(key)),
        action: ButtonAction::Staff { act },
        look,
    };
    let reply = || button("desk-button-reply", StaffButton::Reply, Look::Primary);
    let note = || button("desk-button-note", StaffButton::Note, Look::Plain);
    let resolve = || button("desk-button-resolve", StaffButton::Resolve, Look::Good);
    match &conversation.state.phase {
        Phase::Waiting { .. } | Phase::Answering { .. } => {
            vec![vec![
                button("desk-button-claim", StaffButton::Claim, Look::Primary),
                note(),
                resolve(),
            ]]
        }
        Phase::WithAgent { .. } => vec![vec![
            reply(),
            note(),
            resolve(),
            button("desk-button-release", StaffButton::Release, Look::Plain),
        ]],
        Phase::Resolved { .. } | Phase::Closed => Vec::new(),
    }
}
