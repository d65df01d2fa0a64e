//! The web chat: a page, a script that a shop embeds in its own page, and a socket.
//!
//! Invariants: a visitor hears that a message is safe only after it stands in their log and the
//! inlet's commit holds it; what is delivered stands in the log before any page shows it, so a
//! page that comes back misses nothing and shows nothing twice. A visitor is whoever knows the
//! secret that their own browser made; only its hash is kept.

mod flood;
mod hub;
mod inbound;
mod line;
pub mod log;
mod origins;
mod outbound;
mod page;
mod router;
mod socket;
pub mod texts;
pub mod wire;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::channels::{
    Channel, ChannelStopped, DeliveryError, Finding, FindingLevel, Inlet, TextLimit,
};
use crate::domain::outgoing::{Outgoing, Receipt};
use crate::domain::place::ChannelKind;
use crate::domain::rich::RichText;

use hub::Hub;
use log::{LogFault, Shown, WebLog};
pub use origins::Origins;
pub use router::router;
use texts::Texts;

/// How often the logs of those connected are looked at for what another process delivered.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How many visitors one look asks for at once.
const VISITORS_A_LOOK: usize = 500;

/// The web chat as a channel; [`router`] serves its pages and sockets.
pub struct WebChat {
    log: Arc<dyn WebLog>,
    texts: Texts,
    origins: Origins,
    hub: Hub,
    open: RwLock<Option<Open>>,
}

/// What a socket needs while the channel listens.
#[derive(Clone)]
struct Open {
    inlet: Arc<dyn Inlet>,
    stop: CancellationToken,
    sockets: TaskTracker,
}

impl WebChat {
    /// A web chat that is not open yet: sockets are let in once it listens.
    pub fn new(log: Arc<dyn WebLog>, texts: Texts, origins: Origins) -> WebChat {
        WebChat {
            log,
            texts,
            origins,
            hub: Hub::default(),
            open: RwLock::new(None),
        }
    }

    fn open(&self) -> Option<Open> {
        self.open
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set_open(&self, open: Option<Open>) {
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = open;
    }

    /// Announces what other processes added to the logs of those who are connected here.
    async fn look(&self) {
        for visitors in self.hub.visitors().chunks(VISITORS_A_LOOK) {
            match self.log.newest(visitors).await {
                Ok(newest) => {
                    for (visitor, seq) in newest {
                        self.hub.announce(&visitor, seq);
                    }
                }
                Err(error) => tracing::warn!(%error, "looking for what visitors have not seen"),
            }
        }
    }

    async fn write(&self, outgoing: &Outgoing, shown: &Shown) -> Result<Receipt, WriteFault> {
        let visitor = &outgoing.place.chat;
        if let Shown::Changed { message, .. } = shown
            && self.log.find(visitor, message).await?.is_none()
        {
            return Err(WriteFault::MessageGone);
        }
        let origin = outbound::said_ref(outgoing);
        let entry = self.log.append(visitor, &origin, shown).await?;
        self.hub.announce(visitor, entry.seq);
        let message = match shown {
            Shown::Changed { message, .. } => message.clone(),
            _ => entry.origin,
        };
        Ok(Receipt {
            message: Some(message),
            at: entry.at,
            place: None,
        })
    }
}

enum WriteFault {
    MessageGone,
    Log(LogFault),
}

impl From<LogFault> for WriteFault {
    fn from(fault: LogFault) -> Self {
        WriteFault::Log(fault)
    }
}

#[async_trait]
impl Channel for WebChat {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Web
    }

    async fn listen(
        &self,
        inlet: Arc<dyn Inlet>,
        ready: Arc<tokio::sync::Notify>,
        stop: CancellationToken,
    ) -> Result<(), ChannelStopped> {
        let sockets = TaskTracker::new();
        self.set_open(Some(Open {
            inlet,
            stop: stop.clone(),
            sockets: sockets.clone(),
        }));
        ready.notify_one();
        let mut looks = tokio::time::interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = looks.tick() => self.look().await,
            }
        }
        self.set_open(None);
        sockets.close();
        sockets.wait().await;
        Ok(())
    }

    async fn deliver(&self, outgoing: &Outgoing) -> Result<Receipt, DeliveryError> {
        let Some(shown) = outbound::shown(&outgoing.act)? else {
            return Ok(Receipt {
                message: None,
                at: self.log.now(),
                place: None,
            });
        };
        self.write(outgoing, &shown)
            .await
            .map_err(|fault| match fault {
                WriteFault::MessageGone => DeliveryError::Refused {
                    refusal: crate::channels::Refusal::MessageGone,
                    why: "the log has no such message".to_owned(),
                },
                // Even if the entry was written, writing it again changes nothing.
                WriteFault::Log(fault) => DeliveryError::NotSent {
                    why: fault.to_string(),
                    retry_after: None,
                },
            })
    }

    fn text_limit(&self) -> TextLimit {
        TextLimit {
            units_max: wire::TEXT_CHARS_MAX,
            units: chars,
        }
    }

    async fn probe(&self) -> Vec<Finding> {
        let (level, found, remedy) = match self.log.visitor("").await {
            Ok(_) => (FindingLevel::Ok, "its log can be read".to_owned(), ""),
            Err(error) => (
                FindingLevel::Fail,
                error.to_string(),
                "check database.url and that the database runs",
            ),
        };
        vec![Finding {
            level,
            subject: "webchat.log".to_owned(),
            found,
            remedy: remedy.to_owned(),
        }]
    }
}

fn chars(text: &RichText) -> usize {
    text.0.iter().map(|run| run.text.chars().count()).sum()
}
