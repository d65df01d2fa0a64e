//! What staff's doings lead to. Their right to act at all was looked up in the same transaction;
//! here it is decided whether this conversation is theirs to act on.

use crate::domain::desk::act::StaffAct;
use crate::domain::engine::conversation::Phase;
use crate::domain::engine::effect::{Effect, Purpose, RoomAct, RoomSpeech, Rooms, Speech, Tell};
use crate::domain::engine::event::{StaffOrigin, TimerKind};
use crate::domain::engine::phases::{handing_over, ladder, targets, timers};
use crate::domain::engine::{Step, World};
use crate::domain::handoff::HandoffReason;
use crate::domain::ids::OutboxId;
use crate::domain::message::{Part, plain_text};
use crate::domain::phrase::Phrase;
use crate::domain::staff::{Role, Staff};
use crate::domain::timeline::{FactKind, PauseReason};

/// A listed member of staff did something.
pub fn acted(
    step: &mut Step,
    staff: &Staff,
    act: &StaffAct,
    origin: &StaffOrigin,
    world: &World<'_>,
) {
    let outcome = match act {
        // Whoever comes second is told who was first, whatever their button was made for.
        StaffAct::Claim if step.next.agent().is_some() => claim(step, staff, world),
        StaffAct::Claim => guarded(step, origin).and_then(|()| claim(step, staff, world)),
        StaffAct::Release => guarded(step, origin).and_then(|()| release(step, staff, world)),
        StaffAct::Resolve => guarded(step, origin).and_then(|()| resolve(step, staff, world)),
        StaffAct::Reply { parts } => reply(step, staff, parts, origin, world),
        StaffAct::Note { text } => {
            note(step, staff, text, origin, world);
            Ok(None)
        }
        StaffAct::Pause { why } => pause(step, staff, *why, world),
        StaffAct::GoOn => go_on(step, staff, world),
        StaffAct::Snooze => ladder::snooze(step, staff, world),
        StaffAct::SendAgain { outbox } => {
            step.push(settle_unknown(staff, outbox, false));
            Ok(Some(Phrase::new("desk-sending-again")))
        }
        StaffAct::ItArrived { outbox } => {
            step.push(settle_unknown(staff, outbox, true));
            Ok(Some(Phrase::new("desk-counted-as-arrived")))
        }
    };
    let answer = match outcome {
        Ok(answer) => answer,
        Err(refusal) => {
            step.record_by(
                FactKind::RefusedAct {
                    why: refusal.key.to_owned(),
                },
                world.now,
                &staff.id,
            );
            Some(refusal)
        }
    };
    tell_actor(step, answer, origin, world);
}

/// What was done, for the one who did it; or why it was not.
pub type Outcome = Result<Option<Phrase>, Phrase>;

/// Tells whoever acted: by their press, or in the room that they wrote in.
fn tell_actor(step: &mut Step, answer: Option<Phrase>, origin: &StaffOrigin, world: &World<'_>) {
    match origin {
        StaffOrigin::Room {
            press: Some(press), ..
        } => step.push(Effect::Answer {
            press: press.clone(),
            lang: world.rules.desk_lang,
            say: answer,
            buttons: Vec::new(),
        }),
        StaffOrigin::Room {
            press: None, desk, ..
        } => {
            if let Some(phrase) = answer {
                step.push(Effect::Room(RoomAct::Say {
                    say: RoomSpeech::Phrase(phrase),
                    rooms: Rooms::Only(*desk),
                    buttons: Vec::new(),
                    message: None,
                    purpose: Purpose::RoomNotice,
                }));
            }
        }
        // The console shows the conversation itself, refusals included (they are in the timeline).
        StaffOrigin::Console => {}
    }
}

/// Refuses a button that was made for an earlier turn of the matter.
fn guarded(step: &Step, origin: &StaffOrigin) -> Result<(), Phrase> {
    match origin {
        StaffOrigin::Room {
            made_for: Some(turn),
            ..
        } if *turn != step.next.state.turn_of_desk => Err(how_it_stands(step)),
        StaffOrigin::Room { .. } | StaffOrigin::Console => Ok(()),
    }
}

/// How it stands, for those who come too late.
pub fn how_it_stands(step: &Step) -> Phrase {
    match &step.next.state.phase {
        Phase::WithAgent { agent_name, .. } => {
            Phrase::new("desk-was-faster").text("agent", agent_name)
        }
        Phase::Resolved { by: Some(by), .. } => {
            Phrase::new("desk-resolved-already").text("agent", by)
        }
        Phase::Answering { .. }
        | Phase::Waiting { .. }
        | Phase::Resolved { by: None, .. }
        | Phase::Closed => Phrase::new("desk-button-out-of-date"),
    }
}

fn claim(step: &mut Step, staff: &Staff, world: &World<'_>) -> Outcome {
    match step.next.state.phase.clone() {
        Phase::Waiting { handoff } => {
            step.record_by(
                FactKind::Claimed {
                    handoff: handoff.id.clone(),
                },
                world.now,
                &staff.id,
            );
            step.next.state.phase = Phase::WithAgent {
                handoff,
                agent: staff.id.clone(),
                agent_name: staff.name.clone(),
            };
            step.next.state.turn_of_desk += 1;
            step.push(Effect::Room(RoomAct::RefreshCard));
            step.push(Effect::Withdraw(Purpose::Acknowledgement));
            step.push(Effect::Tell(Tell {
                say: Speech::Phrase(Phrase::new("customer-claimed").text("agent", &staff.name)),
                buttons: Vec::new(),
                purpose: Purpose::Acknowledgement,
                message: None,
                staff: None,
            }));
            timers::start_lease(step, world);
            Ok(Some(Phrase::new("desk-claimed-by-you")))
        }
        Phase::WithAgent { agent, .. } if agent == staff.id => {
            Ok(Some(Phrase::new("desk-yours-already")))
        }
        Phase::WithAgent { handoff, agent, .. } => {
            let lost = FactKind::ClaimLost {
                handoff: handoff.id,
                winner: agent,
            };
            step.record_by(lost, world.now, &staff.id);
            Err(how_it_stands(step))
        }
        Phase::Answering { .. } => {
            handing_over::call(step, HandoffReason::TakenOver, world.now, world);
            claim(step, staff, world)
        }
        Phase::Resolved { .. } | Phase::Closed => Err(how_it_stands(step)),
    }
}

/// Whether staff may act on a conversation that somebody has.
pub fn may_act(step: &Step, staff: &Staff) -> bool {
    step.next.agent().is_none_or(|agent| *agent == staff.id) || staff.role >= Role::Lead
}

fn release(step: &mut Step, staff: &Staff, world: &World<'_>) -> Outcome {
    let Phase::WithAgent {
        handoff,
        agent_name,
        ..
    } = step.next.state.phase.clone()
    else {
        return Err(how_it_stands(step));
    };
    if !may_act(step, staff) {
        return Err(Phrase::new("desk-has-it").text("agent", agent_name));
    }
    timers::end_pause(step, world.now, world);
    let handoff = step.next.handoff().cloned().unwrap_or(handoff);
    step.record_by(
        FactKind::Released {
            handoff: handoff.id.clone(),
        },
        world.now,
        &staff.id,
    );
    step.next.state.phase = Phase::Waiting { handoff };
    step.next.state.turn_of_desk += 1;
    step.push(Effect::StopTimer(TimerKind::Lease));
    step.push(Effect::Room(RoomAct::RefreshCard));
    Ok(Some(Phrase::new("desk-released")))
}

/// Lets the clocks of whoever has the conversation stand still.
fn pause(step: &mut Step, staff: &Staff, why: PauseReason, world: &World<'_>) -> Outcome {
    let Phase::WithAgent {
        handoff,
        agent_name,
        ..
    } = &step.next.state.phase
    else {
        return Err(Phrase::new("desk-claim-first"));
    };
    if !may_act(step, staff) {
        return Err(Phrase::new("desk-has-it").text("agent", agent_name));
    }
    if handoff.paused_at.is_some() {
        return Err(Phrase::new("desk-paused-already"));
    }
    step.record_by(FactKind::Paused { why }, world.now, &staff.id);
    timers::pause(step, world);
    Ok(Some(Phrase::new("desk-paused")))
}

fn go_on(step: &mut Step, staff: &Staff, world: &World<'_>) -> Outcome {
    if step
        .next
        .handoff()
        .and_then(|handoff| handoff.paused_at)
        .is_none()
    {
        return Err(Phrase::new("desk-not-paused"));
    }
    if !may_act(step, staff) {
        return Err(how_it_stands(step));
    }
    step.record_by(FactKind::Resumed, world.now, &staff.id);
    timers::end_pause(step, world.now, world);
    Ok(Some(Phrase::new("desk-goes-on")))
}

fn reply(
    step: &mut Step,
    staff: &Staff,
    parts: &[Part],
    origin: &StaffOrigin,
    world: &World<'_>,
) -> Outcome {
    if plain_text(parts).trim().is_empty()
        && !parts.iter().any(|part| matches!(part, Part::File { .. }))
    {
        return Err(Phrase::new("desk-empty-reply"));
    }
    match &step.next.state.phase {
        Phase::Waiting { .. } | Phase::Answering { .. } => {
            claim(step, staff, world)?;
        }
        Phase::WithAgent { agent_name, .. } if !may_act(step, staff) => {
            return Err(Phrase::new("desk-has-it").text("agent", agent_name));
        }
        // A last word after *resolved* is fine: it opens nothing again.
        Phase::WithAgent { .. } | Phase::Resolved { .. } => {}
        Phase::Closed => return Err(Phrase::new("desk-closed")),
    }
    let message = world.fresh_message.clone();
    step.push(Effect::Keep {
        message: message.clone(),
        staff: staff.id.clone(),
        parts: parts.to_vec(),
        note: false,
        at: world.now,
        said_in: said_in(origin),
    });
    step.push(Effect::Withdraw(Purpose::Acknowledgement));
    step.push(Effect::Tell(Tell {
        say: Speech::Parts(parts.to_vec()),
        buttons: Vec::new(),
        purpose: Purpose::AgentReply,
        message: Some(message),
        staff: Some(staff.id.clone()),
    }));
    if step.next.agent().is_some() {
        timers::start_lease(step, world);
    }
    if let Some(handoff) = step.next.handoff_mut() {
        handoff.agent_wrote_at = Some(world.now);
    }
    Ok(match origin {
        // The form is closed: a word that it is on its way. A message in the room gets its mark.
        StaffOrigin::Room { press: Some(_), .. } => Some(Phrase::new("desk-on-its-way")),
        StaffOrigin::Room { press: None, .. } | StaffOrigin::Console => None,
    })
}

fn said_in(
    origin: &StaffOrigin,
) -> Option<(
    crate::domain::place::ChannelKind,
    crate::domain::ids::MessageRef,
)> {
    match origin {
        StaffOrigin::Room {
            desk,
            message: Some(message),
            ..
        } => Some((*desk, message.clone())),
        StaffOrigin::Room { message: None, .. } | StaffOrigin::Console => None,
    }
}

fn note(step: &mut Step, staff: &Staff, text: &str, origin: &StaffOrigin, world: &World<'_>) {
    let message = world.fresh_message.clone();
    let parts = vec![Part::Text {
        text: text.to_owned(),
    }];
    step.push(Effect::Keep {
        message: message.clone(),
        staff: staff.id.clone(),
        parts: parts.clone(),
        note: true,
        at: world.now,
        said_in: said_in(origin),
    });
    step.record_by(FactKind::NoteWritten { message }, world.now, &staff.id);
    let rooms = said_in(origin).map_or(Rooms::All, |(desk, _)| Rooms::But(desk));
    step.push(Effect::Room(RoomAct::Say {
        say: RoomSpeech::Quoted {
            who: Phrase::new("desk-note-by").text("agent", &staff.name),
            parts,
        },
        rooms,
        buttons: Vec::new(),
        message: None,
        purpose: Purpose::Mirror,
    }));
}

fn resolve(step: &mut Step, staff: &Staff, world: &World<'_>) -> Outcome {
    match &step.next.state.phase {
        Phase::Waiting { .. } | Phase::Answering { .. } => {
            claim(step, staff, world)?;
        }
        Phase::WithAgent { agent_name, .. } if !may_act(step, staff) => {
            return Err(Phrase::new("desk-has-it").text("agent", agent_name));
        }
        Phase::WithAgent { .. } => {}
        Phase::Resolved { .. } | Phase::Closed => return Err(how_it_stands(step)),
    }
    step.next.state.phase = Phase::Resolved {
        at: world.now,
        by: Some(staff.name.clone()),
    };
    step.next.state.turn_of_desk += 1;
    step.record_by(
        FactKind::Resolved {
            by_bot: false,
            confirmed: false,
        },
        world.now,
        &staff.id,
    );
    timers::stop_all_of_wait(step);
    targets::stop(step);
    step.push(Effect::StopTimer(TimerKind::Settle));
    step.push(Effect::StopTimer(TimerKind::Idle));
    step.push(Effect::StartTimer(
        TimerKind::Grace,
        world.now + world.rules.grace,
    ));
    step.push(Effect::Withdraw(Purpose::Acknowledgement));
    step.push(Effect::Tell(Tell {
        say: Speech::Phrase(Phrase::new("customer-resolved").text("agent", &staff.name)),
        buttons: Vec::new(),
        purpose: Purpose::Notice,
        message: None,
        staff: None,
    }));
    step.push(Effect::Room(RoomAct::RefreshCard));
    step.push(Effect::Room(RoomAct::Close));
    Ok(Some(Phrase::new("desk-resolved")))
}

/// A person decided what became of a message whose outcome nobody knew.
fn settle_unknown(staff: &Staff, outbox: &OutboxId, arrived: bool) -> Effect {
    Effect::SettleUnknown {
        by: staff.id.clone(),
        outbox: outbox.clone(),
        arrived,
    }
}
