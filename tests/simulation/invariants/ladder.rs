//! Who is told of a wait, and how often.

use std::collections::BTreeSet;

use careline::domain::sla::SlaClock;
use careline::domain::timeline::FactKind;

use super::{Evidence, Faults};
use crate::simulation::world::World;

/// I22: each rung of the ladder is climbed at most once per wait; a wait ends with a person's
/// reply, and with its handoff or its matter.
pub fn i22_each_rung_is_climbed_once(_: &World, evidence: &Evidence) -> Faults {
    let mut faults = Faults::new();
    let mut climbed: BTreeSet<(&String, &str, SlaClock)> = BTreeSet::new();
    for stored in &evidence.facts {
        let conversation = &stored.fact.conversation.0;
        let clock = match &stored.fact.kind {
            FactKind::HandoffAsked { .. }
            | FactKind::AgentReplied { .. }
            | FactKind::Resolved { .. }
            | FactKind::Reopened => {
                climbed.retain(|(of, ..)| *of != conversation);
                continue;
            }
            FactKind::WarningGiven { clock }
            | FactKind::Breached { clock }
            | FactKind::LeadsCalled { clock, .. }
            | FactKind::ChoiceOffered { clock } => *clock,
            _ => continue,
        };
        let rung = stored.fact.kind.name();
        if !climbed.insert((conversation, rung, clock)) {
            faults.push(format!("{conversation}: {rung} twice in one wait"));
        }
    }
    faults
}
