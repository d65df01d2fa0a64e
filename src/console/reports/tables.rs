//! The figures of a report as tables: n beside every one.

use maud::{Markup, html};

use super::super::words::Words;
use crate::domain::report::figures::Figures;
use crate::domain::report::handoffs::Handoffs;
use crate::domain::report::sla::{By, Group, Measure};
use crate::domain::report::staffing::Staffing;
use crate::domain::time::Millis;
use crate::reporting::gathered::Sla;
use crate::reporting::picture::{band_names, day_names, group_name, measure_name, reason_name};
use crate::reporting::report::Report;
use crate::reporting::words::percentile;

/// The tables of a report.
pub(super) fn tables(words: &Words<'_>, report: &Report) -> Markup {
    match report {
        Report::Sla(sla, None) => all(words, sla),
        Report::Sla(sla, Some(by)) => grouped(words, sla, *by),
        Report::Handoffs(report) => handoffs(words, report),
        Report::Staffing(report) => staffing(words, report),
    }
}

/// A row for each measure.
fn all(words: &Words<'_>, sla: &Sla) -> Markup {
    let clocks = sla.all().map(|all| all.clocks.as_slice());
    let rows = clocks
        .unwrap_or_default()
        .iter()
        .map(|clock| (measure_name(words, clock.clock), &clock.figures));
    html! { (waits(words, &words.say("console-report-measure"), rows)) }
}

/// A table for each measure that anybody has, with a row for each group.
fn grouped(words: &Words<'_>, sla: &Sla, by: By) -> Markup {
    let figures = |group: &'_ Group, measure| {
        let mut clocks = group.clocks.iter();
        clocks
            .find(|clock| clock.clock == measure)
            .map(|clock| clock.figures.clone())
    };
    let has_any = |figures: &Figures| figures.n + figures.open + figures.without > 0;
    html! {
        @for measure in Measure::ALL {
            @let rows: Vec<(String, Figures)> = sla.groups.iter()
                .filter_map(|group| Some((group_name(words, by, &group.group), figures(group, measure)?)))
                .filter(|(_, figures)| has_any(figures))
                .collect();
            @if !rows.is_empty() {
                h2 { (measure_name(words, measure)) }
                (waits(words, "", rows.iter().map(|(name, figures)| (name.clone(), figures))))
            }
        }
    }
}

fn waits<'f>(
    words: &Words<'_>,
    first: &str,
    rows: impl Iterator<Item = (String, &'f Figures)>,
) -> Markup {
    html! {
        div.wide tabindex="0" { table.figures {
            thead { tr {
                th scope="col" { (first) }
                th scope="col" { "n" }
                th scope="col" { (words.say("console-report-median")) }
                th scope="col" { "p90" }
                th scope="col" { "p95" }
                @for band in band_names(words) { th scope="col" { (band) } }
                th scope="col" { (words.say("console-report-open")) }
                th scope="col" { (words.say("console-report-target")) }
                th scope="col" { (words.say("console-report-attained")) }
            } }
            tbody {
                @for (name, figures) in rows { (wait(words, &name, figures)) }
            }
        } }
    }
}

fn wait(words: &Words<'_>, name: &str, figures: &Figures) -> Markup {
    let bands = &figures.bands;
    let met = figures.met.zip(figures.breached);
    html! {
        tr {
            th scope="row" dir="auto" { (name) }
            td { (figures.n) }
            (lengths(words, &[figures.median_ms, figures.p90_ms, figures.p95_ms], figures.exact))
            @for n in [bands.within_30_min, bands.within_4_h, bands.within_24_h, bands.later] {
                td { (n) }
            }
            td { (figures.open) }
            (lengths(words, &[figures.target_ms], true))
            td {
                @match (figures.attainment, met) {
                    (Some(share), Some((met, breached))) => {
                        (percent(share)) " " span.of { (met) "/" (met + breached) }
                    }
                    _ => "–",
                }
            }
        }
    }
}

fn lengths(words: &Words<'_>, all: &[Option<i64>], exact: bool) -> Markup {
    html! {
        @for ms in all {
            td { (ms.map_or_else(|| "–".to_owned(), |ms| percentile(words, Millis(ms), exact))) }
        }
    }
}

fn handoffs(words: &Words<'_>, report: &Handoffs) -> Markup {
    html! {
        div.wide tabindex="0" { table.figures {
            thead { tr {
                th scope="col" { (words.say("console-report-reason")) }
                th scope="col" { "n" }
                th scope="col" { (words.say("console-report-taken")) }
                th scope="col" { (words.say("console-report-median")) }
                th scope="col" { "p90" }
                th scope="col" { (words.say("console-report-given-back")) }
                th scope="col" { (words.say("console-report-solved")) }
                th scope="col" { (words.say("console-report-without-reply")) }
                th scope="col" { (words.say("console-report-unreachable")) }
                th scope="col" { (words.say("console-report-with-agent")) }
                th scope="col" { (words.say("console-report-untaken")) }
            } }
            tbody { @for reason in &report.reasons {
                @let (claimed, ways) = (&reason.until_claimed, &reason.ways);
                tr {
                    th scope="row" { (reason_name(words, &reason.reason)) }
                    td { (reason.n) }
                    td { (claimed.n) }
                    (lengths(words, &[claimed.median_ms, claimed.p90_ms], claimed.exact))
                    @for n in [reason.given_back, ways.solved, ways.without_reply, ways.unreachable, ways.with_agent, ways.waiting] {
                        td { (n) }
                    }
                }
            } }
        } }
        @if !report.takers.is_empty() {
            h2 { (words.say("console-report-takers")) }
            div.wide tabindex="0" { table.figures {
                thead { tr {
                    th scope="col" {}
                    th scope="col" { "n" }
                    th scope="col" { (words.say("console-report-median")) }
                    th scope="col" { "p90" }
                    th scope="col" { (words.say("console-report-given-back")) }
                } }
                tbody { @for taker in &report.takers {
                    @let claimed = &taker.until_claimed;
                    tr {
                        th scope="row" dir="auto" { (taker.agent) }
                        td { (taker.taken) }
                        (lengths(words, &[claimed.median_ms, claimed.p90_ms], claimed.exact))
                        td { (taker.given_back) }
                    }
                } }
            } }
        }
    }
}

/// Each hour in which anybody asked or was there: needed, and in brackets on duty.
fn staffing(words: &Words<'_>, report: &Staffing) -> Markup {
    let cell = |hour: usize, day: usize| {
        let hour = report.hours.get(day * 24 + hour)?;
        let needed = match hour.needed_c {
            Some(needed) => needed.to_string(),
            None if hour.arrivals > 0.0 => "?".to_owned(),
            None => "0".to_owned(),
        };
        let something = hour.arrivals > 0.0 || hour.on_duty > 0.0;
        something.then(|| format!("{needed} ({:.1})", hour.on_duty))
    };
    html! {
        p.zone { (words.say("console-report-staffing-how")) }
        div.wide tabindex="0" { table.figures {
            thead { tr {
                th scope="col" {}
                @for day in day_names(words) { th scope="col" { (day) } }
            } }
            tbody {
                @for hour in 0..24 {
                    @if (0..7).any(|day| cell(hour, day).is_some()) {
                        tr {
                            th scope="row" { (format!("{hour:02}")) }
                            @for day in 0..7 { td { (cell(hour, day).unwrap_or_default()) } }
                        }
                    }
                }
            }
        } }
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
