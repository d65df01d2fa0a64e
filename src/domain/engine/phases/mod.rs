//! What each kind of event does, phase by phase.

pub(super) mod answering;
pub(super) mod choosing;
pub(super) mod customer;
pub(super) mod delivery;
pub(super) mod flood;
pub(super) mod handing_over;
pub(super) mod ladder;
pub(super) mod late;
pub(super) mod resolving;
pub(super) mod staff;
pub(super) mod targets;
pub(super) mod timers;
