//! The command line: one file per command, thin.
//!
//! Invariant: results go to stdout, logs to stderr; the exit status is 0 when it was done, 1 when
//! it did not work, 2 when the call or the configuration is wrong.

mod backup;
mod console;
mod customer;
mod db;
mod demo;
mod doctor;
mod failure;
mod faq;
mod period;
mod report;
mod serve;
mod sla;
mod staff;
mod timeline;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use secrecy::ExposeSecret;

use crate::clock::{Clock, IdSource, SystemClock, SystemIds};
use crate::config::{self, Config, Loaded};
use crate::observe;
use crate::store::{Store, Way};

pub use failure::Failure;

/// Customer care on Discord, Telegram and the web, with human handoff.
#[derive(Debug, Parser)]
#[command(name = "careline", version, about, max_term_width = 100)]
struct Cli {
    /// The settings; `careline.toml` in the working folder where it exists.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How results are written.
    #[arg(long, global = true, value_enum, default_value_t)]
    format: Format,
    #[command(subcommand)]
    command: Option<Command>,
}

/// How results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run: channels, workers, console. What happens without a command.
    Serve(serve::Arguments),
    /// The same on a throw-away database, with an afternoon of customers to look at.
    Demo,
    /// Check the configuration, tokens, rights, database, wording and knowledge base.
    Doctor,
    /// The knowledge base: import, export, match, measure.
    #[command(subcommand)]
    Faq(faq::Command),
    /// Figures of the service.
    #[command(subcommand)]
    Report(report::Command),
    /// The service levels: calendars, and which targets whom.
    #[command(subcommand)]
    Sla(sla::Command),
    /// The facts that every figure is computed from.
    #[command(subcommand)]
    Timeline(timeline::Command),
    /// Who works at the desk, and what they may do.
    #[command(subcommand)]
    Staff(staff::Command),
    /// The web console.
    #[command(subcommand)]
    Console(console::Command),
    /// Everything about one person: out, or gone.
    #[command(subcommand)]
    Customer(customer::Command),
    /// The database.
    #[command(subcommand)]
    Db(db::Command),
    /// Print an example of careline.toml with every key.
    ExampleConfig,
}

/// What a command is given: settings, the doors to time and chance, and where its results go.
pub struct Context<'a> {
    /// The settings, and where they came from.
    pub loaded: Loaded,
    /// How results are written.
    pub format: Format,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub ids: Arc<dyn IdSource>,
    /// Where results go.
    pub out: &'a mut (dyn Write + Send),
}

impl Context<'_> {
    /// The settings.
    pub fn config(&self) -> &Config {
        &self.loaded.config
    }

    /// Opens the database of the settings, its schema up to date.
    pub async fn store(&self) -> Result<Store, Failure> {
        let database = &self.config().database;
        let way = Way {
            pooler: database.pooler,
            wire: None,
        };
        Store::open_by(database.url.expose_secret(), way)
            .await
            .map_err(Failure::from_open)
    }

    /// Whether results are for programs.
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }
}

/// Does what the arguments say and tells how it ended.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = match Cli::command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            // To stdout where help was asked for; there is nobody to tell when that is closed.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(2);
        }
    };
    let filter = std::env::var(observe::log::FILTER_VARIABLE).ok();
    observe::log::start(filter.as_deref());
    match start(cli, &mut std::io::stdout()) {
        Ok(()) | Err(Failure::ReaderLeft) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(failure.exit_status())
        }
    }
}

fn start(cli: Cli, out: &mut (dyn Write + Send)) -> Result<(), Failure> {
    if let Some(Command::ExampleConfig) = cli.command {
        out.write_all(config::EXAMPLE.as_bytes())?;
        return Ok(());
    }
    let loaded = config::load(cli.config.as_deref(), Path::new("."), std::env::vars_os())
        .map_err(|faults| Failure::Wrong(faults.to_string()))?;
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::not_done)?;
    let context = Context {
        loaded,
        format: cli.format,
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds::default()),
        out,
    };
    runtime.block_on(run(cli.command, context))
}

async fn run(command: Option<Command>, mut context: Context<'_>) -> Result<(), Failure> {
    let context = &mut context;
    match command.unwrap_or(Command::Serve(serve::Arguments::default())) {
        Command::Serve(arguments) => serve::run(arguments, context).await,
        Command::Demo => demo::run(context).await,
        Command::Doctor => doctor::run(context).await,
        Command::Faq(command) => faq::run(command, context).await,
        Command::Report(command) => report::run(command, context).await,
        Command::Sla(command) => sla::run(command, context).await,
        Command::Timeline(command) => timeline::run(command, context).await,
        Command::Staff(command) => staff::run(command, context).await,
        Command::Console(command) => console::run(command, context).await,
        Command::Customer(command) => customer::run(command, context).await,
        Command::Db(command) => db::run(command, context).await,
        Command::ExampleConfig => Ok(()),
    }
}

/// A text without what could move a terminal's cursor.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_command_is_serve_and_options_may_stand_anywhere() {
        let cli = Cli::parse_from(["careline"]);
        assert!(cli.command.is_none());
        let cli = Cli::parse_from([
            "careline", "doctor", "--format", "json", "--config", "x.toml",
        ]);
        assert_eq!(cli.format, Format::Json);
        assert_eq!(cli.config, Some("x.toml".into()));
    }
}
