//! Typed settings: defaults, then `careline.toml`, then environment; unknown keys are refused and
//! all faults are told at once, each with its place and its remedy.
//!
//! Invariant: no secret's value is ever part of a fault, a warning or a `Debug` text.

mod load;
mod settings;
mod value;

use std::collections::BTreeMap;
use std::path::PathBuf;

use secrecy::SecretString;

use crate::domain::knowledge::Costs;
use crate::domain::lang::Lang;
use crate::domain::report::digest::Digests;
use crate::domain::sla::SlaClock;
use crate::domain::sla::plan::{Conditions, Ladder, Policy, Target};
use crate::domain::time::Millis;

pub use load::{ConfigFaults, Fault, Loaded, load};

/// Every key with its meaning and its default, commented out: what `careline example-config`
/// prints.
pub const EXAMPLE: &str = include_str!("../careline.example.toml");

/// Everything that can be set. `Config::default()` runs without any platform.
#[derive(Clone, Debug)]
pub struct Config {
    /// `[database]`
    pub database: Database,
    /// `[http]`
    pub http: Http,
    /// `[telegram]`; no token, no Telegram.
    pub telegram: Telegram,
    /// `[discord]`; no token, no Discord.
    pub discord: Discord,
    /// `[knowledge]`
    pub knowledge: Knowledge,
    /// `[conversation]`
    pub conversation: Conversation,
    /// `[desk]`
    pub desk: Desk,
    /// `[digest]`
    pub digest: Digests,
    /// `[delivery]`
    pub delivery: Delivery,
}

/// `[database]`
#[derive(Clone, Debug)]
pub struct Database {
    /// `sqlite:…` or `postgres://…`; may hold a password.
    pub url: SecretString,
    /// Whether a pooler in transaction mode (PgBouncer) stands before PostgreSQL.
    pub pooler: bool,
}

/// `[http]`
#[derive(Clone, Debug)]
pub struct Http {
    /// Where console, web chat, webhooks and probes listen: `address:port`.
    pub listen: String,
    /// The address under which browsers reach it; links are made with it.
    /// By default `http://` and `listen`.
    pub public_url: Option<String>,
    /// Origins whose pages may embed the web chat, besides our own.
    pub embed_origins: Vec<String>,
}

/// `[telegram]`
#[derive(Clone, Debug)]
pub struct Telegram {
    /// The bot's token.
    pub token: Option<SecretString>,
    /// The Bot API's address.
    pub api_url: String,
    /// The staff forum's chat id.
    pub staff_chat: Option<i64>,
    /// Where Telegram is to push updates; without it updates are fetched.
    pub webhook_url: Option<String>,
    /// What Telegram proves itself with at our webhook; made and remembered when not set.
    pub webhook_secret: Option<SecretString>,
}

/// `[discord]`
#[derive(Clone, Debug)]
pub struct Discord {
    /// The bot's token.
    pub token: Option<SecretString>,
    /// The API's address; the gateway's comes from it.
    pub api_url: String,
    /// The forum channel of the desk.
    pub staff_forum: Option<u64>,
    /// Channels whose messages are customers', answered in threads.
    pub support_channels: Vec<u64>,
    /// Whether the message-content intent is enabled for the bot.
    pub message_content: bool,
}

/// `[knowledge]`
#[derive(Clone, Debug)]
pub struct Knowledge {
    /// Folder of an optional embedding model.
    pub semantic_model: Option<PathBuf>,
    /// Whether an empty base is filled with the sample shop's entries.
    pub sample: bool,
    /// What a wrong answer, a needless handoff and a question cost against each other.
    pub costs: Costs,
    /// Whether the wordings of an answer are compared.
    pub wording_tests: bool,
}

/// `[conversation]`
#[derive(Clone, Debug)]
pub struct Conversation {
    /// How long a customer must be quiet before an unsure turn is decided on.
    pub settle: Millis,
    /// How long after *resolved* a message reopens the same conversation.
    pub grace: Millis,
    /// How long a bot-only conversation may be silent until it counts as resolved.
    pub idle: Millis,
    /// Whether customers are asked for their human preference.
    pub ask_preference: bool,
}

/// `[desk]`
#[derive(Clone, Debug)]
pub struct Desk {
    /// The language of the staff rooms.
    pub lang: Lang,
    /// The target for the human wait; the promise that customers are told.
    pub target_human_wait: Millis,
    /// The target for the next response.
    pub target_next_response: Millis,
    /// The share of a target at which the desk is warned, in percent.
    pub warn_at_percent: i64,
    /// How long an agent may be silent while the customer waits before the claim returns.
    pub claim_lease: Millis,
}

/// `[delivery]`
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The most sends of one Telegram bot whose outcome a crash could leave unknown.
    pub telegram_window: usize,
    /// Messages a second of one Telegram bot, at the most: fewer where Telegram pushes back.
    pub telegram_per_second: u32,
    /// Messages a second into one private chat; three seconds' worth may go at once.
    pub telegram_chat_per_second: u32,
}

impl Config {
    /// The service levels of whatever no policy of the plan matches: the desk's targets, in wall
    /// time.
    pub fn usual_policy(&self) -> Policy {
        let in_wall_time = |length| Target {
            length,
            in_wall_time: true,
        };
        let desk = &self.desk;
        Policy {
            name: "usual".to_owned(),
            when: Conditions::default(),
            calendar: None,
            targets: BTreeMap::from([
                (SlaClock::HumanWait, in_wall_time(desk.target_human_wait)),
                (
                    SlaClock::NextResponse,
                    in_wall_time(desk.target_next_response),
                ),
            ]),
            warn_at_percent: desk.warn_at_percent,
            ladder: Ladder::default(),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: Database {
                url: "sqlite:careline.db".into(),
                pooler: false,
            },
            http: Http {
                listen: "127.0.0.1:8080".to_owned(),
                public_url: None,
                embed_origins: Vec::new(),
            },
            telegram: Telegram {
                token: None,
                api_url: "https://api.telegram.org".to_owned(),
                staff_chat: None,
                webhook_url: None,
                webhook_secret: None,
            },
            discord: Discord {
                token: None,
                api_url: "https://discord.com".to_owned(),
                staff_forum: None,
                support_channels: Vec::new(),
                message_content: false,
            },
            knowledge: Knowledge {
                semantic_model: None,
                sample: true,
                costs: Costs::default(),
                wording_tests: false,
            },
            conversation: Conversation {
                settle: Millis(700),
                grace: Millis::hours(24),
                idle: Millis::hours(24),
                ask_preference: true,
            },
            desk: Desk {
                lang: Lang::En,
                target_human_wait: Millis::minutes(30),
                target_next_response: Millis::minutes(30),
                warn_at_percent: 75,
                claim_lease: Millis::minutes(30),
            },
            digest: Digests {
                daily: true,
                weekly: true,
                at: None,
                zone: None,
            },
            delivery: Delivery {
                telegram_window: 4,
                telegram_per_second: 25,
                telegram_chat_per_second: 1,
            },
        }
    }
}
