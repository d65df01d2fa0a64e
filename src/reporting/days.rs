//! The days that a report is about, as people of one time zone count them.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::domain::time::Timestamp;

/// The longest period that is asked for by a number of days.
pub const DAYS_MAX: i32 = 366;

/// Whole days in a time zone, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub first: Date,
    /// The last.
    pub last: Date,
}

impl Days {
    /// The last so many days, of which `last` is one; at least one and at most [`DAYS_MAX`].
    pub fn until(last: Date, days: i32) -> Days {
        let before = (days.clamp(1, DAYS_MAX) - 1).days();
        Days {
            first: last.checked_sub(before).unwrap_or(last),
            last,
        }
    }

    /// As points in time, `from <= at < until`.
    pub fn bounds(self, zone: &TimeZone) -> (Timestamp, Timestamp) {
        let after = self.last.tomorrow().unwrap_or(self.last);
        (start_of(self.first, zone), start_of(after, zone))
    }
}

/// The instant at which a day begins in a zone.
pub fn start_of(day: Date, zone: &TimeZone) -> Timestamp {
    // Only the first and the last day that there are have no beginning everywhere.
    let start = day.to_zoned(zone.clone());
    start.map_or(Timestamp(0), |start| {
        Timestamp(start.timestamp().as_millisecond())
    })
}

/// The day in a zone.
pub fn day_of(at: Timestamp, zone: &TimeZone) -> Date {
    let instant = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    zone.to_datetime(instant).date()
}

/// The time zone of that name, from the data that this program carries.
pub fn zone_named(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_zone() {
        let zone = zone_named("Asia/Ho_Chi_Minh").expect("is known");
        let now = Timestamp(1_800_000_000_000);
        let today = day_of(now, &zone);
        assert_eq!(today.to_string(), "2027-01-15");
        let week = Days::until(today, 7);
        assert_eq!(week.first.to_string(), "2027-01-09");
        let (from, until) = week.bounds(&zone);
        assert_eq!((until - from).0, 7 * 86_400_000);
        assert_eq!(from.0 % 86_400_000, 17 * 3_600_000, "midnight there");
        assert_eq!(Days::until(today, 0), Days::until(today, 1));
        assert_eq!(zone_named("Hanoi"), None);
    }
}
