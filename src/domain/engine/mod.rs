//! The one decision: what a conversation becomes, and what follows, when something happens.
//!
//! `step(conversation, event, world)` is pure. It gives a new conversation and effects as plain
//! values; the intake worker writes both in one commit. Invariant: an event that a phase ignores
//! is named there, with the reason; no arm swallows the unknown.

pub mod conversation;
pub mod effect;
pub mod event;
mod phases;
#[cfg(test)]
mod tests;

use crate::domain::customer::Customer;
use crate::domain::ids::{HandoffId, MessageId, StaffId};
use crate::domain::knowledge::KnowledgeIndex;
use crate::domain::knowledge::related::Related;
use crate::domain::lang::Lang;
use crate::domain::place::ChannelKind;
use crate::domain::sla::plan::Plans;
use crate::domain::staff::Staff;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::timeline::FactKind;

use self::conversation::{Conversation, Phase};
use self::effect::Effect;
use self::event::Event;

/// All that a decision may know besides the conversation and the event.
pub struct World<'w> {
    /// Now, by our own clock.
    pub now: Timestamp,
    /// The customer.
    pub customer: &'w Customer,
    /// What the bot knows.
    pub knowledge: &'w KnowledgeIndex,
    /// What is likely to be asked after which answer.
    pub related: &'w Related,
    /// The desks that are set up.
    pub desks: &'w [ChannelKind],
    /// How busy the desk is.
    pub load: DeskLoad,
    /// The operator's settings.
    pub rules: &'w Rules,
    /// The service levels: every version of the plan.
    pub plans: &'w Plans,
    /// Whom to call when nobody ends a wait: the leads, or the admins where there is none. Known
    /// only to timers that may call them.
    pub leads: &'w [Staff],
    /// What has reached the customer so far. Known only to the timer of targets.
    pub reached: Reached,
    /// An id for a handoff, if this decision begins one.
    pub fresh_handoff: HandoffId,
    /// An id for a message, if this decision keeps one.
    pub fresh_message: MessageId,
}

/// What has reached the customer of a conversation so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// An answer, by bot or person.
    pub answered: bool,
    /// A person's reply.
    pub replied: bool,
}

/// How busy the desk is: what an honest word about the wait rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeskLoad {
    /// How many other conversations wait for a person.
    pub waiting_ahead: i64,
    /// Within what time nine in ten of the last waits ended; `None` until there are enough.
    pub usual_wait: Option<Millis>,
}

/// The operator's settings that decisions go by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How long a customer must be quiet before an unsure turn is decided on.
    pub settle: Millis,
    /// How long after *resolved* a message reopens the same conversation.
    pub grace: Millis,
    /// How long a bot-only conversation may be silent.
    pub idle: Millis,
    /// Whether customers are asked for their preference.
    pub ask_preference: bool,
    /// Whether the wordings of an answer are compared; otherwise everybody gets the entry's own.
    pub wording_tests: bool,
    /// How long an agent may be silent while the customer waits.
    pub claim_lease: Millis,
    /// The language of the staff rooms.
    pub desk_lang: Lang,
}

/// What a decision gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The conversation as it is from now on.
    pub next: Conversation,
    /// What follows, in this order.
    pub effects: Vec<Effect>,
}

impl Step {
    fn from(conversation: &Conversation) -> Step {
        Step {
            next: conversation.clone(),
            effects: Vec::new(),
        }
    }

    fn push(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    fn record(&mut self, kind: FactKind, at: Timestamp) {
        self.push(Effect::Record {
            kind,
            at,
            staff: None,
        });
    }

    fn record_by(&mut self, kind: FactKind, at: Timestamp, staff: &StaffId) {
        self.push(Effect::Record {
            kind,
            at,
            staff: Some(staff.clone()),
        });
    }
}

/// Decides what `event` makes of `conversation`.
pub fn step(conversation: &Conversation, event: &Event, world: &World<'_>) -> Step {
    let mut step = Step::from(conversation);
    match event {
        Event::CustomerWrote(message) => phases::customer::wrote(&mut step, message, world),
        Event::CustomerEdited { message, words, at } => {
            phases::customer::edited(&mut step, message, words, *at, world);
        }
        Event::CustomerPressed { action, press, at } => {
            phases::customer::pressed(&mut step, action, press, *at, world);
        }
        Event::CustomerCommanded { command, press, at } => {
            phases::customer::commanded(&mut step, *command, press.as_ref(), *at, world);
        }
        Event::CustomerBlocked(blocked) => phases::customer::blocked(&mut step, *blocked, world),
        Event::StaffActed { staff, act, origin } => {
            phases::staff::acted(&mut step, staff, act, origin, world);
        }
        Event::TimerDue(kind) => phases::timers::due(&mut step, *kind, world),
        Event::Sent(dispatch, at) => phases::delivery::sent(&mut step, dispatch, *at, world),
        Event::SendFailed {
            dispatch,
            why,
            blocked,
        } => phases::delivery::failed(&mut step, dispatch, why, *blocked, world),
        Event::SendUnknown(dispatch) => phases::delivery::unknown(&mut step, dispatch, world),
        Event::AnswerTooOld(dispatch) => phases::delivery::too_old(&mut step, dispatch, world),
        Event::RoomGone(desk) => phases::delivery::room_gone(&mut step, *desk, world),
    }
    step
}

/// When a person's reply is to reach the customer who waits for one; `None` where nobody waits, or
/// no target is set.
pub fn reply_due_at(conversation: &Conversation) -> Option<Timestamp> {
    waiting_since(conversation)?;
    let due = conversation.handoff()?.due.as_ref()?;
    Some(due.due_at)
}

/// Since when a person is waited for: what the queue is ordered by.
pub fn waiting_since(conversation: &Conversation) -> Option<Timestamp> {
    match &conversation.state.phase {
        Phase::Waiting { handoff } | Phase::WithAgent { handoff, .. } => handoff.waiting_since(),
        Phase::Answering { .. } | Phase::Resolved { .. } | Phase::Closed => None,
    }
}
