//! The intake: takes the oldest arrival of each lane, decides on it once, and writes all that
//! follows in the same commit that marks it done.

mod apply;
mod card;
mod customer_side;
mod desk_side;
mod faq;
pub mod flood;
mod inside;
pub mod load;
pub mod plans;
mod render;
mod reports;
mod who;
mod words;

use std::sync::{Arc, PoisonError, RwLock};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use metrics::counter;
use tokio_util::sync::CancellationToken;

use self::flood::Floods;
use self::load::Load;
use self::plans::PlansInUse;
use crate::channels::{Arrival, Happening, TextLimit};
use crate::clock::{Clock, IdSource};
use crate::domain::customer::Customer;
use crate::domain::engine::conversation::Conversation;
use crate::domain::engine::event::{Event, TimerKind};
use crate::domain::engine::{Reached, Rules, World, step};
use crate::domain::ids::ArrivalId;
use crate::domain::knowledge::KnowledgeIndex;
use crate::domain::knowledge::related::{Answered, Related};
use crate::domain::message::plain_text;
use crate::domain::place::ChannelKind;
use crate::domain::time::Timestamp;
use crate::store::inbox::WaitingArrival;
use crate::store::{Store, StoreError, Tx, conversations, inbox, staff, timeline};
use crate::wording::Wording;
use crate::workers::inlet::ACCOUNT_LANE;
use crate::workers::{LOOK_EVERY, Wakes};

/// The most lanes that are decided on at the same time; on SQLite they share commits.
const LANES_AT_ONCE_MAX: i64 = 128;
/// The most customers' arrivals that are decided on in one go.
const CUSTOMERS_TOGETHER_MAX: usize = 32;
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
    /// How busy the desk is, as last looked up.
    pub load: Arc<Load>,
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

/// The index in use, and what is likely to be asked next. Cheap to clone; all clones see a swap.
#[derive(Clone)]
pub struct Knowledge {
    index: Arc<RwLock<Arc<KnowledgeIndex>>>,
    related: Arc<RwLock<Arc<Related>>>,
}

impl Knowledge {
    /// The first index; what is related is said by shared tags as yet.
    pub fn new(index: KnowledgeIndex) -> Knowledge {
        let related = Related::of(index.entries(), &Answered::new());
        Knowledge {
            index: Arc::new(RwLock::new(Arc::new(index))),
            related: Arc::new(RwLock::new(Arc::new(related))),
        }
    }

    /// The index now.
    pub fn now(&self) -> Arc<KnowledgeIndex> {
        Arc::clone(&self.index.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Another index from now on.
    pub fn swap(&self, index: Arc<KnowledgeIndex>) {
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = index;
    }

    /// What is likely to be asked next, as far as is known now.
    pub fn related(&self) -> Arc<Related> {
        Arc::clone(&self.related.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What customers have been answered with of late: it says what is likely from now on.
    pub fn relate(&self, answered: &Answered) {
        let related = Related::of(self.now().entries(), answered);
        *self.related.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(related);
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
            self.load.look_up(&self.store, now).await?;
        }
        let mut deciding: FuturesUnordered<_> = together(heads)
            .into_iter()
            .map(|waiting| self.decide_together(waiting))
            .collect();
        let mut decided = 0;
        while let Some(more) = deciding.next().await {
            decided += more;
        }
        if decided > 0 {
            self.wakes.outgoing.notify_waiters();
            self.wakes.changes.notify_waiters();
        }
        Ok(decided)
    }

    /// Decides on arrivals in one go; on each by itself where one of them fails.
    async fn decide_together(&self, waiting: Arc<[WaitingArrival]>) -> usize {
        if waiting.len() > 1 {
            match self.decide(Arc::clone(&waiting)).await {
                Ok(decided) => return decided,
                Err(error) if is_of_the_arrival(&error) => {}
                Err(error) => {
                    // The database is away: the arrivals wait with it.
                    tracing::error!(arrivals = waiting.len(), %error, "not decided on yet");
                    return 0;
                }
            }
        }
        let mut decided = 0;
        for one in waiting.iter() {
            decided += self.decide_or_set_aside(one).await;
        }
        decided
    }

    /// One arrival, whatever happens: a fault of ours must not hold up its lane for ever.
    async fn decide_or_set_aside(&self, waiting: &WaitingArrival) -> usize {
        let mut last_error = String::new();
        for _ in 0..TRIES_MAX {
            match self.decide(Arc::from([waiting.clone()])).await {
                Ok(decided) => return decided,
                Err(error) if is_of_the_arrival(&error) => {
                    last_error = error.to_string();
                    if !error.is_refusal() {
                        break;
                    }
                }
                Err(error) => {
                    // The database is away: the arrival waits with it.
                    tracing::error!(arrival = %waiting.id, %error, "not decided on yet");
                    return 0;
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
        0
    }

    async fn decide(&self, waiting: Arc<[WaitingArrival]>) -> Result<usize, StoreError> {
        self.read_ahead(&waiting).await;
        let intake = self.clone();
        self.store
            .write(move |tx| {
                let (intake, waiting) = (intake.clone(), Arc::clone(&waiting));
                Box::pin(async move {
                    match &*waiting {
                        [one] if !is_customers(one) => intake.decide_other(tx, one).await,
                        customers => intake.customers_arrivals(tx, customers).await,
                    }
                })
            })
            .await
    }

    /// Has the embedding model, where there is one, read what customers wrote before a transaction is
    /// open: it takes longer than all else, and is at hand when the decision asks for it.
    async fn read_ahead(&self, waiting: &[WaitingArrival]) {
        let index = self.knowledge.now();
        if index.sense().is_none() {
            return;
        }
        let written = waiting.iter().filter(|waiting| is_customers(waiting));
        let texts: Vec<String> = written
            .filter_map(|waiting| match read::<Arrival>(waiting).ok()?.what {
                Happening::Wrote { parts, .. } | Happening::Edited { parts, .. } => {
                    Some(plain_text(&parts))
                }
                _ => None,
            })
            .filter(|text| !text.is_empty())
            .collect();
        let read = tokio::task::spawn_blocking(move || index.read_ahead(&texts)).await;
        if let Err(error) = read {
            tracing::error!(%error, "the embedding model could not read ahead");
        }
    }

    async fn decide_other(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
    ) -> Result<usize, StoreError> {
        if !inbox::lock(tx, &waiting.id).await? {
            return Ok(0);
        }
        let outcome = match waiting.origin.as_str() {
            "console" => self.console_click(tx, waiting).await?,
            "clock" => self.alarm(tx, waiting).await?,
            "delivery" => self.delivery_report(tx, waiting).await?,
            _ => self.platform_arrival(tx, waiting, &read(waiting)?).await?,
        };
        inbox::set_done(tx, &waiting.id, self.clock.now(), outcome).await?;
        Ok(1)
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
        let leads = match event {
            Event::TimerDue(kind) if kind.may_call_leads() => staff::leads(tx).await?,
            _ => Vec::new(),
        };
        let reached = match event {
            Event::TimerDue(TimerKind::Targets) => timeline::reached(tx, &conversation.id).await?,
            _ => Reached::default(),
        };
        let step = step(
            conversation,
            event,
            &World {
                now: self.clock.now(),
                customer,
                knowledge: &knowledge,
                related: &self.knowledge.related(),
                desks: &desks,
                load: self.load.beside(conversation),
                rules: &self.rules,
                plans: &plans,
                leads: &leads,
                reached,
                fresh_handoff: self.ids.id().into(),
                fresh_message: self.ids.id().into(),
            },
        );
        conversations::save(tx, &step.next).await?;
        self.load.changed(conversation, &step.next);
        apply::Application::new(self, cause, &step.next, customer, &knowledge)
            .apply_all(tx, &step.effects)
            .await
    }
}

/// Whether the fault lies in the arrival or in us, rather than in the database.
fn is_of_the_arrival(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Unreadable { .. } | StoreError::JobPanicked
    ) || error.is_refusal()
}

/// Whether it is in the lane of a customer's account: nothing else that arrives at the same time
/// bears on its decision, but what the decision itself locks.
fn is_customers(waiting: &WaitingArrival) -> bool {
    waiting.lane.starts_with(ACCOUNT_LANE)
}

/// The arrivals in goes: customers' share the looks at the database, others go alone.
fn together(heads: Vec<WaitingArrival>) -> Vec<Arc<[WaitingArrival]>> {
    let (customers, others): (Vec<_>, Vec<_>) = heads.into_iter().partition(is_customers);
    let customers = customers.chunks(CUSTOMERS_TOGETHER_MAX).map(Arc::from);
    let others = others.into_iter().map(|one| Arc::from([one]));
    customers.chain(others).collect()
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
