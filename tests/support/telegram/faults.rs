//! Faults that a test orders in advance, per method: the next n calls of it go wrong in a chosen way.

use std::collections::{BTreeMap, VecDeque};

/// One way for a call to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 429 with this many seconds to wait; nothing takes effect.
    TooMany { retry_after: i64 },
    /// A server error with this status, with or without the call having taken effect.
    Broken { status: u16, effect: bool },
    /// The connection is reset instead of an answer.
    Reset { effect: bool },
    /// 200 with a body that is not of the platform.
    Garbage { effect: bool },
    /// No answer until the fake is told to release.
    Hang { effect: bool },
}

/// The orders that stand, per method in lower case; `*` is for any.
#[derive(Debug, Default)]
pub struct Faults {
    ordered: BTreeMap<String, VecDeque<Fault>>,
    /// How many calls of any method are left until one goes wrong, and how.
    nth: Option<(usize, Fault)>,
}

impl Faults {
    pub fn order(&mut self, method: &str, times: usize, fault: Fault) {
        let queue = self.ordered.entry(method.to_ascii_lowercase()).or_default();
        queue.extend(std::iter::repeat_n(fault, times));
    }

    /// The n-th call from now on goes wrong, whatever its method; the first is 1.
    pub fn order_nth(&mut self, n: usize, fault: Fault) {
        self.nth = Some((n, fault));
    }

    /// Whether the n-th call is still to come.
    pub fn awaits_nth(&self) -> bool {
        self.nth.is_some()
    }

    /// Takes the fault for this call, if one is ordered.
    pub fn take(&mut self, method: &str) -> Option<Fault> {
        if let Some((left, fault)) = &mut self.nth {
            *left -= 1;
            if *left == 0 {
                let fault = *fault;
                self.nth = None;
                return Some(fault);
            }
        }
        for name in [method, "*"] {
            if let Some(fault) = self.ordered.get_mut(name).and_then(VecDeque::pop_front) {
                return Some(fault);
            }
        }
        None
    }

    pub fn clear(&mut self) {
        self.ordered.clear();
        self.nth = None;
    }
}
