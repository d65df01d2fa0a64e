//! Figures that are stored.

use std::collections::BTreeMap;

use careline::domain::report::kept::Chosen;
use careline::domain::report::line::Line;
use careline::domain::report::sla::{By, Naming, of_lines};
use careline::domain::time::Timestamp;
use careline::domain::timeline::{Fact, FactKind};
use careline::store::figures::{self, Asked};
use careline::store::{Store, StoreError, plans, staff};
use jiff::tz::TimeZone;

use super::{Evidence, Faults};
use crate::simulation::world::World;

/// I10: once everything has come to rest, no figure waits to be computed anew, every stored one is
/// what its facts amount to, and the report from them is the report from the facts.
pub fn i10_stored_figures_are_those_of_the_facts(world: &World, evidence: &Evidence) -> Faults {
    let Some(process) = world.processes.iter().flatten().next() else {
        return vec!["no process is left to look by".to_owned()];
    };
    let mut conversations: BTreeMap<String, Vec<Fact>> = BTreeMap::new();
    for stored in &evidence.facts {
        let facts = conversations.entry(stored.fact.conversation.0.clone());
        facts.or_default().push(stored.fact.clone());
    }
    let mut chosen: BTreeMap<String, Vec<Chosen>> = BTreeMap::new();
    for stored in &evidence.facts {
        if let FactKind::PreferenceSet { preference } = &stored.fact.kind {
            let chosen = chosen.entry(stored.fact.customer.0.clone()).or_default();
            chosen.push((stored.fact.at, *preference));
        }
    }
    chosen
        .values_mut()
        .for_each(|chosen| chosen.sort_by_key(|(at, _)| *at));
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
        let lines = conversations.values().filter_map(|facts| {
            let chosen = chosen.get(&facts.first()?.customer.0);
            Line::of(facts, &plans, chosen.map_or(&[], Vec::as_slice))
        });
        let lines: Vec<Line> = lines.collect();
        for by in std::iter::once(None).chain(By::ALL.map(Some)) {
            let asked = Asked {
                from: Timestamp(i64::MIN),
                until: Timestamp(i64::MAX),
                by,
                zone: TimeZone::UTC,
            };
            let stored = figures::report(&mut tx, &asked, now).await?;
            let naming = Naming {
                by,
                names: &names,
                zone: &asked.zone,
            };
            let from_facts = of_lines(lines.iter().cloned(), naming, now);
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
