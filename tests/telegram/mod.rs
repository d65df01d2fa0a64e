//! Telegram: the fake itself, and the adapter against it.

mod fake;
mod fetched;
mod foreign;
mod kinds;
mod program;
mod pushed;
mod rig;
mod rooms;
mod said;
mod unsure;
