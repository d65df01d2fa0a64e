//! What the address of a report asks for. What it does not say, or says wrongly, is as usual: a
//! week, no breakdown.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::domain::report::sla::By;
use crate::domain::report::staffing::Wanted;
use crate::domain::sla::plan::Policy;
use crate::domain::time::Timestamp;
use crate::reporting::days::{DAYS_MAX, Days, day_of};
use crate::reporting::picture::Span;
use crate::reporting::report::{About, Report};

/// How many days it is about where the address does not say.
const USUAL_DAYS: i32 = 7;

/// The reports, with the wording keys of their names.
pub(super) const REPORTS: [(&str, &str); 3] = [
    ("sla", "console-report-sla"),
    ("handoffs", "console-report-handoffs"),
    ("staffing", "console-report-staffing"),
];

/// The breakdowns, with the wording keys of their names.
pub(super) const BREAKDOWNS: [(&str, &str); 6] = [
    ("", "console-report-by-nothing"),
    ("channel", "console-report-by-channel"),
    ("agent", "console-report-by-agent"),
    ("segment", "console-report-by-segment"),
    ("language", "console-report-by-language"),
    ("hour", "console-report-by-hour"),
];

/// The forms in which a report can be taken away.
pub(super) const FORMS: [Form; 4] = [Form::Csv, Form::Json, Form::Svg, Form::Png];

/// A form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Csv,
    Json,
    Svg,
    Png,
}

impl Form {
    /// The name in the address, and the file's ending.
    pub(super) fn name(self) -> &'static str {
        match self {
            Form::Csv => "csv",
            Form::Json => "json",
            Form::Svg => "svg",
            Form::Png => "png",
        }
    }

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Form::Csv => "text/csv; charset=utf-8",
            Form::Json => "application/json",
            Form::Svg => "image/svg+xml",
            Form::Png => "image/png",
        }
    }
}

/// The address, as it came.
#[derive(Debug, Default, Deserialize)]
pub(in crate::console) struct Question {
    #[serde(default)]
    report: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    by: String,
    #[serde(default, rename = "as")]
    form: String,
}

impl Question {
    /// The form of the file that is wanted.
    pub(super) fn form(&self) -> Option<Form> {
        FORMS.into_iter().find(|form| form.name() == self.form)
    }

    /// What it asks for; days are those of `zone`.
    pub(super) fn asked(&self, now: Timestamp, zone: &TimeZone, usual: &Policy) -> Asked {
        let usual_days = Days::until(day_of(now, zone), USUAL_DAYS);
        let day = |text: &str| text.parse::<Date>().ok();
        let days = match (day(&self.from), day(&self.to)) {
            (Some(first), Some(last)) if first <= last => {
                let longest = Days::until(last, DAYS_MAX);
                Days {
                    first: first.max(longest.first),
                    last,
                }
            }
            _ => usual_days,
        };
        let about = match self.report.as_str() {
            "handoffs" => About::Handoffs,
            "staffing" => About::Staffing(Wanted::usual(usual)),
            _ => About::Sla(by_named(&self.by)),
        };
        Asked { about, days }
    }
}

fn by_named(name: &str) -> Option<By> {
    match name {
        "channel" => Some(By::Channel),
        "agent" => Some(By::Agent),
        "segment" => Some(By::Segment),
        "language" => Some(By::Language),
        "hour" => Some(By::Hour),
        _ => None,
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) about: About,
    pub(super) days: Days,
}

impl Asked {
    /// The report's name in the address.
    pub(super) fn name(&self) -> &'static str {
        match self.about {
            About::Sla(_) => "sla",
            About::Handoffs => "handoffs",
            About::Staffing(_) => "staffing",
        }
    }

    /// The breakdown's name in the address; empty where there is none.
    pub(super) fn by_name(&self) -> &'static str {
        match self.about {
            About::Sla(Some(By::Channel)) => "channel",
            About::Sla(Some(By::Agent)) => "agent",
            About::Sla(Some(By::Segment)) => "segment",
            About::Sla(Some(By::Language)) => "language",
            About::Sla(Some(By::Hour)) => "hour",
            About::Sla(Some(By::HourOfWeek) | None) | About::Handoffs | About::Staffing(_) => "",
        }
    }

    /// The address that asks for it.
    pub(super) fn query(&self) -> String {
        self.query_with(self.name(), self.days)
    }

    /// The address that asks for another report over the same days.
    pub(super) fn query_of(&self, report: &str) -> String {
        self.query_with(report, self.days)
    }

    /// The address that asks for the same over the last so many days.
    pub(super) fn query_of_days(&self, now: Timestamp, zone: &TimeZone, days: i32) -> String {
        self.query_with(self.name(), Days::until(day_of(now, zone), days))
    }

    fn query_with(&self, report: &str, days: Days) -> String {
        let Days { first, last } = days;
        let by = self.by_name();
        format!("report={report}&from={first}&to={last}&by={by}")
    }

    /// The days as people write them.
    pub(super) fn span(&self) -> Span {
        Span {
            from: Some(self.days.first.to_string()),
            to: Some(self.days.last.to_string()),
        }
    }

    /// What a file of it is called.
    pub(super) fn file_name(&self, report: &Report, form: Form) -> String {
        let Days { first, last } = self.days;
        format!("{}-{first}-{last}.{}", report.name(), form.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(report: &str, from: &str, to: &str, by: &str) -> Asked {
        let question = Question {
            report: report.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            by: by.to_owned(),
            form: String::new(),
        };
        let usual = crate::config::Config::default().usual_policy();
        question.asked(Timestamp(1_800_000_000_000), &TimeZone::UTC, &usual)
    }

    #[test]
    fn what_is_wrong_is_as_usual() {
        let week = "report=sla&from=2027-01-09&to=2027-01-15&by=";
        for (report, from, to, by) in [
            ("", "", "", ""),
            ("voice", "2027-01-01", "", "x"),
            ("sla", "2027-01-02", "2027-01-01", "<b>"),
            ("sla", "yesterday", "2027-01-01", ""),
        ] {
            assert_eq!(asked(report, from, to, by).query(), week);
        }
        let good = asked("sla", "2026-12-01", "2026-12-31", "agent").query();
        assert_eq!(good, "report=sla&from=2026-12-01&to=2026-12-31&by=agent");
        let long = asked("staffing", "1999-01-01", "2026-12-31", "").query();
        assert_eq!(long, "report=staffing&from=2025-12-31&to=2026-12-31&by=");
    }
}
