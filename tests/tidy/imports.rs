//! Who may import whom: the table in `src/lib.rs`.

use super::source::{Source, program};

/// What each part of the program may name, besides itself.
const MAY_IMPORT: [(&str, &[&str]); 14] = [
    ("domain", &[]),
    ("clock", &["domain"]),
    ("config", &["domain"]),
    ("wording", &["domain"]),
    ("design", &[]),
    ("semantic", &["domain"]),
    ("store", &["domain"]),
    ("channels", &["domain", "clock", "design"]),
    ("reporting", &["store", "wording", "domain"]),
    (
        "workers",
        &[
            "store",
            "channels",
            "reporting",
            "wording",
            "domain",
            "clock",
        ],
    ),
    (
        "console",
        &[
            "store",
            "reporting",
            "wording",
            "domain",
            "clock",
            "design",
            "workers::Wakes",
        ],
    ),
    ("observe", &["store", "domain"]),
    ("app", &["*"]),
    ("cli", &["*"]),
];

/// Libraries with one door.
const ONE_DOOR: [(&str, &str); 7] = [
    ("teloxide", "channels/telegram/"),
    ("serenity", "channels/discord/"),
    ("sqlx", "store/"),
    ("candle_core", "semantic/"),
    ("candle_nn", "semantic/"),
    ("candle_transformers", "semantic/"),
    ("tokenizers", "semantic/"),
];

fn allowed(module: &str) -> &'static [&'static str] {
    let row = MAY_IMPORT.iter().find(|(name, _)| *name == module);
    row.unwrap_or_else(|| panic!("src/{module} is new: give it a row here and in src/lib.rs"))
        .1
}

/// Everything of ours that a file names, as a path below the crate: `domain::ids::StaffId`.
fn named(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in source.code.match_indices("crate::") {
        let rest = &source.code[at + "crate::".len()..];
        let path: String = rest
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':')
            .collect();
        assert!(
            !rest.starts_with('{'),
            "{}:{}: one `use crate::…` for each module, so that it can be read",
            source.path,
            source.line_of(at)
        );
        found.push((source.line_of(at), path));
    }
    found
}

#[test]
fn nothing_imports_what_it_may_not() {
    let mut faults = Vec::new();
    for source in program() {
        let module = source.module();
        if matches!(module, "lib" | "main") {
            continue;
        }
        let allowed = allowed(module);
        for (line, path) in named(&source) {
            let may = |prefix: &&str| {
                *prefix == "*" || path == **prefix || path.starts_with(&format!("{prefix}::"))
            };
            let itself = path == module || path.starts_with(&format!("{module}::"));
            if !itself && !allowed.iter().any(may) {
                faults.push(format!("src/{}:{line}: crate::{path}", source.path));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "not to be imported there:\n{}",
        faults.join("\n")
    );
}

#[test]
fn the_workers_know_the_channels_only_by_their_trait() {
    let mut faults = Vec::new();
    for source in program().iter().filter(|s| s.module() == "workers") {
        for (line, path) in named(source) {
            // A trait of the web chat's, as the inlet is one of all channels'.
            if path.starts_with("channels::webchat::log") {
                continue;
            }
            let platforms = [
                "channels::telegram",
                "channels::discord",
                "channels::webchat",
            ];
            if platforms.iter().any(|platform| path.starts_with(platform)) {
                faults.push(format!("src/{}:{line}: crate::{path}", source.path));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn each_library_of_a_platform_has_one_door() {
    let mut faults = Vec::new();
    for source in program() {
        for (library, door) in ONE_DOOR {
            let path = format!("{library}::");
            let names = source.code.match_indices(&path).filter(|(at, _)| {
                let before = source.code[..*at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
            });
            for (at, _) in names.filter(|_| !source.path.starts_with(door)) {
                let line = source.line_of(at);
                faults.push(format!("src/{}:{line}: {library}", source.path));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "outside of its folder:\n{}",
        faults.join("\n")
    );
}

#[test]
fn only_the_store_writes_sql() {
    let begins_sql = |text: &str| {
        let text = text.trim_start();
        ["SELECT ", "INSERT INTO ", "DELETE FROM ", "CREATE TABLE "]
            .iter()
            .any(|verb| text.starts_with(verb))
            || (text.starts_with("UPDATE ") && text.contains(" SET "))
    };
    let mut faults = Vec::new();
    for source in program().iter().filter(|s| s.module() != "store") {
        for literal in source.strings.iter().filter(|s| begins_sql(&s.text)) {
            faults.push(format!("src/{}:{}", source.path, literal.line));
        }
    }
    assert!(
        faults.is_empty(),
        "SQL outside of src/store:\n{}",
        faults.join("\n")
    );
}

#[test]
fn only_the_delivery_delivers_and_only_the_intake_changes_conversations() {
    let doors = [
        (".deliver(", &["workers/delivery/"][..]),
        ("conversations::save(", &["workers/intake/"][..]),
        ("conversations::add(", &["workers/intake/"][..]),
    ];
    let mut faults = Vec::new();
    for source in program() {
        for (call, folders) in doors {
            if folders.iter().any(|folder| source.path.starts_with(folder)) {
                continue;
            }
            for (at, _) in source.code.match_indices(call) {
                faults.push(format!(
                    "src/{}:{}: {call}",
                    source.path,
                    source.line_of(at)
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
