//! Which of a database's errors mean that it is away for a while, by their codes: what was to be
//! done waits, and is done as soon as the database is there again.

use std::sync::atomic::{AtomicBool, Ordering};

use metrics::{counter, gauge};

use super::StoreError;

/// The low byte of SQLite's codes: BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL.
const SQLITE_AWAY: [u32; 8] = [5, 6, 7, 8, 10, 13, 14, 15];
/// Classes of SQLSTATE: connection, rollback by the server (deadlock, serialisation), lack of
/// resources, operator's intervention (going down, time-out), system error (disk).
const POSTGRES_AWAY: [&str; 5] = ["08", "40", "53", "57", "58"];
/// `read_only_sql_transaction` (a standby answers, until the new primary does) and
/// `idle_in_transaction_session_timeout` (this process slept, and lost its locks).
const POSTGRES_PASSES: [&str; 2] = ["25006", "25P03"];
const SQLSTATE_CHARS: usize = 5;

/// Whether the database takes what is written: as the last write found it.
#[derive(Debug, Default)]
pub(super) struct Writable {
    refuses: AtomicBool,
}

impl Writable {
    /// Notes what became of a write. A refusal of what was asked for says nothing of the database.
    pub(super) fn note<T>(&self, outcome: &Result<T, StoreError>) {
        let is_away = match outcome {
            Ok(_) => false,
            Err(StoreError::NotCommitted(_)) => true,
            Err(error @ StoreError::Database(_)) if !error.is_refusal() => true,
            Err(
                StoreError::Database(_)
                | StoreError::Unreadable { .. }
                | StoreError::Closed
                | StoreError::JobPanicked,
            ) => return,
        };
        if is_away {
            counter!("careline_database_writes_failed_total").increment(1);
        }
        if self.refuses.swap(is_away, Ordering::Relaxed) != is_away {
            gauge!("careline_database_writable").set(if is_away { 0.0 } else { 1.0 });
        }
    }

    pub(super) fn refuses(&self) -> bool {
        self.refuses.load(Ordering::Relaxed)
    }
}

/// `deadlock_detected` and `serialization_failure`.
const POSTGRES_DEADLOCKS: [&str; 2] = ["40P01", "40001"];

/// Whether the same transaction may well succeed at once.
pub(super) fn is_deadlock(code: &str) -> bool {
    POSTGRES_DEADLOCKS.contains(&code)
}

/// Whether an error of that code passes: SQLite's extended codes are numbers of at most four
/// digits, PostgreSQL's have five characters.
pub(super) fn is_away(code: &str) -> bool {
    if code.len() == SQLSTATE_CHARS {
        return POSTGRES_PASSES.contains(&code)
            || POSTGRES_AWAY.iter().any(|class| code.starts_with(class));
    }
    code.parse::<u32>()
        .is_ok_and(|code| SQLITE_AWAY.contains(&(code & 0xff)))
}

#[cfg(test)]
mod tests {
    use sqlx::{ConnectOptions, Connection};

    use super::*;

    #[test]
    fn what_passes_and_what_stays_a_refusal() {
        for away in ["5", "517", "6", "8", "1032", "10", "778", "13", "14"] {
            assert!(is_away(away), "SQLite {away}");
        }
        for away in [
            "25P03", "08006", "40001", "40P01", "53100", "53300", "57P01", "58030",
        ] {
            assert!(is_away(away), "PostgreSQL {away}");
        }
        for refused in [
            "1", "19", "787", "2067", "20", "23505", "23503", "22P02", "42601",
        ] {
            assert!(!is_away(refused), "{refused}");
        }
    }

    #[tokio::test]
    async fn a_locked_database_refuses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(folder.path().join("test.db"))
            .create_if_missing(true)
            .busy_timeout(std::time::Duration::ZERO);
        let mut holder = options.connect().await.unwrap();
        let mut other = options.connect().await.unwrap();
        let begin = "BEGIN IMMEDIATE";
        sqlx::raw_sql(begin).execute(&mut holder).await.unwrap();
        let locked = sqlx::raw_sql(begin).execute(&mut other).await.unwrap_err();
        assert!(!StoreError::from(locked).is_refusal());
        let wrong = sqlx::raw_sql("SELECT nothing").execute(&mut other).await;
        assert!(StoreError::from(wrong.unwrap_err()).is_refusal());
        holder.close().await.unwrap();
        other.close().await.unwrap();
    }
}
