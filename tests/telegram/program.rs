//! The real program, where Telegram says that it must not go on: what it tells and how it ends.

use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::support::telegram::FakeTelegram;
use crate::support::telegram::state::State;

const ENDS_WITHIN: Duration = Duration::from_secs(30);

fn serve(fake: &FakeTelegram, token: &str, folder: &tempfile::TempDir) -> Child {
    Command::new(env!("CARGO_BIN_EXE_careline"))
        .arg("serve")
        .current_dir(folder.path())
        .env_clear()
        .env("TELEGRAM_TOKEN", token)
        .env("CARELINE_TELEGRAM__API_URL", fake.url())
        .env("CARELINE_HTTP__LISTEN", "127.0.0.1:0")
        .env("CARELINE_KNOWLEDGE__SAMPLE", "false")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts")
}

async fn ends(program: Child) -> Output {
    let ended = tokio::time::timeout(ENDS_WITHIN, program.wait_with_output()).await;
    ended
        .expect("it ends by itself")
        .expect("its output can be read")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Waits until that many polls have begun.
async fn polls(fake: &FakeTelegram, count: u64) {
    let look = |state: &State| (state.polls >= count).then_some(());
    fake.wait_for("a poll", look).await;
}

#[tokio::test]
async fn a_refused_token_is_a_wrong_setting() {
    let fake = FakeTelegram::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let wrong = "7004242424:AAwrong-token-of-somebody-else-12345";
    let output = ends(serve(&fake, wrong, &folder)).await;
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(
        told(&output).contains("telegram.token"),
        "{}",
        told(&output)
    );
    assert!(!told(&output).contains("AAwrong"), "{}", told(&output));
}

#[tokio::test]
async fn what_is_no_token_at_all_is_said_before_anything_is_called() {
    let fake = FakeTelegram::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let output = ends(serve(&fake, "hello", &folder)).await;
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(
        told(&output).contains("telegram.token"),
        "{}",
        told(&output)
    );
    assert!(fake.with(|state| state.calls.is_empty()));
}

#[tokio::test]
async fn a_second_reader_of_the_same_bot_pushes_the_first_aside() {
    let fake = FakeTelegram::start().await;
    let folders = [0, 1].map(|_| tempfile::tempdir().expect("a folder"));
    let first = serve(&fake, fake.token(), &folders[0]);
    polls(&fake, 2).await;
    let _second = serve(&fake, fake.token(), &folders[1]);
    let output = ends(first).await;
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(
        told(&output).contains("another process"),
        "{}",
        told(&output)
    );
    let ann = fake.person("Ann", "en");
    ann.says("a human please");
    ann.waits_for("passing you on").await;
}
