//! `careline report`: figures, computed from the timeline.

mod picture;
mod staffing;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use comfy_table::{CellAlignment, presets};

use super::period::Period;
use super::{Context, Failure};
use crate::domain::report::sla::{By, Group};
use crate::domain::report::table::{Cell, Table};
use crate::domain::time::{Millis, Timestamp};
use crate::store::figures::{self, Asked};

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
    let asked = Asked {
        period: figures::Period::of(from, until),
        by: arguments.by.map(ByName::by),
        zone: staffing::zone(&arguments.zone)?,
    };
    let store = context.store().await?;
    let usual = context.config().usual_policy();
    figures::renew(&store, &usual, asked.period).await?;
    let now = context.clock.now();
    let mut tx = store.read().await?;
    let groups = figures::report(&mut tx, &asked, now).await?;
    drop(tx);
    store.close().await;
    let text = match form {
        Form::Json => sla_json(&groups, asked.by, &arguments, now)?,
        Form::Csv => table(&groups).to_csv(),
        Form::Table => for_people(&groups),
        Form::Svg => picture::svg(&groups, asked.by, &arguments, context)?,
    };
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
        "exact",
        "business_exact",
    ];
    let number = |number: Option<i64>| number.map_or(Cell::Nothing, Cell::Number);
    let count = |count: Option<usize>| count.map_or(Cell::Nothing, Cell::count);
    let exact = |is_exact: bool| Cell::Text(if is_exact { "yes" } else { "no" }.to_owned());
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
            exact(figures.exact),
            exact(figures.business_exact),
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
        let percentile = |ms: Option<i64>, is_exact: bool| match is_exact || ms.is_none() {
            true => length(ms),
            false => format!("≈ {}", length(ms)),
        };
        let count = |count: Option<usize>| count.map_or_else(|| "–".to_owned(), |n| n.to_string());
        table.add_row([
            clock.clock.name().to_owned(),
            figures.n.to_string(),
            percentile(figures.median_ms, figures.exact),
            percentile(figures.p90_ms, figures.exact),
            percentile(figures.p95_ms, figures.exact),
            figures.bands.within_30_min.to_string(),
            figures.bands.within_4_h.to_string(),
            figures.bands.within_24_h.to_string(),
            figures.bands.later.to_string(),
            figures.open.to_string(),
            percentile(figures.business_median_ms, figures.business_exact),
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
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::report::sla::{Measure, Naming, of_lines};

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
        let (names, zone) = (BTreeMap::new(), jiff::tz::TimeZone::UTC);
        let naming = Naming {
            by: None,
            names: &names,
            zone: &zone,
        };
        let mut groups = of_lines(std::iter::empty(), naming, Timestamp(0));
        let table = table(&groups);
        assert_eq!(table.rows.len(), Measure::ALL.len());
        assert!(table.rows.iter().all(|row| row.len() == table.header.len()));
        let text = for_people(&groups);
        assert!(text.contains("first-human-response") && !text.contains('≈'));
        let figures = &mut groups[0].clocks[0].figures;
        (figures.exact, figures.median_ms) = (false, Some(61_000));
        assert!(for_people(&groups).contains("≈ 1 min 01 s"));
    }
}
