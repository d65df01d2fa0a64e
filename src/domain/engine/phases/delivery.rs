//! What became of what was sent.

use crate::domain::engine::conversation::Phase;
use crate::domain::engine::effect::{
    ButtonAction, ButtonSpec, Effect, Label, Purpose, RoomAct, RoomSpeech, Rooms, StaffButton,
};
use crate::domain::engine::event::{CardAct, Dispatch};
use crate::domain::engine::phases::customer::room_notice;
use crate::domain::engine::phases::{handing_over, timers};
use crate::domain::engine::{Step, World};
use crate::domain::handoff::HandoffReason;
use crate::domain::message::Part;
use crate::domain::outgoing::Look;
use crate::domain::phrase::Phrase;
use crate::domain::place::ChannelKind;
use crate::domain::time::Timestamp;
use crate::domain::timeline::FactKind;

/// The platform accepted it, at that time by its own clock.
pub fn sent(step: &mut Step, dispatch: &Dispatch, at: Timestamp, world: &World<'_>) {
    let (Purpose::AgentReply, Some(message), Some(staff)) =
        (&dispatch.purpose, &dispatch.message, &dispatch.staff)
    else {
        // Nothing else changes a conversation by being sent.
        return;
    };
    let fact = FactKind::AgentReplied {
        outbox: dispatch.outbox.clone(),
        message: message.clone(),
    };
    step.record_by(fact, at, &staff.id);
    if let Some(handoff) = step.next.handoff_mut() {
        handoff.replied(at);
        timers::restart_wait(step, world);
    }
    let rooms = match &dispatch.said_in {
        Some((desk, said)) => {
            step.push(Effect::Room(RoomAct::Mark {
                desk: *desk,
                message: said.clone(),
            }));
            Rooms::But(*desk)
        }
        None => Rooms::All,
    };
    let who = Phrase::new("desk-sent-by")
        .text("agent", &staff.name)
        .text("customer", &world.customer.name);
    step.push(Effect::Room(say_words(
        who,
        &dispatch.words,
        rooms,
        Vec::new(),
        Purpose::Mirror,
    )));
}

fn say_words(
    who: Phrase,
    words: &str,
    rooms: Rooms,
    buttons: Vec<Vec<ButtonSpec>>,
    purpose: Purpose,
) -> RoomAct {
    RoomAct::Say {
        say: RoomSpeech::Quoted {
            who,
            parts: vec![Part::Text {
                text: words.to_owned(),
            }],
        },
        rooms,
        buttons,
        message: None,
        purpose,
    }
}

/// It will not be delivered. The clock of whoever waits runs on.
pub fn failed(step: &mut Step, dispatch: &Dispatch, why: &str, blocked: bool, world: &World<'_>) {
    match &dispatch.purpose {
        Purpose::AgentReply | Purpose::ReplyPart => {
            not_delivered(step, dispatch, why, world);
            tell_rooms_of_failure(step, dispatch, why);
        }
        Purpose::Answer { .. } | Purpose::Choices => {
            not_delivered(step, dispatch, why, world);
            let answering = matches!(step.next.state.phase, Phase::Answering { .. });
            if answering && !blocked {
                // The customer still waits for something: a person sees to it.
                handing_over::hand_over(step, HandoffReason::AnswerFailed, world.now, world);
            }
            if step.next.handoff().is_some() {
                tell_rooms_of_failure(step, dispatch, why);
            }
        }
        Purpose::Card => card_failed(step, dispatch, why),
        // Nobody waits for these; the outbox keeps the failure for those who look.
        Purpose::Acknowledgement
        | Purpose::Notice
        | Purpose::PressAnswer
        | Purpose::Mirror
        | Purpose::MirrorAgain
        | Purpose::RoomNotice
        | Purpose::Mark
        | Purpose::Survey
        | Purpose::Broadcast => {}
    }
}

/// The bot's answer waited so long that it would only puzzle: it was not sent, and a person
/// answers instead.
pub fn too_old(step: &mut Step, dispatch: &Dispatch, world: &World<'_>) {
    not_delivered(step, dispatch, "too-old", world);
    // Further pieces of the same answer find the person called already.
    if matches!(step.next.state.phase, Phase::Answering { .. }) {
        handing_over::hand_over(step, HandoffReason::AnswerTooOld, world.now, world);
    }
}

fn not_delivered(step: &mut Step, dispatch: &Dispatch, why: &str, world: &World<'_>) {
    let fact = FactKind::ReplyFailed {
        outbox: dispatch.outbox.clone(),
        why: why.to_owned(),
    };
    step.record(fact, world.now);
}

fn tell_rooms_of_failure(step: &mut Step, dispatch: &Dispatch, why: &str) {
    let who = Phrase::new("desk-not-delivered").text("why", why);
    let words = &dispatch.words;
    let notice = say_words(who, words, Rooms::All, Vec::new(), Purpose::RoomNotice);
    step.push(Effect::Room(notice));
}

fn card_failed(step: &mut Step, dispatch: &Dispatch, why: &str) {
    match (dispatch.card, dispatch.desk) {
        (Some(CardAct::Open), Some(desk)) => {
            // The console still has the conversation, and so has the other desk, which is told;
            // the room is tried for again when the wait is warned of.
            step.next.state.rooms.remove(&desk);
            room_notice(step, Phrase::new("desk-room-not-opened").text("why", why));
        }
        (Some(CardAct::Refresh), Some(desk)) if step.next.handoff().is_some() => {
            // The card is gone, or the whole room: a new card shows which.
            step.push(Effect::Room(RoomAct::Reopen(desk)));
        }
        (Some(CardAct::Open | CardAct::Refresh) | None, _) => {}
    }
}

/// Nobody knows whether it arrived: a person decides, and is told at once.
pub fn unknown(step: &mut Step, dispatch: &Dispatch, world: &World<'_>) {
    match &dispatch.purpose {
        Purpose::AgentReply
        | Purpose::ReplyPart
        | Purpose::Answer { .. }
        | Purpose::Choices
        | Purpose::Acknowledgement
        | Purpose::Notice
        | Purpose::Survey
        | Purpose::Broadcast => {
            let fact = FactKind::DeliveryUnknown {
                outbox: dispatch.outbox.clone(),
            };
            step.record(fact, world.now);
            let is_the_answer = matches!(dispatch.purpose, Purpose::Answer { .. } | Purpose::Choices);
            if is_the_answer && matches!(step.next.state.phase, Phase::Answering { .. }) {
                handing_over::hand_over(step, HandoffReason::DeliveryUnknown, world.now, world);
            }
            let is_a_persons = matches!(dispatch.purpose, Purpose::AgentReply | Purpose::ReplyPart);
            if step.next.handoff().is_some() || is_a_persons {
                let who =
                    Phrase::new("desk-delivery-unknown").text("customer", &world.customer.name);
                let buttons = vec![unknown_buttons(dispatch)];
                let words = &dispatch.words;
                let notice = say_words(who, words, Rooms::All, buttons, Purpose::RoomNotice);
                step.push(Effect::Room(notice));
            }
        }
        Purpose::Mirror | Purpose::RoomNotice => {
            // Staff must see it: said anew, once, and named as perhaps a repetition.
            if let Some(desk) = dispatch.desk {
                step.push(Effect::Room(RoomAct::Say {
                    say: RoomSpeech::Quoted {
                        who: Phrase::new("desk-maybe-repeated"),
                        parts: vec![Part::Text {
                            text: dispatch.words.clone(),
                        }],
                    },
                    rooms: Rooms::Only(desk),
                    buttons: Vec::new(),
                    message: dispatch.message.clone(),
                    purpose: Purpose::MirrorAgain,
                }));
            }
        }
        // The console has it; once more would only make more of the same.
        Purpose::MirrorAgain
        // Harmless to repeat, so the delivery repeats these by itself and never asks.
        | Purpose::Card
        | Purpose::Mark
        | Purpose::PressAnswer => {}
    }
}

fn unknown_buttons(dispatch: &Dispatch) -> Vec<ButtonSpec> {
    let outbox = &dispatch.outbox;
    let button = |key, act, look| ButtonSpec {
        label: Label::Phrase(Phrase::new(key)),
        action: ButtonAction::Staff { act },
        look,
    };
    vec![
        button(
            "desk-button-send-again",
            StaffButton::SendAgain {
                outbox: outbox.clone(),
            },
            Look::Primary,
        ),
        button(
            "desk-button-it-arrived",
            StaffButton::ItArrived {
                outbox: outbox.clone(),
            },
            Look::Plain,
        ),
    ]
}

/// A room is gone: where a person is still needed it is made again, with the card and what was
/// said.
pub fn room_gone(step: &mut Step, desk: ChannelKind, world: &World<'_>) {
    if !step.next.state.rooms.remove(&desk) {
        return;
    }
    step.record(FactKind::RoomGone { desk }, world.now);
    if step.next.handoff().is_some() && world.desks.contains(&desk) {
        step.next.state.rooms.insert(desk);
        step.push(Effect::Room(RoomAct::Open(desk)));
    }
}
