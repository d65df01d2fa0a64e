//! Holds calendars against a clock that is looked at second by second.

use super::random::calendar_and_instant;
use super::{cases, local, zone};
use careline::domain::sla::calendar::Calendar;
use careline::domain::time::{Millis, Timestamp};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use proptest::prelude::*;

/// Every step of a window with whether it is open: found by looking at the clock on the wall at
/// each of them, and never by turning a local time into an instant.
pub struct Oracle {
    from: Timestamp,
    step: Millis,
    /// How many open steps lie before each.
    before: Vec<i64>,
}

impl Oracle {
    /// The window `from..until` in steps; openings and changes of clock fall on steps.
    pub fn look(
        calendar: &Calendar,
        zone: &TimeZone,
        from: Timestamp,
        until: Timestamp,
        step: Millis,
    ) -> Oracle {
        // So that a change of clock at the window's edge is seen whole.
        let margin = Millis::hours(30);
        let start = from - margin;
        let end = until + margin;
        let walls: Vec<i64> = (0..(end - start).0 / step.0)
            .map(|n| wall_seconds(zone, start + Millis(n * step.0)))
            .collect();
        let mut open = vec![false; walls.len()];
        let first = local(zone, start)
            .date()
            .checked_sub(3.days())
            .expect("is a day");
        let last = local(zone, end).date();
        for date in first.series(1.day()).take_while(|date| *date <= last) {
            let midnight = (date - jiff::civil::date(1970, 1, 1)).get_days();
            for opening in calendar.openings_of(date) {
                let at = |minute: u16| i64::from(midnight) * 86_400 + i64::from(minute) * 60;
                let opens = at(opening.opens_minute());
                let closes = at(opening.closes_minute());
                // The first step that shows the opening or more …
                let begins = walls.iter().position(|wall| *wall >= opens);
                // … and the last that shows the closing or less.
                let ends = walls.iter().rposition(|wall| *wall <= closes);
                let (Some(begins), Some(ends)) = (begins, ends) else {
                    continue;
                };
                let ends = if walls[ends] < closes { ends + 1 } else { ends };
                open[begins.min(ends)..ends].fill(true);
            }
        }
        let skip = usize::try_from(margin.0 / step.0).expect("is small");
        let within = usize::try_from((until - from).0 / step.0).expect("is small");
        let mut before = vec![0];
        for is_open in &open[skip..skip + within] {
            before.push(before[before.len() - 1] + i64::from(*is_open));
        }
        Oracle { from, step, before }
    }

    fn index(&self, at: Timestamp) -> usize {
        usize::try_from((at - self.from).0 / self.step.0).expect("is in the window")
    }

    pub fn elapsed(&self, from: Timestamp, until: Timestamp) -> Millis {
        let open = self.before[self.index(until)] - self.before[self.index(from)];
        Millis(open * self.step.0)
    }

    /// The first step by which so much is open, where the window holds that.
    pub fn due(&self, from: Timestamp, length: Millis) -> Option<Timestamp> {
        let wanted = self.before[self.index(from)] + length.0 / self.step.0;
        let index = self.before.partition_point(|before| *before < wanted);
        let index = i64::try_from(index).expect("is small");
        (usize::try_from(index).expect("is small") < self.before.len())
            .then(|| self.from + Millis(index * self.step.0))
    }
}

/// What the clock on the wall shows, as seconds after the beginning of 1970 on that same clock.
fn wall_seconds(zone: &TimeZone, at: Timestamp) -> i64 {
    let instant = jiff::Timestamp::from_millisecond(at.0).expect("is in reach");
    instant.as_second() + i64::from(zone.to_offset(instant).seconds())
}

const SECOND: Millis = Millis(1_000);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(12)))]

    #[test]
    fn a_clock_that_is_looked_at_every_second_agrees(
        (calendar, near) in calendar_and_instant(),
        spots in prop::collection::vec((0_i64..2 * 86_400, 0_i64..2 * 86_400), 12),
    ) {
        let zone = zone(calendar.zone_name());
        let (from, until) = (near - Millis::hours(24), near + Millis::hours(24));
        let oracle = Oracle::look(&calendar, &zone, from, until, SECOND);
        for (one, other) in spots {
            let (a, b) = (from + Millis::seconds(one.min(other)), from + Millis::seconds(one.max(other)));
            let elapsed = calendar.elapsed(a, b);
            prop_assert_eq!(elapsed, oracle.elapsed(a, b));
            let length = Millis::seconds(1 + other % 30_000);
            if let Some(due) = oracle.due(a, length) {
                prop_assert_eq!(calendar.due(a, length), Some(due));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(12) * 20))]

    #[test]
    fn stretches_add_up_and_never_run_backwards(
        (calendar, near) in calendar_and_instant(),
        lengths in prop::array::uniform3(0_i64..40 * 86_400_000),
    ) {
        let a = near - Millis::hours(24 * 40);
        let b = a + Millis(lengths[0]);
        let c = b + Millis(lengths[1]);
        prop_assert_eq!(
            calendar.elapsed(a, c).0,
            calendar.elapsed(a, b).0 + calendar.elapsed(b, c).0
        );
        prop_assert!(calendar.elapsed(a, b) <= calendar.elapsed(a, c));
        prop_assert!(calendar.elapsed(a, b).0 <= (b - a).0);
        prop_assert_eq!(calendar.elapsed(c, a - Millis(1)), Millis(0));
        let hours = calendar.hours(a, c);
        prop_assert_eq!(hours.elapsed(a, b), calendar.elapsed(a, b));
        let pairs = hours.stretches().iter().zip(hours.stretches().iter().skip(1));
        prop_assert!(pairs.into_iter().all(|(one, next)| one.0 < one.1 && one.1 < next.0));
    }

    #[test]
    fn what_is_due_is_due_exactly_and_at_the_earliest(
        (calendar, near) in calendar_and_instant(),
        length_ms in 1_i64..400 * 3_600_000,
    ) {
        let length = Millis(length_ms);
        match calendar.due(near, length) {
            Some(due) => {
                prop_assert_eq!(calendar.elapsed(near, due), length);
                prop_assert!(calendar.elapsed(near, due - Millis(1)) < length);
            }
            None => prop_assert_eq!(calendar.next_open(near + Millis::hours(24 * 30)), None),
        }
    }
}
