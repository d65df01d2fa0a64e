//! The real program, run as users run it: a command line, an environment, an exit status.

use std::process::Command;

/// What a run gave.
#[derive(Debug)]
pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a command of the program on a database, in an empty folder.
pub fn careline(database_url: &str, arguments: &[&str]) -> Ran {
    careline_with(arguments, &[("DATABASE_URL", database_url)])
}

/// Runs a command of the program with these variables only, in an empty folder.
pub fn careline_with(arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_careline"))
        .args(arguments)
        .current_dir(folder.path())
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("is UTF-8");
    Ran {
        status: output.status.code().expect("ended by itself"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// Every stored state of a database is what the timeline says.
pub fn assert_verified(database_url: &str) {
    let ran = careline(database_url, &["db", "verify"]);
    assert_eq!(ran.status, 0, "{}\n{}", ran.stdout, ran.stderr);
}
