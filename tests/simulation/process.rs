//! One simulated process: the program's own workers over channels whose platforms are the ground
//! truth, on a runtime of its own that runs only when the simulation says so.
//!
//! It ends as a process does: at any await, with its runtime and all its connections; what it had
//! committed stays.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use careline::app::{App, ServeRole, Surroundings, Workers};
use careline::channels::{Arrival, Channel, Inlet, Watermark};
use careline::clock::{Clock, CountedIds, SetClock};
use careline::config::Config;
use careline::domain::place::ChannelKind;
use careline::domain::time::Timestamp;
use careline::store::Store;
use careline::wording::Wording;
use careline::workers::Wakes;
use careline::workers::intake::{Desk, Knowledge};
use careline::workers::lease::Tenant;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use super::cut::Cut;
use super::ground::call::FakeChannel;
use super::ground::{DISCORD_FORUM, Ground, TELEGRAM_FORUM};

/// How long, by the machine's clock, a process may take for one step before it counts as stuck.
const STUCK_AFTER: Duration = Duration::from_secs(60);
/// Somewhat longer than a worker waits before it tries a refused write again.
const TRIES_AGAIN_WITHIN: Duration = Duration::from_millis(130);

/// What stands around every process.
#[derive(Clone)]
pub struct Setting {
    /// The platforms' time.
    pub clock: Arc<SetClock>,
    /// Ids for everybody.
    pub ids: Arc<CountedIds>,
    /// The platforms.
    pub ground: Arc<Mutex<Ground>>,
    /// All sentences.
    pub wording: Arc<Wording>,
    /// What the bot knows.
    pub knowledge: Knowledge,
    /// The settings.
    pub config: Config,
    /// The most that one message may hold, in UTF-16 units.
    pub units_max: usize,
    /// Whether there is only one process at a time, which knows that.
    pub is_alone: bool,
}

/// A process's own clock: it may differ from the platforms'.
struct Skewed {
    truth: Arc<SetClock>,
    skew_ms: AtomicI64,
}

impl Clock for Skewed {
    fn now(&self) -> Timestamp {
        Timestamp(self.truth.now().0 + self.skew_ms.load(Ordering::Relaxed))
    }
}

/// What a process can be told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// Decide on arrivals.
    Intake,
    /// Fire timers.
    Alarms,
    /// Compute stored figures anew.
    Figures,
    /// Deliver for one channel.
    Deliver(ChannelKind),
}

/// A process.
pub struct Process {
    /// Which life of all processes it is.
    pub life: u64,
    /// Its wire to the database.
    pub cut: Arc<Cut>,
    /// Where it reads Telegram on from.
    pub offset: Option<i64>,
    /// What Discord said and is not in the inbox yet.
    pub heard: Vec<Arrival>,
    /// Whether history must be read before anything else of Discord.
    pub catches_up: bool,
    clock: Arc<Skewed>,
    workers: Workers,
    store: Store,
    under_way: BTreeMap<Work, JoinHandle<Result<usize, String>>>,
    // Dropped last: with it everything ends.
    runtime: Runtime,
}

impl Process {
    /// Starts one; `None` where it ended while it started.
    pub fn start(setting: &Setting, life: u64, cut: Arc<Cut>, skew_ms: i64) -> Option<Process> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            // What this thread does goes before what the database's threads have done: so the
            // order does not depend on who was faster.
            .global_queue_interval(u32::MAX)
            .event_interval(u32::MAX)
            .build()
            .expect("a runtime starts");
        let clock = Arc::new(Skewed {
            truth: Arc::clone(&setting.clock),
            skew_ms: AtomicI64::new(skew_ms),
        });
        let app = App {
            config: setting.config.clone(),
            roles: ServeRole::all(),
            clock: clock.clone(),
            ids: setting.ids.clone(),
            pauses: careline::app::Pauses::default(),
            wire: Some(cut.clone()),
        };
        let around = surroundings(setting, life, &cut);
        let opening = runtime.spawn(async move {
            let url = secrecy::ExposeSecret::expose_secret(&app.config.database.url).to_owned();
            let store = Store::open_over(&url, app.wire.clone()).await.ok()?;
            let workers = Workers::new(&app, &store, &Wakes::default(), &around);
            Some((store, workers))
        });
        let (store, workers) = runtime
            .block_on(bounded(opening))
            .expect("a process starts without a panic")?;
        Some(Process {
            life,
            cut,
            offset: None,
            heard: Vec::new(),
            catches_up: true,
            clock,
            workers,
            store,
            under_way: BTreeMap::new(),
            runtime,
        })
    }

    /// Its own time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Its clock differs by so much from now on.
    pub fn set_skew(&self, skew_ms: i64) {
        self.clock.skew_ms.store(skew_ms, Ordering::Relaxed);
    }

    /// Begins a piece of work, where the last of its kind is done.
    pub fn begins(&mut self, work: Work) {
        if self.under_way.contains_key(&work) {
            return;
        }
        let task = match work {
            Work::Intake => {
                let intake = self.workers.intake.clone();
                self.runtime
                    .spawn(async move { intake.tick().await.map_err(|error| error.to_string()) })
            }
            Work::Alarms => {
                let alarms = self.workers.alarms.clone();
                self.runtime
                    .spawn(async move { alarms.tick().await.map_err(|error| error.to_string()) })
            }
            Work::Figures => {
                let figures = self.workers.figures.clone();
                self.runtime
                    .spawn(async move { figures.tick().await.map_err(|error| error.to_string()) })
            }
            Work::Deliver(kind) => {
                let mut deliveries = self.workers.deliveries.iter();
                let Some(delivery) = deliveries.find(|one| one.channel.kind() == kind) else {
                    return;
                };
                let delivery = delivery.clone();
                self.runtime
                    .spawn(async move { delivery.tick().await.map_err(|error| error.to_string()) })
            }
        };
        self.under_way.insert(work, task);
    }

    /// Runs until nothing goes on without the simulation; gives what work ended, and how.
    pub fn settles(&mut self) -> Vec<(Work, Result<usize, String>)> {
        let mut ended = Vec::new();
        // These ask nothing of the platforms: they come to their own end.
        for work in [Work::Intake, Work::Alarms, Work::Figures] {
            if let Some(task) = self.under_way.remove(&work) {
                let result = self.runtime.block_on(bounded(task));
                ended.push((work, result.unwrap_or_else(|error| Err(error.to_string()))));
            }
        }
        let cut = Arc::clone(&self.cut);
        let quiet = self.runtime.spawn(async move { cut.quiet().await });
        self.runtime
            .block_on(bounded(quiet))
            .expect("waiting does not panic");
        let delivers = |work: &Work| matches!(work, Work::Deliver(_));
        let may_try_again = self.under_way.keys().any(delivers);
        if self.cut.has_failed() && !self.cut.is_dead() && may_try_again {
            // A worker that could not write an outcome tries again after a moment.
            let cut = Arc::clone(&self.cut);
            let moment = self.runtime.spawn(async move {
                let _ =
                    tokio::time::timeout(TRIES_AGAIN_WITHIN, std::future::pending::<()>()).await;
                cut.quiet().await;
            });
            self.runtime
                .block_on(bounded(moment))
                .expect("waiting does not panic");
        }
        let done: Vec<Work> = self
            .under_way
            .iter()
            .filter(|(_, task)| task.is_finished())
            .map(|(work, _)| *work)
            .collect();
        for work in done {
            if let Some(task) = self.under_way.remove(&work) {
                let result = self.runtime.block_on(task);
                ended.push((work, result.unwrap_or_else(|error| Err(error.to_string()))));
            }
        }
        ended
    }

    /// Puts arrivals into the inbox; whether they are durable.
    pub fn takes(&self, arrivals: Vec<Arrival>) -> bool {
        let inlet = Arc::clone(&self.workers.inlet);
        self.runs(async move { inlet.take(arrivals).await.is_ok() })
            .unwrap_or(false)
    }

    /// The marks to read Discord's history on from.
    pub fn watermarks(&self) -> Option<Vec<Watermark>> {
        let inlet = Arc::clone(&self.workers.inlet);
        self.runs(async move { inlet.watermarks(ChannelKind::Discord).await.ok() })
            .flatten()
    }

    /// Runs something over its store to the end; `None` where the process ended meanwhile.
    pub fn with_store<T, F>(&self, what: impl FnOnce(Store) -> F) -> Option<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        self.runs(what(self.store.clone()))
    }

    fn runs<T, F>(&self, what: F) -> Option<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let task = self.runtime.spawn(what);
        let outcome = self.runtime.block_on(bounded(task));
        self.cut.has_failed();
        match self.cut.is_dead() {
            true => None,
            false => Some(outcome.expect("no panic")),
        }
    }
}

/// Waits for a task, but not for ever: a process that is stuck is a fault that must be seen.
async fn bounded<T>(task: JoinHandle<T>) -> Result<T, tokio::task::JoinError> {
    tokio::time::timeout(STUCK_AFTER, task)
        .await
        .expect("a process is stuck: it waits for something that never comes")
}

fn surroundings(setting: &Setting, life: u64, cut: &Arc<Cut>) -> Surroundings {
    let channel = |kind, units_max| {
        let channel: Arc<dyn Channel> = Arc::new(FakeChannel {
            kind,
            life,
            cut: Arc::clone(cut),
            ground: Arc::clone(&setting.ground),
            clock: Arc::clone(&setting.clock),
            units_max,
        });
        (kind, channel)
    };
    let name = format!("life-{life}");
    Surroundings {
        tenant: match setting.is_alone {
            true => Tenant::alone(name),
            false => Tenant::among_others(name),
        },
        wording: Arc::clone(&setting.wording),
        knowledge: setting.knowledge.clone(),
        channels: BTreeMap::from([
            channel(ChannelKind::Telegram, setting.units_max),
            channel(ChannelKind::Discord, 2_000),
        ]),
        desks: vec![
            Desk {
                kind: ChannelKind::Telegram,
                forum: TELEGRAM_FORUM.to_owned(),
            },
            Desk {
                kind: ChannelKind::Discord,
                forum: DISCORD_FORUM.to_owned(),
            },
        ],
        public_url: "https://desk.example".to_owned(),
    }
}
