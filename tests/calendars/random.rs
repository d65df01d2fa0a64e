//! Random calendars, and random instants near changes of clock.

use super::{calendar, opening, zone};
use careline::domain::sla::calendar::{Calendar, Holiday};
use careline::domain::time::{Millis, Timestamp};
use proptest::prelude::*;

/// Zones that do what others do not: half-hour changes, changes at odd times, none at all, and a
/// day left out.
pub const ZONES: [&str; 12] = [
    "Asia/Ho_Chi_Minh",
    "Asia/Shanghai",
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "Pacific/Apia",
];

fn hours() -> impl Strategy<Value = String> {
    // Midnight and the hours around changes of clock are where mistakes are.
    let minute = prop_oneof![0_u16..=1440, 0_u16..240, Just(0), Just(120), Just(1440)];
    (0_u16..1440, minute)
        .prop_filter("opens for some time", |(opens, closes)| opens != closes)
        .prop_map(|(opens, closes)| {
            let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
            format!("{}-{}", clock(opens), clock(closes))
        })
}

/// A calendar, overlaps and all, and an instant: near a change of clock where the zone has one.
pub fn calendar_and_instant() -> impl Strategy<Value = (Calendar, Timestamp)> {
    let week = prop::collection::vec(prop::collection::vec(hours(), 0..3), 7);
    let shift = -2_i64 * 86_400..2 * 86_400;
    (
        prop::sample::select(&ZONES[..]),
        week,
        0_i32..4,
        any::<bool>(),
        shift,
    )
        .prop_map(|(name, week, change, has_days, shift)| {
            let zone = zone(name);
            let mut from = jiff::Timestamp::from_second(1_324_000_000).expect("is in 2011");
            for _ in 0..=change {
                from = zone
                    .following(from)
                    .next()
                    .map_or(from, |next| next.timestamp());
            }
            let near = Timestamp(from.as_millisecond()) + Millis::seconds(shift);
            let mut calendar = calendar(name, &[], &[]);
            let days = week.iter().map(|day| {
                let openings = day.iter().map(|text| opening(text));
                openings.collect::<Vec<_>>()
            });
            let days: Vec<_> = days.collect();
            let week: [Vec<_>; 7] = days.try_into().expect("seven");
            calendar = Calendar::new(calendar.zone_name(), week).expect("is a zone");
            if has_days {
                let date = zone.to_datetime(from).date();
                calendar = calendar
                    .with_holidays([Holiday::once("off", date)])
                    .with_day(
                        date.tomorrow().expect("is a day"),
                        vec![opening("23:00-03:30")],
                    );
            }
            (calendar, near)
        })
}
