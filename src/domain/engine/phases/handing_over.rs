//! Passing a conversation to the desk: the room, the card, the honest word, the clocks.

use crate::domain::engine::conversation::Phase;
use crate::domain::engine::effect::{Effect, Purpose, RoomAct, Speech, Tell};
use crate::domain::engine::event::TimerKind;
use crate::domain::engine::phases::{answering, targets, timers};
use crate::domain::engine::{Step, World, waiting_since};
use crate::domain::handoff::{Handoff, HandoffReason};
use crate::domain::phrase::Phrase;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::timeline::FactKind;

/// Calls a person. `at` is the platform's time of the customer's asking.
pub fn hand_over(step: &mut Step, reason: HandoffReason, at: Timestamp, world: &World<'_>) {
    call(step, reason, at, world);
    let silent = reason == HandoffReason::DeliveryUnknown;
    if !silent {
        step.push(Effect::Tell(Tell {
            say: Speech::Phrase(expectation(
                Phrase::new("customer-handed-over"),
                step,
                world,
            )),
            buttons: Vec::new(),
            purpose: Purpose::Acknowledgement,
            message: None,
            staff: None,
        }));
        answering::ask_preference(step, world);
    }
}

/// Puts the conversation into the queue without a word to the customer.
pub fn call(step: &mut Step, reason: HandoffReason, at: Timestamp, world: &World<'_>) {
    let id = world.fresh_handoff.clone();
    step.record(
        FactKind::HandoffAsked {
            handoff: id.clone(),
            reason: reason.name().to_owned(),
        },
        at,
    );
    let mut handoff = Handoff::called(id, reason, at);
    handoff.customer_wrote(at);
    step.next.state.phase = Phase::Waiting { handoff };
    step.next.state.turn_of_desk += 1;
    step.next.state.tries_bot = false;
    step.push(Effect::StopTimer(TimerKind::Settle));
    step.push(Effect::StopTimer(TimerKind::Idle));
    open_rooms(step, world);
    timers::restart_wait(step, world);
    targets::follow(step, world);
}

/// Opens a room at every desk that has none, and shows the card anew in those that stand.
pub fn open_rooms(step: &mut Step, world: &World<'_>) {
    for desk in world.desks {
        let act = if step.next.state.rooms.insert(*desk) {
            RoomAct::Open(*desk)
        } else {
            RoomAct::Reopen(*desk)
        };
        step.push(Effect::Room(act));
    }
}

/// Opens a room at every desk that has none: one that could not be opened may be by now.
pub fn open_missing_rooms(step: &mut Step, world: &World<'_>) {
    for desk in world.desks {
        if step.next.state.rooms.insert(*desk) {
            step.push(Effect::Room(RoomAct::Open(*desk)));
        }
    }
}

/// Adds what can honestly be said about the wait: how many are before the customer, and within
/// what time nine in ten of the last ones were answered; where that is not known, the target,
/// named as what it is.
pub fn expectation(phrase: Phrase, step: &Step, world: &World<'_>) -> Phrase {
    let due = step.next.handoff().and_then(|handoff| handoff.due.as_ref());
    let wait = match (world.load.usual_wait, due) {
        (Some(usual), _) => {
            let at_least_a_minute = Millis(usual.0.max(60_000));
            Phrase::new("customer-usual-wait").minutes("minutes", at_least_a_minute)
        }
        (None, Some(due)) if due.due_at > world.now => target_wait(due.due_at - world.now),
        (None, _) => Phrase::new("customer-no-target-wait"),
    };
    phrase
        .number("ahead", world.load.waiting_ahead)
        .phrase("wait", wait)
}

/// How things stand, for the customer.
pub fn status(step: &Step, world: &World<'_>) -> Phrase {
    match &step.next.state.phase {
        Phase::Waiting { .. } => expectation(
            Phrase::new("customer-status-waiting").minutes(
                "waited",
                waiting_since(&step.next).map_or(Millis(0), |since| world.now - since),
            ),
            step,
            world,
        ),
        Phase::WithAgent { agent_name, .. } => {
            Phrase::new("customer-status-with-agent").text("agent", agent_name)
        }
        Phase::Answering { .. } | Phase::Resolved { .. } | Phase::Closed => {
            Phrase::new("customer-status-nothing-open")
        }
    }
}

/// The target in minutes, or in hours from two of them on: nobody reads 3,900 minutes.
fn target_wait(length: Millis) -> Phrase {
    if length < Millis::hours(2) {
        return Phrase::new("customer-target-wait").minutes("minutes", length);
    }
    let hours = (length.0 + Millis::hours(1).0 - 1) / Millis::hours(1).0;
    Phrase::new("customer-target-wait-hours").number("hours", hours)
}
