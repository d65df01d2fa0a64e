//! What can go wrong on the way, as a test orders it.
//!
//! Invariant: a fault hits the first request that fits, once, and says itself whether the request
//! took effect before it broke.

use tokio_util::sync::CancellationToken;

/// How a request breaks.
#[derive(Clone, Debug)]
pub enum Break {
    /// An error page with this status.
    Status { status: u16, with_effect: bool },
    /// The connection is cut.
    Reset { with_effect: bool },
    /// No answer until the token is cancelled; then the true one.
    Hang {
        with_effect: bool,
        release: CancellationToken,
    },
    /// 200 and something that is not JSON.
    Garbage { with_effect: bool },
    /// 429; `retry_after` in seconds.
    TooMany { retry_after: f64, global: bool },
    /// A refusal with Discord's own code.
    Refusal { status: u16, code: u64 },
}

impl Break {
    pub fn has_effect(&self) -> bool {
        match self {
            Self::Status { with_effect, .. }
            | Self::Reset { with_effect }
            | Self::Hang { with_effect, .. }
            | Self::Garbage { with_effect } => *with_effect,
            Self::TooMany { .. } | Self::Refusal { .. } => false,
        }
    }
}

/// An order: the next request with this method and this piece of path breaks so, once so many
/// have passed.
#[derive(Clone, Debug)]
pub struct Fault {
    pub method: &'static str,
    pub path_part: String,
    pub how: Break,
    passing: usize,
}

impl Fault {
    pub fn new(method: &'static str, path_part: impl Into<String>, how: Break) -> Self {
        let path_part = path_part.into();
        Self {
            method,
            path_part,
            how,
            passing: 0,
        }
    }

    /// The n-th request of any kind breaks; the first is 1.
    pub fn nth(n: usize, how: Break) -> Self {
        Self {
            passing: n - 1,
            ..Self::new("", "", how)
        }
    }

    /// Whether it breaks this request.
    pub fn hits(&mut self, method: &str, path: &str) -> bool {
        let fits = self.method.is_empty() || self.method == method;
        if !fits || !path.contains(&self.path_part) {
            return false;
        }
        if self.passing > 0 {
            self.passing -= 1;
            return false;
        }
        true
    }
}
