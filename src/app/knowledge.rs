//! Keeps the index of the knowledge base in step with the database. Every process looks at the
//! base's revision; what has changed is learnt into a new index beside the one in use, which
//! serves meanwhile. When edits pause, the whole is learnt again, also beside it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use metrics::gauge;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{App, AppError, ServeRole};
use crate::clock::Clock;
use crate::domain::knowledge::meaning::Sense;
use crate::domain::knowledge::related::Answered;
use crate::domain::knowledge::sample::sample;
use crate::domain::knowledge::{Change, ChangeKind, Costs, Entry, KnowledgeIndex};
use crate::domain::time::{Millis, Timestamp};
use crate::reporting::days::day_of;
use crate::reporting::gathered::desk_zone;
use crate::semantic;
use crate::store::knowledge::{self, NewChange};
use crate::store::{Store, StoreError, answers_given};
use crate::workers::intake::Knowledge;
use crate::workers::intake::plans::PlansInUse;

/// How often the base's revision is looked at: an edit answers customers this much later.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often it is looked at what customers ask after which answer.
const RELATE_EVERY: Millis = Millis::hours(1);
/// How far back that is looked at.
const RELATE_WITHIN: Millis = Millis::hours(24 * 90);
/// The most decisions that are looked at for it: the newest.
const RELATED_MAX: i64 = 100_000;
/// The same at the start, which waits for it: it takes some milliseconds, and all of them are looked
/// at soon after.
const RELATED_AT_START_MAX: i64 = 2_000;
/// The revision of a base that was never filled.
const NEVER_FILLED: i64 = -1;

/// From how many wordings on a base is learnt before its index serves; a smaller one is learnt
/// within a moment, at the first text in each language.
const LEARN_AHEAD_FROM: usize = 2_000;
/// Most entries that are learnt into an index one by one; after a larger import the whole is.
const EDITS_MAX: usize = 200;
/// For how many looks nothing must have changed until the whole is learnt again.
const QUIET_LOOKS: u32 = 20;
/// Who the history names for the sample.
const BY_SAMPLE: &str = "sample";

/// The index in use.
#[derive(Clone)]
pub(super) struct Reload {
    pub(super) index: Knowledge,
    store: Store,
    clock: Arc<dyn Clock>,
    /// Whose days validity is counted in.
    plans: Arc<PlansInUse>,
    follows: Arc<Mutex<Following>>,
}

/// How far the index follows the base.
struct Following {
    revision: i64,
    /// The day at the desk that the index in use is of: entries begin and end with days.
    day: Date,
    /// Looks since the last change; `None` when the whole is learnt as it is.
    quiet: Option<u32>,
    /// The whole, being learnt.
    whole: Option<Whole>,
    /// When all of what is related was looked at, by our clock.
    related_at: Timestamp,
    /// What was seen then: an edit moves what it leads to, not what was asked.
    answered: Answered,
}

/// The whole base, being learnt as it was.
struct Whole {
    revision: i64,
    day: Date,
    /// Nothing comes of it where the embedding model that was to read it cannot be used.
    learning: JoinHandle<Option<KnowledgeIndex>>,
}

impl Reload {
    /// The index at the start; a base that was never filled gets the sample shop's entries.
    pub(super) async fn first(app: &App, store: &Store) -> Result<Reload, AppError> {
        if app.config.knowledge.sample && app.roles.contains(&ServeRole::Intake) {
            fill_with_sample(app, store).await?;
        }
        let plans = Arc::new(PlansInUse::new(app.config.usual_policy()));
        let day = today(&plans, store, app.clock.now()).await?;
        // Who decides on nothing needs no index.
        let (revision, entries) = match app.roles.contains(&ServeRole::Intake) {
            true => load(store, day).await?,
            false => (NEVER_FILLED, Vec::new()),
        };
        let costs = app.config.knowledge.costs;
        let whole = app.config.knowledge.semantic_model.clone();
        let whole = whole
            .filter(|_| app.roles.contains(&ServeRole::Intake))
            .map(|folder| Whole {
                revision,
                day,
                learning: learn_with_model(folder, entries.clone(), costs),
            });
        let built = learn(entries, costs).await;
        let reload = Reload {
            index: Knowledge::new(built.map_err(|_| StoreError::JobPanicked)?),
            store: store.clone(),
            clock: app.clock.clone(),
            plans,
            follows: Arc::new(Mutex::new(Following {
                revision,
                day,
                quiet: None,
                whole,
                related_at: Timestamp(0),
                answered: Answered::new(),
            })),
        };
        if app.roles.contains(&ServeRole::Intake) {
            let mut follows = reload.follows.lock().await;
            reload.relate(&mut follows, RELATED_AT_START_MAX).await?;
        }
        reload.tell_size();
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
            self.tell_size();
        }
    }

    /// One look: takes in what has changed, and what was learnt meanwhile.
    async fn follow(&self) -> Result<(), StoreError> {
        let mut follows = self.follows.lock().await;
        let day = today(&self.plans, &self.store, self.clock.now()).await?;
        if day != follows.day {
            let index = self.turned(self.index.now(), follows.day, day).await?;
            self.index.swap(index);
            follows.day = day;
            self.index.relate(&follows.answered);
        }
        if let Some((revision, of_day, index)) = follows.finished().await? {
            // What has turned and what was edited since it was begun is learnt into it before it
            // serves.
            let index = self.turned(Arc::new(index), of_day, day).await?;
            let (now, index) = self.caught_up(revision, index, day).await?;
            let model = index.sense().map(|sense| sense.name().to_owned());
            self.index.swap(index);
            follows.revision = now;
            tracing::info!(revision, model, "the whole knowledge base was learnt again");
        }
        let (now, index) = self
            .caught_up(follows.revision, self.index.now(), day)
            .await?;
        if now != follows.revision {
            self.index.swap(index);
            follows.revision = now;
            follows.quiet = Some(0);
            self.index.relate(&follows.answered);
            tracing::info!(
                revision = now,
                "the knowledge base changed; the new index serves"
            );
        } else if self.clock.now() - follows.related_at >= RELATE_EVERY {
            self.relate(&mut follows, RELATED_MAX).await?;
            follows.related_at = self.clock.now();
        } else if let Some(looks) = follows.quiet.filter(|_| follows.whole.is_none()) {
            follows.quiet = Some(looks + 1);
            if looks >= QUIET_LOOKS {
                follows.quiet = None;
                let index = self.index.now();
                let entries = index.entries().cloned().collect();
                follows.whole = Some(Whole {
                    revision: now,
                    day,
                    learning: learn_again(entries, &index),
                });
            }
        }
        Ok(())
    }

    /// An index of one day as it is on another: what begins or ended in between is learnt or let
    /// go of.
    async fn turned(
        &self,
        index: Arc<KnowledgeIndex>,
        of: Date,
        day: Date,
    ) -> Result<Arc<KnowledgeIndex>, StoreError> {
        if of == day {
            return Ok(index);
        }
        let mut tx = self.store.read().await?;
        let turned = knowledge::turned(&mut tx, of.min(day), of.max(day)).await?;
        drop(tx);
        if turned.is_empty() {
            return Ok(index);
        }
        let changes: Vec<Change> = turned.into_iter().map(|entry| as_of(entry, day)).collect();
        tracing::info!(%day, entries = changes.len(), "entries begin or end with the day");
        let edited = tokio::task::spawn_blocking(move || index.with(&changes)).await;
        Ok(Arc::new(edited.map_err(|_| StoreError::JobPanicked)?))
    }

    /// The revision now, and an index of `revision` with all that has changed since.
    async fn caught_up(
        &self,
        revision: i64,
        index: Arc<KnowledgeIndex>,
        day: Date,
    ) -> Result<(i64, Arc<KnowledgeIndex>), StoreError> {
        let mut tx = self.store.read().await?;
        let now = knowledge::revision(&mut tx).await?.unwrap_or(NEVER_FILLED);
        if now == revision {
            return Ok((now, index));
        }
        let changes = knowledge::changed_since(&mut tx, revision).await?;
        drop(tx);
        let changes: Vec<Change> = changes
            .into_iter()
            .map(|change| match change.kind {
                ChangeKind::Retired => change,
                ChangeKind::New | ChangeKind::Changed => as_of(change.entry, day),
            })
            .collect();
        if changes.len() + index.edited() > EDITS_MAX {
            let (now, entries) = load(&self.store, day).await?;
            let whole = learn_again(entries, &index).await;
            let whole = whole.map_err(|_| StoreError::JobPanicked)?;
            return Ok((now, whole.map_or(index, Arc::new)));
        }
        let edited = tokio::task::spawn_blocking(move || index.with(&changes)).await;
        Ok((now, Arc::new(edited.map_err(|_| StoreError::JobPanicked)?)))
    }

    fn tell_size(&self) {
        let index = self.index.now();
        gauge!("careline_knowledge_index_bytes").set(index.bytes() as f64);
        gauge!("careline_knowledge_entries").set(index.entries().count() as f64);
        if let Some(sense) = index.sense() {
            gauge!("careline_semantic_model", "model" => sense.name().to_owned()).set(1.0);
        }
    }
}

impl Following {
    /// The whole, where it has been learnt since the last look.
    async fn finished(&mut self) -> Result<Option<(i64, Date, KnowledgeIndex)>, StoreError> {
        let is_done = |whole: &mut Whole| whole.learning.is_finished();
        let Some(whole) = self.whole.take_if(is_done) else {
            return Ok(None);
        };
        let index = whole.learning.await.map_err(|_| StoreError::JobPanicked)?;
        Ok(index.map(|index| (whole.revision, whole.day, index)))
    }
}

impl Reload {
    /// Looks at what customers ask after which answer, by the newest `most` decisions.
    async fn relate(&self, follows: &mut Following, most: i64) -> Result<(), StoreError> {
        let since = self.clock.now() - RELATE_WITHIN;
        let mut tx = self.store.read().await?;
        let answered = answers_given::since(&mut tx, since, most).await?;
        drop(tx);
        self.index.relate(&answered);
        follows.answered = answered;
        Ok(())
    }
}

/// The day at the desk.
async fn today(plans: &PlansInUse, store: &Store, now: Timestamp) -> Result<Date, StoreError> {
    plans.look_up(store, now).await?;
    Ok(day_of(now, &desk_zone(&plans.now())))
}

/// What an entry is to the index on a day: one that is not answered from then is not in it.
fn as_of(entry: Entry, day: Date) -> Change {
    let kind = match entry.upkeep.holds_on(day) {
        true => ChangeKind::Changed,
        false => ChangeKind::Retired,
    };
    Change { kind, entry }
}

async fn load(store: &Store, day: Date) -> Result<(i64, Vec<Entry>), StoreError> {
    let mut tx = store.read().await?;
    let (revision, mut entries) = knowledge::load(&mut tx).await?;
    entries.retain(|entry| entry.upkeep.holds_on(day));
    Ok((revision.unwrap_or(NEVER_FILLED), entries))
}

/// Learns a base away from the tasks that serve.
fn learn(entries: Vec<Entry>, costs: Costs) -> JoinHandle<KnowledgeIndex> {
    tokio::task::spawn_blocking(move || learnt(&entries, costs, None))
}

/// Learns a base again, as the index in use does it.
fn learn_again(entries: Vec<Entry>, index: &KnowledgeIndex) -> JoinHandle<Option<KnowledgeIndex>> {
    let (costs, sense) = (index.costs(), index.sense());
    tokio::task::spawn_blocking(move || Some(learnt(&entries, costs, sense)))
}

/// Loads the embedding model and learns with it, while an index without it serves already: both can
/// take long.
fn learn_with_model(
    folder: PathBuf,
    entries: Vec<Entry>,
    costs: Costs,
) -> JoinHandle<Option<KnowledgeIndex>> {
    tokio::task::spawn_blocking(move || {
        let sense = semantic::of_settings(Some(&folder))?;
        Some(learnt(&entries, costs, Some(sense)))
    })
}

fn learnt(entries: &[Entry], costs: Costs, sense: Option<Arc<dyn Sense>>) -> KnowledgeIndex {
    // A model takes its time for each text: not at the first question.
    let ahead = sense.is_some();
    let index = KnowledgeIndex::build(entries)
        .with_costs(costs)
        .with_sense(sense);
    if ahead || index.wordings() >= LEARN_AHEAD_FROM {
        index.prepare();
    }
    index
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
