//! What the program tells its operators: the log, `/healthz`, `/readyz` and `/metrics`.
//!
//! Invariant: ids and counts only. Whatever reaches the log passes [`redact::redact`] on its way,
//! so that a token which slipped into an error's text is not written down.

pub mod log;
pub mod probes;
pub mod redact;
