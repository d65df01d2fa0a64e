//! A delivery over a fresh SQLite file, on a clock that the test moves.

use std::sync::Arc;

use careline::clock::{Clock, CountedIds, SetClock};
use careline::domain::delivery::budgets::Limits;
use careline::domain::engine::effect::Purpose;
use careline::domain::outgoing::Act;
use careline::domain::place::{ChannelKind, Place};
use careline::domain::rich::RichText;
use careline::domain::time::{Millis, Timestamp};
use careline::store::outbox::{self, NewOutgoing, Target};
use careline::store::{Store, StoreError, Tx};
use careline::workers::Wakes;
use careline::workers::delivery::{Delivery, Holding, Scheduling};
use careline::workers::lease::{Lease, Tenant};

use super::platform::Platform;
use crate::support::database::Database;

/// When each test begins.
pub const START: Timestamp = Timestamp(1_795_000_000_000);
/// What the bot may send a second.
pub const PER_SECOND: u32 = 25;

pub struct Rig {
    pub platform: Arc<Platform>,
    pub clock: Arc<SetClock>,
    pub delivery: Delivery,
    store: Store,
    _database: Database,
}

/// Something to be sent: its id, its chat, what it is for.
#[derive(Clone)]
pub struct Wanted {
    pub id: String,
    pub chat: String,
    pub purpose: Purpose,
}

impl Rig {
    pub async fn new() -> Rig {
        let database = Database::sqlite().await;
        let store = database.open().await;
        let clock = Arc::new(SetClock::at(START));
        let platform = Platform::new(clock.clone());
        let tenant = Tenant::alone("surge".to_owned());
        let lease = Lease::new(store.clone(), clock.clone(), tenant, "delivery".to_owned());
        let delivery = Delivery {
            store: store.clone(),
            clock: clock.clone(),
            ids: Arc::new(CountedIds::default()),
            channel: platform.clone(),
            window: 4,
            scheduling: Arc::new(Scheduling::new(Limits::telegram(PER_SECOND, 1))),
            holding: Arc::new(Holding::new(lease)),
            wakes: Wakes::default(),
        };
        Rig {
            platform,
            clock,
            delivery,
            store,
            _database: database,
        }
    }

    /// Puts rows into the outbox, each a conversation of its own.
    pub async fn wants(&self, rows: Vec<Wanted>) {
        let (rows, now) = (Arc::new(rows), self.clock.now());
        let put = self.store.write(move |tx| {
            let rows = Arc::clone(&rows);
            Box::pin(async move { put(tx, &rows, now).await })
        });
        put.await.expect("the rows are put in");
    }

    /// Sends what may leave, then lets time pass.
    pub async fn goes_on(&self, length: Millis) {
        self.delivery.tick().await.expect("delivers");
        self.clock.pass(length);
    }

    /// Since the test began.
    pub fn since_start(&self) -> Millis {
        self.clock.now() - START
    }

    /// The time so many seconds after the test began.
    pub fn clock_at(&self, seconds: i64) -> Timestamp {
        START + Millis::seconds(seconds)
    }

    pub async fn ends(self) {
        self.store.close().await;
    }
}

async fn put(tx: &mut Tx, rows: &[Wanted], now: Timestamp) -> Result<(), StoreError> {
    for row in rows {
        let new = NewOutgoing {
            id: row.id.as_str().into(),
            conversation: row.id.as_str().into(),
            cause: row.id.as_str().into(),
            slot: 0,
            lane: row.id.clone(),
            target: Target::Place(Place::chat(ChannelKind::Telegram, &row.chat)),
            purpose: row.purpose.clone(),
            act: Act::Say {
                text: RichText::plain("hello"),
                buttons: Vec::new(),
                reply_to: None,
                files: Vec::new(),
            },
            message: None,
            staff: None,
            at: now,
            due_at: now,
        };
        outbox::add(tx, &new).await?;
    }
    Ok(())
}

/// The smallest value that so many percent of all are not above.
pub fn percentile(values: &[i64], percent: usize) -> i64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}
