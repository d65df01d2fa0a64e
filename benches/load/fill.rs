//! A database as it is after years: two conversations that the real program had, copied in bulk.
//!
//! Every id of the program begins with the time; replacing that beginning in every column, JSON
//! included, gives a copy with ids of its own that still belong together. Invariant: what is
//! copied was written by the program, so the copies read back.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use careline::domain::engine::conversation::{Phase, State};
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};

use crate::bots::{Bot, Home, work_folder};
use crate::drain::first_poll;
use crate::fake::Fake;
use crate::faq;

/// How many conversations wait for a person, whatever the size.
pub const WAITING: u64 = 200;
/// One conversation in so many is not closed.
const OPEN_OF: u64 = 100;
/// How far apart the copies are.
const APART_MS: u64 = 2_000;
/// The letters of an id that stand for its time, and are replaced.
const PREFIX_LETTERS: usize = 6;
/// The customers of the two templates.
const ANSWERED: &str = "31000001";
const ASKED_FOR_PERSON: &str = "32000001";
/// What is copied; the rest of the tables stays as the program left it.
const TABLES: [&str; 9] = [
    "customers",
    "identities",
    "conversations",
    "messages",
    "message_refs",
    "inbox",
    "outbox",
    "buttons",
    "timeline",
];

/// A database with so many conversations, made where it is not there yet.
pub async fn database(conversations: u64) -> Result<PathBuf> {
    let folder = work_folder().join("grown");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join(format!("{conversations}.db"));
    if file.exists() {
        return Ok(file);
    }
    eprintln!("filling a database with {conversations} conversations …");
    let template = template().await?;
    let making = folder.join(format!("{conversations}.making"));
    std::fs::copy(&template, &making)?;
    fill(&making, conversations).await?;
    std::fs::rename(&making, &file)?;
    Ok(file)
}

/// Two conversations by the real program: one answered twice, one that waits for a person.
async fn template() -> Result<PathBuf> {
    let fake = Fake::start().await?;
    let home = Home::fresh(Bot::Careline, &fake)?;
    fake.expect_bot();
    let mut process = home.start()?;
    first_poll(&fake, &mut process).await?;
    let (answered, waiting) = (ANSWERED.parse()?, ASKED_FOR_PERSON.parse()?);
    for (entry, answers) in [(0, 1), (1, 2)] {
        fake.asks(
            answered,
            entry,
            &faq::ENTRIES[entry].question,
            Instant::now(),
        );
        until(&fake, |answered, _| answered >= answers).await?;
        tokio::time::sleep(Duration::from_secs(4)).await;
    }
    let before = fake.line().sends;
    fake.asks(waiting, 0, "I want to talk to a person", Instant::now());
    until(&fake, |_, sends| sends > before).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    process.stop().await?;
    Ok(home.folder.join("careline.db"))
}

async fn until(fake: &Fake, reached: impl Fn(u64, u64) -> bool) -> Result<()> {
    let since = Instant::now();
    loop {
        let (answered, sends) = {
            let line = fake.line();
            (line.truth.answered, line.sends)
        };
        if reached(answered, sends) {
            return Ok(());
        }
        ensure!(since.elapsed() < Duration::from_secs(20), "no answer came");
        fake.progress(Duration::from_millis(50)).await;
    }
}

async fn fill(file: &Path, conversations: u64) -> Result<()> {
    let url = format!("sqlite:{}", file.display());
    let mut database = SqliteConnection::connect(&url).await?;
    run(&mut database, "PRAGMA journal_mode = OFF").await?;
    run(&mut database, "PRAGMA synchronous = OFF").await?;
    run(&mut database, "PRAGMA foreign_keys = OFF").await?;
    run(&mut database, "PRAGMA cache_size = -1000000").await?;
    let indexes = without_indexes(&mut database).await?;
    run(
        &mut database,
        "CREATE TEMP TABLE numbers (n INTEGER PRIMARY KEY)",
    )
    .await?;
    let numbers = format!(
        "INSERT INTO numbers WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {conversations}) SELECT n FROM c"
    );
    run(&mut database, &numbers).await?;
    let prefix: String = sqlx::query_scalar("SELECT substr(id, 1, 6) FROM conversations LIMIT 1")
        .fetch_one(&mut database)
        .await?;
    ensure!(prefix.len() == PREFIX_LETTERS, "ids are not as they were");
    let closed = closed_state(&mut database).await?;
    // Both templates are set apart first: looked for again, they would be among a million others.
    for chat in [ANSWERED, ASKED_FOR_PERSON] {
        for table in TABLES {
            let (apart, whose) = (apart(table, chat), whose(table, chat));
            let text = format!("CREATE TEMP TABLE {apart} AS SELECT * FROM {table} WHERE {whose}");
            run(&mut database, &text).await?;
        }
    }
    for (chat, from) in [(ANSWERED, WAITING), (ASKED_FOR_PERSON, 0)] {
        let to = if chat == ANSWERED {
            conversations
        } else {
            WAITING
        };
        for table in TABLES {
            copy(
                &mut database,
                table,
                &Copy {
                    prefix: &prefix,
                    chat,
                    from,
                    to,
                    closed: &closed,
                },
            )
            .await?;
        }
    }
    for table in TABLES {
        // The templates themselves: their ids begin with today.
        let id = if matches!(table, "identities" | "message_refs" | "buttons") {
            None
        } else {
            Some("id")
        };
        if let Some(id) = id {
            run(
                &mut database,
                // By its index: an id is of hexadecimal digits.
                &format!("DELETE FROM {table} WHERE {id} >= '{prefix}' AND {id} < '{prefix}g'"),
            )
            .await?;
        }
    }
    for table in ["timers", "watermarks"] {
        run(&mut database, &format!("DELETE FROM {table}")).await?;
    }
    for chat in [ANSWERED, ASKED_FOR_PERSON] {
        run(
            &mut database,
            &format!("DELETE FROM identities WHERE account = '{chat}'"),
        )
        .await?;
        run(
            &mut database,
            &format!("DELETE FROM message_refs WHERE chat = '{chat}'"),
        )
        .await?;
    }
    run(
        &mut database,
        &format!("DELETE FROM buttons WHERE conversation_id LIKE '{prefix}%'"),
    )
    .await?;
    for index in indexes {
        run(&mut database, &index).await?;
    }
    run(&mut database, "PRAGMA journal_mode = WAL").await?;
    database.close().await?;
    Ok(())
}

/// Takes all indexes away that can be, and gives what makes them again: built at once from sorted
/// rows they cost a fraction of what a million insertions each do.
async fn without_indexes(database: &mut SqliteConnection) -> Result<Vec<String>> {
    let indexes: Vec<(String, String)> = sqlx::query_as(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
    )
    .fetch_all(&mut *database)
    .await?;
    let mut texts = Vec::new();
    for (name, text) in indexes {
        run(database, &format!("DROP INDEX {name}")).await?;
        texts.push(text);
    }
    Ok(texts)
}

/// What is copied how often.
struct Copy<'a> {
    prefix: &'a str,
    chat: &'a str,
    from: u64,
    to: u64,
    /// The state of a copy that is over.
    closed: &'a str,
}

/// Copies the rows of one template's customer in one table.
async fn copy(database: &mut SqliteConnection, table: &str, how: &Copy<'_>) -> Result<()> {
    let columns = sqlx::query(AssertSqlSafe(format!("PRAGMA table_info({table})")))
        .fetch_all(&mut *database)
        .await?;
    let mut names = Vec::new();
    let mut values = Vec::new();
    for column in columns {
        let (name, kind): (String, String) = (column.try_get("name")?, column.try_get("type")?);
        values.push(value(table, &name, &kind, how));
        names.push(name);
    }
    let apart = apart(table, how.chat);
    let (from, to) = (how.from, how.to);
    let text = format!(
        "INSERT INTO {table} ({}) SELECT {} FROM numbers CROSS JOIN {apart} t \
         WHERE n > {from} AND n <= {to} AND printf('%06x', n) <> '{}'",
        names.join(", "),
        values.join(", "),
        // That copy would have the template's own ids.
        how.prefix,
    );
    run(database, &text)
        .await
        .with_context(|| format!("copying {table}"))
}

/// Where a template's rows are set apart.
fn apart(table: &str, chat: &str) -> String {
    format!("{table}_of_{chat}")
}

/// Which rows are that customer's.
fn whose(table: &str, chat: &str) -> String {
    let customer = format!("(SELECT customer_id FROM identities WHERE account = '{chat}')");
    let conversation = format!("(SELECT id FROM conversations WHERE account = '{chat}')");
    match table {
        "customers" => format!("id = {customer}"),
        "identities" | "conversations" => format!("account = '{chat}'"),
        "message_refs" => format!("chat = '{chat}'"),
        "inbox" => format!("lane LIKE '%{chat}%'"),
        _ => format!("conversation_id = {conversation}"),
    }
}

/// The expression for one column of a copy.
fn value(table: &str, name: &str, kind: &str, how: &Copy<'_>) -> String {
    let (prefix, chat) = (how.prefix, how.chat);
    match (kind, name) {
        ("TEXT", "token" | "code") => format!("t.{name} || printf('%x', n)"),
        ("TEXT", _) => {
            let copied = format!(
                "replace(replace(t.{name}, '{prefix}', printf('%06x', n)), '{chat}', printf('%d', 40000000 + n))"
            );
            match (table, name) {
                ("conversations", "phase") => mostly_over(&copied, "closed"),
                ("conversations", "state") => mostly_over(&copied, how.closed),
                _ => copied,
            }
        }
        (_, "at" | "position") => shifted(name, how),
        (_, name) if name.ends_with("_at") || name.ends_with("_since") => shifted(name, how),
        _ => format!("t.{name}"),
    }
}

/// Most conversations that the bot has are over.
fn mostly_over(copied: &str, over: &str) -> String {
    let over = over.replace('\'', "''");
    format!(
        "CASE WHEN t.phase = 'answering' AND n % {OPEN_OF} <> 0 THEN '{over}' ELSE {copied} END"
    )
}

fn shifted(name: &str, how: &Copy<'_>) -> String {
    // The order within a lane stays: all of one copy move together.
    let scale = if name == "position" { 1_000 } else { 1 };
    format!("t.{name} - ({} - n) * {APART_MS} * {scale}", how.to)
}

/// The state of a conversation that is over, as the program writes it.
async fn closed_state(database: &mut SqliteConnection) -> Result<String> {
    let text: String =
        sqlx::query_scalar("SELECT state FROM conversations WHERE phase = 'answering' LIMIT 1")
            .fetch_one(&mut *database)
            .await?;
    let mut state: State = serde_json::from_str(&text)?;
    state.phase = Phase::Closed;
    Ok(serde_json::to_string(&state)?)
}

async fn run(database: &mut SqliteConnection, text: &str) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(text.to_owned()))
        .execute(database)
        .await?;
    Ok(())
}
