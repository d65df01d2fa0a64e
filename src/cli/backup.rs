//! `careline db backup` and `careline db restored`: a copy while the database is in use, and
//! going on from one.
//!
//! Invariant: a file of the name that was asked for is a whole copy, synced to disk; what is
//! broken off leaves at most a file that ends in `.part`.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{Context, Failure};
use crate::store::Store;

/// Copies the database to a new file.
pub(super) async fn run(file: PathBuf, context: &mut Context<'_>) -> Result<(), Failure> {
    let store = context.store().await?;
    if !store.is_sqlite() {
        return Err(Failure::wrong(
            "this database is PostgreSQL; copy it with: pg_dump --format=custom --file=FILE \"$DATABASE_URL\"",
        ));
    }
    if file.exists() {
        return Err(Failure::wrong(format!(
            "{} exists already; name a new file",
            file.display()
        )));
    }
    let part = part_of(&file)?;
    let copied = copy(&store, &part, &file, context).await;
    store.close().await;
    if copied.is_err() {
        // The failure itself says more than one to clean up.
        let _ = fs::remove_file(&part);
    }
    copied?;
    if context.is_json() {
        let line = serde_json::json!({ "backup": file });
        writeln!(context.out, "{line}")?;
    } else {
        writeln!(context.out, "Copied to {}", file.display())?;
    }
    Ok(())
}

/// The new, empty file that becomes the copy; only its owner can read it.
fn part_of(file: &Path) -> Result<PathBuf, Failure> {
    let mut name = OsString::from(file);
    name.push(".part");
    let part = PathBuf::from(name);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&part).map_err(|error| {
        let shown = part.display();
        match error.kind() {
            ErrorKind::NotFound => Failure::wrong(format!(
                "{}: there is no such folder; make it first",
                folder_of(file).display()
            )),
            ErrorKind::AlreadyExists => Failure::wrong(format!(
                "{shown} is there: another copy is being made, or was broken off; delete it if none is"
            )),
            _ => Failure::not_done(format!("{shown} cannot be written: {error}")),
        }
    })?;
    Ok(part)
}

async fn copy(
    store: &Store,
    part: &Path,
    file: &Path,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let not_written = |why: String| {
        let shown = file.display();
        Failure::not_done(format!(
            "{shown} was not written: {why}; is there room for it on that disk?"
        ))
    };
    let copied = store.back_up(part).await;
    copied.map_err(|error| not_written(error.to_string()))?;
    let url = format!("sqlite:{}", part.display());
    let copy = Store::open(&url).await;
    let copy = copy.map_err(|error| not_written(error.to_string()))?;
    let marked = copy.goes_on_from_copy(context.clock.now()).await;
    copy.close().await;
    marked.map_err(|error| not_written(error.to_string()))?;
    let kept = File::open(part)
        .and_then(|part| part.sync_all())
        .and_then(|()| fs::rename(part, file))
        .and_then(|()| File::open(folder_of(file))?.sync_all());
    kept.map_err(|error| not_written(error.to_string()))
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

/// Says that the database was read back from a copy that careline did not make itself.
pub(super) async fn restored(context: &mut Context<'_>) -> Result<(), Failure> {
    let store = context.store().await?;
    let rows = store.goes_on_from_copy(context.clock.now()).await?;
    store.close().await;
    if context.is_json() {
        writeln!(context.out, "{{\"not_sent_by_itself\":{rows}}}")?;
    } else {
        writeln!(
            context.out,
            "{rows} messages were waiting to be sent when the copy was made: they may have been sent since."
        )?;
    }
    Ok(())
}
