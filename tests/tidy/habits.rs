//! Habits that keep the program readable and its tests honest.

use super::source::{Source, files_below, program, root};

/// The most lines of a file, its tests apart.
const LINES_MAX: usize = 400;

#[test]
fn no_file_is_long() {
    let mut faults = Vec::new();
    for source in program() {
        let lines = source.code.lines().count();
        if lines > LINES_MAX {
            faults.push(format!("src/{}: {lines} lines", source.path));
        }
    }
    assert!(
        faults.is_empty(),
        "longer than {LINES_MAX} lines:\n{}",
        faults.join("\n")
    );
}

#[test]
fn every_file_says_what_it_is() {
    let mut faults = Vec::new();
    for folder in ["src", "tests"] {
        for path in files_below(&root().join(folder), "rs") {
            let text = std::fs::read_to_string(&path).expect("is UTF-8");
            let is_part = path.file_name().is_some_and(|name| name == "tests.rs");
            if !is_part && !text.trim_start().starts_with("//!") {
                faults.push(path.display().to_string());
            }
        }
    }
    assert!(
        faults.is_empty(),
        "no `//!` at the top:\n{}",
        faults.join("\n")
    );
}

#[test]
fn nothing_in_the_program_gives_up() {
    // `expect("why it cannot fail")` is for what the types cannot say, and rare.
    let never = [
        ".unwrap()",
        "panic!(",
        "todo!(",
        "unimplemented!(",
        "dbg!(",
        "#[allow(",
        "#![allow(",
        "unsafe ",
    ];
    let expects_max = 8;
    let mut faults = Vec::new();
    let mut expects = Vec::new();
    for source in program() {
        for word in never {
            for (at, _) in source.code.match_indices(word) {
                faults.push(format!(
                    "src/{}:{}: {word}",
                    source.path,
                    source.line_of(at)
                ));
            }
        }
        for (at, _) in source.code.match_indices(".expect(") {
            expects.push(format!("src/{}:{}", source.path, source.line_of(at)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(
        expects.len() <= expects_max,
        "{} `expect`s, more than {expects_max}:\n{}",
        expects.len(),
        expects.join("\n")
    );
}

#[test]
fn only_the_command_line_prints() {
    let mut faults = Vec::new();
    for source in program().iter().filter(|s| s.module() != "cli") {
        for word in ["println!(", "print!("] {
            for (at, _) in source.code.match_indices(word) {
                faults.push(format!("src/{}:{}", source.path, source.line_of(at)));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_test_sleeps_or_is_skipped() {
    let mut faults = Vec::new();
    for folder in ["src", "tests"] {
        for path in files_below(&root().join(folder), "rs") {
            let text = std::fs::read_to_string(&path).expect("is UTF-8");
            // The whole file, since unit tests are in it; strings and comments apart.
            let source = Source::read(&path.to_string_lossy(), &format!("{text}\n"));
            let tests_too = Source::read("", &text.replace("#[cfg(test)]", ""));
            let in_tests = folder == "tests";
            for word in ["#[ignore", "thread::sleep("] {
                if tests_too.code.contains(word) {
                    faults.push(format!("{}: {word}", source.path));
                }
            }
            if in_tests && tests_too.code.contains("time::sleep(") {
                faults.push(format!("{}: time::sleep(", source.path));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
