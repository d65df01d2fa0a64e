//! Telegram: the fake itself, and the adapter against it.

mod fake;
mod foreign;
