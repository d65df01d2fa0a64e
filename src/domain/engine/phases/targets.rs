//! Targets: set when a wait begins, by the policy that matches then; each is a fact.

use std::collections::BTreeSet;

use crate::domain::engine::conversation::Tried;
use crate::domain::engine::{Step, World};
use crate::domain::sla::SlaClock;
use crate::domain::sla::plan::{Due, Matter};
use crate::domain::time::Timestamp;
use crate::domain::timeline::FactKind;

/// The clocks that a conversation has once, from its first message on.
const ONCE: [SlaClock; 3] = [
    SlaClock::FirstAnswer,
    SlaClock::FirstHumanResponse,
    SlaClock::Resolution,
];

/// Sets the targets that a conversation has once, at the customer's first message.
pub fn set_for_conversation(step: &mut Step, world: &World<'_>) {
    if step.next.state.targets.is_some() {
        return;
    }
    let since = step.next.opened_at;
    if let Some(segment) = world.customer.segment.clone() {
        step.record(FactKind::InSegment { segment }, world.now);
    }
    let dues: Vec<Due> = ONCE
        .into_iter()
        .filter_map(|clock| set(step, clock, since, world))
        .collect();
    step.next.state.targets = Some(dues);
}

/// The targets that a conversation has once, after it has stood still since `stopped_at`: a pause,
/// or the time between a resolution and its reopening.
pub fn go_on(step: &mut Step, stopped_at: Timestamp, at: Timestamp, world: &World<'_>) {
    let Some(dues) = step.next.state.targets.take() else {
        return;
    };
    let mut anew = Vec::with_capacity(dues.len());
    for due in dues {
        anew.push(after_pause(step, &due, stopped_at, at, world));
    }
    step.next.state.targets = Some(anew);
}

/// A due time after its clock has stood still; written down where it has moved.
pub fn after_pause(
    step: &mut Step,
    due: &Due,
    stopped_at: Timestamp,
    at: Timestamp,
    world: &World<'_>,
) -> Due {
    let anew = due.after_pause(world.plans, stopped_at, at);
    if anew != *due {
        step.record(FactKind::TargetSet(anew.clone()), world.now);
    }
    anew
}

/// Sets the target of a wait that began at `since`; `None` where its policy has none for it.
pub fn set(step: &mut Step, clock: SlaClock, since: Timestamp, world: &World<'_>) -> Option<Due> {
    let tags = tags(step, world);
    let due = Due::begin(world.plans, &matter(step, &tags, since, world), clock)?;
    step.record(FactKind::TargetSet(due.clone()), world.now);
    Some(due)
}

/// The running wait's due time under the newest plan, where that is another. A plan that sets no
/// target any more leaves the one that was given.
pub fn anew(step: &mut Step, due: &Due, world: &World<'_>) -> Option<Due> {
    let tags = tags(step, world);
    let matter = matter(step, &tags, due.since, world);
    let anew = due.anew(world.plans, &matter, world.now)?;
    if anew == *due {
        return None;
    }
    step.record(FactKind::TargetSet(anew.clone()), world.now);
    Some(anew)
}

fn matter<'m>(
    step: &Step,
    tags: &'m BTreeSet<String>,
    at: Timestamp,
    world: &World<'m>,
) -> Matter<'m> {
    Matter {
        channel: step.next.place.channel,
        segment: world.customer.segment.as_deref(),
        language: world.customer.lang,
        tags,
        at,
    }
}

/// The tags of the entries that the bot tried: what the matter is about, as far as it knows.
fn tags(step: &Step, world: &World<'_>) -> BTreeSet<String> {
    let tried = step.next.state.tried.iter().flat_map(|tried| match tried {
        Tried::Answered { entry } => std::slice::from_ref(entry),
        Tried::Offered { entries } => entries.as_slice(),
        Tried::Nothing => &[],
    });
    let entries = tried.filter_map(|key| world.knowledge.entry(key));
    entries
        .flat_map(|entry| entry.tags.iter().cloned())
        .collect()
}
