//! `careline faq`: the knowledge base, in and out, and what it would answer.

mod check;
mod eval;
mod export;
mod gaps;
mod import;
mod matching;
mod show;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Subcommand;
use jiff::civil::Date;
use serde_json::json;

use super::{Context, Failure, printable};
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::differences::{Difference, Part};
use crate::domain::knowledge::meaning::Sense;
use crate::domain::knowledge::upkeep::PARTS;
use crate::domain::knowledge::{Entry, KnowledgeIndex, parse_key};
use crate::domain::lang::Lang;
use crate::domain::preference::HumanPreference;
use crate::reporting::days::day_of;
use crate::reporting::gathered::desk_zone;
use crate::semantic::of_settings;
use crate::store::{Tx, knowledge, plans};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Take in entries from YAML, JSONL or CSV files: all of them or, with a single fault, none.
    Import {
        /// The files; what they say together is one base.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Say what would change, and change nothing.
        #[arg(long)]
        dry_run: bool,
        /// Retire entries, and drop languages, that the files do not have.
        #[arg(long)]
        prune: bool,
    },
    /// Write the base to stdout.
    Export {
        /// As what.
        #[arg(long = "as", value_enum, default_value_t)]
        kind: export::Kind,
    },
    /// List the entries.
    List,
    /// Show one entry.
    Show {
        /// Its key.
        key: String,
    },
    /// Show who changed an entry when.
    History {
        /// Its key.
        key: String,
    },
    /// Say what the bot would do with a text, and why.
    Match {
        /// The text, as a customer would write it.
        text: String,
        /// The language that the customer is known to use: en, vi or zh.
        #[arg(long, value_parser = lang)]
        lang: Option<Lang>,
        /// human-first, human-if-unsure or bot-is-fine.
        #[arg(long, value_parser = preference, default_value = "human-if-unsure")]
        preference: HumanPreference,
        /// Most candidates that are named.
        #[arg(long, default_value_t = 5)]
        top: usize,
    },
    /// Measure the base against labelled questions.
    Eval {
        /// JSONL: {"text", "lang", "key"}; key null for what no entry answers.
        file: PathBuf,
        /// human-first, human-if-unsure or bot-is-fine.
        #[arg(long, value_parser = preference, default_value = "human-if-unsure")]
        preference: HumanPreference,
    },
    /// Find entries that get in each other's way, stale ones and missing languages; or say what an
    /// edit would change for what customers asked last.
    Check {
        /// Files as for import: nothing is changed, the last questions are asked of the base as it
        /// would be.
        #[arg(long, num_args = 1..)]
        edited: Vec<PathBuf>,
        /// With --edited: as if entries and languages that the files do not have were retired.
        #[arg(long, requires = "edited")]
        prune: bool,
        /// With --edited: how many of the last messages are asked.
        #[arg(long, default_value_t = 1_000, requires = "edited",
            value_parser = clap::value_parser!(u32).range(1..=100_000))]
        questions: u32,
        /// With --edited: human-first, human-if-unsure or bot-is-fine.
        #[arg(long, value_parser = preference, default_value = "human-if-unsure", requires = "edited")]
        preference: HumanPreference,
    },
    /// Do something about questions that the bot could not answer.
    #[command(subcommand)]
    Gaps(gaps::Command),
    /// List the entries that are being written.
    Drafts,
    /// Let customers have an entry that is being written.
    Publish {
        /// Its key.
        key: String,
    },
    /// Throw away an entry that is being written.
    Discard {
        /// Its key.
        key: String,
    },
}

pub(super) async fn run(command: Command, context: &mut Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Import {
            files,
            dry_run,
            prune,
        } => import::run(&files, import::How { dry_run, prune }, context).await,
        Command::Export { kind } => export::run(kind, context).await,
        Command::List => show::list(context).await,
        Command::Show { key } => show::one(&key_of(&key)?, context).await,
        Command::History { key } => show::history(&key_of(&key)?, context).await,
        Command::Match {
            text,
            lang,
            preference,
            top,
        } => {
            let asked = matching::Asked {
                text: &text,
                lang,
                preference,
                top,
            };
            matching::run(asked, context).await
        }
        Command::Eval { file, preference } => eval::run(&file, preference, context).await,
        Command::Check { edited, .. } if edited.is_empty() => check::run(context).await,
        Command::Check {
            edited,
            prune,
            questions,
            preference,
        } => {
            let edit = check::Edit {
                files: &edited,
                prune,
                questions,
                preference,
            };
            check::dry_run(edit, context).await
        }
        Command::Gaps(command) => gaps::run(command, context).await,
        Command::Drafts => gaps::list(context).await,
        Command::Publish { key } => gaps::publish(&key_of(&key)?, context).await,
        Command::Discard { key } => gaps::discard(&key_of(&key)?, context).await,
    }
}

/// The embedding model of the settings, where one is set and can be used.
fn semantic(context: &Context<'_>) -> Option<Arc<dyn Sense>> {
    of_settings(context.config().knowledge.semantic_model.as_deref())
}

/// An index as `serve` would have it.
fn index(
    entries: &[Entry],
    semantic: Option<Arc<dyn Sense>>,
    context: &Context<'_>,
) -> KnowledgeIndex {
    KnowledgeIndex::build(entries)
        .with_costs(context.config().knowledge.costs)
        .with_sense(semantic)
}

/// The entries in use.
async fn entries(context: &Context<'_>) -> Result<Vec<Entry>, Failure> {
    let store = context.store().await?;
    let mut tx = store.read().await?;
    let entries = knowledge::entries(&mut tx).await?;
    drop(tx);
    store.close().await;
    Ok(entries)
}

/// The day at the desk.
async fn today(tx: &mut Tx, context: &Context<'_>) -> Result<Date, Failure> {
    let plans = plans::all(tx, &context.config().usual_policy()).await?;
    Ok(day_of(context.clock.now(), &desk_zone(&plans)))
}

/// The entries that are answered from now.
async fn entries_today(context: &Context<'_>) -> Result<Vec<Entry>, Failure> {
    let store = context.store().await?;
    let mut tx = store.read().await?;
    let mut entries = knowledge::entries(&mut tx).await?;
    let today = today(&mut tx, context).await?;
    drop(tx);
    store.close().await;
    entries.retain(|entry| entry.upkeep.holds_on(today));
    Ok(entries)
}

/// Writes what differs between two versions, place by place: what is gone, then what is new.
fn write_differences(differences: &[Difference], context: &mut Context<'_>) -> Result<(), Failure> {
    /// The most lines of one place that are written on each side; the rest is counted.
    const LINES_MAX: usize = 20;
    for difference in differences {
        writeln!(context.out, "         {}", place_of(difference.part))?;
        for (sign, lines) in [('-', &difference.gone), ('+', &difference.new)] {
            for line in lines.iter().take(LINES_MAX) {
                writeln!(context.out, "           {sign} {}", printable(line))?;
            }
            if lines.len() > LINES_MAX {
                let more = lines.len() - LINES_MAX;
                writeln!(context.out, "           {sign} … and {more} more")?;
            }
        }
    }
    Ok(())
}

/// The same for programs.
fn differences_json(differences: &[Difference]) -> Vec<serde_json::Value> {
    let each = differences.iter();
    each.map(|one| json!({"part": place_of(one.part), "gone": one.gone, "new": one.new}))
        .collect()
}

/// A place in an entry, as files name it: `answer.en`.
fn place_of(part: Part) -> String {
    match part {
        Part::Tags => "tags".to_owned(),
        Part::Triggers => "triggers".to_owned(),
        Part::Question(lang) => format!("question.{}", lang.code()),
        Part::Phrasings(lang) => format!("phrasings.{}", lang.code()),
        Part::Answer(lang) => format!("answer.{}", lang.code()),
        Part::OtherAnswers(lang) => format!("other_answers.{}", lang.code()),
        Part::ValidFrom => PARTS[0].to_owned(),
        Part::ValidTo => PARTS[1].to_owned(),
        Part::ReviewOn => PARTS[2].to_owned(),
        Part::Owner => PARTS[3].to_owned(),
    }
}

fn key_of(text: &str) -> Result<EntryKey, Failure> {
    parse_key(text).map_err(Failure::wrong)
}

fn lang(text: &str) -> Result<Lang, String> {
    Lang::ALL
        .into_iter()
        .find(|lang| lang.code() == text)
        .ok_or_else(|| "write en, vi or zh".to_owned())
}

fn preference(text: &str) -> Result<HumanPreference, String> {
    HumanPreference::from_name(text)
        .ok_or_else(|| "write human-first, human-if-unsure or bot-is-fine".to_owned())
}

/// The codes of the languages of an entry, `en vi`.
fn lang_codes(entry: &Entry) -> Vec<&'static str> {
    entry.texts.keys().map(|lang| lang.code()).collect()
}

/// Writes a value as one line of JSON.
fn write_json(context: &mut Context<'_>, value: &serde_json::Value) -> Result<(), Failure> {
    writeln!(context.out, "{value}")?;
    Ok(())
}
