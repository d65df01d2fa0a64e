//! Looks into the database of a run from outside, by a connection of its own.

use careline::domain::time::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, SqliteConnection};
use tokio::runtime::Runtime;

/// The looker.
pub struct Inspector {
    runtime: Runtime,
    connection: Option<SqliteConnection>,
    /// Every table, with the expression for all the text of a row.
    texts_of: Vec<(String, String)>,
}

/// What waits in the database.
#[derive(Clone, Copy, Debug, Default)]
pub struct Waiting {
    /// Arrivals that are not decided on.
    pub arrivals: i64,
    /// Rows that are to leave, or are leaving.
    pub leaving: i64,
    /// Timers.
    pub timers: i64,
    /// When the next row or timer is due.
    pub next_due: Option<Timestamp>,
}

/// A conversation that somebody at the desk could act on.
#[derive(Clone, Debug)]
pub struct Open {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub phase: String,
    /// The customer's chat.
    pub chat: String,
    /// The customer's channel.
    pub channel: String,
    /// The rows of it whose outcome nobody knows.
    pub unknown: Vec<String>,
}

impl Inspector {
    /// A look at the database of that URL.
    pub fn at(url: &str) -> Inspector {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime starts");
        let options: SqliteConnectOptions = url.parse().expect("the URL reads");
        let options = options.busy_timeout(std::time::Duration::from_secs(10));
        let connection = runtime
            .block_on(options.connect())
            .expect("the database opens");
        Inspector {
            runtime,
            connection: Some(connection),
            texts_of: Vec::new(),
        }
    }

    /// All rows of a statement.
    pub fn rows(&mut self, sql: &str) -> Vec<SqliteRow> {
        let connection = self.connection.as_mut().expect("it is open");
        let looked = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(connection);
        self.runtime
            .block_on(looked)
            .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// What waits.
    pub fn waiting(&mut self) -> Waiting {
        let rows = self.rows(
            "SELECT (SELECT COUNT(*) FROM inbox WHERE state = 'new'),
                (SELECT COUNT(*) FROM outbox WHERE state IN ('ready', 'sending')),
                (SELECT COUNT(*) FROM timers),
                (SELECT MIN(due) FROM (SELECT MIN(not_before) AS due FROM outbox WHERE state = 'ready'
                    UNION ALL SELECT MIN(due_at) FROM timers))",
        );
        let row = &rows[0];
        Waiting {
            arrivals: row.get(0),
            leaving: row.get(1),
            timers: row.get(2),
            next_due: row.get::<Option<i64>, _>(3).map(Timestamp),
        }
    }

    /// The conversations that are not closed, or hold a row whose outcome nobody knows.
    pub fn open_conversations(&mut self) -> Vec<Open> {
        let rows = self.rows(
            "SELECT c.id, c.phase, c.chat, c.channel,
                (SELECT GROUP_CONCAT(o.id) FROM outbox o WHERE o.conversation_id = c.id
                    AND o.state = 'unknown' AND NOT o.to_room)
             FROM conversations c WHERE c.phase <> 'closed' OR EXISTS (SELECT 1 FROM outbox o
                WHERE o.conversation_id = c.id AND o.state = 'unknown' AND NOT o.to_room)
             ORDER BY c.id",
        );
        let open = rows.iter().map(|row| {
            let unknown: Option<String> = row.get(4);
            Open {
                id: row.get(0),
                phase: row.get(1),
                chat: row.get(2),
                channel: row.get(3),
                unknown: unknown
                    .iter()
                    .flat_map(|ids| ids.split(','))
                    .map(str::to_owned)
                    .collect(),
            }
        });
        open.collect()
    }

    /// The rows of every table that hold a text, with their tables.
    pub fn rows_with(&mut self, text: &str) -> Vec<(String, String)> {
        if self.texts_of.is_empty() {
            let tables = self.rows(
                "SELECT m.name, GROUP_CONCAT('COALESCE(\"' || c.name || '\", '''')', ' || '' '' || ')
                 FROM sqlite_master m JOIN pragma_table_info(m.name) c
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'kb_%'
                     AND m.name NOT LIKE '_sqlx%'
                 GROUP BY m.name ORDER BY m.name",
            );
            let texts = tables.iter().map(|row| (row.get(0), row.get(1)));
            self.texts_of = texts.collect();
        }
        let mut found = Vec::new();
        for (table, all) in self.texts_of.clone() {
            let sql = format!("SELECT {all} FROM {table} WHERE INSTR({all}, '{text}') > 0");
            for row in self.rows(&sql) {
                found.push((table.clone(), row.get(0)));
            }
        }
        found
    }

    /// Closes it.
    pub fn closes(mut self) {
        if let Some(connection) = self.connection.take() {
            let _ = self.runtime.block_on(connection.close());
        }
    }
}
