//! What can be wrong with a calendar, named by the key that it stands under.

use std::fmt;

use jiff::tz::TimeZoneDatabase;

use super::{Calendar, DAY_NAMES, Opening};

/// Minutes of a day, by the clock's face.
const DAY_MINUTES: i32 = 24 * 60;
/// Minutes of a week.
const WEEK_MINUTES: i32 = 7 * DAY_MINUTES;

/// Something wrong with a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalendarFault {
    /// No time zone is called that.
    UnknownZone {
        /// What stands there.
        zone: String,
        /// One that may be meant.
        near: Option<String>,
    },
    /// It never opens.
    NoOpening,
    /// Two openings are at the same time.
    Overlap {
        /// The key of the first.
        key: String,
        /// The first.
        one: Opening,
        /// The key of the other.
        other_key: String,
        /// The other.
        other: Opening,
    },
}

impl CalendarFault {
    pub(super) fn unknown_zone(zone: &str) -> CalendarFault {
        CalendarFault::UnknownZone {
            zone: zone.to_owned(),
            near: near(zone),
        }
    }

    /// The key below the calendar's that it is about.
    pub fn key(&self) -> &str {
        match self {
            CalendarFault::UnknownZone { .. } => "zone",
            CalendarFault::NoOpening => "",
            CalendarFault::Overlap { key, .. } => key,
        }
    }
}

impl fmt::Display for CalendarFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CalendarFault::UnknownZone { zone, near } => {
                write!(f, "\"{zone}\" is no IANA time zone")?;
                match near {
                    Some(near) => write!(f, "; did you mean \"{near}\"?"),
                    None => write!(f, "; write one such as \"Asia/Ho_Chi_Minh\""),
                }
            }
            CalendarFault::NoOpening => write!(
                f,
                "never opens; give a day its hours, such as mon = [\"09:00-17:00\"]"
            ),
            CalendarFault::Overlap {
                key,
                one,
                other_key,
                other,
            } if key == other_key => {
                write!(
                    f,
                    "has openings that overlap: {one} and {other}; join or part them"
                )
            }
            CalendarFault::Overlap {
                one,
                other_key,
                other,
                ..
            } => write!(
                f,
                "has the opening {one}, which lasts into {other} of {other_key}; join or part them"
            ),
        }
    }
}

/// Another spelling of the zone's name: same letters, or the same city.
fn near(zone: &str) -> Option<String> {
    let plain = |name: &str| name.to_lowercase().replace([' ', '-', '_'], "");
    let city = |name: &str| plain(name.rsplit('/').next().unwrap_or(name));
    let wanted = plain(zone);
    let database = TimeZoneDatabase::bundled();
    let names: Vec<String> = database.available().map(|name| name.to_string()).collect();
    let same = names.iter().find(|name| plain(name) == wanted);
    let same_city = || names.iter().find(|name| city(name) == city(zone));
    same.or_else(same_city).cloned()
}

pub(super) fn faults(calendar: &Calendar) -> Vec<CalendarFault> {
    if !calendar.ever_opens() {
        return vec![CalendarFault::NoOpening];
    }
    let mut faults = overlaps_of_week(calendar);
    for (date, openings) in &calendar.days {
        let placed: Vec<Placed> = openings.iter().map(|opening| placed(*opening, 0)).collect();
        faults.extend(overlaps(placed, |_| format!("days.{date}")));
    }
    faults
}

/// An opening and where it begins and ends in minutes of some longer stretch.
type Placed = (i32, i32, Opening);

fn placed(opening: Opening, shift: i32) -> Placed {
    let at = |minute: u16| shift + i32::from(minute);
    (
        at(opening.opens_minute()),
        at(opening.closes_minute()),
        opening,
    )
}

fn overlaps_of_week(calendar: &Calendar) -> Vec<CalendarFault> {
    let mut all = Vec::new();
    for (day, openings) in (0_i32..).zip(&calendar.week) {
        let shift = day * DAY_MINUTES;
        all.extend(openings.iter().map(|opening| placed(*opening, shift)));
    }
    // The night from Sunday to Monday reaches into the first openings of the week.
    all.sort_unstable();
    if let Some((opens, closes, opening)) = all.first().copied() {
        all.push((opens + WEEK_MINUTES, closes + WEEK_MINUTES, opening));
    }
    overlaps(all, |begins| {
        let day = begins.rem_euclid(WEEK_MINUTES) / DAY_MINUTES;
        let name = usize::try_from(day).ok().and_then(|day| DAY_NAMES.get(day));
        name.copied().unwrap_or_default().to_owned()
    })
}

fn overlaps(mut all: Vec<Placed>, key: impl Fn(i32) -> String) -> Vec<CalendarFault> {
    all.sort_unstable();
    let pairs = all.iter().zip(all.iter().skip(1));
    pairs
        .filter(|(one, other)| one.1 > other.0)
        .map(|(one, other)| CalendarFault::Overlap {
            key: key(one.0),
            one: one.2,
            other_key: key(other.0),
            other: other.2,
        })
        .collect()
}
