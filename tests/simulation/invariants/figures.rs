//! The figures.

use std::collections::BTreeMap;

use careline::domain::sla::measures::measure;
use careline::domain::timeline::{Fact, FactKind};

use super::{Evidence, Faults};
use crate::simulation::world::World;

/// I10: a conversation's figures are a function of its facts: read twice they are the same, and
/// replies and reopenings are as many as the facts count. There are no stored figures yet.
pub fn i10_figures_follow_from_the_facts(_: &World, evidence: &Evidence) -> Faults {
    let mut faults = Faults::new();
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
