//! When a digest is due, and which days it is about.
//!
//! A daily one is due on each morning on which the desk opens, about the days since the last such
//! morning: after a weekend that is the weekend too. A weekly one is due on the first such morning
//! of a week, about the week before. One that could not be told in time is told late, but only the
//! last: nobody is told of each day of a downtime.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time, time};
use jiff::tz::TimeZone;

use crate::domain::sla::calendar::Calendar;

/// When it is told where no calendar says when the desk opens, or it never closes.
const USUAL_TIME: Time = time(8, 0, 0, 0);
/// How far back the last morning is looked for: longer holidays are cut.
const CLOSED_DAYS_MAX: usize = 31;

/// What is told, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digests {
    /// Whether each morning.
    pub daily: bool,
    /// Whether each week.
    pub weekly: bool,
    /// When; `None` at the day's first opening.
    pub at: Option<Time>,
    /// The time zone of `at` and of days; `None` that of the desk.
    pub zone: Option<TimeZone>,
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rhythm {
    /// Each morning.
    Daily,
    /// Each week.
    Weekly,
}

impl Rhythm {
    /// The name under which the last one is remembered.
    pub fn name(self) -> &'static str {
        match self {
            Rhythm::Daily => "daily",
            Rhythm::Weekly => "weekly",
        }
    }
}

/// A digest that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Which.
    pub rhythm: Rhythm,
    /// What it is remembered by: its morning, or the Monday of its week.
    pub morning: Date,
    /// The first day that it is about.
    pub first: Date,
    /// The last.
    pub last: Date,
}

/// What is due at the local time `now`, whether told already or not: at most one of each rhythm.
pub fn due(digests: &Digests, calendar: Option<&Calendar>, now: DateTime) -> Vec<Due> {
    let today = now.date();
    let is_past = |day: Date| match time_on(digests, calendar, day) {
        Some(at) => day.to_datetime(at) <= now,
        None => false,
    };
    let mut due = Vec::new();
    if digests.daily && is_past(today) {
        let opens = |day: &Date| time_on(digests, calendar, *day).is_some();
        let mut earlier = back_from(today).take(CLOSED_DAYS_MAX);
        due.extend(before(today).map(|last| Due {
            rhythm: Rhythm::Daily,
            morning: today,
            first: earlier.find(opens).unwrap_or(last),
            last,
        }));
    }
    let weekday = usize::from(today.weekday().to_monday_zero_offset().unsigned_abs());
    let this_week = || {
        std::iter::once(today)
            .chain(back_from(today))
            .take(weekday + 1)
    };
    if digests.weekly
        && let Some(monday) = this_week().last()
        && this_week().any(is_past)
        && let (Ok(first), Some(last)) = (monday.checked_sub(7.days()), before(monday))
    {
        due.push(Due {
            rhythm: Rhythm::Weekly,
            morning: monday,
            first,
            last,
        });
    }
    due
}

/// When a digest is told on that day; `None` where the desk stays closed.
fn time_on(digests: &Digests, calendar: Option<&Calendar>, day: Date) -> Option<Time> {
    let opening = match calendar {
        None => None,
        Some(calendar) => {
            let openings = calendar.openings_of(day);
            Some(
                openings
                    .iter()
                    .map(|opening| opening.opens_minute())
                    .min()?,
            )
        }
    };
    let opens = opening.filter(|minute| *minute > 0);
    Some(digests.at.or(opens.and_then(clock)).unwrap_or(USUAL_TIME))
}

/// So many minutes after midnight.
fn clock(minute: u16) -> Option<Time> {
    let part = |number: u16| i8::try_from(number).ok();
    Time::new(part(minute / 60)?, part(minute % 60)?, 0, 0).ok()
}

fn before(day: Date) -> Option<Date> {
    day.yesterday().ok()
}

/// The days before a day, the latest first.
fn back_from(day: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(before(day), |day| before(*day))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::sla::calendar::Opening;

    fn digests() -> Digests {
        Digests {
            daily: true,
            weekly: true,
            at: None,
            zone: None,
        }
    }

    /// Monday to Friday from nine.
    fn office() -> Calendar {
        let opening = Opening::read("09:00-17:00").expect("is one");
        let week = std::array::from_fn(|day| if day < 5 { vec![opening] } else { Vec::new() });
        Calendar::new("Asia/Ho_Chi_Minh", week).expect("is one")
    }

    /// `26T09:00` of November 2026, a Thursday.
    fn told(digests: &Digests, calendar: Option<&Calendar>, now: &str) -> Vec<String> {
        let now = format!("2026-11-{now}").parse().expect("is a time");
        due(digests, calendar, now)
            .iter()
            .map(|due| {
                let Due {
                    rhythm,
                    morning,
                    first,
                    last,
                } = due;
                let day = |date: &Date| date.strftime("%m-%d").to_string();
                format!(
                    "{} {}: {}..{}",
                    rhythm.name(),
                    day(morning),
                    day(first),
                    day(last)
                )
            })
            .collect()
    }

    #[test]
    fn a_morning_begins_with_the_opening() {
        let check = |now, expected: &[&str]| {
            assert_eq!(told(&digests(), Some(&office()), now), expected, "{now}");
        };
        let week = "weekly 11-23: 11-16..11-22";
        check("26T08:59", &[week]);
        check("26T09:00", &["daily 11-26: 11-25..11-25", week]);
        check("26T23:59", &["daily 11-26: 11-25..11-25", week]);
        check("28T12:00", &[week]);
        check("23T08:00", &[]);
        check("23T09:00", &["daily 11-23: 11-20..11-22", week]);
    }

    #[test]
    fn a_holiday_is_told_of_on_the_morning_after_it() {
        let calendar = office().with_day(date(2026, 11, 23), Vec::new());
        let check = |now, expected: &[&str]| {
            assert_eq!(told(&digests(), Some(&calendar), now), expected, "{now}");
        };
        check("23T12:00", &[]);
        check(
            "24T09:00",
            &["daily 11-24: 11-20..11-23", "weekly 11-23: 11-16..11-22"],
        );
    }

    #[test]
    fn without_a_calendar_every_day_counts_and_a_time_can_be_set() {
        let only_daily = Digests {
            weekly: false,
            ..digests()
        };
        let check = |digests: &Digests, now, expected: &[&str]| {
            assert_eq!(told(digests, None, now), expected, "{now}");
        };
        check(&only_daily, "28T07:59", &[]);
        check(&only_daily, "28T08:00", &["daily 11-28: 11-27..11-27"]);
        let at_noon = Digests {
            at: Some(time(12, 0, 0, 0)),
            ..only_daily
        };
        check(&at_noon, "28T11:59", &[]);
        check(&at_noon, "28T12:00", &["daily 11-28: 11-27..11-27"]);
        let none = Digests {
            daily: false,
            weekly: false,
            ..digests()
        };
        check(&none, "28T12:00", &[]);
    }
}
