//! What the gateway remembers of its sessions, and how an event reaches them.
//!
//! Invariant: every event of a session has the next sequence number and stays in its log, so that
//! a resume can replay what came after the last one seen, in order.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::shapes;
use super::state::{DIRECT, Message, World};

pub const GUILDS: u64 = 1;
pub const GUILD_MEMBERS: u64 = 1 << 1;
pub const GUILD_PRESENCES: u64 = 1 << 8;
pub const GUILD_MESSAGES: u64 = 1 << 9;
pub const GUILD_REACTIONS: u64 = 1 << 10;
pub const DIRECT_MESSAGES: u64 = 1 << 12;
pub const MESSAGE_CONTENT: u64 = 1 << 15;
pub const PRIVILEGED: u64 = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT;

/// What goes down a connection.
#[derive(Clone, Debug)]
pub enum Down {
    Frame(Value),
    Close(u16),
    /// The connection ends without a word.
    Cut,
}

pub struct Session {
    pub id: String,
    pub intents: u64,
    pub seq: u64,
    pub log: Vec<(u64, Value)>,
    pub pipe: Option<UnboundedSender<Down>>,
    pub dropped_at_ms: Option<i64>,
    /// Closed with 1000 or 1001, or declared invalid: cannot be resumed.
    pub ended: bool,
}

pub struct Gateway {
    pub sessions: BTreeMap<String, Session>,
    pub heartbeat_interval_ms: u64,
    /// How long a lost session can be resumed, by the test's clock.
    pub resume_window_ms: i64,
    pub identify_total: u64,
    pub identify_remaining: u64,
    pub shards: u32,
    pub identifies: u32,
    pub resumes: u32,
    pub heartbeats: u32,
    /// No heartbeat is acknowledged.
    pub silent: bool,
    /// The next identifies that are answered with "invalid session".
    pub refuse_identifies: u32,
    /// The next identifies that are answered with this close code.
    pub close_identifies_with: Option<u16>,
    /// The codes with which clients closed their connections; none when they just went away.
    pub closed_by_client: Vec<Option<u16>>,
    /// Overrides the address that `GET /gateway` names.
    pub url: Option<String>,
}

impl Gateway {
    pub fn new() -> Self {
        Self {
            sessions: BTreeMap::new(),
            heartbeat_interval_ms: 41_250,
            resume_window_ms: 180_000,
            identify_total: 1_000,
            identify_remaining: 1_000,
            shards: 1,
            identifies: 0,
            resumes: 0,
            heartbeats: 0,
            silent: false,
            refuse_identifies: 0,
            close_identifies_with: None,
            closed_by_client: Vec::new(),
            url: None,
        }
    }

    pub fn connected(&self) -> usize {
        let piped = self
            .sessions
            .values()
            .filter(|session| session.pipe.is_some());
        piped.count()
    }

    /// Sends something down every open connection.
    pub fn to_all(&self, down: &Down) {
        for session in self.sessions.values() {
            if let Some(pipe) = &session.pipe {
                let _ = pipe.send(down.clone());
            }
        }
    }
}

impl Session {
    pub fn dispatch(&mut self, name: &str, body: Value) {
        self.seq += 1;
        let frame = json!({"op": 0, "t": name, "s": self.seq, "d": body});
        self.log.push((self.seq, frame.clone()));
        if let Some(pipe) = &self.pipe {
            let _ = pipe.send(Down::Frame(frame));
        }
    }
}

impl World {
    /// Tells every session that asked for it; `body` is written per session's intents.
    pub fn emit(&mut self, name: &str, needed: u64, body: impl Fn(&World, u64) -> Value) {
        let mut sessions = std::mem::take(&mut self.gateway.sessions);
        for session in sessions.values_mut().filter(|session| !session.ended) {
            if needed == 0 || session.intents & needed != 0 {
                session.dispatch(name, body(self, session.intents));
            }
        }
        self.gateway.sessions = sessions;
    }

    fn messages_intent(&self, channel: u64) -> u64 {
        match self.channels[&channel].kind {
            DIRECT => DIRECT_MESSAGES,
            _ => GUILD_MESSAGES,
        }
    }

    pub fn emit_message(&mut self, name: &str, message: &Message) {
        let needed = self.messages_intent(message.channel);
        self.emit(name, needed, |world, intents| {
            shapes::message_event(world, message, intents)
        });
    }

    pub fn emit_message_gone(&mut self, channel: u64, message: u64) {
        let needed = self.messages_intent(channel);
        let guild = self.channels[&channel].guild.map(|id| id.to_string());
        let body = json!({
            "id": message.to_string(), "channel_id": channel.to_string(), "guild_id": guild,
        });
        self.emit("MESSAGE_DELETE", needed, |_, _| body.clone());
    }

    pub fn emit_channel(&mut self, name: &str, channel: u64) {
        let fresh = name == "THREAD_CREATE";
        self.emit(name, GUILDS, |world, _| {
            let mut shape = shapes::channel(world, &world.channels[&channel]);
            if fresh {
                shape["newly_created"] = json!(true);
            }
            shape
        });
    }
}
