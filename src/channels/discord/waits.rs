//! Waiting out what passes: growing pauses, and arrivals that the store must take.
//!
//! Invariant: an arrival is handed to the store until it is taken; nothing goes on before.

use std::time::Duration;

use super::Pauses;
use super::fault::Fault;
use crate::channels::{Arrival, Inlet};
use crate::domain::time::Millis;

/// Growing pauses.
pub struct Waits {
    next: Duration,
    first: Duration,
    most: Duration,
}

impl Waits {
    /// Pauses as they are set.
    pub fn new(pauses: &Pauses) -> Waits {
        Waits {
            next: pauses.first,
            first: pauses.first,
            most: pauses.most,
        }
    }

    /// Waits: as long as was asked for, otherwise longer each time.
    pub async fn pause(&mut self, asked: Option<Millis>) {
        let length = asked.map_or(self.next, Millis::as_std);
        self.next = (self.next * 2).min(self.most);
        tokio::time::sleep(length).await;
    }

    /// Waits a disturbance out; false where it is not one that passes.
    pub async fn pass(&mut self, fault: &Fault) -> bool {
        match fault {
            Fault::NotSent { retry_after, .. } => self.pause(*retry_after).await,
            Fault::Unknown { .. } => self.pause(None).await,
            Fault::Unauthorised | Fault::Refused { .. } => return false,
        }
        true
    }

    /// Begins anew, after something went well.
    pub fn reset(&mut self) {
        self.next = self.first;
    }
}

/// Stores arrivals, however long the store needs.
pub async fn take(inlet: &dyn Inlet, arrivals: Vec<Arrival>, waits: &mut Waits) {
    if arrivals.is_empty() {
        return;
    }
    while let Err(error) = inlet.take(arrivals.clone()).await {
        tracing::warn!(%error, count = arrivals.len(), "arrivals wait for the store");
        waits.pause(None).await;
    }
    waits.reset();
}
