//! PostgreSQL, straight or through a pooler in transaction mode.
//!
//! Invariant: through a pooler no statement has a name (names live in a server's connection, and
//! every transaction may get another), nothing is asked outside a transaction (a statement's two
//! steps could go to two servers), and no lock is held longer than a transaction.

use std::fmt;
use std::str::FromStr;

use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{
    PgArguments, PgConnectOptions, PgPoolOptions, PgQueryResult, PgRow, PgStatement, PgTypeInfo,
};
use sqlx::{Connection, Either, Execute, Executor, PgConnection, PgPool, Postgres, SqlStr};

use super::OpenError;
use super::open::ACQUIRE_WAIT;

/// Connections to PostgreSQL; more than the workers that use them at once.
const CONNECTIONS_MAX: u32 = 16;
/// How long a transaction may stand still, in milliseconds: a process that sleeps in the middle of
/// one must not keep its locks from whoever takes over. Nothing is waited for in a transaction.
const IDLE_MAX_MS: &str = "5000";
/// The lock of whoever brings the schema up to date; any number will do.
const SCHEMA_LOCK: i64 = 0x0ca2_e11e;

/// The database behind a URL.
pub(super) async fn open(url: &str, pooler: bool) -> Result<PgPool, OpenError> {
    let options =
        PgConnectOptions::from_str(url).map_err(|error| OpenError::BadUrl(error.to_string()))?;
    let options = if pooler {
        // A pooler refuses settings of a connection that it does not know.
        options.statement_cache_capacity(0).extra_float_digits(None)
    } else {
        options.options([("idle_in_transaction_session_timeout", IDLE_MAX_MS)])
    };
    PgPoolOptions::new()
        .max_connections(CONNECTIONS_MAX)
        .acquire_timeout(ACQUIRE_WAIT)
        .connect_with(options)
        .await
        .map_err(OpenError::Unreachable)
}

/// Brings the schema up to date in one transaction, one process at a time.
pub(super) async fn migrate(pool: &PgPool, migrator: &Migrator) -> Result<(), OpenError> {
    let mut tx = pool.begin().await.map_err(OpenError::Unreachable)?;
    let lock = sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(SCHEMA_LOCK);
    let failed = |error: sqlx::Error| OpenError::Schema(MigrateError::Execute(error));
    // The migrator's own statements have names, which must not stay behind in a pooler's servers.
    forget_names(&mut tx).await.map_err(failed)?;
    lock.persistent(false)
        .execute(&mut *tx)
        .await
        .map_err(failed)?;
    migrator.run_direct(None, &mut *tx, false).await?;
    forget_names(&mut tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)
}

async fn forget_names(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("DEALLOCATE ALL").execute(&mut *conn).await?;
    conn.clear_cached_statements().await
}

/// A connection as statements are run on it.
pub struct PostgresConn<'c> {
    pub(super) conn: &'c mut PgConnection,
    /// Whether a pooler stands before the server.
    pub(super) pooler: bool,
}

impl fmt::Debug for PostgresConn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgresConn")
    }
}

/// A statement that is given no name where there is a pooler.
struct Named<E> {
    statement: E,
    pooler: bool,
}

impl<'q, E: Execute<'q, Postgres>> Execute<'q, Postgres> for Named<E> {
    fn sql(self) -> SqlStr {
        self.statement.sql()
    }

    fn statement(&self) -> Option<&PgStatement> {
        self.statement.statement()
    }

    fn take_arguments(&mut self) -> Result<Option<PgArguments>, sqlx::error::BoxDynError> {
        self.statement.take_arguments()
    }

    fn persistent(&self) -> bool {
        !self.pooler && self.statement.persistent()
    }
}

impl<'c> Executor<'c> for PostgresConn<'c> {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let pooler = self.pooler;
        self.conn.fetch_many(Named {
            statement: query,
            pooler,
        })
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<PgRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let pooler = self.pooler;
        self.conn.fetch_optional(Named {
            statement: query,
            pooler,
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, sqlx::Error>>
    where
        'c: 'e,
    {
        self.conn.prepare_with(sql, parameters)
    }
}
