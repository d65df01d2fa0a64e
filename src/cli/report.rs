//! `careline report`: figures, computed from the timeline.

mod picture;
mod staffing;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use comfy_table::{CellAlignment, presets};

use super::period::Period;
use super::{Context, Failure};
use crate::domain::ids::{ConversationId, StaffId};
use crate::domain::report::sla::{self, By, Group};
use crate::domain::report::table::{Cell, Table};
use crate::domain::sla::measures::{Measures, measure};
use crate::domain::sla::plan::Plans;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::timeline::Fact;
use crate::store::{staff, timeline};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// How long customers waited for what, against the targets.
    ///
    /// It is about the conversations that began in the period, with all that came of them since.
    Sla(Arguments),
    /// How many agents each hour of the week needs, beside who was on duty.
    ///
    /// Measured on the conversations that began in the period.
    Staffing(staffing::Arguments),
}

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    period: Period,
    /// Break it down.
    #[arg(long, value_enum)]
    by: Option<ByName>,
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
enum ByName {
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people.
    Table,
    /// One object.
    Json,
    /// For spreadsheets.
    Csv,
    /// A picture.
    Svg,
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
    match command {
        Command::Sla(arguments) => sla_report(arguments, context).await,
        Command::Staffing(arguments) => staffing::run(arguments, context).await,
    }
}

async fn sla_report(arguments: Arguments, context: &mut Context<'_>) -> Result<(), Failure> {
    let (from, until) = arguments.period.bounds()?;
    let form = Form::wanted(arguments.form, context);
    staffing::zone(&arguments.zone)?;
    let store = context.store().await?;
    let mut tx = store.read().await?;
    let facts = timeline::of_conversations_opened(&mut tx, from, until).await?;
    let names = staff::names(&mut tx).await?;
    let plans = super::sla::plans(&mut tx, context.config()).await?;
    drop(tx);
    store.close().await;
    let text = sla_text(&facts, &plans, &names, &arguments, form, context)?;
    write_out(arguments.out.as_deref(), &text, context)
}

fn write_out(file: Option<&Path>, text: &str, context: &mut Context<'_>) -> Result<(), Failure> {
    match file {
        None => Ok(context.out.write_all(text.as_bytes())?),
        Some(file) => write_new(file, text.as_bytes()),
    }
}

/// Writes a file that must not exist yet.
pub(super) fn write_new(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    use std::io::Write;
    let problem = |error| Failure::wrong(format!("{}: {error}", file.display()));
    let mut file = std::fs::File::create_new(file).map_err(problem)?;
    file.write_all(bytes).map_err(problem)
}

fn sla_text(
    facts: &[Fact],
    plans: &Plans,
    names: &BTreeMap<StaffId, String>,
    arguments: &Arguments,
    form: Form,
    context: &Context<'_>,
) -> Result<String, Failure> {
    let by = arguments.by.map(|by| match by {
        ByName::Channel => By::Channel,
        ByName::Agent => By::Agent,
        ByName::Language => By::Language,
        ByName::Segment => By::Segment,
        ByName::Hour => By::Hour,
        ByName::HourOfWeek => By::HourOfWeek,
    });
    let zone = staffing::zone(&arguments.zone)?;
    let now = context.clock.now();
    let groups = sla::report(&measures(facts), by, plans, names, &zone, now);
    match form {
        Form::Json => sla_json(&groups, by, arguments, now),
        Form::Csv => Ok(table(&groups).to_csv()),
        Form::Table => Ok(for_people(&groups)),
        Form::Svg => picture::svg(&groups, by, arguments, context),
    }
}

/// The measures of each conversation, in the order of the conversations' ids.
fn measures(facts: &[Fact]) -> Vec<Measures> {
    let mut by_conversation: BTreeMap<&ConversationId, Vec<Fact>> = BTreeMap::new();
    for fact in facts {
        by_conversation
            .entry(&fact.conversation)
            .or_default()
            .push(fact.clone());
    }
    by_conversation
        .values()
        .filter_map(|facts| measure(facts))
        .collect()
}

fn sla_json(
    groups: &[Group],
    by: Option<By>,
    arguments: &Arguments,
    now: Timestamp,
) -> Result<String, Failure> {
    let report = serde_json::json!({
        "report": "sla",
        "from": arguments.period.from(),
        "to": arguments.period.to(),
        "by": by,
        "now": now,
        "groups": groups,
    });
    let text = serde_json::to_string_pretty(&report).map_err(Failure::not_done)?;
    Ok(text + "\n")
}

/// One row for each measure of each group.
fn table(groups: &[Group]) -> Table {
    let header = vec![
        "group",
        "clock",
        "n",
        "open",
        "median_ms",
        "p90_ms",
        "p95_ms",
        "within_30_min",
        "within_4_h",
        "within_24_h",
        "later",
        "business_n",
        "business_median_ms",
        "business_p90_ms",
        "target_ms",
        "met",
        "breached",
        "attainment",
        "without",
        "unreachable",
        "outage",
    ];
    let number = |number: Option<i64>| number.map_or(Cell::Nothing, Cell::Number);
    let count = |count: Option<usize>| count.map_or(Cell::Nothing, Cell::count);
    let clocks = groups
        .iter()
        .flat_map(|group| group.clocks.iter().map(move |clock| (group, clock)));
    let rows = clocks.map(|(group, clock)| {
        let figures = &clock.figures;
        vec![
            Cell::Text(group.group.clone()),
            Cell::Text(clock.clock.name().to_owned()),
            Cell::count(figures.n),
            Cell::count(figures.open),
            number(figures.median_ms),
            number(figures.p90_ms),
            number(figures.p95_ms),
            Cell::count(figures.bands.within_30_min),
            Cell::count(figures.bands.within_4_h),
            Cell::count(figures.bands.within_24_h),
            Cell::count(figures.bands.later),
            Cell::count(figures.business_n),
            number(figures.business_median_ms),
            number(figures.business_p90_ms),
            number(figures.target_ms),
            count(figures.met),
            count(figures.breached),
            figures.attainment.map_or(Cell::Nothing, Cell::Share),
            Cell::count(figures.without),
            Cell::count(figures.unreachable),
            Cell::count(figures.outage),
        ]
    });
    Table {
        header,
        rows: rows.collect(),
    }
}

fn for_people(groups: &[Group]) -> String {
    let mut text = String::new();
    for group in groups {
        let counts = &group.conversations;
        text.push_str(&format!(
            "{}: {} conversations, {} resolved ({} by the bot: {} confirmed, {} assumed), {} open, {} handed to a person",
            printable(&group.group),
            counts.came_in,
            counts.resolved,
            counts.bot_resolved_confirmed + counts.bot_resolved_assumed,
            counts.bot_resolved_confirmed,
            counts.bot_resolved_assumed,
            counts.open,
            counts.handed_off,
        ));
        if let Some(coverage) = group.expectation_coverage {
            text.push_str(&format!(
                "; first answers met what {} of customers expect",
                percent(coverage)
            ));
        }
        text.push('\n');
        text.push_str(&clock_table(group));
        text.push_str("\n\n");
    }
    text
}

fn clock_table(group: &Group) -> String {
    let mut table = comfy_table::Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header([
        "clock",
        "n",
        "median",
        "p90",
        "p95",
        "≤30 min",
        "≤4 h",
        "≤24 h",
        "later",
        "open",
        "median, open hours",
        "target",
        "met",
        "breached",
        "attained",
    ]);
    for clock in &group.clocks {
        let figures = &clock.figures;
        let length = |ms: Option<i64>| ms.map_or_else(|| "–".to_owned(), for_reading);
        let count = |count: Option<usize>| count.map_or_else(|| "–".to_owned(), |n| n.to_string());
        table.add_row([
            clock.clock.name().to_owned(),
            figures.n.to_string(),
            length(figures.median_ms),
            length(figures.p90_ms),
            length(figures.p95_ms),
            figures.bands.within_30_min.to_string(),
            figures.bands.within_4_h.to_string(),
            figures.bands.within_24_h.to_string(),
            figures.bands.later.to_string(),
            figures.open.to_string(),
            length(figures.business_median_ms),
            length(figures.target_ms),
            count(figures.met),
            count(figures.breached),
            figures.attainment.map_or_else(|| "–".to_owned(), percent),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}

/// A name without what could move a terminal's cursor.
fn printable(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).collect()
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A length in two units at most: `45 s`, `12 min`, `3 h 05 min`, `2 d 4 h`.
fn for_reading(ms: i64) -> String {
    let seconds = ms / 1_000;
    match Millis(ms) {
        length if length < Millis::seconds(1) => format!("{ms} ms"),
        length if length < Millis::minutes(1) => format!("{seconds} s"),
        length if length < Millis::hours(1) => {
            format!("{} min {:02} s", seconds / 60, seconds % 60)
        }
        length if length < Millis::hours(48) => {
            format!("{} h {:02} min", seconds / 3_600, seconds / 60 % 60)
        }
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3_600 % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_easily() {
        let check = |length: Millis, expected: &str| assert_eq!(for_reading(length.0), expected);
        check(Millis(700), "700 ms");
        check(Millis::seconds(45), "45 s");
        check(Millis::seconds(725), "12 min 05 s");
        check(Millis::minutes(185), "3 h 05 min");
        check(Millis::hours(52), "2 d 4 h");
    }

    #[test]
    fn each_group_has_a_row_for_each_clock() {
        let plans = Plans::new(crate::config::Config::default().usual_policy());
        let groups = sla::report(
            &[],
            None,
            &plans,
            &BTreeMap::new(),
            &jiff::tz::TimeZone::UTC,
            Timestamp(0),
        );
        let table = table(&groups);
        assert_eq!(table.rows.len(), sla::Measure::ALL.len());
        assert!(table.rows.iter().all(|row| row.len() == table.header.len()));
        assert!(for_people(&groups).contains("first-human-response"));
    }
}
