//! A stateful fake of the Telegram Bot API on loopback, for tests, foreign clients and play.
//!
//! It has three sides: the **platform** (what a bot calls, in `methods`, `polling`, `webhook`),
//! the **people** (`people`, `desk`: who write, press, block) and the **ground truth** (`state`,
//! read with `with` and `wait_for`: what truly reached whom). It refuses what the platform
//! refuses, and goes wrong on order (`faults`, `line`). Nothing in it sleeps: its limits and dates
//! follow the clock that the test holds, and waiting is for a change of its state.

pub mod desk;
pub mod entities;
pub mod faults;
pub mod limits;
pub mod line;
pub mod markup;
pub mod methods;
pub mod params;
pub mod parse_html;
pub mod parse_markdown;
pub mod people;
pub mod play;
pub mod polling;
pub mod queue;
pub mod records;
pub mod refusal;
pub mod render;
pub mod sends;
pub mod server;
pub mod state;
pub mod view;
pub mod webhook;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use faults::Fault;
use limits::Limits;
use line::Switch;
use state::{Now, State};

/// How long a test waits for something that is to happen before it fails.
const WAIT: Duration = Duration::from_secs(15);
/// Where the fake's own clock starts: Monday, 5 January 2026, 08:00 UTC.
pub const START_MS: i64 = 1_767_600_000_000;

/// A running fake; clones are the same one. It stops when the last is dropped.
#[derive(Clone)]
pub struct FakeTelegram {
    shared: Arc<Shared>,
    _stop: Arc<DropGuard>,
}

/// What the platform's tasks and the test's hands share.
pub struct Shared {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
    released: watch::Sender<u64>,
    /// The fake's own clock; unused where the test brought one.
    own_ms: Arc<AtomicI64>,
    address: SocketAddr,
    switch: Switch,
    stop: CancellationToken,
}

impl Shared {
    /// Looks at or changes the state, and wakes whoever waits for a change.
    pub fn change<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let result = act(&mut self
            .state
            .lock()
            .expect("a test failed while it held the fake"));
        self.changed.send_modify(|version| *version += 1);
        result
    }

    /// Looks at the state.
    pub fn look<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(
            &self
                .state
                .lock()
                .expect("a test failed while it held the fake"),
        )
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}

impl FakeTelegram {
    /// Starts one with its own clock on a free port.
    pub async fn start() -> Self {
        let own_ms = Arc::new(AtomicI64::new(START_MS));
        let ticking = own_ms.clone();
        let now: Now = Arc::new(move || ticking.load(Ordering::SeqCst));
        Self::start_at("127.0.0.1:0", now, own_ms).await
    }

    /// Starts one that reads the test's clock (milliseconds since the epoch).
    pub async fn start_with_clock(now: Now) -> Self {
        Self::start_at("127.0.0.1:0", now, Arc::default()).await
    }

    /// Starts one at an address of one's choice, for playing by hand.
    pub async fn start_at(address: &str, now: Now, own_ms: Arc<AtomicI64>) -> Self {
        let (line, switch) = line::bind(address)
            .await
            .expect("the fake's address is free");
        let stop = CancellationToken::new();
        let shared = Arc::new(Shared {
            state: Mutex::new(State::new(now)),
            changed: watch::Sender::new(0),
            released: watch::Sender::new(0),
            own_ms,
            address: axum::serve::Listener::local_addr(&line).expect("a bound line has an address"),
            switch,
            stop: stop.clone(),
        });
        let serving = server::serve(line, shared.clone());
        let guard = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = serving => {}
                () = guard.cancelled() => {}
            }
        });
        Self {
            shared,
            _stop: Arc::new(stop.drop_guard()),
        }
    }

    /// What a client is given as the Bot API's address.
    pub fn url(&self) -> String {
        format!("http://{}", self.shared.address)
    }

    /// The token that the fake takes.
    pub fn token(&self) -> &'static str {
        state::TOKEN
    }

    /// Moves the fake's own clock on.
    pub fn pass_ms(&self, ms: i64) {
        self.shared.own_ms.fetch_add(ms, Ordering::SeqCst);
        self.shared.change(|_| ());
    }

    /// Looks at the ground truth.
    pub fn with<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        self.shared.look(look)
    }

    /// Changes anything, as the platform's people would.
    pub fn change<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        self.shared.change(act)
    }

    /// Waits until `look` finds what it looks for; fails the test after a bounded time, saying
    /// what was awaited and which calls came.
    pub async fn wait_for<T>(&self, what: &str, look: impl Fn(&State) -> Option<T>) -> T {
        let mut changes = self.shared.changes();
        let waiting = async {
            loop {
                if let Some(found) = self.with(&look) {
                    return found;
                }
                changes
                    .changed()
                    .await
                    .expect("the fake outlives its tests");
            }
        };
        match tokio::time::timeout(WAIT, waiting).await {
            Ok(found) => found,
            Err(_) => {
                let calls = self.with(view::calls_summary);
                panic!("{what} did not happen within {WAIT:?}; calls so far: {calls}");
            }
        }
    }

    /// The next calls of a method go wrong in this way (`*`: of any method).
    pub fn fail_next(&self, method: &str, times: usize, fault: Fault) {
        self.change(|state| state.faults.order(method, times, fault));
    }

    /// Forgets every ordered fault.
    pub fn heal(&self) {
        self.change(|state| state.faults.clear());
    }

    /// Lets every hanging call go on.
    pub fn release(&self) {
        self.shared.released.send_modify(|count| *count += 1);
    }

    /// Turns the platform's sending limits on.
    pub fn limit_sending(&self) {
        self.change(|state| state.limits = Some(Limits::default()));
    }

    /// Refuses every connection, and resets those that stand.
    pub async fn down(&self) {
        self.shared.switch.down().await;
    }

    /// Answers again, at the same address.
    pub async fn up(&self) {
        self.shared.switch.up().await;
    }
}
