//! The delivery: takes due rows of one channel's outbox, has the channel do them, and writes what
//! became of each.
//!
//! Invariant: a row is marked as being sent, in a commit, before the channel hears of it; so after
//! a crash it is known which outcomes are unknown. What may have arrived is never repeated, unless
//! the channel can find out (Discord's nonce and history, the web's own log) or a person says so.
//! One process at a time delivers for a bot: the holder of its lease.

pub mod budget;
pub mod gate;
mod holding;
mod outcome;
#[cfg(test)]
mod tests;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use metrics::{counter, histogram};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::budget::Budget;
use self::gate::{Gate, Says};
pub use self::holding::Holding;
use self::holding::at_once;
use crate::channels::{Channel, DeliveryError, FindingLevel};
use crate::clock::{Clock, IdSource};
use crate::domain::outgoing::{Act, Outgoing, Receipt};
use crate::domain::place::ChannelKind;
use crate::domain::time::{Millis, Timestamp};
use crate::store::outbox::{Leaving, Target};
use crate::store::{Store, StoreError, leases, outbox, rooms};
use crate::workers::lease::{Held, LEASE_LOOK_EVERY};
use crate::workers::{LOOK_EVERY, Wakes};

/// Discord dedupes by the nonce; this is the most of its length that we use.
const NONCE_CHARS_MAX: usize = 25;

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
    /// What the platform allows.
    pub budget: Arc<Budget>,
    /// Whether it may send, after an outcome that nobody knows.
    pub gate: Arc<Gate>,
    /// Whether this process is the one that delivers.
    pub holding: Arc<Holding>,
    /// Workers to wake.
    pub wakes: Wakes,
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
        let mut under_way = JoinSet::new();
        while !stop.is_cancelled() {
            let held = match self.held().await {
                Ok(held) => held,
                Err(error) => {
                    tracing::error!(%error, "the delivery's lease could not be looked at; trying again");
                    None
                }
            };
            let Some(held) = held else {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(LEASE_LOOK_EVERY) => {}
                }
                continue;
            };
            let open = tokio::select! {
                () = stop.cancelled() => break,
                open = self.may_send() => open,
            };
            let free = match open {
                true => self.window.saturating_sub(under_way.len()),
                false => 0,
            };
            let began = match self.begin(held, free, &mut under_way).await {
                Ok(began) => began,
                Err(error) => {
                    tracing::error!(%error, "the outbox could not be read; trying again");
                    0
                }
            };
            if began > 0 && under_way.len() < self.window {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                Some(_) = under_way.join_next(), if !under_way.is_empty() => {}
                () = self.wakes.outgoing.notified(), if under_way.len() < self.window => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        while under_way.join_next().await.is_some() {}
    }

    /// Sends what is due now and waits for its outcomes; says how many rows that were. Nothing
    /// where another process delivers.
    pub async fn tick(&self) -> Result<usize, StoreError> {
        let Some(held) = self.held().await? else {
            return Ok(0);
        };
        if !self.may_send().await {
            return Ok(0);
        }
        let mut under_way = JoinSet::new();
        let began = self.begin(held, self.window, &mut under_way).await?;
        while under_way.join_next().await.is_some() {}
        Ok(began)
    }

    /// Whether anything may be begun; looks whether the platform answers where that is due.
    async fn may_send(&self) -> bool {
        match self.gate.says(self.clock.now()) {
            Says::Open => true,
            Says::Wait => false,
            Says::Look => {
                let channel = self.channel.kind();
                let findings = self.channel.probe().await;
                // A desk that is not set up well is no reason to leave customers without answers.
                let away = findings.iter().any(|finding| {
                    finding.level == FindingLevel::Fail && finding.subject.ends_with(".token")
                });
                self.gate.looked(!away, self.clock.now());
                if away {
                    tracing::warn!(%channel, "the platform does not answer: nothing is sent");
                }
                !away
            }
        }
    }

    /// Marks up to `most` due rows and begins to send them; says how many.
    async fn begin(
        &self,
        held: Held,
        most: usize,
        under_way: &mut JoinSet<()>,
    ) -> Result<usize, StoreError> {
        if most == 0 {
            return Ok(0);
        }
        let now = self.clock.now();
        let allowed = self.budget.allows(now).min(most);
        if allowed == 0 {
            return Ok(0);
        }
        let rows = self.take(held, now, allowed).await?;
        let began = rows.len();
        self.budget.spend(now, began);
        for row in rows {
            let delivery = self.clone();
            delivery.holding.begins(&row.id);
            under_way.spawn(async move { delivery.one(row).await });
        }
        Ok(began)
    }

    async fn take(
        &self,
        held: Held,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<Leaving>, StoreError> {
        let channel = self.channel.kind();
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        {
            // Looking first keeps an idle program from committing ten times a second.
            let mut tx = self.store.read().await?;
            match outbox::next_due(&mut tx, channel).await? {
                Some(due) if due <= now => {}
                Some(_) | None => return Ok(Vec::new()),
            }
        }
        let (lease, fence) = (self.holding.lease.clone(), held.fence);
        let taken = self.store.write(move |tx| {
            let lease = lease.clone();
            Box::pin(async move {
                if !leases::holds(tx, lease.name(), lease.owner(), fence).await? {
                    return Ok(Vec::new());
                }
                outbox::take_due(tx, channel, fence, now, most).await
            })
        });
        taken.await.inspect_err(|_| self.holding.doubts())
    }

    /// Sends one row and writes what became of it; the database is waited for as long as it takes,
    /// since only this task knows the outcome.
    async fn one(&self, row: Leaving) {
        let started = self.clock.now();
        let mut was_tried = true;
        let result = match self.outgoing(&row).await {
            Ok(Some(outgoing)) => {
                let place = outgoing.place.clone();
                match self.budget.holds_group(&place, &outgoing.act, started) {
                    Some(wait) => {
                        was_tried = false;
                        (Some(place), Err(group_is_full(wait)))
                    }
                    None if !self.holds(&row) => {
                        was_tried = false;
                        (Some(place), Err(at_once("another process delivers now")))
                    }
                    None => (Some(place), self.deliver(&outgoing).await),
                }
            }
            Ok(None) => (None, Err(no_room())),
            Err(error) => {
                tracing::error!(outbox = %row.id, %error, "the room could not be looked up");
                (
                    None,
                    Err(DeliveryError::NotSent {
                        why: "database".to_owned(),
                        retry_after: None,
                    }),
                )
            }
        };
        let (place, result) = result;
        count(
            self.channel.kind(),
            &result,
            self.clock.now() - row.created_at,
        );
        let outcome = Arc::new(outcome::Outcome {
            row,
            place,
            result,
            was_tried,
        });
        while let Err(error) = self.write_outcome(Arc::clone(&outcome)).await {
            if matches!(error, StoreError::Closed) {
                break;
            }
            tracing::error!(outbox = %outcome.row.id, %error, "an outcome could not be written; trying again");
            tokio::time::sleep(LOOK_EVERY).await;
        }
        self.holding.ends(&outcome.row.id);
    }

    /// Whether the row is still this process's to send.
    fn holds(&self, row: &Leaving) -> bool {
        let held = self.holding.lease.held();
        held.is_some_and(|held| held.covers(row.fence))
    }

    async fn deliver(&self, outgoing: &Outgoing) -> Result<Receipt, DeliveryError> {
        let delivering = AssertUnwindSafe(self.channel.deliver(outgoing));
        // The row must not stay `sending` for ever: what a panic left behind is not known.
        let result = delivering.catch_unwind().await.unwrap_or_else(|_| {
            Err(DeliveryError::Unknown {
                why: "the channel failed in an unforeseen way".to_owned(),
            })
        });
        let now = self.clock.now();
        match &result {
            Err(DeliveryError::NotSent {
                retry_after: Some(wait),
                ..
            }) => self.budget.pushed_back(&outgoing.place, now, *wait),
            // Elsewhere an unknown outcome is found out, and costs nothing.
            Err(DeliveryError::Unknown { .. })
                if self.channel.kind() == ChannelKind::Telegram && self.gate.close(now) =>
            {
                tracing::warn!(outbox = %outgoing.id, "an outcome is not known: sending stops until the platform answers");
            }
            Ok(_)
            | Err(
                DeliveryError::NotSent { .. }
                | DeliveryError::Unknown { .. }
                | DeliveryError::Refused { .. },
            ) => {}
        }
        result
    }

    /// The row as the channel wants it; `None` where its room does not exist (any more).
    async fn outgoing(&self, row: &Leaving) -> Result<Option<Outgoing>, StoreError> {
        let (place, act) = match &row.target {
            Target::Place(place) => (place.clone(), row.act.clone()),
            Target::Room(desk) => {
                let mut tx = self.store.read().await?;
                let Some(room) = rooms::of(&mut tx, &row.conversation, *desk).await? else {
                    return Ok(None);
                };
                let act = match (&row.act, room.card) {
                    (Act::Edit { text, buttons, .. }, Some(card)) => Act::Edit {
                        message: card,
                        text: text.clone(),
                        buttons: buttons.clone(),
                    },
                    (Act::Edit { .. }, None) => return Ok(None),
                    (act, _) => act.clone(),
                };
                (room.place, act)
            }
        };
        let nonce_start = row.id.0.len().saturating_sub(NONCE_CHARS_MAX);
        Ok(Some(Outgoing {
            id: row.id.clone(),
            nonce: row.id.0[nonce_start..].to_owned(),
            place,
            act,
            unknown_since: row.unknown_since,
        }))
    }
}

fn no_room() -> DeliveryError {
    DeliveryError::Refused {
        refusal: crate::channels::Refusal::MessageGone,
        why: "there is no room (any more)".to_owned(),
    }
}

fn group_is_full(wait: Millis) -> DeliveryError {
    DeliveryError::NotSent {
        why: "the group's budget".to_owned(),
        retry_after: Some(wait),
    }
}

fn count(channel: ChannelKind, result: &Result<Receipt, DeliveryError>, age: Millis) {
    let word = match result {
        Ok(_) => "sent",
        Err(DeliveryError::NotSent { .. }) => "not-sent",
        Err(DeliveryError::Unknown { .. }) => "unknown",
        Err(DeliveryError::Refused { .. }) => "refused",
    };
    counter!("careline_deliveries_total", "channel" => channel.name(), "outcome" => word)
        .increment(1);
    if result.is_ok() {
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds of one delivery fit"
        )]
        let seconds = age.or_zero().0 as f64 / 1_000.0;
        histogram!("careline_delivery_seconds", "channel" => channel.name()).record(seconds);
    }
}
