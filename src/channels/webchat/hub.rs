//! Who is connected to this process, and how far their log has grown.
//!
//! Invariant: a number announced here stands in the log already, and an announcement is never
//! missed: each connection sees the highest number, however late it looks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

/// The most connections of one visitor: tabs, and those that have not noticed that they are dead.
const SEATS_OF_VISITOR_MAX: usize = 16;
/// The most connections of this process.
const SEATS_MAX: usize = 20_000;

/// Everybody who is connected. Cheap to clone.
#[derive(Clone, Default)]
pub struct Hub {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    connections: usize,
    visitors: BTreeMap<String, Visitor>,
}

struct Visitor {
    seats: usize,
    newest: watch::Sender<i64>,
}

/// A connection's right to be here; given back when dropped.
pub struct Connection {
    hub: Hub,
}

/// A connection's place among those of one visitor; given back when dropped.
pub struct Seat {
    hub: Hub,
    visitor: String,
    /// The highest number of the visitor's log that was announced.
    pub newest: watch::Receiver<i64>,
}

impl Hub {
    /// Lets a connection in; `None` where the house is full.
    pub fn enter(&self) -> Option<Connection> {
        self.with(|inner| {
            let free = inner.connections < SEATS_MAX;
            inner.connections += usize::from(free);
            free
        })
        .then(|| Connection { hub: self.clone() })
    }

    /// A place among the visitor's connections; `None` where they have too many.
    pub fn sit(&self, visitor: &str) -> Option<Seat> {
        let newest = self.with(|inner| {
            let entry = inner
                .visitors
                .entry(visitor.to_owned())
                .or_insert_with(|| Visitor {
                    seats: 0,
                    newest: watch::Sender::new(0),
                });
            (entry.seats < SEATS_OF_VISITOR_MAX).then(|| {
                entry.seats += 1;
                entry.newest.subscribe()
            })
        })?;
        Some(Seat {
            hub: self.clone(),
            visitor: visitor.to_owned(),
            newest,
        })
    }

    /// Tells the visitor's connections that their log has grown up to `seq`.
    pub fn announce(&self, visitor: &str, seq: i64) {
        self.with(|inner| {
            if let Some(visitor) = inner.visitors.get(visitor) {
                visitor.newest.send_if_modified(|newest| {
                    let grown = seq > *newest;
                    *newest = seq.max(*newest);
                    grown
                });
            }
        });
    }

    /// Everybody who is connected.
    pub fn visitors(&self) -> Vec<String> {
        self.with(|inner| inner.visitors.keys().cloned().collect())
    }

    fn with<T>(&self, change: impl FnOnce(&mut Inner) -> T) -> T {
        change(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.hub.with(|inner| inner.connections -= 1);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.hub.with(|inner| {
            if let Some(visitor) = inner.visitors.get_mut(&self.visitor) {
                visitor.seats -= 1;
                if visitor.seats == 0 {
                    inner.visitors.remove(&self.visitor);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn announcements_only_grow_and_the_last_who_leaves_is_forgotten() {
        let hub = Hub::default();
        let first = hub.sit("v").unwrap();
        let second = hub.sit("v").unwrap();
        hub.announce("v", 3);
        hub.announce("v", 2);
        assert_eq!(*second.newest.borrow(), 3);
        drop(first);
        assert_eq!(hub.visitors(), ["v"]);
        drop(second);
        assert!(hub.visitors().is_empty());
        hub.announce("v", 4);
    }

    #[test]
    fn one_visitor_cannot_take_all_places() {
        let hub = Hub::default();
        let seats: Vec<Seat> = (0..SEATS_OF_VISITOR_MAX)
            .map(|_| hub.sit("v").unwrap())
            .collect();
        assert!(hub.sit("v").is_none());
        assert!(hub.sit("w").is_some());
        drop(seats);
        assert!(hub.sit("v").is_some());
    }
}
