//! The delivering process stands still for longer than its lease (a paused machine, a frozen
//! disk): another takes over, and the first must do no harm when it wakes.

use std::process::Stdio;
use std::time::Instant;

use tokio::process::Child;

use super::crowd::Crowd;
use crate::support::database::Database;
use crate::support::program::assert_verified;
use crate::support::serving::{WINDOW, count, import, start};

/// How often the deliverer is paused.
const PAUSES: usize = 3;
/// How many customers write before each pause, and in it.
const CUSTOMERS: usize = 8;

fn signal(program: &Child, signal: &str) {
    let id = program.id().expect("it runs").to_string();
    let sent = std::process::Command::new("kill")
        .args([signal, &id])
        .status();
    assert!(sent.expect("kill runs").success());
}

#[tokio::test(flavor = "multi_thread")]
async fn paused_for_longer_than_its_lease_a_process_sends_nothing_twice() {
    let database = Database::postgres().await;
    let folder = tempfile::tempdir().expect("a folder");
    import(&database, folder.path()).await;
    let mut crowd = Crowd::new().await;
    let run = |roles: &[&str]| {
        let mut command = start(&crowd.fake, &database, folder.path());
        for role in roles {
            command.args(["--role", role]);
        }
        let started = command.stderr(Stdio::null()).spawn();
        started.expect("it starts")
    };
    let mut rest = run(&["ingest", "intake", "console"]);
    let mut deliverers = [run(&["delivery"]), run(&["delivery"])];
    let mut slowest = 0;
    for _ in 0..PAUSES {
        let before = crowd.sends();
        crowd.writes(CUSTOMERS);
        crowd.has_been_sent(before, 3).await;
        // Whichever delivers: with both paused in turn, one of them did.
        for paused in &deliverers {
            signal(paused, "-STOP");
            let (paused_at, before) = (Instant::now(), crowd.sends());
            crowd.writes(CUSTOMERS);
            crowd.has_been_sent(before, CUSTOMERS).await;
            slowest = slowest.max(paused_at.elapsed().as_millis());
            signal(paused, "-CONT");
        }
    }
    let (seen, lost) = crowd.is_served(&database).await;
    let unknown = "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE state = 'unknown'";
    let unknown = count(&database, unknown).await;
    let reported = "SELECT CAST(COUNT(*) AS BIGINT) FROM timeline WHERE kind = 'delivery-unknown'";
    assert_eq!(count(&database, reported).await, unknown, "each is told of");
    let pauses = PAUSES * deliverers.len();
    assert!(unknown <= WINDOW * pauses, "{unknown} unknown");
    for program in deliverers.iter_mut().chain([&mut rest]) {
        let alive = program.try_wait().expect("it can be asked").is_none();
        assert!(alive, "none has ended by itself");
        program.kill().await.expect("the program is killed");
    }
    assert_verified(&database.url);
    println!(
        "{pauses} pauses longer than a lease: {} customers, {lost} lost, {} doubled, {unknown} unknown, \
         taken over within {slowest} ms",
        crowd.len(),
        seen.doubled
    );
    database.remove().await;
}
