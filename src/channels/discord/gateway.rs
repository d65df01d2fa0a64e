//! One gateway session, from its IDENTIFY to its end, over serenity's shard runner.
//!
//! serenity's own manager would identify again by itself, without a look at the budget, and its
//! events run on tasks of their own in no order. So one runner runs here at a time, on a thread
//! with a runtime of its own: tasks of such a runtime run in the order in which they were
//! started, each up to its first wait, and each of ours only puts its event into the queue.
//! Resuming stays serenity's; a session that cannot be resumed ends, and `listen` decides.
//! Invariant: events leave in the gateway's order, and one session is one IDENTIFY.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use serenity::all::{
    Context, Event, GatewayIntents, Interaction, RawEventHandler, ShardId, ShardInfo, ShardManager,
    ShardManagerOptions, ShardRunner, ShardRunnerOptions,
};
use serenity::gateway::{GatewayError, Shard};
use serenity::http::{Http, HttpBuilder};
use serenity::prelude::TypeMap;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::spool::{Say, Spool, spool};

/// How long a connection may take to stand.
const CONNECT_MAX: Duration = Duration::from_secs(15);

/// What the gateway says, in its order.
#[derive(Debug)]
pub enum Heard {
    /// A new session stands.
    Ready {
        /// The bot's own account.
        bot: u64,
        /// The application.
        application: u64,
    },
    /// The old session goes on; what was missed has been replayed.
    Resumed,
    /// Channels and threads as Discord describes them.
    Channels(Vec<Value>),
    /// Somebody wrote.
    Message(Value),
    /// A message changed.
    Edit(Value),
    /// A press, a form, a command, with its type.
    Interaction(u64, Value),
    /// A thread or post was deleted.
    ThreadGone {
        /// Which.
        thread: u64,
        /// The channel it hung below.
        parent: u64,
    },
    /// An event that serenity could not read.
    Unreadable(String, Value),
    /// More was said than could wait for the store; it was dropped.
    Missed,
    /// The session is over.
    Ended(Ending),
}

impl Heard {
    /// Whether it is about the session itself: that is never dropped, and there is little of it.
    pub fn is_of_the_session(&self) -> bool {
        match self {
            Heard::Ready { .. } | Heard::Resumed | Heard::Missed | Heard::Ended(_) => true,
            Heard::Channels(_)
            | Heard::Message(_)
            | Heard::Edit(_)
            | Heard::Interaction(..)
            | Heard::ThreadGone { .. }
            | Heard::Unreadable(..) => false,
        }
    }
}

/// Why a session is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Close code 4004.
    WrongToken,
    /// Close code 4014.
    DisallowedIntents,
    /// Close code 4013.
    InvalidIntents,
    /// Anything that a new session may mend.
    Lost(String),
}

/// What a session needs.
pub struct Entry {
    /// The gateway's address.
    pub url: String,
    /// With `Bot ` before it.
    pub token: SecretString,
    /// Where REST calls go.
    pub api_url: String,
    /// What we ask to hear.
    pub intents: GatewayIntents,
    /// The most events that wait for the store.
    pub events_max: usize,
}

/// A running session; dropping it ends the connection without a word, so that Discord does not
/// take it for a goodbye.
pub struct Session {
    /// What it says.
    pub heard: Spool,
    _ends_with_us: DropGuard,
}

/// Opens a session on a thread of its own.
pub fn open(entry: Entry) -> std::io::Result<Session> {
    let (say, heard) = spool(entry.events_max);
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let thread = std::thread::Builder::new().name("discord-gateway".to_owned());
    thread.spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let ending = match runtime {
            Err(error) => Ending::Lost(error.to_string()),
            Ok(runtime) => runtime.block_on(async {
                tokio::select! {
                    ending = run(entry, &say) => ending,
                    () = stopped.cancelled() => Ending::Lost("we stop".to_owned()),
                }
            }),
        };
        say.say(Heard::Ended(ending));
    })?;
    let _ends_with_us = stop.drop_guard();
    Ok(Session {
        heard,
        _ends_with_us,
    })
}

async fn run(entry: Entry, say: &Say) -> Ending {
    let http = HttpBuilder::new(entry.token.expose_secret())
        .proxy(entry.api_url)
        .ratelimiter_disabled(true);
    let http: Arc<Http> = Arc::new(http.build());
    let ws_url = Arc::new(tokio::sync::Mutex::new(entry.url));
    let info = ShardInfo {
        id: ShardId(0),
        total: 1,
    };
    let token = http.token().to_owned();
    let shard = Shard::new(ws_url.clone(), &token, info, entry.intents, None);
    let shard = match tokio::time::timeout(CONNECT_MAX, shard).await {
        Ok(Ok(shard)) => shard,
        Ok(Err(error)) => return Ending::Lost(error.to_string()),
        Err(_) => return Ending::Lost("the gateway did not answer".to_owned()),
    };
    let data = Arc::new(tokio::sync::RwLock::new(TypeMap::new()));
    let (manager, _returned) = ShardManager::new(ShardManagerOptions {
        data: data.clone(),
        event_handlers: Vec::new(),
        raw_event_handlers: Vec::new(),
        shard_index: 0,
        shard_init: 0,
        shard_total: 1,
        ws_url,
        http: http.clone(),
        intents: entry.intents,
        presence: None,
    });
    // A runner that ends asks its manager to restart it and waits five seconds for its own
    // farewell: said here beforehand. The restart itself is only queued, and this runtime is gone
    // before anybody takes it from the queue.
    manager.shutdown_finished(ShardId(0));
    let mut runner = ShardRunner::new(ShardRunnerOptions {
        data,
        event_handlers: Vec::new(),
        raw_event_handlers: vec![Arc::new(Ear { say: say.clone() })],
        manager,
        shard,
        http,
    });
    match runner.run().await {
        Ok(()) => Ending::Lost("the session ended".to_owned()),
        Err(serenity::Error::Gateway(GatewayError::InvalidAuthentication)) => Ending::WrongToken,
        Err(serenity::Error::Gateway(GatewayError::DisallowedGatewayIntents)) => {
            Ending::DisallowedIntents
        }
        Err(serenity::Error::Gateway(GatewayError::InvalidGatewayIntents)) => {
            Ending::InvalidIntents
        }
        Err(error) => Ending::Lost(error.to_string()),
    }
}

struct Ear {
    say: Say,
}

#[async_trait]
impl RawEventHandler for Ear {
    async fn raw_event(&self, _context: Context, event: Event) {
        // No wait before this: the order of the queue is the order of the events.
        if let Some(heard) = heard(event) {
            self.say.say(heard);
        }
    }
}

/// The events that concern us, out of serenity's types.
fn heard(event: Event) -> Option<Heard> {
    let heard = match event {
        Event::Ready(event) => Heard::Ready {
            bot: event.ready.user.id.get(),
            application: event.ready.application.id.get(),
        },
        Event::Resumed(_) => Heard::Resumed,
        Event::GuildCreate(event) => {
            let channels = event.guild.channels.values().chain(&event.guild.threads);
            Heard::Channels(channels.filter_map(json).collect())
        }
        Event::ChannelCreate(event) => Heard::Channels(json(&event.channel).into_iter().collect()),
        Event::ThreadCreate(event) => Heard::Channels(json(&event.thread).into_iter().collect()),
        Event::ThreadUpdate(event) => Heard::Channels(json(&event.thread).into_iter().collect()),
        Event::ThreadListSync(event) => {
            Heard::Channels(event.threads.iter().filter_map(json).collect())
        }
        Event::ThreadDelete(event) => Heard::ThreadGone {
            thread: event.thread.id.get(),
            parent: event.thread.parent_id.get(),
        },
        Event::MessageCreate(event) => Heard::Message(json(&event.message)?),
        Event::MessageUpdate(event) => Heard::Edit(json(&event)?),
        Event::InteractionCreate(event) => {
            let kind = match &event.interaction {
                Interaction::Command(_) => 2,
                Interaction::Component(_) => 3,
                Interaction::Autocomplete(_) => 4,
                Interaction::Modal(_) => 5,
                _ => return None,
            };
            Heard::Interaction(kind, json(&event.interaction)?)
        }
        Event::Unknown(event) => unknown(event.kind, event.value),
        _ => return None,
    };
    Some(heard)
}

/// What serenity could not read is read by us, where it is of a kind that we live by.
fn unknown(kind: String, value: Value) -> Heard {
    match (kind.as_str(), value["type"].as_u64()) {
        ("MESSAGE_CREATE", _) => Heard::Message(value),
        ("MESSAGE_UPDATE", _) => Heard::Edit(value),
        ("INTERACTION_CREATE", Some(of @ (2..=5))) => Heard::Interaction(of, value),
        _ => Heard::Unreadable(kind, value),
    }
}

fn json(value: &impl serde::Serialize) -> Option<Value> {
    serde_json::to_value(value).ok()
}
