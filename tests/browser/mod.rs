//! The web chat and the console in a real browser, against the real program.

mod chat;
mod desk;
mod editing;
mod embed;
