//! The digests of each morning and week: which are due, and that each is told once.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;

use super::{Order, Reporter, act, add};
use crate::domain::ids::ArrivalId;
use crate::domain::place::Place;
use crate::domain::report::digest::{Due, Rhythm, due};
use crate::domain::time::{Millis, Timestamp};
use crate::reporting::days::Days;
use crate::reporting::gathered::{desk_calendar, desk_zone};
use crate::reporting::report::About;
use crate::store::outbox::NewOutgoing;
use crate::store::{StoreError, plans, reports};

/// How often it is looked whether a digest is due: one is told at most this much later.
const LOOK_EVERY: Millis = Millis::seconds(20);

/// When it was looked for due digests last, in this process.
#[derive(Debug, Default)]
pub struct LastLook(Mutex<Option<Timestamp>>);

impl LastLook {
    /// Whether it is time for another look.
    fn is_long_ago(&self, now: Timestamp) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_none_or(|last| (now - last).or_zero() >= LOOK_EVERY)
    }

    fn note(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }
}

impl Reporter {
    /// Tells the digests that are due and were not told; says how many.
    pub(super) async fn tell_digests(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let wanted = self.digests.daily || self.digests.weekly;
        if !wanted || self.desks.is_empty() || !self.last_look.is_long_ago(now) {
            return Ok(0);
        }
        self.last_look.note(now);
        let mut tx = self.store.read().await?;
        let plans = plans::all(&mut tx, &self.usual).await?;
        let zone = self.digests.zone.clone();
        let zone = zone.unwrap_or_else(|| desk_zone(&plans));
        let instant = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
        let mut untold = Vec::new();
        for due in due(
            &self.digests,
            desk_calendar(&plans),
            zone.to_datetime(instant),
        ) {
            let last = reports::last_digest(&mut tx, due.rhythm.name()).await?;
            if last.is_none_or(|last| last < due.morning.to_string()) {
                untold.push(due);
            }
        }
        drop(tx);
        let mut told = 0;
        for due in untold {
            let order = Order {
                about: About::Sla(None),
                days: Days {
                    first: due.first,
                    last: due.last,
                },
                zone: zone.clone(),
                heading: Some(heading(&due)),
            };
            told += self.tell(&due, &order).await?;
        }
        Ok(told)
    }

    /// Draws a digest and has it shown at every desk; where there is nothing to tell, only notes
    /// that.
    async fn tell(&self, due: &Due, order: &Order) -> Result<usize, StoreError> {
        let shown = match self.drawn(order, false).await {
            // It will not read any better the next time.
            Err(error @ StoreError::Unreadable { .. }) => {
                tracing::error!(rhythm = due.rhythm.name(), %error, "a digest is not drawn");
                Some(self.not_drawn())
            }
            shown => shown?,
        };
        let rows = shown.map_or_else(Vec::new, |shown| {
            let cause = cause(due.rhythm, due.morning);
            let desks = self.desks.iter().zip(0..);
            desks
                .map(|(desk, slot)| {
                    let forum = Place::chat(desk.kind, desk.forum.clone());
                    self.row(cause.clone(), slot, forum, act(&shown, None))
                })
                .collect::<Vec<NewOutgoing>>()
        });
        let work = Arc::new((due.rhythm.name(), due.morning.to_string(), rows));
        self.store
            .write(move |tx| {
                let work = Arc::clone(&work);
                Box::pin(async move {
                    let (name, day, rows) = &*work;
                    if !reports::tell_digest(tx, name, day).await? {
                        return Ok(0);
                    }
                    add(tx, rows).await?;
                    Ok(usize::from(!rows.is_empty()))
                })
            })
            .await
    }
}

fn heading(due: &Due) -> &'static str {
    match due.rhythm {
        Rhythm::Weekly => "report-digest-weekly",
        Rhythm::Daily if due.first == due.last => "report-digest-daily",
        Rhythm::Daily => "report-digest-since",
    }
}

fn cause(rhythm: Rhythm, morning: Date) -> ArrivalId {
    ArrivalId(format!("digest:{}:{morning}", rhythm.name()))
}
