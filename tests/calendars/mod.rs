//! Business calendars: the published vectors, and a brute-force oracle over random calendars and
//! all the zones of the world.

mod oracle;
mod random;
mod vectors;
mod zones;

use careline::domain::sla::calendar::{Calendar, Opening};
use careline::domain::time::{Millis, Timestamp};
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// A calendar with the same openings on each of the days; Monday is 0.
fn calendar(zone: &str, days: &[usize], openings: &[&str]) -> Calendar {
    let mut week: [Vec<Opening>; 7] = Default::default();
    for day in days {
        week[*day] = openings.iter().map(|text| opening(text)).collect();
    }
    Calendar::new(zone, week).expect("is a zone")
}

const MON_TO_FRI: [usize; 5] = [0, 1, 2, 3, 4];
const EVERY_DAY: [usize; 7] = [0, 1, 2, 3, 4, 5, 6];

fn opening(text: &str) -> Opening {
    Opening::read(text).expect("is an opening")
}

fn zone(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).expect("is a zone")
}

/// The instant of a local time with its offset: `2026-03-29T03:00:00+02:00`.
fn at(text: &str) -> Timestamp {
    let instant: jiff::Timestamp = text.parse().expect("is an instant");
    Timestamp(instant.as_millisecond())
}

fn minutes(n: i64) -> Millis {
    Millis::minutes(n)
}

/// What the clock on the wall shows at an instant: the easy direction, that the oracle trusts.
fn local(zone: &TimeZone, at: Timestamp) -> DateTime {
    zone.to_datetime(jiff::Timestamp::from_millisecond(at.0).expect("is in reach"))
}

/// How many cases are tried: more by the environment, for a long run.
fn cases(usually: u32) -> u32 {
    let wanted = std::env::var("CARELINE_TEST_CALENDAR_CASES").ok();
    wanted.map_or(usually, |text| text.parse().expect("is a number"))
}
