//! The running tasks, and the order in which they stop: first those that take, then those that
//! decide, then those that send; nothing that was taken is left without its commit, nothing that
//! was sent without its receipt.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::parts::Parts;
use super::{AppError, ServeRole};
use crate::channels::{Channel, ChannelStopped, Inlet};
use crate::domain::place::ChannelKind;
use crate::observe::probes::Readiness;

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
                crew.take_from(channel, parts.inlet.clone(), readiness);
            }
        }
        if roles.contains(&ServeRole::Intake) {
            let (intake, stop) = (parts.intake.clone(), crew.stop_deciding.clone());
            crew.deciding.spawn(async move { intake.run(stop).await });
            let (alarms, stop) = (parts.alarms.clone(), crew.stop_deciding.clone());
            crew.deciding.spawn(async move { alarms.run(stop).await });
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

    fn take_from(
        &mut self,
        channel: &Arc<dyn Channel>,
        inlet: Arc<dyn Inlet>,
        readiness: &Arc<Readiness>,
    ) {
        let kind = channel.kind();
        readiness.note(kind, false);
        let ready = Arc::new(Notify::new());
        let (heard, readiness, stop) = (
            Arc::clone(&ready),
            Arc::clone(readiness),
            self.stop_taking.clone(),
        );
        tokio::spawn(async move {
            tokio::select! {
                () = heard.notified() => readiness.note(kind, true),
                () = stop.cancelled() => {}
            }
        });
        let (channel, stop) = (Arc::clone(channel), self.stop_taking.clone());
        self.taking
            .spawn(async move { channel.listen(inlet, ready, stop).await });
    }

    /// Cancelled when pages are not served any more.
    pub(super) fn http_stop(&self) -> CancellationToken {
        self.stop_taking.clone()
    }

    /// Runs until `shutdown` or until a channel stops for good; then stops everything in order.
    pub(super) async fn run(
        mut self,
        shutdown: CancellationToken,
        mut http: JoinHandle<std::io::Result<()>>,
    ) -> Result<(), AppError> {
        let stopped = tokio::select! {
            // The web server and the channels end with the shutdown too: that is no fault.
            biased;
            () = shutdown.cancelled() => Ok(()),
            stopped = first_fault(&mut self.taking) => stopped.map_err(AppError::from),
            ended = &mut http => Err(AppError::Platform(format!("the web server ended: {ended:?}"))),
        };
        tracing::info!("stopping: no arrivals are taken any more");
        self.stop_taking.cancel();
        while self.taking.join_next().await.is_some() {}
        if !http.is_finished()
            && let Ok(Err(error)) = http.await
        {
            tracing::warn!(%error, "the web server did not end well");
        }
        self.stop_deciding.cancel();
        while self.deciding.join_next().await.is_some() {}
        tracing::info!("stopping: sends under way are finished");
        self.stop_sending.cancel();
        while self.sending.join_next().await.is_some() {}
        stopped
    }
}

/// Waits for the first channel that stops for good; for ever where none does.
async fn first_fault(
    taking: &mut JoinSet<Result<(), ChannelStopped>>,
) -> Result<(), ChannelStopped> {
    while let Some(ended) = taking.join_next().await {
        match ended {
            Ok(Err(stopped)) => return Err(stopped),
            Ok(Ok(())) => {}
            Err(error) => tracing::error!(%error, "a channel ended in an unforeseen way"),
        }
    }
    std::future::pending().await
}
