//! How a command can fail, and with which exit status.

use std::io;

use crate::store::{OpenError, StoreError};

/// Why a command did not do it. Its text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The call or the configuration is wrong: exit status 2.
    #[error("{0}")]
    Wrong(String),
    /// It did not work: exit status 1.
    #[error("{0}")]
    NotDone(String),
    /// Whoever read our results has gone (`careline … | head`): nothing is wrong.
    #[error("nobody reads the results any more")]
    ReaderLeft,
}

impl Failure {
    /// The exit status that says so.
    pub fn exit_status(&self) -> u8 {
        match self {
            Failure::Wrong(_) => 2,
            Failure::NotDone(_) => 1,
            Failure::ReaderLeft => 0,
        }
    }

    /// It did not work, for that reason; secrets are taken out of its text.
    pub fn not_done(reason: impl std::fmt::Display) -> Failure {
        Failure::NotDone(crate::observe::redact::redact(&reason.to_string()).into_owned())
    }

    /// The call is wrong, for that reason.
    pub fn wrong(reason: impl std::fmt::Display) -> Failure {
        Failure::Wrong(crate::observe::redact::redact(&reason.to_string()).into_owned())
    }

    /// A database that does not open: its address may be wrong, or it may be down.
    pub fn from_open(error: OpenError) -> Failure {
        match &error {
            OpenError::UnknownScheme | OpenError::BadUrl(_) => Failure::wrong(error),
            OpenError::Unreachable(_) | OpenError::Schema(_) | OpenError::Served { .. } => {
                Failure::not_done(error)
            }
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::ReaderLeft,
            _ => Failure::not_done(error),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::not_done(error)
    }
}
