//! Leases as the workers hold them: taken, renewed, given back, and taken over from a process that
//! is gone.
//!
//! Invariants: a lease that cannot be renewed counts as lost before another process may take it;
//! each holder has a higher fence than the one before. A holder that was paused past its end may
//! still finish what it had begun: whoever takes over reconciles that, and repeats nothing.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use crate::clock::Clock;
use crate::domain::time::{Millis, Timestamp};
use crate::store::{Store, StoreError, leases};

/// How long a lease runs without being renewed. A lost process is taken over this much later, at
/// the most; sooner where it is known to be gone ([`Tenant::is_gone`]).
pub const LEASE_LENGTH: Millis = Millis::seconds(4);
/// How long after the last renewal the next is due: three may fail before the lease is lost.
pub const RENEW_AFTER: Millis = Millis::seconds(1);
/// Nothing is begun this shortly before the end.
const MARGIN: Millis = Millis(500);
/// How often a holder looks whether to renew, and a process in waiting whether the lease is free.
pub const LEASE_LOOK_EVERY: Duration = Duration::from_millis(250);
/// The end of a lease that nobody else can want.
const FOR_GOOD: Timestamp = Timestamp(i64::MAX);

/// Who holds leases: one running process.
#[derive(Clone)]
pub struct Tenant {
    /// What it is called: another name at every start.
    pub name: String,
    /// Whether no other process can be at work on this database: then leases need no renewal.
    pub is_alone: bool,
    /// Whether the process of that name is known to be gone, so that its leases are free at once.
    pub is_gone: Arc<dyn Fn(&str) -> bool + Send + Sync>,
}

impl Tenant {
    /// The only process on its database, as on SQLite: whoever held a lease before is gone.
    pub fn alone(name: String) -> Tenant {
        Tenant {
            name,
            is_alone: true,
            is_gone: Arc::new(|_| true),
        }
    }

    /// One of several: it knows nothing of the others but the ends of their leases.
    pub fn among_others(name: String) -> Tenant {
        Tenant {
            name,
            is_alone: false,
            is_gone: Arc::new(|_| false),
        }
    }
}

/// One lease, as this process sees it. Cheap to clone; all clones share what is held.
#[derive(Clone)]
pub struct Lease {
    store: Store,
    clock: Arc<dyn Clock>,
    tenant: Tenant,
    name: Arc<str>,
    holding: Arc<Mutex<Option<Held>>>,
}

/// A lease that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The number of this holding.
    pub fence: i64,
    /// The first number since which nobody else held it.
    pub first: i64,
    renewed_at: Timestamp,
    renew_at: Timestamp,
    until: Timestamp,
}

impl Held {
    /// Whether what was begun under that fence belongs to this unbroken holding.
    pub fn covers(&self, fence: i64) -> bool {
        (self.first..=self.fence).contains(&fence)
    }
}

impl Lease {
    /// The lease of that name, not held yet.
    pub fn new(store: Store, clock: Arc<dyn Clock>, tenant: Tenant, name: String) -> Lease {
        Lease {
            store,
            clock,
            tenant,
            name: name.into(),
            holding: Arc::default(),
        }
    }

    /// What the lease is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who this process is.
    pub fn owner(&self) -> &str {
        &self.tenant.name
    }

    /// The holding, as long as it lasts by the clock.
    pub fn held(&self) -> Option<Held> {
        let now = self.clock.now();
        self.holding().filter(|held| now + MARGIN < held.until)
    }

    /// Renews the lease where that is due, takes it where it is free; `None` where another process
    /// has it.
    pub async fn keep(&self) -> Result<Option<Held>, StoreError> {
        if self.renewed().await? {
            return Ok(self.held());
        }
        self.take().await
    }

    /// Renews while it is held; never ends.
    pub async fn keep_renewing(&self) {
        loop {
            tokio::time::sleep(LEASE_LOOK_EVERY).await;
            if let Err(error) = self.renewed().await {
                tracing::warn!(lease = %self.name, %error, "the lease could not be renewed; trying again");
            }
        }
    }

    /// Takes a lease that is held once more, under the next fence: whatever is still on its way to
    /// the database under the present one is there before this returns, or never will be.
    pub async fn take_anew(&self) -> Result<(), StoreError> {
        let Some(before) = self.holding() else {
            return Ok(());
        };
        let now = self.clock.now();
        if self.holds_in_the_database(before).await?
            && let Some(fence) = self.take_from(now, self.tenant.name.clone()).await?
        {
            self.hold(now, fence, before.first);
        } else {
            self.lost(before);
        }
        Ok(())
    }

    /// Gives it back: another process may take it at once.
    pub async fn release(&self) {
        let Some(held) = self.holding() else {
            return;
        };
        self.lost(held);
        let (name, owner) = (self.name.clone(), self.tenant.name.clone());
        let given_back = self.store.write(move |tx| {
            let (name, owner) = (name.clone(), owner.clone());
            Box::pin(async move {
                leases::renew(tx, &name, &owner, held.fence, Timestamp::default()).await
            })
        });
        if let Err(error) = given_back.await {
            tracing::warn!(lease = %self.name, %error, "the lease could not be given back: it ends by itself");
        }
    }

    /// Waits until it is not held any more, by the clock.
    pub async fn ended(&self) {
        self.comes_to(|| self.held().is_none()).await;
    }

    /// Waits until another process is known to have taken it: while the database is away, nobody
    /// can know.
    pub async fn is_taken(&self) {
        self.comes_to(|| self.holding().is_none()).await;
    }

    /// Waits until it has come to that; looks whenever it is polled, and now and then.
    async fn comes_to(&self, has_come: impl Fn() -> bool) {
        let mut looks = tokio::time::interval(LEASE_LOOK_EVERY);
        poll_fn(|context| {
            while looks.poll_tick(context).is_ready() {}
            if has_come() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }

    /// Whether it is held, after a renewal where that is due.
    async fn renewed(&self) -> Result<bool, StoreError> {
        let Some(held) = self.holding() else {
            return Ok(false);
        };
        let now = self.clock.now();
        // A clock that was set back is no reason to rest.
        if (held.renewed_at..held.renew_at).contains(&now) {
            return Ok(true);
        }
        let until = self.ends(now);
        let (name, owner) = (self.name.clone(), self.tenant.name.clone());
        let renewed = self
            .store
            .write(move |tx| {
                let (name, owner) = (name.clone(), owner.clone());
                Box::pin(async move { leases::renew(tx, &name, &owner, held.fence, until).await })
            })
            .await?;
        if renewed {
            self.hold(now, held.fence, held.first);
        } else {
            tracing::warn!(lease = %self.name, "another process has taken the lease");
            self.lost(held);
        }
        Ok(renewed)
    }

    async fn take(&self) -> Result<Option<Held>, StoreError> {
        let now = self.clock.now();
        let found = {
            let mut tx = self.store.read().await?;
            leases::find(&mut tx, &self.name).await?
        };
        let gone = match found {
            Some(row) if now < row.until => {
                if row.owner != self.tenant.name && !(self.tenant.is_gone)(&row.owner) {
                    return Ok(None);
                }
                row.owner
            }
            Some(_) | None => self.tenant.name.clone(),
        };
        let Some(fence) = self.take_from(now, gone).await? else {
            return Ok(None);
        };
        tracing::info!(lease = %self.name, fence, "the lease is ours");
        self.hold(now, fence, fence);
        Ok(self.held())
    }

    async fn take_from(&self, now: Timestamp, gone: String) -> Result<Option<i64>, StoreError> {
        let (name, owner, until) = (self.name.clone(), self.tenant.name.clone(), self.ends(now));
        self.store
            .write(move |tx| {
                let (name, owner, gone) = (name.clone(), owner.clone(), gone.clone());
                Box::pin(async move { leases::take(tx, &name, &owner, now, until, &gone).await })
            })
            .await
    }

    async fn holds_in_the_database(&self, held: Held) -> Result<bool, StoreError> {
        let mut tx = self.store.read().await?;
        let row = leases::find(&mut tx, &self.name).await?;
        Ok(row.is_some_and(|row| row.owner == self.tenant.name && row.fence == held.fence))
    }

    fn ends(&self, now: Timestamp) -> Timestamp {
        if self.tenant.is_alone {
            FOR_GOOD
        } else {
            now + LEASE_LENGTH
        }
    }

    fn hold(&self, now: Timestamp, fence: i64, first: i64) {
        let renew_at = if self.tenant.is_alone {
            FOR_GOOD
        } else {
            now + RENEW_AFTER
        };
        self.with(|holding| {
            *holding = Some(Held {
                fence,
                first,
                renewed_at: now,
                renew_at,
                until: self.ends(now),
            });
        });
    }

    fn lost(&self, before: Held) {
        self.with(|holding| {
            if holding.is_some_and(|held| held.fence == before.fence) {
                *holding = None;
            }
        });
    }

    fn holding(&self) -> Option<Held> {
        self.with(|holding| *holding)
    }

    fn with<T>(&self, change: impl FnOnce(&mut Option<Held>) -> T) -> T {
        change(&mut self.holding.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
