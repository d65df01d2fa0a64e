//! Which rows of the outbox leave, and in which order: classes with floors, conversations in turn,
//! what the platforms allow, and when a bot may not send at all.
//!
//! Invariant: what is chosen depends on the rows, the budgets and the time alone; whatever of it
//! must outlive the process is plain data, written by the delivery in the commit that takes rows.

pub mod budgets;
pub mod choice;
pub mod class;
pub mod gate;
pub mod joining;
pub mod pace;
pub mod recent;
pub mod turns;

use crate::domain::time::Millis;

/// From this age on the bot's answer does not leave any more: a person answers instead.
pub const ANSWER_LEAVES_WITHIN: Millis = Millis::minutes(10);
