//! What works in a process, over whatever channels it is given.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::App;
use crate::channels::{Channel, TextLimit};
use crate::config::Config;
use crate::domain::delivery::budgets::Limits;
use crate::domain::engine::Rules;
use crate::domain::place::ChannelKind;
use crate::store::Store;
use crate::wording::Wording;
use crate::workers::Wakes;
use crate::workers::alarms::Alarms;
use crate::workers::delivery::{Delivery, Holding, Scheduling};
use crate::workers::figures::FigureRenewal;
use crate::workers::inlet::StoreInlet;
use crate::workers::intake::plans::PlansInUse;
use crate::workers::intake::{Desk, Intake, Knowledge};
use crate::workers::lease::{Lease, Tenant};
use crate::workers::reporter::Reporter;

/// How many messages to Discord are under way at once; unknown outcomes are found out there.
const DISCORD_WINDOW: usize = 8;
/// Discord takes 50 requests a second from a bot; some are needed for what is not a message.
const DISCORD_PER_SECOND: u32 = 40;
/// The web chat is our own: only the database is the limit.
const WEB_WINDOW: usize = 64;
const WEB_PER_SECOND: u32 = 10_000;

/// The workers of a process; nothing is started here.
pub struct Workers {
    /// The way in.
    pub inlet: Arc<StoreInlet>,
    /// Decides.
    pub intake: Intake,
    /// Fires timers.
    pub alarms: Alarms,
    /// Draws reports and tells digests.
    pub reporter: Reporter,
    /// Keeps stored figures fresh.
    pub figures: FigureRenewal,
    /// Delivers, one for each channel.
    pub deliveries: Vec<Delivery>,
}

/// What the workers are told of the world around them.
pub struct Surroundings {
    /// All sentences.
    pub wording: Arc<Wording>,
    /// What the bot knows.
    pub knowledge: Knowledge,
    /// The channels that this process has.
    pub channels: BTreeMap<ChannelKind, Arc<dyn Channel>>,
    /// The desks that are set up.
    pub desks: Vec<Desk>,
    /// Where browsers reach the console.
    pub public_url: String,
    /// Who this process is, among those that share the database.
    pub tenant: Tenant,
}

impl Workers {
    /// The workers over a store.
    pub fn new(app: &App, store: &Store, wakes: &Wakes, around: &Surroundings) -> Workers {
        let deliveries = around
            .channels
            .values()
            .map(|channel| delivery(app, store, wakes, &around.tenant, channel))
            .collect();
        let intake = Intake {
            store: store.clone(),
            clock: app.clock.clone(),
            ids: app.ids.clone(),
            wording: Arc::clone(&around.wording),
            knowledge: around.knowledge.clone(),
            rules: Arc::new(rules(&app.config)),
            desks: Arc::new(around.desks.clone()),
            limits: limits(&around.channels),
            plans: Arc::new(PlansInUse::new(app.config.usual_policy())),
            load: Arc::default(),
            floods: Arc::default(),
            public_url: around.public_url.as_str().into(),
            wakes: wakes.clone(),
        };
        let alarms = Alarms {
            store: store.clone(),
            clock: app.clock.clone(),
            ids: app.ids.clone(),
            wakes: wakes.clone(),
        };
        let reporter = Reporter {
            store: store.clone(),
            clock: app.clock.clone(),
            ids: app.ids.clone(),
            wording: Arc::clone(&around.wording),
            desks: Arc::new(around.desks.clone()),
            lang: app.config.desk.lang,
            usual: app.config.usual_policy(),
            digests: app.config.digest.clone(),
            last_look: Arc::default(),
            limits: Arc::clone(&intake.limits),
            public_url: Arc::clone(&intake.public_url),
            week_told: Arc::default(),
            wakes: wakes.clone(),
        };
        let figures = FigureRenewal {
            store: store.clone(),
            usual: app.config.usual_policy(),
        };
        let inlet = StoreInlet::new(
            store.clone(),
            app.clock.clone(),
            app.ids.clone(),
            wakes.clone(),
        );
        Workers {
            inlet: Arc::new(inlet),
            intake,
            alarms,
            reporter,
            figures,
            deliveries,
        }
    }
}

fn delivery(
    app: &App,
    store: &Store,
    wakes: &Wakes,
    tenant: &Tenant,
    channel: &Arc<dyn Channel>,
) -> Delivery {
    let lease = Lease::new(
        store.clone(),
        app.clock.clone(),
        tenant.clone(),
        format!("delivery:{}", channel.kind()),
    );
    let config = &app.config.delivery;
    let (window, limits) = match channel.kind() {
        ChannelKind::Telegram => (
            config.telegram_window,
            Limits::telegram(config.telegram_per_second, config.telegram_chat_per_second),
        ),
        ChannelKind::Discord => (DISCORD_WINDOW, Limits::of_bot(DISCORD_PER_SECOND)),
        ChannelKind::Web => (WEB_WINDOW, Limits::of_bot(WEB_PER_SECOND)),
    };
    Delivery {
        store: store.clone(),
        clock: app.clock.clone(),
        ids: app.ids.clone(),
        channel: Arc::clone(channel),
        window,
        scheduling: Arc::new(Scheduling::new(limits)),
        holding: Arc::new(Holding::new(lease)),
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

fn rules(config: &Config) -> Rules {
    Rules {
        settle: config.conversation.settle,
        grace: config.conversation.grace,
        idle: config.conversation.idle,
        ask_preference: config.conversation.ask_preference,
        wording_tests: config.knowledge.wording_tests,
        claim_lease: config.desk.claim_lease,
        desk_lang: config.desk.lang,
    }
}
