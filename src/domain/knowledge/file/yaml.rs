//! A list of entries as YAML.
//!
//! The list is cut into its items first, each of which is read alone: that bounds memory, gives
//! every fault its line, and one bad item does not hide the faults of the others. It is sound
//! because in a block sequence only an item's own dash stands at the sequence's indentation.

use std::io::BufRead;

use serde::{Deserialize, Serialize};

use super::gathering::{Gathering, Place, Record};
use super::lines::{Line, Lines};
use crate::domain::knowledge::entry::{Entry, EntryText};
use crate::domain::knowledge::upkeep::Upkeep;
use crate::domain::lang::Lang;

/// Longest item, in bytes.
const ITEM_BYTES_MAX: usize = 16 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YamlEntry {
    key: String,
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
    #[serde(default)]
    en: Option<EntryText>,
    #[serde(default)]
    vi: Option<EntryText>,
    #[serde(default)]
    zh: Option<EntryText>,
}

#[derive(Serialize)]
struct WrittenEntry<'a> {
    key: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    triggers: &'a [String],
    #[serde(flatten)]
    upkeep: &'a Upkeep,
    #[serde(skip_serializing_if = "Option::is_none")]
    en: Option<&'a EntryText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vi: Option<&'a EntryText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zh: Option<&'a EntryText>,
}

/// An item that is being collected.
#[derive(Default)]
struct Item {
    first_line: usize,
    text: String,
}

pub(super) fn read(name: &str, file: &mut dyn BufRead, gathering: &mut Gathering) {
    let mut item: Option<Item> = None;
    let mut indentation = None;
    for line in Lines::of(file) {
        let (number, text) = match line {
            Line::Text(number, text) => (number, text),
            Line::Fault(line, what) => {
                gathering.fault(&Place { file: name, line }, None, what);
                return;
            }
        };
        let place = Place {
            file: name,
            line: number,
        };
        let indented = text.len() - text.trim_start_matches(' ').len();
        let dash = text[indented..] == *"-" || text[indented..].starts_with("- ");
        if dash && *indentation.get_or_insert(indented) == indented {
            finish_item(name, item.replace(Item::default()), gathering);
            if let Some(item) = &mut item {
                item.first_line = number;
            }
        } else if item.is_none() || is_document_mark(&text) {
            let says_nothing = text.trim().is_empty()
                || text.trim_start().starts_with('#')
                || is_document_mark(&text)
                || text.trim() == "[]";
            if !says_nothing {
                let what = "the file is no list of entries: begin each with \"- key: \"";
                return gathering.fault(&place, None, what);
            }
            continue;
        }
        if let Some(item) = &mut item {
            item.text.push_str(&text);
            item.text.push('\n');
            if item.text.len() > ITEM_BYTES_MAX {
                let what = format!(
                    "the entry is longer than {} MiB: break it up",
                    ITEM_BYTES_MAX >> 20
                );
                return gathering.fault(&place, None, what);
            }
        }
    }
    finish_item(name, item, gathering);
}

fn is_document_mark(text: &str) -> bool {
    let text = text.trim_end();
    text == "---" || text == "..." || text.starts_with('%')
}

fn finish_item(name: &str, item: Option<Item>, gathering: &mut Gathering) {
    let Some(item) = item else {
        return;
    };
    let place = Place {
        file: name,
        line: item.first_line,
    };
    let read: Result<Vec<YamlEntry>, serde_saphyr::Error> = serde_saphyr::from_str(&item.text);
    match read {
        Ok(entries) => {
            for entry in entries {
                gathering.take(&place, record_of(entry));
            }
        }
        Err(error) => {
            let within = error
                .location()
                .map_or(1, |location| location.line().max(1));
            let place = Place {
                file: name,
                line: item.first_line + usize::try_from(within).unwrap_or(1) - 1,
            };
            let key = key_of(&item.text);
            gathering.fault(&place, key, reason(&error));
        }
    }
}

/// The key of an item that does not read as a whole, for its fault.
fn key_of(item: &str) -> Option<&str> {
    item.lines()
        .find_map(|line| line.trim_start_matches(['-', ' ']).strip_prefix("key:"))
        .map(|key| key.trim().trim_matches(['"', '\'']))
}

/// The reader's message less its picture of the place, which counts from the item.
fn reason(error: &serde_saphyr::Error) -> String {
    let said = error.without_snippet().to_string();
    let said = said.lines().next().unwrap_or("does not read");
    let said = match said.find(" at line ") {
        Some(end) => &said[..end],
        None => said,
    };
    format!(
        "{said}: an entry has key, tags, triggers, valid_from, valid_to, review_on, owner and per language (en, vi, zh) question, phrasings, answer, other_answers"
    )
}

fn record_of(entry: YamlEntry) -> Record {
    let texts = [
        (Lang::En, entry.en),
        (Lang::Vi, entry.vi),
        (Lang::Zh, entry.zh),
    ];
    Record {
        key: entry.key,
        tags: entry.tags,
        triggers: entry.triggers,
        texts: texts
            .into_iter()
            .filter_map(|(lang, text)| Some((lang, text?)))
            .collect(),
        upkeep: [
            entry.valid_from,
            entry.valid_to,
            entry.review_on,
            entry.owner,
        ],
    }
}

pub(super) fn write(entries: &[Entry]) -> String {
    let mut written = String::new();
    for entry in entries {
        let item = [WrittenEntry {
            key: entry.key.as_str(),
            tags: &entry.tags,
            triggers: &entry.triggers,
            upkeep: &entry.upkeep,
            en: entry.texts.get(&Lang::En),
            vi: entry.texts.get(&Lang::Vi),
            zh: entry.texts.get(&Lang::Zh),
        }];
        written.push_str(&serde_saphyr::to_string(&item).unwrap_or_default());
    }
    if written.is_empty() {
        written.push_str("[]\n");
    }
    written
}
