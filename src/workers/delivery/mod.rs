//! The delivery: takes the rows of one channel's outbox that the scheduler chooses, has the channel
//! do them, and writes what became of each.
//!
//! Invariant: a row is marked as being sent, in a commit, before the channel hears of it; so after
//! a crash it is known which outcomes are unknown. What may have arrived is never repeated, unless
//! the channel can find out (Discord's nonce and history, the web's own log) or a person says so.
//! One process at a time delivers for a bot: the holder of its lease. The budgets are written in
//! the same commits, so that the next holder goes on with them.

mod expiring;
mod holding;
mod outcome;
mod scheduling;
mod sending;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

pub use self::holding::Holding;
use self::outcome::Outcome;
pub use self::scheduling::Scheduling;
use self::scheduling::{Picked, Take};
use crate::channels::{Channel, FindingLevel};
use crate::clock::{Clock, IdSource};
use crate::domain::delivery::gate::Says;
use crate::domain::time::Timestamp;
use crate::store::outbox::{Leaving, heads};
use crate::store::rooms::Room;
use crate::store::{Store, StoreError, Tx, budgets, leases};
use crate::workers::lease::LEASE_LOOK_EVERY;
use crate::workers::{LOOK_EVERY, Wakes};

/// Delivers for one channel.
#[derive(Clone)]
pub struct Delivery {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids of arrivals and facts.
    pub ids: Arc<dyn IdSource>,
    /// The channel.
    pub channel: Arc<dyn Channel>,
    /// How many rows are under way at once: the most outcomes that a crash leaves unknown.
    pub window: usize,
    /// What may leave, and when.
    pub scheduling: Arc<Scheduling>,
    /// Whether this process is the one that delivers.
    pub holding: Arc<Holding>,
    /// Workers to wake.
    pub wakes: Wakes,
}

/// A row that is marked as being sent, and the room that it goes to.
struct Taken {
    row: Leaving,
    room: Option<Room>,
}

/// What one commit writes.
struct Commit {
    ended: Vec<Arc<Outcome>>,
    fence: Option<i64>,
    budgets: Option<budgets::Written>,
    take: Option<Take>,
}

/// What is on its way, and what came back and is not written yet.
#[derive(Default)]
struct UnderWay {
    sends: JoinSet<Outcome>,
    ended: Vec<Arc<Outcome>>,
}

impl Delivery {
    /// Delivers until `stop`, whenever it is this process that does; then finishes what is under
    /// way and gives the bot back.
    pub async fn run(&self, stop: CancellationToken) {
        tokio::select! {
            () = self.deliver_until(&stop) => {}
            () = self.holding.lease.keep_renewing() => {}
        }
        self.holding.lease.release().await;
    }

    async fn deliver_until(&self, stop: &CancellationToken) {
        let mut under_way = UnderWay::default();
        while !stop.is_cancelled() {
            // Whoever wakes us while we are busy is heard too.
            let woken = self.wakes.outgoing.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.look_if_due() => {}
            }
            let pause = self.step(&mut under_way).await.unwrap_or_else(|error| {
                tracing::error!(%error, "the outbox could not be read or written; trying again");
                LOOK_EVERY
            });
            tokio::select! {
                () = stop.cancelled() => {}
                Some(ended) = under_way.sends.join_next() => self.note(ended, &mut under_way),
                () = &mut woken => {}
                () = tokio::time::sleep(pause) => {}
            }
            while let Some(ended) = under_way.sends.try_join_next() {
                self.note(ended, &mut under_way);
            }
        }
        self.finish(&mut under_way).await;
    }

    /// Sends what may leave now and waits for its outcomes; says how many rows that were. Nothing
    /// where another process delivers.
    pub async fn tick(&self) -> Result<usize, StoreError> {
        self.look_if_due().await;
        let mut under_way = UnderWay::default();
        self.step(&mut under_way).await?;
        let began = under_way.sends.len();
        self.finish(&mut under_way).await;
        Ok(began)
    }

    /// Writes what ended, takes what may leave in the same commit, and begins to send that; gives
    /// how long there is nothing to do unless something happens.
    async fn step(&self, under_way: &mut UnderWay) -> Result<Duration, StoreError> {
        let held = self.held().await.unwrap_or_else(|error| {
            tracing::error!(%error, "the delivery's lease could not be looked at; trying again");
            None
        });
        let Some(held) = held else {
            self.commit(under_way, None).await?;
            return Ok(LEASE_LOOK_EVERY);
        };
        self.expire().await?;
        let Picked { take, pause } = self.pick(held, under_way.sends.len()).await?;
        for row in self.commit(under_way, take).await? {
            self.holding.begins(&row.row.id);
            let delivery = self.clone();
            under_way
                .sends
                .spawn(async move { delivery.send(row).await });
        }
        Ok(pause)
    }

    /// What came back, for the budgets now and for the database with the next commit.
    fn note(&self, ended: Result<Outcome, JoinError>, under_way: &mut UnderWay) {
        match ended {
            Ok(outcome) => {
                self.heard(&outcome);
                under_way.ended.push(Arc::new(outcome));
            }
            // The row stays marked, and is settled as an interrupted one.
            Err(error) => tracing::error!(%error, "a send ended in an unforeseen way"),
        }
    }

    /// Waits for what is under way and writes it, for as long as the database takes.
    async fn finish(&self, under_way: &mut UnderWay) {
        while let Some(ended) = under_way.sends.join_next().await {
            self.note(ended, under_way);
        }
        while let Err(error) = self.commit(under_way, None).await {
            if matches!(error, StoreError::Closed) {
                return;
            }
            tracing::error!(%error, "outcomes could not be written; trying again");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Writes what ended and takes the rows that were chosen, in one commit.
    async fn commit(
        &self,
        under_way: &mut UnderWay,
        take: Option<Take>,
    ) -> Result<Vec<Taken>, StoreError> {
        let takes = take.is_some();
        let held = self.holding.lease.held();
        let budgets = self.scheduling.to_write(takes, self.clock.now())?;
        if under_way.ended.is_empty() && !takes && budgets.is_none() {
            return Ok(Vec::new());
        }
        let work = Arc::new(Commit {
            ended: under_way.ended.clone(),
            fence: held.map(|held| held.fence),
            budgets,
            take,
        });
        let (delivery, now) = (self.clone(), self.clock.now());
        let done = self.store.write(move |tx| {
            let (delivery, work) = (delivery.clone(), Arc::clone(&work));
            Box::pin(async move { delivery.commit_in(tx, &work, now).await })
        });
        match done.await {
            Ok(taken) => {
                self.written(&under_way.ended);
                under_way.ended.clear();
                Ok(taken)
            }
            Err(error) => {
                if takes {
                    self.holding.doubts();
                }
                self.scheduling.was_not_written();
                self.write_each(under_way).await;
                Err(error)
            }
        }
    }

    /// One outcome that cannot be written must not hold up the others.
    async fn write_each(&self, under_way: &mut UnderWay) {
        if under_way.ended.len() < 2 {
            return;
        }
        for outcome in std::mem::take(&mut under_way.ended) {
            match self.write_outcome(Arc::clone(&outcome)).await {
                Ok(()) => self.holding.ends(&outcome.row.id),
                Err(error) => {
                    tracing::error!(outbox = %outcome.row.id, %error, "an outcome could not be written; trying again");
                    under_way.ended.push(outcome);
                }
            }
        }
    }

    fn written(&self, ended: &[Arc<Outcome>]) {
        if ended.is_empty() {
            return;
        }
        for outcome in ended {
            self.holding.ends(&outcome.row.id);
        }
        self.wakes.arrivals.notify_one();
        self.wakes.changes.notify_waiters();
    }

    async fn commit_in(
        &self,
        tx: &mut Tx,
        work: &Commit,
        now: Timestamp,
    ) -> Result<Vec<Taken>, StoreError> {
        for outcome in &work.ended {
            self.write_in(tx, outcome).await?;
        }
        let (Some(fence), Some(written)) = (work.fence, &work.budgets) else {
            return Ok(Vec::new());
        };
        let (channel, lease) = (self.channel.kind(), &self.holding.lease);
        if !leases::holds(tx, lease.name(), lease.owner(), fence).await? {
            // Whoever delivers now has budgets of their own.
            return Ok(Vec::new());
        }
        budgets::put(tx, channel, written).await?;
        let Some(take) = &work.take else {
            return Ok(Vec::new());
        };
        if take.forgets {
            budgets::forget(tx, channel, now).await?;
        }
        let rows = heads::take(tx, &take.ids, fence, now).await?;
        let with_room = |row: Leaving| Taken {
            room: take.rooms.get(&row.id).cloned(),
            row,
        };
        Ok(rows.into_iter().map(with_room).collect())
    }

    /// Looks whether the platform answers, where the gate asks for that.
    async fn look_if_due(&self) {
        if self.scheduling.says(self.clock.now()) != Says::Look {
            return;
        }
        let findings = self.channel.probe().await;
        // A desk that is not set up well is no reason to leave customers without answers.
        let away = findings.iter().any(|finding| {
            finding.level == FindingLevel::Fail && finding.subject.ends_with(".token")
        });
        self.scheduling.looked(!away, self.clock.now());
        if away {
            let channel = self.channel.kind();
            tracing::warn!(%channel, "the platform does not answer: nothing is sent");
        }
    }
}
