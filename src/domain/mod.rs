//! DECIDES. Everything Careline knows about customer care, as pure functions over plain values.
//!
//! Invariant: nothing in here is async, does I/O, reads a clock, names a platform's types or
//! writes SQL; it imports nothing of ours but itself. Same input, same decision.

pub mod customer;
pub mod delivery;
pub mod desk;
pub mod dues;
pub mod engine;
pub mod handoff;
pub mod ids;
pub mod knowledge;
pub mod lang;
pub mod message;
pub mod outgoing;
pub mod phrase;
pub mod picture;
pub mod place;
pub mod preference;
pub mod report;
pub mod rich;
pub mod sla;
pub mod staff;
pub mod standing;
pub mod time;
pub mod timeline;
