//! A customer who writes more at once than anybody can answer one by one.

use crate::domain::engine::effect::{Effect, Purpose, Speech, Tell};
use crate::domain::engine::event::CustomerMessage;
use crate::domain::engine::{Step, World};
use crate::domain::message::plain_text;
use crate::domain::phrase::Phrase;
use crate::domain::time::Millis;

/// From so many messages read together on it is a flood.
const FLOOD_FROM: usize = 20;
/// How long a flood is not spoken of again.
const TOLD_OF_FLOOD_FOR: Millis = Millis::hours(1);

/// The most characters of a flood that the bot looks at; the desk is shown more.
const LOOKED_AT_CHARS_MAX: usize = 500;

/// The words that the bot looks at: of a flood no more than its beginning.
pub fn looked_at(message: &CustomerMessage) -> String {
    let words = plain_text(&message.parts);
    if message.read_together == 0 {
        return words;
    }
    words.chars().take(LOOKED_AT_CHARS_MAX).collect()
}

/// Tells a customer who writes in a flood, once, that everything is kept.
pub fn tell(step: &mut Step, message: &CustomerMessage, world: &World<'_>) {
    let told_at = step.next.state.told_of_flood_at;
    let was_told = told_at.is_some_and(|at| world.now - at < TOLD_OF_FLOOD_FOR);
    if message.read_together < FLOOD_FROM || was_told {
        return;
    }
    step.next.state.told_of_flood_at = Some(world.now);
    step.push(Effect::Tell(Tell {
        say: Speech::Phrase(Phrase::new("customer-too-many-messages")),
        buttons: Vec::new(),
        purpose: Purpose::Notice,
        message: None,
        staff: None,
    }));
}
