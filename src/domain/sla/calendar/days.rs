//! From local days to instants: the one place that knows about changes of clock.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use super::{Calendar, Hours, merged};
use crate::domain::time::Timestamp;

/// The beginning of the year 1, UTC. What is earlier is closed.
const EARLIEST: Timestamp = Timestamp(-62_135_596_800_000);
/// In the year 9987. What is later is closed.
const LATEST: Timestamp = Timestamp(253_000_000_000_000);
/// Days before a window whose openings can reach into it: a night, and a day that a country left
/// out when it moved across the date line.
const DAYS_BEFORE: i32 = 2;
const DAY_MINUTES: u16 = 24 * 60;

/// The open stretches of a calendar within `from..until`.
pub(super) fn expand(calendar: &Calendar, from: Timestamp, until: Timestamp) -> Hours {
    let mut stretches = Vec::new();
    let last = calendar.zone.to_datetime(instant(until)).date();
    let first = calendar.zone.to_datetime(instant(from)).date();
    let mut day = first.checked_sub(DAYS_BEFORE.days()).ok();
    while let Some(date) = day.filter(|date| *date <= last) {
        for opening in calendar.openings_of(date) {
            let opens = opens_at(&calendar.zone, date, opening.opens_minute());
            let closes = closes_at(&calendar.zone, date, opening.closes_minute());
            stretches.push((opens.max(from), closes.min(until)));
        }
        day = Calendar::day_after(date);
    }
    Hours::new(merged(&stretches))
}

/// The instant of an opening: the first of two, and the next that exists.
pub(super) fn opens_at(zone: &TimeZone, date: Date, minute: u16) -> Timestamp {
    let local = local_time(date, minute);
    instant_of(zone, local, |before, _after| before)
}

/// The instant of a closing: the second of two, and the next that exists.
fn closes_at(zone: &TimeZone, date: Date, minute: u16) -> Timestamp {
    let local = local_time(date, minute);
    instant_of(zone, local, |_before, after| after)
}

/// What the clock on the wall shows so many minutes after midnight. Minutes are those of the
/// clock's face: on a day of 23 or 25 hours, 09:00 is not nine hours after midnight.
fn local_time(date: Date, minute: u16) -> DateTime {
    let (date, minute) = match minute.checked_sub(DAY_MINUTES) {
        Some(of_next) => (Calendar::day_after(date).unwrap_or(date), of_next),
        None => (date, minute),
    };
    // Both parts are below 60: minutes of a day go into an i8.
    let part = |number: u16| i8::try_from(number).unwrap_or_default();
    date.at(part(minute / 60), part(minute % 60), 0, 0)
}

/// The instant of a local time; of one that comes twice, the one at the offset that `of_two`
/// picks from that before the change and that after it.
fn instant_of(
    zone: &TimeZone,
    local: DateTime,
    of_two: impl Fn(Offset, Offset) -> Offset,
) -> Timestamp {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { offset } => at_offset(offset, local),
        AmbiguousOffset::Fold { before, after } => at_offset(of_two(before, after), local),
        AmbiguousOffset::Gap { before, .. } => {
            // At the offset of before the change it would be later than the change.
            let beyond = at_offset(before, local);
            let change = zone.preceding(instant(Timestamp(beyond.0.saturating_add(1))));
            change
                .map(|change| change.timestamp().as_millisecond())
                .next()
                .map_or(beyond, Timestamp)
        }
    }
}

fn at_offset(offset: Offset, local: DateTime) -> Timestamp {
    let farthest = if local.year() < 0 { i64::MIN } else { i64::MAX };
    let at = offset.to_timestamp(local);
    Timestamp(at.map_or(farthest, |at| at.as_millisecond()))
}

/// An instant as the time library has it, those beyond its reach at the edge of it.
pub(super) fn instant(at: Timestamp) -> jiff::Timestamp {
    let near = at.0.clamp(EARLIEST.0, LATEST.0);
    jiff::Timestamp::from_millisecond(near).unwrap_or_default()
}
