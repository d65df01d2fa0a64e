//! Builds everything that runs, from the settings: nothing is started here.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use tokio_util::sync::CancellationToken;

use super::platforms::{self, Platforms};
use super::{App, AppError, knowledge};
use crate::channels::webchat::texts::Texts;
use crate::channels::webchat::{Origins, WebChat};
use crate::channels::{Channel, TextLimit, webchat};
use crate::config::Config;
use crate::console::{self, Console, Targets};
use crate::domain::engine::Rules;
use crate::domain::place::ChannelKind;
use crate::store::Store;
use crate::wording::Wording;
use crate::workers::Wakes;
use crate::workers::alarms::Alarms;
use crate::workers::delivery::Delivery;
use crate::workers::delivery::budget::Budget;
use crate::workers::inlet::StoreInlet;
use crate::workers::intake::Intake;
use crate::workers::web_log::StoredWebLog;

/// How many messages to Discord are under way at once; unknown outcomes are found out there.
const DISCORD_WINDOW: usize = 8;
/// Discord takes 50 requests a second from a bot; some are needed for what is not a message.
const DISCORD_PER_SECOND: u32 = 40;
/// The web chat is our own: only the database is the limit.
const WEB_WINDOW: usize = 64;
const WEB_PER_SECOND: u32 = 10_000;

/// Everything that runs.
pub(super) struct Parts {
    pub(super) inlet: Arc<StoreInlet>,
    pub(super) intake: Intake,
    pub(super) alarms: Alarms,
    pub(super) channels: BTreeMap<ChannelKind, Arc<dyn Channel>>,
    pub(super) deliveries: Vec<Delivery>,
    pub(super) knowledge: knowledge::Reload,
    platforms: Platforms,
    webchat: Arc<WebChat>,
    console: Arc<Console>,
}

impl Parts {
    pub(super) async fn build(
        app: &App,
        store: Store,
        public_url: String,
        shutdown: &CancellationToken,
    ) -> Result<Parts, AppError> {
        let config = &app.config;
        let wording = Arc::new(Wording::load()?);
        let wakes = Wakes::default();
        let knowledge = knowledge::Reload::first(app, &store).await?;
        let platforms = platforms::build(app, &wording, &store).await?;
        let webchat = webchat(app, &store, &wording);
        let mut channels: BTreeMap<ChannelKind, Arc<dyn Channel>> = platforms
            .channels
            .iter()
            .map(|channel| (channel.kind(), Arc::clone(channel)))
            .collect();
        channels.insert(ChannelKind::Web, webchat.clone());
        let deliveries = channels
            .values()
            .map(|channel| delivery(app, &store, &wakes, channel))
            .collect();
        let console = Arc::new(Console {
            store: store.clone(),
            wording: Arc::clone(&wording),
            clock: app.clock.clone(),
            ids: app.ids.clone(),
            arrivals: Arc::clone(&wakes.arrivals),
            changes: Arc::clone(&wakes.changes),
            stop: shutdown.clone(),
            is_https: public_url.starts_with("https://"),
            targets: targets(config),
            attempts: console::Attempts::default(),
        });
        let intake = Intake {
            store: store.clone(),
            clock: app.clock.clone(),
            ids: app.ids.clone(),
            wording,
            knowledge: knowledge.index.clone(),
            rules: Arc::new(rules(config)),
            desks: Arc::new(platforms.desks.clone()),
            limits: limits(&channels),
            usual_wait: Arc::default(),
            public_url: public_url.into(),
            wakes: wakes.clone(),
        };
        let alarms = Alarms {
            store: store.clone(),
            clock: app.clock.clone(),
            ids: app.ids.clone(),
            wakes: wakes.clone(),
        };
        let inlet = StoreInlet::new(
            store.clone(),
            app.clock.clone(),
            app.ids.clone(),
            wakes.clone(),
        );
        Ok(Parts {
            inlet: Arc::new(inlet),
            intake,
            alarms,
            channels,
            deliveries,
            knowledge,
            platforms,
            webchat,
            console,
        })
    }

    /// All pages and sockets.
    pub(super) fn routes(&self) -> Router {
        let root = get(|| async { Redirect::temporary("/chat") });
        Router::new()
            .route("/", root)
            .merge(webchat::router(Arc::clone(&self.webchat)))
            .merge(console::router(Arc::clone(&self.console)))
            .merge(self.platforms.routes(self.inlet.clone()))
    }
}

fn webchat(app: &App, store: &Store, wording: &Arc<Wording>) -> Arc<WebChat> {
    let log = StoredWebLog::new(store.clone(), app.clock.clone(), app.ids.clone());
    let texts = Texts::new(|lang, key| wording.plain(lang, key));
    let http = &app.config.http;
    let origins = Origins::new(http.public_url.as_deref(), &http.embed_origins);
    Arc::new(WebChat::new(Arc::new(log), texts, origins))
}

fn delivery(app: &App, store: &Store, wakes: &Wakes, channel: &Arc<dyn Channel>) -> Delivery {
    let (window, per_second) = match channel.kind() {
        ChannelKind::Telegram => (
            app.config.delivery.telegram_window,
            app.config.delivery.telegram_per_second,
        ),
        ChannelKind::Discord => (DISCORD_WINDOW, DISCORD_PER_SECOND),
        ChannelKind::Web => (WEB_WINDOW, WEB_PER_SECOND),
    };
    Delivery {
        store: store.clone(),
        clock: app.clock.clone(),
        ids: app.ids.clone(),
        channel: Arc::clone(channel),
        window,
        budget: Arc::new(Budget::per_second(per_second)),
        gate: Arc::default(),
        wakes: wakes.clone(),
    }
}

/// How much a message may hold: by the channel that will carry it, or where this process does
/// not have that channel, by what the platform is known to take.
fn limits(
    channels: &BTreeMap<ChannelKind, Arc<dyn Channel>>,
) -> Arc<dyn Fn(ChannelKind) -> TextLimit + Send + Sync> {
    let known: BTreeMap<ChannelKind, TextLimit> = channels
        .iter()
        .map(|(kind, channel)| (*kind, channel.text_limit()))
        .collect();
    Arc::new(move |kind| {
        known.get(&kind).copied().unwrap_or(TextLimit {
            units_max: 1_500,
            units: |text| text.to_plain().encode_utf16().count(),
        })
    })
}

fn targets(config: &Config) -> Targets {
    Targets {
        human_wait: config.desk.target_human_wait,
        next_response: config.desk.target_next_response,
        warn_at_percent: config.desk.warn_at_percent,
    }
}

fn rules(config: &Config) -> Rules {
    Rules {
        settle: config.conversation.settle,
        grace: config.conversation.grace,
        idle: config.conversation.idle,
        ask_preference: config.conversation.ask_preference,
        target_human_wait: config.desk.target_human_wait,
        target_next_response: config.desk.target_next_response,
        warn_at_percent: config.desk.warn_at_percent,
        claim_lease: config.desk.claim_lease,
        desk_lang: config.desk.lang,
    }
}
