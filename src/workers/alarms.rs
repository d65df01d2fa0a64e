//! The alarms: timers that are due become arrivals, each exactly once.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, IdSource};
use crate::store::{Store, StoreError, inbox, timers};
use crate::workers::report::Alarm;
use crate::workers::{LOOK_EVERY, Wakes};

/// The most timers that are fired in one commit.
const TIMERS_PER_COMMIT_MAX: i64 = 200;

/// Fires timers.
#[derive(Clone)]
pub struct Alarms {
    /// Where timers are kept.
    pub store: Store,
    /// What tells that they are due.
    pub clock: Arc<dyn Clock>,
    /// Ids of the arrivals.
    pub ids: Arc<dyn IdSource>,
    /// The intake to wake.
    pub wakes: Wakes,
}

impl Alarms {
    /// Looks again and again until `stop`.
    pub async fn run(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.tick().await {
                tracing::error!(%error, "timers could not be fired; trying again");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Fires what is due now; says how many. Taking the timer off and putting the arrival in is
    /// one commit: no timer fires twice, none is lost.
    pub async fn tick(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        {
            // Looking first keeps an idle program from committing ten times a second.
            let mut tx = self.store.read().await?;
            match timers::next_due(&mut tx).await? {
                Some(due) if due <= now => {}
                Some(_) | None => return Ok(0),
            }
        }
        let due = self
            .store
            .write(move |tx| {
                Box::pin(async move { timers::due(tx, now, TIMERS_PER_COMMIT_MAX).await })
            })
            .await?;
        let mut arrivals = Vec::new();
        for timer in due {
            let alarm = Alarm {
                conversation: timer.conversation.clone(),
                kind: timer.kind,
            };
            let arrival = alarm
                .arrival(self.ids.id().into(), timer.due_at, now)
                .map_err(|error| StoreError::Unreadable {
                    what: "timers",
                    why: error.to_string(),
                })?;
            arrivals.push((timer, arrival));
        }
        let arrivals = Arc::new(arrivals);
        let fired = self
            .store
            .write(move |tx| {
                let arrivals = Arc::clone(&arrivals);
                Box::pin(async move {
                    let mut fired = 0;
                    for (timer, arrival) in arrivals.iter() {
                        if timers::take(tx, timer).await? {
                            inbox::insert(tx, arrival).await?;
                            fired += 1;
                        }
                    }
                    Ok(fired)
                })
            })
            .await?;
        if fired > 0 {
            self.wakes.arrivals.notify_one();
        }
        Ok(fired)
    }
}
