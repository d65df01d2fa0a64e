//! Listening to a platform; where only one process may, whenever it is this one's turn.
//!
//! Invariant: where a second reader takes away what the first is to hear, nothing is asked for once
//! more after the lease has ended by the clock, so that a process that was paused does no harm to
//! whoever took over. Elsewhere listening goes on until another process is known to have the lease:
//! while the database is away, what happens meanwhile is not missed.

use std::future::pending;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::channels::{Channel, ChannelStopped, Inlet, Readers};
use crate::observe::probes::Readiness;
use crate::workers::lease::{LEASE_LOOK_EVERY, Lease};

/// A channel to listen to.
pub(super) struct Listening {
    pub(super) channel: Arc<dyn Channel>,
    pub(super) inlet: Arc<dyn Inlet>,
    pub(super) lease: Lease,
    pub(super) readiness: Arc<Readiness>,
}

impl Listening {
    /// Listens until `stop`, or until a fault that does not pass.
    pub(super) async fn run(self, stop: CancellationToken) -> Result<(), ChannelStopped> {
        if self.channel.readers() == Readers::Any {
            return self.listen(stop).await;
        }
        let outcome = self.in_turns(&stop).await;
        self.lease.release().await;
        outcome
    }

    async fn in_turns(&self, stop: &CancellationToken) -> Result<(), ChannelStopped> {
        while self.comes_to_its_turn(stop).await {
            match self.while_held(stop.child_token()).await {
                Err(ChannelStopped::SecondReader { channel, .. }) if !self.still_holds().await => {
                    tracing::info!(%channel, "another process has taken over listening");
                }
                Err(stopped) => return Err(stopped),
                Ok(()) if stop.is_cancelled() => {}
                Ok(()) => {
                    let channel = self.channel.kind();
                    tracing::warn!(%channel, "the lease on listening has ended; standing by");
                }
            }
        }
        Ok(())
    }

    /// Stands by until the lease is ours; `false` where `stop` comes first.
    async fn comes_to_its_turn(&self, stop: &CancellationToken) -> bool {
        while !stop.is_cancelled() {
            match self.lease.keep().await {
                Ok(Some(_)) => return true,
                // Whoever stands by is ready to take over: that is all it can be.
                Ok(None) => self.readiness.note(self.channel.kind(), true),
                Err(error) => tracing::error!(%error, "the lease on listening cannot be looked at"),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LEASE_LOOK_EVERY) => {}
            }
        }
        false
    }

    async fn while_held(&self, turn: CancellationToken) -> Result<(), ChannelStopped> {
        let mut listening = std::pin::pin!(self.listen(turn.clone()));
        tokio::select! {
            // The lease is looked at before the channel goes on with anything.
            biased;
            () = self.turn_ends() => {}
            () = self.lease.keep_renewing() => {}
            outcome = &mut listening => return outcome,
        }
        turn.cancel();
        listening.await
    }

    async fn turn_ends(&self) {
        match self.channel.readers() {
            Readers::One | Readers::Any => self.lease.ended().await,
            Readers::OneIsEnough => self.lease.is_taken().await,
        }
    }

    async fn listen(&self, stop: CancellationToken) -> Result<(), ChannelStopped> {
        let kind = self.channel.kind();
        self.readiness.note(kind, false);
        let ready = Arc::new(Notify::new());
        let heard = async {
            ready.notified().await;
            self.readiness.note(kind, true);
            pending::<()>().await;
        };
        let (inlet, told) = (Arc::clone(&self.inlet), Arc::clone(&ready));
        tokio::select! {
            outcome = self.channel.listen(inlet, told, stop) => outcome,
            () = heard => Ok(()),
        }
    }

    async fn still_holds(&self) -> bool {
        matches!(self.lease.keep().await, Ok(Some(_)))
    }
}
