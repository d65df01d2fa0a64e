//! Keeps the index of the knowledge base in step with the database: every process looks at the
//! base's revision and builds a new index beside the one in use, which serves meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{App, AppError};
use crate::domain::knowledge::{Entry, KnowledgeIndex};
use crate::store::{Store, StoreError, knowledge};
use crate::workers::intake::Knowledge;

/// How often the base's revision is looked at: an edit answers customers this much later.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The revision of a base that was never filled.
const NEVER_FILLED: i64 = -1;

/// The index in use.
#[derive(Clone)]
pub(super) struct Reload {
    pub(super) index: Knowledge,
    store: Store,
    revision: Arc<AtomicI64>,
}

impl Reload {
    /// The index at the start; a base that was never filled gets the sample shop's entries.
    pub(super) async fn first(_app: &App, store: &Store) -> Result<Reload, AppError> {
        let (revision, entries) = load(store).await?;
        Ok(Reload {
            index: Knowledge::new(build(entries).await?),
            store: store.clone(),
            revision: Arc::new(AtomicI64::new(revision)),
        })
    }

    /// Follows the base until `stop`.
    pub(super) async fn run(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            if let Err(error) = self.follow().await {
                tracing::error!(%error, "the knowledge base could not be read; the old index serves on");
            }
        }
    }

    /// Builds a new index where the base has changed.
    async fn follow(&self) -> Result<(), StoreError> {
        let now = {
            let mut tx = self.store.read().await?;
            knowledge::revision(&mut tx).await?.unwrap_or(NEVER_FILLED)
        };
        if now == self.revision.load(Ordering::SeqCst) {
            return Ok(());
        }
        let (revision, entries) = load(&self.store).await?;
        self.index.swap(build(entries).await?);
        self.revision.store(revision, Ordering::SeqCst);
        tracing::info!(revision, "the knowledge base changed; the new index serves");
        Ok(())
    }
}

async fn load(store: &Store) -> Result<(i64, Vec<Entry>), StoreError> {
    let mut tx = store.read().await?;
    let (revision, entries) = knowledge::load(&mut tx).await?;
    Ok((revision.unwrap_or(NEVER_FILLED), entries))
}

/// Builds the index away from the tasks that serve.
async fn build(entries: Vec<Entry>) -> Result<KnowledgeIndex, StoreError> {
    let built = tokio::task::spawn_blocking(move || {
        let index = KnowledgeIndex::build(&entries);
        index.prepare();
        index
    });
    built.await.map_err(|_| StoreError::JobPanicked)
}
