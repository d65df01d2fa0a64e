//! The composition root: builds store, channels, workers and console for the roles asked for,
//! supervises them, and stops them in order.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::channels::ChannelStopped;
use crate::clock::{Clock, IdSource};
use crate::config::Config;
use crate::observe::probes;
use crate::store::{OpenError, Store, StoreError};
use crate::wording::WordingFaults;

/// What a process does; several processes share the work by different roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum ServeRole {
    /// Takes arrivals from the platforms.
    Ingest,
    /// Decides about what arrived.
    Intake,
    /// Delivers what was decided.
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
}

/// What is known once everything runs.
#[derive(Clone, Debug)]
pub struct Started {
    /// Where it listens.
    pub listens_at: SocketAddr,
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
    /// A channel stopped for good.
    #[error(transparent)]
    Channel(#[from] ChannelStopped),
}

/// Runs until `shutdown` is cancelled, then stops in order: no arrivals are taken any more, sends
/// are finished, nothing is left half done. Calls `started` once everything runs.
pub async fn serve(
    app: App,
    shutdown: CancellationToken,
    started: impl FnOnce(Started),
) -> Result<(), AppError> {
    let store = Store::open(app.config.database.url.expose_secret()).await?;
    let readiness = probes::Readiness::new(store.clone(), probes::record_metrics());
    let address = app.config.http.listen.clone();
    let cannot_listen = |why| AppError::Listen {
        address: address.clone(),
        why,
    };
    let listener = TcpListener::bind(&address).await.map_err(cannot_listen)?;
    started(Started {
        listens_at: listener.local_addr().map_err(cannot_listen)?,
        sign_in_link: None,
    });
    axum::serve(listener, probes::routes(readiness))
        .with_graceful_shutdown(shutdown.cancelled_owned())
        .await
        .map_err(cannot_listen)?;
    store.close().await;
    Ok(())
}
