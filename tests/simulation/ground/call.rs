//! Calls to a platform: each is registered, has its effect, and is answered, in three steps that
//! anything may come between.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use careline::channels::{
    Channel, ChannelStopped, DeliveryError, Finding, FindingLevel, Inlet, TextLimit,
};
use careline::clock::{Clock, SetClock};
use careline::domain::outgoing::{Outgoing, Receipt};
use careline::domain::place::ChannelKind;
use careline::domain::rich::RichText;
use careline::domain::time::Timestamp;
use tokio::sync::{Notify, oneshot};
use tokio_util::sync::CancellationToken;

use super::Ground;
use crate::simulation::cut::Cut;

/// What a platform gave back.
pub type Answer = Result<Receipt, DeliveryError>;

/// A call under way.
pub struct Call {
    /// Which life of which process made it.
    pub life: u64,
    /// To whom.
    pub channel: ChannelKind,
    /// What is to be done.
    pub outgoing: Outgoing,
    /// When it was made.
    pub at: Timestamp,
    /// What the platform did, where it has done it.
    pub answer: Option<Answer>,
    /// Where the answer goes; `None` once whoever asked has ended.
    pub reply: Option<oneshot::Sender<Answer>>,
}

/// A channel whose platform is the ground truth.
pub struct FakeChannel {
    /// Which platform.
    pub kind: ChannelKind,
    /// Which life of which process it belongs to.
    pub life: u64,
    /// The process's wire: a process that has ended says nothing more.
    pub cut: Arc<Cut>,
    /// The platforms.
    pub ground: Arc<Mutex<Ground>>,
    /// The platforms' time.
    pub clock: Arc<SetClock>,
    /// The most that one message may hold, in UTF-16 units.
    pub units_max: usize,
}

impl FakeChannel {
    fn with_ground<T>(&self, look: impl FnOnce(&mut Ground) -> T) -> T {
        look(&mut self.ground.lock().expect("no panic while it is held"))
    }
}

fn units(text: &RichText) -> usize {
    text.to_plain().encode_utf16().count()
}

#[async_trait]
impl Channel for FakeChannel {
    fn kind(&self) -> ChannelKind {
        self.kind
    }

    /// The simulation fetches by itself, by the adapters' rules.
    async fn listen(
        &self,
        _: Arc<dyn Inlet>,
        _: Arc<Notify>,
        stop: CancellationToken,
    ) -> Result<(), ChannelStopped> {
        stop.cancelled().await;
        Ok(())
    }

    async fn deliver(&self, outgoing: &Outgoing) -> Answer {
        if self.cut.is_dead() {
            return std::future::pending().await;
        }
        let held = self.with_ground(|ground| {
            let now = self.clock.now();
            ground.limits.held_back(&outgoing.place, self.life, now)
        });
        if let Some(wait) = held {
            return Err(DeliveryError::NotSent {
                why: "the bucket is closed".to_owned(),
                retry_after: Some(wait),
            });
        }
        let (reply, answer) = oneshot::channel();
        let call = Call {
            life: self.life,
            channel: self.kind,
            outgoing: outgoing.clone(),
            at: self.clock.now(),
            answer: None,
            reply: Some(reply),
        };
        self.with_ground(|ground| ground.register(call));
        match answer.await {
            Ok(answer) => answer,
            // Whoever would have answered is gone, and so is this process.
            Err(_) => std::future::pending().await,
        }
    }

    fn text_limit(&self) -> TextLimit {
        TextLimit {
            units_max: self.units_max,
            units,
        }
    }

    async fn probe(&self) -> Vec<Finding> {
        let level = match self.with_ground(|ground| ground.down.contains(&self.kind)) {
            true => FindingLevel::Fail,
            false => FindingLevel::Ok,
        };
        vec![Finding {
            level,
            subject: format!("{}.token", self.kind),
            found: String::new(),
            remedy: String::new(),
        }]
    }
}
