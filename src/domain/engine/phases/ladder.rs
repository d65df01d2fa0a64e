//! The ladder of a wait that nobody ends: the desk near the target and when it is missed, the
//! leads, and an honest word to the customer with a choice.
//!
//! Invariant: each rung is climbed once per wait; what came due together, after a downtime say, is
//! one word that tells the whole wait.

use crate::domain::engine::conversation::Phase;
use crate::domain::engine::effect::{
    ButtonAction, ButtonSpec, Called, Effect, Label, Purpose, RoomAct, RoomSpeech, Rooms,
    StaffButton,
};
use crate::domain::engine::event::TimerKind;
use crate::domain::engine::phases::customer::room_notice;
use crate::domain::engine::phases::staff::{self, Outcome};
use crate::domain::engine::phases::{handing_over, late, targets};
use crate::domain::engine::{Step, World};
use crate::domain::handoff::Handoff;
use crate::domain::outgoing::Look;
use crate::domain::phrase::Phrase;
use crate::domain::sla::plan::Due;
use crate::domain::staff::Staff;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::timeline::FactKind;

/// Of an agent who wrote so shortly ago nothing is said: the reply is on its way.
const JUST_WRITTEN: Millis = Millis::minutes(2);
/// Quiet that is asked for again within so long was asked for once: a second click, or a colleague's.
const PRESSED_TWICE: Millis = Millis::seconds(30);
/// Two processes' clocks may differ by this much: a timer that one of them saw come due has.
const CLOCKS_DIFFER_MAX: Millis = Millis::seconds(5);

/// A rung's timer came due; `at` says when the rung is to be climbed. One that was set for an
/// earlier wait or another plan climbs nothing before that.
pub fn came_due(step: &mut Step, at: fn(&Due) -> Timestamp, world: &World<'_>) {
    let is_time = |due: &Due| at(due) <= world.now + CLOCKS_DIFFER_MAX;
    if let Some(due) = running(step).filter(is_time) {
        climb(step, world.now.max(at(&due)), false, world);
    }
}

/// The desk may be spoken to again: it is reminded, with the whole wait.
pub fn quiet_over(step: &mut Step, world: &World<'_>) {
    let Some(handoff) = step.next.handoff_mut() else {
        return;
    };
    let ends = quiet_until(handoff).unwrap_or(world.now);
    if world.now + CLOCKS_DIFFER_MAX < ends {
        // The agent has written again, or somebody wants quiet for longer.
        step.push(Effect::StartTimer(TimerKind::QuietOver, ends));
        return;
    }
    let snoozed = handoff.snoozed_until.take();
    let is_reminder = std::mem::take(&mut handoff.muted) || snoozed.is_some();
    climb(step, world.now.max(ends), is_reminder, world);
}

/// The customer wrote while somebody at the desk wanted quiet: it is over, and what was kept back
/// meanwhile is said now.
pub fn customer_broke_quiet(step: &mut Step, world: &World<'_>) {
    let Some(handoff) = step.next.handoff_mut() else {
        return;
    };
    if handoff.snoozed_until.is_none_or(|until| until <= world.now) {
        return;
    }
    let was_muted = handoff.muted;
    handoff.snoozed_until = was_muted.then_some(world.now);
    step.push(match was_muted {
        true => Effect::StartTimer(TimerKind::QuietOver, world.now),
        false => Effect::StopTimer(TimerKind::QuietOver),
    });
    targets::follow(step, world);
}

/// Somebody at the desk wants quiet. The clocks run on, and the customer is told what is due.
pub fn snooze(step: &mut Step, staff: &Staff, world: &World<'_>) -> Outcome {
    let Some(handoff) = step.next.handoff() else {
        return Err(staff::how_it_stands(step));
    };
    if let Phase::WithAgent { agent_name, .. } = &step.next.state.phase
        && !staff::may_act(step, staff)
    {
        return Err(Phrase::new("desk-has-it").text("agent", agent_name));
    }
    if handoff.paused_at.is_some() {
        return Err(Phrase::new("desk-paused-already"));
    }
    let policy = match &handoff.due {
        Some(due) => world.plans.named(due.plan, &due.policy).policy,
        None => world.plans.usual(),
    };
    let length = policy.ladder.snooze;
    let until = world.now + length;
    let asked_lately = |quiet: Timestamp| until - quiet < PRESSED_TWICE;
    if handoff.snoozed_until.is_some_and(asked_lately) {
        return Ok(Some(desk_is_quiet(staff, length)));
    }
    if let Some(handoff) = step.next.handoff_mut() {
        handoff.snoozed_until = Some(until);
    }
    step.record_by(FactKind::Snoozed { until }, world.now, &staff.id);
    step.push(Effect::StartTimer(TimerKind::QuietOver, until));
    // Colleagues are to know why nothing is said.
    room_notice(step, desk_is_quiet(staff, length));
    Ok(None)
}

fn desk_is_quiet(staff: &Staff, length: Millis) -> Phrase {
    Phrase::new("desk-snoozed")
        .text("agent", &staff.name)
        .minutes("minutes", length)
}

/// Until when the desk is not spoken to, or was not: somebody wants quiet, or the answer is on its
/// way.
pub fn quiet_until(handoff: &Handoff) -> Option<Timestamp> {
    handoff.snoozed_until.max(on_its_way_until(handoff))
}

/// Until when an answer that the agent has written in this wait counts as on its way.
pub fn on_its_way_until(handoff: &Handoff) -> Option<Timestamp> {
    let since = handoff.waiting_since()?;
    let wrote = handoff.agent_wrote_at.filter(|wrote| since <= *wrote)?;
    Some(wrote + JUST_WRITTEN)
}

/// The due time of the wait that runs.
fn running(step: &Step) -> Option<Due> {
    let handoff = step.next.handoff()?;
    handoff.waiting_since()?;
    handoff.due.clone().filter(|_| handoff.paused_at.is_none())
}

/// Climbs every rung that `now` has come to.
fn climb(step: &mut Step, now: Timestamp, is_reminder: bool, world: &World<'_>) {
    let Some(due) = running(step) else {
        return;
    };
    let is_missed = miss(step, &due, now, world);
    tell_desk(step, &due, now, is_missed, is_reminder, world);
    if due.customer_told_at() <= now {
        late::tell_customer(step, &due, now, world);
    }
}

/// Writes down that the target is missed; says whether it is only now.
fn miss(step: &mut Step, due: &Due, now: Timestamp, world: &World<'_>) -> bool {
    let Some(handoff) = step.next.handoff_mut().filter(|_| due.due_at <= now) else {
        return false;
    };
    if handoff.breached_since.replace(due.since) == Some(due.since) {
        return false;
    }
    step.record(FactKind::Breached { clock: due.clock }, world.now);
    true
}

fn tell_desk(
    step: &mut Step,
    due: &Due,
    now: Timestamp,
    is_missed: bool,
    is_reminder: bool,
    world: &World<'_>,
) {
    let Some(handoff) = step.next.handoff_mut() else {
        return;
    };
    let (is_near, is_late) = (due.warn_at <= now, due.due_at <= now);
    let warns = is_near && !is_late && handoff.warned_since != Some(due.since);
    let calls = due.leads_called_at() <= now
        && handoff.leads_called_since != Some(due.since)
        && !world.leads.is_empty();
    let reminds = is_reminder && is_near;
    if !(warns || is_missed || calls || reminds) {
        return;
    }
    if let Some(until) = quiet_until(handoff).filter(|until| now < *until) {
        handoff.muted = true;
        step.push(Effect::StartTimer(TimerKind::QuietOver, until));
        return;
    }
    let waited = (now - due.since).or_zero();
    let what = if is_missed || (reminds && is_late) {
        Phrase::new("desk-breach")
            .minutes("waited", waited)
            .minutes("target", due.target_ms)
    } else if warns || reminds {
        Phrase::new("desk-warning")
            .minutes("waited", waited)
            .minutes("left", due.due_at - now)
    } else {
        Phrase::new("desk-still-waiting").minutes("waited", waited)
    };
    if warns {
        handoff.warned_since = Some(due.since);
    }
    if calls {
        handoff.leads_called_since = Some(due.since);
    }
    if warns {
        step.record(FactKind::WarningGiven { clock: due.clock }, world.now);
    }
    if calls {
        step.record(leads_called(due, world), world.now);
    }
    let leads_too = calls || (is_missed && due.leads_called_at() <= now);
    say(step, vec![what], leads_too, world);
}

fn leads_called(due: &Due, world: &World<'_>) -> FactKind {
    FactKind::LeadsCalled {
        clock: due.clock,
        leads: world.leads.iter().map(|lead| lead.id.clone()).collect(),
    }
}

/// Says something in every room to whoever has the conversation, and to the leads as well.
pub fn say(step: &mut Step, what: Vec<Phrase>, leads_too: bool, world: &World<'_>) {
    handing_over::open_missing_rooms(step, world);
    let whom = called(step, leads_too, world);
    step.push(Effect::Room(RoomAct::Say {
        say: RoomSpeech::Calling { what, whom },
        rooms: Rooms::All,
        buttons: vec![vec![snooze_button()]],
        message: None,
        purpose: Purpose::RoomNotice,
    }));
}

fn called(step: &Step, leads_too: bool, world: &World<'_>) -> Vec<Called> {
    let mut whom = Vec::new();
    if let Phase::WithAgent {
        agent, agent_name, ..
    } = &step.next.state.phase
    {
        whom.push(Called {
            staff: agent.clone(),
            name: agent_name.clone(),
        });
    }
    for lead in world.leads.iter().filter(|_| leads_too) {
        if whom.iter().all(|known| known.staff != lead.id) {
            whom.push(Called {
                staff: lead.id.clone(),
                name: lead.name.clone(),
            });
        }
    }
    whom
}

fn snooze_button() -> ButtonSpec {
    ButtonSpec {
        label: Label::Phrase(Phrase::new("desk-button-snooze")),
        action: ButtonAction::Staff {
            act: StaffButton::Snooze,
        },
        look: Look::Plain,
    }
}
