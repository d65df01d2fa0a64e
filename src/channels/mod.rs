//! TALK. The only place that names teloxide, serenity or a web socket.
//!
//! Invariant: a channel stores nothing and decides nothing. What arrives goes through an
//! [`Inlet`], and only when that has committed is the platform told so; what leaves comes through
//! [`Channel::deliver`], once per attempt that the delivery worker decided on.

pub mod discord;
pub mod forms;
pub mod telegram;
pub mod webchat;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::domain::ids::{AccountId, ButtonToken, MessageRef};
use crate::domain::lang::Lang;
use crate::domain::message::Part;
use crate::domain::outgoing::{Outgoing, Receipt};
use crate::domain::place::{ChannelKind, Place};
use crate::domain::time::{Millis, Timestamp};

/// Something that happened on a platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arrival {
    /// What makes it the same arrival when it comes again, unique among all platforms: such as
    /// `telegram:<bot>:m:<chat>:<message>`. Never Telegram's `update_id` (it starts anew).
    pub natural_key: String,
    /// Where it happened. A customer's direct chat, a staff room, a support channel.
    pub place: Place,
    /// Whether the place belongs to the desk (the staff forum and the rooms in it).
    pub at_desk: bool,
    /// Who did it; `None` where the platform hides that (an anonymous admin, a channel).
    pub sender: Option<Sender>,
    /// The platform's time for it.
    pub platform_at: Timestamp,
    /// The platform's order where it has one that is sound (a Discord snowflake); otherwise the
    /// order of taking is the order.
    pub position: Option<i64>,
    /// What happened.
    pub what: Happening,
    /// The update as the platform gave it (JSON where it was JSON), for later eyes.
    pub raw: String,
}

/// The account behind an arrival.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// The platform's account id.
    pub account: AccountId,
    /// The name that the platform shows, bidirectional controls and NUL removed.
    pub name: String,
    /// The language that the person's app is set to, where the platform tells and we speak it.
    pub lang_hint: Option<Lang>,
}

/// The closed list of what can arrive from a platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Happening {
    /// Somebody wrote.
    Wrote {
        /// The platform's id of the message.
        message: MessageRef,
        /// What was sent; never empty.
        parts: Vec<Part>,
        /// The message it replies to.
        reply_to: Option<MessageRef>,
        /// What joins the messages of one album.
        album: Option<String>,
    },
    /// Somebody changed what they wrote.
    Edited {
        /// Which message.
        message: MessageRef,
        /// What it says now.
        parts: Vec<Part>,
    },
    /// A button of ours was pressed, or a form of ours sent.
    Pressed {
        /// The token that the button carried: unchecked, anybody can send any.
        token: ButtonToken,
        /// The platform's handle by which the press is answered (`Act::AnswerPress`).
        press: String,
        /// The message that the button stood under, where the platform tells.
        message: Option<MessageRef>,
        /// A form's text.
        text: Option<String>,
    },
    /// A form with several fields was filled in and sent.
    Filled {
        /// The name that the form was opened under: unchecked, as a button's token.
        form: String,
        /// The fields by their names.
        fields: BTreeMap<String, String>,
        /// The platform's handle by which it is answered.
        press: String,
    },
    /// A command: `/human`, `/status`, `/language vi`, `/preferences`, `/start`, in staff rooms
    /// `/r …` and others. Channels know no list of them: a slash and a word is a command.
    Command {
        /// The word, lower case, without slash and bot name.
        name: String,
        /// The rest of the line, trimmed.
        rest: String,
        /// The handle by which it is answered, where the platform wants an answer (Discord).
        press: Option<String>,
        /// The command's own message, where it was one (Telegram).
        message: Option<MessageRef>,
        /// The message it replies to.
        reply_to: Option<MessageRef>,
    },
    /// The customer shut the bot out.
    Blocked,
    /// The customer let it in again.
    Unblocked,
    /// The chat has another id from now on (a Telegram group became a supergroup).
    Moved {
        /// The new place.
        to: Place,
    },
    /// A room at the desk was deleted or closed by somebody.
    RoomGone,
    /// A message of ours came back: a second proof that it arrived.
    Echo {
        /// The nonce that it was sent with.
        nonce: String,
        /// The platform's id of it.
        message: MessageRef,
    },
    /// What the channel has no word for; kept raw and counted, changes nothing.
    Unsupported {
        /// The platform's word for the kind.
        kind: String,
    },
    /// What the channel could not read at all; kept raw and counted, changes nothing.
    Unreadable {
        /// Why, without the text itself.
        error: String,
    },
}

/// Where arrivals go: the inbox. Implemented by the workers over the store.
#[async_trait]
pub trait Inlet: Send + Sync + 'static {
    /// Makes the arrivals durable, in this order. What was taken before is dropped by its natural
    /// key. After `Ok` (and only then) the platform may be told; after `Err` nothing was taken
    /// and the platform must hand it over again.
    async fn take(&self, arrivals: Vec<Arrival>) -> Result<(), NotTaken>;

    /// The places whose history is to be read after a gap, with the id of the last message that
    /// was taken from each, those most recently active first.
    async fn watermarks(&self, channel: ChannelKind) -> Result<Vec<Watermark>, NotTaken>;

    /// Remembers a small fact of the channel's own across restarts (Discord's identify budget).
    async fn remember(&self, key: &str, value: &str) -> Result<(), NotTaken>;

    /// What was remembered under `key`.
    async fn recall(&self, key: &str) -> Result<Option<String>, NotTaken>;

    /// Now, by our own clock.
    fn now(&self) -> Timestamp;
}

/// The last message that was taken from a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watermark {
    /// The place.
    pub place: Place,
    /// The platform's id of the last message of it in our inbox.
    pub last: MessageRef,
}

/// The store did not take it.
#[derive(Debug, thiserror::Error)]
#[error("the store did not take it: {0}")]
pub struct NotTaken(pub String);

/// Why a channel stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum ChannelStopped {
    /// The token is wrong or was withdrawn: trying again makes it worse.
    #[error("{channel} refused the token: {remedy}")]
    WrongToken {
        /// Which channel.
        channel: ChannelKind,
        /// What to do, for the operator.
        remedy: String,
    },
    /// Another process reads the same bot's updates.
    #[error("{channel}: another process is reading this bot's updates: {remedy}")]
    SecondReader {
        /// Which channel.
        channel: ChannelKind,
        /// What to do, for the operator.
        remedy: String,
    },
    /// The platform refuses in a way that trying again does not mend.
    #[error("{channel} cannot go on: {why}; {remedy}")]
    Refused {
        /// Which channel.
        channel: ChannelKind,
        /// What the platform said.
        why: String,
        /// What to do, for the operator.
        remedy: String,
    },
}

/// Why something was not delivered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// It certainly did not arrive; it may be tried again, not before `retry_after`.
    #[error("not sent: {why}")]
    NotSent {
        /// What happened, without message text or tokens.
        why: String,
        /// How long the platform wants to be left alone.
        retry_after: Option<Millis>,
    },
    /// It cannot be known whether it arrived.
    #[error("outcome unknown: {why}")]
    Unknown {
        /// What happened, without message text or tokens.
        why: String,
    },
    /// The platform will never take it.
    #[error("refused ({refusal:?}): {why}")]
    Refused {
        /// The sort of refusal.
        refusal: Refusal,
        /// What the platform said, without message text or tokens.
        why: String,
    },
}

/// Sorts of final refusals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "kebab-case")]
pub enum Refusal {
    /// The customer shut the bot out, closed their direct messages, or is gone.
    Blocked,
    /// The room (topic, post, thread) does not exist any more.
    PlaceGone,
    /// The message to change or to mark does not exist any more.
    MessageGone,
    /// The chat has another id now.
    Moved {
        /// The new place.
        to: Place,
    },
    /// The bot lacks a right there.
    Forbidden,
    /// The platform does not accept the content: a fault of ours.
    Invalid,
}

/// How many processes may listen to a platform at the same time; the others stand by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Any number: each hears what is its own.
    Any,
    /// One is enough, and a second does no harm: both hear the same.
    OneIsEnough,
    /// One: a second takes away what the first is to hear.
    One,
}

/// A platform, both ways.
#[async_trait]
pub trait Channel: Send + Sync + 'static {
    /// Which platform.
    fn kind(&self) -> ChannelKind;

    /// Listens until `stop` is cancelled; then takes nothing more and returns `Ok` once nothing
    /// is half done. Disturbances that pass are waited out inside, with growing pauses; what does
    /// not pass is the error. Says "ready" through `ready` once it hears the platform.
    async fn listen(
        &self,
        inlet: Arc<dyn Inlet>,
        ready: Arc<tokio::sync::Notify>,
        stop: CancellationToken,
    ) -> Result<(), ChannelStopped>;

    /// How many processes may listen at the same time.
    fn readers(&self) -> Readers {
        Readers::Any
    }

    /// Does one act, once: no attempt of its own beyond what proves the outcome of an earlier
    /// one (`Outgoing::unknown_since`). Bounded in time by the channel (20 s).
    async fn deliver(&self, outgoing: &Outgoing) -> Result<Receipt, DeliveryError>;

    /// How much one message may hold.
    fn text_limit(&self) -> TextLimit;

    /// One harmless call that shows whether the platform answers and the token is good, and what
    /// rights the bot has or lacks; for `doctor` and before sending goes on after an unknown
    /// outcome.
    async fn probe(&self) -> Vec<Finding>;
}

/// How much one message may hold, counted as the platform counts.
#[derive(Clone, Copy)]
pub struct TextLimit {
    /// The most units in one message.
    pub units_max: usize,
    /// Counts the units of a text as it will be written.
    pub units: fn(&crate::domain::rich::RichText) -> usize,
}

/// One line of what `doctor` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad.
    pub level: FindingLevel,
    /// What was looked at, such as `telegram.token`.
    pub subject: String,
    /// What was found.
    pub found: String,
    /// What to do about it; empty where there is nothing to do.
    pub remedy: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FindingLevel {
    /// As it should be.
    Ok,
    /// Works, but less well than it could.
    Warn,
    /// Does not work.
    Fail,
}
