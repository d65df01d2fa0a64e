//! Keeps the stored figures fresh, so that a report finds little left to be computed.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::sla::plan::Policy;
use crate::store::figures::{self, Period};
use crate::store::{Store, StoreError};

/// How often it is looked what has changed: a report computes at most so much by itself.
const RENEW_EVERY: Duration = Duration::from_secs(60);
/// Every day that there is.
const ALWAYS: Period = Period {
    from: i64::MIN,
    until: i64::MAX,
};

/// Computes anew what has changed.
#[derive(Clone)]
pub struct FigureRenewal {
    /// Where they are kept.
    pub store: Store,
    /// The policy of the settings.
    pub usual: Policy,
}

impl FigureRenewal {
    /// Looks again and again until `stop`.
    pub async fn run(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                renewed = self.tick() => {
                    if let Err(error) = renewed {
                        tracing::error!(%error, "figures could not be computed anew; trying again");
                    }
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(RENEW_EVERY) => {}
            }
        }
    }

    /// Computes all that is marked now; says how many lines and days.
    pub async fn tick(&self) -> Result<usize, StoreError> {
        figures::renew(&self.store, &self.usual, ALWAYS).await
    }
}
