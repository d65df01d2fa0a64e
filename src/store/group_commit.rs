//! The one writer of SQLite: takes jobs from everybody and lets those that wait at the same time
//! share one transaction, so that `synchronous=FULL` costs one sync for many small writes.
//!
//! Invariant: a job's caller hears `Ok` only after the commit that holds its changes. When a job
//! fails, everything is rolled back and the jobs run again one by one, each in a transaction of its
//! own, so that one bad job takes no other down. When the commit fails, nobody runs again: every
//! caller hears of it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::{Inner, Step, StoreError, Tx, Wire};

/// The most jobs in one transaction: bounds how long a commit is waited for.
const JOBS_PER_COMMIT_MAX: usize = 256;
/// The most jobs that wait; further callers wait for a place.
const JOBS_WAITING_MAX: usize = 4_096;

/// The callers' end. Cheap to clone.
#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Order>,
}

enum Order {
    Run(Box<dyn Job>),
    Close(oneshot::Sender<()>),
}

/// A job with its type erased: keeps its own result until the commit.
trait Job: Send {
    /// Runs it; a result from an earlier run is forgotten.
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, Result<(), StoreError>>;
    /// Tells the caller the outcome: the kept result, or that error.
    fn finish(self: Box<Self>, outcome: Result<(), StoreError>);
}

struct Waiting<T, F> {
    job: F,
    result: Option<T>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Waiting<T, F>
where
    T: Send + 'static,
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, StoreError>> + Send + Sync + 'static,
{
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, Result<(), StoreError>> {
        Box::pin(async move {
            self.result = None;
            let result = AssertUnwindSafe((self.job)(tx)).catch_unwind().await;
            self.result = Some(result.map_err(|_| StoreError::JobPanicked)??);
            tx.settle().await
        })
    }

    fn finish(self: Box<Self>, outcome: Result<(), StoreError>) {
        let answer = match (outcome, self.result) {
            (Ok(()), Some(value)) => Ok(value),
            (Ok(()), None) => Err(StoreError::Closed),
            (Err(error), _) => Err(error),
        };
        // A caller that went away no longer wants to know.
        let _ = self.caller.send(answer);
    }
}

impl Writer {
    /// Starts the writer on its own connection.
    pub(super) fn start(connection: SqliteConnection, wire: Option<Arc<dyn Wire>>) -> Writer {
        let (jobs, waiting) = mpsc::channel(JOBS_WAITING_MAX);
        tokio::spawn(run(
            Tx {
                inner: Inner::SqliteWrite(connection),
                later: Vec::new(),
                pooler: false,
                wire,
                _visit: None,
            },
            waiting,
        ));
        Writer { jobs }
    }

    pub(super) async fn write<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, StoreError>> + Send + Sync + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let order = Order::Run(Box::new(Waiting {
            job,
            result: None,
            caller,
        }));
        self.jobs
            .send(order)
            .await
            .map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Lets the waiting jobs finish and closes the connection.
    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.jobs.send(Order::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }
}

async fn run(mut tx: Tx, mut waiting: mpsc::Receiver<Order>) {
    let mut close = None;
    while close.is_none() {
        let Some(first) = waiting.recv().await else {
            break;
        };
        let mut batch = Vec::new();
        let mut next = Some(first);
        while let Some(order) = next.take() {
            match order {
                Order::Run(job) => batch.push(job),
                Order::Close(done) => close = Some(done),
            }
            if close.is_none() && batch.len() < JOBS_PER_COMMIT_MAX {
                next = waiting.try_recv().ok();
            }
        }
        commit_together(&mut tx, batch).await;
    }
    if let Inner::SqliteWrite(connection) = tx.inner
        && let Err(error) = connection.close().await
    {
        tracing::warn!(%error, "closing the database");
    }
    if let Some(done) = close {
        let _ = done.send(());
    }
}

async fn commit_together(tx: &mut Tx, mut batch: Vec<Box<dyn Job>>) {
    match transact(tx, &mut batch).await {
        Ok(()) => batch.into_iter().for_each(|job| job.finish(Ok(()))),
        // Run again, the jobs might be done twice: their callers look for themselves.
        Err(StoreError::NotCommitted(why)) => {
            for job in batch {
                job.finish(Err(StoreError::NotCommitted(Arc::clone(&why))));
            }
        }
        Err(error) if batch.len() == 1 => {
            if let Some(job) = batch.pop() {
                job.finish(Err(error));
            }
        }
        // One of the jobs may be the reason: each alone.
        Err(_) => {
            for mut job in batch {
                let outcome = transact(tx, std::slice::from_mut(&mut job)).await;
                job.finish(outcome);
            }
        }
    }
}

/// One transaction around all jobs; whatever fails, nothing remains open.
async fn transact(tx: &mut Tx, jobs: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    let _visit = match &tx.wire {
        Some(wire) => Some(wire.visit().await),
        None => None,
    };
    tx.passes(Step::Begin)?;
    execute(tx, "BEGIN IMMEDIATE").await?;
    for job in jobs.iter_mut() {
        if let Err(error) = job.run(tx).await {
            roll_back(tx).await;
            return Err(error);
        }
    }
    let committed = match tx.passes(Step::Commit) {
        Ok(()) => execute(tx, "COMMIT").await,
        Err(error) => Err(error),
    };
    if let Err(error) = committed {
        roll_back(tx).await;
        return Err(StoreError::NotCommitted(Arc::new(error)));
    }
    tx.passes(Step::Committed)
        .map_err(|error| StoreError::NotCommitted(Arc::new(error)))
}

async fn roll_back(tx: &mut Tx) {
    tx.forget();
    // After some errors SQLite has rolled back by itself: then this one's refusal says nothing.
    if let Err(error) = execute(tx, "ROLLBACK").await {
        tracing::debug!(%error, "rolling back");
    }
}

async fn execute(tx: &mut Tx, statement: &'static str) -> Result<(), StoreError> {
    match &mut tx.inner {
        Inner::SqliteWrite(connection) => {
            sqlx::raw_sql(statement).execute(connection).await?;
            Ok(())
        }
        Inner::SqliteRead(_) | Inner::Postgres(_) | Inner::PostgresRead(_) => {
            Err(StoreError::Closed)
        }
    }
}
