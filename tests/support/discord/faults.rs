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

/// An order: the next request with this method and this piece of path breaks so.
#[derive(Clone, Debug)]
pub struct Fault {
    pub method: &'static str,
    pub path_part: String,
    pub how: Break,
}

impl Fault {
    pub fn new(method: &'static str, path_part: impl Into<String>, how: Break) -> Self {
        let path_part = path_part.into();
        Self {
            method,
            path_part,
            how,
        }
    }

    pub fn fits(&self, method: &str, path: &str) -> bool {
        self.method == method && path.contains(&self.path_part)
    }
}
