//! The composition root: builds store, channels, workers and console for the roles asked for,
//! supervises them, and stops them in order.

mod afternoon;
mod crew;
mod first_run;
mod knowledge;
mod listening;
mod parts;
mod platforms;
mod process;
mod workers;

use std::collections::BTreeSet;
use std::future::IntoFuture;
use std::net::SocketAddr;
use std::sync::Arc;

use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::channels::ChannelStopped;
use crate::channels::Finding;
pub use crate::channels::discord::Pauses;
use crate::clock::{Clock, IdSource};
use crate::config::Config;
use crate::observe::probes;
use crate::store::{OpenError, Store, StoreError, Way, Wire};
use crate::wording::{Wording, WordingFaults};

pub use afternoon::demo;
use crew::Crew;
use parts::Parts;
use process::Process;
pub use workers::{Surroundings, Workers};

/// What a process does. Several processes share the work, each with some of the roles, on one
/// PostgreSQL: what only one may do at a time it does by lease, and the others stand by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum ServeRole {
    /// Takes arrivals from the platforms: by lease where a platform wants one reader.
    Ingest,
    /// Decides about what arrived.
    Intake,
    /// Delivers what was decided, by lease: one process for each bot.
    Delivery,
    /// Shows the console and the web chat.
    Console,
}

impl ServeRole {
    /// All of them: one process does everything.
    pub fn all() -> BTreeSet<ServeRole> {
        use clap::ValueEnum;
        ServeRole::value_variants().iter().copied().collect()
    }
}

/// What a running program is made of.
pub struct App {
    /// The settings.
    pub config: Config,
    /// What this process does.
    pub roles: BTreeSet<ServeRole>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub ids: Arc<dyn IdSource>,
    /// How long Discord's gateway is left alone between two tries.
    pub pauses: Pauses,
    /// What the way to the database can be cut with; `None` in service.
    pub wire: Option<Arc<dyn Wire>>,
}

/// What is known once everything runs.
#[derive(Clone, Debug)]
pub struct Started {
    /// Where it listens.
    pub listens_at: SocketAddr,
    /// Whether console and web chat are there.
    pub shows_pages: bool,
    /// A one-time sign-in link, where nobody has signed in yet.
    pub sign_in_link: Option<String>,
}

/// Why it could not start, or stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The database does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The wording is not complete.
    #[error(transparent)]
    Wording(#[from] WordingFaults),
    /// The address cannot be listened at.
    #[error("http.listen: cannot listen at {address}: {why}; is another careline running?")]
    Listen {
        /// Which.
        address: String,
        /// What the system says.
        why: std::io::Error,
    },
    /// A platform cannot be talked to with these settings.
    #[error("{0}")]
    Platform(String),
    /// A channel stopped for good.
    #[error(transparent)]
    Channel(#[from] ChannelStopped),
    /// A part of the program ended before it was told to.
    #[error(
        "{what} ended by itself: {why}; this is a fault of careline, see the log and start it again"
    )]
    Ended {
        /// Which part.
        what: &'static str,
        /// How it ended.
        why: String,
    },
}

/// Runs until `shutdown` is cancelled, then stops in order: no arrivals are taken any more, sends
/// are finished, nothing is left half done. Calls `started` once everything runs.
pub async fn serve(
    app: App,
    shutdown: CancellationToken,
    started: impl FnOnce(Started),
) -> Result<(), AppError> {
    let store = open(&app).await?;
    let outcome = serve_on(&app, &store, shutdown, started).await;
    store.close().await;
    outcome
}

/// What each platform that has a token says of it: for `doctor`.
pub async fn probe(app: &App, store: &Store) -> Result<Vec<Finding>, AppError> {
    let platforms = platforms::build(app, &Arc::new(Wording::load()?), store).await?;
    let mut findings = Vec::new();
    for channel in &platforms.channels {
        findings.extend(channel.probe().await);
    }
    Ok(findings)
}

async fn open(app: &App) -> Result<Store, OpenError> {
    let database = &app.config.database;
    let way = Way {
        pooler: database.pooler,
        wire: app.wire.clone(),
    };
    Store::open_by(database.url.expose_secret(), way).await
}

async fn serve_on(
    app: &App,
    store: &Store,
    shutdown: CancellationToken,
    started: impl FnOnce(Started),
) -> Result<(), AppError> {
    // Cancelled by a fault as well; the caller's own stays as it is.
    let shutdown = shutdown.child_token();
    let address = app.config.http.listen.clone();
    let cannot_listen = |why| AppError::Listen {
        address: address.clone(),
        why,
    };
    let listener = TcpListener::bind(&address).await.map_err(cannot_listen)?;
    let listens_at = listener.local_addr().map_err(cannot_listen)?;
    let public_url = public_url(&app.config, listens_at);
    let process = Process::on(store, app.ids.as_ref())?;
    let parts = Parts::build(app, store, &process, public_url.clone(), &shutdown).await?;
    let readiness = probes::Readiness::new(store.clone(), probes::record_metrics());
    let routes = parts
        .routes(&app.roles)
        .merge(probes::routes(Arc::clone(&readiness)));
    let shows_pages = app.roles.contains(&ServeRole::Console);
    let sign_in_link = match shows_pages {
        true => first_run::sign_in_link(app, store, &public_url).await?,
        false => None,
    };
    let crew = Crew::start(&parts, &app.roles, &readiness, &shutdown);
    started(Started {
        listens_at,
        shows_pages,
        sign_in_link,
    });
    let closing = crew.http_stop();
    let served = axum::serve(
        listener,
        routes.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(closing.cancelled_owned());
    let http = tokio::spawn(served.into_future());
    crew.run(shutdown, http).await
}

/// The address under which browsers reach us.
fn public_url(config: &Config, listens_at: SocketAddr) -> String {
    match &config.http.public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("http://{listens_at}"),
    }
}
