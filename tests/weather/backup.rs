//! A copy made amid the work, and life on the copy after everything else is lost.

use std::process::Stdio;

use sqlx::Connection;

use crate::crash::crowd::Crowd;
use crate::support::cluster::Cluster;
use crate::support::database::Database;
use crate::support::program::{assert_verified, careline};
use crate::support::serving::{ANSWERS, count, import, spawn};

/// How many customers have written before each copy.
const CUSTOMERS_PER_COPY: usize = 12;

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_sqlite_made_amid_the_work_is_whole_and_repeats_nothing() {
    let database = Database::sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    import(&database, folder.path()).await;
    let mut crowd = Crowd::new().await;
    let mut program = spawn(&crowd.fake, &database, folder.path());
    let mut last = String::new();
    for number in 0..3 {
        crowd.is_served(&database).await;
        let before = crowd.sends();
        crowd.writes(CUSTOMERS_PER_COPY);
        crowd.has_been_sent(before, 4).await;
        let copy = folder.path().join(format!("copy{number}.db"));
        let ran = careline(&database.url, &["db", "backup", &copy.to_string_lossy()]);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        last = format!("sqlite:{}", copy.display());
        assert_whole(&last).await;
        assert_verified(&last);
    }
    // What comes after the copy was made is lost with the original.
    let (_, lost) = crowd.is_served(&database).await;
    assert_eq!(lost, 0);
    program.kill().await.expect("the program is killed");
    goes_on(crowd, Database::at(last).await).await;
    database.remove().await;
}

async fn assert_whole(url: &str) {
    let mut connection = sqlx::SqliteConnection::connect(url).await.expect("opens");
    let found: String = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_one(&mut connection)
        .await
        .expect("checks");
    assert_eq!(found, "ok");
    connection.close().await.expect("closes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_of_postgresql_made_amid_the_work_is_whole_and_repeats_nothing() {
    let cluster = Cluster::start().await;
    let database = Database::at(cluster.url("postgres")).await;
    let folder = tempfile::tempdir().expect("a folder");
    import(&database, folder.path()).await;
    let mut crowd = Crowd::new().await;
    let mut program = spawn(&crowd.fake, &database, folder.path());
    crowd.writes(CUSTOMERS_PER_COPY);
    crowd.has_been_sent(0, 1).await;
    crowd.is_served(&database).await;
    let before = crowd.sends();
    crowd.writes(CUSTOMERS_PER_COPY);
    crowd.has_been_sent(before, 4).await;
    let dump = ["--format=custom", "--file=careline.dump", "--dbname"];
    let mut dump_it = cluster.program("pg_dump");
    succeeds(dump_it.args(dump).arg(&database.url)).await;
    let (_, lost) = crowd.is_served(&database).await;
    assert_eq!(lost, 0);
    program.kill().await.expect("the program is killed");

    let mut server = sqlx::PgConnection::connect(&database.url)
        .await
        .expect("opens");
    sqlx::raw_sql("CREATE DATABASE restored")
        .execute(&mut server)
        .await
        .expect("a new database");
    let url = cluster.url("restored");
    let mut restore = cluster.program("pg_restore");
    succeeds(restore.args(["--dbname", &url, "careline.dump"])).await;
    let ran = careline(&url, &["db", "restored"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert_verified(&url);
    goes_on(crowd, Database::at(url).await).await;
}

async fn succeeds(command: &mut tokio::process::Command) {
    let ran = command.stderr(Stdio::piped()).output();
    let ran = ran.await.expect("it runs");
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}");
}

/// The program starts on the copy: nobody is told again what they were told, and who writes again
/// is answered.
async fn goes_on(crowd: Crowd, copy: Database) {
    // What the copy has not decided on yet is decided on now, though it may have been before.
    let undecided = "SELECT CAST(COUNT(*) AS BIGINT) FROM inbox WHERE state = 'new'";
    let undecided = count(&copy, undecided).await;
    let waiting = "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE state = 'sending'";
    let waiting = count(&copy, waiting).await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut program = spawn(&crowd.fake, &copy, folder.path());
    let asked_again = crowd.asks_again(5);
    crowd.is_settled(&copy).await;
    for (person, question) in asked_again {
        let read = person.reads();
        let answer = ANSWERS[question].1;
        let answers = read.iter().filter(|one| one.text().contains(answer));
        assert_eq!(answers.count(), 1, "who writes again is answered once");
    }
    program.kill().await.expect("the program is killed");
    let unknown = "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE state = 'unknown'";
    assert!(
        count(&copy, unknown).await >= waiting,
        "all of it is told of"
    );
    let doubled = crowd.seen().doubled;
    assert!(
        doubled <= undecided,
        "{doubled} doubled, {undecided} undecided"
    );
    assert_verified(&copy.url);
    println!("from the copy: {waiting} unknown, {undecided} undecided, {doubled} doubled");
}
