//! `careline timeline export`: the facts, as JSONL.

use clap::Subcommand;

use super::period::Period;
use super::{Context, Failure};
use crate::store::timeline;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write the facts to stdout, one JSON object a line, in the order of writing down.
    Export(Period),
}

pub(super) async fn run(command: Command, context: &mut Context<'_>) -> Result<(), Failure> {
    let Command::Export(period) = command;
    let (from, until) = period.bounds()?;
    let store = context.store().await?;
    let facts = timeline::of_period(&mut store.read().await?, from, until).await?;
    for fact in facts {
        let line = serde_json::to_string(&fact).map_err(Failure::not_done)?;
        writeln!(context.out, "{line}")?;
    }
    store.close().await;
    Ok(())
}
