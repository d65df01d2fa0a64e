//! `careline serve`: runs until it is told to stop.

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};
use tokio_util::sync::CancellationToken;

use super::{Context, Failure};
use crate::app::{self, App, AppError, ServeRole, Started};
use crate::channels::ChannelStopped;

/// The options of `serve`.
#[derive(Args, Debug, Default)]
pub(super) struct Arguments {
    /// What this process does, where several share the work; may be given several times.
    #[arg(long = "role", value_enum, value_name = "ROLE")]
    roles: Vec<RoleName>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RoleName {
    /// Everything: one process.
    All,
    /// Takes arrivals from the platforms.
    Ingest,
    /// Decides about what arrived.
    Intake,
    /// Delivers what was decided.
    Delivery,
    /// Shows the console and the web chat.
    Console,
}

pub(super) async fn run(arguments: Arguments, context: &mut Context<'_>) -> Result<(), Failure> {
    let app = App {
        config: context.config().clone(),
        roles: roles(&arguments.roles),
        clock: context.clock.clone(),
        ids: context.ids.clone(),
        pauses: app::Pauses::default(),
        wire: None,
    };
    let shutdown = CancellationToken::new();
    let signals = tokio::spawn(stop_on_signals(shutdown.clone()));
    let out = &mut *context.out;
    let outcome = app::serve(app, shutdown, |started| {
        // Nobody may be reading; serving matters more.
        let _ = announce(&started, out);
    })
    .await;
    signals.abort();
    outcome.map_err(failure_of)
}

fn roles(names: &[RoleName]) -> BTreeSet<ServeRole> {
    let mut roles = BTreeSet::new();
    for name in names {
        match name {
            RoleName::All => roles.extend(ServeRole::all()),
            RoleName::Ingest => roles.extend([ServeRole::Ingest]),
            RoleName::Intake => roles.extend([ServeRole::Intake]),
            RoleName::Delivery => roles.extend([ServeRole::Delivery]),
            RoleName::Console => roles.extend([ServeRole::Console]),
        }
    }
    if roles.is_empty() {
        ServeRole::all()
    } else {
        roles
    }
}

/// Says where everything is.
pub(super) fn announce(started: &Started, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let at = started.listens_at;
    if started.shows_pages {
        writeln!(out, "Web chat:  http://{at}/chat")?;
        writeln!(out, "Console:   http://{at}/console")?;
    } else {
        writeln!(out, "Probes:    http://{at}/readyz")?;
    }
    if let Some(link) = &started.sign_in_link {
        writeln!(out, "Sign in:   {link}")?;
        writeln!(
            out,
            "Next:      ask something in the web chat, then for a person; sign in and answer"
        )?;
    }
    out.flush()
}

/// Which exit status a failed run has: a refused token is a wrong configuration.
pub(super) fn failure_of(error: AppError) -> Failure {
    match error {
        AppError::Open(error) => Failure::from_open(error),
        AppError::Channel(ChannelStopped::WrongToken { .. })
        | AppError::Platform(_)
        | AppError::Listen { .. } => Failure::wrong(error),
        AppError::Store(_)
        | AppError::Wording(_)
        | AppError::Channel(_)
        | AppError::Ended { .. } => Failure::not_done(error),
    }
}

/// The first SIGINT or SIGTERM stops in order; a second one ends the process at once.
pub(super) async fn stop_on_signals(shutdown: CancellationToken) {
    if !next_signal().await {
        return;
    }
    tracing::info!("stopping; once more to stop at once");
    shutdown.cancel();
    if next_signal().await {
        tracing::warn!("stopped at once; what was under way is taken up at the next start");
        std::process::exit(1);
    }
}

/// Waits for a signal; `false` where the system gives none.
#[cfg(unix)]
async fn next_signal() -> bool {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        return false;
    };
    tokio::select! {
        _ = terminate.recv() => true,
        _ = interrupt.recv() => true,
    }
}

#[cfg(not(unix))]
async fn next_signal() -> bool {
    tokio::signal::ctrl_c().await.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_role_is_all_roles() {
        assert_eq!(roles(&[]), ServeRole::all());
        assert_eq!(roles(&[RoleName::All]), ServeRole::all());
        assert_eq!(
            roles(&[RoleName::Intake, RoleName::Ingest]),
            BTreeSet::from([ServeRole::Ingest, ServeRole::Intake])
        );
    }
}
