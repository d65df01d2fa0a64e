//! Careline: customer care on Discord, Telegram and the web, with human handoff.
//!
//! Five words carry it: **domain decides, store remembers, channels talk, workers drive, console
//! shows.**
//!
//! | folder | does | may import |
//! | --- | --- | --- |
//! | `domain` | decides: pure, no I/O, no clock, no platform, no SQL | itself |
//! | `wording` | every sentence that anybody is shown, from `prompts/` | `domain` |
//! | `design` | the look that web chat and console share | nothing |
//! | `semantic` | the optional embedding model: texts to points | `domain` |
//! | `store` | remembers: all SQL | `domain` |
//! | `channels` | talk: the only place that names teloxide, serenity or a web socket | `domain`, `design` |
//! | `reporting` | figures out of the store, as numbers, words and pictures | `store`, `wording`, `domain` |
//! | `workers` | drive: intake, delivery, alarms, stored figures, reports in chat | `store`, `channels` (the trait), `reporting`, `wording`, `domain` |
//! | `console` | shows: the web console | `store`, `reporting`, `wording`, `design`, `domain` |
//! | `observe` | tells operators: log, probes, metrics | `store`, `domain` |
//! | `app`, `cli` | compose and start all that | everything |
//!
//! # The walk of one message
//!
//! 1. A channel turns a platform's update into an [`channels::Arrival`] and gives it to its
//!    [`channels::Inlet`]: one commit puts it into the inbox; only then the platform is told.
//! 2. `workers::intake` takes the oldest arrival of a conversation, loads what the decision needs,
//!    calls the domain's `step` once, and writes state, outbox, timers and timeline in one commit.
//! 3. `workers::delivery` takes due rows of the outbox, marks them as being sent (a commit), has
//!    the channel deliver them, and writes the receipt or the failure.
//!    Only the holder of the bot's lease does (`workers::lease`); any number of processes may do
//!    the other steps.
//! 4. Staff's words, buttons, timers and clicks in the console are arrivals too: step 1 again.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod app;
pub mod channels;
pub mod cli;
pub mod clock;
pub mod config;
pub mod console;
pub mod design;
pub mod domain;
pub mod observe;
pub mod reporting;
pub mod semantic;
pub mod store;
pub mod wording;
pub mod workers;
