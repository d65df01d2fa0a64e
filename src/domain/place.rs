//! Where messages come from and go to: a channel, a chat on it, perhaps a thread in that chat.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A platform that customers (and staff) write on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelKind {
    /// Telegram, by the Bot API.
    Telegram,
    /// Discord, by gateway and REST.
    Discord,
    /// The shop's own page.
    Web,
}

impl ChannelKind {
    /// Every channel.
    pub const ALL: [ChannelKind; 3] = [
        ChannelKind::Telegram,
        ChannelKind::Discord,
        ChannelKind::Web,
    ];

    /// The name in the database, in reports and in settings.
    pub fn name(self) -> &'static str {
        match self {
            ChannelKind::Telegram => "telegram",
            ChannelKind::Discord => "discord",
            ChannelKind::Web => "web",
        }
    }

    /// The channel of that name.
    pub fn from_name(name: &str) -> Option<ChannelKind> {
        ChannelKind::ALL
            .into_iter()
            .find(|channel| channel.name() == name)
    }
}

impl fmt::Display for ChannelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A place to write to.
///
/// Telegram: `chat` is the chat id, `thread` a forum topic's `message_thread_id`.
/// Discord: `chat` is the channel one writes to (a DM channel, a thread, a forum post: threads are
/// channels of their own there), `thread` is unused, save that a support channel's message that
/// has no thread yet stands as `chat` = the channel, `thread` = `"on:<message id>"`: the first
/// reply opens the thread. Web: `chat` is the visitor's id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The platform.
    pub channel: ChannelKind,
    /// The platform's chat or channel id.
    pub chat: String,
    /// A part of the chat, where the platform has such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
}

impl Place {
    /// A chat as a whole.
    pub fn chat(channel: ChannelKind, chat: impl Into<String>) -> Place {
        Place {
            channel,
            chat: chat.into(),
            thread: None,
        }
    }

    /// A thread in a chat.
    pub fn thread(
        channel: ChannelKind,
        chat: impl Into<String>,
        thread: impl Into<String>,
    ) -> Place {
        Place {
            channel,
            chat: chat.into(),
            thread: Some(thread.into()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.thread {
            Some(thread) => write!(f, "{}:{}:{thread}", self.channel, self.chat),
            None => write!(f, "{}:{}", self.channel, self.chat),
        }
    }
}
