//! Databases for tests: a fresh SQLite file and a fresh PostgreSQL database, gone afterwards.
//!
//! PostgreSQL is the throw-away cluster that `./scripts/test` starts and names in
//! `CARELINE_TEST_POSTGRES`. Each database in it is a copy of a template that has the schema, so
//! that making one takes a tenth of a second.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use careline::store::Store;
use futures_util::FutureExt;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

/// A database of one test's own.
pub struct Database {
    /// What `DATABASE_URL` would be.
    pub url: String,
    kept: Kept,
}

enum Kept {
    /// The folder goes when this is dropped.
    Sqlite { _folder: tempfile::TempDir },
    /// The database is dropped by [`Database::remove`].
    Postgres { name: String },
    /// It goes with the server that it is on.
    Elsewhere,
}

impl Database {
    /// A new SQLite file with the schema.
    pub async fn sqlite() -> Database {
        let folder = tempfile::tempdir().expect("a folder for the database");
        let url = format!("sqlite:{}", folder.path().join("careline.db").display());
        let database = Database {
            url,
            kept: Kept::Sqlite { _folder: folder },
        };
        database.open().await.close().await;
        database
    }

    /// A new PostgreSQL database with the schema.
    pub async fn postgres() -> Database {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        let mut server = server().await;
        let template = template(&mut server).await;
        run(&mut server, format!("DROP DATABASE IF EXISTS {name}")).await;
        run(
            &mut server,
            format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .await;
        server.close().await.expect("leaves the server");
        Database {
            url: url_of(&name),
            kept: Kept::Postgres { name },
        }
    }

    /// An empty database that somebody else made and removes, with the schema.
    pub async fn at(url: String) -> Database {
        let database = Database {
            url,
            kept: Kept::Elsewhere,
        };
        database.open().await.close().await;
        database
    }

    /// A store on it. Close it before the database is removed.
    pub async fn open(&self) -> Store {
        Store::open(&self.url).await.expect("the database opens")
    }

    /// Whether it is SQLite.
    pub fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    /// Removes it, whoever is still connected.
    pub async fn remove(self) {
        if let Kept::Postgres { name } = self.kept {
            let mut server = server().await;
            run(&mut server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
            server.close().await.expect("leaves the server");
        }
    }
}

/// Runs `test` on a fresh SQLite file.
pub async fn on_sqlite(test: impl AsyncFnOnce(&Database)) {
    on(Database::sqlite().await, test).await;
}

/// Runs `test` on a fresh PostgreSQL database.
pub async fn on_postgres(test: impl AsyncFnOnce(&Database)) {
    on(Database::postgres().await, test).await;
}

/// Runs `test` on a fresh database of each kind, one after the other.
pub async fn each_database(test: impl AsyncFn(&Database)) {
    on_sqlite(&test).await;
    on_postgres(&test).await;
}

/// Runs `test` with a fresh store of each kind, and closes it.
pub async fn each_store(test: impl AsyncFn(&Store)) {
    each_database(async |database: &Database| {
        let store = database.open().await;
        test(&store).await;
        store.close().await;
    })
    .await;
}

/// Removes the database also when the test panics, and says on which kind it did.
async fn on(database: Database, test: impl AsyncFnOnce(&Database)) {
    let outcome = AssertUnwindSafe(test(&database)).catch_unwind().await;
    let kind = if database.is_sqlite() {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    database.remove().await;
    if let Err(panic) = outcome {
        eprintln!("the test failed on {kind}");
        resume_unwind(panic);
    }
}

fn server_options() -> PgConnectOptions {
    let url = std::env::var("CARELINE_TEST_POSTGRES").expect(
        "CARELINE_TEST_POSTGRES names no PostgreSQL server; run ./scripts/test, which starts one",
    );
    url.parse()
        .expect("CARELINE_TEST_POSTGRES is the URL of a PostgreSQL server")
}

fn url_of(database: &str) -> String {
    server_options()
        .database(database)
        .to_url_lossy()
        .to_string()
}

async fn server() -> PgConnection {
    server_options()
        .connect()
        .await
        .expect("the PostgreSQL server of CARELINE_TEST_POSTGRES answers")
}

async fn run(server: &mut PgConnection, statement: String) {
    sqlx::raw_sql(AssertSqlSafe(statement.clone()))
        .execute(server)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// The lock that whoever makes the template holds; any number will do.
const TEMPLATE_LOCK: i64 = 0x0ca5_e11e;

/// The name of the database to copy; made by the first test that needs it. The name has the
/// schema in it, so that a cluster that was kept never hands out an old one.
async fn template(server: &mut PgConnection) -> String {
    let name = format!("template_{:016x}", schema_fingerprint());
    lock(server, "SELECT pg_advisory_lock($1)").await;
    let found: Option<i32> = sqlx::query_scalar("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind(&name)
        .fetch_optional(&mut *server)
        .await
        .expect("the server lists its databases");
    if found.is_none() {
        let draft = format!("{name}_draft");
        run(server, format!("DROP DATABASE IF EXISTS {draft}")).await;
        run(server, format!("CREATE DATABASE {draft}")).await;
        Store::open(&url_of(&draft))
            .await
            .expect("the schema applies")
            .close()
            .await;
        run(server, format!("ALTER DATABASE {draft} RENAME TO {name}")).await;
    }
    lock(server, "SELECT pg_advisory_unlock($1)").await;
    name
}

async fn lock(server: &mut PgConnection, statement: &'static str) {
    sqlx::query(statement)
        .bind(TEMPLATE_LOCK)
        .execute(server)
        .await
        .expect("the lock answers");
}

fn schema_fingerprint() -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    for (version, name, text) in careline::store::MIGRATIONS {
        (version, name, text).hash(&mut hasher);
    }
    hasher.finish()
}
