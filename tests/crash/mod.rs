//! The real binary under load, killed with SIGKILL again and again: every message is handled
//! once, none is lost, none is sent twice, and what nobody can know is counted and reported.

mod discord;

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use crate::support::database::Database;
use crate::support::serving::{ANSWERS, WINDOW, count, import, start};
use crate::support::telegram::people::Person;
use crate::support::telegram::{FakeTelegram, view};
use careline::clock::{Clock, SystemClock};

/// How often the program is killed, on each database.
const KILLS: usize = 60;
/// How many customers write between two kills.
const CUSTOMERS_PER_LIFE: usize = 8;
/// How long the program has for what it must do.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn killed_on_sqlite_nothing_is_lost_and_nothing_is_sent_twice() {
    killed_again_and_again(Database::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_on_postgresql_nothing_is_lost_and_nothing_is_sent_twice() {
    killed_again_and_again(Database::postgres().await).await;
}

async fn killed_again_and_again(database: Database) {
    let clock = SystemClock;
    let fake = FakeTelegram::start_with_clock(Arc::new(move || clock.now().0)).await;
    let folder = tempfile::tempdir().expect("a folder");
    import(&database, folder.path()).await;

    let mut customers: Vec<(Person, usize)> = Vec::new();
    for kill in 0..KILLS {
        let mut program = start(&fake, &database, folder.path())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        for _ in 0..CUSTOMERS_PER_LIFE {
            let asks = customers.len() % ANSWERS.len();
            let person = fake.person(&format!("Customer {}", customers.len()), "en");
            person.alone().says(ANSWERS[asks].0);
            customers.push((person, asks));
        }
        // The place of the blow wanders: before the first poll, between polls, amid the sends.
        let sends_before = fake.with(|state| view::calls(state, "sendMessage").len());
        let sends = (kill * 7) % 16;
        fake.wait_for("sends before the kill", |state| {
            let so_far = view::calls(state, "sendMessage").len() - sends_before;
            (so_far >= sends || state.queue.len() == 0 && so_far > 0).then_some(())
        })
        .await;
        program.kill().await.expect("the program is killed");
    }

    let mut program = start(&fake, &database, folder.path())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let unknown = tokio::time::timeout(PATIENCE, everything_settled(&database, &customers, &fake))
        .await
        .unwrap_or_else(|_| panic!("not settled: {:?}", tally(&customers)));
    program.kill().await.expect("the program is killed");

    let tally = tally(&customers);
    let answered = tally.get("answered").copied().unwrap_or_default();
    println!(
        "{KILLS} kills, {} customers: {answered} answered, {unknown} unknown and reported, {} sent twice",
        customers.len(),
        tally.get("twice").copied().unwrap_or_default(),
    );
    assert_eq!(tally.get("twice"), None, "an answer was sent twice");
    assert_eq!(
        tally.get("wrong"),
        None,
        "a customer got somebody else's answer"
    );
    assert!(unknown <= WINDOW * KILLS, "{unknown} unknown");
    let taken = count(
        &database,
        "SELECT CAST(COUNT(*) AS BIGINT) FROM messages WHERE author = 'customer'",
    )
    .await;
    assert_eq!(taken, customers.len(), "each message is kept once");
    let set_aside = count(
        &database,
        "SELECT CAST(COUNT(*) AS BIGINT) FROM inbox WHERE state <> 'done'",
    )
    .await;
    assert_eq!(set_aside, 0, "every arrival had its effect");
    drop(fake);
    database.remove().await;
}

/// Waits until each customer has their answer, or it stands as unknown and is reported; gives how
/// many rows are unknown.
async fn everything_settled(
    database: &Database,
    customers: &[(Person, usize)],
    fake: &FakeTelegram,
) -> usize {
    let mut every = tokio::time::interval(Duration::from_millis(50));
    loop {
        every.tick().await;
        if fake.with(|state| state.queue.len()) > 0 {
            continue;
        }
        let open =
            "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE state IN ('ready', 'sending')";
        let new = "SELECT CAST(COUNT(*) AS BIGINT) FROM inbox WHERE state = 'new'";
        if count(database, open).await + count(database, new).await > 0 {
            continue;
        }
        let unknown = "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE state = 'unknown'";
        let reported =
            "SELECT CAST(COUNT(*) AS BIGINT) FROM timeline WHERE kind = 'delivery-unknown'";
        let (unknown, reported) = (
            count(database, unknown).await,
            count(database, reported).await,
        );
        assert_eq!(unknown, reported, "each unknown outcome is reported");
        let unknown_answers = count(
            database,
            "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE state = 'unknown' AND purpose LIKE '%answer%'",
        )
        .await;
        let unanswered = tally(customers)
            .get("unanswered")
            .copied()
            .unwrap_or_default();
        assert!(
            unanswered <= unknown_answers,
            "{unanswered} lost, {unknown_answers} unknown answers"
        );
        return unknown;
    }
}

/// What customers got, counted.
fn tally(customers: &[(Person, usize)]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for (person, asked) in customers {
        let read = person.reads();
        let times = |words: &str| {
            read.iter()
                .filter(|message| message.text().contains(words))
                .count()
        };
        let foreign: usize = (0..ANSWERS.len())
            .filter(|other| other != asked)
            .map(|other| times(ANSWERS[other].1))
            .sum();
        let word = match (
            times(ANSWERS[*asked].1),
            times("Who should answer you first?"),
            foreign,
        ) {
            (_, _, foreign) if foreign > 0 => "wrong",
            (answers, asked, _) if answers > 1 || asked > 1 => "twice",
            (1, _, _) => "answered",
            _ => "unanswered",
        };
        *counts.entry(word).or_insert(0) += 1;
    }
    counts
}
