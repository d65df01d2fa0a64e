//! The vectors of the published table that are about calendars, each by its own name.

use super::{EVERY_DAY, MON_TO_FRI, at, calendar, minutes, opening};
use careline::domain::sla::calendar::{Calendar, CalendarFault, Holiday};
use careline::domain::time::{Millis, Timestamp};
use jiff::civil::date;

// 2 March 2026 is a Monday.
fn office() -> Calendar {
    calendar("Asia/Ho_Chi_Minh", &MON_TO_FRI, &["09:00-17:00"])
}

fn due(calendar: &Calendar, from: &str, length: Millis) -> Option<Timestamp> {
    calendar.due(at(from), length)
}

#[test]
fn friday_16_30_with_one_hour_is_due_monday_09_30() {
    let found = due(&office(), "2026-03-06T16:30:00+07:00", minutes(60));
    assert_eq!(found, Some(at("2026-03-09T09:30:00+07:00")));
}

#[test]
fn wednesday_07_00_with_two_hours_is_due_11_00() {
    let found = due(&office(), "2026-03-04T07:00:00+07:00", minutes(120));
    assert_eq!(found, Some(at("2026-03-04T11:00:00+07:00")));
}

#[test]
fn a_lunch_break_is_left_out() {
    let hours = ["08:00-12:00", "13:30-18:00"];
    let calendar = calendar("Asia/Ho_Chi_Minh", &MON_TO_FRI, &hours);
    let found = due(&calendar, "2026-03-04T11:45:00+07:00", minutes(60));
    assert_eq!(found, Some(at("2026-03-04T14:15:00+07:00")));
}

#[test]
fn sixteen_hours_of_eight_a_day_end_with_the_second_business_day() {
    let found = due(&office(), "2026-03-05T08:00:00+07:00", minutes(16 * 60));
    assert_eq!(found, Some(at("2026-03-06T17:00:00+07:00")));
}

#[test]
fn eight_hours_from_friday_17_00_are_due_monday_17_00() {
    let found = due(&office(), "2026-03-06T17:00:00+07:00", minutes(8 * 60));
    assert_eq!(found, Some(at("2026-03-09T17:00:00+07:00")));
}

#[test]
fn a_deadline_at_closing_time_stays_there() {
    let found = due(&office(), "2026-03-05T16:00:00+07:00", minutes(60));
    assert_eq!(found, Some(at("2026-03-05T17:00:00+07:00")));
}

#[test]
fn on_friday_evening_the_next_working_time_is_mondays_opening() {
    let next = office().next_open(at("2026-03-06T18:00:00+07:00"));
    assert_eq!(next, Some(at("2026-03-09T09:00:00+07:00")));
    let during = at("2026-03-09T10:00:00+07:00");
    assert_eq!(office().next_open(during), Some(during));
    let closing = at("2026-03-09T17:00:00+07:00");
    assert!(!office().is_open(closing), "closing time is closed");
}

#[test]
fn a_holiday_that_is_added_moves_only_the_rest() {
    let (since, now) = (
        at("2026-03-05T15:00:00+07:00"),
        at("2026-03-05T16:00:00+07:00"),
    );
    let used = office().elapsed(since, now);
    assert_eq!(used, minutes(60));
    let friday_off = office().with_holidays([Holiday::once("Day off", date(2026, 3, 6))]);
    let rest = minutes(4 * 60) - used;
    assert_eq!(
        office().due(now, rest),
        Some(at("2026-03-06T11:00:00+07:00"))
    );
    assert_eq!(
        friday_off.due(now, rest),
        Some(at("2026-03-09T11:00:00+07:00"))
    );
}

#[test]
fn what_stands_for_a_date_counts_over_a_holiday_and_the_week() {
    let half = vec![opening("09:00-12:00")];
    let calendar = office()
        .with_holidays([Holiday::once("Day off", date(2026, 3, 6))])
        .with_day(date(2026, 3, 6), half.clone())
        .with_day(date(2026, 3, 7), half)
        .with_day(date(2026, 3, 9), Vec::new());
    let week = calendar.elapsed(
        at("2026-03-06T00:00:00+07:00"),
        at("2026-03-10T00:00:00+07:00"),
    );
    assert_eq!(week, minutes(6 * 60), "two half days, and Monday off");
}

#[test]
fn a_pause_of_three_hours_leaves_the_budget_as_it_was() {
    let calendar = office();
    let (since, paused) = (
        at("2026-03-04T09:30:00+07:00"),
        at("2026-03-04T10:00:00+07:00"),
    );
    let wrote = at("2026-03-04T13:00:00+07:00");
    let used = calendar.elapsed_without(since, wrote, &[(paused, wrote)]);
    assert_eq!(used, minutes(30));
    assert_eq!(
        calendar.due(wrote, minutes(120) - used),
        Some(at("2026-03-04T14:30:00+07:00"))
    );
    let overlapping = [(paused, wrote), (paused + minutes(10), wrote - minutes(10))];
    assert_eq!(calendar.elapsed_without(since, wrote, &overlapping), used);
}

#[test]
fn a_calendar_without_openings_gives_no_due_time() {
    let never = calendar("Asia/Ho_Chi_Minh", &[], &[]);
    assert_eq!(never.due(at("2026-03-04T10:00:00+07:00"), minutes(1)), None);
    assert_eq!(never.next_open(at("2026-03-04T10:00:00+07:00")), None);
    assert_eq!(
        never.elapsed(Timestamp(i64::MIN), Timestamp(i64::MAX)),
        Millis(0)
    );
    assert_eq!(never.faults(), [CalendarFault::NoOpening]);
    let once = never.with_day(date(2026, 3, 4), vec![opening("09:00-10:00")]);
    assert_eq!(once.due(at("2026-03-04T09:30:00+07:00"), minutes(31)), None);
    assert!(
        once.due(at("2026-03-04T09:30:00+07:00"), minutes(30))
            .is_some()
    );
}

#[test]
fn a_target_of_a_decade_has_its_due_time() {
    let weekly = calendar("Europe/Paris", &[0], &["09:00-10:00"]);
    let found = due(&weekly, "2026-03-02T00:00:00+01:00", Millis::hours(520));
    // 520 Mondays after 2 March 2026 is the last one of them, 519 weeks on.
    assert_eq!(found, Some(at("2036-02-11T10:00:00+01:00")));
}

#[test]
fn an_opening_in_a_spring_gap_begins_when_the_gap_ends() {
    // On 29 March 2026 Paris went from 02:00 to 03:00.
    let calendar = calendar("Europe/Paris", &EVERY_DAY, &["02:30-04:00"]);
    let night = calendar.elapsed(
        at("2026-03-29T00:00:00+01:00"),
        at("2026-03-29T12:00:00+02:00"),
    );
    assert_eq!(night, minutes(60));
    let found = due(&calendar, "2026-03-29T00:00:00+01:00", minutes(1));
    assert_eq!(found, Some(at("2026-03-29T03:01:00+02:00")));
    let gone = super::calendar("Europe/Paris", &EVERY_DAY, &["02:10-02:50"]);
    let from = at("2026-03-29T00:00:00+01:00");
    assert_eq!(gone.next_open(from), Some(at("2026-03-30T02:10:00+02:00")));
}

#[test]
fn an_hour_that_comes_twice_opens_with_the_first_and_closes_with_the_second() {
    // On 25 October 2026 Paris went from 03:00 back to 02:00.
    let from_two_thirty = calendar("Europe/Paris", &EVERY_DAY, &["02:30-04:00"]);
    let until_two_thirty = calendar("Europe/Paris", &EVERY_DAY, &["01:00-02:30"]);
    let (from, until) = (
        at("2026-10-25T00:00:00+02:00"),
        at("2026-10-25T12:00:00+01:00"),
    );
    assert_eq!(from_two_thirty.elapsed(from, until), minutes(150));
    assert_eq!(
        from_two_thirty.next_open(from),
        Some(at("2026-10-25T02:30:00+02:00"))
    );
    assert_eq!(until_two_thirty.elapsed(from, until), minutes(150));
    assert_eq!(
        until_two_thirty.due(from, minutes(150)),
        Some(at("2026-10-25T02:30:00+01:00"))
    );
}

#[test]
fn days_of_23_and_of_25_hours_are_as_long_as_they_are() {
    let always = calendar("Europe/Paris", &EVERY_DAY, &["00:00-24:00"]);
    let day = |date: &str, next: &str| always.elapsed(at(date), at(next));
    assert_eq!(
        day("2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"),
        minutes(23 * 60)
    );
    assert_eq!(
        day("2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"),
        minutes(25 * 60)
    );
    // Nine in the morning is nine by the clock on the wall, not nine hours after midnight.
    let mornings = calendar("Europe/Paris", &EVERY_DAY, &["09:00-10:00"]);
    assert_eq!(
        mornings.next_open(at("2026-03-29T00:00:00+01:00")),
        Some(at("2026-03-29T09:00:00+02:00"))
    );
    assert_eq!(
        mornings.next_open(at("2026-10-25T00:00:00+02:00")),
        Some(at("2026-10-25T09:00:00+01:00"))
    );
}

#[test]
fn a_night_shift_goes_on_after_midnight_also_into_a_holiday() {
    let nights = calendar("Europe/Paris", &EVERY_DAY, &["22:00-06:00"]);
    let night = |evening: &str, morning: &str| nights.elapsed(at(evening), at(morning));
    assert_eq!(
        night("2026-06-01T12:00:00+02:00", "2026-06-02T12:00:00+02:00"),
        minutes(8 * 60)
    );
    assert_eq!(
        night("2026-03-28T12:00:00+01:00", "2026-03-29T12:00:00+02:00"),
        minutes(7 * 60),
        "the short night"
    );
    assert_eq!(
        night("2026-10-24T12:00:00+02:00", "2026-10-25T12:00:00+01:00"),
        minutes(9 * 60),
        "the long night"
    );
    let off = nights.with_holidays([Holiday::once("Day off", date(2026, 6, 2))]);
    let around = off.elapsed(
        at("2026-06-01T12:00:00+02:00"),
        at("2026-06-03T12:00:00+02:00"),
    );
    assert_eq!(
        around,
        minutes(8 * 60),
        "the night before goes on, the next does not begin"
    );
}

#[test]
fn what_makes_no_sense_is_named_by_its_key() {
    let faults = |calendar: Calendar| {
        let faults = calendar.faults();
        let texts = faults
            .iter()
            .map(|fault| format!("{}: {fault}", fault.key()));
        texts.collect::<Vec<_>>()
    };
    assert_eq!(faults(office()), Vec::<String>::new());
    let overlapping = calendar("UTC", &[1], &["09:00-12:00", "11:00-17:00"]);
    assert_eq!(
        faults(overlapping),
        ["tue: has openings that overlap: 09:00-12:00 and 11:00-17:00; join or part them"]
    );
    let night = calendar("UTC", &EVERY_DAY, &["05:00-12:00", "22:00-06:00"]);
    assert_eq!(
        faults(night).len(),
        7,
        "each night reaches into the next morning"
    );
    let touching = calendar("UTC", &EVERY_DAY, &["00:00-12:00", "12:00-24:00"]);
    assert_eq!(faults(touching), Vec::<String>::new());
    let half = office().with_day(
        date(2026, 12, 24),
        vec![opening("09:00-12:00"), opening("10:00-11:00")],
    );
    assert!(faults(half)[0].starts_with("days.2026-12-24: has openings that overlap"));
    let unknown = |zone: &str| {
        let refused = Calendar::new(zone, Default::default());
        refused.expect_err("is refused").to_string()
    };
    assert_eq!(
        unknown("Asia/Ho Chi Minh"),
        "\"Asia/Ho Chi Minh\" is no IANA time zone; did you mean \"Asia/Ho_Chi_Minh\"?"
    );
    assert!(unknown("Hanoi time").contains("write one such as"));
}
