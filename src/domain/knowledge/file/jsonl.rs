//! One entry in one language a line, as JSON.

use std::io::BufRead;

use serde::{Deserialize, Serialize};

use super::gathering::{Gathering, Place, Record};
use super::lines::{Line, Lines};
use crate::domain::knowledge::entry::{Entry, EntryText};
use crate::domain::knowledge::upkeep::Upkeep;
use crate::domain::lang::Lang;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonLine {
    key: String,
    lang: String,
    question: String,
    #[serde(default)]
    phrasings: Vec<String>,
    answer: String,
    #[serde(default)]
    other_answers: Vec<String>,
    #[serde(default)]
    tags: Option<Vec<String>>,
    #[serde(default)]
    triggers: Option<Vec<String>>,
    #[serde(default)]
    valid_from: Option<String>,
    #[serde(default)]
    valid_to: Option<String>,
    #[serde(default)]
    review_on: Option<String>,
    #[serde(default)]
    owner: Option<String>,
}

#[derive(Serialize)]
struct WrittenLine<'a> {
    key: &'a str,
    lang: &'a str,
    question: &'a str,
    phrasings: &'a [String],
    answer: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    other_answers: &'a [String],
    tags: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    triggers: &'a [String],
    #[serde(flatten)]
    upkeep: &'a Upkeep,
}

pub(super) fn read(name: &str, file: &mut dyn BufRead, gathering: &mut Gathering) {
    for line in Lines::of(file) {
        match line {
            Line::Fault(line, what) => gathering.fault(&Place { file: name, line }, None, what),
            Line::Text(_, text) if text.trim().is_empty() => {}
            Line::Text(line, text) => read_line(&Place { file: name, line }, &text, gathering),
        }
    }
}

fn read_line(place: &Place<'_>, text: &str, gathering: &mut Gathering) {
    let line: JsonLine = match serde_json::from_str(text) {
        Ok(line) => line,
        Err(error) => {
            let what = format!(
                "{}, at column {}: a line is {{\"key\", \"lang\", \"question\", \"phrasings\", \"answer\", \"other_answers\", \"tags\", \"triggers\"}}",
                without_place(&error),
                error.column()
            );
            return gathering.fault(place, None, what);
        }
    };
    let Some(lang) = Lang::ALL.into_iter().find(|lang| lang.code() == line.lang) else {
        let what = format!(
            "unknown language {:?}: write en, vi or zh",
            short(&line.lang)
        );
        return gathering.fault(place, Some(&line.key), what);
    };
    let text = EntryText {
        question: line.question,
        phrasings: line.phrasings,
        answer: line.answer,
        other_answers: line.other_answers,
    };
    let record = Record {
        key: line.key,
        tags: line.tags,
        triggers: line.triggers,
        texts: vec![(lang, text)],
        upkeep: [line.valid_from, line.valid_to, line.review_on, line.owner],
    };
    gathering.take(place, record);
}

/// What serde says less its " at line 1 column 5": the line is the file's.
fn without_place(error: &serde_json::Error) -> String {
    let said = error.to_string();
    match said.rfind(" at line ") {
        Some(end) => said[..end].to_owned(),
        None => said,
    }
}

fn short(text: &str) -> String {
    text.chars().take(20).collect()
}

pub(super) fn write(entries: &[Entry]) -> String {
    let mut written = String::new();
    for entry in entries {
        for (lang, text) in &entry.texts {
            let line = WrittenLine {
                key: entry.key.as_str(),
                lang: lang.code(),
                question: &text.question,
                phrasings: &text.phrasings,
                answer: &text.answer,
                other_answers: &text.other_answers,
                tags: &entry.tags,
                triggers: &entry.triggers,
                upkeep: &entry.upkeep,
            };
            // Strings and lists of strings always serialise.
            written.push_str(&serde_json::to_string(&line).unwrap_or_default());
            written.push('\n');
        }
    }
    written
}
