//! What came in for persons, hour by hour of the week, measured from the facts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp as Instant;
use jiff::tz::TimeZone;

use super::ms;
use crate::domain::ids::StaffId;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::timeline::{Fact, FactKind};

/// Hours of a week by the clock's face.
pub const HOURS_OF_WEEK: usize = 168;

/// The measured load.
#[derive(Clone, Debug)]
pub struct Load {
    /// Each hour of the week, from Monday 00:00.
    pub hours: Vec<HourLoad>,
    /// How many requests for a person there were.
    pub requests: usize,
    /// How many of them were handled to an end.
    pub handled: usize,
    /// How many left before they were taken.
    pub left: usize,
    handling_sum_ms: f64,
    /// The time waited by all, whether they were taken or left.
    waited_sum_ms: f64,
}

/// One hour of the week.
#[derive(Clone, Debug, Default)]
pub struct HourLoad {
    requests: u32,
    /// How often this hour came in the period.
    times: u32,
    /// Each agent in each week once.
    agent_weeks: BTreeSet<(i64, StaffId)>,
}

impl HourLoad {
    /// Requests for a person, on average.
    pub fn arrivals(&self) -> f64 {
        self.mean(f64::from(self.requests))
    }

    /// Agents who wrote or took something, on average.
    pub fn on_duty(&self) -> f64 {
        let seen = u32::try_from(self.agent_weeks.len()).unwrap_or(u32::MAX);
        self.mean(f64::from(seen))
    }

    fn mean(&self, sum: f64) -> f64 {
        if self.times == 0 {
            0.0
        } else {
            sum / f64::from(self.times)
        }
    }
}

impl Load {
    /// The mean handling time in milliseconds.
    pub fn handling(&self) -> Option<f64> {
        let n = f64::from(u32::try_from(self.handled).unwrap_or(u32::MAX));
        (self.handled > 0 && self.handling_sum_ms > 0.0).then(|| self.handling_sum_ms / n)
    }

    /// The mean patience in milliseconds: all time waited for each one who left, which is the
    /// likeliest mean of an exponential patience, those who were taken counted as cut short.
    pub fn patience(&self) -> Option<f64> {
        let n = f64::from(u32::try_from(self.left).unwrap_or(u32::MAX));
        (self.left > 0 && self.waited_sum_ms > 0.0).then(|| self.waited_sum_ms / n)
    }
}

/// The hour of the week of an instant in a zone, from Monday 00:00.
pub fn hour_of_week(at: Timestamp, zone: &TimeZone) -> usize {
    let instant = Instant::from_millisecond(at.0).unwrap_or_default();
    let local = zone.to_datetime(instant);
    let day = usize::from(local.weekday().to_monday_zero_offset().unsigned_abs());
    day * 24 + usize::from(local.hour().unsigned_abs())
}

/// Measures the load of the period `from..until` from its facts, in the order of writing down.
pub fn load(facts: &[Fact], from: Timestamp, until: Timestamp, zone: &TimeZone) -> Load {
    let mut load = Load {
        hours: vec![HourLoad::default(); HOURS_OF_WEEK],
        requests: 0,
        handled: 0,
        left: 0,
        handling_sum_ms: 0.0,
        waited_sum_ms: 0.0,
    };
    // Hours are as long in every zone; steps of one see each of them once.
    let mut hour = from;
    while hour < until {
        load.hours[hour_of_week(hour, zone)].times += 1;
        hour = hour + Millis::hours(1);
    }
    let mut matters = BTreeMap::new();
    for fact in facts {
        let matter = matters
            .entry(&fact.conversation)
            .or_insert_with(Matter::default);
        load.read(matter, fact, zone);
    }
    load
}

/// One conversation, as far as it is read.
#[derive(Default)]
struct Matter {
    asked_at: Option<Timestamp>,
    claimed_at: Option<Timestamp>,
}

/// The reason of a handoff that nobody asked for.
const TAKEN_OVER: &str = "taken-over";

impl Load {
    fn read(&mut self, matter: &mut Matter, fact: &Fact, zone: &TimeZone) {
        match &fact.kind {
            FactKind::HandoffAsked { reason, .. } if reason != TAKEN_OVER => {
                self.requests += 1;
                self.hours[hour_of_week(fact.at, zone)].requests += 1;
                matter.asked_at = Some(fact.at);
            }
            FactKind::Claimed { .. } => {
                if let Some(asked) = matter.asked_at.take() {
                    self.waited_sum_ms += ms((fact.at - asked).or_zero());
                }
                matter.claimed_at = Some(fact.at);
                self.seen(fact, zone);
            }
            FactKind::AgentReplied { .. } | FactKind::NoteWritten { .. } => self.seen(fact, zone),
            FactKind::Released { .. } | FactKind::LeaseExpired { .. } => {
                self.end_handling(matter, fact.at);
            }
            FactKind::Resolved { .. }
            | FactKind::Closed
            | FactKind::CustomerBlocked
            | FactKind::HandoffTakenBack { .. } => {
                self.end_handling(matter, fact.at);
                if let Some(asked) = matter.asked_at.take() {
                    self.left += 1;
                    self.waited_sum_ms += ms((fact.at - asked).or_zero());
                }
            }
            // Nothing else begins or ends an agent's work.
            _ => {}
        }
    }

    fn end_handling(&mut self, matter: &mut Matter, at: Timestamp) {
        if let Some(claimed) = matter.claimed_at.take() {
            self.handled += 1;
            self.handling_sum_ms += ms((at - claimed).or_zero());
        }
    }

    fn seen(&mut self, fact: &Fact, zone: &TimeZone) {
        if let Some(staff) = &fact.staff {
            let week = fact.at.0.div_euclid(Millis::hours(24 * 7).0);
            let hour = &mut self.hours[hour_of_week(fact.at, zone)];
            hour.agent_weeks.insert((week, staff.clone()));
        }
    }
}
