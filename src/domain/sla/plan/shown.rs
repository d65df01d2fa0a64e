//! Policies and calendars as text, for those who look at them.

use serde::Serialize;

use super::{Policy, Target, WhenOpen};
use crate::domain::lang::Lang;
use crate::domain::place::ChannelKind;
use crate::domain::sla::SlaClock;
use crate::domain::sla::calendar::{Calendar, DAY_NAMES, Opening};
use crate::domain::time::Millis;

/// A policy as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PolicyText {
    /// What it is called.
    pub name: String,
    /// For whom, as its keys say it; `all` for everybody.
    pub when: String,
    /// Its targets, as its keys say them.
    pub targets: String,
    /// Whom a wait is brought to, and when.
    pub ladder: String,
}

impl Policy {
    /// The policy as text.
    pub fn text(&self) -> PolicyText {
        let when = &self.when;
        let list = |key: &str, members: Vec<&str>| {
            (!members.is_empty()).then(|| format!("{key} {}", members.join(" or ")))
        };
        let conditions = [
            list(
                "channel",
                when.channels
                    .iter()
                    .map(|channel| ChannelKind::name(*channel))
                    .collect(),
            ),
            list(
                "segment",
                when.segments.iter().map(String::as_str).collect(),
            ),
            list(
                "language",
                when.languages
                    .iter()
                    .map(|lang| Lang::code(*lang))
                    .collect(),
            ),
            list("tag", when.tags.iter().map(String::as_str).collect()),
            when.hours.as_ref().map(|hours| match hours {
                WhenOpen::Within(name) => format!("while {name} is open"),
                WhenOpen::Outside(name) => format!("while {name} is closed"),
            }),
        ];
        let conditions: Vec<String> = conditions.into_iter().flatten().collect();
        let targets: Vec<String> = SlaClock::ALL
            .into_iter()
            .filter_map(|clock| {
                let target = self.targets.get(&clock)?;
                Some(format!("{} {}", clock.name(), self.target_text(*target)))
            })
            .collect();
        PolicyText {
            name: self.name.clone(),
            when: if conditions.is_empty() {
                "all".to_owned()
            } else {
                conditions.join(", ")
            },
            targets: targets.join(", "),
            ladder: format!(
                "desk warned at {} %, lead called at {} %, customer told at {} %; quiet for {}",
                self.warn_at_percent,
                self.ladder.lead_at_percent,
                self.ladder.customer_at_percent,
                length_text(self.ladder.snooze)
            ),
        }
    }

    /// A target as text: `1 h 30 min of office`, `2 min`.
    pub fn target_text(&self, target: Target) -> String {
        let length = length_text(target.length);
        match &self.calendar {
            Some(calendar) if !target.in_wall_time => format!("{length} of {calendar}"),
            Some(_) | None => length,
        }
    }
}

fn length_text(length: Millis) -> String {
    let seconds = length.0 / 1_000;
    let parts = [
        (seconds / 3_600, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts
        .map(|(number, unit)| format!("{number} {unit}"))
        .collect();
    parts.join(" ")
}

impl Calendar {
    /// The openings as text: days with the same ones on one line, then single days and holidays.
    pub fn text(&self) -> Vec<String> {
        let mut lines: Vec<(Vec<&str>, &[Opening])> = Vec::new();
        for (name, openings) in DAY_NAMES.iter().zip(self.week()) {
            match lines.last_mut() {
                Some((names, same)) if *same == openings.as_slice() => names.push(name),
                Some(_) | None => lines.push((vec![name], openings)),
            }
        }
        let week = lines.into_iter().map(|(names, openings)| {
            let days = match names.as_slice() {
                [first, .., last] => format!("{first}–{last}"),
                _ => names.concat(),
            };
            format!("{days} {}", openings_text(openings))
        });
        let days = self.days().iter();
        let days = days.map(|(date, openings)| format!("{date} {}", openings_text(openings)));
        let holidays =
            (!self.holidays().is_empty()).then(|| format!("holidays: {}", self.holidays().len()));
        week.chain(days).chain(holidays).collect()
    }
}

fn openings_text(openings: &[Opening]) -> String {
    if openings.is_empty() {
        return "closed".to_owned();
    }
    let texts: Vec<String> = openings.iter().map(Opening::to_string).collect();
    texts.join(", ")
}
