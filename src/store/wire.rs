//! The wire to the database: every step of the store passes through it, so that a test can cut it
//! at any of them, and let one visit follow the other so that a run can be repeated to the letter.
//! In service there is none, and nothing is asked.

use std::any::Any;

use futures_util::future::BoxFuture;

use super::StoreError;

/// A step on the way to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A write transaction begins.
    Begin,
    /// A statement is about to run, in a write transaction or for a look.
    Statement,
    /// The transaction is about to be committed; refused here, nothing of it remains.
    Commit,
    /// It is committed; refused here, its caller hears an error although everything remains.
    Committed,
}

/// A visit to the database: a transaction, or a look. It ends when this is dropped.
pub type Visit = Box<dyn Any + Send + Sync>;

/// What lets steps pass, or does not.
pub trait Wire: Send + Sync + 'static {
    /// Whether a step passes; the error is what its caller hears.
    fn passes(&self, step: Step) -> Result<(), StoreError>;

    /// Lets a visit begin: at once, unless visits are to follow one another.
    fn visit(&self) -> BoxFuture<'static, Visit> {
        Box::pin(std::future::ready(Box::new(()) as Visit))
    }
}
