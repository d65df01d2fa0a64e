//! What comes due, and the clocks that run while a customer waits for a person.

use crate::domain::engine::conversation::Phase;
use crate::domain::engine::effect::{Effect, RoomAct};
use crate::domain::engine::event::TimerKind;
use crate::domain::engine::phases::customer::room_notice;
use crate::domain::engine::phases::{answering, ladder, resolving, targets};
use crate::domain::engine::{Step, World, waiting_since};
use crate::domain::handoff::Handoff;
use crate::domain::phrase::Phrase;
use crate::domain::sla::SlaClock;
use crate::domain::sla::plan::Due;
use crate::domain::time::Timestamp;
use crate::domain::timeline::FactKind;

/// A timer came due. The intake drops it where the same kind was started anew meanwhile.
pub fn due(step: &mut Step, kind: TimerKind, world: &World<'_>) {
    match kind {
        TimerKind::Settle => answering::settled(step, world),
        TimerKind::Warn => ladder::came_due(step, |due| due.warn_at, world),
        TimerKind::Breach => ladder::came_due(step, |due| due.due_at, world),
        TimerKind::CallLeads => ladder::came_due(step, Due::leads_called_at, world),
        TimerKind::TellCustomer => ladder::came_due(step, Due::customer_told_at, world),
        TimerKind::QuietOver => ladder::quiet_over(step, world),
        TimerKind::Targets => targets::came_due(step, world),
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
        stop_wait(step);
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
    // A message that comes late can have been written before the one that began the wait. Where no
    // target runs nothing was said about it.
    let moved_back = |handoff: &Handoff| {
        let runs = handoff.due.as_ref().is_some_and(|due| due.clock == clock);
        runs && handoff.clocked_since.is_some_and(|known| since < known)
    };
    let goes_on = step.next.handoff().is_some_and(moved_back);
    if !goes_on {
        end_quiet(step);
    }
    let due = targets::set(step, clock, since, world);
    if let Some(handoff) = step.next.handoff_mut() {
        if goes_on {
            handoff.wait_began_earlier(since);
        }
        handoff.clocked_since = Some(since);
        handoff.due = due;
    }
    follow_due(step);
    if step.next.agent().is_some() {
        start_lease(step, world);
    }
}

/// Sets the rungs of the ladder by the due time of the wait, or stops them where it has none.
fn follow_due(step: &mut Step) {
    match step.next.handoff().and_then(|handoff| handoff.due.clone()) {
        Some(due) => {
            step.push(Effect::StartTimer(TimerKind::Warn, due.warn_at));
            step.push(Effect::StartTimer(TimerKind::Breach, due.due_at));
            if let Some(at) = due.lead_at {
                step.push(Effect::StartTimer(TimerKind::CallLeads, at));
            }
            if let Some(at) = due.customer_at {
                step.push(Effect::StartTimer(TimerKind::TellCustomer, at));
            }
        }
        None => {
            step.push(Effect::StopTimer(TimerKind::Warn));
            step.push(Effect::StopTimer(TimerKind::Breach));
        }
    }
}

/// Stops the rungs of the wait that ends or stands still, and the agent's lease.
fn stop_wait(step: &mut Step) {
    let due = step.next.handoff().and_then(|handoff| handoff.due.as_ref());
    let leads_apart = due.is_some_and(|due| due.lead_at.is_some());
    let customer_apart = due.is_some_and(|due| due.customer_at.is_some());
    for kind in [TimerKind::Warn, TimerKind::Breach, TimerKind::Lease] {
        step.push(Effect::StopTimer(kind));
    }
    if leads_apart {
        step.push(Effect::StopTimer(TimerKind::CallLeads));
    }
    if customer_apart {
        step.push(Effect::StopTimer(TimerKind::TellCustomer));
    }
    end_quiet(step);
}

/// The desk may be spoken to again, and nothing is left to be said of the wait before.
fn end_quiet(step: &mut Step) {
    if let Some(handoff) = step.next.handoff_mut() {
        let was_quiet = std::mem::take(&mut handoff.muted) | handoff.snoozed_until.take().is_some();
        if was_quiet {
            step.push(Effect::StopTimer(TimerKind::QuietOver));
        }
    }
}

/// Stops every timer of a wait: the handoff is over.
pub fn stop_all_of_wait(step: &mut Step) {
    for kind in [
        TimerKind::Warn,
        TimerKind::Breach,
        TimerKind::Lease,
        TimerKind::CallLeads,
        TimerKind::TellCustomer,
        TimerKind::QuietOver,
    ] {
        step.push(Effect::StopTimer(kind));
    }
}

/// Lets the clocks stand still.
pub fn pause(step: &mut Step, world: &World<'_>) {
    stop_wait(step);
    targets::stop(step);
    if let Some(handoff) = step.next.handoff_mut() {
        handoff.paused_at = Some(world.now);
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
    targets::follow(step, world);
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
