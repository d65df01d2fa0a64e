//! The honest word to a customer who has waited longer than was said, and what they choose.

use crate::domain::engine::conversation::Phase;
use crate::domain::engine::effect::{ButtonSpec, Effect, Purpose, RoomAct, Speech, Tell};
use crate::domain::engine::event::{CustomerAction, TimerKind};
use crate::domain::engine::phases::customer::{customer_button, person_button, room_notice};
use crate::domain::engine::phases::handing_over::status;
use crate::domain::engine::phases::{ladder, targets, timers};
use crate::domain::engine::{Step, World};
use crate::domain::handoff::LateChoice;
use crate::domain::outgoing::Look;
use crate::domain::phrase::Phrase;
use crate::domain::sla::calendar::Calendar;
use crate::domain::sla::plan::Due;
use crate::domain::time::Timestamp;
use crate::domain::timeline::FactKind;

/// Tells them once per wait that it takes longer, with the choice.
pub fn tell_customer(step: &mut Step, due: &Due, now: Timestamp, world: &World<'_>) {
    let Some(handoff) = step.next.handoff_mut() else {
        return;
    };
    if handoff.offered_since == Some(due.since) {
        return;
    }
    if let Some(until) = ladder::on_its_way_until(handoff).filter(|until| now < *until) {
        step.push(Effect::StartTimer(TimerKind::TellCustomer, until));
        return;
    }
    handoff.offered_since = Some(due.since);
    step.record(FactKind::ChoiceOffered { clock: due.clock }, world.now);
    let waited = (now - due.since).or_zero();
    let words = Phrase::new("customer-late").minutes("waited", waited);
    let choices = [LateChoice::Wait, LateChoice::Leave, LateChoice::Bot];
    let buttons = buttons(step, &choices);
    tell(step, words, buttons);
}

/// The choices as buttons, one a row: their labels are long. A person who has the matter is not
/// sent away by a button.
fn buttons(step: &Step, choices: &[LateChoice]) -> Vec<Vec<ButtonSpec>> {
    let has_agent = step.next.agent().is_some();
    let offered = choices
        .iter()
        .filter(|choice| !(has_agent && **choice == LateChoice::Bot));
    let button = |choice: &LateChoice| {
        let key = match choice {
            LateChoice::Wait => "customer-button-wait",
            LateChoice::Leave => "customer-button-leave",
            LateChoice::Bot => "customer-button-bot",
        };
        let action = CustomerAction::WhenLate { choice: *choice };
        vec![customer_button(key, action, Look::Plain)]
    };
    offered.map(button).collect()
}

fn tell(step: &mut Step, words: Phrase, buttons: Vec<Vec<ButtonSpec>>) {
    step.push(Effect::Tell(Tell {
        say: Speech::Phrase(words),
        buttons,
        purpose: Purpose::Notice,
        message: None,
        staff: None,
    }));
}

/// They chose; gives what to answer where the choice is overtaken.
pub fn chosen(
    step: &mut Step,
    choice: LateChoice,
    at: Timestamp,
    world: &World<'_>,
) -> Option<Phrase> {
    match (&step.next.state.phase, choice) {
        (Phase::Waiting { .. } | Phase::WithAgent { .. }, LateChoice::Wait) => {
            chose(step, choice, at);
            let words = status(step, world);
            let others = buttons(step, &[LateChoice::Leave, LateChoice::Bot]);
            tell(step, words, others);
            None
        }
        (Phase::Waiting { .. } | Phase::WithAgent { .. }, LateChoice::Leave) => {
            chose(step, choice, at);
            let words = Phrase::new("customer-left").phrase("when", when_there(step, world));
            let others = buttons(step, &[LateChoice::Bot]);
            tell(step, words, others);
            let name = &world.customer.name;
            room_notice(step, Phrase::new("desk-customer-left").text("name", name));
            None
        }
        (Phase::Waiting { .. }, LateChoice::Bot) => {
            chose(step, choice, at);
            take_back(step, at, world);
            None
        }
        // Somebody took it, or the matter is done: it is as the status says.
        (Phase::WithAgent { .. }, LateChoice::Bot)
        | (Phase::Answering { .. } | Phase::Resolved { .. }, _) => Some(status(step, world)),
        (Phase::Closed, _) => Some(Phrase::new("customer-button-spent")),
    }
}

fn chose(step: &mut Step, choice: LateChoice, at: Timestamp) {
    if let Some(handoff) = step.next.handoff_mut() {
        handoff.choice = Some(choice);
    }
    step.record(FactKind::ChoiceMade { choice }, at);
}

/// The bot has the conversation again. The wait was not met, and the place in the queue is gone.
fn take_back(step: &mut Step, at: Timestamp, world: &World<'_>) {
    let Some(handoff) = step.next.handoff().map(|handoff| handoff.id.clone()) else {
        return;
    };
    step.record(FactKind::HandoffTakenBack { handoff }, at);
    step.next.state.phase = Phase::Answering { turn: Vec::new() };
    step.next.state.turn_of_desk += 1;
    step.next.state.tries_bot = true;
    timers::stop_all_of_wait(step);
    targets::follow(step, world);
    let idle_at = world.now + world.rules.idle;
    step.push(Effect::StartTimer(TimerKind::Idle, idle_at));
    step.push(Effect::Withdraw(Purpose::Acknowledgement));
    let buttons = vec![vec![person_button()]];
    tell(step, Phrase::new("customer-bot-again"), buttons);
    step.push(Effect::Room(RoomAct::RefreshCard));
    let name = &world.customer.name;
    room_notice(step, Phrase::new("desk-tries-bot").text("name", name));
    step.push(Effect::Room(RoomAct::Close));
}

/// When people are there, by the calendar of the wait's policy; a policy without one only says
/// that they come as soon as they can.
fn when_there(step: &Step, world: &World<'_>) -> Phrase {
    let due = step.next.handoff().and_then(|handoff| handoff.due.as_ref());
    let chosen = due.map(|due| world.plans.named(due.plan, &due.policy));
    let Some(calendar) = chosen.and_then(|chosen| chosen.calendar) else {
        return Phrase::new("customer-there-when-free");
    };
    match calendar.next_open(world.now) {
        Some(at) if at <= world.now => Phrase::new("customer-there-now"),
        Some(at) => opens(calendar, at),
        None => Phrase::new("customer-there-when-free"),
    }
}

fn opens(calendar: &Calendar, at: Timestamp) -> Phrase {
    let local = calendar.local(at);
    let day = match local.weekday().to_monday_zero_offset() {
        0 => "report-mon",
        1 => "report-tue",
        2 => "report-wed",
        3 => "report-thu",
        4 => "report-fri",
        5 => "report-sat",
        _ => "report-sun",
    };
    Phrase::new("customer-there-from")
        .phrase("day", Phrase::new(day))
        .text("date", local.date().to_string())
        .text("time", local.strftime("%H:%M").to_string())
        .text("zone", calendar.zone_name())
}
