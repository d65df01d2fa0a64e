//! `demo`: everything, on a database that is thrown away, with an afternoon of customers in it.

use tokio_util::sync::CancellationToken;

use super::Context;
use super::failure::Failure;
use super::serve::{announce, failure_of, stop_on_signals};
use crate::app::{self, App, ServeRole};
use crate::config::Config;

pub(super) async fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let folder = std::env::temp_dir().join(format!("careline-demo-{}", context.ids.secret(6)));
    std::fs::create_dir(&folder)?;
    let mut config = Config {
        http: context.config().http.clone(),
        ..Config::default()
    };
    config.database.url = format!("sqlite:{}", folder.join("demo.db").display()).into();
    let app = App {
        config,
        roles: ServeRole::all(),
        clock: context.clock.clone(),
        ids: context.ids.clone(),
        pauses: app::Pauses::default(),
        wire: None,
    };
    let shutdown = CancellationToken::new();
    let signals = tokio::spawn(stop_on_signals(shutdown.clone()));
    let url = format!("sqlite:{}", folder.join("demo.db").display());
    let out = &mut *context.out;
    let outcome = app::demo(app, shutdown, |started| {
        // Nobody may be reading; serving matters more.
        let _ = announce(&started, out);
        let _ = writeln!(out, "Figures:   DATABASE_URL={url} careline report sla");
    })
    .await;
    signals.abort();
    if let Err(error) = std::fs::remove_dir_all(&folder) {
        tracing::warn!(%error, folder = %folder.display(), "the demo's database could not be removed");
    }
    outcome.map_err(failure_of)
}
