//! What comes due, and the clocks that run while a customer waits for a person.

use crate::domain::engine::conversation::{Conversation, Phase};
use crate::domain::engine::effect::{Effect, Purpose, RoomAct, Speech, Tell};
use crate::domain::engine::event::TimerKind;
use crate::domain::engine::phases::customer::room_notice;
use crate::domain::engine::phases::{answering, handing_over, resolving};
use crate::domain::engine::{Rules, Step, World, waiting_since};
use crate::domain::phrase::Phrase;
use crate::domain::sla::SlaClock;
use crate::domain::time::Millis;
use crate::domain::timeline::FactKind;

/// A timer came due. The intake drops it where the same kind was started anew meanwhile.
pub fn due(step: &mut Step, kind: TimerKind, world: &World<'_>) {
    match kind {
        TimerKind::Settle => answering::settled(step, world),
        TimerKind::Warn => warn(step, world),
        TimerKind::Breach => breach(step, world),
        TimerKind::Lease => lease_over(step, world),
        TimerKind::Idle => {
            if matches!(step.next.state.phase, Phase::Answering { .. }) {
                resolving::resolve_by_bot(step, false, world.now, world);
            }
        }
        TimerKind::Grace => resolving::close(step, world),
    }
}

/// Sets the clocks of a wait when it begins, and stops them where nobody waits. Further messages
/// of the same wait, and a claim, move nothing: each wait is warned of and breached once.
pub fn restart_wait(step: &mut Step, world: &World<'_>) {
    let Some(since) = waiting_since(&step.next) else {
        for kind in [TimerKind::Warn, TimerKind::Breach, TimerKind::Lease] {
            step.push(Effect::StopTimer(kind));
        }
        return;
    };
    let target = target(&step.next, world.rules);
    let Some(handoff) = step.next.handoff_mut() else {
        return;
    };
    if handoff.clocked_since.replace(since) == Some(since) {
        return;
    }
    let warn_at = since + Millis(target.0 * world.rules.warn_at_percent / 100);
    step.push(Effect::StartTimer(TimerKind::Warn, warn_at));
    step.push(Effect::StartTimer(TimerKind::Breach, since + target));
    if step.next.agent().is_some() {
        start_lease(step, world);
    }
}

/// The agent has this long to say something while the customer waits.
pub fn start_lease(step: &mut Step, world: &World<'_>) {
    let lease_until = world.now + world.rules.claim_lease;
    step.push(Effect::StartTimer(TimerKind::Lease, lease_until));
}

/// How long the customer may wait for the reply that is due.
pub fn target(conversation: &Conversation, rules: &Rules) -> Millis {
    match conversation.handoff() {
        Some(handoff) if handoff.first_reply_at.is_some() => rules.target_next_response,
        Some(_) | None => rules.target_human_wait,
    }
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
    let target = target(&step.next, world.rules);
    if waited.0 >= target.0 {
        // After a downtime the breach says it all: one word, not two.
        return;
    }
    step.record(FactKind::WarningGiven { clock: clock(step) }, world.now);
    let notice = Phrase::new("desk-warning")
        .minutes("waited", waited)
        .minutes("left", Millis(target.0 - waited.0));
    handing_over::open_missing_rooms(step, world);
    room_notice(step, notice);
}

fn breach(step: &mut Step, world: &World<'_>) {
    let Some(waited) = waited(step, world) else {
        return;
    };
    step.record(FactKind::Breached { clock: clock(step) }, world.now);
    let target = target(&step.next, world.rules);
    let notice = Phrase::new("desk-breach")
        .minutes("waited", waited)
        .minutes("target", target);
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
