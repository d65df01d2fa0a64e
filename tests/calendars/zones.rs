//! Every zone of the time-zone data across its next two changes of clock, and those that did
//! what no other does.

use super::oracle::Oracle;
use super::{EVERY_DAY, at, calendar, minutes, zone};
use careline::domain::sla::calendar::zone_release;
use careline::domain::time::{Millis, Timestamp};
use jiff::tz::TimeZoneDatabase;

const MINUTE: Millis = Millis::minutes(1);

/// Openings at the hours at which clocks are changed, and a night.
const AROUND_THE_CHANGE: [&str; 4] = ["00:00-00:30", "01:15-01:45", "02:10-03:20", "23:00-23:50"];

#[test]
fn every_zone_of_the_world_is_exact_across_two_changes_of_clock() {
    let (mut zones, mut changes) = (0, 0);
    for name in TimeZoneDatabase::bundled().available() {
        let zone = zone(name.as_str());
        if zone.iana_name().is_none() {
            continue;
        }
        zones += 1;
        let calendars = [
            calendar(name.as_str(), &EVERY_DAY, &AROUND_THE_CHANGE),
            calendar(name.as_str(), &EVERY_DAY, &["22:00-06:00"]),
        ];
        let begin = jiff::Timestamp::from_second(1_735_700_000).expect("is 2025");
        for change in zone.following(begin).take(2) {
            changes += 1;
            let change = Timestamp(change.timestamp().as_millisecond());
            assert_eq!(change.0 % MINUTE.0, 0, "{name:?} changes within a minute");
            let (from, until) = (change - Millis::hours(12), change + Millis::hours(12));
            for calendar in &calendars {
                let oracle = Oracle::look(calendar, &zone, from, until, MINUTE);
                for hours in 0..24 {
                    let at = from + Millis::hours(hours);
                    let name = name.as_str();
                    assert_eq!(
                        calendar.elapsed(from, at),
                        oracle.elapsed(from, at),
                        "{name}"
                    );
                    let length = minutes(7 * (hours + 1));
                    if let Some(due) = oracle.due(from, length) {
                        assert_eq!(calendar.due(from, length), Some(due), "{name}");
                    }
                }
            }
        }
    }
    assert!(zones > 400, "only {zones} zones");
    assert!(changes > 300, "only {changes} changes");
    assert_ne!(zone_release(), "unknown");
}

#[test]
fn lord_howe_moves_its_clocks_by_half_an_hour() {
    let always = calendar("Australia/Lord_Howe", &EVERY_DAY, &["00:00-24:00"]);
    // On 5 April 2026 from 02:00 back to 01:30, on 4 October from 02:00 to 02:30.
    assert_eq!(
        always.elapsed(
            at("2026-04-05T00:00:00+11:00"),
            at("2026-04-06T00:00:00+10:30")
        ),
        minutes(24 * 60 + 30)
    );
    assert_eq!(
        always.elapsed(
            at("2026-10-04T00:00:00+10:30"),
            at("2026-10-05T00:00:00+11:00")
        ),
        minutes(24 * 60 - 30)
    );
    let mornings = calendar("Australia/Lord_Howe", &EVERY_DAY, &["01:45-02:15"]);
    let from = at("2026-04-05T00:00:00+11:00");
    assert_eq!(
        mornings.due(from, minutes(60)),
        Some(at("2026-04-05T02:15:00+10:30"))
    );
}

#[test]
fn chatham_is_three_quarters_of_an_hour_off() {
    let mornings = calendar("Pacific/Chatham", &EVERY_DAY, &["02:45-03:45"]);
    // On 27 September 2026 from 02:45 to 03:45; on 5 April from 03:45 back to 02:45.
    assert_eq!(
        mornings.elapsed(
            at("2026-09-27T00:00:00+12:45"),
            at("2026-09-28T00:00:00+13:45")
        ),
        minutes(0)
    );
    assert_eq!(
        mornings.elapsed(
            at("2026-04-05T00:00:00+13:45"),
            at("2026-04-06T00:00:00+12:45")
        ),
        minutes(120)
    );
    let later = calendar("Pacific/Chatham", &EVERY_DAY, &["02:30-03:30"]);
    assert_eq!(
        later.elapsed(
            at("2026-04-05T00:00:00+13:45"),
            at("2026-04-06T00:00:00+12:45")
        ),
        minutes(120)
    );
}

#[test]
fn samoa_left_out_a_day() {
    // After 29 December 2011 came the 31st.
    let office = calendar("Pacific/Apia", &EVERY_DAY, &["09:00-17:00"]);
    let (from, until) = (
        at("2011-12-29T00:00:00-10:00"),
        at("2012-01-01T00:00:00+14:00"),
    );
    assert_eq!(office.elapsed(from, until), minutes(2 * 8 * 60));
    assert_eq!(
        office.due(at("2011-12-29T16:00:00-10:00"), minutes(120)),
        Some(at("2011-12-31T10:00:00+14:00"))
    );
    let nights = calendar("Pacific/Apia", &EVERY_DAY, &["22:00-06:00"]);
    assert_eq!(
        nights.elapsed(
            at("2011-12-29T12:00:00-10:00"),
            at("2011-12-31T12:00:00+14:00")
        ),
        minutes(8 * 60),
        "the night of the day that came"
    );
}
