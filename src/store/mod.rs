//! REMEMBERS. All SQL of the program, one file per family of tables.
//!
//! [`Store`] is one of two databases, chosen by the URL's scheme. A statement is one text with
//! `$n` parameters above the function that runs it; `on!` expands a body for both drivers.
//!
//! A bound `LIMIT` is written `LIMIT $n + 0`: SQLite plans a statement by the value of a bare one,
//! and so prepares it anew for each execution.
//!
//! Invariants: no other module writes SQL; nothing in here decides; every change goes through
//! [`Store::write`], which on SQLite lets concurrent small writes share one commit; no network
//! call of a channel ever happens inside it.

mod answers;
pub mod answers_given;
mod backup;
pub mod budgets;
pub mod buttons;
pub mod care;
pub mod conversations;
pub mod customers;
pub mod dialogues;
pub mod drafts;
pub mod figures;
pub mod gaps;
mod group_commit;
pub mod heard;
pub mod inbox;
pub mod joined;
pub mod knowledge;
mod later;
pub mod leases;
pub mod messages;
pub mod one_person;
mod open;
pub mod outbox;
pub mod plans;
mod postgres;
pub mod remembered;
pub mod reports;
pub mod rooms;
pub mod settling;
pub mod sign_in;
mod sole_use;
pub mod staff;
pub mod standing;
pub mod timeline;
pub mod timers;
mod trouble;
pub mod views;
pub mod web_log;
mod wire;
pub mod wording_tests;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction};

pub use open::{MIGRATIONS, OpenError, Way};
pub use postgres::PostgresConn;
pub use sole_use::SoleUse;
pub use wire::{Step, Visit, Wire};

/// Runs one body with the connection of whichever database it is.
///
/// `on!(tx, |conn| sqlx::query(SQL).bind(x).execute(conn).await)`: `conn` is the driver's own
/// `&mut` connection; the body must have one type for both drivers, so turn driver results into
/// plain values inside it.
macro_rules! on {
    ($tx:expr, |$conn:ident| $body:expr) => {
        match $tx.conn().await? {
            $crate::store::Conn::Sqlite($conn) => $body,
            $crate::store::Conn::Postgres($conn) => $body,
        }
    };
}
pub(crate) use on;

pub(crate) use later::later;

/// How often a transaction that the server ended for a deadlock is run.
const DEADLOCK_TRIES_MAX: u32 = 8;

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    backend: Backend,
    wire: Option<Arc<dyn Wire>>,
    writable: Arc<trouble::Writable>,
}

#[derive(Clone)]
enum Backend {
    Sqlite {
        readers: SqlitePool,
        writer: group_commit::Writer,
    },
    Postgres {
        pool: PgPool,
        /// Whether a pooler in transaction mode stands before it.
        pooler: bool,
    },
}

/// A connection to read by, or a transaction that is being written.
pub struct Tx {
    inner: Inner,
    later: Vec<later::Later>,
    pooler: bool,
    wire: Option<Arc<dyn Wire>>,
    /// The visit that reading is.
    _visit: Option<Visit>,
}

enum Inner {
    SqliteWrite(SqliteConnection),
    SqliteRead(PoolConnection<Sqlite>),
    /// What is being written, or through a pooler read.
    Postgres(Transaction<'static, Postgres>),
    PostgresRead(PoolConnection<Postgres>),
}

/// The driver's connection: what `on!` matches.
pub enum Conn<'c> {
    /// SQLite.
    Sqlite(&'c mut SqliteConnection),
    /// PostgreSQL.
    Postgres(PostgresConn<'c>),
}

impl Tx {
    /// The driver's connection, for one statement.
    pub async fn conn(&mut self) -> Result<Conn<'_>, StoreError> {
        self.settle().await?;
        self.next_statement()
    }

    /// The same whatever waits to be run before it.
    fn next_statement(&mut self) -> Result<Conn<'_>, StoreError> {
        self.passes(Step::Statement)?;
        let conn: &mut PgConnection = match &mut self.inner {
            Inner::SqliteWrite(conn) => return Ok(Conn::Sqlite(conn)),
            Inner::SqliteRead(conn) => return Ok(Conn::Sqlite(conn)),
            Inner::Postgres(transaction) => transaction,
            Inner::PostgresRead(conn) => conn,
        };
        let pooler = self.pooler;
        Ok(Conn::Postgres(PostgresConn { conn, pooler }))
    }

    fn passes(&self, step: Step) -> Result<(), StoreError> {
        match &self.wire {
            Some(wire) => wire.passes(step),
            None => Ok(()),
        }
    }

    /// The rare difference: the first text on SQLite, the second on PostgreSQL.
    pub fn either(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self.inner {
            Inner::SqliteWrite(_) | Inner::SqliteRead(_) => sqlite,
            Inner::Postgres(_) | Inner::PostgresRead(_) => postgres,
        }
    }
}

/// Why the database did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said so; the transaction was rolled back.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// A stored value does not read back as what it should be.
    #[error("stored value of {what} does not read back: {why}")]
    Unreadable {
        /// Table and column.
        what: &'static str,
        /// What is wrong, without the value.
        why: String,
    },
    /// The commit failed, and with it what all its neighbours had asked for; it may have been
    /// applied all the same.
    #[error("the commit failed: {0}")]
    NotCommitted(Arc<StoreError>),
    /// The writer has stopped: the program is going down.
    #[error("the store is closed")]
    Closed,
    /// A job panicked; its transaction was rolled back.
    #[error("a database job failed in an unforeseen way")]
    JobPanicked,
}

impl StoreError {
    /// Whether the database took the statement and refused it, rather than being away: locked,
    /// full, read-only, going down. Then the same statement would be refused again.
    pub fn is_refusal(&self) -> bool {
        let StoreError::Database(sqlx::Error::Database(error)) = self else {
            return false;
        };
        let code = error.code();
        !code.is_some_and(|code| trouble::is_away(&code))
    }

    /// Whether the server ended one of two transactions that waited for each other.
    fn is_deadlock(&self) -> bool {
        let StoreError::Database(sqlx::Error::Database(error)) = self else {
            return false;
        };
        error.code().is_some_and(|code| trouble::is_deadlock(&code))
    }

    /// Whether it was a unique index that refused.
    pub fn is_unique_violation(&self) -> bool {
        match self {
            StoreError::Database(sqlx::Error::Database(error)) => error.is_unique_violation(),
            StoreError::Database(_)
            | StoreError::Unreadable { .. }
            | StoreError::Closed
            | StoreError::NotCommitted(_)
            | StoreError::JobPanicked => false,
        }
    }
}

impl Store {
    /// Runs `job` in one write transaction and commits it; on `Err` nothing of it remains.
    ///
    /// `job` may be run more than once before one run is committed (when a neighbour in the same
    /// group commit fails, all are rolled back and run one by one), so it must have no effect but
    /// on the transaction. It makes no network calls and waits for nothing else.
    pub async fn write<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, StoreError>> + Send + Sync + 'static,
    {
        let outcome = self.transact(job).await;
        self.writable.note(&outcome);
        outcome
    }

    async fn transact<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, StoreError>> + Send + Sync + 'static,
    {
        match &self.backend {
            Backend::Sqlite { writer, .. } => writer.write(job).await,
            Backend::Postgres { pool, .. } => {
                let mut tries = 1;
                loop {
                    match self.write_once(pool, &job).await {
                        // Two that waited for each other: one was rolled back, and may try again.
                        Err(error) if error.is_deadlock() && tries < DEADLOCK_TRIES_MAX => {
                            tries += 1;
                        }
                        outcome => return outcome,
                    }
                }
            }
        }
    }

    async fn write_once<T, F>(&self, pool: &PgPool, job: &F) -> Result<T, StoreError>
    where
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, StoreError>>,
    {
        let visit = self.visit().await;
        let mut tx = self.tx(Inner::Postgres(pool.begin().await?), visit);
        tx.passes(Step::Begin)?;
        // After a panic the transaction is dropped, and so rolled back.
        let outcome = AssertUnwindSafe(job(&mut tx)).catch_unwind().await;
        let value = outcome.map_err(|_| StoreError::JobPanicked)??;
        tx.settle().await?;
        let not_committed = |error| StoreError::NotCommitted(Arc::new(error));
        tx.passes(Step::Commit).map_err(not_committed)?;
        if let Inner::Postgres(transaction) = tx.inner {
            let committed = transaction.commit().await;
            committed.map_err(|error| not_committed(error.into()))?;
        }
        self.passes(Step::Committed).map_err(not_committed)?;
        Ok(value)
    }

    /// A connection to read by; each statement sees what was committed before it.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        let visit = self.visit().await;
        let inner = match &self.backend {
            Backend::Sqlite { readers, .. } => Inner::SqliteRead(readers.acquire().await?),
            Backend::Postgres { pool, pooler: true } => Inner::Postgres(pool.begin().await?),
            Backend::Postgres { pool, .. } => Inner::PostgresRead(pool.acquire().await?),
        };
        Ok(self.tx(inner, visit))
    }

    fn tx(&self, inner: Inner, visit: Option<Visit>) -> Tx {
        Tx {
            inner,
            later: Vec::new(),
            pooler: matches!(self.backend, Backend::Postgres { pooler: true, .. }),
            wire: self.wire.clone(),
            _visit: visit,
        }
    }

    async fn visit(&self) -> Option<Visit> {
        match &self.wire {
            Some(wire) => Some(wire.visit().await),
            None => None,
        }
    }

    fn passes(&self, step: Step) -> Result<(), StoreError> {
        match &self.wire {
            Some(wire) => wire.passes(step),
            None => Ok(()),
        }
    }

    /// Waits for running writes and closes all connections.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite { readers, writer } => {
                writer.close().await;
                readers.close().await;
            }
            Backend::Postgres { pool, .. } => pool.close().await,
        }
    }

    /// Whether it is the embedded database: one process only.
    pub fn is_sqlite(&self) -> bool {
        matches!(self.backend, Backend::Sqlite { .. })
    }
}
