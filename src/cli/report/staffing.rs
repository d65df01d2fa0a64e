//! `careline report staffing`: how many agents each hour of the week needs, beside who was there.

use std::path::PathBuf;

use clap::Args;
use comfy_table::{CellAlignment, presets};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::super::period::Period;
use super::super::{Context, Failure};
use super::{Form, write_out};
use crate::domain::report::staffing::{Hour, Staffing, Wanted, load, staffing};
use crate::domain::report::table::{Cell, Table};
use crate::domain::sla::SlaClock;
use crate::domain::sla::calendar::DAY_NAMES;
use crate::domain::sla::plan;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::timeline::Fact;
use crate::store::timeline;

#[derive(Args, Debug)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    period: Period,
    /// How long customers may wait until somebody takes the matter; the settings' target without it.
    #[arg(long, value_name = "LENGTH")]
    target: Option<String>,
    /// How many in a hundred are to wait no longer.
    #[arg(long, value_name = "PERCENT", default_value_t = 80,
        value_parser = clap::value_parser!(u8).range(1..=99))]
    share: u8,
    /// How many conversations an agent handles at once.
    #[arg(long, value_name = "NUMBER", default_value_t = 3,
        value_parser = clap::value_parser!(u32).range(1..=50))]
    at_once: u32,
    /// The time zone of the hours.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    zone: String,
    /// In which form; without it, a table, or JSON with --format json.
    #[arg(long = "as", value_enum, value_name = "FORM")]
    form: Option<Form>,
    /// Write it to a new file instead of stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) async fn run(arguments: Arguments, context: &mut Context<'_>) -> Result<(), Failure> {
    let (from, until) = arguments.period.bounds()?;
    let zone = zone(&arguments.zone)?;
    let wanted = wanted(&arguments, context)?;
    let store = context.store().await?;
    let mut tx = store.read().await?;
    let facts = timeline::of_conversations_opened(&mut tx, from, until).await?;
    drop(tx);
    store.close().await;
    let until = until.min(context.clock.now());
    let begin = from.max(first(&facts, until));
    let need = staffing(&load(&facts, begin, until, &zone), wanted);
    let text = match Form::wanted(arguments.form, context) {
        Form::Json => json(&need, &arguments)?,
        Form::Csv => table(&need).to_csv(),
        Form::Table => for_people(&need, &arguments),
        Form::Svg => {
            return Err(Failure::wrong(
                "--as svg: staffing is a table; choose table, json or csv",
            ));
        }
    };
    write_out(arguments.out.as_deref(), &text, context)
}

pub(super) fn zone(name: &str) -> Result<TimeZone, Failure> {
    TimeZoneDatabase::bundled().get(name).map_err(|_| {
        Failure::wrong(format!(
            "--zone {name}: is no IANA time zone; write one such as Asia/Ho_Chi_Minh"
        ))
    })
}

fn wanted(arguments: &Arguments, context: &Context<'_>) -> Result<Wanted, Failure> {
    let target_ms = match &arguments.target {
        Some(text) => plan::length(text)
            .filter(|length| *length > Millis(0))
            .ok_or_else(|| {
                Failure::wrong(format!(
                    "--target {text}: write a length of time such as 90s, 10m or 1h"
                ))
            })?,
        None => {
            let usual = context.config().usual_policy();
            let target = usual.targets.get(&SlaClock::HumanWait);
            target.map_or(Millis::minutes(30), |target| target.length)
        }
    };
    Ok(Wanted {
        target_ms,
        share: f64::from(arguments.share) / 100.0,
        at_once: arguments.at_once,
    })
}

fn first(facts: &[Fact], until: Timestamp) -> Timestamp {
    facts.iter().map(|fact| fact.at).min().unwrap_or(until)
}

fn json(need: &Staffing, arguments: &Arguments) -> Result<String, Failure> {
    let report = serde_json::json!({
        "report": "staffing",
        "from": arguments.period.from(),
        "to": arguments.period.to(),
        "zone": arguments.zone,
        "staffing": need,
    });
    let text = serde_json::to_string_pretty(&report).map_err(Failure::not_done)?;
    Ok(text + "\n")
}

fn table(need: &Staffing) -> Table {
    let header = vec![
        "day",
        "hour",
        "arrivals",
        "load_erlangs",
        "needed_c",
        "needed_a",
        "on_duty",
    ];
    let count = |count: Option<u32>| count.map_or(Cell::Nothing, |n| Cell::Number(i64::from(n)));
    let row = |hour: &Hour| {
        vec![
            Cell::Text(DAY_NAMES[hour.hour_of_week / 24].to_owned()),
            Cell::count(hour.hour_of_week % 24),
            Cell::Share(hour.arrivals),
            Cell::Share(hour.load_erlangs),
            count(hour.needed_c),
            count(hour.needed_a),
            Cell::Share(hour.on_duty),
        ]
    };
    Table {
        header,
        rows: need.hours.iter().map(row).collect(),
    }
}

fn for_people(need: &Staffing, arguments: &Arguments) -> String {
    let length = |ms: Option<i64>| ms.map_or_else(|| "unknown".to_owned(), super::for_reading);
    let mut text = format!(
        "{} requests for a person; handled in {} on average (n = {}); {} left, patience {}\n",
        need.requests,
        length(need.handling_ms),
        need.handled,
        need.left,
        length(need.patience_ms),
    );
    text.push_str(&format!(
        "Agents needed so that {} % are taken within {}, each with {} conversations at once; in brackets: on duty. Hours in {}.\n",
        arguments.share,
        super::for_reading(need.wanted.target_ms.0),
        need.wanted.at_once,
        arguments.zone,
    ));
    let mut table = comfy_table::Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(std::iter::once("hour").chain(DAY_NAMES));
    for hour in 0..24 {
        let cells = (0..7).map(|day| cell(&need.hours[day * 24 + hour]));
        let row: Vec<String> = std::iter::once(format!("{hour:02}")).chain(cells).collect();
        if row.iter().skip(1).any(|cell| !cell.is_empty()) {
            table.add_row(row);
        }
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    text.push_str(&table.to_string());
    text.push_str(
        "\nAssumed: requests come independently of each other at each hour's measured rate; handling times are exponential; whoever waits longest is taken first; nobody leaves (Erlang C). Where customers have left, --as json and csv give the need with the measured patience beside it (Erlang A).\n",
    );
    text
}

/// `3 (2.0)`: needed and on duty; nothing where nobody asked and nobody was there.
fn cell(hour: &Hour) -> String {
    match hour.needed_c {
        Some(needed) => format!("{needed} ({:.1})", hour.on_duty),
        None if hour.arrivals > 0.0 => format!("? ({:.1})", hour.on_duty),
        None if hour.on_duty > 0.0 => format!("0 ({:.1})", hour.on_duty),
        None => String::new(),
    }
}
