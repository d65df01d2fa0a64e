//! Reads holidays from an iCalendar file (RFC 5545): its all-day events, once or every year.
//!
//! Its own reader rather than a library: those that know recurrences bring a second time library
//! and a second copy of the time-zone data, and leave out in silence what they do not know. Here
//! what is not understood is an error with its line, since a holiday that is quietly left out
//! becomes a breach. Everything is read or nothing.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::holiday::{HOLIDAY_DAYS_MAX, Holiday, Recurrence, YearDay};

/// The most events of one file.
const EVENTS_MAX: usize = 5_000;

/// What is wrong with an iCalendar file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IcsFault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to do about it.
    pub problem: String,
}

impl fmt::Display for IcsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

/// The holidays of the file's text; every fault at once where there are any.
pub fn read(text: &str) -> Result<Vec<Holiday>, Vec<IcsFault>> {
    let mut reading = Reading::default();
    let lines = unfolded(text);
    let begins = lines.iter().find(|line| !line.text.trim().is_empty());
    if !begins.is_some_and(|line| line.text.trim().eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
        return Err(vec![IcsFault {
            line: begins.map_or(1, |line| line.number),
            problem: "is no iCalendar file: it must begin with BEGIN:VCALENDAR".to_owned(),
        }]);
    }
    for line in &lines {
        reading.line(line);
    }
    reading.end(lines.last().map_or(1, |line| line.number))
}

/// A line of the file with what was folded onto further ones.
struct Line {
    number: usize,
    text: String,
}

fn unfolded(text: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (number, text) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        match (text.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some(last)) => last.text.push_str(more),
            _ => lines.push(Line {
                number,
                text: text.to_owned(),
            }),
        }
    }
    lines
}

/// An event as far as it is read.
#[derive(Default)]
struct Event {
    line: usize,
    name: String,
    first: Option<Date>,
    /// The day after its last.
    end: Option<Date>,
    days: Option<i64>,
    rule: Option<(usize, String)>,
    except: Vec<Date>,
    cancelled: bool,
}

#[derive(Default)]
struct Reading {
    event: Option<Event>,
    /// How many parts within the event (alarms) are open.
    inner: usize,
    holidays: Vec<Holiday>,
    faults: Vec<IcsFault>,
}

impl Reading {
    fn line(&mut self, line: &Line) {
        let Some((head, value)) = line.text.split_once(':') else {
            return;
        };
        let mut head = head.split(';');
        let name = head.next().unwrap_or_default().to_ascii_uppercase();
        let value = value.trim();
        match (name.as_str(), self.event.is_some()) {
            ("BEGIN", false) if value.eq_ignore_ascii_case("VEVENT") => {
                self.event = Some(Event {
                    line: line.number,
                    ..Event::default()
                });
            }
            ("BEGIN", true) => self.inner += 1,
            ("END", true) if self.inner > 0 => self.inner -= 1,
            ("END", true) => self.end_event(),
            (_, true) if self.inner == 0 => {
                let read = self.property(&name, value, line.number);
                self.note(line.number, read);
            }
            _ => {}
        }
    }

    fn note(&mut self, line: usize, read: Result<(), String>) {
        if let Err(problem) = read {
            self.faults.push(IcsFault { line, problem });
        }
    }

    fn property(&mut self, name: &str, value: &str, line: usize) -> Result<(), String> {
        let Some(event) = &mut self.event else {
            return Ok(());
        };
        match name {
            "SUMMARY" => event.name = words(value),
            "DTSTART" => event.first = Some(day(value)?),
            "DTEND" => event.end = Some(day(value)?),
            "DURATION" => event.days = Some(days(value)?),
            "RRULE" => event.rule = Some((line, value.to_owned())),
            "EXDATE" => {
                for date in value.split(',') {
                    event.except.push(day(date)?);
                }
            }
            "RDATE" | "EXRULE" | "RECURRENCE-ID" => {
                return Err(format!(
                    "{name} is not understood; write the days that it stands for as events of their own"
                ));
            }
            "STATUS" => event.cancelled = value.eq_ignore_ascii_case("CANCELLED"),
            // None of the others says which day it is.
            _ => {}
        }
        Ok(())
    }

    fn end_event(&mut self) {
        let Some(event) = self.event.take() else {
            return;
        };
        let known_faults = self.faults.iter().any(|fault| fault.line >= event.line);
        if event.cancelled || known_faults {
            return;
        }
        let line = event.rule.as_ref().map_or(event.line, |(line, _)| *line);
        match holiday(event) {
            Ok(holiday) => self.holidays.push(holiday),
            Err(problem) => self.faults.push(IcsFault { line, problem }),
        }
    }

    fn end(mut self, last: usize) -> Result<Vec<Holiday>, Vec<IcsFault>> {
        if self.event.is_some() {
            self.note(
                last,
                Err("the last event has no END:VEVENT; is the file complete?".to_owned()),
            );
        }
        if self.holidays.len() > EVENTS_MAX {
            let problem = format!("has more than {EVENTS_MAX} events; take fewer years");
            self.note(last, Err(problem));
        }
        if self.holidays.is_empty() && self.faults.is_empty() {
            self.note(
                last,
                Err("has no event (BEGIN:VEVENT … END:VEVENT)".to_owned()),
            );
        }
        if self.faults.is_empty() {
            Ok(self.holidays)
        } else {
            Err(self.faults)
        }
    }
}

fn holiday(event: Event) -> Result<Holiday, String> {
    let first = event.first.ok_or("the event has no DTSTART")?;
    let days = match (event.end, event.days) {
        (Some(end), _) => i64::from((end - first).get_days()),
        (None, Some(days)) => days,
        (None, None) => 1,
    };
    if !(1..=HOLIDAY_DAYS_MAX).contains(&days) {
        return Err(format!(
            "the event lasts {days} days; a holiday lasts from 1 to {HOLIDAY_DAYS_MAX}, and DTEND is the day after its last"
        ));
    }
    let mut recurs = Recurrence::Once;
    if let Some((_, rule)) = event.rule {
        recurs = recurrence(&rule, first)?;
    }
    Ok(Holiday {
        name: event.name,
        first,
        days,
        recurs,
        except: event.except,
    })
}

/// A day, `20261225`; an event at a time of day is no holiday.
fn day(value: &str) -> Result<Date, String> {
    let value = value.trim();
    let is_time = value.contains('T') && !value.contains("T000000");
    if is_time {
        return Err(format!(
            "{value} is a time of day; holidays are events of whole days, such as DTSTART;VALUE=DATE:20261225"
        ));
    }
    let digits = value.split('T').next().unwrap_or_default();
    let part = |from: usize, to: usize| {
        digits
            .get(from..to)
            .and_then(|part| part.parse::<i16>().ok())
    };
    let date = (digits.len() == 8)
        .then(|| Date::new(part(0, 4)?, small(part(4, 6)?)?, small(part(6, 8)?)?).ok())
        .flatten();
    date.ok_or_else(|| format!("{value} is no day; write it as YYYYMMDD, such as 20261225"))
}

fn small(number: i16) -> Option<i8> {
    i8::try_from(number).ok()
}

/// A length of whole days or weeks: `P1D`, `P2W`.
fn days(value: &str) -> Result<i64, String> {
    let length = value.trim_start_matches('+').strip_prefix('P');
    let read = length.and_then(|length| {
        let of_days = length.strip_suffix('D').map(|n| (n, 1));
        let (number, each) = of_days.or_else(|| length.strip_suffix('W').map(|n| (n, 7)))?;
        number.parse::<i64>().ok()?.checked_mul(each)
    });
    read.ok_or_else(|| format!("the DURATION {value} is not whole days, such as P1D"))
}

fn recurrence(rule: &str, first: Date) -> Result<Recurrence, String> {
    let mut interval = 1;
    let mut until = None;
    let mut count = None;
    let (mut month, mut month_day, mut by_day) = (None, None, None);
    for part in rule.split(';').filter(|part| !part.is_empty()) {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let number = || value.parse::<i16>().ok().filter(|number| *number > 0);
        let read = match key.to_ascii_uppercase().as_str() {
            "FREQ" => value.eq_ignore_ascii_case("YEARLY").then_some(()),
            "INTERVAL" => number().map(|years| interval = years),
            "COUNT" => number().map(|times| count = Some(times)),
            "UNTIL" => {
                // Also one with a time: the day counts.
                let date = day(value.split('T').next().unwrap_or_default()).ok();
                date.map(|date| until = Some(date))
            }
            "BYMONTH" => number().and_then(small).map(|read| month = Some(read)),
            "BYMONTHDAY" => number().and_then(small).map(|read| month_day = Some(read)),
            "BYDAY" => nth_weekday(value).map(|read| by_day = Some(read)),
            "WKST" => Some(()),
            _ => None,
        };
        read.ok_or_else(|| {
            format!("the RRULE part {part} is not understood; yearly rules are, with INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY and BYDAY such as 4TH")
        })?;
    }
    let on = match (by_day, month_day) {
        (Some((nth, weekday)), None) => YearDay::Weekday {
            month: month.unwrap_or(first.month()),
            nth,
            weekday,
        },
        (None, day) if day.is_none_or(|day| day == first.day()) && month.is_none_or(|month| month == first.month()) => YearDay::Same,
        _ => return Err("the RRULE names another day than DTSTART; let the event begin on the day that its rule names".to_owned()),
    };
    if let Some(times) = count {
        let years = (times - 1).saturating_mul(interval);
        let last = first.checked_add(i64::from(years).years());
        // The last time may fall some days later in its year than the first did in its own.
        let last = last.and_then(|last| last.checked_add(31.days()));
        until = Some(last.map_err(|error| error.to_string())?);
    }
    Ok(Recurrence::Yearly {
        interval,
        until,
        on,
    })
}

/// `4TH`, `-1MO`: which one of the month, and the weekday.
fn nth_weekday(text: &str) -> Option<(i8, Weekday)> {
    let (nth, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let nth = nth
        .parse::<i8>()
        .ok()
        .filter(|nth| *nth != 0 && nth.abs() <= 5)?;
    let weekday = match day.to_ascii_uppercase().as_str() {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    Some((nth, weekday))
}

/// Text as RFC 5545 escapes it.
fn words(value: &str) -> String {
    let mut words = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n' | 'N') => words.push(' '),
                Some(other) => words.push(other),
                None => {}
            },
            (c, false) => words.push(c),
        }
    }
    words
}

#[cfg(test)]
mod tests;
