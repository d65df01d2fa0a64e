//! The database is killed under the program, and its sessions are cut: the program lives on, and
//! remembers what it could not write down.

use std::time::Instant;

use super::crowd::Crowd;
use super::figures::Figures;
use crate::support::cluster::Cluster;
use crate::support::database::Database;
use crate::support::program::assert_verified;
use crate::support::serving::{count, import, spawn};

/// How often PostgreSQL is killed.
const DATABASE_KILLS: usize = 8;
/// How often every session is cut.
const CUTS: usize = 12;
/// How many customers write between two blows.
const CUSTOMERS_PER_BLOW: usize = 5;

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_killed_under_load_nothing_is_lost_and_nothing_is_sent_twice() {
    let cluster = Cluster::start().await;
    let database = Database::at(cluster.url("postgres")).await;
    let folder = tempfile::tempdir().expect("a folder");
    import(&database, folder.path()).await;
    let mut crowd = Crowd::new().await;
    let mut figures = Figures::default();
    let mut program = spawn(&crowd.fake, &database, folder.path());
    crowd.is_heard(0).await;
    let mut started = Instant::now();
    for kill in 0..DATABASE_KILLS {
        let sends_before = crowd.sends();
        crowd.writes(CUSTOMERS_PER_BLOW);
        crowd.has_been_sent(sends_before, 1 + (kill * 3) % 8).await;
        cluster.is_killed().await;
        // The other half of the times the machine goes down with it.
        let both = kill % 2 == 1;
        if both {
            program.kill().await.expect("the program is killed");
        }
        cluster.starts().await;
        if both {
            figures.killed(&database).await;
            let polls_before = crowd.fake.with(|state| state.polls);
            started = Instant::now();
            program = spawn(&crowd.fake, &database, folder.path());
            crowd.is_heard(polls_before).await;
            figures.reported(&database, started).await;
        }
    }
    let (seen, lost) = crowd.is_served(&database).await;
    figures.reported(&database, started).await;
    let alive = program.try_wait().expect("it can be asked").is_none();
    assert!(alive, "the program outlives its database");
    program.kill().await.expect("the program is killed");
    assert_verified(&database.url);
    let what = format!("{DATABASE_KILLS} kills of PostgreSQL, half of them with the program");
    println!("{}", figures.line(&what, crowd.len(), lost, seen.doubled));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_session_cut_again_and_again_nothing_is_lost_and_nothing_is_unknown() {
    let cluster = Cluster::start().await;
    let database = Database::at(cluster.url("postgres")).await;
    let folder = tempfile::tempdir().expect("a folder");
    import(&database, folder.path()).await;
    let mut crowd = Crowd::new().await;
    let mut program = spawn(&crowd.fake, &database, folder.path());
    let mut cut = 0;
    for blow in 0..CUTS {
        let sends_before = crowd.sends();
        crowd.writes(CUSTOMERS_PER_BLOW);
        crowd.has_been_sent(sends_before, 1 + (blow * 3) % 8).await;
        cut += cluster.cuts_sessions().await;
    }
    let (seen, lost) = crowd.is_served(&database).await;
    let unknown = "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE state = 'unknown'";
    let unknown = count(&database, unknown).await;
    assert_eq!(unknown, 0, "the program lives, and knows");
    program.kill().await.expect("the program is killed");
    assert_verified(&database.url);
    println!(
        "{CUTS} times every session cut, {cut} in all: {} customers, {lost} lost, {} doubled, {unknown} unknown",
        crowd.len(),
        seen.doubled,
    );
}
