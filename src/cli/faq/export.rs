//! `careline faq export`.

use clap::ValueEnum;

use super::{Context, Failure, entries};
use crate::domain::knowledge::file::{FileKind, write};

/// What the base is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Kind {
    /// For editing by hand and for git.
    #[default]
    Yaml,
    /// One entry in one language a line.
    Jsonl,
    /// For spreadsheets.
    Csv,
}

pub(super) async fn run(kind: Kind, context: &mut Context<'_>) -> Result<(), Failure> {
    let kind = match kind {
        Kind::Yaml => FileKind::Yaml,
        Kind::Jsonl => FileKind::Jsonl,
        Kind::Csv => FileKind::Csv,
    };
    let entries = entries(context).await?;
    context.out.write_all(write(&entries, kind).as_bytes())?;
    Ok(())
}
