//! The service levels in use: looked up now and then, so that every process follows a change.

use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::sla::plan::{self, Plans, Policy};
use crate::domain::time::{Millis, Timestamp};
use crate::store::plans::PlanText;
use crate::store::{Store, StoreError, plans};

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

/// The plans with one version more. It was read without a fault when it was put in; should a
/// newer program have other rules, it counts as empty and the log says so.
pub fn with_version(plans: Plans, version: &PlanText) -> Plans {
    let read = plan::read(&version.text, &version.files);
    let plan = read.unwrap_or_else(|faults| {
        let fault = faults.first().map(ToString::to_string).unwrap_or_default();
        tracing::error!(
            version = version.version,
            fault,
            "the plan of service levels does not read; the settings' targets count"
        );
        plan::Plan::default()
    });
    plans.with(version.version, plan)
}
