//! The gate of a bot: after an outcome that nobody knows it closes, until a harmless call shows
//! that the platform answers; so an outage leaves a window of unknown outcomes, not a queue.
//!
//! Invariant: nothing is begun while the gate is closed; the first look is due at once, further
//! ones after growing pauses, by the clock.

use std::sync::{Mutex, PoisonError};

use crate::domain::time::{Millis, Timestamp};

/// The pause after the first look that found the platform away; it doubles with each further one.
const FIRST_PAUSE: Millis = Millis::seconds(1);
/// The longest pause between two looks.
const LONGEST_PAUSE: Millis = Millis::seconds(30);

/// Whether a bot may send; open at first.
#[derive(Debug, Default)]
pub struct Gate {
    closed: Mutex<Option<Closed>>,
}

#[derive(Clone, Copy, Debug)]
struct Closed {
    look_at: Timestamp,
    pause: Millis,
}

/// What the gate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// Rows may leave.
    Open,
    /// Look whether the platform answers, and tell the gate.
    Look,
    /// Wait.
    Wait,
}

impl Gate {
    /// What may be done now.
    pub fn says(&self, now: Timestamp) -> Says {
        match *self.closed.lock().unwrap_or_else(PoisonError::into_inner) {
            None => Says::Open,
            Some(closed) if closed.look_at <= now => Says::Look,
            Some(_) => Says::Wait,
        }
    }

    /// An outcome is not known; `true` where the gate was open.
    pub fn close(&self, now: Timestamp) -> bool {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        let was_open = closed.is_none();
        closed.get_or_insert(Closed {
            look_at: now,
            pause: FIRST_PAUSE,
        });
        was_open
    }

    /// Whether the platform answered a look.
    pub fn looked(&self, answered: bool, now: Timestamp) {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        *closed = match *closed {
            Some(Closed { pause, .. }) if !answered => Some(Closed {
                look_at: now + pause,
                pause: Millis((pause.0 * 2).min(LONGEST_PAUSE.0)),
            }),
            Some(_) | None => None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_looks_at_once_and_then_less_and_less_often() {
        let (gate, start) = (Gate::default(), Timestamp(1_000));
        assert_eq!(gate.says(start), Says::Open);
        assert!(gate.close(start));
        assert!(!gate.close(start), "it is closed already");
        let mut now = start;
        for seconds in [1, 2, 4, 8, 16, 30, 30] {
            assert_eq!(gate.says(now), Says::Look);
            gate.looked(false, now);
            now = now + Millis::seconds(seconds);
            assert_eq!(gate.says(Timestamp(now.0 - 1)), Says::Wait);
        }
        gate.looked(true, now);
        assert_eq!(gate.says(now), Says::Open);
    }
}
