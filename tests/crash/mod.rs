//! The real binary under load, killed with SIGKILL again and again, and with it the database:
//! every message is handled once, none is lost, none is sent twice, and what nobody can know is
//! counted and reported.

pub mod crowd;
mod database;
mod discord;
mod figures;
mod telegram;

use std::time::Duration;

/// How long the program has for what it must do.
const PATIENCE: Duration = Duration::from_secs(60);
