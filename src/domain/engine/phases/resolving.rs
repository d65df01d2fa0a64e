//! The end of a matter, and its coming back.

use crate::domain::engine::conversation::Phase;
use crate::domain::engine::effect::{Effect, RoomAct};
use crate::domain::engine::event::{CustomerMessage, TimerKind};
use crate::domain::engine::phases::{answering, customer, handing_over, targets};
use crate::domain::engine::{Step, World};
use crate::domain::handoff::HandoffReason;
use crate::domain::message::plain_text;
use crate::domain::time::Timestamp;
use crate::domain::timeline::FactKind;

/// The customer said that the bot's answer helped.
pub fn helped(step: &mut Step, at: Timestamp, world: &World<'_>) {
    match &step.next.state.phase {
        Phase::Answering { .. } => resolve_by_bot(step, true, at, world),
        // With a person on the way the matter is the person's to end.
        Phase::Waiting { .. }
        | Phase::WithAgent { .. }
        | Phase::Resolved { .. }
        | Phase::Closed => {}
    }
}

/// The bot's answer ended the matter: the customer said so, or stayed silent long enough.
pub fn resolve_by_bot(step: &mut Step, confirmed: bool, at: Timestamp, world: &World<'_>) {
    step.next.state.phase = Phase::Resolved { at, by: None };
    step.record(
        FactKind::Resolved {
            by_bot: true,
            confirmed,
        },
        at,
    );
    step.push(Effect::StopTimer(TimerKind::Settle));
    step.push(Effect::StopTimer(TimerKind::Idle));
    targets::stop(step);
    step.push(Effect::StartTimer(
        TimerKind::Grace,
        world.now + world.rules.grace,
    ));
}

/// The customer came back within the grace time with more than a thank-you.
pub fn reopen(step: &mut Step, was_a_persons: bool, message: &CustomerMessage, world: &World<'_>) {
    step.push(Effect::StopTimer(TimerKind::Grace));
    step.record(FactKind::Reopened, message.at);
    if let Phase::Resolved { at, .. } = step.next.state.phase {
        targets::go_on(step, at, message.at, world);
    }
    step.record(
        FactKind::CustomerWrote {
            message: message.message.clone(),
            seen_late: message.seen_late,
        },
        message.at,
    );
    if was_a_persons {
        handing_over::hand_over(step, HandoffReason::Reopened, message.at, world);
        customer::mirror(step, &message.message, &message.parts, world);
    } else {
        step.next.state.phase = Phase::Answering { turn: Vec::new() };
        targets::follow(step, world);
        answering::wrote(step, message, &plain_text(&message.parts), world);
    }
}

/// The grace time is over.
pub fn close(step: &mut Step, world: &World<'_>) {
    match &step.next.state.phase {
        Phase::Resolved { .. } => {
            step.next.state.phase = Phase::Closed;
            step.record(FactKind::Closed, world.now);
            if !step.next.state.rooms.is_empty() {
                step.push(Effect::Room(RoomAct::Close));
            }
        }
        // It was opened again in the meantime.
        Phase::Answering { .. }
        | Phase::Waiting { .. }
        | Phase::WithAgent { .. }
        | Phase::Closed => {}
    }
}
