//! `careline report`: figures, computed from the timeline.

use clap::Subcommand;

use super::{Context, Failure};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Response times, waits and resolutions against their targets.
    Sla,
}

pub(super) async fn run(_command: Command, _context: &mut Context<'_>) -> Result<(), Failure> {
    Err(Failure::not_done("not there yet"))
}
