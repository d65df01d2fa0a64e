//! Days on which it is closed: once, or every year.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// The most days that one holiday lasts.
pub const HOLIDAY_DAYS_MAX: i64 = 60;

/// A holiday of one or several days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// What it is called.
    pub name: String,
    /// Its first day, the first time.
    pub first: Date,
    /// How many days it lasts, from 1 to `HOLIDAY_DAYS_MAX`.
    pub days: i64,
    /// Whether it comes again.
    pub recurs: Recurrence,
    /// First days on which it does not come.
    pub except: Vec<Date>,
}

/// Whether a holiday comes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recurrence {
    /// It does not.
    Once,
    /// Every `interval` years, until the day `until`, included, where there is one.
    Yearly {
        /// In years.
        interval: i16,
        /// The last day on which it may begin.
        until: Option<Date>,
        /// Which day of the year.
        on: YearDay,
    },
}

/// Which day of the year a holiday begins on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YearDay {
    /// The same day of the same month as the first time; 29 February in leap years only.
    Same,
    /// The nth (from the end, where negative) such weekday of the month.
    Weekday {
        /// The month.
        month: i8,
        /// Which one of the month.
        nth: i8,
        /// Which weekday.
        weekday: Weekday,
    },
}

impl Holiday {
    /// A holiday of one day that does not come again.
    pub fn once(name: impl Into<String>, date: Date) -> Holiday {
        Holiday {
            name: name.into(),
            first: date,
            days: 1,
            recurs: Recurrence::Once,
            except: Vec::new(),
        }
    }

    /// Whether a date is one of its days.
    pub fn falls_on(&self, date: Date) -> bool {
        // Most dates are nowhere near: a comparison says so.
        if date < self.first {
            return false;
        }
        match &self.recurs {
            Recurrence::Once => self.covers(self.first, date),
            Recurrence::Yearly { .. } => [date.year() - 1, date.year()]
                .into_iter()
                .filter_map(|year| self.begins_in(year))
                .any(|begins| self.covers(begins, date)),
        }
    }

    fn covers(&self, begins: Date, date: Date) -> bool {
        let begun = begins <= date && !self.except.contains(&begins);
        begun
            && begins
                .checked_add((self.days - 1).days())
                .is_ok_and(|last| date <= last)
    }

    /// Its first day in a year, where it comes in that year.
    fn begins_in(&self, year: i16) -> Option<Date> {
        let Recurrence::Yearly {
            interval,
            until,
            on,
        } = &self.recurs
        else {
            return None;
        };
        if (year - self.first.year()) % interval != 0 {
            return None;
        }
        let begins = match *on {
            YearDay::Same => Date::new(year, self.first.month(), self.first.day()).ok()?,
            YearDay::Weekday {
                month,
                nth,
                weekday,
            } => Date::new(year, month, 1)
                .ok()?
                .nth_weekday_of_month(nth, weekday)
                .ok()?,
        };
        let ended = until.is_some_and(|until| begins > until);
        (begins >= self.first && !ended).then_some(begins)
    }
}
