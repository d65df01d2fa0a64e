//! The desk: what staff can do to a conversation, and who of them may.

pub mod act;
pub mod card;
