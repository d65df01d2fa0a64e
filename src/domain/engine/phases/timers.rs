//! What comes due, and the clocks that run while a customer waits for a person.

use crate::domain::engine::conversation::Phase;
use crate::domain::engine::effect::{Effect, Purpose, RoomAct, Speech, Tell};
use crate::domain::engine::event::TimerKind;
use crate::domain::engine::phases::customer::room_notice;
use crate::domain::engine::phases::{answering, handing_over, resolving, targets};
use crate::domain::engine::{Step, World, waiting_since};
use crate::domain::handoff::Handoff;
use crate::domain::phrase::Phrase;
use crate::domain::sla::SlaClock;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::timeline::FactKind;

/// An agent who wrote so shortly ago is not warned: the reply is on its way.
const JUST_WRITTEN: Millis = Millis::minutes(2);

/// A timer came due. The intake drops it where the same kind was started anew meanwhile.
pub fn due(step: &mut Step, kind: TimerKind, world: &World<'_>) {
    match kind {
        TimerKind::Settle => answering::settled(step, world),
        TimerKind::Warn => warn(step, world),
        TimerKind::Breach => breach(step, world),
        TimerKind::Lease => lease_over(step, world),
        TimerKind::Idle => {
            if matches!(step.next.state.phase, Phase::Answering { .. }) {
                // A choice says what was meant: nothing is assumed about that answer.
                let chosen = step.next.state.last_answer.as_ref();
                let confirmed = chosen.is_some_and(|answer| answer.chosen);
                resolving::resolve_by_bot(step, confirmed, world.now, world);
            }
        }
        TimerKind::Grace => resolving::close(step, world),
        TimerKind::Reckon => reckon(step, world),
    }
}

/// Sets the clocks of a wait when it begins, and stops them where nobody waits. Further messages
/// of the same wait, and a claim, move nothing: each wait is warned of and breached once.
pub fn restart_wait(step: &mut Step, world: &World<'_>) {
    let Some(since) = waiting_since(&step.next) else {
        for kind in [TimerKind::Warn, TimerKind::Breach, TimerKind::Lease] {
            step.push(Effect::StopTimer(kind));
        }
        if let Some(handoff) = step.next.handoff_mut() {
            handoff.due = None;
        }
        return;
    };
    let is_known = |handoff: &Handoff| handoff.clocked_since == Some(since);
    if step.next.handoff().is_some_and(is_known) {
        return;
    }
    let clock = clock(step);
    let due = targets::set(step, clock, since, world);
    if let Some(handoff) = step.next.handoff_mut() {
        handoff.clocked_since = Some(since);
        handoff.due = due;
    }
    follow_due(step);
    if step.next.agent().is_some() {
        start_lease(step, world);
    }
}

/// Sets warning and breach by the due time of the wait, or stops them where it has none.
fn follow_due(step: &mut Step) {
    match step.next.handoff().and_then(|handoff| handoff.due.clone()) {
        Some(due) => {
            step.push(Effect::StartTimer(TimerKind::Warn, due.warn_at));
            step.push(Effect::StartTimer(TimerKind::Breach, due.due_at));
        }
        None => {
            step.push(Effect::StopTimer(TimerKind::Warn));
            step.push(Effect::StopTimer(TimerKind::Breach));
        }
    }
}

/// Lets the clocks stand still.
pub fn pause(step: &mut Step, world: &World<'_>) {
    if let Some(handoff) = step.next.handoff_mut() {
        handoff.paused_at = Some(world.now);
    }
    for kind in [TimerKind::Warn, TimerKind::Breach, TimerKind::Lease] {
        step.push(Effect::StopTimer(kind));
    }
}

/// Ends a pause, if there is one, at that time: what was used before it stays used.
pub fn end_pause(step: &mut Step, at: Timestamp, world: &World<'_>) {
    let Some(handoff) = step.next.handoff_mut() else {
        return;
    };
    let Some(paused_at) = handoff.paused_at.take() else {
        return;
    };
    // Two clocks may differ: a pause never ends before it began.
    let at = at.max(paused_at);
    if let Some(due) = handoff.due.clone() {
        let anew = targets::after_pause(step, &due, paused_at, at, world);
        if let Some(handoff) = step.next.handoff_mut() {
            handoff.due = Some(anew);
        }
        follow_due(step);
        reckon(step, world);
        if step.next.agent().is_some() {
            start_lease(step, world);
        }
    }
    targets::go_on(step, paused_at, at, world);
}

/// The plan was changed while somebody waits: what is used stays used, the rest is reckoned anew.
fn reckon(step: &mut Step, world: &World<'_>) {
    // What stands still is reckoned when it goes on.
    let running = step
        .next
        .handoff()
        .filter(|handoff| handoff.paused_at.is_none());
    let Some(due) = running.and_then(|handoff| handoff.due.clone()) else {
        return;
    };
    if due.plan == world.plans.version() {
        return;
    }
    let Some(anew) = targets::anew(step, &due, world) else {
        return;
    };
    if let Some(handoff) = step.next.handoff_mut() {
        handoff.due = Some(anew);
    }
    follow_due(step);
}

/// The agent has this long to say something while the customer waits.
pub fn start_lease(step: &mut Step, world: &World<'_>) {
    let lease_until = world.now + world.rules.claim_lease;
    step.push(Effect::StartTimer(TimerKind::Lease, lease_until));
}

fn clock(step: &Step) -> SlaClock {
    match step.next.handoff() {
        Some(handoff) if handoff.first_reply_at.is_some() => SlaClock::NextResponse,
        Some(_) | None => SlaClock::HumanWait,
    }
}

fn waited(step: &Step, world: &World<'_>) -> Option<Millis> {
    waiting_since(&step.next).map(|since| (world.now - since).or_zero())
}

fn warn(step: &mut Step, world: &World<'_>) {
    let Some(waited) = waited(step, world) else {
        return;
    };
    let clock = clock(step);
    let Some(handoff) = step.next.handoff_mut() else {
        return;
    };
    let running = handoff.paused_at.is_none();
    let Some(due) = handoff.due.clone().filter(|_| running) else {
        return;
    };
    // After a downtime the breach says it all: one word, not two.
    let is_late = due.due_at <= world.now;
    let has_just_written = handoff
        .agent_wrote_at
        .is_some_and(|wrote| wrote >= due.since && world.now - wrote < JUST_WRITTEN);
    let warned = handoff.warned_since == Some(due.since);
    if is_late || has_just_written || warned {
        return;
    }
    handoff.warned_since = Some(due.since);
    step.record(FactKind::WarningGiven { clock }, world.now);
    let notice = Phrase::new("desk-warning")
        .minutes("waited", waited)
        .minutes("left", due.due_at - world.now);
    handing_over::open_missing_rooms(step, world);
    room_notice(step, notice);
}

fn breach(step: &mut Step, world: &World<'_>) {
    let Some(waited) = waited(step, world) else {
        return;
    };
    let clock = clock(step);
    let Some(handoff) = step.next.handoff_mut() else {
        return;
    };
    let running = handoff.paused_at.is_none();
    let Some(due) = handoff.due.clone().filter(|_| running) else {
        return;
    };
    if handoff.breached_since.replace(due.since) == Some(due.since) {
        return;
    }
    step.record(FactKind::Breached { clock }, world.now);
    let notice = Phrase::new("desk-breach")
        .minutes("waited", waited)
        .minutes("target", due.target_ms);
    handing_over::open_missing_rooms(step, world);
    room_notice(step, notice);
    step.push(Effect::Tell(Tell {
        say: Speech::Phrase(Phrase::new("customer-late").minutes("waited", waited)),
        buttons: Vec::new(),
        purpose: Purpose::Notice,
        message: None,
        staff: None,
    }));
}

/// The agent has been silent while the customer waits: the conversation returns to the queue.
fn lease_over(step: &mut Step, world: &World<'_>) {
    let Phase::WithAgent {
        handoff,
        agent,
        agent_name,
    } = step.next.state.phase.clone()
    else {
        return;
    };
    if handoff.waiting_since().is_none() {
        return;
    }
    step.record_by(
        FactKind::LeaseExpired {
            handoff: handoff.id.clone(),
        },
        world.now,
        &agent,
    );
    step.next.state.phase = Phase::Waiting { handoff };
    step.next.state.turn_of_desk += 1;
    step.push(Effect::StopTimer(TimerKind::Lease));
    step.push(Effect::Room(RoomAct::RefreshCard));
    room_notice(
        step,
        Phrase::new("desk-lease-over").text("agent", agent_name),
    );
}
