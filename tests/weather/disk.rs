//! The disk is full, on the real binary: its files may grow no more, as with `ulimit -f`.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::crash::crowd::Crowd;
use crate::support::database::Database;
use crate::support::program::{assert_verified, careline};
use crate::support::serving::{import, start};

/// By how much the files may grow before the disk is full.
const ROOM_KIB: u64 = 160;
/// The most of a copy that there is room for: less than an empty database takes.
const COPY_KIB: u64 = 64;
/// How many customers may write until it is.
const CUSTOMERS_MAX: usize = 400;
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs a command with files of at most so many kibibytes. Beyond that writing fails, rather than
/// ending the program.
fn with_small_files(command: &Command, kib: u64) -> Command {
    let command = command.as_std();
    let mut small = Command::new("bash");
    small
        .arg("-c")
        .arg(format!("trap '' XFSZ; ulimit -S -f {kib}; exec \"$@\""))
        .arg("bash")
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => small.env(name, value),
            None => small.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        small.current_dir(folder);
    }
    small
}

/// Where the program says that it listens.
async fn address(program: &mut Child) -> String {
    let out = program.stdout.take().expect("piped");
    let mut lines = BufReader::new(out).lines();
    let line = lines.next_line().await.expect("it reads").expect("a line");
    let (_, rest) = line.split_once("http://").expect("an address");
    rest.trim_end_matches("/chat").to_owned()
}

async fn is_ready(address: &str) -> bool {
    let answer = reqwest::get(format!("http://{address}/readyz")).await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        let mut every = tokio::time::interval(Duration::from_millis(50));
        loop {
            every.tick().await;
            if holds().await {
                return;
            }
        }
    };
    let within = tokio::time::timeout(PATIENCE, waiting).await;
    within.unwrap_or_else(|_| panic!("{what} did not come"));
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_nothing_is_acknowledged_and_with_room_all_goes_on() {
    let database = Database::sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    import(&database, folder.path()).await;
    let file = database.url.trim_start_matches("sqlite:");
    let kib = std::fs::metadata(file).expect("is there").len() / 1024 + ROOM_KIB;
    let mut crowd = Crowd::new().await;
    let serve = start(&crowd.fake, &database, folder.path());
    let mut program = with_small_files(&serve, kib)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");
    let address = address(&mut program).await;
    until("a full disk", async || {
        if crowd.len() < CUSTOMERS_MAX {
            crowd.writes(10);
        }
        !is_ready(&address).await
    })
    .await;
    crowd.writes(5);
    let waiting = crowd.fake.with(|state| state.queue.len());
    assert!(waiting >= 5, "what cannot be kept stays with Telegram");
    let id = program.id().expect("it lives").to_string();
    let room = std::process::Command::new("prlimit")
        .args(["--pid", &id, "--fsize=unlimited:unlimited"])
        .status();
    assert!(room.expect("prlimit runs").success());
    let (seen, lost) = crowd.is_served(&database).await;
    until("ready again", async || is_ready(&address).await).await;
    program.kill().await.expect("the program is killed");
    assert_verified(&database.url);
    println!(
        "disk full: {} customers, {lost} lost, {} doubled",
        crowd.len(),
        seen.doubled
    );
    database.remove().await;
}

#[tokio::test]
async fn a_place_that_cannot_be_written_to_is_said_at_the_start() {
    let ran = careline("sqlite:/proc/careline.db", &["db", "verify"]);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("can be written to"), "{}", ran.stderr);
}

#[tokio::test]
async fn a_copy_for_which_there_is_no_room_leaves_nothing_behind() {
    let database = Database::sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy.db");
    let mut backup = crate::support::serving::careline(&database, folder.path());
    backup.args(["db", "backup"]).arg(&copy);
    let ran = with_small_files(&backup, COPY_KIB)
        .output()
        .await
        .expect("it runs");
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(ran.status.code(), Some(1), "{said}");
    assert!(said.contains("is there room for it"), "{said}");
    let left = std::fs::read_dir(folder.path()).expect("lists").count();
    assert_eq!(left, 0, "nothing is left behind");
    let nowhere = folder.path().join("no").join("copy.db");
    let ran = careline(&database.url, &["db", "backup", &nowhere.to_string_lossy()]);
    assert_eq!(ran.status, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("no such folder"), "{}", ran.stderr);
    database.remove().await;
}
