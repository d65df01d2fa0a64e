//! The scheduler as this process has it: read from the database when the bot becomes this
//! process's to serve, told of every outcome, asked what may leave.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use metrics::gauge;

use super::Delivery;
use super::outcome::Outcome;
use crate::channels::DeliveryError;
use crate::domain::delivery::budgets::{Budgets, Limits};
use crate::domain::delivery::choice::{Chosen, Scheduler};
use crate::domain::delivery::gate::Says;
use crate::domain::ids::OutboxId;
use crate::domain::place::ChannelKind;
use crate::domain::time::{Millis, Timestamp};
use crate::store::outbox::heads;
use crate::store::rooms::Room;
use crate::store::{StoreError, budgets};
use crate::workers::LOOK_EVERY;
use crate::workers::lease::Held;

/// How many of each class are looked at, at least: more than leave at once, so that conversations
/// can take turns.
const HEADS_OF_A_CLASS_MIN: usize = 16;
/// So many times what may leave is looked at.
const HEADS_FOR_EACH_PLACE: usize = 4;
/// How often the budgets of chats that say nothing any more are forgotten.
const FORGET_EVERY: Millis = Millis::seconds(30);
/// How often it is looked whether anything is too old to be sent.
const EXPIRE_EVERY: Millis = Millis::seconds(1);

/// What may leave, and when.
#[derive(Debug)]
pub struct Scheduling {
    limits: Limits,
    state: Mutex<Option<State>>,
}

#[derive(Debug)]
struct State {
    /// The first fence of the holding that it was read for.
    first: i64,
    scheduler: Scheduler,
    /// Whether the bot's own budget changed otherwise than by what is taken.
    is_changed: bool,
    forget_at: Timestamp,
    expire_at: Timestamp,
}

/// Rows to take.
pub(super) struct Take {
    pub(super) ids: Vec<OutboxId>,
    pub(super) rooms: BTreeMap<OutboxId, Room>,
    /// Whether budgets that say nothing are forgotten with it.
    pub(super) forgets: bool,
}

/// What was picked, and how long nothing else can leave unless something happens.
pub(super) struct Picked {
    pub(super) take: Option<Take>,
    pub(super) pause: Duration,
}

impl Scheduling {
    /// For a bot with these limits.
    pub fn new(limits: Limits) -> Scheduling {
        Scheduling {
            limits,
            state: Mutex::new(None),
        }
    }

    /// What the gate says; open while nothing is known.
    pub(super) fn says(&self, now: Timestamp) -> Says {
        let says = |state: &mut State| state.scheduler.budgets.bot.gate.says(now);
        self.with(says).unwrap_or(Says::Open)
    }

    /// Whether the platform answered a look.
    pub(super) fn looked(&self, answered: bool, now: Timestamp) {
        self.with(|state| {
            state.scheduler.budgets.bot.gate.looked(answered, now);
            state.is_changed = true;
        });
    }

    /// The budgets, where they changed; always where rows are taken.
    pub(super) fn to_write(
        &self,
        takes: bool,
        now: Timestamp,
    ) -> Result<Option<budgets::Written>, StoreError> {
        let written = self.with(|state| {
            if !takes && !std::mem::take(&mut state.is_changed) {
                return None;
            }
            let budgets = &mut state.scheduler.budgets;
            let chats = budgets.changed(now);
            Some(budgets::Written::new(&budgets.bot, &chats))
        });
        let written = written.flatten().transpose();
        written.map_err(|error| StoreError::Unreadable {
            what: "budgets",
            why: error.to_string(),
        })
    }

    /// The budgets could not be written: all of them are, the next time.
    pub(super) fn was_not_written(&self) {
        self.with(|state| {
            state.is_changed = true;
            state.scheduler.budgets.change_all();
        });
    }

    /// Whether it is time to look for what is too old to be sent.
    pub(super) fn is_time_to_expire(&self, now: Timestamp) -> bool {
        let is_time = self.with(|state| {
            let is_time = now >= state.expire_at || state.expire_at - now > EXPIRE_EVERY;
            if is_time {
                state.expire_at = now + EXPIRE_EVERY;
            }
            is_time
        });
        is_time.unwrap_or(false)
    }

    fn is_of(&self, held: Held) -> bool {
        self.with(|state| state.first == held.first)
            .unwrap_or(false)
    }

    fn put(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = Some(state);
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> Option<T> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.as_mut().map(act)
    }
}

impl State {
    /// How many may be begun now, and otherwise when the pace allows one.
    fn places(
        &self,
        window: usize,
        under_way: usize,
        now: Timestamp,
    ) -> (usize, Option<Timestamp>) {
        let bot = &self.scheduler.budgets.bot;
        let one_by_one = usize::from(under_way == 0);
        let free = match bot.gate.says(now) {
            Says::Look | Says::Wait => 0,
            Says::One => one_by_one,
            Says::Open if bot.pace.is_feeling() => one_by_one,
            Says::Open => window.saturating_sub(under_way),
        };
        let allowed_at = bot.pace.allows_at(1, 0);
        if free > 0 && allowed_at > now {
            return (0, Some(allowed_at));
        }
        (free, None)
    }
}

impl Delivery {
    /// Chooses what may leave now.
    pub(super) async fn pick(&self, held: Held, under_way: usize) -> Result<Picked, StoreError> {
        self.go_on_with_budgets(held).await?;
        let now = self.clock.now();
        let places = self.scheduling.with(|state| {
            state.scheduler.budgets.count(now);
            state.places(self.window, under_way, now)
        });
        let (places, again_at) = places.unwrap_or_default();
        self.tell_gate(now);
        if places == 0 {
            let (take, pause) = (None, until(again_at, now));
            return Ok(Picked { take, pause });
        }
        let most = HEADS_OF_A_CLASS_MIN.max(places.saturating_mul(HEADS_FOR_EACH_PLACE));
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let waiting = {
            let mut tx = self.store.read().await?;
            heads::heads(&mut tx, self.channel.kind(), now, most).await?
        };
        let mut rooms = BTreeMap::new();
        let mut heads = Vec::with_capacity(waiting.len());
        for row in waiting {
            if let Some(room) = row.room {
                rooms.insert(row.head.id.clone(), room);
            }
            heads.push(row.head);
        }
        let chosen = self
            .scheduling
            .with(|state| state.scheduler.choose(heads, places, now))
            .unwrap_or_default();
        self.tell(&chosen);
        let pause = until(chosen.again_at, now);
        let ids: Vec<OutboxId> = chosen.rows.into_iter().map(|head| head.id).collect();
        rooms.retain(|id, _| ids.contains(id));
        let take = (!ids.is_empty()).then(|| Take {
            ids,
            rooms,
            forgets: self.is_time_to_forget(now),
        });
        Ok(Picked { take, pause })
    }

    /// Reads the budgets where the bot was not this process's before.
    async fn go_on_with_budgets(&self, held: Held) -> Result<(), StoreError> {
        if self.scheduling.is_of(held) {
            return Ok(());
        }
        let now = self.clock.now();
        let (bot, chats) = {
            let mut tx = self.store.read().await?;
            budgets::of(&mut tx, self.channel.kind(), now).await?
        };
        let mut budgets = Budgets::restored(self.scheduling.limits, bot, chats, now);
        let heeds = |earlier: &mut State| budgets.heed(&earlier.scheduler.budgets, now);
        let is_changed = self.scheduling.with(heeds).unwrap_or(false);
        let state = State {
            first: held.first,
            scheduler: Scheduler::new(budgets),
            is_changed,
            forget_at: now + FORGET_EVERY,
            expire_at: now,
        };
        self.scheduling.put(state);
        Ok(())
    }

    fn is_time_to_forget(&self, now: Timestamp) -> bool {
        let is_time = self.scheduling.with(|state| {
            let is_time = now >= state.forget_at;
            if is_time {
                state.forget_at = now + FORGET_EVERY;
            }
            is_time
        });
        is_time.unwrap_or(false)
    }

    /// An outcome is known: budgets and gate go by it.
    pub(super) fn heard(&self, outcome: &Outcome) {
        if !outcome.was_tried {
            return;
        }
        let now = self.clock.now();
        self.scheduling
            .with(|state| state.heard(outcome, self.channel.kind(), now));
    }

    fn tell_gate(&self, now: Timestamp) {
        let channel = self.channel.kind().name();
        let is_open = self.scheduling.says(now) == Says::Open;
        gauge!("careline_delivery_gate_open", "channel" => channel).set(u32::from(is_open));
    }

    /// How much is held back, and why.
    fn tell(&self, chosen: &Chosen) {
        let channel = self.channel.kind().name();
        let held = [("bot", chosen.held.by_bot), ("chat", chosen.held.by_chat)];
        for (why, rows) in held {
            let rows = u32::try_from(rows).unwrap_or(u32::MAX);
            gauge!("careline_delivery_held_back", "channel" => channel, "why" => why).set(rows);
        }
        let pace = self
            .scheduling
            .with(|state| state.scheduler.budgets.bot.pace.per_second());
        let pace = pace.and_then(|pace| u32::try_from(pace).ok()).unwrap_or(0);
        gauge!("careline_delivery_pace_per_second", "channel" => channel).set(pace);
    }
}

impl State {
    fn heard(&mut self, outcome: &Outcome, channel: ChannelKind, now: Timestamp) {
        let budgets = &mut self.scheduler.budgets;
        let begun_at = outcome.begun_at;
        match (&outcome.result, &outcome.place) {
            (Ok(_) | Err(DeliveryError::Refused { .. }), Some(_)) => {
                let before = budgets.bot.clone();
                budgets.bot.gate.answered(begun_at);
                budgets.accepted(begun_at, now);
                self.is_changed |= budgets.bot != before;
            }
            (
                Err(DeliveryError::NotSent {
                    retry_after: Some(wait),
                    ..
                }),
                Some(place),
            ) => {
                budgets.bot.gate.answered(begun_at);
                if budgets.pushed_back(place, now, *wait) {
                    tracing::warn!(%channel, wait_ms = wait.0, "the platform pushes the whole bot back");
                }
                self.is_changed = true;
            }
            // Elsewhere an unknown outcome is found out, and costs nothing.
            (Err(DeliveryError::Unknown { .. }), _) if channel == ChannelKind::Telegram => {
                if budgets.bot.gate.close(now) {
                    tracing::warn!(outbox = %outcome.row.id, "an outcome is not known: sending stops until the platform answers");
                }
                self.is_changed = true;
            }
            (
                Ok(_)
                | Err(
                    DeliveryError::NotSent { .. }
                    | DeliveryError::Unknown { .. }
                    | DeliveryError::Refused { .. },
                ),
                _,
            ) => {}
        }
    }
}

/// How long until then, at most until the next look.
fn until(at: Option<Timestamp>, now: Timestamp) -> Duration {
    at.map_or(LOOK_EVERY, |at| {
        (at - now)
            .as_std()
            .clamp(Duration::from_millis(1), LOOK_EVERY)
    })
}
