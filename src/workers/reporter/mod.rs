//! The reporter: draws what staff asked for in chat, and the digests of each morning and week, and
//! tells each week what the bot could not answer.
//!
//! Invariants: a report is computed outside of any transaction that writes, and on a thread of its
//! own; what it becomes, and that it is done, is one commit. So it is shown once, however many
//! processes draw it at the same time, and again by the next where one dies while drawing.

mod asked;
mod digests;
mod open_questions;

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;

pub use self::asked::{Asked, Which};
pub use self::digests::LastLook;
use crate::channels::TextLimit;
use crate::clock::{Clock, IdSource};
use crate::domain::engine::effect::Purpose;
use crate::domain::ids::{ArrivalId, MessageRef};
use crate::domain::lang::Lang;
use crate::domain::outgoing::Act;
use crate::domain::picture::Picture;
use crate::domain::place::{ChannelKind, Place};
use crate::domain::report::digest::Digests;
use crate::domain::rich::RichText;
use crate::domain::sla::plan::Policy;
use crate::reporting::days::{Days, day_of};
use crate::reporting::gathered::{Gathered, Scope, desk_zone};
use crate::reporting::picture::Span;
use crate::reporting::report::{About, Report};
use crate::store::outbox::{NewOutgoing, Target};
use crate::store::reports::{self, Request};
use crate::store::{Store, StoreError, Tx, outbox, plans};
use crate::wording::{Wording, Words};
use crate::workers::Wakes;
use crate::workers::intake::Desk;

/// How often it is looked whether anybody asked for a report in another process.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_secs(1);
/// The slot of a report among what its request gives rise to: the answer to a press has another.
const SLOT: i64 = -2;

/// Draws reports.
#[derive(Clone)]
pub struct Reporter {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids of rows of the outbox.
    pub ids: Arc<dyn IdSource>,
    /// All sentences.
    pub wording: Arc<Wording>,
    /// The desks that digests are told.
    pub desks: Arc<Vec<Desk>>,
    /// The language of the staff rooms.
    pub lang: Lang,
    /// The service levels of what no policy matches.
    pub usual: Policy,
    /// Which digests are told, and when.
    pub digests: Digests,
    /// When it was looked for due digests last.
    pub last_look: Arc<LastLook>,
    /// How much a message may hold, per channel.
    pub limits: Arc<dyn Fn(ChannelKind) -> TextLimit + Send + Sync>,
    /// Where browsers reach the console.
    pub public_url: Arc<str>,
    /// The end of the last week whose open questions this process knows to be told of, in
    /// milliseconds.
    pub week_told: Arc<AtomicI64>,
    /// The delivery to wake, and by whom to be woken.
    pub wakes: Wakes,
}

/// A report as it is shown.
#[derive(Clone)]
struct Shown {
    title: String,
    text: String,
    /// `None` where it could not be drawn.
    picture: Option<Picture>,
}

/// What is to be drawn.
#[derive(Clone)]
struct Order {
    about: About,
    days: Days,
    zone: TimeZone,
    /// The wording key of the heading; the report's own title without one.
    heading: Option<&'static str>,
}

impl Reporter {
    /// Draws until `stop`.
    pub async fn run(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match self.tick().await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::error!(%error, "reports could not be drawn; trying again"),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.wakes.reports.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Draws the report that was asked for first, and tells the digests that are due; says how many.
    pub async fn tick(&self) -> Result<usize, StoreError> {
        // None is held up by what goes wrong with another.
        let (answered, told) = (self.answer().await, self.tell_digests().await);
        let asked = self.tell_open_questions().await;
        let drawn = answered? + told? + asked?;
        if drawn > 0 {
            self.wakes.outgoing.notify_waiters();
        }
        Ok(drawn)
    }

    async fn answer(&self) -> Result<usize, StoreError> {
        let mut tx = self.store.read().await?;
        let Some(request) = reports::asked(&mut tx).await? else {
            return Ok(0);
        };
        let zone = desk_zone(&plans::all(&mut tx, &self.usual).await?);
        drop(tx);
        let asked = match Asked::of_text(&request.wanted) {
            Ok(asked) => asked,
            Err(error) => {
                tracing::error!(request = %request.cause, %error, "a report is not drawn");
                return self.finish(&request, None).await;
            }
        };
        let order = Order {
            about: asked.about(&self.usual),
            days: Days::until(day_of(self.clock.now(), &zone), asked.days),
            zone,
            heading: None,
        };
        // Without anything to report it is shown all the same: staff asked.
        let shown = match self.drawn(&order, true).await {
            // It will not read any better the next time.
            Err(error @ StoreError::Unreadable { .. }) => {
                tracing::error!(request = %request.cause, %error, "a report is not drawn");
                Some(self.not_drawn())
            }
            shown => shown?,
        };
        let row = shown.map(|shown| {
            let (cause, place) = (request.cause.clone(), asked.place.clone());
            self.row(cause, SLOT, place, act(&shown, asked.message.clone()))
        });
        self.finish(&request, row).await
    }

    /// The request is done, and its report on its way.
    async fn finish(
        &self,
        request: &Request,
        row: Option<NewOutgoing>,
    ) -> Result<usize, StoreError> {
        let work = Arc::new((request.cause.clone(), row));
        self.store
            .write(move |tx| {
                let work = Arc::clone(&work);
                Box::pin(async move {
                    let (cause, row) = &*work;
                    if !reports::take(tx, cause).await? {
                        return Ok(0);
                    }
                    add(tx, row.as_slice()).await?;
                    Ok(1)
                })
            })
            .await
    }

    /// Computes and draws a report; `None` where there is nothing to tell and that is not wanted.
    async fn drawn(&self, order: &Order, also_empty: bool) -> Result<Option<Shown>, StoreError> {
        let (from, until) = order.days.bounds(&order.zone);
        let scope = Scope {
            from,
            until,
            zone: order.zone.clone(),
            now: self.clock.now(),
        };
        let gathered = Gathered::read(&self.store, order.about, &scope, &self.usual).await?;
        let (order, wording, lang) = (order.clone(), Arc::clone(&self.wording), self.lang);
        let drawing = tokio::task::spawn_blocking(move || {
            let report = Report::compute(gathered, &scope);
            let wanted = also_empty || !report.is_empty();
            wanted.then(|| shown(&order, &report, Words::new(&wording, lang)))
        });
        Ok(drawing.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a report could not be computed");
            Some(self.not_drawn())
        }))
    }

    fn not_drawn(&self) -> Shown {
        Shown {
            title: String::new(),
            text: self.wording.plain(self.lang, "report-not-drawn"),
            picture: None,
        }
    }

    fn row(&self, cause: ArrivalId, slot: i64, place: Place, act: Act) -> NewOutgoing {
        let now = self.clock.now();
        NewOutgoing {
            id: self.ids.id().into(),
            conversation: "".into(),
            lane: format!("report:{cause}:{slot}"),
            cause,
            slot,
            target: Target::Place(place),
            purpose: Purpose::RoomNotice,
            act,
            message: None,
            staff: None,
            at: now,
            due_at: now,
        }
    }
}

fn shown(order: &Order, report: &Report, words: Words<'_>) -> Shown {
    let span = Span {
        from: Some(order.days.first.to_string()),
        to: Some(order.days.last.to_string()),
    };
    let text = report.told(order.heading.unwrap_or(report.title()), &span, &words);
    let title = text.lines().next().unwrap_or_default().to_owned();
    let picture = match report.png(&span, &words) {
        Ok(png) => Some(Picture {
            name: format!("{}-{}.png", report.name(), order.days.last),
            alt: text.clone(),
            png,
        }),
        Err(error) => {
            tracing::error!(%error, "a report goes without its picture");
            None
        }
    };
    Shown {
        title,
        text,
        picture,
    }
}

fn act(shown: &Shown, reply_to: Option<MessageRef>) -> Act {
    Act::Show {
        title: shown.title.clone(),
        text: RichText::plain(shown.text.clone()),
        reply_to,
        picture: shown.picture.clone(),
    }
}

async fn add(tx: &mut Tx, rows: &[NewOutgoing]) -> Result<(), StoreError> {
    for row in rows {
        outbox::add(tx, row).await?;
    }
    Ok(())
}
