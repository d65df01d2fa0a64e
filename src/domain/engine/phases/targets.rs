//! Targets: set when a wait begins, by the policy that matches then; each is a fact. Those that a
//! conversation has once are watched here, by one timer; those of a wait by its ladder.

use std::collections::BTreeSet;

use crate::domain::engine::conversation::{Phase, Tried};
use crate::domain::engine::effect::Effect;
use crate::domain::engine::event::TimerKind;
use crate::domain::engine::phases::ladder;
use crate::domain::engine::{Step, World};
use crate::domain::handoff::Handoff;
use crate::domain::phrase::Phrase;
use crate::domain::sla::SlaClock;
use crate::domain::sla::plan::{Due, Matter};
use crate::domain::time::{Millis, Timestamp};
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
    follow(step, world);
}

/// Sets the timer for the next of these targets that is near or missed, where one runs.
pub fn follow(step: &mut Step, world: &World<'_>) {
    let told = &step.next.state.targets_told;
    let quiet_until = step.next.handoff().and_then(ladder::quiet_until);
    let pending = running(step).filter_map(|due| {
        if told.met.contains(&due.clock) {
            return None;
        }
        let missed = told.missed.contains(&due.clock);
        let near = (!missed && !told.warned.contains(&due.clock)).then_some(due.warn_at);
        let miss = (!missed).then_some(due.due_at);
        let tell = (missed && !told.told.contains(&due.clock)).then_some(due.due_at);
        let word = near
            .or(tell)
            .map(|at| quiet_until.map_or(at, |until| until.max(at)));
        word.into_iter().chain(miss).min()
    });
    if let Some(at) = pending.min() {
        step.push(Effect::StartTimer(TimerKind::Targets, at.max(world.now)));
    }
}

/// Stops the timer of these targets: they stand still, or the matter is settled.
pub fn stop(step: &mut Step) {
    if step
        .next
        .state
        .targets
        .as_ref()
        .is_some_and(|dues| !dues.is_empty())
    {
        step.push(Effect::StopTimer(TimerKind::Targets));
    }
}

/// Those that run: nobody's first response is waited for before a person was called.
fn running(step: &Step) -> impl Iterator<Item = &Due> {
    let state = &step.next.state;
    let with_person = step.next.handoff().is_some();
    let runs = match &state.phase {
        Phase::Answering { .. } => true,
        Phase::Waiting { handoff } | Phase::WithAgent { handoff, .. } => {
            handoff.paused_at.is_none()
        }
        Phase::Resolved { .. } | Phase::Closed => false,
    };
    let dues = state.targets.iter().flatten().filter(move |_| runs);
    dues.filter(move |due| with_person || due.clock != SlaClock::FirstHumanResponse)
}

/// One of these targets is near or missed: each is written down once. The desk is told where the
/// wait for a person has no ladder of its own that says as much, or the matter itself is late.
pub fn came_due(step: &mut Step, world: &World<'_>) {
    let now = world.now;
    let quiet = step.next.handoff().and_then(ladder::quiet_until);
    let may_speak = quiet.is_none_or(|until| until <= now);
    let dues: Vec<Due> = running(step)
        .filter(|due| !is_met(due.clock, world))
        .cloned()
        .collect();
    let (mut what, mut leads_too) = (Vec::new(), false);
    for due in dues {
        let told = &mut step.next.state.targets_told;
        if due.due_at <= now && told.missed.insert(due.clock) {
            step.record(FactKind::Breached { clock: due.clock }, now);
        }
        let told = &mut step.next.state.targets_told;
        let (is_missed, is_near) = (told.missed.contains(&due.clock), due.warn_at <= now);
        if !may_speak || !is_near {
            continue;
        }
        let is_new = match is_missed {
            true => told.told.insert(due.clock),
            false => told.warned.insert(due.clock),
        };
        if !is_new {
            continue;
        }
        if !is_missed {
            step.record(FactKind::WarningGiven { clock: due.clock }, now);
        }
        if is_for_rooms(step, due.clock) {
            leads_too |= is_missed;
            what.push(words(&due, is_missed, now));
        }
    }
    if !what.is_empty() {
        ladder::say(step, what, leads_too, world);
    }
    // What is met is not looked at again.
    for due in step.next.state.targets.clone().into_iter().flatten() {
        if is_met(due.clock, world) {
            let told = &mut step.next.state.targets_told;
            told.met.insert(due.clock);
        }
    }
    follow(step, world);
}

/// Whether what a target waits for has come.
fn is_met(clock: SlaClock, world: &World<'_>) -> bool {
    match clock {
        SlaClock::FirstAnswer => world.reached.answered,
        SlaClock::FirstHumanResponse => world.reached.replied,
        // The matter goes on: its timer would not run otherwise.
        SlaClock::Resolution => false,
        // These belong to a wait, not to the conversation.
        SlaClock::HumanWait | SlaClock::NextResponse => true,
    }
}

fn is_for_rooms(step: &Step, clock: SlaClock) -> bool {
    let wait_has_ladder = |handoff: &Handoff| handoff.due.is_some();
    match step.next.handoff() {
        Some(handoff) => clock == SlaClock::Resolution || !wait_has_ladder(handoff),
        None => false,
    }
}

fn words(due: &Due, is_missed: bool, now: Timestamp) -> Phrase {
    let clock = Phrase::new(due.clock.phrase_key());
    match is_missed {
        true => Phrase::new("desk-target-missed")
            .phrase("length", length(due.target_ms))
            .phrase("clock", clock),
        false => Phrase::new("desk-target-near")
            .phrase("length", length(due.due_at - now))
            .phrase("clock", clock),
    }
}

/// Minutes up to two hours, hours beyond: nobody reads 960 minutes.
fn length(length: Millis) -> Phrase {
    let minutes = length.minutes_up();
    match minutes {
        ..120 => Phrase::new("console-minutes").number("n", minutes),
        _ => Phrase::new("console-hours").number("n", minutes / 60),
    }
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
