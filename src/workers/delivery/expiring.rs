//! Answers of the bot that waited too long: they are not sent, and a person answers instead.
//!
//! Invariant: taking a row off and telling the intake of it are one commit, so each is told once.

use super::Delivery;
use crate::store::outbox::heads;
use crate::store::{StoreError, Tx};
use crate::workers::report::Outcome as Word;

/// The most rows that are taken off in one commit.
const ROWS_PER_COMMIT_MAX: i64 = 200;

impl Delivery {
    /// Takes off what is too old to be sent, where it is time to look for that.
    pub(super) async fn expire(&self) -> Result<(), StoreError> {
        let (channel, now) = (self.channel.kind(), self.clock.now());
        if !self.scheduling.is_time_to_expire(now) {
            return Ok(());
        }
        loop {
            {
                // Looking first keeps an idle program from committing every second.
                let mut tx = self.store.read().await?;
                if !heads::has_expired(&mut tx, channel, now).await? {
                    return Ok(());
                }
            }
            let delivery = self.clone();
            let off = self.store.write(move |tx| {
                let delivery = delivery.clone();
                Box::pin(async move { delivery.expire_in(tx).await })
            });
            let off = off.await?;
            metrics::counter!("careline_answers_too_old_total", "channel" => channel.name())
                .increment(off);
            self.wakes.arrivals.notify_one();
        }
    }

    async fn expire_in(&self, tx: &mut Tx) -> Result<u64, StoreError> {
        let (channel, now) = (self.channel.kind(), self.clock.now());
        let rows = heads::expire(tx, channel, now, ROWS_PER_COMMIT_MAX).await?;
        let mut off = 0;
        for (id, conversation) in rows {
            self.report(tx, &conversation, &id, Word::TooOld, now)
                .await?;
            off += 1;
        }
        Ok(off)
    }
}
