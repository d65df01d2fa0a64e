//! Reports as they are read in a terminal.

use comfy_table::{CellAlignment, presets};

use crate::cli::printable;
use crate::domain::report::figures::Figures;
use crate::domain::report::handoffs::Handoffs;
use crate::domain::report::sla::{Group, Measure};
use crate::domain::report::staffing::{Hour, Staffing};
use crate::domain::sla::calendar::DAY_NAMES;
use crate::domain::time::Millis;
use crate::reporting::gathered::{COVERAGE_BASIS, Sla};
use crate::reporting::report::Report;

/// The report as text; hours are those of `zone`.
pub(super) fn text(report: &Report, zone: &str) -> String {
    match report {
        Report::Sla(report, _) => sla(report),
        Report::Handoffs(report) => handoffs(report),
        Report::Staffing(report) => staffing(report, zone),
    }
}

fn sla(report: &Sla) -> String {
    let mut text = String::new();
    for group in &report.groups {
        text.push_str(&came_in(group));
        text.push_str(&clock_table(group));
        text.push_str("\n\n");
    }
    text.push_str(&kept_and_waiting(report));
    text
}

/// How a group's conversations went, and what could not be measured or delivered.
fn came_in(group: &Group) -> String {
    let counts = &group.conversations;
    let mut text = format!(
        "{}: {} conversations, {} resolved ({} by the bot: {} confirmed, {} assumed), {} open, {} handed to a person",
        printable(&group.group),
        counts.came_in,
        counts.resolved,
        counts.bot_resolved_confirmed + counts.bot_resolved_assumed,
        counts.bot_resolved_confirmed,
        counts.bot_resolved_assumed,
        counts.open,
        counts.handed_off,
    );
    if let Some(coverage) = group.expectation_coverage {
        let first = group
            .clocks
            .iter()
            .find(|clock| clock.clock == Measure::FirstAnswer);
        text.push_str(&format!(
            "; first answers met what {} of customers expect (n = {})",
            percent(coverage),
            first.map_or(0, |clock| clock.figures.n),
        ));
    }
    text.push('\n');
    let outage: usize = group.clocks.iter().map(|clock| clock.figures.outage).sum();
    let integrity = [
        (counts.replies_failed, "replies could not be delivered"),
        (
            counts.deliveries_unknown,
            "messages may or may not have arrived",
        ),
        (outage, "waits began while we could not hear the customer"),
        (counts.unreachable, "customers shut the bot out"),
    ];
    let told: Vec<String> = integrity
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{n} {what}"))
        .collect();
    if !told.is_empty() {
        text.push_str(&format!("  {}\n", told.join("; ")));
    }
    if counts.paused_while_waiting_ms > 0 {
        text.push_str(&format!(
            "  clocks stood still for {} while a customer waited\n",
            for_reading(counts.paused_while_waiting_ms)
        ));
    }
    text
}

fn kept_and_waiting(report: &Sla) -> String {
    let all = report.all();
    let kept = all.map(|all| all.kept).unwrap_or_default();
    let counts = all.map(|all| all.conversations).unwrap_or_default();
    let of = |share: Option<f64>, kept: usize, lost: usize| {
        let share = share.map_or_else(|| "–".to_owned(), percent);
        format!("{share} ({kept} of {})", kept + lost)
    };
    let promises = of(
        kept.promises_share,
        kept.promises_kept,
        kept.promises_broken,
    );
    let preferences = of(
        kept.preferences_share,
        counts.preferences_honoured,
        counts.preferences_passed_over,
    );
    let backlog = &report.backlog;
    let ages = &backlog.ages;
    format!(
        "promises kept: {promises}; a person first, as wished: {preferences}\n\
         waiting now: {}, {} of them not taken; for ≤30 min {}, ≤4 h {}, ≤24 h {}, longer {}; the longest {}\n\
         What customers expect: {COVERAGE_BASIS}.\n",
        backlog.waiting,
        backlog.untaken,
        ages.within_30_min,
        ages.within_4_h,
        ages.within_24_h,
        ages.later,
        backlog
            .oldest_ms
            .map_or_else(|| "–".to_owned(), for_reading),
    )
}

fn handoffs(report: &Handoffs) -> String {
    let mut reasons = table([
        "reason",
        "n",
        "taken: n",
        "median",
        "p90",
        "p95",
        "replied: n",
        "median",
        "p90",
        "given back",
        "solved",
        "without reply",
        "unreachable",
        "with agent",
        "waiting",
    ]);
    let length = |ms: Option<i64>| ms.map_or_else(|| "–".to_owned(), for_reading);
    let three = |figures: &Figures| {
        [
            figures.n.to_string(),
            length(figures.median_ms),
            length(figures.p90_ms),
        ]
    };
    for reason in &report.reasons {
        let ways = &reason.ways;
        let mut row = vec![printable(&reason.reason), reason.n.to_string()];
        row.extend(three(&reason.until_claimed));
        row.push(length(reason.until_claimed.p95_ms));
        row.extend(three(&reason.until_reply));
        let counts = [
            reason.given_back,
            ways.solved,
            ways.without_reply,
            ways.unreachable,
            ways.with_agent,
            ways.waiting,
        ];
        row.extend(counts.map(|count| count.to_string()));
        reasons.add_row(row);
    }
    let mut takers = table(["taken by", "n", "median", "p90", "given back"]);
    for taker in &report.takers {
        let mut row = vec![printable(&taker.agent)];
        row.extend(three(&taker.until_claimed));
        row.push(taker.given_back.to_string());
        takers.add_row(row);
    }
    format!("{}\n\n{}\n", right(reasons), right(takers))
}

fn table<const N: usize>(header: [&'static str; N]) -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(header);
    table
}

/// The table's text, every column but the first to the right.
fn right(mut table: comfy_table::Table) -> String {
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}

fn clock_table(group: &Group) -> String {
    let mut table = table([
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
        let percentile = |ms: Option<i64>, exact: bool| match exact || ms.is_none() {
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
    right(table)
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

fn staffing(need: &Staffing, zone: &str) -> String {
    let length = |ms: Option<i64>| ms.map_or_else(|| "unknown".to_owned(), for_reading);
    let mut text = format!(
        "{} requests for a person; handled in {} on average (n = {}); {} left, patience {}\n",
        need.requests,
        length(need.handling_ms),
        need.handled,
        need.left,
        length(need.patience_ms),
    );
    text.push_str(&format!(
        "Agents needed so that {} are taken within {}, each with {} conversations at once; in brackets: on duty. Hours in {}.\n",
        percent(need.wanted.share),
        for_reading(need.wanted.target_ms.0),
        need.wanted.at_once,
        zone,
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::report::sla::{Naming, of_lines};
    use crate::domain::time::Timestamp;
    use crate::reporting::sheets;

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
        let names = BTreeMap::new();
        let naming = Naming {
            by: None,
            names: &names,
            zone: &jiff::tz::TimeZone::UTC,
        };
        let groups = of_lines(std::iter::empty(), naming, Timestamp(0));
        let table = sheets::sla(&groups);
        assert_eq!(table.rows.len(), Measure::ALL.len());
        assert!(table.rows.iter().all(|row| row.len() == table.header.len()));
        let mut report = Sla {
            groups,
            backlog: Default::default(),
        };
        let text = super::sla(&report);
        assert!(text.contains("first-human-response") && !text.contains('≈'));
        let figures = &mut report.groups[0].clocks[0].figures;
        (figures.exact, figures.median_ms) = (false, Some(61_000));
        assert!(super::sla(&report).contains("≈ 1 min 01 s"));
    }
}
