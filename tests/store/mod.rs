//! The store's contract, on both databases.

mod knowledge;
mod outbox;
mod timeline;
