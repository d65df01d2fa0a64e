//! The FAQ that every bot under test has: `benches/faq.json`.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;

/// One entry.
#[derive(Deserialize)]
pub struct Entry {
    /// Its name.
    pub key: String,
    /// What customers ask.
    pub question: String,
    /// Other ways to ask it.
    pub phrasings: Vec<String>,
    /// Words by which the bots of other makers know it.
    pub keywords: Vec<String>,
    /// What they are told.
    pub answer: String,
}

/// All entries.
pub static ENTRIES: LazyLock<Vec<Entry>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../faq.json")).expect("faq.json reads"));

/// What a bot of few lines does with a text: the first entry with one of its keywords.
pub fn answer(text: &str) -> &'static str {
    let words = text.to_lowercase();
    let entry = ENTRIES
        .iter()
        .find(|entry| entry.keywords.iter().any(|word| words.contains(word)));
    entry.map_or("A colleague will answer you.", |entry| &entry.answer)
}

/// Writes the entries as a knowledge base for `careline faq import`.
pub fn write_knowledge(file: &Path) -> std::io::Result<()> {
    let mut text = String::new();
    for entry in ENTRIES.iter() {
        // A JSON string is a YAML string too.
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let phrasings: Vec<String> = entry.phrasings.iter().map(|line| quoted(line)).collect();
        let _ = write!(
            text,
            "- key: {}\n  en:\n    question: {}\n    phrasings: [{}]\n    answer: {}\n",
            entry.key,
            quoted(&entry.question),
            phrasings.join(", "),
            quoted(&entry.answer),
        );
    }
    std::fs::write(file, text)
}
