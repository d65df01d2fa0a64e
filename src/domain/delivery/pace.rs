//! How fast one bot sends: slower at once where the platform pushes back, faster again bit by bit.

use serde::{Deserialize, Serialize};

use crate::domain::time::{Millis, Timestamp};

/// After so long without being pushed back the pace goes up by one step.
const RAISE_EVERY: Millis = Millis::seconds(10);
/// A step up, as a share of the full pace: one message a second of 25.
const STEP: i64 = 25;
/// What is left of the pace when the platform pushes the whole bot back, in tenths.
const LEFT_TENTHS: i64 = 7;
/// The smallest burst, in messages: one, and one to spare for whoever comes next.
const BURST_MIN: i64 = 2;
/// One message, as it is counted: a millisecond at a thousandth of a message a second.
const MESSAGE: i64 = 1_000_000;
/// One message a second.
const ONE_A_SECOND: i64 = 1_000;

/// The most that one bot sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed {
    /// Messages a second.
    pub per_second: u32,
    /// What comes back in so long may leave at once.
    pub burst: Millis,
}

/// What one bot may still send, and how fast that comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// Thousandths of a message a second.
    rate: i64,
    /// The full pace, in the same unit: another setting begins anew.
    full: i64,
    /// Millionths of a message that may leave at once.
    spare: i64,
    burst: Millis,
    counted_at: Timestamp,
    changed_at: Timestamp,
    /// The platform wants the whole bot to be silent until then.
    closed_until: Timestamp,
    /// It wanted that, and nothing was accepted since: one message at a time.
    is_feeling: bool,
}

impl Pace {
    /// The full pace.
    pub fn full(most: Speed, now: Timestamp) -> Pace {
        let mut pace = Pace {
            rate: i64::from(most.per_second) * ONE_A_SECOND,
            full: i64::from(most.per_second) * ONE_A_SECOND,
            spare: 0,
            burst: most.burst,
            counted_at: now,
            changed_at: now,
            closed_until: Timestamp(0),
            is_feeling: false,
        };
        pace.spare = pace.burst();
        pace
    }

    /// Counts what came back until now, up to the full pace.
    pub fn count(&mut self, most: Speed, now: Timestamp) {
        let full = i64::from(most.per_second) * ONE_A_SECOND;
        self.burst = most.burst;
        if self.full != full {
            (self.full, self.rate) = (full, full);
        }
        if now < self.counted_at {
            // The clock was set back.
            (self.counted_at, self.changed_at) = (now, now);
            self.closed_until = self.closed_until.min(now + RAISE_EVERY);
        }
        while self.rate < full && now - self.changed_at >= RAISE_EVERY {
            self.rate += (full / STEP).max(ONE_A_SECOND);
            self.changed_at = self.changed_at + RAISE_EVERY;
        }
        if self.rate >= full {
            (self.rate, self.changed_at) = (full, now);
        }
        let back = (now - self.counted_at).0.saturating_mul(self.rate);
        self.spare = self.spare.saturating_add(back).min(self.burst());
        self.counted_at = now;
    }

    fn burst(&self) -> i64 {
        self.rate
            .saturating_mul(self.burst.0)
            .max(BURST_MIN * MESSAGE)
    }

    /// Whether so many messages may leave, leaving `reserve` behind.
    pub fn allows(&self, messages: i64, reserve: i64) -> bool {
        !self.is_closed(self.counted_at) && self.spare >= (messages + reserve) * MESSAGE
            // What is larger than a burst leaves when the burst is whole.
            || self.spare == self.burst() && !self.is_closed(self.counted_at)
    }

    /// When so many may leave, leaving `reserve` behind; as counted last.
    pub fn allows_at(&self, messages: i64, reserve: i64) -> Timestamp {
        let wanted = ((messages + reserve) * MESSAGE).min(self.burst());
        let lacking = (wanted - self.spare).max(0);
        let wait = lacking.saturating_add(self.rate - 1) / self.rate.max(1);
        (self.counted_at + Millis(wait)).max(self.closed_until)
    }

    /// So many messages leave.
    pub fn spend(&mut self, messages: i64) {
        self.spare -= messages * MESSAGE;
    }

    /// The platform pushes the whole bot back for so long.
    pub fn push_back(&mut self, now: Timestamp, wait: Millis) {
        if !self.is_closed(now) {
            // Refusals that were on their way together are one push.
            self.rate = (self.rate * LEFT_TENTHS / 10).max(ONE_A_SECOND);
        }
        self.closed_until = self.closed_until.max(now + wait);
        self.changed_at = self.closed_until;
        self.is_feeling = true;
        self.spare = self.spare.min(self.burst());
    }

    /// Whether the platform wants the whole bot to be silent.
    pub fn is_closed(&self, now: Timestamp) -> bool {
        now < self.closed_until
    }

    /// Whether only one message may be under way, to feel whether the platform takes any.
    pub fn is_feeling(&self) -> bool {
        self.is_feeling
    }

    /// The platform accepted a message.
    pub fn accepted(&mut self, now: Timestamp) {
        if !self.is_closed(now) {
            self.is_feeling = false;
        }
    }

    /// Messages a second, as the pace is now.
    pub fn per_second(&self) -> i64 {
        self.rate / ONE_A_SECOND
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: Speed = Speed {
        per_second: 25,
        burst: Millis(200),
    };

    /// How many leave in so long when as many as allowed do, looked at every ten milliseconds.
    fn leave(pace: &mut Pace, from: i64, length: i64) -> i64 {
        let mut left = 0;
        for now in (from..from + length).step_by(10) {
            pace.count(MOST, Timestamp(now));
            while pace.allows(1, 0) {
                pace.spend(1);
                left += 1;
            }
        }
        left
    }

    #[test]
    fn no_second_has_more_than_the_platform_takes_and_none_is_wasted() {
        let mut pace = Pace::full(MOST, Timestamp(0));
        assert_eq!(leave(&mut pace, 0, 1_000), 29, "a burst, then 25 a second");
        assert_eq!(leave(&mut pace, 1_000, 10_000), 250);
        let mut rested = Pace::full(MOST, Timestamp(0));
        rested.count(MOST, Timestamp(60_000));
        let in_a_second = leave(&mut rested, 60_000, 1_000);
        assert!(in_a_second <= 30, "Telegram's thirty: {in_a_second}");
    }

    #[test]
    fn a_push_slows_down_once_and_the_pace_comes_back_step_by_step() {
        let mut pace = Pace::full(MOST, Timestamp(0));
        pace.push_back(Timestamp(1_000), Millis::seconds(3));
        pace.push_back(Timestamp(1_050), Millis::seconds(3));
        assert_eq!(pace.per_second(), 17, "of 17.5, for both together");
        assert!(pace.is_feeling());
        pace.count(MOST, Timestamp(4_049));
        assert!(!pace.allows(1, 0));
        assert_eq!(pace.allows_at(1, 0), Timestamp(4_050));
        pace.count(MOST, Timestamp(4_050));
        assert!(pace.allows(1, 0));
        pace.accepted(Timestamp(4_050));
        assert!(!pace.is_feeling());
        for (at, expected) in [(14_049, 17), (14_050, 18), (24_050, 19), (200_000, 25)] {
            pace.count(MOST, Timestamp(at));
            assert_eq!(pace.per_second(), expected, "at {at}");
        }
    }

    #[test]
    fn another_setting_counts_at_once() {
        let mut pace = Pace::full(MOST, Timestamp(0));
        pace.push_back(Timestamp(0), Millis::seconds(1));
        let more = Speed {
            per_second: 400,
            ..MOST
        };
        pace.count(more, Timestamp(1_000));
        assert_eq!(pace.per_second(), 400);
    }

    #[test]
    fn it_says_when_the_next_may_leave() {
        let mut pace = Pace::full(MOST, Timestamp(0));
        pace.spend(5);
        assert_eq!(pace.allows_at(1, 0), Timestamp(40));
        assert_eq!(pace.allows_at(1, 1), Timestamp(80));
        pace.count(MOST, Timestamp(39));
        assert!(!pace.allows(1, 0));
        pace.count(MOST, Timestamp(40));
        assert!(pace.allows(1, 0) && !pace.allows(1, 1));
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nothing_for_long() {
        let mut pace = Pace::full(MOST, Timestamp(3_600_000));
        pace.push_back(Timestamp(3_600_000), Millis::seconds(5));
        pace.count(MOST, Timestamp(0));
        pace.count(MOST, Timestamp(10_000));
        assert!(pace.allows(1, 0));
    }
}
