//! The figures.

use std::collections::BTreeMap;

use careline::domain::sla::calendar::{Calendar, Opening};
use careline::domain::sla::measures::measure;
use careline::domain::time::{Millis, Timestamp};
use careline::domain::timeline::{Fact, FactKind};

use jiff::tz::TimeZoneDatabase;

use super::{Evidence, Faults};
use crate::simulation::world::World;

/// Changes of clock, both hemispheres, whole and half hours, and a zone that has none.
const CHANGES: [(&str, &str); 6] = [
    ("Europe/Berlin", "2026-03-28"),
    ("America/New_York", "2026-10-31"),
    ("Australia/Lord_Howe", "2026-04-04"),
    ("Australia/Sydney", "2026-10-03"),
    ("America/Santiago", "2026-09-05"),
    ("Asia/Ho_Chi_Minh", "2026-03-28"),
];
/// Openings that a change of clock falls into, or beside.
const OPENINGS: [&str; 3] = ["00:00-12:00", "09:00-17:00", "22:00-06:00"];
/// The stretch that is counted in fives of minutes.
const COUNTED_STEPS: i64 = 4 * 24 * 12;

/// I10: a conversation's figures are a function of its facts: read twice they are the same, and
/// replies and reopenings are as many as the facts count; open time across a change of clock is as
/// long as counting it out by the clock on the wall says (one calendar for each run).
pub fn i10_figures_follow_from_the_facts(world: &World, evidence: &Evidence) -> Faults {
    let mut faults = Faults::new();
    faults.extend(business_time_is_wrong(world.options.seed));
    let mut by_conversation: BTreeMap<&str, Vec<Fact>> = BTreeMap::new();
    for stored in &evidence.facts {
        let facts = by_conversation.entry(stored.fact.conversation.0.as_str());
        facts.or_default().push(stored.fact.clone());
    }
    for (conversation, facts) in by_conversation {
        let (once, again) = (measure(&facts), measure(&facts));
        if once != again {
            faults.push(format!("{conversation}: read twice, its figures differ"));
        }
        let count = |is: fn(&FactKind) -> bool| facts.iter().filter(|fact| is(&fact.kind)).count();
        let replies = count(|kind| matches!(kind, FactKind::AgentReplied { .. }));
        let reopened = count(|kind| matches!(kind, FactKind::Reopened));
        if let Some(measures) = once
            && (measures.replies != replies || measures.reopened != reopened)
        {
            faults.push(format!(
                "{conversation}: its figures count otherwise than its facts"
            ));
        }
    }
    faults
}

/// Counts the open time of a calendar out, step by step.
fn business_time_is_wrong(seed: u64) -> Option<String> {
    let pick = |of: usize| usize::try_from(seed % 1_000_003).unwrap_or(0) % of;
    let (zone, date) = CHANGES[pick(CHANGES.len())];
    let text = OPENINGS[pick(OPENINGS.len() * CHANGES.len()) / CHANGES.len()];
    let opening = Opening::read(text).expect("is an opening");
    let calendar = Calendar::new(zone, std::array::from_fn(|_| vec![opening])).expect("is a zone");
    let zone = TimeZoneDatabase::bundled().get(zone).expect("is a zone");
    let midnight: jiff::Timestamp = format!("{date}T00:00:00Z").parse().expect("is an instant");
    let from = Timestamp(midnight.as_millisecond());
    let step = Millis::minutes(5);
    let (opens, closes) = (opening.opens_minute(), opening.closes_minute());
    let is_open = |at: &Timestamp| {
        let instant = jiff::Timestamp::from_millisecond(at.0).expect("is in reach");
        let local = zone.to_datetime(instant);
        let minute =
            u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        (opens..closes).contains(&minute) || (opens..closes).contains(&(minute + 24 * 60))
    };
    let steps = (0..COUNTED_STEPS).map(|number| Timestamp(from.0 + number * step.0));
    let open = i64::try_from(steps.filter(is_open).count()).unwrap_or(0);
    let until = Timestamp(from.0 + COUNTED_STEPS * step.0);
    let reckoned = calendar.elapsed(from, until);
    let counted = Millis(open * step.0);
    (reckoned != counted).then(|| {
        format!(
            "{text} in {} from {date} on: {reckoned:?}, counted {counted:?}",
            calendar.zone_name()
        )
    })
}
