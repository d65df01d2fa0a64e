//! Keeps the index of the knowledge base in step with the database: every process looks at the
//! base's revision and builds a new index beside the one in use, which serves meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{App, AppError, ServeRole};
use crate::clock::Clock;
use crate::domain::knowledge::sample::sample;
use crate::domain::knowledge::{Entry, KnowledgeIndex};
use crate::domain::time::{Millis, Timestamp};
use crate::store::knowledge::{self, NewChange};
use crate::store::{Store, StoreError, answers_given};
use crate::workers::intake::Knowledge;

/// How often the base's revision is looked at: an edit answers customers this much later.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often it is looked at what customers ask after which answer.
const RELATE_EVERY: Millis = Millis::hours(1);
/// How far back that is looked at.
const RELATE_WITHIN: Millis = Millis::hours(24 * 90);
/// The revision of a base that was never filled.
const NEVER_FILLED: i64 = -1;

/// From how many wordings on a base is learnt before its index serves; a smaller one is learnt
/// within a moment, at the first text in each language.
const LEARN_AHEAD_FROM: usize = 2_000;
/// Who the history names for the sample.
const BY_SAMPLE: &str = "sample";

/// The index in use.
#[derive(Clone)]
pub(super) struct Reload {
    pub(super) index: Knowledge,
    store: Store,
    clock: Arc<dyn Clock>,
    revision: Arc<AtomicI64>,
    /// When what is related was looked at, by our clock.
    related_at: Arc<AtomicI64>,
}

impl Reload {
    /// The index at the start; a base that was never filled gets the sample shop's entries.
    pub(super) async fn first(app: &App, store: &Store) -> Result<Reload, AppError> {
        if app.config.knowledge.sample && app.roles.contains(&ServeRole::Intake) {
            fill_with_sample(app, store).await?;
        }
        // Who decides on nothing needs no index.
        let (revision, entries) = match app.roles.contains(&ServeRole::Intake) {
            true => load(store).await?,
            false => (NEVER_FILLED, Vec::new()),
        };
        let reload = Reload {
            index: Knowledge::new(build(entries).await?),
            store: store.clone(),
            clock: app.clock.clone(),
            revision: Arc::new(AtomicI64::new(revision)),
            related_at: Arc::new(AtomicI64::new(0)),
        };
        if app.roles.contains(&ServeRole::Intake) {
            reload.relate().await?;
        }
        Ok(reload)
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
            let related_at = Timestamp(self.related_at.load(Ordering::SeqCst));
            if self.clock.now() - related_at >= RELATE_EVERY {
                self.relate().await?;
            }
            return Ok(());
        }
        let (revision, entries) = load(&self.store).await?;
        self.index.swap(build(entries).await?);
        self.relate().await?;
        self.revision.store(revision, Ordering::SeqCst);
        tracing::info!(revision, "the knowledge base changed; the new index serves");
        Ok(())
    }
}

impl Reload {
    /// Looks at what customers ask after which answer.
    async fn relate(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let answered = answers_given::since(&mut tx, now - RELATE_WITHIN).await?;
        drop(tx);
        self.index.relate(&answered);
        self.related_at.store(now.0, Ordering::SeqCst);
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
        if index.wordings() >= LEARN_AHEAD_FROM {
            index.prepare();
        }
        index
    });
    built.await.map_err(|_| StoreError::JobPanicked)
}

async fn fill_with_sample(app: &App, store: &Store) -> Result<(), StoreError> {
    let mut tx = store.read().await?;
    let filled_before = knowledge::revision(&mut tx).await?.is_some();
    drop(tx);
    if filled_before {
        return Ok(());
    }
    let rows = sample().into_iter().map(|change| NewChange {
        id: app.ids.id(),
        change,
    });
    let rows: Arc<[NewChange]> = rows.collect();
    let at = app.clock.now();
    let filled = store
        .write(move |tx| {
            let rows = rows.clone();
            Box::pin(async move {
                // Another process may have filled it in between.
                match knowledge::revision(tx).await? {
                    Some(_) => Ok(()),
                    None => knowledge::change(tx, &rows, BY_SAMPLE, at).await,
                }
            })
        })
        .await;
    match filled {
        // It is filling it at this very moment.
        Err(error) if error.is_unique_violation() => Ok(()),
        filled => filled,
    }
}
