//! An inlet in memory: it drops what comes again by the natural key, as the real one does, and can
//! be told to refuse.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use careline::channels::{Arrival, Inlet, NotTaken, Watermark};
use careline::clock::Clock;
use careline::domain::place::ChannelKind;
use careline::domain::time::Timestamp;
use tokio::sync::watch;

const WAIT: Duration = Duration::from_secs(15);

#[derive(Default)]
struct Taken {
    arrivals: Vec<Arrival>,
    repeated: usize,
    refusals_left: usize,
    refused: usize,
    memory: BTreeMap<String, String>,
}

/// What a channel handed over, in order.
pub struct RecordingInlet {
    clock: Arc<dyn Clock>,
    taken: Mutex<Taken>,
    changed: watch::Sender<u64>,
}

impl RecordingInlet {
    pub fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            clock,
            taken: Mutex::default(),
            changed: watch::Sender::new(0),
        })
    }

    fn change<T>(&self, act: impl FnOnce(&mut Taken) -> T) -> T {
        let result = self.look(act);
        self.changed.send_modify(|version| *version += 1);
        result
    }

    fn look<T>(&self, look: impl FnOnce(&mut Taken) -> T) -> T {
        look(
            &mut self
                .taken
                .lock()
                .expect("no test fails while it holds this"),
        )
    }

    /// Refuses the next batches, as a database that is down would.
    pub fn refuse_next(&self, times: usize) {
        self.change(|taken| taken.refusals_left = times);
    }

    /// What was taken so far, each once.
    pub fn taken(&self) -> Vec<Arrival> {
        self.look(|taken| taken.arrivals.clone())
    }

    /// How many arrivals came that were there already.
    pub fn repeated(&self) -> usize {
        self.look(|taken| taken.repeated)
    }

    /// How many batches were refused.
    pub fn refused(&self) -> usize {
        self.look(|taken| taken.refused)
    }

    /// Waits until that many arrivals were taken, and gives them.
    pub async fn wait_for(&self, count: usize) -> Vec<Arrival> {
        let what = format!("{count} arrivals");
        self.wait_until(&what, |inlet| inlet.taken().len() >= count)
            .await;
        self.taken()
    }

    /// Waits until the condition holds; fails the test after a bounded time.
    pub async fn wait_until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let mut changes = self.changed.subscribe();
        let waiting = async {
            loop {
                if holds(self) {
                    return;
                }
                let _ = changes.changed().await;
            }
        };
        if tokio::time::timeout(WAIT, waiting).await.is_err() {
            panic!(
                "{what} did not come within {WAIT:?}; taken: {:#?}",
                self.taken()
            );
        }
    }
}

#[async_trait]
impl Inlet for RecordingInlet {
    async fn take(&self, arrivals: Vec<Arrival>) -> Result<(), NotTaken> {
        self.change(|taken| {
            if taken.refusals_left > 0 {
                taken.refusals_left -= 1;
                taken.refused += 1;
                return Err(NotTaken("the test refuses".to_owned()));
            }
            for arrival in arrivals {
                let mut known = taken.arrivals.iter();
                if known.any(|known| known.natural_key == arrival.natural_key) {
                    taken.repeated += 1;
                } else {
                    taken.arrivals.push(arrival);
                }
            }
            Ok(())
        })
    }

    async fn watermarks(&self, _channel: ChannelKind) -> Result<Vec<Watermark>, NotTaken> {
        Ok(Vec::new())
    }

    async fn remember(&self, key: &str, value: &str) -> Result<(), NotTaken> {
        self.change(|taken| taken.memory.insert(key.to_owned(), value.to_owned()));
        Ok(())
    }

    async fn recall(&self, key: &str) -> Result<Option<String>, NotTaken> {
        Ok(self.look(|taken| taken.memory.get(key).cloned()))
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
