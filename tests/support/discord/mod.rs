//! A Discord of our own on loopback: REST, gateway, people, faults, and the truth at the end.
//!
//! It keeps state and refuses what Discord refuses. `state` is what it remembers, `rest` answers
//! requests, `gateway` and `session` serve connections, `drive` is what people do, `truth` what
//! they saw. Invariant: it decides by its state and by the test's clock, never by the wall clock.
#![expect(dead_code, reason = "a test world offers more than any one scene uses")]

pub mod drive;
pub mod faults;
pub mod gateway;
mod http;
pub mod limits;
pub mod mentions;
mod rest;
mod session;
pub mod shapes;
pub mod state;
pub mod time;
pub mod truth;
pub mod upload;
mod wire;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use faults::Fault;
use gateway::{Down, Gateway};
use limits::Limits;
use state::{Application, FORUM, Guild, TEXT, World};
use time::{Hands, Now, Snowflakes};

pub const TOKEN: &str = "MTI.fake.discord-token";
/// How long a test waits for something that should happen at once.
const PATIENCE: Duration = Duration::from_secs(20);
const START_MS: i64 = 1_795_000_000_000;

pub struct Shared {
    world: Mutex<World>,
    changed: watch::Sender<u64>,
}

impl Shared {
    /// Does something to the state and wakes whoever waits for a change.
    pub fn act<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let result = change(&mut self.world.lock().unwrap());
        self.changed.send_modify(|count| *count += 1);
        result
    }

    pub fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.world.lock().unwrap())
    }
}

/// The listening side, while there is one.
struct Open {
    all: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

pub struct Discord {
    pub shared: Arc<Shared>,
    pub address: SocketAddr,
    pub hands: Hands,
    open: Mutex<Option<Open>>,
}

impl Discord {
    /// Starts on a free port with a clock that stands still.
    pub async fn start() -> Self {
        let hands = Hands::at(START_MS);
        let now = hands.now();
        Self::start_with(hands, now).await
    }

    /// Starts with somebody else's clock; `hands` then move nothing.
    pub async fn start_at(now: Now) -> Self {
        Self::start_with(Hands::at(START_MS), now).await
    }

    async fn start_with(hands: Hands, now: Now) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut world = new_world(now);
        world.gateway.url = Some(format!("ws://{address}/ws"));
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            changed: watch::Sender::new(0),
        });
        let open = Mutex::new(Some(open(&shared, listener)));
        Self {
            shared,
            address,
            hands,
            open,
        }
    }

    /// What `discord.api_url` is to be set to.
    pub fn api_url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        self.shared.read(look)
    }

    pub fn act<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        self.shared.act(change)
    }

    /// Waits until the state shows what is looked for; says the last requests when it does not.
    pub async fn wait_for<T>(&self, what: &str, look: impl Fn(&World) -> Option<T>) -> T {
        let mut changes = self.shared.changed.subscribe();
        let waiting = async {
            loop {
                if let Some(found) = self.read(&look) {
                    return found;
                }
                changes.changed().await.unwrap();
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(found) => found,
            Err(_) => panic!(
                "waited in vain for {what}; the calls were:\n{}",
                self.last_calls()
            ),
        }
    }

    fn last_calls(&self) -> String {
        self.read(|world| {
            let from = world.calls.len().saturating_sub(12);
            let lines = world.calls[from..].iter().map(|call| {
                format!(
                    "{} {} -> {} {}",
                    call.method, call.path, call.status, call.body
                )
            });
            lines.collect::<Vec<_>>().join("\n")
        })
    }

    /// A server with the bot in it.
    pub fn guild(&self, name: &str) -> u64 {
        self.act(|world| {
            let id = world.next_id();
            let members = BTreeSet::from([world.application.bot]);
            world.guilds.insert(
                id,
                Guild {
                    id,
                    name: name.to_owned(),
                    members,
                },
            );
            id
        })
    }

    pub fn text_channel(&self, guild: u64, name: &str) -> u64 {
        self.act(|world| world.add_channel(TEXT, Some(guild), None, name))
    }

    pub fn forum(&self, guild: u64, name: &str) -> u64 {
        self.act(|world| world.add_channel(FORUM, Some(guild), None, name))
    }

    pub fn orders(&self, fault: Fault) {
        self.act(|world| world.faults.push_back(fault));
    }

    /// Nobody can connect any more, and every open connection breaks.
    pub async fn goes_down(&self) {
        let open = self.open.lock().unwrap().take();
        if let Some(open) = open {
            open.all.cancel();
            open.task.await.unwrap();
        }
        self.act(|world| {
            let now = world.now_ms();
            for session in world.gateway.sessions.values_mut() {
                if session.pipe.take().is_some() {
                    session.dropped_at_ms = Some(now);
                }
            }
        });
    }

    /// The same address answers again, with everything remembered.
    pub async fn comes_back(&self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        *self.open.lock().unwrap() = Some(open(&self.shared, listener));
    }

    /// Every gateway connection ends without a word; the sessions can be resumed.
    pub fn drops_connections(&self) {
        self.act(|world| world.gateway.to_all(&Down::Cut));
    }

    /// Op 7: asks every client to connect anew.
    pub fn asks_to_reconnect(&self) {
        let frame = json!({"op": 7, "t": null, "s": null, "d": null});
        self.act(|world| world.gateway.to_all(&Down::Frame(frame)));
    }

    /// Forgets every session, and tells those that are connected (op 9, not resumable).
    pub fn invalidates_sessions(&self) {
        self.act(|world| {
            let frame = json!({"op": 9, "t": null, "s": null, "d": false});
            world.gateway.to_all(&Down::Frame(frame));
            for session in world.gateway.sessions.values_mut() {
                session.ended = true;
            }
        });
    }

    /// An event of a kind or a shape that no client knows.
    pub fn emits(&self, name: &str, body: Value) {
        self.act(|world| world.emit(name, 0, |_, _| body.clone()));
    }

    /// The same message event once more, as Discord does at times.
    pub fn repeats(&self, channel: u64, message: u64) {
        self.act(|world| {
            let message = world.channels[&channel].messages[&message].clone();
            world.emit_message("MESSAGE_CREATE", &message);
        });
    }
}

impl Drop for Discord {
    fn drop(&mut self) {
        if let Some(open) = self.open.lock().unwrap().take() {
            open.all.cancel();
        }
    }
}

fn open(shared: &Arc<Shared>, listener: TcpListener) -> Open {
    let all = CancellationToken::new();
    let door = wire::Door {
        listener,
        all: all.clone(),
    };
    let service =
        http::router(shared.clone()).into_make_service_with_connect_info::<wire::Scissors>();
    let until = all.clone();
    let task = tokio::spawn(async move {
        tokio::select! {
            _ = axum::serve(door, service) => {}
            () = until.cancelled() => {}
        }
    });
    Open { all, task }
}

fn new_world(now: Now) -> World {
    let mut world = World {
        now,
        snowflakes: Snowflakes::new(),
        application: Application {
            id: 0,
            bot: 0,
            token: TOKEN.to_owned(),
            privileged_intents: 0,
        },
        users: BTreeMap::new(),
        guilds: BTreeMap::new(),
        channels: BTreeMap::new(),
        interactions: BTreeMap::new(),
        ephemeral: Vec::new(),
        nonces: BTreeMap::new(),
        nonce_window_ms: 180_000,
        commands: BTreeMap::new(),
        written: 0,
        pings: Vec::new(),
        calls: Vec::new(),
        faults: VecDeque::new(),
        limits: Limits::default(),
        gateway: Gateway::new(),
    };
    world.application.bot = world.add_user("Care", true);
    world.application.id = world.next_id();
    world
}
