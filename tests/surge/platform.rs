//! A platform with Telegram's limits on the test's clock, and troubles of its own.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use careline::channels::{Channel, ChannelStopped, DeliveryError, Finding, Inlet, TextLimit};
use careline::clock::Clock;
use careline::domain::outgoing::{Outgoing, Receipt};
use careline::domain::place::ChannelKind;
use careline::domain::time::{Millis, Timestamp};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Telegram takes about thirty a second from one bot.
const PER_SECOND: usize = 30;

/// A request, as the platform saw it.
#[derive(Clone, Debug)]
pub struct Request {
    pub id: String,
    pub chat: String,
    pub at: Timestamp,
    pub was_taken: bool,
}

#[derive(Default)]
struct State {
    requests: Vec<Request>,
    lately: VecDeque<Timestamp>,
    per_second: Option<usize>,
    closed_until: Timestamp,
    /// Chats that take nothing until then.
    chats: BTreeMap<String, Timestamp>,
    /// Chats that were told to wait, until when.
    told: BTreeMap<String, Timestamp>,
    too_early: usize,
}

/// The platform.
pub struct Platform {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

impl Platform {
    pub fn new(clock: Arc<dyn Clock>) -> Arc<Platform> {
        Arc::new(Platform {
            clock,
            state: Mutex::default(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("no test fails while it holds this")
    }

    /// Takes only so many a second from now on.
    pub fn takes_only(&self, per_second: usize) {
        self.state().per_second = Some(per_second);
    }

    /// Takes what it always did.
    pub fn recovers(&self) {
        self.state().per_second = None;
    }

    /// Takes nothing from the bot for so long.
    pub fn closes(&self, length: Millis) {
        self.state().closed_until = self.clock.now() + length;
    }

    /// Takes nothing into a chat for so long.
    pub fn closes_chat(&self, chat: &str, length: Millis) {
        let until = self.clock.now() + length;
        self.state().chats.insert(chat.to_owned(), until);
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    /// How many requests came to a chat before the time that it was told.
    pub fn too_early(&self) -> usize {
        self.state().too_early
    }
}

impl State {
    /// Counts a request; the time to wait where it is refused.
    fn count(&mut self, chat: &str, now: Timestamp) -> Result<(), Millis> {
        if self.told.get(chat).is_some_and(|until| now < *until) {
            self.too_early += 1;
        }
        while self
            .lately
            .front()
            .is_some_and(|at| now - *at >= Millis::seconds(1))
        {
            self.lately.pop_front();
        }
        let chat_until = self.chats.get(chat).copied().unwrap_or_default();
        let until = self.closed_until.max(chat_until);
        if now < until {
            return Err(until - now);
        }
        if self.lately.len() >= self.per_second.unwrap_or(PER_SECOND) {
            self.closed_until = now + Millis::seconds(5);
            return Err(Millis::seconds(5));
        }
        self.lately.push_back(now);
        Ok(())
    }
}

#[async_trait]
impl Channel for Platform {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Telegram
    }

    async fn listen(
        &self,
        _: Arc<dyn Inlet>,
        _: Arc<Notify>,
        _: CancellationToken,
    ) -> Result<(), ChannelStopped> {
        Ok(())
    }

    async fn deliver(&self, outgoing: &Outgoing) -> Result<Receipt, DeliveryError> {
        let now = self.clock.now();
        let mut state = self.state();
        let chat = outgoing.place.chat.clone();
        let taken = state.count(&chat, now);
        state.requests.push(Request {
            id: outgoing.id.0.clone(),
            chat: chat.clone(),
            at: now,
            was_taken: taken.is_ok(),
        });
        match taken {
            Ok(()) => Ok(Receipt {
                message: None,
                at: now,
                place: None,
            }),
            Err(wait) => {
                state.told.insert(chat, now + wait);
                Err(DeliveryError::NotSent {
                    why: "Too Many Requests".to_owned(),
                    retry_after: Some(wait),
                })
            }
        }
    }

    fn text_limit(&self) -> TextLimit {
        TextLimit {
            units_max: 4_096,
            units: |text| text.to_plain().encode_utf16().count(),
        }
    }

    async fn probe(&self) -> Vec<Finding> {
        Vec::new()
    }
}
