//! Discord's gateway and history: a session gets what happens while it lives, a broken connection
//! can resume for a while, what a lost session missed is only in the history.

use std::collections::{BTreeMap, VecDeque};

use careline::channels::Arrival;
use careline::domain::place::Place;
use careline::domain::time::{Millis, Timestamp};

/// The first millisecond of Discord's ids.
pub const EPOCH_MS: i64 = 1_420_070_400_000;
/// How long a session without a connection can be resumed.
const RESUMABLE_FOR: Millis = Millis::minutes(3);

/// What Discord keeps.
#[derive(Default)]
pub struct Discord {
    sessions: BTreeMap<u64, Session>,
    /// Every message of every channel, oldest first.
    history: BTreeMap<Place, Vec<(i64, Arrival)>>,
}

/// A session of one life of a process.
#[derive(Default)]
struct Session {
    events: VecDeque<Arrival>,
    broken_since: Option<Timestamp>,
}

/// What a connection gives.
pub enum Heard {
    /// These events, in order.
    Events(Vec<Arrival>),
    /// A new session: what was before is only in the history.
    Ready,
}

impl Discord {
    /// A message; whether some session heard of it.
    pub fn message(&mut self, place: &Place, id: i64, arrival: Arrival) -> bool {
        let history = self.history.entry(place.clone()).or_default();
        history.push((id, arrival.clone()));
        self.event(arrival)
    }

    /// Anything else; whether some session heard of it.
    pub fn event(&mut self, arrival: Arrival) -> bool {
        for session in self.sessions.values_mut() {
            session.events.push_back(arrival.clone());
        }
        !self.sessions.is_empty()
    }

    /// Whether a session hears at this moment: without one a press fails before the presser's eyes.
    pub fn is_heard(&self) -> bool {
        let mut sessions = self.sessions.values();
        sessions.any(|session| session.broken_since.is_none())
    }

    /// Reads on, connecting and resuming where that is needed.
    pub fn read(&mut self, life: u64, most: usize, now: Timestamp) -> Heard {
        let Some(session) = self.sessions.get_mut(&life) else {
            self.sessions.insert(life, Session::default());
            return Heard::Ready;
        };
        if let Some(since) = session.broken_since.take()
            && (now - since).0 > RESUMABLE_FOR.0
        {
            self.sessions.insert(life, Session::default());
            return Heard::Ready;
        }
        let most = most.min(session.events.len());
        Heard::Events(session.events.drain(..most).collect())
    }

    /// The connection breaks.
    pub fn breaks(&mut self, life: u64, now: Timestamp) {
        if let Some(session) = self.sessions.get_mut(&life) {
            session.broken_since.get_or_insert(now);
        }
    }

    /// The session is declared invalid.
    pub fn invalidate(&mut self, life: u64) {
        self.sessions.remove(&life);
    }

    /// Whether events wait for that life.
    pub fn waits(&self, life: u64) -> bool {
        let session = self.sessions.get(&life);
        session.is_none_or(|session| !session.events.is_empty() || session.broken_since.is_some())
    }

    /// The history of a place after an id.
    pub fn after(&self, place: &Place, id: i64) -> Vec<Arrival> {
        let history = self.history.get(place).into_iter().flatten();
        let after = history.filter(|(one, _)| *one > id);
        after.map(|(_, arrival)| arrival.clone()).collect()
    }
}
