//! The real binary as a process of its own, on a small knowledge base, with Telegram as it is on
//! loopback.

use std::path::Path;
use std::process::Stdio;

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, FromRow};
use tokio::process::{Child, Command};

use super::database::Database;
use super::telegram::FakeTelegram;

/// The most sends that are under way at once, and so may become unknown when it is killed.
pub const WINDOW: usize = 4;

const KNOWLEDGE: &str = "
- key: refund-time
  en:
    question: How long does a refund take?
    phrasings: [when do I get my money back, refund still not here, how many days for a refund]
    answer: Refunds arrive within five working days.
- key: opening-hours
  en:
    question: When is the shop open?
    phrasings: [opening hours, what time do you open, are you open on sunday]
    answer: We are open from nine to six.
- key: gift-wrapping
  en:
    question: Do you wrap presents?
    phrasings: [gift wrapping, can you wrap it as a gift, wrapping paper]
    answer: We wrap presents for free.
";
/// What is asked, and what the base answers.
pub const ANSWERS: [(&str, &str); 3] = [
    (
        "How long does a refund take?",
        "Refunds arrive within five working days.",
    ),
    ("When is the shop open?", "We are open from nine to six."),
    ("Do you wrap presents?", "We wrap presents for free."),
];

/// `careline serve` with the bot's token.
pub fn start(fake: &FakeTelegram, database: &Database, folder: &Path) -> Command {
    let mut command = careline(database, folder);
    command
        .arg("serve")
        .env("TELEGRAM_TOKEN", fake.token())
        .env("CARELINE_TELEGRAM__API_URL", fake.url())
        .env("CARELINE_HTTP__LISTEN", "127.0.0.1:0")
        .env("CARELINE_DELIVERY__TELEGRAM_WINDOW", WINDOW.to_string())
        .env("CARELINE_DELIVERY__TELEGRAM_PER_SECOND", "1000");
    command
}

/// The same, running; what it logs is heard by nobody.
pub fn spawn(fake: &FakeTelegram, database: &Database, folder: &Path) -> Child {
    let mut command = start(fake, database, folder);
    command.stderr(Stdio::null()).spawn().expect("it starts")
}

/// Fills the knowledge base from a file, with the program itself.
pub async fn import(database: &Database, folder: &Path) {
    let file = folder.join("knowledge.yaml");
    std::fs::write(&file, KNOWLEDGE).expect("the file is written");
    let status = careline(database, folder)
        .args(["faq", "import"])
        .arg(&file)
        .status()
        .await
        .expect("the import runs");
    assert!(status.success(), "the import works");
}

/// The program, on that database.
pub fn careline(database: &Database, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_careline"));
    command
        .current_dir(folder)
        .env("DATABASE_URL", &database.url)
        .env("CARELINE_KNOWLEDGE__SAMPLE", "false")
        .stdout(Stdio::null())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// One number of the database.
pub async fn count(database: &Database, sql: &'static str) -> usize {
    let counts: Vec<(i64,)> = rows(database, sql).await;
    usize::try_from(counts[0].0).expect("not negative")
}

/// One column of texts of the database.
pub async fn texts(database: &Database, sql: &'static str) -> Vec<String> {
    let texts: Vec<(String,)> = rows(database, sql).await;
    texts.into_iter().map(|(text,)| text).collect()
}

/// Texts of the database, each with something that belongs to it.
pub async fn pairs<T>(database: &Database, sql: &'static str) -> Vec<(String, T)>
where
    (String, T): Row,
{
    rows(database, sql).await
}

/// A row that both databases give.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{}

async fn rows<T: Row>(database: &Database, sql: &'static str) -> Vec<T> {
    if database.is_sqlite() {
        let mut conn = sqlx::SqliteConnection::connect(&database.url)
            .await
            .expect("connects");
        let rows = sqlx::query_as(sql).fetch_all(&mut conn).await;
        rows.expect("reads")
    } else {
        let mut conn = sqlx::PgConnection::connect(&database.url)
            .await
            .expect("connects");
        let rows = sqlx::query_as(sql).fetch_all(&mut conn).await;
        rows.expect("reads")
    }
}
