//! Puts together what files say about each entry, and every fault on the way.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::FileFault;
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::changes::Imported;
use crate::domain::knowledge::entry::{Entry, EntryText, parse_key};
use crate::domain::knowledge::upkeep::{PARTS, Upkeep};
use crate::domain::lang::Lang;

/// Most faults that are kept: more help nobody.
const FAULTS_MAX: usize = 200;

/// A place in a file.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// The file's name.
    pub file: &'a str,
    /// The line, from 1.
    pub line: usize,
}

/// What one record of a file says.
pub struct Record {
    /// The key as written.
    pub key: String,
    /// The tags, where it has any.
    pub tags: Option<Vec<String>>,
    /// The triggers, where it has any.
    pub triggers: Option<Vec<String>>,
    /// The texts.
    pub texts: Vec<(Lang, EntryText)>,
    /// The parts of the upkeep that it has, in the order of `upkeep::PARTS`; blank takes one away.
    pub upkeep: [Option<String>; 4],
}

/// What was read so far.
#[derive(Default)]
pub struct Gathering {
    entries: BTreeMap<EntryKey, Gathered>,
    faults: Vec<FileFault>,
    /// The name of the file that was read last.
    file: Arc<str>,
}

struct Gathered {
    imported: Imported,
    /// Where each language stands. There are many entries, and a list of one is small.
    stands_at: Vec<(Lang, Arc<str>, usize)>,
}

impl Gathering {
    /// Notes a fault.
    pub fn fault(&mut self, place: &Place<'_>, key: Option<&str>, what: impl Into<String>) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(FileFault {
                file: place.file.to_owned(),
                line: place.line,
                key: key.map(|key| key.chars().take(60).collect()),
                what: what.into(),
            });
        }
    }

    /// Takes a record that was read.
    pub fn take(&mut self, place: &Place<'_>, record: Record) {
        let key = match parse_key(&record.key) {
            Ok(key) => key,
            Err(fault) => return self.fault(place, None, fault.to_string()),
        };
        let (upkeep, mut faults) = match Upkeep::default().with(&record.upkeep) {
            Ok(upkeep) => (upkeep, Vec::new()),
            Err(faults) => (Upkeep::default(), faults),
        };
        let entry = Entry {
            key: key.clone(),
            tags: record.tags.clone().unwrap_or_default(),
            triggers: record.triggers.clone().unwrap_or_default(),
            texts: record.texts.iter().cloned().collect(),
            upkeep,
        };
        faults.extend(entry.faults());
        for fault in faults {
            self.fault(place, Some(key.as_str()), fault.to_string());
        }
        if *self.file != *place.file {
            self.file = place.file.into();
        }
        let gathered = self.entries.entry(key.clone()).or_insert_with(|| Gathered {
            imported: Imported {
                key: key.clone(),
                tags: None,
                triggers: None,
                texts: BTreeMap::new(),
                upkeep: Default::default(),
            },
            stands_at: Vec::with_capacity(1),
        });
        join(&mut gathered.imported.tags, record.tags);
        join(&mut gathered.imported.triggers, record.triggers);
        let mut doubled = Vec::new();
        let parts = gathered.imported.upkeep.iter_mut().zip(record.upkeep);
        for ((known, more), part) in parts.zip(PARTS) {
            match (&known, more) {
                (_, None) => {}
                (Some(one), Some(other)) if *one != other => {
                    doubled.push(format!("{part}: is {one:?} elsewhere: say the same"));
                }
                (_, more) => *known = more,
            }
        }
        for (lang, text) in record.texts {
            let before = gathered.stands_at.iter().find(|(known, ..)| *known == lang);
            if let Some((_, file, line)) = before {
                doubled.push(format!(
                    "{}: stands in {file}:{line} already: keep one of the two",
                    lang.code()
                ));
                continue;
            }
            gathered
                .stands_at
                .push((lang, Arc::clone(&self.file), place.line));
            gathered.imported.texts.insert(lang, text);
        }
        for what in doubled {
            self.fault(place, Some(key.as_str()), what);
        }
    }

    /// What was read, or all that is wrong with it.
    pub fn finish(self) -> Result<Vec<Imported>, Vec<FileFault>> {
        if self.faults.is_empty() {
            Ok(self
                .entries
                .into_values()
                .map(|gathered| gathered.imported)
                .collect())
        } else {
            Err(self.faults)
        }
    }
}

/// The lines of one entry in several languages may each name its tags: all count, once.
fn join(list: &mut Option<Vec<String>>, more: Option<Vec<String>>) {
    let Some(more) = more else {
        return;
    };
    let list = list.get_or_insert_default();
    for one in more {
        if !list.contains(&one) {
            list.push(one);
        }
    }
}
