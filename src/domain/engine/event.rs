//! The closed list of all that can happen to a conversation.

use serde::{Deserialize, Serialize};

use crate::domain::desk::act::StaffAct;
use crate::domain::engine::effect::Purpose;
use crate::domain::handoff::LateChoice;
use crate::domain::ids::{EntryKey, MessageId, MessageRef, OutboxId};
use crate::domain::lang::Lang;
use crate::domain::message::Part;
use crate::domain::place::{ChannelKind, Place};
use crate::domain::preference::HumanPreference;
use crate::domain::staff::Staff;
use crate::domain::time::Timestamp;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The customer wrote; the message is kept already.
    CustomerWrote(CustomerMessage),
    /// The customer changed what they wrote.
    CustomerEdited {
        /// Which message.
        message: MessageId,
        /// Its words now.
        words: String,
        /// When, by the platform's time.
        at: Timestamp,
    },
    /// The customer pressed a button of ours.
    CustomerPressed {
        /// What the button stands for.
        action: CustomerAction,
        /// How the press is answered.
        press: Press,
        /// When, by the platform's time.
        at: Timestamp,
    },
    /// The customer gave a command.
    CustomerCommanded {
        /// Which.
        command: CustomerCommand,
        /// How it is answered, where the platform wants that.
        press: Option<Press>,
        /// When, by the platform's time.
        at: Timestamp,
    },
    /// The customer shut the bot out (`true`) or let it in again.
    CustomerBlocked(bool),
    /// A listed member of staff did something.
    StaffActed {
        /// Who.
        staff: Staff,
        /// What.
        act: StaffAct,
        /// From where.
        origin: StaffOrigin,
    },
    /// A timer came due.
    TimerDue(TimerKind),
    /// Something of ours was accepted by the platform.
    Sent(Dispatch, Timestamp),
    /// Something of ours will not be delivered.
    SendFailed {
        /// What.
        dispatch: Dispatch,
        /// Why, in the operator's words.
        why: String,
        /// Whether the customer shut the bot out.
        blocked: bool,
    },
    /// Nobody knows whether something of ours arrived.
    SendUnknown(Dispatch),
    /// An answer of the bot's waited too long to be sent, and was not.
    AnswerTooOld(Dispatch),
    /// A room at the desk is gone.
    RoomGone(ChannelKind),
}

/// A customer's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerMessage {
    /// Ours.
    pub message: MessageId,
    /// What was sent.
    pub parts: Vec<Part>,
    /// The platform's time.
    pub at: Timestamp,
    /// Where it was written; answers go there from now on.
    pub place: Place,
    /// Whether it came to us only after a gap.
    pub seen_late: bool,
    /// Whether more of the same customer waits to be decided on.
    pub more_waiting: bool,
    /// How many further messages, kept each by itself, are read together with it.
    pub read_together: usize,
}

/// What a customer's button stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum CustomerAction {
    /// A person, please.
    TalkToPerson,
    /// Did this help?
    Helped {
        /// Yes or no.
        yes: bool,
        /// The entry that answered.
        entry: EntryKey,
    },
    /// One of the choices of "did you mean".
    Choose {
        /// The entry.
        entry: EntryKey,
    },
    /// What is likely to be asked after an answer.
    Related {
        /// The entry.
        entry: EntryKey,
    },
    /// None of the choices.
    NoneOfThese,
    /// Who answers first from now on.
    Prefer {
        /// The preference.
        preference: HumanPreference,
    },
    /// The language from now on.
    Speak {
        /// The language.
        lang: Lang,
    },
    /// What to do, having waited longer than was said.
    WhenLate {
        /// The choice.
        choice: LateChoice,
    },
}

/// A customer's command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomerCommand {
    /// `/start`: said when somebody opens the chat.
    Start,
    /// `/human`
    Human,
    /// `/status`
    Status,
    /// `/language`, perhaps with the language.
    Language(Option<Lang>),
    /// `/preferences`
    Preferences,
}

/// How a press or a command is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Press {
    /// Where the presser is.
    pub place: Place,
    /// The platform's handle.
    pub handle: String,
}

/// From where staff acted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StaffOrigin {
    /// The console.
    Console,
    /// A room: which desk, the message that said it (if one did), and how the press is answered.
    Room {
        /// Which desk.
        desk: ChannelKind,
        /// Staff's own message.
        message: Option<MessageRef>,
        /// How the press is answered.
        press: Option<Press>,
        /// The desk's turn that a button was made for.
        made_for: Option<i64>,
    },
}

/// Timers of a conversation; at most one of each runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimerKind {
    /// The customer has been quiet: decide on the turn.
    Settle,
    /// The wait nears its target.
    Warn,
    /// The wait has reached its target.
    Breach,
    /// The agent has been silent while the customer waits.
    Lease,
    /// A bot-only conversation has been silent.
    Idle,
    /// The grace time after *resolved* is over.
    Grace,
    /// The plan was changed: the running wait's due time is reckoned anew.
    Reckon,
    /// The leads are to be called, where that is not when the target is missed.
    CallLeads,
    /// The customer is to be told, where that is not when the target is missed.
    TellCustomer,
    /// The desk may be spoken to again.
    QuietOver,
    /// A target that the conversation has once is near, or missed.
    Targets,
}

impl TimerKind {
    /// Every kind.
    pub const ALL: [TimerKind; 11] = [
        TimerKind::Settle,
        TimerKind::Warn,
        TimerKind::Breach,
        TimerKind::Lease,
        TimerKind::Idle,
        TimerKind::Grace,
        TimerKind::Reckon,
        TimerKind::CallLeads,
        TimerKind::TellCustomer,
        TimerKind::QuietOver,
        TimerKind::Targets,
    ];

    /// Whether leads may have to be called when it comes due.
    pub fn may_call_leads(self) -> bool {
        match self {
            TimerKind::Warn
            | TimerKind::Breach
            | TimerKind::CallLeads
            | TimerKind::TellCustomer
            | TimerKind::QuietOver
            | TimerKind::Targets => true,
            TimerKind::Settle
            | TimerKind::Lease
            | TimerKind::Idle
            | TimerKind::Grace
            | TimerKind::Reckon => false,
        }
    }

    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            TimerKind::Settle => "settle",
            TimerKind::Warn => "warn",
            TimerKind::Breach => "breach",
            TimerKind::Lease => "lease",
            TimerKind::Idle => "idle",
            TimerKind::Grace => "grace",
            TimerKind::Reckon => "reckon",
            TimerKind::CallLeads => "call-leads",
            TimerKind::TellCustomer => "tell-customer",
            TimerKind::QuietOver => "quiet-over",
            TimerKind::Targets => "targets",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<TimerKind> {
        TimerKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What a row does to a room or its card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardAct {
    /// Opens the room.
    Open,
    /// Brings its card up to date.
    Refresh,
}

/// A row of the outbox, as the decision about its outcome needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispatch {
    /// The row.
    pub outbox: OutboxId,
    /// What it was for.
    pub purpose: Purpose,
    /// The message of ours that it carries.
    pub message: Option<MessageId>,
    /// Who said it, where a person did.
    pub staff: Option<Staff>,
    /// Its words, for those who are shown what became of it.
    pub words: String,
    /// The desk whose room it went to, where it went to one.
    pub desk: Option<ChannelKind>,
    /// What it did to a room or its card, where it did.
    pub card: Option<CardAct>,
    /// Staff's own message in a room that said it, where one did.
    pub said_in: Option<(ChannelKind, MessageRef)>,
}
