//! What the outbox holds: one act on one place, to be delivered once.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{ButtonToken, MessageRef, OutboxId};
use crate::domain::message::Part;
use crate::domain::picture::Picture;
use crate::domain::place::Place;
use crate::domain::rich::RichText;
use crate::domain::time::Timestamp;

/// One thing for a channel to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// The outbox row: the same on every attempt.
    pub id: OutboxId,
    /// At most 25 characters, unique to the row: a platform with idempotent sends dedupes by it.
    pub nonce: String,
    /// Where.
    pub place: Place,
    /// What.
    pub act: Act,
    /// When an earlier attempt was begun whose outcome is unknown; `None` on a first attempt.
    /// A channel that can find out (Discord: nonce, then history; web: its own log) does so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_since: Option<Timestamp>,
}

/// What a channel can be asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Act {
    /// Write a message. Its text is within the channel's limit already.
    Say {
        /// The words.
        text: RichText,
        /// Rows of buttons under it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        buttons: Vec<Vec<Button>>,
        /// The message it answers, in the same place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<MessageRef>,
        /// Files to send along, where the channel of their origin is the same (`from`), each as
        /// the platform keeps it. A channel that cannot leaves them out: the text names them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<Part>,
    },
    /// Show staff words, mostly with a picture, that are about no conversation. In a forum of posts
    /// (Discord's) it opens a post of its own, which is the receipt's `place` then.
    Show {
        /// The post's title.
        title: String,
        /// The words.
        text: RichText,
        /// The message it answers, in the same place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<MessageRef>,
        /// The picture; none where it could not be drawn, or there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        picture: Option<Picture>,
    },
    /// Change a message of ours: a card, or one whose buttons are spent.
    Edit {
        /// Which.
        message: MessageRef,
        /// Its new words; `None` leaves them and only sets the buttons.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<RichText>,
        /// Its new buttons.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        buttons: Vec<Vec<Button>>,
    },
    /// Open a room for a conversation at the desk (`place` is the forum): a Telegram topic, a
    /// Discord post. The receipt's `place` is the new room, its `message` the card.
    OpenRoom {
        /// The room's title; cut to the platform's limit by the channel.
        title: String,
        /// The card that stands first in it.
        card: RichText,
        /// The card's buttons.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        buttons: Vec<Vec<Button>>,
    },
    /// Close the room (`place`): the topic is closed, the post archived. Done already is success.
    CloseRoom,
    /// Open it again.
    ReopenRoom,
    /// Mark a message of someone's with a sign that it was sent on.
    Mark {
        /// Which.
        message: MessageRef,
    },
    /// Answer whoever pressed a button or gave a command. Late or repeated is success.
    AnswerPress {
        /// The platform's handle for the press, as the arrival gave it.
        press: String,
        /// What only the presser sees; `None` just ends the waiting sign.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<RichText>,
        /// Buttons with it; a channel whose answers carry none writes a message instead.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        buttons: Vec<Vec<Button>>,
        /// Whether it comes after another answer to the same press, which stays.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        further: bool,
    },
}

impl Act {
    /// What is kept of it once it was sent or never will be, where that is less than all of it.
    pub fn spent(&self) -> Option<Act> {
        let Act::Show {
            title,
            text,
            reply_to,
            picture,
        } = self
        else {
            return None;
        };
        Some(Act::Show {
            title: title.clone(),
            text: text.clone(),
            reply_to: reply_to.clone(),
            picture: picture.as_ref().map(Picture::spent),
        })
    }

    /// How many messages it counts for in its chat: a room is a topic and its card; signs and
    /// answers to presses are none.
    pub fn weight(&self) -> i64 {
        match self {
            Act::OpenRoom { .. } => 2,
            Act::Say { .. }
            | Act::Show { .. }
            | Act::Edit { .. }
            | Act::CloseRoom
            | Act::ReopenRoom => 1,
            Act::AnswerPress { buttons, .. } => i64::from(!buttons.is_empty()),
            Act::Mark { .. } => 0,
        }
    }
}

/// A button under a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What stands on it, at most 40 characters.
    pub label: String,
    /// What pressing it does.
    pub press: Press,
    /// How it looks, where a platform can show that.
    #[serde(default)]
    pub look: Look,
}

/// What pressing a button does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "press", rename_all = "kebab-case")]
pub enum Press {
    /// Comes in as an arrival with this token.
    Token {
        /// The row in the table of buttons.
        token: ButtonToken,
    },
    /// Opens a form with one text field, whose submission comes in as an arrival with this token
    /// and the text. A channel without forms leaves the button out.
    Form {
        /// The row in the table of buttons.
        token: ButtonToken,
        /// The form's heading, at most 45 characters: names the customer.
        title: String,
        /// What stands above the field, at most 45 characters.
        field: String,
    },
    /// Opens a page.
    Link {
        /// The address.
        url: String,
    },
}

/// How a button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Look {
    /// The one to press first.
    Primary,
    /// As any.
    #[default]
    Plain,
    /// Says that something ended well.
    Good,
    /// Cannot be taken back.
    Danger,
}

/// What a platform gave back for an act that it took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The platform's id of the message, where the act made or changed one.
    pub message: Option<MessageRef>,
    /// The platform's time for it; our own where it gives none.
    pub at: Timestamp,
    /// The new place that the act made: a room, or a support channel's thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}
