//! `careline faq import`: all files or nothing.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Context, Failure, differences_json, write_differences, write_json};
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::differences::{Difference, differences};
use crate::domain::knowledge::file::{FileKind, Reading};
use crate::domain::knowledge::same_wording::same_wordings;
use crate::domain::knowledge::triggers::PATTERNS_MAX;
use crate::domain::knowledge::{Change, ChangeKind, Entry, Imported, changes};
use crate::store::Store;
use crate::store::knowledge::{self, NewChange};

/// Who the history names for an import.
const BY_WHOM: &str = "import";
/// Most faults, notes and keys of one kind that are shown as text; the rest is counted.
const SHOWN_MAX: usize = 50;

#[derive(Clone, Copy)]
pub(super) struct How {
    pub dry_run: bool,
    pub prune: bool,
}

pub(super) async fn run(
    files: &[PathBuf],
    how: How,
    context: &mut Context<'_>,
) -> Result<(), Failure> {
    let imported = read(files)?;
    let store = context.store().await?;
    let mut tx = store.read().await?;
    let base = knowledge::entries(&mut tx).await?;
    drop(tx);
    let changes = changes(&base, &imported, how.prune);
    let mut told = Told::of(&changes, imported.len());
    if how.dry_run {
        told.differences = differing(&base, &changes);
    }
    // Each copy of a large base is let go of before the next is made.
    drop(imported);
    let notes = notes(applied(base, &changes))?;
    if !how.dry_run {
        write(&store, changes, context).await?;
    }
    store.close().await;
    tell(&told, &notes, how, context)
}

/// What is worth knowing about the base as it would be.
///
/// # Errors
/// When it would have too many triggers.
fn notes(after: Vec<Entry>) -> Result<Vec<String>, Failure> {
    let patterns: usize = after.iter().map(|entry| entry.triggers.len()).sum();
    if patterns > PATTERNS_MAX {
        return Err(Failure::not_done(format!(
            "the base would have {patterns} triggers, {PATTERNS_MAX} are the most: join some into one pattern with |; nothing was imported"
        )));
    }
    Ok(same_wordings(&after))
}

/// The keys of what changes, kind by kind, and how many stay as they are.
struct Told {
    new: Vec<EntryKey>,
    changed: Vec<EntryKey>,
    gone: Vec<EntryKey>,
    same: usize,
    /// What differs in each entry that changes, where that is to be told.
    differences: BTreeMap<EntryKey, Vec<Difference>>,
}

/// What differs in the entries that change.
fn differing(base: &[Entry], changes: &[Change]) -> BTreeMap<EntryKey, Vec<Difference>> {
    let known: BTreeMap<&EntryKey, &Entry> = base.iter().map(|entry| (&entry.key, entry)).collect();
    let changed = changes
        .iter()
        .filter(|change| change.kind == ChangeKind::Changed);
    changed
        .map(|Change { entry, .. }| {
            let before = known.get(&entry.key).copied();
            (entry.key.clone(), differences(before, entry))
        })
        .collect()
}

impl Told {
    fn of(changes: &[Change], imported: usize) -> Told {
        let keys = |kind| -> Vec<EntryKey> {
            let of_kind = changes.iter().filter(|change| change.kind == kind);
            of_kind.map(|change| change.entry.key.clone()).collect()
        };
        let (new, changed) = (keys(ChangeKind::New), keys(ChangeKind::Changed));
        Told {
            same: imported - new.len() - changed.len(),
            gone: keys(ChangeKind::Retired),
            differences: BTreeMap::new(),
            new,
            changed,
        }
    }
}

pub(super) fn read(files: &[PathBuf]) -> Result<Vec<Imported>, Failure> {
    let mut reading = Reading::default();
    for path in files {
        let name = path.display().to_string();
        let kind = FileKind::of_name(&name).ok_or_else(|| {
            Failure::wrong(format!(
                "{name}: unknown kind of file: name it .yaml, .jsonl or .csv"
            ))
        })?;
        let file = opened(path)?;
        let bytes = file.metadata().map_or(0, |metadata| metadata.len());
        let mut file = Telling {
            file: BufReader::new(file),
            name: &name,
            bytes,
            read: 0,
        };
        reading.read(&name, kind, &mut file);
    }
    reading.finish().map_err(|faults| {
        let mut said: Vec<String> = faults
            .iter()
            .take(SHOWN_MAX)
            .map(ToString::to_string)
            .collect();
        if faults.len() > SHOWN_MAX {
            said.push(format!("… and {} more", faults.len() - SHOWN_MAX));
        }
        said.push("Nothing was imported.".to_owned());
        Failure::not_done(said.join("\n"))
    })
}

/// A file that tells how far it has been read.
struct Telling<'a> {
    file: BufReader<File>,
    name: &'a str,
    bytes: u64,
    read: u64,
}

/// After how many bytes each that is told: small files are read before anybody asks.
const TELL_EVERY_BYTES: u64 = 4 * 1024 * 1024;

impl Read for Telling<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.tell(read);
        Ok(read)
    }
}

impl BufRead for Telling<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.file.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.file.consume(amount);
        self.tell(amount);
    }
}

impl Telling<'_> {
    fn tell(&mut self, read: usize) {
        let before = self.read / TELL_EVERY_BYTES;
        self.read += read as u64;
        if self.read / TELL_EVERY_BYTES > before {
            let percent = 100 * self.read / self.bytes.max(self.read);
            tracing::info!("{}: {percent} % read", self.name);
        }
    }
}

/// Opens a file; a folder opens too on Linux and fails only when it is read.
pub(super) fn opened(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| Failure::not_done(format!("{}: {error}", path.display())))
}

/// The base after these changes.
pub(super) fn applied(base: Vec<Entry>, changes: &[Change]) -> Vec<Entry> {
    let mut entries: std::collections::BTreeMap<_, _> = base
        .into_iter()
        .map(|entry| (entry.key.clone(), entry))
        .collect();
    for change in changes {
        match change.kind {
            ChangeKind::New | ChangeKind::Changed => {
                entries.insert(change.entry.key.clone(), change.entry.clone());
            }
            ChangeKind::Retired => {
                entries.remove(&change.entry.key);
            }
        }
    }
    entries.into_values().collect()
}

async fn write(store: &Store, changes: Vec<Change>, context: &Context<'_>) -> Result<(), Failure> {
    let rows = changes.into_iter().map(|change| NewChange {
        id: context.ids.id(),
        change,
    });
    let at = context.clock.now();
    store.change_knowledge(rows.collect(), BY_WHOM, at).await?;
    Ok(())
}

fn tell(told: &Told, notes: &[String], how: How, context: &mut Context<'_>) -> Result<(), Failure> {
    let Told {
        new,
        changed,
        gone,
        same,
        differences,
    } = told;
    if context.is_json() {
        let mut value = json!({
            "dry_run": how.dry_run, "new": new, "changed": changed, "gone": gone,
            "unchanged": same, "notes": notes,
        });
        if how.dry_run {
            let each = differences.iter();
            let each =
                each.map(|(key, differing)| (key.0.clone(), json!(differences_json(differing))));
            value["differences"] = serde_json::Value::Object(each.collect());
        }
        return write_json(context, &value);
    }
    for (name, keys) in [("new", new), ("changed", changed), ("gone", gone)] {
        for key in keys.iter().take(SHOWN_MAX) {
            writeln!(context.out, "{name:8} {key}")?;
            if let Some(differing) = differences.get(key) {
                write_differences(differing, context)?;
            }
        }
        if keys.len() > SHOWN_MAX {
            writeln!(
                context.out,
                "{name:8} … and {} more",
                keys.len() - SHOWN_MAX
            )?;
        }
    }
    for note in notes.iter().take(SHOWN_MAX) {
        writeln!(context.out, "note     {note}")?;
    }
    if notes.len() > SHOWN_MAX {
        writeln!(
            context.out,
            "note     … and {} more",
            notes.len() - SHOWN_MAX
        )?;
    }
    let end = if how.dry_run {
        "; nothing was changed (--dry-run)"
    } else {
        ""
    };
    writeln!(
        context.out,
        "{} new, {} changed, {} gone, {same} unchanged{end}",
        new.len(),
        changed.len(),
        gone.len()
    )?;
    Ok(())
}
