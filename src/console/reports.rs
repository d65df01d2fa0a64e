//! The report: the figures of a period with their charts, to be read and to be taken away.
//!
//! Everybody at the desk sees them; what single colleagues did, leads see of all and others of
//! themselves.

mod asked;
mod tables;

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use maud::{Markup, PreEscaped, html};

use self::asked::{Asked, BREAKDOWNS, FORMS, Form, Question, REPORTS};
use super::Console;
use super::access::{Action, Authorised, ToSeeReports, allows, note_seen};
use super::layout::{self, Place};
use super::trouble::{Page, Trouble};
use super::words::Words;
use crate::domain::phrase::Phrase;
use crate::domain::report::sla::{ALL, By};
use crate::domain::time::Timestamp;
use crate::reporting::gathered::{Gathered, Scope, desk_zone};
use crate::reporting::report::{About, Report};
use crate::store::plans;

const HERE: &str = "/console/report";
/// Periods that are one click away, in days.
const PERIODS: [i32; 3] = [7, 28, 91];

/// A report as a page or a file needs it.
struct Computed {
    asked: Asked,
    zone: TimeZone,
    now: Timestamp,
    report: Report,
    /// The waits by hour of the week, beside the report on waits.
    week: Option<Report>,
}

/// `GET /console/report`
pub(super) async fn page(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    Query(question): Query<Question>,
    who: Authorised<ToSeeReports>,
) -> Result<Markup, Page> {
    let shown = async {
        note_seen(&console, who.secret()).await?;
        let computed = compute(&console, &who, &question, true).await?;
        Ok(whole(&console, &who, &computed))
    };
    shown
        .await
        .map_err(|trouble: Trouble| trouble.page(&console, &headers))
}

/// `GET /console/report/file`
pub(super) async fn file(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    Query(question): Query<Question>,
    who: Authorised<ToSeeReports>,
) -> Result<Response, Page> {
    let given = async {
        note_seen(&console, who.secret()).await?;
        let form = question.form().ok_or(Trouble::NotFound)?;
        let computed = compute(&console, &who, &question, false).await?;
        written(&console, &who, computed, form).await
    };
    given
        .await
        .map_err(|trouble: Trouble| trouble.page(&console, &headers))
}

/// Reads and computes, on a thread of its own.
async fn compute(
    console: &Arc<Console>,
    who: &Authorised<ToSeeReports>,
    question: &Question,
    with_week: bool,
) -> Result<Computed, Trouble> {
    let now = console.clock.now();
    let mut tx = console.store.read().await?;
    let usual = &console.usual_policy;
    let zone = desk_zone(&plans::all(&mut tx, usual).await?);
    drop(tx);
    let asked = question.asked(now, &zone, usual);
    let (from, until) = asked.days.bounds(&zone);
    let scope = Scope {
        from,
        until,
        zone,
        now,
    };
    let read = |about| Gathered::read(&console.store, about, &scope, usual);
    let gathered = read(asked.about).await?;
    let wants_week = with_week && matches!(asked.about, About::Sla(_));
    let week = match wants_week {
        true => Some(read(About::Sla(Some(By::HourOfWeek))).await?),
        false => None,
    };
    let only = match allows(who.staff().role, Action::SeeEverybodysFigures) {
        true => None,
        false => Some(who.staff().name.clone()),
    };
    let computing = tokio::task::spawn_blocking(move || {
        let mut report = Report::compute(gathered, &scope);
        if let Some(name) = only {
            of_oneself(&mut report, &name);
        }
        let week = week.map(|week| Report::compute(week, &scope));
        Computed {
            asked,
            zone: scope.zone,
            now,
            report,
            week,
        }
    });
    computing.await.map_err(|_| Trouble::NotComputed)
}

/// Leaves out what other colleagues did.
fn of_oneself(report: &mut Report, name: &str) {
    match report {
        Report::Sla(sla, Some(By::Agent)) => sla
            .groups
            .retain(|group| group.group == ALL || group.group == name),
        Report::Handoffs(handoffs) => handoffs.takers.retain(|taker| taker.agent == name),
        Report::Sla(..) | Report::Staffing(_) => {}
    }
}

async fn written(
    console: &Arc<Console>,
    who: &Authorised<ToSeeReports>,
    computed: Computed,
    form: Form,
) -> Result<Response, Trouble> {
    let (wording, lang) = (Arc::clone(&console.wording), who.staff().lang);
    let name = computed.asked.file_name(&computed.report, form);
    let writing = tokio::task::spawn_blocking(move || {
        let words = Words::new(&wording, lang);
        let (report, span) = (&computed.report, computed.asked.span());
        Ok(match form {
            Form::Csv => report.table().to_csv().into_bytes(),
            Form::Json => {
                let zone = computed.zone.iana_name().unwrap_or("UTC");
                report
                    .json(&span, zone, computed.now)
                    .to_string()
                    .into_bytes()
            }
            Form::Svg => report.svg(&span, &words).into_bytes(),
            Form::Png => report.png(&span, &words)?,
        })
    });
    let bytes = match writing.await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => {
            let error: crate::reporting::raster::NotDrawn = error;
            tracing::error!(%error, "a report's file could not be written");
            return Err(Trouble::NotComputed);
        }
        Err(_) => return Err(Trouble::NotComputed),
    };
    let headers = [
        (CONTENT_TYPE, form.media_type().to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((StatusCode::OK, headers, bytes).into_response())
}

fn whole(console: &Console, who: &Authorised<ToSeeReports>, computed: &Computed) -> Markup {
    let words = Words::new(&console.wording, who.staff().lang);
    let title = words.say("console-report");
    let (asked, report) = (&computed.asked, &computed.report);
    let span = asked.span();
    let body = html! {
        main.report {
            h1 { (title) }
            (kinds(&words, asked))
            (question(&words, computed))
            ul.said { @for line in report.lines(&words) { li dir="auto" { (line) } } }
            figure.chart tabindex="0" { (PreEscaped(report.svg(&span, &words))) }
            (tables::tables(&words, report))
            @if let Some(week) = &computed.week {
                figure.chart tabindex="0" { (PreEscaped(week.svg(&span, &words))) }
            }
            p.files {
                (words.say("console-report-files")) " "
                @for form in FORMS {
                    a href={ (HERE) "/file?" (asked.query()) "&as=" (form.name()) } download { (form.name().to_uppercase()) }
                    " "
                }
            }
        }
    };
    layout::page(&words, who, Place::Report, &title, &body)
}

/// Links to the other reports over the same days.
fn kinds(words: &Words<'_>, asked: &Asked) -> Markup {
    html! {
        p.kinds {
            @for (name, key) in REPORTS {
                @let here = (name == asked.name()).then_some("page");
                a href={ (HERE) "?" (asked.query_of(name)) } aria-current=[here] { (words.say(key)) }
                " "
            }
        }
    }
}

/// The period and the breakdown, to be changed.
fn question(words: &Words<'_>, computed: &Computed) -> Markup {
    let asked = &computed.asked;
    let zone = computed.zone.iana_name().unwrap_or("UTC");
    let zone = words.phrase(&Phrase::new("console-report-zone").text("zone", zone));
    html! {
        form.question method="get" action=(HERE) {
            input type="hidden" name="report" value=(asked.name());
            label { (words.say("console-report-from"))
                input type="date" name="from" value=(asked.days.first) required; }
            label { (words.say("console-report-to"))
                input type="date" name="to" value=(asked.days.last) required; }
            @if asked.name() == "sla" {
                label { (words.say("console-report-by"))
                    select name="by" {
                        @for (name, key) in BREAKDOWNS {
                            option value=(name) selected[name == asked.by_name()] { (words.say(key)) }
                        }
                    }
                }
            }
            button.plain type="submit" { (words.say("console-report-show")) }
            span.periods {
                @for days in PERIODS {
                    @let label = Phrase::new("console-report-days").number("n", i64::from(days));
                    a href={ (HERE) "?" (asked.query_of_days(computed.now, &computed.zone, days)) } { (words.phrase(&label)) }
                    " "
                }
            }
            span.zone { (zone) }
        }
    }
}
