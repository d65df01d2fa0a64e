//! The real binary in an operator's hands: it stops in order, amid the work.

use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use careline::clock::{Clock, SystemClock};
use tokio::process::Child;

use crate::support::database::Database;
use crate::support::serving::{ANSWERS, count, import, start};
use crate::support::telegram::state::State;
use crate::support::telegram::{FakeTelegram, view};

/// How long a program has to end.
const PATIENCE: Duration = Duration::from_secs(60);

async fn telegram() -> FakeTelegram {
    let clock = SystemClock;
    FakeTelegram::start_with_clock(Arc::new(move || clock.now().0)).await
}

async fn ended(program: Child) -> Output {
    tokio::time::timeout(PATIENCE, program.wait_with_output())
        .await
        .expect("the program ends")
        .expect("its output is read")
}

fn signal(program: &Child, signal: &str) {
    let id = program.id().expect("it runs").to_string();
    let sent = std::process::Command::new("kill")
        .args([signal, &id])
        .status();
    assert!(sent.expect("kill runs").success());
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_in_order_under_load_nothing_is_half_done() {
    for stop in ["-TERM", "-INT"] {
        let (fake, database) = (telegram().await, Database::sqlite().await);
        let folder = tempfile::tempdir().expect("a folder");
        import(&database, folder.path()).await;
        let program = start(&fake, &database, folder.path())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let people: Vec<_> = (0..40)
            .map(|number| {
                let person = fake.person(&format!("Customer {number}"), "en");
                person.alone().says(ANSWERS[number % ANSWERS.len()].0);
                person
            })
            .collect();
        let amid = |state: &State| (view::calls(state, "sendMessage").len() >= 10).then_some(());
        fake.wait_for("some sends", amid).await;
        signal(&program, stop);
        let output = ended(program).await;
        assert_eq!(
            output.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let unclear =
            "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE state IN ('sending', 'unknown')";
        assert_eq!(
            count(&database, unclear).await,
            0,
            "after {stop} nothing is half done"
        );

        let polls_before = fake.with(|state| state.polls);
        let program = start(&fake, &database, folder.path())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts again");
        for (number, person) in people.iter().enumerate() {
            person.waits_for(ANSWERS[number % ANSWERS.len()].1).await;
        }
        // Everybody may have had their answer before: it must run before it can stop in order.
        let running = |state: &State| (state.polls > polls_before).then_some(());
        fake.wait_for("a poll of the second run", running).await;
        signal(&program, stop);
        assert_eq!(ended(program).await.status.code(), Some(0));
        for (number, person) in people.iter().enumerate() {
            let read = person.reads();
            let answer = ANSWERS[number % ANSWERS.len()].1;
            let answers = read
                .iter()
                .filter(|message| message.text().contains(answer));
            assert_eq!(answers.count(), 1, "each is answered once");
        }
        database.remove().await;
    }
}
