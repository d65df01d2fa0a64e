//! The wire to the database of one simulated process: it can be cut at any step, and lets one
//! visit follow the other, so that nothing depends on which thread was faster.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use careline::store::{Step, StoreError, Visit, Wire};
use futures_util::future::BoxFuture;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How a step fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// The process ends there.
    Crash,
    /// The database says no, once.
    Fails,
}

/// The wire.
pub struct Cut {
    state: Mutex<State>,
    turn: Arc<Semaphore>,
    visits: AtomicU64,
    over: Arc<AtomicU64>,
    commits: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    dead: bool,
    away: bool,
    armed: Option<(u32, Manner)>,
    failed: bool,
}

impl Cut {
    /// A whole wire.
    pub fn new() -> Arc<Cut> {
        Arc::new(Cut {
            state: Mutex::default(),
            turn: Arc::new(Semaphore::new(1)),
            visits: AtomicU64::new(0),
            over: Arc::default(),
            commits: AtomicU64::new(0),
        })
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().expect("no panic while it is held"))
    }

    /// From the `steps`-th step on from now it is cut.
    pub fn arm(&self, steps: u32, manner: Manner) {
        self.with(|state| state.armed = Some((steps, manner)));
    }

    /// It is whole again, where it had not been reached.
    pub fn disarm(&self) {
        self.with(|state| state.armed = None);
    }

    /// The database is away, or back.
    pub fn set_away(&self, away: bool) {
        self.with(|state| state.away = away);
    }

    /// The process ends here.
    pub fn kill(&self) {
        self.with(|state| state.dead = true);
    }

    /// Whether the process has ended.
    pub fn is_dead(&self) -> bool {
        self.with(|state| state.dead)
    }

    /// Whether a step failed since this was last asked.
    pub fn has_failed(&self) -> bool {
        self.with(|state| std::mem::take(&mut state.failed))
    }

    /// How many visits there were.
    pub fn visits(&self) -> u64 {
        self.visits.load(Ordering::Relaxed)
    }

    /// How many transactions were committed.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Waits until nobody is at the database and nobody who could go there is about to.
    pub async fn quiet(&self) {
        loop {
            if let Ok(turn) = self.turn.acquire().await {
                drop(turn);
            }
            let before = self.comings_and_goings();
            others_run().await;
            if self.turn.available_permits() == 1 && self.comings_and_goings() == before {
                return;
            }
        }
    }

    fn comings_and_goings(&self) -> (u64, u64) {
        (self.visits(), self.over.load(Ordering::Relaxed))
    }
}

/// Everybody else runs until they wait for something: after that only the caller goes on. One
/// round is not enough, since the runtime lets a busy task wait for a round too.
async fn others_run() {
    for _ in 0..4 {
        tokio::task::yield_now().await;
    }
}

/// A visit under way.
struct Turn {
    _permit: Option<OwnedSemaphorePermit>,
    over: Arc<AtomicU64>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.over.fetch_add(1, Ordering::Relaxed);
    }
}

fn broken() -> StoreError {
    StoreError::Database(sqlx::Error::Io(std::io::Error::other("the wire is cut")))
}

impl Wire for Cut {
    fn passes(&self, step: Step) -> Result<(), StoreError> {
        if step == Step::Committed {
            self.commits.fetch_add(1, Ordering::Relaxed);
        }
        self.with(|state| {
            if state.dead {
                return Err(StoreError::Closed);
            }
            if state.away && step != Step::Committed {
                state.failed = true;
                return Err(broken());
            }
            let Some((left, manner)) = state.armed else {
                return Ok(());
            };
            if left > 0 {
                state.armed = Some((left - 1, manner));
                return Ok(());
            }
            state.armed = None;
            state.failed = true;
            match manner {
                Manner::Crash => {
                    state.dead = true;
                    Err(StoreError::Closed)
                }
                Manner::Fails => Err(broken()),
            }
        })
    }

    fn visit(&self) -> BoxFuture<'static, Visit> {
        self.visits.fetch_add(1, Ordering::Relaxed);
        let turn = Arc::clone(&self.turn);
        let over = Arc::clone(&self.over);
        Box::pin(async move {
            let turn = Turn {
                _permit: turn.acquire_owned().await.ok(),
                over,
            };
            others_run().await;
            Box::new(turn) as Visit
        })
    }
}
