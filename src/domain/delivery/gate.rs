//! The gate of a bot: after an outcome that nobody knows it closes, until a harmless call shows
//! that the platform answers and then one send shows that it takes messages too; so an outage
//! leaves a window of unknown outcomes, not a queue.
//!
//! Invariant: nothing is begun while the gate is closed, one send at a time while it is ajar. The
//! first look is due at once, further ones after growing pauses, by the clock; a send through the
//! gate that is not known either closes it for the next pause.

use serde::{Deserialize, Serialize};

use crate::domain::time::{Millis, Timestamp};

/// The pause after the first look that found the platform away; it doubles with each further one.
const FIRST_PAUSE: Millis = Millis::seconds(1);
/// The longest pause between two looks.
const LONGEST_PAUSE: Millis = Millis::seconds(30);

/// Whether a bot may send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "gate", rename_all = "kebab-case")]
pub enum Gate {
    /// It may.
    #[default]
    Open,
    /// Not before a look.
    Closed {
        /// When to look.
        look_at: Timestamp,
        /// How long to wait if nobody answers.
        pause: Millis,
    },
    /// A look was answered: one send shows whether messages are taken too.
    Ajar {
        /// Since when; what was begun before proves nothing.
        since: Timestamp,
        /// How long to wait if they are not.
        pause: Millis,
    },
}

/// What the gate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// Rows may leave.
    Open,
    /// One may, while no other is under way.
    One,
    /// Look whether the platform answers, and tell the gate.
    Look,
    /// Wait.
    Wait,
}

impl Gate {
    /// What may be done now.
    pub fn says(self, now: Timestamp) -> Says {
        match self {
            Gate::Open => Says::Open,
            Gate::Ajar { .. } => Says::One,
            Gate::Closed { look_at, pause } => {
                // A clock that was set back must not keep it closed for ever.
                if look_at <= now || look_at - now > pause {
                    Says::Look
                } else {
                    Says::Wait
                }
            }
        }
    }

    /// An outcome is not known; `true` where the gate was not closed.
    pub fn close(&mut self, now: Timestamp) -> bool {
        let closed = match *self {
            Gate::Closed { .. } => return false,
            Gate::Open => Gate::Closed {
                look_at: now,
                pause: FIRST_PAUSE,
            },
            Gate::Ajar { pause, .. } => Gate::Closed {
                look_at: now + pause,
                pause: longer(pause),
            },
        };
        *self = closed;
        true
    }

    /// Whether the platform answered a look.
    pub fn looked(&mut self, answered: bool, now: Timestamp) {
        if let Gate::Closed { pause, .. } = *self {
            *self = if answered {
                Gate::Ajar { since: now, pause }
            } else {
                Gate::Closed {
                    look_at: now + pause,
                    pause: longer(pause),
                }
            };
        }
    }

    /// The platform answered a send that was begun at that time, by taking or refusing it.
    pub fn answered(&mut self, begun_at: Timestamp) {
        if matches!(*self, Gate::Ajar { since, .. } if since <= begun_at) {
            *self = Gate::Open;
        }
    }
}

fn longer(pause: Millis) -> Millis {
    Millis((pause.0 * 2).min(LONGEST_PAUSE.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_looks_at_once_and_then_less_and_less_often() {
        let (mut gate, start) = (Gate::default(), Timestamp(1_000));
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
        assert_eq!(gate.says(now), Says::One);
        gate.answered(start);
        assert_eq!(gate.says(now), Says::One, "that was begun before");
        gate.answered(now);
        assert_eq!(gate.says(now), Says::Open);
    }

    #[test]
    fn a_platform_that_answers_looks_but_takes_nothing_costs_one_unknown_a_pause() {
        let (mut gate, mut now, mut unknown) = (Gate::default(), Timestamp(0), 0);
        gate.close(now);
        while now < Timestamp(120_000) {
            match gate.says(now) {
                Says::Look => gate.looked(true, now),
                Says::One => {
                    unknown += 1;
                    gate.close(now);
                }
                Says::Wait => now = now + Millis(100),
                Says::Open => panic!("nothing was ever taken"),
            }
        }
        assert_eq!(unknown, 8, "at 0, 1, 3, 7, 15, 31, 61 and 91 seconds");
    }

    #[test]
    fn an_answer_from_before_it_closed_opens_nothing() {
        let mut gate = Gate::default();
        gate.close(Timestamp(0));
        gate.answered(Timestamp(0));
        assert_eq!(gate.says(Timestamp(0)), Says::Look);
    }

    #[test]
    fn it_is_read_back_as_it_was_written() {
        let (since, pause) = (Timestamp(7), Millis(5));
        for gate in [Gate::Open, Gate::Ajar { since, pause }] {
            let text = serde_json::to_string(&gate).expect("serialises");
            assert_eq!(serde_json::from_str::<Gate>(&text).expect("reads"), gate);
        }
    }
}
