//! What the bot could not answer: which questions those were, which of them ask the same, and what
//! a person answered that worked.
//!
//! Invariants: a gap is read from the facts, so that every count can be recomputed; whoever is
//! shown a customer's or a colleague's words is shown them with what names a person struck out.

pub mod draft;
pub mod grouping;
pub mod reading;
pub mod struck_out;
pub mod summary;

pub use reading::{Evidence, Gap, GapKind, gaps};
pub use struck_out::{Names, STRUCK, struck_out};
