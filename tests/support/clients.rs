//! Runs the checks that clients of other makers do against our fakes.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

/// Installing the clients may have to fetch them.
const INSTALL_WITHIN: Duration = Duration::from_secs(300);
const CHECK_WITHIN: Duration = Duration::from_secs(180);

/// Runs `tests/clients/<script>` with these arguments and gives what it printed; fails the test
/// with all of its output when it did not leave with status 0.
pub async fn run_check(script: &str, arguments: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut install = Command::new(root.join("scripts/clients-venv"));
    let python = output("scripts/clients-venv", &mut install, INSTALL_WITHIN).await;
    let mut check = Command::new(python.trim());
    check
        .arg(root.join("tests/clients").join(script))
        .args(arguments);
    output(script, &mut check, CHECK_WITHIN).await
}

async fn output(name: &str, command: &mut Command, within: Duration) -> String {
    command.stdin(Stdio::null()).kill_on_drop(true);
    let ran = tokio::time::timeout(within, command.output()).await;
    let ran = ran.unwrap_or_else(|_| panic!("{name} did not end within {within:?}"));
    let ran = ran.unwrap_or_else(|error| panic!("{name} cannot be started: {error}"));
    let (out, err) = (
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr),
    );
    assert!(ran.status.success(), "{name} failed:\n{out}\n{err}");
    out.into_owned()
}
