//! The closed list of all that can follow from what happened.

use serde::{Deserialize, Serialize};

use crate::domain::delivery::ANSWER_LEAVES_WITHIN;
use crate::domain::delivery::class::Class;
use crate::domain::engine::event::{CustomerAction, Press, TimerKind};
use crate::domain::ids::{EntryKey, MessageId, MessageRef, OutboxId, StaffId};
use crate::domain::knowledge::wording_tests::{AnswerHash, ShownWording};
use crate::domain::lang::Lang;
use crate::domain::message::Part;
use crate::domain::phrase::Phrase;
use crate::domain::place::ChannelKind;
use crate::domain::preference::HumanPreference;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::timeline::FactKind;

/// Something to be done; the intake worker writes each as rows in the decision's own commit.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Say something to the customer.
    Tell(Tell),
    /// Say something in rooms at the desk.
    Room(RoomAct),
    /// Answer a press or a command; only the presser sees it.
    Answer {
        /// Which press.
        press: Press,
        /// The language of the answer.
        lang: Lang,
        /// The words; none just ends the waiting sign.
        say: Option<Phrase>,
        /// Buttons with it, rows of them.
        buttons: Vec<Vec<ButtonSpec>>,
    },
    /// Start a timer, in place of the running one of its kind.
    StartTimer(TimerKind, Timestamp),
    /// Stop a timer.
    StopTimer(TimerKind),
    /// Write a fact into the timeline.
    Record {
        /// What happened.
        kind: FactKind,
        /// When, by the platform's time where it has one.
        at: Timestamp,
        /// Whose doing.
        staff: Option<StaffId>,
    },
    /// Keep what a person wrote: a reply or a note.
    Keep {
        /// Our id for it.
        message: MessageId,
        /// Who.
        staff: StaffId,
        /// What.
        parts: Vec<Part>,
        /// Whether only staff see it.
        note: bool,
        /// When.
        at: Timestamp,
        /// The platform's message that said it, with its desk.
        said_in: Option<(ChannelKind, MessageRef)>,
    },
    /// The customer's language is now this; chosen by themselves or recognised.
    SetLang {
        /// The language.
        lang: Lang,
        /// Whether they chose it.
        chosen: bool,
    },
    /// The customer's preference is now this.
    SetPreference(HumanPreference),
    /// The customer has been asked for their preference.
    PreferenceAsked,
    /// Take back what has not left yet and is no longer true (an acknowledgement).
    Withdraw(Purpose),
    /// A person decided about an unknown outcome: send it again, or count it as arrived. Recorded
    /// only where the row is this conversation's and still unknown.
    SettleUnknown {
        /// Who decided.
        by: StaffId,
        /// The row.
        outbox: OutboxId,
        /// Whether it arrived.
        arrived: bool,
    },
}

/// Something to say to the customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Tell {
    /// The words.
    pub say: Speech,
    /// Rows of buttons.
    pub buttons: Vec<Vec<ButtonSpec>>,
    /// What it is for.
    pub purpose: Purpose,
    /// The message of ours that it carries, where a person wrote it.
    pub message: Option<MessageId>,
    /// Who wrote it.
    pub staff: Option<StaffId>,
}

/// Words, before they are put into a language and a channel's form.
#[derive(Clone, Debug, PartialEq)]
pub enum Speech {
    /// A sentence.
    Phrase(Phrase),
    /// An entry's answer, in that language.
    Entry {
        /// The entry.
        key: EntryKey,
        /// The language of the text to give.
        lang: Lang,
        /// Which of its wordings; the entry's own answer without one.
        wording: Option<AnswerHash>,
    },
    /// What a person wrote, as they wrote it.
    Parts(Vec<Part>),
}

/// What is done in rooms.
#[derive(Clone, Debug, PartialEq)]
pub enum RoomAct {
    /// Open a room at that desk, with the card.
    Open(ChannelKind),
    /// Show the card anew (and open the room again where it was closed).
    Reopen(ChannelKind),
    /// Bring the card up to date.
    RefreshCard,
    /// Close all rooms.
    Close,
    /// Say something in rooms.
    Say {
        /// The words.
        say: RoomSpeech,
        /// In which.
        rooms: Rooms,
        /// Rows of buttons.
        buttons: Vec<Vec<ButtonSpec>>,
        /// The message of ours that it shows: a reply to it is a reply to the customer.
        message: Option<MessageId>,
        /// What it is for.
        purpose: Purpose,
    },
    /// Mark staff's own message as sent on.
    Mark {
        /// Which desk.
        desk: ChannelKind,
        /// Which message.
        message: MessageRef,
    },
}

/// Which of a conversation's rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rooms {
    /// All of them.
    All,
    /// All but that of the desk that knows already.
    But(ChannelKind),
    /// Only that of one desk.
    Only(ChannelKind),
}

/// What is said in a room.
#[derive(Clone, Debug, PartialEq)]
pub enum RoomSpeech {
    /// A sentence.
    Phrase(Phrase),
    /// What somebody wrote, under a sentence that says who.
    Quoted {
        /// Who says it.
        who: Phrase,
        /// What.
        parts: Vec<Part>,
    },
    /// Sentences, a line each, for people who are to look: each is mentioned where the desk's
    /// platform knows them, and named where it does not.
    Calling {
        /// The sentences.
        what: Vec<Phrase>,
        /// Who is to look; perhaps nobody in particular.
        whom: Vec<Called>,
    },
}

/// Somebody at the desk who is to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// Who.
    pub staff: StaffId,
    /// Their name.
    pub name: String,
}

/// A button, before it has a token.
#[derive(Clone, Debug, PartialEq)]
pub struct ButtonSpec {
    /// What stands on it.
    pub label: Label,
    /// What it does.
    pub action: ButtonAction,
    /// How it looks.
    pub look: crate::domain::outgoing::Look,
}

/// What stands on a button.
#[derive(Clone, Debug, PartialEq)]
pub enum Label {
    /// A sentence.
    Phrase(Phrase),
    /// An entry's question, in that language.
    Question(EntryKey, Lang),
}

/// What a button stands for, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "audience", rename_all = "kebab-case")]
pub enum ButtonAction {
    /// A customer's.
    Customer(CustomerAction),
    /// Staff's: an act without words.
    Staff {
        /// Which.
        act: StaffButton,
    },
}

/// What a staff button stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "button", rename_all = "kebab-case")]
pub enum StaffButton {
    /// Take it.
    Claim,
    /// Give it back.
    Release,
    /// Write to the customer: opens a form.
    Reply,
    /// Write to colleagues: opens a form.
    Note,
    /// Settled.
    Resolve,
    /// No further word for a while.
    Snooze,
    /// Send again.
    SendAgain {
        /// The row.
        outbox: OutboxId,
    },
    /// It arrived.
    ItArrived {
        /// The row.
        outbox: OutboxId,
    },
}

/// What an outgoing row is for: decides its class and what its outcome means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "purpose", rename_all = "kebab-case")]
pub enum Purpose {
    /// A person's words to the customer.
    AgentReply,
    /// An earlier piece of a person's words that are too long for one message.
    ReplyPart,
    /// The first word after a handoff.
    Acknowledgement,
    /// The bot's answer.
    Answer {
        /// The entry.
        entry: EntryKey,
        /// Which of several wordings it is, where these are compared.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wording: Option<ShownWording>,
    },
    /// The choices that the bot offers in place of an answer.
    Choices,
    /// Any other word of the machine to the customer.
    Notice,
    /// The answer to a press.
    PressAnswer,
    /// The customer's or a colleague's words, shown in a room.
    Mirror,
    /// The same once more, since nobody knows whether it was shown.
    MirrorAgain,
    /// A word of the machine in a room.
    RoomNotice,
    /// The room and its card.
    Card,
    /// The mark on staff's own message.
    Mark,
    /// A question how it went. No feature sends any yet; the delivery knows its place.
    Survey,
    /// The same words to many. No feature sends any yet; the delivery knows its place.
    Broadcast,
}

impl Purpose {
    /// The class by which the delivery orders rows.
    pub fn class(&self) -> Class {
        match self {
            Purpose::AgentReply | Purpose::ReplyPart | Purpose::PressAnswer => Class::HumanReply,
            Purpose::Acknowledgement => Class::Acknowledgement,
            Purpose::Answer { .. } | Purpose::Choices | Purpose::Notice => Class::Answer,
            Purpose::Card
            | Purpose::Mirror
            | Purpose::MirrorAgain
            | Purpose::RoomNotice
            | Purpose::Mark => Class::Mirror,
            Purpose::Survey => Class::Survey,
            Purpose::Broadcast => Class::Broadcast,
        }
    }

    /// How long it may wait to leave; `None` where it is worth sending however late.
    pub fn leaves_within(&self) -> Option<Millis> {
        match self {
            Purpose::Answer { .. } | Purpose::Choices => Some(ANSWER_LEAVES_WITHIN),
            Purpose::AgentReply
            | Purpose::ReplyPart
            | Purpose::Acknowledgement
            | Purpose::Notice
            | Purpose::PressAnswer
            | Purpose::Mirror
            | Purpose::MirrorAgain
            | Purpose::RoomNotice
            | Purpose::Card
            | Purpose::Mark
            | Purpose::Survey
            | Purpose::Broadcast => None,
        }
    }

    /// Whether the conversation's decisions need to hear that it was sent.
    pub fn reports_sent(&self) -> bool {
        match self {
            Purpose::AgentReply => true,
            Purpose::ReplyPart
            | Purpose::Acknowledgement
            | Purpose::Answer { .. }
            | Purpose::Choices
            | Purpose::MirrorAgain
            | Purpose::Notice
            | Purpose::PressAnswer
            | Purpose::Mirror
            | Purpose::RoomNotice
            | Purpose::Card
            | Purpose::Mark
            | Purpose::Survey
            | Purpose::Broadcast => false,
        }
    }
}
