//! The intake: takes the oldest arrival of each lane, decides on it once, and writes all that
//! follows in the same commit that marks it done.

mod apply;
mod card;
mod customer_side;
mod desk_side;
pub mod flood;
mod inside;
pub mod plans;
mod render;
pub mod usual_wait;
mod who;
mod words;

use std::sync::{Arc, PoisonError, RwLock};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use metrics::counter;
use tokio_util::sync::CancellationToken;

use self::flood::Floods;
use self::plans::PlansInUse;
use self::usual_wait::UsualWait;
use crate::channels::TextLimit;
use crate::clock::{Clock, IdSource};
use crate::domain::customer::Customer;
use crate::domain::engine::conversation::Conversation;
use crate::domain::engine::event::Event;
use crate::domain::engine::{DeskLoad, Rules, World, step};
use crate::domain::ids::ArrivalId;
use crate::domain::knowledge::KnowledgeIndex;
use crate::domain::place::ChannelKind;
use crate::domain::time::Timestamp;
use crate::store::inbox::WaitingArrival;
use crate::store::{Store, StoreError, Tx, conversations, inbox};
use crate::wording::Wording;
use crate::workers::inlet::ACCOUNT_LANE;
use crate::workers::{LOOK_EVERY, Wakes};

/// The most lanes that are decided on at the same time; on SQLite they share commits.
const LANES_AT_ONCE_MAX: i64 = 128;
/// How often a failing arrival is tried before it is set aside.
const TRIES_MAX: u32 = 3;

/// Decides on arrivals.
#[derive(Clone)]
pub struct Intake {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids and button tokens.
    pub ids: Arc<dyn IdSource>,
    /// All sentences.
    pub wording: Arc<Wording>,
    /// What the bot knows; swapped whole.
    pub knowledge: Knowledge,
    /// Settings that decisions go by.
    pub rules: Arc<Rules>,
    /// The desks that are set up, with their forums' places.
    pub desks: Arc<Vec<Desk>>,
    /// How much a message may hold, per channel.
    pub limits: Arc<dyn Fn(ChannelKind) -> TextLimit + Send + Sync>,
    /// Where browsers reach the console; sign-in links start with it.
    pub public_url: Arc<str>,
    /// The service levels, as last looked up.
    pub plans: Arc<PlansInUse>,
    /// How long customers usually wait for a person, as last looked up.
    pub usual_wait: Arc<UsualWait>,
    /// Who writes in a flood.
    pub floods: Arc<Floods>,
    /// Workers to wake.
    pub wakes: Wakes,
}

/// A desk that is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// The platform.
    pub kind: ChannelKind,
    /// The forum's chat or channel id.
    pub forum: String,
}

/// The index in use. Cheap to clone; all clones see a swap.
#[derive(Clone)]
pub struct Knowledge(Arc<RwLock<Arc<KnowledgeIndex>>>);

impl Knowledge {
    /// The first index.
    pub fn new(index: KnowledgeIndex) -> Knowledge {
        Knowledge(Arc::new(RwLock::new(Arc::new(index))))
    }

    /// The index now.
    pub fn now(&self) -> Arc<KnowledgeIndex> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Another index from now on.
    pub fn swap(&self, index: KnowledgeIndex) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(index);
    }
}

impl Intake {
    /// Decides until `stop`.
    pub async fn run(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match self.tick().await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::error!(%error, "arrivals could not be read; trying again"),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.wakes.arrivals.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Decides on the oldest arrival of each lane; says on how many.
    pub async fn tick(&self) -> Result<usize, StoreError> {
        let heads = {
            let mut tx = self.store.read().await?;
            let resting = self.floods.resting(self.clock.now());
            inbox::lane_heads(&mut tx, LANES_AT_ONCE_MAX, &resting).await?
        };
        for head in heads.iter().filter(|head| is_customers(head)) {
            self.floods.decided(&head.lane, self.clock.now());
        }
        if !heads.is_empty() {
            let now = self.clock.now();
            self.plans.look_up(&self.store, now).await?;
            self.usual_wait.look_up(&self.store, now).await?;
        }
        let mut deciding: FuturesUnordered<_> = heads
            .into_iter()
            .map(|waiting| self.decide_or_set_aside(Arc::new(waiting)))
            .collect();
        let mut decided = 0;
        while let Some(one) = deciding.next().await {
            decided += usize::from(one);
        }
        if decided > 0 {
            self.wakes.outgoing.notify_waiters();
            self.wakes.changes.notify_waiters();
        }
        Ok(decided)
    }

    /// One arrival, whatever happens: a fault of ours must not hold up its lane for ever.
    async fn decide_or_set_aside(&self, waiting: Arc<WaitingArrival>) -> bool {
        let mut last_error = String::new();
        for _ in 0..TRIES_MAX {
            match self.decide(Arc::clone(&waiting)).await {
                Ok(decided) => return decided,
                Err(error @ (StoreError::Unreadable { .. } | StoreError::JobPanicked)) => {
                    last_error = error.to_string();
                    break;
                }
                Err(error) if error.is_refusal() => {
                    last_error = error.to_string();
                }
                Err(error) => {
                    // The database is away: the arrival waits with it.
                    tracing::error!(arrival = %waiting.id, %error, "not decided on yet");
                    return false;
                }
            }
        }
        tracing::error!(arrival = %waiting.id, error = last_error, "set aside: see the inbox");
        counter!("careline_arrivals_set_aside_total").increment(1);
        let (id, now) = (waiting.id.clone(), self.clock.now());
        let set_aside = self.store.write(move |tx| {
            let (id, why) = (id.clone(), last_error.clone());
            Box::pin(async move { inbox::set_aside(tx, &id, now, &why).await })
        });
        if let Err(error) = set_aside.await {
            tracing::error!(arrival = %waiting.id, %error, "could not be set aside");
        }
        false
    }

    async fn decide(&self, waiting: Arc<WaitingArrival>) -> Result<bool, StoreError> {
        let intake = self.clone();
        self.store
            .write(move |tx| {
                let (intake, waiting) = (intake.clone(), Arc::clone(&waiting));
                Box::pin(async move { intake.decide_in(tx, &waiting).await })
            })
            .await
    }

    async fn decide_in(&self, tx: &mut Tx, waiting: &WaitingArrival) -> Result<bool, StoreError> {
        if !inbox::lock(tx, &waiting.id).await? {
            return Ok(false);
        }
        // Taken before what is read together with it is marked: the head of a lane is decided on first.
        let now = self.clock.now();
        let outcome = match waiting.origin.as_str() {
            "console" => self.console_click(tx, waiting).await?,
            "clock" => self.alarm(tx, waiting).await?,
            "delivery" => self.delivery_report(tx, waiting).await?,
            _ => self.platform_arrival(tx, waiting).await?,
        };
        inbox::set_done(tx, &waiting.id, now, outcome).await?;
        Ok(true)
    }

    /// Calls the one decision and writes what follows.
    async fn decide_event(
        &self,
        tx: &mut Tx,
        cause: &ArrivalId,
        conversation: &Conversation,
        customer: &Customer,
        event: &Event,
    ) -> Result<(), StoreError> {
        let knowledge = self.knowledge.now();
        let plans = self.plans.now();
        let desks: Vec<ChannelKind> = self.desks.iter().map(|desk| desk.kind).collect();
        let load = DeskLoad {
            waiting_ahead: conversations::waiting_besides(tx, &conversation.id).await?,
            usual_wait: self.usual_wait.known(),
        };
        let step = step(
            conversation,
            event,
            &World {
                now: self.clock.now(),
                customer,
                knowledge: &knowledge,
                desks: &desks,
                load,
                rules: &self.rules,
                plans: &plans,
                fresh_handoff: self.ids.id().into(),
                fresh_message: self.ids.id().into(),
            },
        );
        conversations::save(tx, &step.next).await?;
        apply::Application::new(self, cause, &step.next, customer, &knowledge)
            .apply_all(tx, &step.effects)
            .await
    }
}

/// Whether it is a customer's own doing.
fn is_customers(waiting: &WaitingArrival) -> bool {
    waiting.lane.starts_with(ACCOUNT_LANE)
}

/// Reads an arrival's JSON; what does not read is a fault of ours and is set aside.
fn read<T: serde::de::DeserializeOwned>(waiting: &WaitingArrival) -> Result<T, StoreError> {
    serde_json::from_str(&waiting.arrival).map_err(|error| StoreError::Unreadable {
        what: "inbox.arrival",
        why: error.to_string(),
    })
}

/// The time of a message in a conversation's own order: microseconds.
fn position_of(at: Timestamp) -> i64 {
    at.0.saturating_mul(1_000)
}
