//! Figures that are stored.

use std::collections::BTreeMap;

use careline::domain::report::sla::{self, By};
use careline::domain::sla::measures::{Measures, measure};
use careline::domain::timeline::Fact;
use careline::store::figures::{self, Asked, Period};
use careline::store::{Store, StoreError, plans, staff};
use jiff::tz::TimeZone;

use super::{Evidence, Faults};
use crate::simulation::world::World;

const ALWAYS: Period = Period {
    from: i64::MIN,
    until: i64::MAX,
};

/// I10: once everything has come to rest, no figure waits to be computed anew, every stored one is
/// what its facts amount to, and the report from them is the report from the facts.
pub fn i10_stored_figures_are_those_of_the_facts(world: &World, evidence: &Evidence) -> Faults {
    let Some(process) = world.processes.iter().flatten().next() else {
        return vec!["no process is left to look by".to_owned()];
    };
    let mut conversations: BTreeMap<&str, Vec<Fact>> = BTreeMap::new();
    for stored in &evidence.facts {
        let facts = conversations.entry(stored.fact.conversation.0.as_str());
        facts.or_default().push(stored.fact.clone());
    }
    let measures = conversations.values().filter_map(|facts| measure(facts));
    let measures: Vec<Measures> = measures.collect();
    let (usual, now) = (world.setting.config.usual_policy(), world.now());
    let look = |store: Store| async move {
        let mut tx = store.read().await?;
        let checked = figures::check(&mut tx, &usual).await?;
        let mut faults: Faults = checked
            .differences
            .iter()
            .map(|one| format!("{one:?}"))
            .collect();
        if checked.due > 0 {
            faults.push(format!("{} figures were not computed", checked.due));
        }
        let plans = plans::all(&mut tx, &usual).await?;
        let names = staff::names(&mut tx).await?;
        for by in std::iter::once(None).chain(By::ALL.map(Some)) {
            let asked = Asked {
                period: ALWAYS,
                by,
                zone: TimeZone::UTC,
            };
            let stored = figures::report(&mut tx, &asked, now).await?;
            let from_facts = sla::report(&measures, by, &plans, &names, &asked.zone, now);
            if stored != from_facts {
                faults.push(format!(
                    "the report by {by:?} is another one from the facts"
                ));
            }
        }
        Ok::<Faults, StoreError>(faults)
    };
    match process.with_store(look) {
        Some(Ok(faults)) => faults,
        Some(Err(error)) => vec![error.to_string()],
        None => vec!["the process ended while it was looked at".to_owned()],
    }
}
