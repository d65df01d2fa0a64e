//! Exit statuses: 0 done, 1 it did not work, 2 the call or the configuration is wrong.

use crate::support::database::Database;
use crate::support::program::{Ran, careline, careline_with};

#[test]
fn a_wrong_call_or_configuration_is_2_and_all_faults_are_told() {
    let ran = careline_with(&["nonsense"], &[]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);

    let ran = careline_with(&["doctor", "--config", "nowhere.toml"], &[]);
    assert_eq!(ran.status, 2);
    assert!(
        ran.stderr.contains("nowhere.toml: cannot be read"),
        "{}",
        ran.stderr
    );

    let wrong = [
        ("CARELINE_HTTP__LISTEN", "everywhere"),
        ("CARELINE_DESK__LANGUAGE", "vi"),
        ("DATABASE_URL", "mysql://root:canary@db/x"),
    ];
    let ran = careline_with(&["serve"], &wrong);
    assert_eq!(ran.status, 2);
    for told in [
        "CARELINE_HTTP__LISTEN",
        "CARELINE_DESK__LANG?",
        "DATABASE_URL",
    ] {
        assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
    }
    assert!(!ran.stderr.contains("canary"), "{}", ran.stderr);
}

#[test]
fn what_does_not_work_is_1() {
    let ran = careline("sqlite:nowhere/at/all.db", &["db", "migrate"]);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("cannot be opened"), "{}", ran.stderr);
    let ran = careline(
        "postgres://careline:canary@127.0.0.1:1/none",
        &["db", "migrate"],
    );
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert!(!ran.stderr.contains("canary"), "{}", ran.stderr);
}

#[test]
fn help_and_the_example_are_0_and_need_nothing() {
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["example-config"],
        &["report", "sla", "--help"],
    ] {
        let ran = careline_with(arguments, &[("DATABASE_URL", "sqlite:nowhere/at/all.db")]);
        assert_eq!(ran.status, 0, "{arguments:?}: {}", ran.stderr);
        assert!(!ran.stdout.is_empty(), "{arguments:?}");
    }
}

#[tokio::test]
async fn doctor_finds_nothing_wrong_with_a_fresh_database() {
    let database = Database::sqlite().await;
    let ran = careline(&database.url, &["doctor"]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("ok    database.url: SQLite"),
        "{}",
        ran.stdout
    );
    let ran = careline(&database.url, &["doctor", "--format", "json"]);
    let findings: serde_json::Value = serde_json::from_str(&ran.stdout).expect("is JSON");
    assert!(
        findings
            .as_array()
            .is_some_and(|findings| findings.len() > 3),
        "{findings}"
    );
}

// The fake answers while the program is waited for.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_fails_in_doctor_with_its_remedy() {
    let telegram = crate::support::telegram::FakeTelegram::start().await;
    let database = Database::sqlite().await;
    let url = telegram.url();
    let variables = [
        ("DATABASE_URL", database.url.as_str()),
        (
            "TELEGRAM_TOKEN",
            "999999999:canarycanarycanarycanarycanarycanar",
        ),
        ("CARELINE_TELEGRAM__API_URL", url.as_str()),
    ];
    let ran = careline_with(&["doctor"], &variables);
    let Ran {
        status,
        stdout,
        stderr,
    } = ran;
    assert_eq!(status, 1, "{stdout}{stderr}");
    assert!(stdout.contains("fail  telegram"), "{stdout}{stderr}");
    assert!(!(stdout + &stderr).contains("canary"));
}
