//! The one test program. Each folder is one layer of tests; `support` is what they share.

mod browser;
mod calendars;
mod commands;
mod console;
mod crash;
mod discord;
mod faq;
mod nth_call;
mod operation;
mod scenarios;
mod several;
#[expect(dead_code, reason = "the command uses what the tests do not")]
mod simulation;
mod store;
mod support;
mod surge;
mod telegram;
mod tidy;
mod weather;
mod webchat;
