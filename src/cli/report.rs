//! `careline report`: figures, computed from the timeline.

mod compared;
mod for_people;
mod knowledge;
mod staffing;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use jiff::tz::TimeZone;

use super::period::Period;
use super::{Context, Failure};
use crate::domain::lang::Lang;
use crate::domain::report::sla::By;
use crate::reporting::days::zone_named;
use crate::reporting::gathered::{Gathered, Scope};
use crate::reporting::picture::Span;
use crate::reporting::report::{About, Report};
use crate::wording::{Wording, Words};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// How long customers waited for what, against the targets.
    ///
    /// It is about the conversations that began in the period, with all that came of them since.
    Sla {
        #[command(flatten)]
        general: Arguments,
        /// Break it down.
        #[arg(long, value_enum)]
        by: Option<ByName>,
    },
    /// Why persons were called, who came and how soon, and how it went out.
    ///
    /// It is about the conversations that began in the period, with all that came of them since.
    Handoffs(Arguments),
    /// How many agents each hour of the week needs, beside who was on duty.
    ///
    /// Measured on the conversations that began in the period.
    Staffing {
        #[command(flatten)]
        general: Arguments,
        #[command(flatten)]
        wanted: staffing::Need,
    },
    /// What the bot could not answer: groups of the same question, with examples and what a person
    /// answered that worked; and which wordings of its answers help more.
    ///
    /// The questions are those of the conversations that began in the period; names and numbers are
    /// struck out. Wordings are compared since they were written, whatever the period; in CSV stand
    /// the questions alone.
    Knowledge(knowledge::Arguments),
}

/// What every report is asked for with.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    period: Period,
    /// The time zone of hours.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    zone: String,
    /// The language of a picture; that of the staff rooms without it.
    #[arg(long, value_name = "LANGUAGE", value_parser = ["en", "vi", "zh"])]
    lang: Option<String>,
    /// In which form; without it, a table, or JSON with --format json.
    #[arg(long = "as", value_enum, value_name = "FORM")]
    form: Option<Form>,
    /// Write it to a new file instead of stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ByName {
    /// The customer's channel.
    Channel,
    /// Who ended the wait, or has the conversation.
    Agent,
    /// The customer's language.
    Language,
    /// The customer's segment.
    Segment,
    /// The hour of the day.
    Hour,
    /// The hour of the week; as a picture, a heat map.
    HourOfWeek,
}

impl ByName {
    fn by(self) -> By {
        match self {
            ByName::Channel => By::Channel,
            ByName::Agent => By::Agent,
            ByName::Language => By::Language,
            ByName::Segment => By::Segment,
            ByName::Hour => By::Hour,
            ByName::HourOfWeek => By::HourOfWeek,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people.
    Table,
    /// One object.
    Json,
    /// For spreadsheets.
    Csv,
    /// A chart, to be drawn at any size.
    Svg,
    /// A chart as a picture.
    Png,
}

impl Form {
    fn wanted(form: Option<Form>, context: &Context<'_>) -> Form {
        match (form, context.is_json()) {
            (Some(form), _) => form,
            (None, true) => Form::Json,
            (None, false) => Form::Table,
        }
    }
}

pub(super) async fn run(command: Command, context: &mut Context<'_>) -> Result<(), Failure> {
    let (general, about) = match command {
        Command::Knowledge(arguments) => return knowledge::run(arguments, context).await,
        Command::Sla { general, by } => (general, About::Sla(by.map(ByName::by))),
        Command::Handoffs(general) => (general, About::Handoffs),
        Command::Staffing { general, wanted } => {
            (general, About::Staffing(wanted.wanted(context)?))
        }
    };
    let (from, until) = general.period.bounds()?;
    let scope = Scope {
        from,
        until,
        zone: zone(&general.zone)?,
        now: context.clock.now(),
    };
    let store = context.store().await?;
    let usual = context.config().usual_policy();
    let gathered = Gathered::read(&store, about, &scope, &usual).await?;
    store.close().await;
    let report = Report::compute(gathered, &scope);
    let bytes = written(&report, &general, context)?;
    write_out(general.out.as_deref(), &bytes, context)
}

fn write_out(file: Option<&Path>, bytes: &[u8], context: &mut Context<'_>) -> Result<(), Failure> {
    match file {
        None => Ok(context.out.write_all(bytes)?),
        Some(file) => write_new(file, bytes),
    }
}

fn zone(name: &str) -> Result<TimeZone, Failure> {
    zone_named(name).ok_or_else(|| {
        Failure::wrong(format!(
            "--zone {name}: is no IANA time zone; write one such as Asia/Ho_Chi_Minh"
        ))
    })
}

/// Writes a file that must not exist yet.
pub(super) fn write_new(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    use std::io::Write;
    let problem = |error| Failure::wrong(format!("{}: {error}", file.display()));
    let mut file = std::fs::File::create_new(file).map_err(problem)?;
    file.write_all(bytes).map_err(problem)
}

fn written(
    report: &Report,
    arguments: &Arguments,
    context: &Context<'_>,
) -> Result<Vec<u8>, Failure> {
    let form = Form::wanted(arguments.form, context);
    let span = Span {
        from: arguments.period.from(),
        to: arguments.period.to(),
    };
    let wording = Wording::load().map_err(Failure::not_done)?;
    let lang = arguments.lang.as_deref().and_then(Lang::from_code);
    let words = Words::new(&wording, lang.unwrap_or(context.config().desk.lang));
    Ok(match form {
        Form::Json => {
            let object = report.json(&span, &arguments.zone, context.clock.now());
            let text = serde_json::to_string_pretty(&object).map_err(Failure::not_done)?;
            (text + "\n").into_bytes()
        }
        Form::Csv => report.table().to_csv().into_bytes(),
        Form::Table => for_people::text(report, &arguments.zone).into_bytes(),
        Form::Svg => report.svg(&span, &words).into_bytes(),
        Form::Png => report.png(&span, &words).map_err(Failure::not_done)?,
    })
}
