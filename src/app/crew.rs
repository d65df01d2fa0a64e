//! The running tasks, and the order in which they stop: first those that take, then those that
//! decide, then those that send; nothing that was taken is left without its commit, nothing that
//! was sent without its receipt.
//!
//! A task that ends before it is told to is a fault: the program stops, so that whoever keeps it
//! running starts it anew, rather than living on without a part of itself.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::listening::Listening;
use super::parts::Parts;
use super::{AppError, ServeRole};
use crate::channels::ChannelStopped;
use crate::domain::place::ChannelKind;
use crate::observe::probes::Readiness;

/// How long pages that are still being served are waited for.
const PAGES_WITHIN: Duration = Duration::from_secs(5);

/// The tasks that run.
pub(super) struct Crew {
    taking: JoinSet<Result<(), ChannelStopped>>,
    deciding: JoinSet<()>,
    sending: JoinSet<()>,
    stop_taking: CancellationToken,
    stop_deciding: CancellationToken,
    stop_sending: CancellationToken,
}

impl Crew {
    /// Starts what the roles ask for.
    pub(super) fn start(
        parts: &Parts,
        roles: &BTreeSet<ServeRole>,
        readiness: &Arc<Readiness>,
        shutdown: &CancellationToken,
    ) -> Crew {
        let mut crew = Crew {
            taking: JoinSet::new(),
            deciding: JoinSet::new(),
            sending: JoinSet::new(),
            stop_taking: shutdown.child_token(),
            stop_deciding: CancellationToken::new(),
            stop_sending: CancellationToken::new(),
        };
        for channel in parts.channels.values() {
            // The web chat's sockets are where its pages are served.
            let role = match channel.kind() {
                ChannelKind::Web => ServeRole::Console,
                ChannelKind::Telegram | ChannelKind::Discord => ServeRole::Ingest,
            };
            if roles.contains(&role) {
                let listening = Listening {
                    channel: Arc::clone(channel),
                    inlet: parts.inlet.clone(),
                    lease: parts.lease("listening", channel.kind()),
                    readiness: Arc::clone(readiness),
                };
                crew.taking.spawn(listening.run(crew.stop_taking.clone()));
            }
        }
        if roles.contains(&ServeRole::Intake) {
            let (intake, stop) = (parts.intake.clone(), crew.stop_deciding.clone());
            crew.deciding.spawn(async move { intake.run(stop).await });
            let (alarms, stop) = (parts.alarms.clone(), crew.stop_deciding.clone());
            crew.deciding.spawn(async move { alarms.run(stop).await });
            let (reporter, stop) = (parts.reporter.clone(), crew.stop_deciding.clone());
            crew.deciding.spawn(async move { reporter.run(stop).await });
            let (figures, stop) = (parts.figures.clone(), crew.stop_deciding.clone());
            crew.deciding.spawn(async move { figures.run(stop).await });
            let (reload, stop) = (parts.knowledge.clone(), crew.stop_deciding.clone());
            crew.deciding.spawn(async move { reload.run(stop).await });
        }
        if roles.contains(&ServeRole::Delivery) {
            for delivery in &parts.deliveries {
                let (delivery, stop) = (delivery.clone(), crew.stop_sending.clone());
                crew.sending.spawn(async move { delivery.run(stop).await });
            }
        }
        crew
    }

    /// Cancelled when pages are not served any more.
    pub(super) fn http_stop(&self) -> CancellationToken {
        self.stop_taking.clone()
    }

    /// Runs until `shutdown` or until a task ends by itself; then stops everything in order.
    /// Cancels `shutdown` in either case: live pages end with it.
    pub(super) async fn run(
        mut self,
        shutdown: CancellationToken,
        mut http: JoinHandle<std::io::Result<()>>,
    ) -> Result<(), AppError> {
        let stopped = tokio::select! {
            // The web server and the channels end with the shutdown too: that is no fault.
            biased;
            () = shutdown.cancelled() => Ok(()),
            error = first_fault(&mut self.taking) => Err(error),
            error = first_end(&mut self.deciding, "a task that decides") => Err(error),
            error = first_end(&mut self.sending, "a task that delivers") => Err(error),
            ended = &mut http => Err(AppError::Ended {
                what: "the web server",
                why: format!("{ended:?}"),
            }),
        };
        tracing::info!("stopping: no arrivals are taken any more");
        shutdown.cancel();
        self.stop_taking.cancel();
        while self.taking.join_next().await.is_some() {}
        if !http.is_finished() {
            end_pages(http).await;
        }
        self.stop_deciding.cancel();
        while self.deciding.join_next().await.is_some() {}
        tracing::info!("stopping: sends under way are finished");
        self.stop_sending.cancel();
        while self.sending.join_next().await.is_some() {}
        stopped
    }
}

/// Waits for the web server, but not for ever: one browser that reads slowly holds nobody up.
async fn end_pages(mut http: JoinHandle<std::io::Result<()>>) {
    match tokio::time::timeout(PAGES_WITHIN, &mut http).await {
        Ok(Ok(Err(error))) => tracing::warn!(%error, "the web server did not end well"),
        Ok(Ok(Ok(())) | Err(_)) => {}
        Err(_) => {
            tracing::warn!("pages that were still being served are cut off");
            http.abort();
        }
    }
}

/// Waits for the first channel that stops for good; for ever where none does.
async fn first_fault(taking: &mut JoinSet<Result<(), ChannelStopped>>) -> AppError {
    while let Some(ended) = taking.join_next().await {
        match ended {
            Ok(Err(stopped)) => return stopped.into(),
            Ok(Ok(())) => {}
            Err(error) => {
                let (what, why) = ("a task that listens", error.to_string());
                return AppError::Ended { what, why };
            }
        }
    }
    std::future::pending().await
}

/// Waits for the first task that ends without having been told to; for ever where there is none.
async fn first_end(tasks: &mut JoinSet<()>, what: &'static str) -> AppError {
    let why = match tasks.join_next().await {
        Some(Ok(())) => "it returned".to_owned(),
        Some(Err(error)) => error.to_string(),
        None => std::future::pending().await,
    };
    AppError::Ended { what, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crew() -> Crew {
        let stop_taking = CancellationToken::new();
        Crew {
            taking: JoinSet::new(),
            deciding: JoinSet::new(),
            sending: JoinSet::new(),
            stop_taking,
            stop_deciding: CancellationToken::new(),
            stop_sending: CancellationToken::new(),
        }
    }

    /// A web server with a live page open: it ends only with the shutdown itself.
    fn with_a_live_page(shutdown: &CancellationToken) -> JoinHandle<std::io::Result<()>> {
        let shutdown = shutdown.clone();
        tokio::spawn(async move {
            shutdown.cancelled().await;
            Ok(())
        })
    }

    async fn outcome(crew: Crew) -> Result<(), AppError> {
        let shutdown = CancellationToken::new();
        let http = with_a_live_page(&shutdown);
        let pages = http.abort_handle();
        let running = crew.run(shutdown, http);
        let outcome = tokio::time::timeout(Duration::from_secs(4), running).await;
        assert!(pages.is_finished(), "the live page ended by itself");
        outcome.expect("the program stops")
    }

    #[tokio::test]
    async fn a_channel_s_fault_ends_live_pages_too() {
        let mut crew = crew();
        crew.taking.spawn(async {
            Err(ChannelStopped::WrongToken {
                channel: ChannelKind::Telegram,
                remedy: "set another".to_owned(),
            })
        });
        let outcome = outcome(crew).await;
        assert!(matches!(outcome, Err(AppError::Channel(_))), "{outcome:?}");
    }

    #[tokio::test]
    async fn a_task_that_ends_by_itself_stops_the_program() {
        let mut deciding = crew();
        deciding.deciding.spawn(async { panic!("a fault of ours") });
        let mut sending = crew();
        sending.sending.spawn(async {});
        let mut taking = crew();
        taking.taking.spawn(async { panic!("a fault of ours") });
        for crew in [deciding, sending, taking] {
            let outcome = outcome(crew).await;
            assert!(
                matches!(outcome, Err(AppError::Ended { .. })),
                "{outcome:?}"
            );
        }
    }

    #[tokio::test]
    async fn what_was_told_to_stop_is_no_fault() {
        let (shutdown, mut crew) = (CancellationToken::new(), crew());
        let stop = crew.stop_sending.clone();
        crew.sending.spawn(async move { stop.cancelled().await });
        shutdown.cancel();
        let http = with_a_live_page(&shutdown);
        assert!(crew.run(shutdown, http).await.is_ok());
    }
}
