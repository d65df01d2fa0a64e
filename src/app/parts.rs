//! Builds everything that runs, from the settings: nothing is started here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use tokio_util::sync::CancellationToken;

use super::platforms::{self, Platforms};
use super::process::Process;
use super::workers::{Surroundings, Workers};
use super::{App, AppError, ServeRole, knowledge};
use crate::channels::webchat::texts::Texts;
use crate::channels::webchat::{Origins, WebChat};
use crate::channels::{Channel, webchat};
use crate::console::{self, Console};
use crate::domain::place::ChannelKind;
use crate::store::Store;
use crate::wording::Wording;
use crate::workers::Wakes;
use crate::workers::alarms::Alarms;
use crate::workers::delivery::Delivery;
use crate::workers::figures::FigureRenewal;
use crate::workers::inlet::StoreInlet;
use crate::workers::intake::Intake;
use crate::workers::lease::Lease;
use crate::workers::reporter::Reporter;
use crate::workers::web_log::StoredWebLog;

/// Everything that runs.
pub(super) struct Parts {
    pub(super) inlet: Arc<StoreInlet>,
    pub(super) intake: Intake,
    pub(super) alarms: Alarms,
    pub(super) reporter: Reporter,
    pub(super) figures: FigureRenewal,
    pub(super) channels: BTreeMap<ChannelKind, Arc<dyn Channel>>,
    pub(super) deliveries: Vec<Delivery>,
    pub(super) knowledge: knowledge::Reload,
    new_lease: NewLease,
    platforms: Platforms,
    webchat: Arc<WebChat>,
    console: Arc<Console>,
}

/// Makes the lease of that name.
type NewLease = Box<dyn Fn(String) -> Lease + Send + Sync>;

impl Parts {
    pub(super) async fn build(
        app: &App,
        store: &Store,
        process: &Process,
        public_url: String,
        shutdown: &CancellationToken,
    ) -> Result<Parts, AppError> {
        let config = &app.config;
        let wording = Arc::new(Wording::load()?);
        let wakes = Wakes::default();
        let knowledge = knowledge::Reload::first(app, store).await?;
        let platforms = platforms::build(app, &wording, store).await?;
        let webchat = webchat(app, store, &wording);
        let mut channels: BTreeMap<ChannelKind, Arc<dyn Channel>> = platforms
            .channels
            .iter()
            .map(|channel| (channel.kind(), Arc::clone(channel)))
            .collect();
        channels.insert(ChannelKind::Web, webchat.clone());
        let console = Arc::new(Console {
            wording_tests: config.knowledge.wording_tests,
            store: store.clone(),
            wording: Arc::clone(&wording),
            clock: app.clock.clone(),
            ids: app.ids.clone(),
            arrivals: Arc::clone(&wakes.arrivals),
            changes: Arc::clone(&wakes.changes),
            stop: shutdown.clone(),
            is_https: public_url.starts_with("https://"),
            usual_policy: config.usual_policy(),
            attempts: console::Attempts::default(),
        });
        let around = Surroundings {
            wording,
            knowledge: knowledge.index.clone(),
            channels,
            desks: platforms.desks.clone(),
            public_url,
            tenant: process.tenant.clone(),
        };
        let workers = Workers::new(app, store, &wakes, &around);
        Ok(Parts {
            inlet: workers.inlet,
            intake: workers.intake,
            alarms: workers.alarms,
            reporter: workers.reporter,
            figures: workers.figures,
            channels: around.channels,
            deliveries: workers.deliveries,
            knowledge,
            new_lease: leases(app, store, process),
            platforms,
            webchat,
            console,
        })
    }

    /// The lease on what only one process may do with a platform.
    pub(super) fn lease(&self, what: &str, channel: ChannelKind) -> Lease {
        (self.new_lease)(format!("{what}:{channel}"))
    }

    /// The pages and sockets of those roles.
    pub(super) fn routes(&self, roles: &BTreeSet<ServeRole>) -> Router {
        let mut routes = Router::new();
        if roles.contains(&ServeRole::Console) {
            let root = get(|| async { Redirect::temporary("/chat") });
            routes = routes
                .route("/", root)
                .merge(webchat::router(Arc::clone(&self.webchat)))
                .merge(console::router(Arc::clone(&self.console)));
        }
        if roles.contains(&ServeRole::Ingest) {
            routes = routes.merge(self.platforms.routes(self.inlet.clone()));
        }
        routes
    }
}

fn webchat(app: &App, store: &Store, wording: &Arc<Wording>) -> Arc<WebChat> {
    let log = StoredWebLog::new(store.clone(), app.clock.clone(), app.ids.clone());
    let texts = Texts::new(|lang, key| wording.plain(lang, key));
    let http = &app.config.http;
    let origins = Origins::new(http.public_url.as_deref(), &http.embed_origins);
    Arc::new(WebChat::new(Arc::new(log), texts, origins))
}

fn leases(app: &App, store: &Store, process: &Process) -> NewLease {
    let (store, clock, tenant) = (store.clone(), app.clock.clone(), process.tenant.clone());
    Box::new(move |name| Lease::new(store.clone(), clock.clone(), tenant.clone(), name))
}
