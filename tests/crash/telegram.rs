//! On Telegram, where nobody can find out whether a send arrived.

use std::time::Instant;

use super::crowd::Crowd;
use super::figures::Figures;
use crate::support::database::Database;
use crate::support::program::assert_verified;
use crate::support::serving::{import, spawn};

/// How often the program is killed, on each database.
const KILLS: usize = 80;
/// How many customers write between two kills.
const CUSTOMERS_PER_LIFE: usize = 6;

#[tokio::test(flavor = "multi_thread")]
async fn killed_on_sqlite_nothing_is_lost_and_nothing_is_sent_twice() {
    killed_again_and_again("SQLite", Database::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_on_postgresql_nothing_is_lost_and_nothing_is_sent_twice() {
    killed_again_and_again("PostgreSQL", Database::postgres().await).await;
}

async fn killed_again_and_again(name: &str, database: Database) {
    let folder = tempfile::tempdir().expect("a folder");
    import(&database, folder.path()).await;
    let mut crowd = Crowd::new().await;
    let mut figures = Figures::default();
    for kill in 0..KILLS {
        let (started, sends_before) = (Instant::now(), crowd.sends());
        let mut program = spawn(&crowd.fake, &database, folder.path());
        crowd.writes(CUSTOMERS_PER_LIFE);
        // Every fifth life ends before it can do much: its reports come with the next.
        if kill % 5 > 0 {
            figures.reported(&database, started).await;
        }
        // The place of the blow wanders: before the first poll, between polls, amid the sends.
        crowd.has_been_sent(sends_before, (kill * 7) % 12).await;
        program.kill().await.expect("the program is killed");
        figures.killed(&database).await;
    }
    let started = Instant::now();
    let mut program = spawn(&crowd.fake, &database, folder.path());
    figures.reported(&database, started).await;
    let (seen, lost) = crowd.is_served(&database).await;
    program.kill().await.expect("the program is killed");
    assert_verified(&database.url);
    let what = format!("killed on {name}");
    println!("{}", figures.line(&what, crowd.len(), lost, seen.doubled));
    database.remove().await;
}
