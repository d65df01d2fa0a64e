//! DRIVE. The loops that move arrivals to decisions and decisions to the platforms.
//!
//! Invariant: only [`intake`] changes conversations, only [`delivery`] calls `Channel::deliver`;
//! neither holds anything in memory that the database does not have, so any of them may die at
//! any moment.

pub mod alarms;
pub mod delivery;
pub mod figures;
pub mod forms;
pub mod inlet;
pub mod intake;
pub mod lease;
pub mod report;
pub mod reporter;
pub mod web_log;

use std::sync::Arc;

use tokio::sync::Notify;

/// Wakes workers of this process when there is something to do; what is missed is found by the
/// next look, at most [`LOOK_EVERY`] later.
#[derive(Clone, Debug, Default)]
pub struct Wakes {
    /// There are new arrivals.
    pub arrivals: Arc<Notify>,
    /// There is something to deliver.
    pub outgoing: Arc<Notify>,
    /// Staff asked for a report.
    pub reports: Arc<Notify>,
    /// A conversation changed: the console looks again.
    pub changes: Arc<Notify>,
}

/// How often a worker looks whether there is something to do that nobody woke it for.
pub const LOOK_EVERY: std::time::Duration = std::time::Duration::from_millis(100);
