//! `careline db`: the schema, the check of all figures, a copy.

use std::path::PathBuf;

use clap::Subcommand;

use super::{Context, Failure};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Bring the database's schema up to date.
    Migrate,
    /// Recompute every stored figure and state from the timeline; name each difference.
    Verify,
    /// Write a copy of the database that is complete in itself, while it is in use.
    Backup {
        /// The new file; must not exist.
        file: PathBuf,
    },
}

pub(super) async fn run(command: Command, context: &mut Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Migrate => migrate(context).await,
        Command::Verify => Err(Failure::not_done("not there yet")),
        Command::Backup { file } => backup(context, file).await,
    }
}

async fn migrate(context: &mut Context<'_>) -> Result<(), Failure> {
    // Opening does it.
    let store = context.store().await?;
    store.close().await;
    if context.is_json() {
        writeln!(context.out, "{{\"migrated\":true}}")?;
    } else {
        writeln!(context.out, "The schema is up to date.")?;
    }
    Ok(())
}

async fn backup(context: &mut Context<'_>, file: PathBuf) -> Result<(), Failure> {
    let store = context.store().await?;
    if !store.is_sqlite() {
        return Err(Failure::wrong(
            "this database is PostgreSQL; copy it with: pg_dump --format=custom --file=FILE \"$DATABASE_URL\"",
        ));
    }
    if file.exists() {
        return Err(Failure::wrong(format!(
            "{} exists already; name a new file",
            file.display()
        )));
    }
    store.back_up(&file).await?;
    store.close().await;
    if context.is_json() {
        let line = serde_json::json!({ "backup": file });
        writeln!(context.out, "{line}")?;
    } else {
        writeln!(context.out, "Copied to {}", file.display())?;
    }
    Ok(())
}
