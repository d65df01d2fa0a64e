//! The way in: arrivals of the channels become rows of the inbox, in one commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use metrics::counter;

use crate::channels::{Arrival, Happening, Inlet, NotTaken, Watermark};
use crate::clock::{Clock, IdSource};
use crate::domain::ids::MessageRef;
use crate::domain::place::{ChannelKind, Place};
use crate::domain::time::Timestamp;
use crate::store::inbox::NewArrival;
use crate::store::{Store, StoreError, inbox, remembered};
use crate::workers::Wakes;

/// The inlet over the store.
pub struct StoreInlet {
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    wakes: Wakes,
    last_position: AtomicI64,
}

impl StoreInlet {
    /// An inlet that wakes the intake after each commit.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        wakes: Wakes,
    ) -> StoreInlet {
        StoreInlet {
            store,
            clock,
            ids,
            wakes,
            last_position: AtomicI64::new(0),
        }
    }

    /// The next place in the order of taking: microseconds of our clock, never twice the same.
    fn next_position(&self, now: Timestamp) -> i64 {
        let by_clock = now.0.saturating_mul(1_000);
        let previous = self.last_position.fetch_max(by_clock, Ordering::SeqCst);
        if previous < by_clock {
            return by_clock;
        }
        self.last_position.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn row(&self, mut arrival: Arrival, now: Timestamp) -> Result<Taken, serde_json::Error> {
        let mut raw = std::mem::take(&mut arrival.raw);
        if raw.contains('\0') {
            raw = raw.replace('\0', "\u{FFFD}");
        }
        Ok(Taken {
            row: NewArrival {
                id: self.ids.id().into(),
                natural_key: arrival.natural_key.clone(),
                origin: arrival.place.channel.name(),
                lane: lane(&arrival),
                position: arrival.position.unwrap_or_else(|| self.next_position(now)),
                arrival: serde_json::to_string(&arrival)?,
                raw: Some(raw),
                platform_at: arrival.platform_at,
                received_at: now,
            },
            watermark: watermark(&arrival),
        })
    }
}

#[derive(Clone)]
struct Taken {
    row: NewArrival,
    watermark: Option<(ChannelKind, String, String, i64)>,
}

/// How the lanes of customers' accounts begin.
pub const ACCOUNT_LANE: &str = "account:";

/// Arrivals that must be decided on one after the other: those of one account's direct
/// conversation, or of one room. What we said ourselves belongs to no customer: the bot's own
/// account never writes in a flood.
fn lane(arrival: &Arrival) -> String {
    let is_ours = matches!(arrival.what, Happening::Echo { .. });
    match &arrival.sender {
        Some(sender) if !arrival.at_desk && !is_ours => {
            format!("{ACCOUNT_LANE}{}:{}", arrival.place.channel, sender.account)
        }
        Some(_) | None => format!("place:{}", arrival.place),
    }
}

/// Only where the platform's own order is sound is there a mark to read on from.
fn watermark(arrival: &Arrival) -> Option<(ChannelKind, String, String, i64)> {
    match (&arrival.what, arrival.position) {
        (Happening::Wrote { message, .. } | Happening::Echo { message, .. }, Some(position)) => {
            Some((
                arrival.place.channel,
                arrival.place.chat.clone(),
                message.0.clone(),
                position,
            ))
        }
        _ => None,
    }
}

#[async_trait]
impl Inlet for StoreInlet {
    async fn take(&self, arrivals: Vec<Arrival>) -> Result<(), NotTaken> {
        if arrivals.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        for arrival in &arrivals {
            counter!("careline_arrivals_total", "channel" => arrival.place.channel.name(),
                "kind" => kind(&arrival.what))
            .increment(1);
        }
        let rows: Result<Arc<[Taken]>, _> = arrivals
            .into_iter()
            .map(|arrival| self.row(arrival, now))
            .collect();
        let rows = rows.map_err(|error| NotTaken(error.to_string()))?;
        self.store
            .write(move |tx| {
                let rows = rows.clone();
                Box::pin(async move {
                    for taken in rows.iter() {
                        inbox::insert(tx, &taken.row).await?;
                        if let Some((channel, chat, last, position)) = &taken.watermark {
                            inbox::set_watermark(tx, channel.name(), chat, last, *position, now)
                                .await?;
                        }
                    }
                    Ok(())
                })
            })
            .await
            .map_err(not_taken)?;
        self.wakes.arrivals.notify_one();
        Ok(())
    }

    async fn watermarks(&self, channel: ChannelKind) -> Result<Vec<Watermark>, NotTaken> {
        let mut tx = self.store.read().await.map_err(not_taken)?;
        let rows = inbox::watermarks(&mut tx, channel.name())
            .await
            .map_err(not_taken)?;
        let marks = rows.into_iter().map(|(chat, last)| Watermark {
            place: Place::chat(channel, chat),
            last: MessageRef(last),
        });
        Ok(marks.collect())
    }

    async fn remember(&self, key: &str, value: &str) -> Result<(), NotTaken> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.store
            .write(move |tx| {
                let (key, value) = (key.clone(), value.clone());
                Box::pin(async move { remembered::put(tx, &key, &value).await })
            })
            .await
            .map_err(not_taken)
    }

    async fn recall(&self, key: &str) -> Result<Option<String>, NotTaken> {
        let mut tx = self.store.read().await.map_err(not_taken)?;
        remembered::get(&mut tx, key).await.map_err(not_taken)
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

fn not_taken(error: StoreError) -> NotTaken {
    NotTaken(error.to_string())
}

/// The kind of an arrival, for counting.
fn kind(what: &Happening) -> &'static str {
    match what {
        Happening::Wrote { .. } => "wrote",
        Happening::Edited { .. } => "edited",
        Happening::Pressed { .. } => "pressed",
        Happening::Filled { .. } => "filled",
        Happening::Command { .. } => "command",
        Happening::Blocked => "blocked",
        Happening::Unblocked => "unblocked",
        Happening::Moved { .. } => "moved",
        Happening::RoomGone => "room-gone",
        Happening::Echo { .. } => "echo",
        Happening::Unsupported { .. } => "unsupported",
        Happening::Unreadable { .. } => "unreadable",
    }
}
