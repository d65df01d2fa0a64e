//! What a visitor was shown and wrote, and where that is kept.
//!
//! Invariant: the log is what the page shows: nothing reaches a visitor that is not in it, and
//! an origin stands in it once, so that a repeated delivery or a resent message shows once.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::domain::ids::MessageRef;
use crate::domain::outgoing::Button;
use crate::domain::rich::RichText;
use crate::domain::time::Timestamp;

/// One entry of a visitor's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number in the visitor's log, from 1, without gaps.
    pub seq: i64,
    /// What made it, and the message's name for replies and edits: `c:<the page's id>` for what
    /// the visitor wrote, `p:<the page's id>` for a press, `o:<outbox row>` for ours.
    pub origin: MessageRef,
    /// When, by our clock.
    pub at: Timestamp,
    /// What it shows.
    pub shown: Shown,
}

/// The closed list of what a log can show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Shown {
    /// The visitor wrote.
    Wrote {
        /// The words as they were typed.
        text: String,
    },
    /// The visitor pressed a button.
    Pressed {
        /// The message that it stood under, where the page told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageRef>,
        /// The button's token.
        token: String,
    },
    /// The shop wrote.
    Said {
        /// The words.
        text: RichText,
        /// Rows of buttons under it; never a form.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        buttons: Vec<Vec<Button>>,
        /// The message it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<MessageRef>,
    },
    /// The shop changed one of its messages.
    Changed {
        /// Which.
        message: MessageRef,
        /// Its new words; `None` leaves them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<RichText>,
        /// Its new buttons.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        buttons: Vec<Vec<Button>>,
    },
    /// A passing word to whoever pressed a button.
    Told {
        /// The press that it answers.
        press: String,
        /// The words.
        text: RichText,
    },
}

impl Shown {
    /// Whose entry it is, as the database names them.
    pub fn author(&self) -> &'static str {
        match self {
            Shown::Wrote { .. } | Shown::Pressed { .. } => "customer",
            Shown::Said { .. } | Shown::Changed { .. } | Shown::Told { .. } => "shop",
        }
    }
}

/// The log could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the web chat's log: {0}")]
pub struct LogFault(pub String);

/// Where the logs are kept. Implemented by the workers over the store.
#[async_trait]
pub trait WebLog: Send + Sync + 'static {
    /// The visitor whose secret has that hash, if they ever wrote.
    async fn visitor(&self, hash: &str) -> Result<Option<String>, LogFault>;

    /// The same, made when there is none yet.
    async fn admit(&self, hash: &str) -> Result<String, LogFault>;

    /// Adds an entry, once: where `origin` stands in the log already, that entry is given back
    /// as it is and nothing is added.
    async fn append(
        &self,
        visitor: &str,
        origin: &MessageRef,
        shown: &Shown,
    ) -> Result<Entry, LogFault>;

    /// The entry of that origin.
    async fn find(&self, visitor: &str, origin: &MessageRef) -> Result<Option<Entry>, LogFault>;

    /// At most `most` entries after number `seq`, oldest first.
    async fn since(&self, visitor: &str, seq: i64, most: i64) -> Result<Vec<Entry>, LogFault>;

    /// The highest number in each of these visitors' logs; who has an empty log is left out.
    async fn newest(&self, visitors: &[String]) -> Result<Vec<(String, i64)>, LogFault>;

    /// Now, by our own clock.
    fn now(&self) -> Timestamp;
}
