//! Reads a plan from its file: TOML, every fault named at once with its line and key.

mod policies;
mod reading;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use self::reading::{Field, Reader};
use super::Plan;
use crate::domain::sla::calendar::{Calendar, DAY_NAMES, Holiday, Opening, ics};
use crate::domain::time::Millis;

/// The most policies of a plan.
const POLICIES_MAX: usize = 200;

/// One thing that is wrong with a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFault {
    /// The line, from 1.
    pub line: usize,
    /// The key: `calendars.office.mon`, `policies[2].human_wait`.
    pub key: String,
    /// What is wrong and what to write instead.
    pub problem: String,
}

impl fmt::Display for PlanFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        if !self.key.is_empty() {
            write!(f, "{} ", self.key)?;
        }
        f.write_str(&self.problem)
    }
}

/// The names of the iCalendar files that a plan's text names, also where it has faults.
pub fn named_files(text: &str) -> BTreeSet<String> {
    let (table, _) = DeTable::parse_recoverable(text);
    let mut names = BTreeSet::new();
    let calendars = table
        .get_ref()
        .iter()
        .find(|(name, _)| name.get_ref() == "calendars");
    let Some(DeValue::Table(calendars)) = calendars.map(|(_, value)| value.get_ref()) else {
        return names;
    };
    for calendar in calendars.values() {
        let DeValue::Table(keys) = calendar.get_ref() else {
            continue;
        };
        let holidays = keys.iter().find(|(name, _)| name.get_ref() == "holidays");
        if let Some(DeValue::Array(entries)) = holidays.map(|(_, value)| value.get_ref()) {
            let texts = entries.iter().filter_map(|entry| match entry.get_ref() {
                DeValue::String(text) => Some(text.trim().to_owned()),
                _ => None,
            });
            names.extend(texts.filter(|text| text.ends_with(".ics")));
        }
    }
    names
}

/// Reads a plan from its text and the iCalendar files that it names, by their names.
pub fn read(text: &str, files: &BTreeMap<String, String>) -> Result<Plan, Vec<PlanFault>> {
    let mut reader = Reader::new(text, files);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let byte = error.span().map_or(0, |span| span.start);
        reader.fault(byte, "", error.message());
    }
    let mut plan = Plan::default();
    for (name, value) in table.get_ref() {
        let at = name.span().start;
        match (name.get_ref().as_ref(), value.get_ref()) {
            ("calendars", DeValue::Table(calendars)) => {
                for (name, value) in calendars {
                    let key = format!("calendars.{}", name.get_ref());
                    if let Some(calendar) = calendar(&mut reader, &key, name.span().start, value) {
                        let name = name.get_ref().clone().into_owned();
                        plan.calendars.insert(name, calendar);
                    }
                }
            }
            ("calendars", _) => {
                reader.fault(at, "calendars", "must be tables: write [calendars.NAME]")
            }
            ("policies", DeValue::Array(policies)) => {
                for (number, value) in (1..).zip(policies) {
                    let key = format!("policies[{number}]");
                    let read = policies::policy(&mut reader, &key, value, &plan.calendars);
                    plan.policies.extend(read);
                }
            }
            ("policies", _) => reader.fault(
                at,
                "policies",
                "must be a list of tables: write [[policies]]",
            ),
            (other, _) => reader.fault(
                at,
                other,
                "is no key; a plan has [calendars.NAME] and [[policies]]",
            ),
        }
    }
    if plan.policies.len() > POLICIES_MAX {
        reader.fault(
            0,
            "policies",
            &format!("are more than {POLICIES_MAX}; join some"),
        );
    }
    if reader.faults.is_empty() {
        Ok(plan)
    } else {
        reader.faults.sort_by_key(|fault| fault.line);
        Err(reader.faults)
    }
}

fn calendar(
    reader: &mut Reader<'_>,
    key: &str,
    at: usize,
    value: &Spanned<DeValue<'_>>,
) -> Option<Calendar> {
    let DeValue::Table(table) = value.get_ref() else {
        reader.fault(at, key, "must be a table: write [calendars.NAME]");
        return None;
    };
    let mut zone = None;
    let mut week: [Vec<Opening>; 7] = Default::default();
    let mut days = Vec::new();
    let mut holidays = Vec::new();
    for (name, value) in table {
        let field = Field::new(key, name, value);
        match (name.get_ref().as_ref(), value.get_ref()) {
            ("zone", _) => zone = reader.text(&field).map(|text| (text, field.at)),
            ("holidays", _) => holidays.extend(holidays_of(reader, &field)),
            ("days", DeValue::Table(dates)) => {
                for (date, value) in dates {
                    let field = Field::new(&field.key, date, value);
                    let openings = openings(reader, &field);
                    match date.get_ref().parse::<jiff::civil::Date>() {
                        Ok(date) => days.push((date, openings)),
                        Err(_) => reader.fault(
                            field.at,
                            &field.key,
                            "is no day; write it as 2026-12-24 = [\"09:00-12:00\"]",
                        ),
                    }
                }
            }
            (day, _) => match DAY_NAMES.iter().position(|known| *known == day) {
                Some(place) => week[place] = openings(reader, &field),
                None => reader.fault(
                    field.at,
                    &field.key,
                    "is no key; a calendar has zone, mon to sun, days and holidays",
                ),
            },
        }
    }
    let Some((zone, zone_at)) = zone else {
        reader.fault(
            at,
            &format!("{key}.zone"),
            "is missing; write one such as zone = \"Asia/Ho_Chi_Minh\"",
        );
        return None;
    };
    let mut calendar = match Calendar::new(&zone, week) {
        Ok(calendar) => calendar.with_holidays(holidays),
        Err(fault) => {
            reader.fault(zone_at, &format!("{key}.zone"), &fault.to_string());
            return None;
        }
    };
    for (date, openings) in days {
        calendar = calendar.with_day(date, openings);
    }
    for fault in calendar.faults() {
        let key = [key, fault.key()].join(".");
        reader.fault(at, key.trim_end_matches('.'), &fault.to_string());
    }
    Some(calendar)
}

fn openings(reader: &mut Reader<'_>, field: &Field<'_>) -> Vec<Opening> {
    let mut openings = Vec::new();
    for text in reader.texts(field) {
        match Opening::read(&text) {
            Ok(opening) => openings.push(opening),
            Err(problem) => reader.fault(field.at, &field.key, &problem),
        }
    }
    openings
}

/// Holidays: days with their names, or the name of an iCalendar file.
fn holidays_of(reader: &mut Reader<'_>, field: &Field<'_>) -> Vec<Holiday> {
    let mut holidays = Vec::new();
    for text in reader.texts(field) {
        if text.ends_with(".ics") {
            match reader.files.get(&text).map(|file| ics::read(file)) {
                Some(Ok(read)) => holidays.extend(read),
                Some(Err(faults)) => {
                    for fault in faults {
                        reader.fault(field.at, &field.key, &format!("{text}, {fault}"));
                    }
                }
                None => reader.fault(field.at, &field.key, &format!("{text} is not there; put the file beside the plan, or add it in the console")),
            }
            continue;
        }
        let (day, name) = text.split_once(' ').unwrap_or((&text, ""));
        match day.parse::<jiff::civil::Date>() {
            Ok(date) => holidays.push(Holiday::once(name.trim(), date)),
            Err(_) => reader.fault(field.at, &field.key, &format!("\"{text}\" is no holiday; write \"2026-09-02 Its name\" or the name of an .ics file")),
        }
    }
    holidays
}

/// Reads a length of time: `90s`, `30m`, `1h 30m`, `2d`.
pub fn length(words: &str) -> Option<Millis> {
    let mut sum = 0_i64;
    let mut any = false;
    for word in words.split_whitespace() {
        let unit_at = word.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = word.split_at(unit_at);
        let unit_ms = match unit {
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        sum = sum.checked_add(number.parse::<i64>().ok()?.checked_mul(unit_ms)?)?;
        any = true;
    }
    any.then_some(Millis(sum))
}
