//! Every sentence that anybody is shown is in `prompts/`, and every sentence there is used.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::Entry;
use fluent_syntax::parser;

use super::source::{Source, files_below, program, root};

/// The keys of `prompts/en`, each with its file's name and its variables.
fn keys() -> BTreeMap<String, BTreeSet<String>> {
    let mut keys = BTreeMap::new();
    for path in files_below(&root().join("prompts/en"), "ftl") {
        let text = std::fs::read_to_string(&path).expect("is UTF-8");
        let resource = parser::parse(text.as_str()).expect("parses");
        for entry in &resource.body {
            if let Entry::Message(message) = entry {
                keys.insert(
                    message.id.name.to_owned(),
                    variables(&text, message.id.name),
                );
            }
        }
    }
    assert!(keys.len() > 50, "prompts/en was found");
    keys
}

/// The `$names` in a key's text: from its line up to the next key.
fn variables(text: &str, key: &str) -> BTreeSet<String> {
    let start = text.find(&format!("\n{key} =")).map_or(0, |at| at + 1);
    let mut own = String::new();
    for (number, line) in text[start..].lines().enumerate() {
        let begins = line.starts_with(|c: char| c.is_ascii_lowercase());
        if number > 0 && (begins || line.starts_with('#')) {
            break;
        }
        own.push_str(line);
        own.push('\n');
    }
    let after_dollars = own.split('$').skip(1);
    let name = |rest: &str| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        rest.chars().take_while(|c| is_part(*c)).collect::<String>()
    };
    after_dollars.map(name).collect()
}

/// Where literals that look like keys are names of facts.
const NAMES_OF_FACTS: [&str; 1] = ["domain/timeline.rs"];

/// Functions that fill in further names: how they are called, and which.
const FILLED_IN_BY: [(&str, [&str; 2]); 1] = [("expectation(", ["ahead", "wait"])];

/// Whether a literal looks like a key: words joined by dashes, beginning as a file is named.
fn looks_like_a_key(text: &str) -> bool {
    let files = ["customer-", "desk-", "console-", "webchat-"];
    files.iter().any(|file| text.starts_with(file))
        && text.len() > text.find('-').map_or(0, |at| at + 1)
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[test]
fn keys_in_code_exist_and_keys_in_prompts_are_used() {
    let keys = keys();
    let mut used = BTreeSet::new();
    let mut faults = Vec::new();
    for source in program() {
        for literal in &source.strings {
            if keys.contains_key(&literal.text) {
                used.insert(literal.text.clone());
            } else if looks_like_a_key(&literal.text) && !NAMES_OF_FACTS.contains(&&*source.path) {
                let (path, line) = (&source.path, literal.line);
                faults.push(format!("src/{path}:{line}: no such key: {}", literal.text));
            }
        }
    }
    // A key that another sentence says is used too.
    let referred = |key: &&String| {
        files_below(&root().join("prompts/en"), "ftl")
            .iter()
            .any(|path| {
                let text = std::fs::read_to_string(path).expect("is UTF-8");
                text.contains(&format!("{{ {key} }}"))
            })
    };
    for key in keys.keys().filter(|key| !used.contains(*key)) {
        if !referred(&key) {
            faults.push(format!("prompts/en: {key} is used nowhere"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Each `Phrase::new("key")`: its line, its key, the names that are filled in, and whether it got
/// a name of its own before all were.
fn phrases(source: &Source) -> Vec<(usize, String, BTreeSet<String>, bool)> {
    let mut found = Vec::new();
    for (at, call) in source.code.match_indices("Phrase::new(") {
        let mut open = at + call.len() - 1;
        let Some(key) = first_argument(source, open) else {
            continue;
        };
        let before = source.code[..at].trim_end();
        let filled = FILLED_IN_BY
            .iter()
            .filter(|(call, _)| before.ends_with(call));
        let mut names: BTreeSet<String> = filled
            .flat_map(|(_, names)| names.iter().map(|name| (*name).to_owned()))
            .collect();
        while let Some(next) = chained_call(source, open) {
            open = next;
            names.extend(first_argument(source, open));
        }
        let named = before.ends_with('=');
        if named {
            names.extend(filled_in_later(source, open));
        }
        found.push((source.line_of(at), key, names, named));
    }
    found
}

/// The methods of a phrase that fill something in.
const FILLING: [&str; 5] = ["text", "number", "count", "minutes", "phrase"];

/// The names that are filled in a few lines after a phrase got a name of its own.
fn filled_in_later(source: &Source, from: usize) -> Vec<String> {
    const LATER_BYTES: usize = 400;
    let until = source.code.len().min(from + LATER_BYTES);
    let later = source.code.get(from..until).unwrap_or_default();
    let opens = FILLING.into_iter().flat_map(|name| {
        let call = format!(".{name}(");
        let found: Vec<usize> = later.match_indices(&call).map(|(at, _)| at).collect();
        found.into_iter().map(move |at| from + at + call.len() - 1)
    });
    opens
        .filter_map(|open| first_argument(source, open))
        .collect()
}

/// The literal that stands first in the parentheses that open at `open`.
fn first_argument(source: &Source, open: usize) -> Option<String> {
    let inside = &source.code[open + 1..];
    let quote = open + 1 + (inside.len() - inside.trim_start().len());
    let literal = source.strings.iter().find(|s| s.at == quote)?;
    Some(literal.text.clone())
}

/// Where the parentheses of a call that fills something in open, if one follows those which open at
/// `open`.
fn chained_call(source: &Source, open: usize) -> Option<usize> {
    let mut depth = 0;
    let close = source.code[open..].char_indices().find_map(|(at, c)| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        (depth == 0).then_some(open + at)
    })?;
    let rest = &source.code[close + 1..];
    let call = rest.trim_start();
    let name = FILLING
        .into_iter()
        .find(|name| call.starts_with(&format!(".{name}(")))?;
    Some(close + 1 + (rest.len() - call.len()) + 1 + name.len())
}

#[test]
fn sentences_are_given_what_they_say() {
    let keys = keys();
    let mut faults = Vec::new();
    let mut seen = 0;
    for source in program() {
        for (line, key, given, named) in phrases(&source) {
            let Some(said) = keys.get(&key) else { continue };
            seen += 1;
            let place = format!("src/{}:{line}: {key}", source.path);
            // A phrase with a name of its own may stand beside others: only what is lacking shows.
            if !named {
                for name in given.difference(said) {
                    faults.push(format!("{place} is given ${name}, which it does not say"));
                }
            }
            for name in said.difference(&given) {
                faults.push(format!("{place} says ${name}, which it is not given"));
            }
        }
    }
    assert!(seen > 20, "phrases were found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Literals that people would read: two words or more, beginning with a capital letter.
fn is_a_sentence(text: &str) -> bool {
    let mut words = Vec::new();
    let mut depth = 0;
    let mut word = String::new();
    // What is filled in is no word of the sentence.
    for c in text.chars().chain([' ']) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if depth > 0 => {}
            ' ' if !word.is_empty() => words.push(std::mem::take(&mut word)),
            ' ' => {}
            _ => word.push(c),
        }
    }
    let is_word = |word: &&String| {
        let letters = word.trim_matches(|c: char| !c.is_alphabetic());
        !letters.is_empty() && letters.chars().all(char::is_alphabetic)
    };
    let begins = text.starts_with(|c: char| c.is_uppercase() || !c.is_ascii() && c.is_alphabetic());
    begins && words.iter().filter(is_word).count() >= 2
}

/// Whether a literal goes to operators: into the log or an error's text.
fn is_for_operators(source: &Source, at: usize) -> bool {
    let before = &source.code[..at];
    let start = before.rfind([';', '{', '}']).map_or(0, |found| found + 1);
    let statement = &before[start..];
    ["tracing::", "#[error(", ".expect(", "reason =", "#[doc"]
        .iter()
        .any(|mark| statement.contains(mark))
}

#[test]
fn no_sentence_that_people_read_stands_in_code() {
    // The platforms' adapters say nothing by themselves but to operators: what a platform refused.
    let shown = ["domain/", "workers/", "channels/webchat/", "console/"];
    let mut faults = Vec::new();
    let sources = program();
    let is_shown = |source: &&Source| shown.iter().any(|part| source.path.starts_with(part));
    for source in sources.iter().filter(is_shown) {
        for literal in source.strings.iter().filter(|s| is_a_sentence(&s.text)) {
            if !is_for_operators(source, literal.at) {
                let (path, line) = (&source.path, literal.line);
                faults.push(format!("src/{path}:{line}: {:?}", literal.text));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "belongs into prompts/:\n{}",
        faults.join("\n")
    );
}

#[test]
fn sentences_are_told_from_names() {
    assert!(is_a_sentence("Talk to a person"));
    assert!(is_a_sentence("Xin chào bạn"));
    assert!(is_a_sentence("Sent by {agent} just now"));
    assert!(!is_a_sentence("Web {shown}"));
    assert!(!is_a_sentence("desk-claim"));
    assert!(!is_a_sentence("no such row"));
    assert!(!is_a_sentence("Content-Type"));
}
