//! Discord, over serenity: direct messages, support channels answered in threads, and the desk's
//! forum with a post per conversation.
//!
//! serenity gives the typed routes, requests, events and the gateway's protocol; sending, waiting
//! and reconnecting are ours, because the outbox needs to know what became of each call.
//! Invariant: nothing that we write pings anybody (`body`), nothing is sent twice (`reconcile`),
//! and nothing is answered before it is stored (`attend`).

mod attend;
mod body;
mod budget;
mod catch_up;
mod commands;
mod content;
mod fault;
mod gateway;
mod ids;
mod inbound;
mod listen;
mod markdown;
mod outbound;
mod pace;
mod places;
mod press;
mod probe;
mod reconcile;
mod rest;
mod rooms;
mod seen;
mod spool;
mod waits;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use serenity::http::Route;
use serenity::model::id::ChannelId;
use tokio::sync::{Notify, OnceCell};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use self::commands::{Argument, Command, Verb};
use self::fault::Fault;
use self::places::{Ground, Places};
use self::reconcile::Sent;
use self::rest::Rest;
use self::waits::Waits;
use crate::channels::forms::Forms;
use crate::channels::{Channel, ChannelStopped, DeliveryError, Finding, Inlet, Readers, TextLimit};
use crate::clock::Clock;
use crate::domain::outgoing::{Outgoing, Receipt};
use crate::domain::place::ChannelKind;
use crate::domain::time::{Millis, Timestamp};

/// The longest that one delivery may take.
const DELIVERY_MAX: Duration = Duration::from_secs(20);

/// What the channel is told to be.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The bot's token.
    pub token: SecretString,
    /// `https://discord.com`, or a proxy in its place; the gateway's address comes from it.
    pub api_url: String,
    /// The desk's forum channel.
    pub staff_forum: Option<u64>,
    /// Channels whose messages are customers'.
    pub support_channels: BTreeSet<u64>,
    /// Whether the message-content intent is enabled and may be asked for.
    pub message_content: bool,
    /// The slash commands.
    pub commands: Vec<Command>,
    /// What commands open, and what completes their arguments.
    pub forms: Arc<dyn Forms>,
    /// How long to wait for what.
    pub pauses: Pauses,
    /// The most events that wait in memory while the store takes none; what is said beyond it is
    /// read from the history.
    pub events_max: usize,
}

/// How long to wait for what.
#[derive(Clone, Debug)]
pub struct Pauses {
    /// The first pause after a disturbance; each further one is twice as long.
    pub first: Duration,
    /// The longest pause.
    pub most: Duration,
    /// How long the last answers may take when we stop.
    pub farewell: Duration,
}

impl Default for Pauses {
    fn default() -> Self {
        Self {
            // Discord wants five seconds between two IDENTIFYs.
            first: Duration::from_secs(5),
            most: Duration::from_secs(60),
            farewell: Duration::from_secs(3),
        }
    }
}

/// Discord as a channel.
pub struct DiscordChannel(Arc<Discord>);

/// What every part of the adapter works with.
struct Discord {
    rest: Rest,
    places: Places,
    sent: Sent,
    /// The bot's own account, once it is known.
    bot: OnceCell<u64>,
    /// First answers to presses that are on their way.
    answers: TaskTracker,
    clock: Arc<dyn Clock>,
    staff_forum: Option<u64>,
    support_channels: BTreeSet<u64>,
    message_content: bool,
    commands: Vec<Command>,
    forms: Arc<dyn Forms>,
    pauses: Pauses,
    events_max: usize,
}

impl DiscordChannel {
    /// Makes the channel; connects nothing yet. Fails where the system's TLS cannot be used.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, reqwest::Error> {
        let rest = Rest::new(&settings.token, &settings.api_url)?;
        let places = Places::new(settings.staff_forum, settings.support_channels.clone());
        Ok(Self(Arc::new(Discord {
            rest,
            places,
            sent: Sent::default(),
            bot: OnceCell::new(),
            answers: TaskTracker::new(),
            clock,
            staff_forum: settings.staff_forum,
            support_channels: settings.support_channels,
            message_content: settings.message_content,
            commands: settings.commands,
            forms: settings.forms,
            pauses: settings.pauses,
            events_max: settings.events_max,
        })))
    }
}

impl Discord {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The bot's own account.
    async fn bot(&self) -> Result<u64, Fault> {
        let ask = || async {
            let me = self.rest.get(Route::UserMe).await?;
            let id = me["id"].as_str().and_then(ids::parse);
            let why = "Discord does not tell who the bot is".to_owned();
            id.ok_or(Fault::NotSent {
                why,
                retry_after: Some(Millis::seconds(5)),
            })
        };
        self.bot.get_or_try_init(ask).await.copied()
    }

    /// What a channel is to us, asking Discord where nobody told us yet; `None` where it is gone
    /// or closed to us.
    async fn ground(&self, channel: u64, waits: &mut Waits) -> Option<Ground> {
        loop {
            if let Some(ground) = self.places.ground(channel) {
                return Some(ground);
            }
            let route = Route::Channel {
                channel_id: ChannelId::new(channel),
            };
            match self.rest.get(route).await {
                Ok(shape) => {
                    self.places.learn_shape(&shape);
                    return self.places.ground(channel);
                }
                Err(fault) => {
                    if !waits.pass(&fault).await {
                        return None;
                    }
                }
            }
        }
    }
}

#[async_trait]
impl Channel for DiscordChannel {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Discord
    }

    async fn listen(
        &self,
        inlet: Arc<dyn Inlet>,
        ready: Arc<Notify>,
        stop: CancellationToken,
    ) -> Result<(), ChannelStopped> {
        listen::listen(self.0.clone(), inlet, ready, stop).await
    }

    fn readers(&self) -> Readers {
        Readers::OneIsEnough
    }

    async fn deliver(&self, outgoing: &Outgoing) -> Result<Receipt, DeliveryError> {
        let delivery = outbound::deliver(&self.0, outgoing);
        match tokio::time::timeout(DELIVERY_MAX, delivery).await {
            Ok(result) => result,
            Err(_) => Err(DeliveryError::Unknown {
                why: "timed out".to_owned(),
            }),
        }
    }

    fn text_limit(&self) -> TextLimit {
        TextLimit {
            units_max: markdown::UNITS_MAX,
            units: markdown::units,
        }
    }

    async fn probe(&self) -> Vec<Finding> {
        probe::run(&self.0).await
    }
}
