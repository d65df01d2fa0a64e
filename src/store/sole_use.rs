//! That only one process serves on SQLite: a lock on a file beside the database.
//!
//! Invariant: the lock ends with the process that has it, however that ends; so whoever gets it
//! knows that everybody before is gone.

use std::fs::{File, OpenOptions, TryLockError};

use super::{Backend, OpenError, Store};

/// What is added to the database's name for the file that is locked.
const SUFFIX: &str = "-serving";

/// The right to be the only process that serves; given back when dropped.
#[derive(Debug)]
pub struct SoleUse {
    _file: Option<File>,
}

impl Store {
    /// On SQLite, the right to serve alone, or the fault that another process does. `None` on
    /// PostgreSQL, where any number may.
    pub fn sole_use(&self) -> Result<Option<SoleUse>, OpenError> {
        let Backend::Sqlite { readers, .. } = &self.backend else {
            return Ok(None);
        };
        let mut path = readers.connect_options().get_filename().to_owned();
        path.as_mut_os_string().push(SUFFIX);
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(|error| OpenError::Unreachable(error.into()))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(SoleUse { _file: Some(file) })),
            Err(TryLockError::WouldBlock) => Err(OpenError::Served {
                file: path.display().to_string(),
            }),
            Err(TryLockError::Error(error)) => {
                tracing::warn!(%error, "this file system has no locks: make sure that only one process serves");
                Ok(Some(SoleUse { _file: None }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_process_at_a_time_serves_on_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let store = Store::open(&url).await.unwrap();
        let first = store.sole_use().unwrap();
        assert!(matches!(store.sole_use(), Err(OpenError::Served { .. })));
        drop(first);
        assert!(store.sole_use().unwrap().is_some());
        store.close().await;
    }
}
