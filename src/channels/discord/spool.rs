//! What Discord has said and is not stored yet: a queue with a bound.
//!
//! Invariant: whoever speaks never waits, since events that are held back would starve the
//! heartbeats and end the session. Beyond the bound what is said is dropped, and once the queue
//! is through it says so: what was dropped stands in the history, save presses, which Discord
//! refuses in front of the user after three seconds, and edits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use metrics::{counter, gauge};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::gateway::Heard;

/// The speaking end.
#[derive(Clone)]
pub struct Say {
    queue: UnboundedSender<Heard>,
    state: Arc<State>,
}

/// The listening end.
pub struct Spool {
    queue: UnboundedReceiver<Heard>,
    state: Arc<State>,
}

struct State {
    events_max: usize,
    waiting: AtomicUsize,
    missed: AtomicBool,
}

/// A queue of at most that many events.
pub fn spool(events_max: usize) -> (Say, Spool) {
    let (sender, receiver) = unbounded_channel();
    let state = Arc::new(State {
        events_max,
        waiting: AtomicUsize::new(0),
        missed: AtomicBool::new(false),
    });
    let say = Say {
        queue: sender,
        state: Arc::clone(&state),
    };
    let spool = Spool {
        queue: receiver,
        state,
    };
    (say, spool)
}

impl Say {
    /// Puts it behind the others, or drops it where there are too many.
    pub fn say(&self, heard: Heard) {
        let is_full = self.state.waiting.load(Ordering::SeqCst) >= self.state.events_max;
        // After a gap nothing is kept until the history is read: it is read after the last
        // message that was stored, and so the gap must not lie before that.
        let is_lost = is_full || self.state.missed.load(Ordering::SeqCst);
        if is_lost && !heard.is_of_the_session() {
            self.state.missed.store(true, Ordering::SeqCst);
            counter!("careline_discord_events_dropped_total").increment(1);
            return;
        }
        self.state
            .count(|waiting| waiting.fetch_add(1, Ordering::SeqCst) + 1);
        // Whoever listened is gone with the session.
        let _ = self.queue.send(heard);
    }
}

impl Spool {
    /// The oldest event; `None` once nobody speaks any more.
    pub async fn hear(&mut self) -> Option<Heard> {
        if self.queue.is_empty() && self.state.missed.swap(false, Ordering::SeqCst) {
            return Some(Heard::Missed);
        }
        let heard = self.queue.recv().await?;
        self.state
            .count(|waiting| waiting.fetch_sub(1, Ordering::SeqCst) - 1);
        Some(heard)
    }
}

impl State {
    fn count(&self, change: impl Fn(&AtomicUsize) -> usize) {
        let waiting = change(&self.waiting);
        gauge!("careline_discord_events_waiting")
            .set(f64::from(u32::try_from(waiting).unwrap_or(u32::MAX)));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn beyond_the_bound_it_says_that_something_was_missed() {
        let (say, mut spool) = spool(2);
        for number in 0..4 {
            say.say(Heard::Message(json!(number)));
        }
        say.say(Heard::Resumed);
        assert!(matches!(spool.hear().await, Some(Heard::Message(number)) if number == json!(0)));
        say.say(Heard::Message(json!("behind the gap")));
        for kept in 1..2 {
            let heard = spool.hear().await;
            assert!(matches!(heard, Some(Heard::Message(number)) if number == json!(kept)));
        }
        assert!(matches!(spool.hear().await, Some(Heard::Resumed)));
        assert!(matches!(spool.hear().await, Some(Heard::Missed)));
        say.say(Heard::Message(json!(4)));
        let heard = spool.hear().await;
        assert!(matches!(heard, Some(Heard::Message(number)) if number == json!(4)));
        drop(say);
        assert!(spool.hear().await.is_none());
    }
}
