//! The fake, seen by aiogram: a client that we did not write must find the platform it knows.

use crate::support::clients::run_check;
use crate::support::telegram::FakeTelegram;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn aiogram_finds_the_platform_that_it_knows() {
    let fake = FakeTelegram::start().await;
    let printed = run_check("aiogram_check.py", &[&fake.url(), fake.token()]).await;
    let last = printed.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("verdict: ") && last.ends_with("checks passed"),
        "{printed}"
    );
    // Aiogram refused nothing of it by its own checks: enough of them ran.
    let checks: usize = last
        .split(' ')
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or_default();
    assert!(checks >= 50, "only {checks} checks ran:\n{printed}");
}
