//! Statements whose outcome nobody waits for: a transaction gathers them and runs many in one go.
//! On SQLite each go is a hand-over to another thread, on PostgreSQL a way to the server and back:
//! either costs as much as a few rows.
//!
//! Invariant: they run before anything else that the transaction does: before its next other
//! statement, at the end of its job and so before its commit. Those of one table run in the order
//! in which they were given, a row before the rows that refer to it. A failure is heard of when
//! they run, and fails the job as if it had been heard of at once.

use sqlx::AssertSqlSafe;

use super::{Conn, PostgresConn, StoreError, Tx};

/// The most statements that wait; then they are run.
const WAITING_MAX: usize = 4_096;
/// The most statements of one go.
const TOGETHER_MAX: usize = 32;
/// From so many in a row on, the same statements go by themselves, in halving numbers: each other
/// sequence is a text of its own, and its prepared form is kept.
const RUN_MIN: usize = 4;
/// The most statements of such a run.
const RUN_MAX: usize = 16;
/// The tables in an order in which every row comes after the rows that it refers to. No statement
/// that is given for later looks at another table than its own.
const ORDER: [&str; 17] = [
    "customers",
    "identities",
    "conversations",
    "messages",
    "message_refs",
    "rooms",
    "timers",
    "timeline",
    "figures_due",
    "figures_cells",
    "buttons",
    "outbox",
    "inbox",
    "remembered",
    "sign_in_links",
    "sign_ins",
    "watermarks",
];

/// A statement to run, with what its parameters stand for.
pub struct Later {
    sql: &'static str,
    values: Vec<Value>,
}

/// What a parameter stands for.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// TEXT.
    Text(Option<String>),
    /// BIGINT.
    Number(Option<i64>),
    /// BOOLEAN.
    Flag(bool),
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(Some(text.to_owned()))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Value {
        Value::from(text.as_str())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(Some(text))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Value {
        Value::Text(text.map(str::to_owned))
    }
}

impl From<&Option<String>> for Value {
    fn from(text: &Option<String>) -> Value {
        Value::Text(text.clone())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Number(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Value {
        Value::Number(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Value {
        Value::Flag(flag)
    }
}

/// Gives a statement to run later: `later!(tx, SQL, &id.0, position)`.
macro_rules! later {
    ($tx:expr, $sql:expr, $($value:expr),+ $(,)?) => {
        $tx.later($sql, vec![$($crate::store::later::Value::from($value)),+]).await
    };
}
pub(crate) use later;

/// Binds all values of statements to a query of either driver.
macro_rules! bound {
    ($sql:expr, $statements:expr) => {{
        let mut query = sqlx::query($sql);
        for value in $statements
            .iter_mut()
            .flat_map(|later| later.values.drain(..))
        {
            query = match value {
                Value::Text(text) => query.bind(text),
                Value::Number(number) => query.bind(number),
                Value::Flag(flag) => query.bind(flag),
            };
        }
        query
    }};
}

impl Tx {
    /// Has a statement run before the transaction does anything else. `later!` writes it shorter.
    pub async fn later(&mut self, sql: &'static str, values: Vec<Value>) -> Result<(), StoreError> {
        debug_assert!(
            ORDER.contains(&table_of(sql)),
            "its table has no place in the order: {sql}"
        );
        if self.later.len() >= WAITING_MAX {
            self.settle().await?;
        }
        self.later.push(Later { sql, values });
        Ok(())
    }

    /// Changes the values from `place` on of a statement that still waits, if it is the last one
    /// of its table that begins with these keys; `false` where it is not.
    pub(super) fn amend(
        &mut self,
        sql: &'static str,
        keys: &[Value],
        place: usize,
        values: &[Value],
    ) -> bool {
        let table = table_of(sql);
        let last = self
            .later
            .iter_mut()
            .rev()
            .find(|waiting| waiting.values.starts_with(keys) && table_of(waiting.sql) == table);
        match last {
            Some(waiting) if waiting.sql == sql => {
                waiting.values.truncate(place);
                waiting.values.extend_from_slice(values);
                true
            }
            Some(_) | None => false,
        }
    }

    /// Runs what waits.
    pub(super) async fn settle(&mut self) -> Result<(), StoreError> {
        if self.later.is_empty() {
            return Ok(());
        }
        let mut waiting = std::mem::take(&mut self.later);
        waiting.sort_by_cached_key(|later| {
            let table = table_of(later.sql);
            ORDER
                .iter()
                .position(|known| *known == table)
                .unwrap_or(ORDER.len())
        });
        let mut rest = waiting.as_mut_slice();
        while !rest.is_empty() {
            let go = together(rest);
            let (now, after) = rest.split_at_mut(go);
            match self.next_statement()? {
                Conn::Sqlite(conn) => run_sqlite(conn, now).await?,
                Conn::Postgres(conn) => run_postgres(conn, now).await?,
            }
            rest = after;
        }
        Ok(())
    }

    /// Forgets what waits: its transaction is rolled back.
    pub(super) fn forget(&mut self) {
        self.later.clear();
    }
}

/// The table that a statement writes to.
fn table_of(sql: &str) -> &str {
    let mut words = sql.split_whitespace();
    match words.next() {
        Some("UPDATE") => words.next(),
        Some(_) | None => words.nth(1),
    }
    .unwrap_or_default()
}

async fn run_sqlite(
    conn: &mut sqlx::SqliteConnection,
    now: &mut [Later],
) -> Result<(), StoreError> {
    // Parameters without a number: SQLite looks each number up among all others.
    let text = match rows(now, |_| "?".to_owned()) {
        Some(text) => text,
        None => joined(now),
    };
    bound!(AssertSqlSafe(text), now).execute(conn).await?;
    Ok(())
}

async fn run_postgres(conn: PostgresConn<'_>, now: &mut [Later]) -> Result<(), StoreError> {
    if let Some(text) = rows(now, |number| format!("${number}")) {
        bound!(AssertSqlSafe(text), now).execute(conn).await?;
        return Ok(());
    }
    // It takes one statement at a time where there are parameters.
    let PostgresConn { conn, pooler } = conn;
    for one in now {
        let conn = PostgresConn {
            conn: &mut *conn,
            pooler,
        };
        bound!(one.sql, [&mut *one]).execute(conn).await?;
    }
    Ok(())
}

/// How many of the first go together: either a run of the same statement, or all before one.
fn together(waiting: &[Later]) -> usize {
    let run_from = |first: usize| {
        let same = |later: &&Later| later.sql == waiting[first].sql;
        waiting[first..].iter().take_while(same).count()
    };
    let run = run_from(0);
    if run >= RUN_MIN {
        // The largest power of two that fits.
        return 1 << run.min(RUN_MAX).ilog2();
    }
    let most = waiting.len().min(TOGETHER_MAX);
    let mut mixed = run;
    while mixed < most {
        let run = run_from(mixed);
        if run >= RUN_MIN {
            break;
        }
        mixed += run;
    }
    mixed.min(most)
}

/// Several inserts of the same kind as one of several rows, where the statement is so plain that
/// it can be told from its text: the values once and in order, no row that depends on another.
fn rows(statements: &[Later], parameter: impl Fn(usize) -> String) -> Option<String> {
    let [first, others @ ..] = statements else {
        return None;
    };
    let (sql, count) = (first.sql, first.values.len());
    let same = others.iter().all(|other| other.sql == sql);
    if others.is_empty() || !same || sql.contains("SELECT") || sql.contains("DO UPDATE") {
        return None;
    }
    let (head, rest) = sql.split_once("VALUES (")?;
    let (row, tail) = rest.split_once(')')?;
    let values: Vec<&str> = row.split(',').map(str::trim).collect();
    let numbers = values.iter().filter_map(|value| value.strip_prefix('$'));
    let expected = (1..=count).map(|number| number.to_string());
    if !numbers.eq(expected) {
        return None;
    }
    let mut text = format!("{head}VALUES ");
    let mut number = 0;
    for place in 0..statements.len() {
        text.push_str(if place == 0 { "(" } else { ", (" });
        for (column, value) in values.iter().enumerate() {
            if column > 0 {
                text.push_str(", ");
            }
            if value.starts_with('$') {
                number += 1;
                text.push_str(&parameter(number));
            } else {
                text.push_str(value);
            }
        }
        text.push(')');
    }
    text.push_str(tail);
    Some(text)
}

/// One text of several: the second one's `$1` is the next number after the first one's last.
fn joined(statements: &[Later]) -> String {
    let mut text = String::with_capacity(statements.iter().map(|later| later.sql.len() + 16).sum());
    let mut before = 0;
    for later in statements {
        let mut pieces = later.sql.split('$');
        text.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
            let number: usize = piece[..digits].parse().unwrap_or_default();
            text.push('$');
            text.push_str(&(before + number).to_string());
            text.push_str(&piece[digits..]);
        }
        text.push(';');
        before += later.values.len();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn later(sql: &'static str, values: i64) -> Later {
        Later {
            sql,
            values: (0..values).map(Value::from).collect(),
        }
    }

    #[test]
    fn joined_statements_count_their_parameters_on() {
        let first = later("UPDATE a SET b = $2 WHERE c = $1", 2);
        let second = later("DELETE FROM a WHERE c = $1 AND $1 <> $2", 2);
        assert_eq!(
            joined(&[first, second]),
            "UPDATE a SET b = $2 WHERE c = $1;DELETE FROM a WHERE c = $3 AND $3 <> $4;"
        );
    }

    #[test]
    fn long_runs_go_by_themselves_in_powers_of_two() {
        let check = |statements: &[(&'static str, usize)], expected: &[usize]| {
            let waiting: Vec<Later> = statements
                .iter()
                .flat_map(|(sql, times)| (0..*times).map(|_| later(sql, 0)))
                .collect();
            let mut rest = waiting.as_slice();
            let mut found = Vec::new();
            while !rest.is_empty() {
                let go = together(rest);
                found.push(go);
                rest = &rest[go..];
            }
            assert_eq!(found, expected, "{statements:?}");
        };
        check(&[("a", 1)], &[1]);
        check(&[("a", 3), ("b", 2)], &[5]);
        check(&[("a", 7)], &[4, 3]);
        check(&[("a", 1), ("b", 6), ("a", 1)], &[1, 4, 3]);
        check(&[("a", 44)], &[16, 16, 8, 4]);
        check(&[("a", 3), ("b", 3), ("c", 16)], &[6, 16]);
    }

    #[test]
    fn plain_inserts_become_rows_of_one() {
        let check = |sql: &'static str, values: i64, expected: Option<&str>| {
            let pair = [later(sql, values), later(sql, values)];
            let text = rows(&pair, |number| format!("${number}"));
            assert_eq!(text.as_deref(), expected, "{sql}");
        };
        check(
            "INSERT INTO a (b, c, d) VALUES ($1, 'new', $2) ON CONFLICT (b) DO NOTHING",
            2,
            Some(
                "INSERT INTO a (b, c, d) VALUES ($1, 'new', $2), ($3, 'new', $4) ON CONFLICT (b) DO NOTHING",
            ),
        );
        check("INSERT INTO a (b, c) VALUES ($2, $1)", 2, None);
        check("INSERT INTO a (b, c) VALUES ($1, $1)", 1, None);
        check("INSERT INTO a (b) VALUES ((SELECT MAX(b) FROM a))", 0, None);
        check("UPDATE a SET b = $1", 1, None);
        check(
            "INSERT INTO a (b) VALUES ($1) ON CONFLICT (b) DO UPDATE SET b = excluded.b",
            1,
            None,
        );
    }

    #[test]
    fn a_statement_s_table_is_known() {
        let check = |sql, table| assert_eq!(table_of(sql), table);
        check("\n    INSERT INTO messages (id) VALUES ($1)", "messages");
        check("UPDATE inbox SET state = $2 WHERE id = $1", "inbox");
        check("DELETE FROM timers WHERE kind = $2", "timers");
    }
}
