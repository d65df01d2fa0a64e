//! `careline faq import`: all files or nothing.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Context, Failure, write_json};
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
    let after = applied(base, &changes);
    let patterns: usize = after.iter().map(|entry| entry.triggers.len()).sum();
    if patterns > PATTERNS_MAX {
        return Err(Failure::not_done(format!(
            "the base would have {patterns} triggers, {PATTERNS_MAX} are the most: join some into one pattern with |; nothing was imported"
        )));
    }
    let notes = same_wordings(&after);
    if !how.dry_run {
        write(&store, &changes, context).await?;
    }
    store.close().await;
    let same = imported.len()
        - changes
            .iter()
            .filter(|change| change.kind != ChangeKind::Retired)
            .count();
    tell(&changes, same, &notes, how, context)
}

fn read(files: &[PathBuf]) -> Result<Vec<Imported>, Failure> {
    let mut reading = Reading::default();
    for path in files {
        let name = path.display().to_string();
        let kind = FileKind::of_name(&name).ok_or_else(|| {
            Failure::wrong(format!(
                "{name}: unknown kind of file: name it .yaml, .jsonl or .csv"
            ))
        })?;
        let file = opened(path)?;
        reading.read(&name, kind, &mut BufReader::new(file));
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

/// Opens a file; a folder opens too on Linux and fails only when it is read.
pub(super) fn opened(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| Failure::not_done(format!("{}: {error}", path.display())))
}

fn applied(base: Vec<Entry>, changes: &[Change]) -> Vec<Entry> {
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

async fn write(store: &Store, changes: &[Change], context: &Context<'_>) -> Result<(), Failure> {
    let rows = changes.iter().map(|change| NewChange {
        id: context.ids.id(),
        change: change.clone(),
    });
    let at = context.clock.now();
    store.change_knowledge(rows.collect(), BY_WHOM, at).await?;
    Ok(())
}

fn tell(
    changes: &[Change],
    same: usize,
    notes: &[String],
    how: How,
    context: &mut Context<'_>,
) -> Result<(), Failure> {
    let keys = |kind| -> Vec<&str> {
        let of_kind = changes.iter().filter(|change| change.kind == kind);
        of_kind.map(|change| change.entry.key.as_str()).collect()
    };
    let new = keys(ChangeKind::New);
    let changed = keys(ChangeKind::Changed);
    let gone = keys(ChangeKind::Retired);
    if context.is_json() {
        let value = json!({
            "dry_run": how.dry_run, "new": new, "changed": changed, "gone": gone,
            "unchanged": same, "notes": notes,
        });
        return write_json(context, &value);
    }
    for (name, keys) in [("new", &new), ("changed", &changed), ("gone", &gone)] {
        for key in keys.iter().take(SHOWN_MAX) {
            writeln!(context.out, "{name:8} {key}")?;
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
