//! Updates fetched: the loop around `getUpdates`.
//!
//! Invariant: a process starts without an offset; from then on the offset is one past the highest
//! id of the batch that the inlet has just committed, and never anything else. (An offset from
//! elsewhere can make the platform swallow updates: its ids start anew after a quiet week.)

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::channels::{Arrival, ChannelStopped, Inlet};
use crate::domain::place::ChannelKind;

use super::api::CallError;
use super::setting_up::{WANTED, prepare};
use super::{Telegram, inbound};

/// The most updates in one batch: the platform's own limit.
const BATCH_MAX: usize = 100;
/// What the network may add to the time that the platform holds a poll open.
const POLL_SLACK: Duration = Duration::from_secs(10);

/// Sets the bot up, then fetches until `stop` (or only waits for it, where updates are pushed).
pub async fn listen(
    telegram: &Telegram,
    inlet: Arc<dyn Inlet>,
    ready: Arc<Notify>,
    stop: CancellationToken,
) -> Result<(), ChannelStopped> {
    let mut pause = Pause::new(telegram);
    loop {
        let prepared = tokio::select! {
            prepared = prepare(telegram) => prepared,
            () = stop.cancelled() => return Ok(()),
        };
        match prepared {
            Ok(()) => break,
            Err(error) => pause.wait_out(error, &stop).await?,
        }
        if stop.is_cancelled() {
            return Ok(());
        }
    }
    if telegram.webhook.is_some() {
        ready.notify_one();
        stop.cancelled().await;
        return Ok(());
    }
    fetch(telegram, inlet.as_ref(), &ready, &stop).await
}

async fn fetch(
    telegram: &Telegram,
    inlet: &dyn Inlet,
    ready: &Notify,
    stop: &CancellationToken,
) -> Result<(), ChannelStopped> {
    let mut pause = Pause::new(telegram);
    let mut offset = None;
    // The first poll does not wait: its answer shows that the platform is heard.
    let mut hold = Duration::ZERO;
    while !stop.is_cancelled() {
        let polled = tokio::select! {
            polled = poll(telegram, offset, hold) => polled,
            () = stop.cancelled() => break,
        };
        let updates = match polled {
            Ok(updates) => updates,
            Err(error) => {
                pause.wait_out(error, stop).await?;
                continue;
            }
        };
        if hold.is_zero() {
            ready.notify_one();
            hold = telegram.timing.poll;
        }
        if updates.is_empty() {
            pause.over();
            continue;
        }
        match take(telegram, inlet, &updates).await {
            Ok(()) => {
                pause.over();
                let ids = updates.iter().filter_map(|one| one["update_id"].as_i64());
                offset = next_offset(ids).or(offset);
            }
            Err(error) => pause.wait_out(CallError::NotSent(error), stop).await?,
        }
    }
    Ok(())
}

async fn poll(
    telegram: &Telegram,
    offset: Option<i64>,
    hold: Duration,
) -> Result<Vec<Value>, CallError> {
    let mut body = json!({
        "limit": BATCH_MAX,
        "timeout": hold.as_secs(),
        "allowed_updates": WANTED,
    });
    if let Some(offset) = offset {
        body["offset"] = json!(offset);
    }
    telegram
        .api
        .call_json("GetUpdates", &body, hold + POLL_SLACK)
        .await
}

/// Makes a batch durable. Nothing of it is acknowledged before this has said `Ok`.
pub async fn take(telegram: &Telegram, inlet: &dyn Inlet, updates: &[Value]) -> Result<(), String> {
    if updates
        .iter()
        .any(|update| telegram.is_foreign_group(update))
    {
        // Where updates are pushed, another process may have heard that the forum moved there.
        telegram.staff_chat.recall(telegram.bot, inlet).await;
    }
    let mut arrivals: Vec<Arrival> = Vec::with_capacity(updates.len());
    for update in updates {
        let arrival = telegram.reader().arrival(update);
        if let Some((from, to)) = inbound::moved_chat(&arrival) {
            telegram
                .staff_chat
                .moved(telegram.bot, from, to, inlet)
                .await;
        }
        arrivals.push(arrival);
    }
    inlet
        .take(arrivals)
        .await
        .map_err(|error| error.to_string())
}

/// The offset after a batch that was made durable, from the ids of its updates.
pub fn next_offset(ids: impl Iterator<Item = i64>) -> Option<i64> {
    ids.max().map(|id| id + 1)
}

/// The pauses after disturbances: each twice as long as the one before.
struct Pause {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Pause {
    fn new(telegram: &Telegram) -> Pause {
        let first = telegram.timing.pause_min;
        Pause {
            first,
            longest: telegram.timing.pause_max,
            next: first,
        }
    }

    fn over(&mut self) {
        self.next = self.first;
    }

    /// Waits, or gives the error that does not pass by waiting.
    async fn wait_out(
        &mut self,
        error: CallError,
        stop: &CancellationToken,
    ) -> Result<(), ChannelStopped> {
        if let Some(stopped) = fatal(&error) {
            return Err(stopped);
        }
        let asked = match &error {
            CallError::Refused(refused) => refused.retry_after.and_then(|s| u64::try_from(s).ok()),
            CallError::NotSent(_) | CallError::Unknown(_) => None,
        };
        let length = self.next.max(Duration::from_secs(asked.unwrap_or(0)));
        tracing::warn!(%error, pause_ms = length.as_millis(), "Telegram is not heard");
        metrics::counter!("careline_telegram_disturbances_total").increment(1);
        self.next = (self.next * 2).min(self.longest);
        tokio::select! {
            () = tokio::time::sleep(length) => {}
            () = stop.cancelled() => {}
        }
        Ok(())
    }
}

/// What trying again does not mend.
fn fatal(error: &CallError) -> Option<ChannelStopped> {
    let CallError::Refused(refused) = error else {
        return None;
    };
    let channel = ChannelKind::Telegram;
    match refused.code {
        401 | 404 => Some(ChannelStopped::WrongToken {
            channel,
            remedy: "set telegram.token (or TELEGRAM_TOKEN) to the token that BotFather shows"
                .to_owned(),
        }),
        409 if refused.description.contains("webhook") => Some(ChannelStopped::Refused {
            channel,
            why: refused.description.clone(),
            remedy: "somebody set a webhook for this bot while we fetched its updates: give each \
                     deployment a bot of its own, or set telegram.webhook_url"
                .to_owned(),
        }),
        409 => Some(ChannelStopped::SecondReader {
            channel,
            remedy: "stop the other process, or give this one a bot of its own".to_owned(),
        }),
        400 => Some(ChannelStopped::Refused {
            channel,
            why: refused.description.clone(),
            remedy: "check the [telegram] settings with `careline doctor`".to_owned(),
        }),
        _ => None,
    }
}
