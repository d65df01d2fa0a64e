//! The service levels in use: looked up now and then, so that every process follows a change.

use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::sla::plan::{Plans, Policy};
use crate::domain::time::{Millis, Timestamp};
use crate::store::plans::{self, with_version};
use crate::store::{Store, StoreError};

/// How often it is looked whether there is a new version: a change counts this much later.
pub const LOOK_EVERY: Millis = Millis::seconds(1);

/// The plans in use.
#[derive(Debug)]
pub struct PlansInUse {
    last: Mutex<(Option<Timestamp>, Arc<Plans>)>,
}

impl PlansInUse {
    /// Only the usual policy, until the first look.
    pub fn new(usual: Policy) -> PlansInUse {
        PlansInUse {
            last: Mutex::new((None, Arc::new(Plans::new(usual)))),
        }
    }

    /// The plans now.
    pub fn now(&self) -> Arc<Plans> {
        Arc::clone(&self.last.lock().unwrap_or_else(PoisonError::into_inner).1)
    }

    /// Looks for new versions, where the last look is long ago.
    pub async fn look_up(&self, store: &Store, now: Timestamp) -> Result<(), StoreError> {
        let looked_at = self.last.lock().unwrap_or_else(PoisonError::into_inner).0;
        if looked_at.is_some_and(|at| (now - at).or_zero() < LOOK_EVERY) {
            return Ok(());
        }
        let mut tx = store.read().await?;
        let known = self.now();
        let newer = plans::after(&mut tx, known.version()).await?;
        let followed = newer.iter().fold(Plans::clone(&known), with_version);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = (Some(now), Arc::new(followed));
        Ok(())
    }
}
