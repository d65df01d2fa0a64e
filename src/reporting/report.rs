//! A computed report, whatever it is about, in each of its forms.

use serde_json::{Value, json};

use super::gathered::{COVERAGE_BASIS, Gathered, Scope, Sla, of_handoffs, of_staffing};
use super::picture::{self, Span};
use super::raster::{NotDrawn, png};
use super::{sheets, words as lines};
use crate::domain::report::handoffs::Handoffs;
use crate::domain::report::sla::By;
use crate::domain::report::staffing::{Staffing, Wanted};
use crate::domain::report::table::Table;
use crate::domain::time::Timestamp;
use crate::wording::Words;

/// What a report is to be about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum About {
    /// How long customers waited, broken down.
    Sla(Option<By>),
    /// Why persons were called, and who came.
    Handoffs,
    /// How many agents are needed.
    Staffing(Wanted),
}

/// A report.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// How long customers waited.
    Sla(Sla, Option<By>),
    /// Why persons were called, and who came.
    Handoffs(Handoffs),
    /// How many agents are needed.
    Staffing(Staffing),
}

impl Report {
    /// Computes it from what was read for that scope.
    pub fn compute(from: Gathered, scope: &Scope) -> Report {
        match from {
            Gathered::Sla(sla, by) => Report::Sla(sla, by),
            Gathered::Handoffs(facts, names) => {
                Report::Handoffs(of_handoffs(facts, &names, scope.now))
            }
            Gathered::Staffing(facts, wanted) => {
                Report::Staffing(of_staffing(&facts, scope, wanted))
            }
        }
    }

    /// Whether nothing began in its scope, and nobody waits.
    pub fn is_empty(&self) -> bool {
        match self {
            Report::Sla(sla, _) => {
                sla.backlog.waiting == 0
                    && sla.all().is_none_or(|all| all.conversations.came_in == 0)
            }
            Report::Handoffs(handoffs) => handoffs.reasons.iter().all(|reason| reason.n == 0),
            Report::Staffing(staffing) => staffing.requests == 0,
        }
    }

    /// The name in commands and files.
    pub fn name(&self) -> &'static str {
        match self {
            Report::Sla(..) => "sla",
            Report::Handoffs(_) => "handoffs",
            Report::Staffing(_) => "staffing",
        }
    }

    /// A few lines for chat.
    pub fn lines(&self, words: &Words<'_>) -> Vec<String> {
        match self {
            Report::Sla(sla, _) => lines::sla(sla, words),
            Report::Handoffs(handoffs) => lines::handoffs(handoffs, words),
            Report::Staffing(staffing) => lines::staffing(staffing, words),
        }
    }

    /// A heading of that wording key, and under it the same lines: what is said in chat.
    pub fn told(&self, key: &'static str, span: &Span, words: &Words<'_>) -> String {
        let heading = lines::heading(words, key, span);
        std::iter::once(heading)
            .chain(self.lines(words))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The wording key of its title.
    pub fn title(&self) -> &'static str {
        match self {
            Report::Sla(..) => "report-waits",
            Report::Handoffs(_) => "report-handoffs",
            Report::Staffing(_) => "report-agents-needed",
        }
    }

    /// Its rows.
    pub fn table(&self) -> Table {
        match self {
            Report::Sla(sla, _) => sheets::sla(&sla.groups),
            Report::Handoffs(handoffs) => sheets::handoffs(handoffs),
            Report::Staffing(staffing) => sheets::staffing(staffing),
        }
    }

    /// Its chart.
    pub fn svg(&self, span: &Span, words: &Words<'_>) -> String {
        match self {
            Report::Sla(sla, by) => picture::sla(&sla.groups, *by, span, words),
            Report::Handoffs(handoffs) => picture::handoffs(handoffs, span, words),
            Report::Staffing(staffing) => picture::staffing(staffing, span, words),
        }
    }

    /// Its chart as a PNG.
    pub fn png(&self, span: &Span, words: &Words<'_>) -> Result<Vec<u8>, NotDrawn> {
        png(&self.svg(span, words))
    }

    /// One object.
    pub fn json(&self, span: &Span, zone: &str, now: Timestamp) -> Value {
        let figures = match self {
            Report::Sla(sla, by) => with(
                json!(sla),
                json!({"by": by, "expectation_basis": COVERAGE_BASIS}),
            ),
            Report::Handoffs(handoffs) => json!(handoffs),
            Report::Staffing(staffing) => json!({"staffing": staffing}),
        };
        let head = json!({
            "report": self.name(),
            "from": span.from,
            "to": span.to,
            "zone": zone,
            "now": now,
        });
        with(figures, head)
    }
}

/// The fields of both objects.
fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(fields), Value::Object(more)) = (&mut object, more) {
        fields.extend(more);
    }
    object
}
