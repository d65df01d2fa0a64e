//! Telegram, both ways: updates fetched or pushed, acts as calls of the Bot API.
//!
//! Invariant: the platform is told that an update is taken only after the inlet has committed it;
//! each act is attempted once, and what became of it is said as precisely as can be known.
//!
//! | file | does |
//! | --- | --- |
//! | `api` | one call, with what became of it |
//! | `setting_up`, `polling`, `webhook` | updates in, acknowledged after the commit |
//! | `inbound`, `origin`, `parts` | update to arrival |
//! | `outbound`, `rooms`, `keyboard`, `entities` | act to call |
//! | `fault` | refusal to delivery error |
//! | `probe` | what `doctor` says |

mod api;
mod entities;
mod fault;
mod ids;
mod inbound;
mod keyboard;
mod origin;
mod outbound;
mod parts;
mod polling;
mod probe;
mod rooms;
mod setting_up;
mod staff_chat;
mod webhook;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::channels::{Channel, ChannelStopped, DeliveryError, Finding, Inlet, Readers, TextLimit};
use crate::clock::Clock;
use crate::domain::ids::OutboxId;
use crate::domain::lang::Lang;
use crate::domain::outgoing::{Outgoing, Receipt};
use crate::domain::place::ChannelKind;
use api::Api;
use staff_chat::StaffChat;

pub use polling::next_offset;
pub use webhook::{PATH as WEBHOOK_PATH, routes as webhook_routes};

/// What the channel needs to be told.
pub struct Settings {
    /// The bot's token.
    pub token: SecretString,
    /// The Bot API's address.
    pub api_url: String,
    /// The staff forum's chat id.
    pub staff_chat: Option<i64>,
    /// How updates come: pushed to this address, or fetched.
    pub webhook: Option<WebhookSettings>,
    /// The menus of commands that customers are shown.
    pub menus: Vec<Menu>,
    /// The menus that staff are shown in their chat.
    pub desk_menus: Vec<Menu>,
    /// How long things may take.
    pub timing: Timing,
}

/// Where the platform is to push updates.
#[derive(Clone)]
pub struct WebhookSettings {
    /// Our own address, as the platform reaches it.
    pub url: String,
    /// What the platform proves itself with: 1 to 256 of `A-Za-z0-9_-`.
    pub secret: SecretString,
}

/// The commands that an app in one language shows.
#[derive(Clone)]
pub struct Menu {
    /// The language; `None` for apps in any other.
    pub lang: Option<Lang>,
    /// Word (without slash) and what it does.
    pub commands: Vec<(String, String)>,
}

/// How long things may take. Only transports are timed by it, never decisions.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// One call, of at most two in an act: a slow answer is better than an unknown outcome.
    pub call: Duration,
    /// One call of the three that opening a room may take.
    pub step: Duration,
    /// How long the platform may hold a poll open; whole seconds, at most 50.
    pub poll: Duration,
    /// The first pause after a disturbance; each further one is twice as long.
    pub pause_min: Duration,
    /// The longest pause.
    pub pause_max: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            call: Duration::from_secs(10),
            step: Duration::from_secs(6),
            poll: Duration::from_secs(25),
            pause_min: Duration::from_millis(500),
            pause_max: Duration::from_secs(30),
        }
    }
}

/// Why the channel cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum SetupFault {
    /// The token has not the form of one.
    #[error(
        "telegram.token is not a bot token: it should look like 123456:ABC-def, as BotFather gave it"
    )]
    Token,
    /// No HTTP client can be made here.
    #[error("no HTTP client for Telegram: {0}")]
    Client(#[from] reqwest::Error),
}

/// The Telegram channel.
pub struct Telegram {
    api: Api,
    bot: i64,
    /// The bot's public name, once the platform has told it.
    username: OnceLock<String>,
    staff_chat: StaffChat,
    webhook: Option<WebhookSettings>,
    menus: Vec<Menu>,
    desk_menus: Vec<Menu>,
    timing: Timing,
    clock: Arc<dyn Clock>,
    /// Topics that were made for a room whose card did not go out yet: the next attempt goes on
    /// there instead of making another. Forgotten at the end of the process.
    cardless: Mutex<BTreeMap<OutboxId, i32>>,
}

impl Telegram {
    /// A channel for one bot. Calls nobody yet.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Result<Telegram, SetupFault> {
        let bot = ids::bot_id(settings.token.expose_secret()).ok_or(SetupFault::Token)?;
        Ok(Telegram {
            api: Api::new(&settings.api_url, &settings.token)?,
            bot,
            username: OnceLock::new(),
            staff_chat: StaffChat::new(settings.staff_chat),
            webhook: settings.webhook,
            menus: settings.menus,
            desk_menus: settings.desk_menus,
            timing: settings.timing,
            clock,
            cardless: Mutex::default(),
        })
    }

    /// Whether an update is of a group that is not the staff forum, as far as is known.
    fn is_foreign_group(&self, update: &serde_json::Value) -> bool {
        let chat = update["message"]["chat"]["id"].as_i64();
        self.staff_chat.now().is_some()
            && chat.is_some_and(|chat| chat < 0 && Some(chat) != self.staff_chat.now())
    }

    /// What an update is read with.
    fn reader(&self) -> inbound::Reader {
        inbound::Reader {
            bot: self.bot,
            username: self.username.get().cloned(),
            staff_chat: self.staff_chat.now(),
            now: self.clock.now(),
        }
    }
}

#[async_trait]
impl Channel for Telegram {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Telegram
    }

    async fn listen(
        &self,
        inlet: Arc<dyn Inlet>,
        ready: Arc<Notify>,
        stop: CancellationToken,
    ) -> Result<(), ChannelStopped> {
        self.staff_chat.recall(self.bot, inlet.as_ref()).await;
        polling::listen(self, inlet, ready, stop).await
    }

    /// Fetched updates go to one reader; pushed ones to whoever they are pushed to.
    fn readers(&self) -> Readers {
        match self.webhook {
            Some(_) => Readers::Any,
            None => Readers::One,
        }
    }

    async fn deliver(&self, outgoing: &Outgoing) -> Result<Receipt, DeliveryError> {
        outbound::deliver(self, outgoing).await
    }

    fn text_limit(&self) -> TextLimit {
        TextLimit {
            units_max: entities::TEXT_UNITS_MAX,
            units: entities::units,
        }
    }

    async fn probe(&self) -> Vec<Finding> {
        probe::probe(self).await
    }
}
