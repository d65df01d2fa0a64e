//! Opens the database of a URL and brings its schema up to date.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqlSafeStr};

use super::{Backend, Store, Wire, group_commit, postgres};

/// Connections that read SQLite at the same time; WAL lets them run beside the writer.
const SQLITE_READERS_MAX: u32 = 4;
/// How long another process's lock on the SQLite file is waited for.
const SQLITE_BUSY_WAIT: Duration = Duration::from_secs(10);
/// How long a free connection is waited for.
pub(super) const ACQUIRE_WAIT: Duration = Duration::from_secs(10);

/// The schema, oldest first. Applied ones are never changed.
pub const MIGRATIONS: [(i64, &str, &str); 12] = [
    (
        1,
        "foundation",
        include_str!("../../migrations/0001_foundation.sql"),
    ),
    (
        2,
        "leases",
        include_str!("../../migrations/0002_leases.sql"),
    ),
    (
        3,
        "scheduler",
        include_str!("../../migrations/0003_scheduler.sql"),
    ),
    (
        4,
        "service levels",
        include_str!("../../migrations/0004_service_levels.sql"),
    ),
    (
        8,
        "growth",
        include_str!("../../migrations/0008_growth.sql"),
    ),
    (
        9,
        "former rooms",
        include_str!("../../migrations/0009_former_rooms.sql"),
    ),
    (
        11,
        "reports",
        include_str!("../../migrations/0011_reports.sql"),
    ),
    (
        13,
        "knowledge revisions",
        include_str!("../../migrations/0013_knowledge_revisions.sql"),
    ),
    (14, "gaps", include_str!("../../migrations/0014_gaps.sql")),
    (
        15,
        "editing in chat",
        include_str!("../../migrations/0015_editing_in_chat.sql"),
    ),
    (
        16,
        "stored figures",
        include_str!("../../migrations/0016_stored_figures.sql"),
    ),
    (
        17,
        "wording tests",
        include_str!("../../migrations/0017_wording_tests.sql"),
    ),
];

/// Why the database could not be opened; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither `sqlite:` nor `postgres:`.
    #[error(
        "database.url: unknown kind of database; write sqlite:FILE or postgres://USER@HOST/NAME"
    )]
    UnknownScheme,
    /// The URL does not read.
    #[error("database.url does not read: {0}")]
    BadUrl(String),
    /// The database did not answer or refused.
    #[error(
        "the database cannot be opened: {0}; check that it runs, that the address is right and that the folder can be written to"
    )]
    Unreachable(sqlx::Error),
    /// Another process serves on the same SQLite file.
    #[error(
        "another careline serves on this database ({file} is locked): stop that one; several processes need PostgreSQL"
    )]
    Served {
        /// The file that is locked.
        file: String,
    },
    /// The schema could not be brought up to date.
    #[error(
        "the database's schema cannot be brought up to date: {0}; was it written by a newer careline?"
    )]
    Schema(#[from] sqlx::migrate::MigrateError),
}

/// How the database is reached.
#[derive(Clone, Default)]
pub struct Way {
    /// Whether a pooler in transaction mode stands before PostgreSQL.
    pub pooler: bool,
    /// What the way can be cut with; `None` in service.
    pub wire: Option<Arc<dyn Wire>>,
}

impl Store {
    /// Opens the database, creating the SQLite file and applying what migrations are missing.
    pub async fn open(url: &str) -> Result<Store, OpenError> {
        Store::open_by(url, Way::default()).await
    }

    /// The same over a wire that may be cut. The schema is brought up to date beside it.
    pub async fn open_over(url: &str, wire: Option<Arc<dyn Wire>>) -> Result<Store, OpenError> {
        Store::open_by(
            url,
            Way {
                pooler: false,
                wire,
            },
        )
        .await
    }

    /// The same, reached in that way.
    pub async fn open_by(url: &str, way: Way) -> Result<Store, OpenError> {
        let backend = match url.split(':').next() {
            Some("sqlite") => open_sqlite(url, way.wire.clone()).await?,
            Some("postgres" | "postgresql") => Backend::Postgres {
                pool: postgres::open(url, way.pooler).await?,
                pooler: way.pooler,
            },
            _ => return Err(OpenError::UnknownScheme),
        };
        let store = Store {
            backend,
            wire: way.wire,
            writable: Arc::default(),
        };
        store.migrate().await?;
        Ok(store)
    }

    async fn migrate(&self) -> Result<(), OpenError> {
        let migrations = MIGRATIONS.into_iter().map(|(version, name, sql)| {
            Migration::new(
                version,
                name.into(),
                MigrationType::Simple,
                sql.into_sql_str(),
                false,
            )
        });
        let mut migrator = Migrator::with_migrations(migrations.collect());
        match &self.backend {
            Backend::Sqlite { readers, .. } => Ok(migrator.run(readers).await?),
            Backend::Postgres { pool, .. } => {
                postgres::migrate(pool, migrator.set_locking(false)).await
            }
        }
    }
}

async fn open_sqlite(url: &str, wire: Option<Arc<dyn Wire>>) -> Result<Backend, OpenError> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|error| OpenError::BadUrl(error.to_string()))?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(SQLITE_BUSY_WAIT)
        .statement_cache_capacity(256);
    let connection = options.connect().await.map_err(OpenError::Unreachable)?;
    let readers = SqlitePoolOptions::new()
        .max_connections(SQLITE_READERS_MAX)
        .acquire_timeout(ACQUIRE_WAIT)
        .connect_with(options)
        .await
        .map_err(OpenError::Unreachable)?;
    Ok(Backend::Sqlite {
        readers,
        writer: group_commit::Writer::start(connection, wire),
    })
}
