//! The same on Discord, where the outcome of a send can be found out: nothing stays unknown.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use careline::clock::{Clock, SystemClock};
use tokio::process::Child;

use super::PATIENCE;
use crate::support::database::Database;
use crate::support::discord::{Discord, TOKEN};
use crate::support::serving::{ANSWERS, careline, count, import};

/// How often the program is killed, on each database.
const KILLS: usize = 20;
/// How many customers ask between two kills.
const CUSTOMERS_PER_LIFE: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn killed_on_discord_each_answer_comes_exactly_once() {
    killed_again_and_again(Database::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_on_discord_and_postgresql_each_answer_comes_exactly_once() {
    killed_again_and_again(Database::postgres().await).await;
}

async fn killed_again_and_again(database: Database) {
    let clock = SystemClock;
    let fake = Discord::start_at(Arc::new(move || clock.now().0)).await;
    fake.act(|world| world.application.privileged_intents = 1 << 15);
    let guild = fake.guild("Shop");
    let lobby = fake.text_channel(guild, "help");
    let folder = tempfile::tempdir().expect("a folder");
    import(&database, folder.path()).await;

    let mut program = start(&fake, lobby, &database, folder.path());
    let mut asked: Vec<(u64, usize)> = Vec::new();
    for kill in 0..KILLS {
        // In some lives people ask before anybody listens: the history has to be read.
        if kill % 2 == 0 {
            hears(&fake).await;
        }
        for _ in 0..CUSTOMERS_PER_LIFE {
            let which = asked.len() % ANSWERS.len();
            let person = fake.person(&format!("Customer {}", asked.len()), guild);
            asked.push((fake.writes(person, lobby, ANSWERS[which].0), which));
        }
        let sends_before = fake.read(|world| world.calls_of("POST", "/messages").len());
        // The place of the blow wanders: before the first send, amid them, after the last.
        let sends = (kill * 5) % 8;
        if kill == 0 {
            // From here on the channel is known, and so is where its history goes on.
            settled(&fake, &database, asked.len()).await;
        } else {
            fake.wait_for("sends before the kill", |world| {
                let so_far = world.calls_of("POST", "/messages").len() - sends_before;
                (so_far >= sends).then_some(())
            })
            .await;
        }
        program.kill().await.expect("the program is killed");
        program = start(&fake, lobby, &database, folder.path());
    }
    settled(&fake, &database, asked.len()).await;
    program.kill().await.expect("the program is killed");

    fake.read(|world| {
        for (question, which) in &asked {
            let said = world.bot_messages_in(*question);
            let mut words: Vec<&str> = said.iter().map(|one| one.content.as_str()).collect();
            let right = words
                .iter()
                .filter(|one| one.contains(ANSWERS[*which].1))
                .count();
            assert_eq!(right, 1, "the answer comes once: {words:?}");
            let all = words.len();
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), all, "nothing is said twice: {words:?}");
        }
        assert!(
            world.bot_messages_in(lobby).is_empty(),
            "each in its thread"
        );
    });
    let kept = "SELECT CAST(COUNT(*) AS BIGINT) FROM messages WHERE author = 'customer'";
    assert_eq!(
        count(&database, kept).await,
        asked.len(),
        "each question is kept once"
    );
    println!(
        "killed on Discord: {KILLS} kills, {} customers, 0 lost, 0 doubled, 0 unknown",
        asked.len()
    );
    drop(fake);
    database.remove().await;
}

async fn hears(fake: &Discord) {
    let connected = |world: &crate::support::discord::state::World| {
        (world.gateway.connected() > 0).then_some(())
    };
    fake.wait_for("a session", connected).await;
}

/// Everything that was written is taken, decided on and sent, and of nothing the outcome is open.
async fn settled(fake: &Discord, database: &Database, written: usize) {
    let look = async {
        let mut every = tokio::time::interval(Duration::from_millis(50));
        loop {
            every.tick().await;
            let taken =
                "SELECT CAST(COUNT(*) AS BIGINT) FROM inbox WHERE natural_key LIKE 'discord:%:m:%'";
            let open = "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE state IN ('ready', 'sending', 'unknown')";
            let new = "SELECT CAST(COUNT(*) AS BIGINT) FROM inbox WHERE state = 'new'";
            if count(database, taken).await >= written
                && count(database, open).await + count(database, new).await == 0
            {
                return;
            }
        }
    };
    if tokio::time::timeout(PATIENCE, look).await.is_err() {
        let calls = fake.read(|world| world.calls.len());
        panic!("not settled after {calls} calls: {}", open(database).await);
    }
}

/// How much of what is still open, for a failing test.
async fn open(database: &Database) -> String {
    let mut states = Vec::new();
    for (what, sql) in OPEN {
        states.push(format!("{what} {}", count(database, sql).await));
    }
    states.join(", ")
}

/// What may be open, counted.
const OPEN: [(&str, &str); 6] = [
    (
        "taken",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM inbox WHERE natural_key LIKE 'discord:%:m:%'",
    ),
    (
        "undecided",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM inbox WHERE state = 'new'",
    ),
    (
        "set aside",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM inbox WHERE state = 'set-aside'",
    ),
    (
        "ready",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE state = 'ready'",
    ),
    (
        "sending",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE state = 'sending'",
    ),
    (
        "unknown",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE state = 'unknown'",
    ),
];

fn start(fake: &Discord, lobby: u64, database: &Database, folder: &Path) -> Child {
    careline(database, folder)
        .arg("serve")
        .env("DISCORD_TOKEN", TOKEN)
        .env("CARELINE_DISCORD__API_URL", fake.api_url())
        .env("CARELINE_DISCORD__SUPPORT_CHANNELS", lobby.to_string())
        .env("CARELINE_DISCORD__MESSAGE_CONTENT", "true")
        .env("CARELINE_HTTP__LISTEN", "127.0.0.1:0")
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts")
}
