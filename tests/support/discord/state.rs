//! What the fake remembers: the application, people, servers, channels, messages, interactions.
//!
//! Invariant: only this state decides an answer; two requests in the same state get the same one.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use super::faults::Fault;
use super::gateway::Gateway;
use super::limits::Limits;
use super::mentions::Pings;
use super::time::{Now, Snowflakes};

pub const TEXT: u8 = 0;
pub const DIRECT: u8 = 1;
pub const PUBLIC_THREAD: u8 = 11;
pub const PRIVATE_THREAD: u8 = 12;
pub const FORUM: u8 = 15;

/// What the bot may be kept from in a channel; whatever is not denied is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    View,
    Send,
    History,
    ManageThreads,
    CreateThreads,
}

pub struct World {
    pub now: Now,
    pub snowflakes: Snowflakes,
    pub application: Application,
    pub users: BTreeMap<u64, User>,
    pub guilds: BTreeMap<u64, Guild>,
    pub channels: BTreeMap<u64, Channel>,
    pub interactions: BTreeMap<u64, Interaction>,
    /// Messages that one person alone can see; they are in no history.
    pub ephemeral: Vec<Message>,
    /// Per author and nonce: the message and when it was made.
    pub nonces: BTreeMap<(u64, String), (u64, u64, i64)>,
    /// How long an enforced nonce is remembered, by the test's clock.
    pub nonce_window_ms: i64,
    /// The commands per place: none for global ones, else the server.
    pub commands: BTreeMap<Option<u64>, Vec<Value>>,
    /// How many messages people have written.
    pub written: usize,
    pub pings: Vec<Pings>,
    pub calls: Vec<Call>,
    pub faults: VecDeque<Fault>,
    pub limits: Limits,
    pub gateway: Gateway,
}

pub struct Application {
    pub id: u64,
    pub bot: u64,
    pub token: String,
    /// The privileged intents that are switched on in the developer portal.
    pub privileged_intents: u64,
}

#[derive(Clone)]
pub struct User {
    pub id: u64,
    pub name: String,
    pub bot: bool,
    pub locale: String,
    /// Has blocked the bot or closed the direct messages.
    pub refuses_direct: bool,
    /// Shares no server with the bot any more.
    pub no_mutual_guild: bool,
}

#[derive(Clone)]
pub struct Guild {
    pub id: u64,
    pub name: String,
    pub members: BTreeSet<u64>,
}

#[derive(Clone)]
pub struct Channel {
    pub id: u64,
    pub kind: u8,
    pub guild: Option<u64>,
    pub parent: Option<u64>,
    pub name: String,
    /// The other side of a direct channel.
    pub recipient: Option<u64>,
    pub owner: Option<u64>,
    pub archived: bool,
    pub locked: bool,
    pub archived_at_ms: i64,
    pub applied_tags: Vec<u64>,
    pub denied: BTreeSet<Right>,
    pub messages: BTreeMap<u64, Message>,
    pub deleted: bool,
}

impl Channel {
    pub fn is_thread(&self) -> bool {
        matches!(self.kind, PUBLIC_THREAD | PRIVATE_THREAD)
    }
}

#[derive(Clone)]
pub struct Message {
    pub id: u64,
    pub channel: u64,
    pub author: u64,
    /// 0 is an ordinary message; the others are Discord's own notices.
    pub kind: u8,
    pub content: String,
    pub nonce: Option<Value>,
    pub components: Vec<Value>,
    pub embeds: Vec<Value>,
    pub attachments: Vec<Value>,
    pub stickers: Vec<Value>,
    pub flags: u64,
    pub reference: Option<u64>,
    pub at_ms: i64,
    pub edited_at_ms: Option<i64>,
    pub thread: Option<u64>,
    pub mentions: BTreeSet<u64>,
    pub reactions: BTreeSet<(String, u64)>,
    pub ephemeral_for: Option<u64>,
    pub interaction: Option<u64>,
}

pub struct Interaction {
    pub id: u64,
    pub token: String,
    pub user: u64,
    pub channel: u64,
    pub message: Option<u64>,
    pub at_ms: i64,
    /// The type of the first answer, once there was one.
    /// 2 a command, 3 a press, 4 what is being typed, 5 a modal.
    pub kind: u8,
    pub answered: Option<u64>,
    /// The words that were offered for what is being typed.
    pub offered: Option<Value>,
    pub original: Option<u64>,
    pub modal: Option<Value>,
    pub choices: Option<Value>,
}

/// One request that reached the REST side.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: String,
    pub path: String,
    pub body: Value,
    /// 0 when the connection was cut instead of an answer.
    pub status: u16,
    pub at_ms: i64,
}

impl World {
    pub fn now_ms(&self) -> i64 {
        (self.now)()
    }

    pub fn next_id(&mut self) -> u64 {
        let now = self.now_ms();
        self.snowflakes.next(now)
    }

    pub fn add_user(&mut self, name: &str, bot: bool) -> u64 {
        let id = self.next_id();
        let user = User {
            id,
            name: name.to_owned(),
            bot,
            locale: "en-US".to_owned(),
            refuses_direct: false,
            no_mutual_guild: false,
        };
        self.users.insert(id, user);
        id
    }

    pub fn add_channel(
        &mut self,
        kind: u8,
        guild: Option<u64>,
        parent: Option<u64>,
        name: &str,
    ) -> u64 {
        let id = self.next_id();
        self.put_channel(id, kind, guild, parent, name)
    }

    pub fn put_channel(
        &mut self,
        id: u64,
        kind: u8,
        guild: Option<u64>,
        parent: Option<u64>,
        name: &str,
    ) -> u64 {
        let channel = Channel {
            id,
            kind,
            guild,
            parent,
            name: name.to_owned(),
            recipient: None,
            owner: None,
            archived: false,
            locked: false,
            archived_at_ms: self.now_ms(),
            applied_tags: Vec::new(),
            denied: BTreeSet::new(),
            messages: BTreeMap::new(),
            deleted: false,
        };
        self.channels.insert(id, channel);
        id
    }

    /// The direct channel between the bot and a person; made when it is not there yet.
    pub fn direct_channel(&mut self, user: u64) -> u64 {
        let known = self
            .channels
            .values()
            .find(|channel| channel.recipient == Some(user));
        if let Some(channel) = known {
            return channel.id;
        }
        let id = self.add_channel(DIRECT, None, None, "");
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.recipient = Some(user);
        }
        id
    }

    pub fn allows(&self, channel: &Channel, right: Right) -> bool {
        let above = channel
            .parent
            .and_then(|parent| self.channels.get(&parent))
            .is_some_and(|parent| parent.denied.contains(&right));
        !channel.denied.contains(&right) && !above
    }

    pub fn blank_message(&mut self, channel: u64, author: u64) -> Message {
        let at_ms = self.now_ms();
        Message {
            id: self.next_id(),
            channel,
            author,
            kind: 0,
            content: String::new(),
            nonce: None,
            components: Vec::new(),
            embeds: Vec::new(),
            attachments: Vec::new(),
            stickers: Vec::new(),
            flags: 0,
            reference: None,
            at_ms,
            edited_at_ms: None,
            thread: None,
            mentions: BTreeSet::new(),
            reactions: BTreeSet::new(),
            ephemeral_for: None,
            interaction: None,
        }
    }
}
