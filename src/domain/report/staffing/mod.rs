//! How many agents each hour of the week needs for the target, beside who was on duty.
//!
//! Assumptions, told with every result: requests for a person come independently of each other
//! (Poisson) at the hour's measured rate; handling times are exponential with the measured mean;
//! an agent handles so many conversations at once, each as fast as alone; whoever waits longest is
//! taken first. Erlang C lets everybody wait for ever; Erlang A lets them leave with the measured
//! patience, and is given only where somebody has left.

pub mod erlang;
mod load;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::domain::sla::SlaClock;
use crate::domain::sla::plan::Policy;
use crate::domain::time::Millis;

pub use load::{HOURS_OF_WEEK, HourLoad, Load, hour_of_week, load};

/// What is wanted of each hour.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Wanted {
    /// How long a customer may wait until a person takes the matter.
    pub target_ms: Millis,
    /// The share of customers who are to wait no longer, from 0 to 1.
    pub share: f64,
    /// How many conversations an agent handles at once, from 1.
    pub at_once: u32,
}

/// How many in a hundred are to be taken in time, where nothing else is asked for.
const USUAL_SHARE: f64 = 0.8;
/// How many conversations an agent handles at once, where nothing else is asked for.
const USUAL_AT_ONCE: u32 = 3;

impl Wanted {
    /// What is usual: the policy's target for the human wait.
    pub fn usual(policy: &Policy) -> Wanted {
        let target = policy.targets.get(&SlaClock::HumanWait);
        Wanted {
            target_ms: target.map_or(Millis::minutes(30), |target| target.length),
            share: USUAL_SHARE,
            at_once: USUAL_AT_ONCE,
        }
    }
}

/// One hour of the week.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hour {
    /// Counts from Monday 00:00.
    pub hour_of_week: usize,
    /// Requests for a person, on average.
    pub arrivals: f64,
    /// How much work they bring: conversations in hand at a time, on average.
    pub load_erlangs: f64,
    /// How many agents the target needs when everybody waits for ever; none where nobody asks.
    pub needed_c: Option<u32>,
    /// How many it needs with the measured patience; `None` where that is not known.
    pub needed_a: Option<u32>,
    /// How many agents wrote or took something, on average.
    pub on_duty: f64,
}

/// The need of a week.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Staffing {
    /// What is wanted.
    pub wanted: Wanted,
    /// How many requests for a person there were.
    pub requests: usize,
    /// How many of them were handled to an end: what the handling time is measured on.
    pub handled: usize,
    /// How long an agent has a conversation, on average.
    pub handling_ms: Option<i64>,
    /// How many left before they were taken.
    pub left: usize,
    /// How long a customer waits before leaving, on average; `None` where nobody left.
    pub patience_ms: Option<i64>,
    /// All hours of the week.
    pub hours: Vec<Hour>,
}

/// How many agents each hour needs for a measured load.
pub fn staffing(load: &Load, wanted: Wanted) -> Staffing {
    let handling = load.handling();
    let patience = load.patience();
    let hours = load.hours.iter().enumerate();
    let hours = hours.map(|(hour_of_week, hour)| {
        let arrivals = hour.arrivals();
        let traffic = handling.map(|handling| erlang::Traffic {
            per_ms: arrivals / hours_ms(1.0),
            handling_ms: handling,
        });
        let places = |slots: u32| slots.div_ceil(wanted.at_once.max(1));
        let target = ms(wanted.target_ms);
        let traffic = traffic.filter(|traffic| traffic.erlangs() > 0.0);
        Hour {
            hour_of_week,
            arrivals,
            load_erlangs: traffic.map_or(0.0, |traffic| traffic.erlangs()),
            needed_c: traffic
                .and_then(|traffic| erlang::needed_c(traffic, target, wanted.share))
                .map(places),
            needed_a: traffic
                .zip(patience)
                .and_then(|(traffic, patience)| {
                    erlang::needed_a(traffic, patience, target, wanted.share)
                })
                .map(places),
            on_duty: hour.on_duty(),
        }
    });
    Staffing {
        wanted,
        requests: load.requests,
        handled: load.handled,
        handling_ms: handling.map(whole),
        left: load.left,
        patience_ms: patience.map(whole),
        hours: hours.collect(),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "lengths of time stay far below 2^52 ms"
)]
fn ms(length: Millis) -> f64 {
    length.0 as f64
}

fn hours_ms(hours: f64) -> f64 {
    hours * 3_600_000.0
}

#[expect(clippy::cast_possible_truncation, reason = "a mean of lengths of time")]
fn whole(ms: f64) -> i64 {
    ms.round() as i64
}
