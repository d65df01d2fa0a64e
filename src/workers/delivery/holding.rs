//! Which process delivers for a bot: the holder of its lease, which settles what an earlier holder
//! left behind before it begins anything of its own.
//!
//! Invariant: a row is taken only under the lease's present fence, checked in the same commit. A
//! row under an older fence that nobody here has under way is either interrupted (another holder
//! may have sent it) or was never begun (its own take was in doubt): nothing else is possible.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Delivery;
use super::outcome::Outcome;
use crate::channels::DeliveryError;
use crate::domain::ids::OutboxId;
use crate::domain::time::Millis;
use crate::store::outbox::Leaving;
use crate::store::{StoreError, outbox};
use crate::workers::lease::{Held, Lease};

/// The hold on a bot's sending.
pub struct Holding {
    pub(super) lease: Lease,
    /// The fence for which everything older is settled.
    settled: AtomicI64,
    /// Whether a take's commit failed and may have been applied all the same.
    in_doubt: AtomicBool,
    under_way: Mutex<BTreeSet<OutboxId>>,
}

impl Holding {
    /// By that lease, which is not held yet.
    pub fn new(lease: Lease) -> Holding {
        Holding {
            lease,
            settled: AtomicI64::new(0),
            in_doubt: AtomicBool::new(false),
            under_way: Mutex::default(),
        }
    }

    /// A take failed: rows may be marked that nobody here knows of.
    pub(super) fn doubts(&self) {
        self.in_doubt.store(true, Ordering::SeqCst);
    }

    pub(super) fn begins(&self, id: &OutboxId) {
        self.with(|ids| ids.insert(id.clone()));
    }

    pub(super) fn ends(&self, id: &OutboxId) {
        self.with(|ids| ids.remove(id));
    }

    fn with<T>(&self, change: impl FnOnce(&mut BTreeSet<OutboxId>) -> T) -> T {
        change(
            &mut self
                .under_way
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

impl Delivery {
    /// The hold under which rows may be begun, everything older being settled; `None` where
    /// another process delivers.
    pub async fn held(&self) -> Result<Option<Held>, StoreError> {
        let holding = &self.holding;
        if holding.in_doubt.load(Ordering::SeqCst) {
            holding.lease.take_anew().await?;
            holding.in_doubt.store(false, Ordering::SeqCst);
        }
        let Some(held) = holding.lease.keep().await? else {
            return Ok(None);
        };
        if holding.settled.load(Ordering::SeqCst) != held.fence {
            self.settle_older(held).await?;
            holding.settled.store(held.fence, Ordering::SeqCst);
        }
        Ok(Some(held))
    }

    /// Deals with the rows that are marked as being sent under an older fence.
    async fn settle_older(&self, held: Held) -> Result<(), StoreError> {
        let channel = self.channel.kind();
        let here = self.holding.with(|ids| ids.clone());
        let rows = self
            .store
            .write(move |tx| {
                Box::pin(async move { outbox::sending_before(tx, channel, held.fence).await })
            })
            .await?;
        for row in rows.into_iter().filter(|row| !here.contains(&row.id)) {
            if held.covers(row.fence) {
                self.put_back(row).await?;
            } else {
                self.write_outcome(Arc::new(interrupted(row))).await?;
            }
        }
        Ok(())
    }

    /// A row that was marked here while its mark was thought to have failed: nobody began with it.
    async fn put_back(&self, row: Leaving) -> Result<(), StoreError> {
        tracing::info!(outbox = %row.id, "a row was marked as being sent, and never begun");
        let attempt = row.attempt();
        self.store
            .write(move |tx| {
                let attempt = attempt.clone();
                Box::pin(async move { outbox::put_back(tx, &attempt).await })
            })
            .await
    }
}

/// A row that an earlier holder was sending.
fn interrupted(row: Leaving) -> Outcome {
    tracing::warn!(outbox = %row.id, "a send was interrupted");
    let why = "the process stopped while it was being sent".to_owned();
    Outcome {
        begun_at: row.unknown_since.unwrap_or_default(),
        row,
        place: None,
        result: Err(DeliveryError::Unknown { why }),
        was_tried: true,
    }
}

/// Certainly not sent, and to be tried again by whoever may.
pub(super) fn at_once(why: &str) -> DeliveryError {
    DeliveryError::NotSent {
        why: why.to_owned(),
        retry_after: Some(Millis(0)),
    }
}
