//! The store's contract, on both databases.

mod knowledge;
mod leases;
mod outbox;
mod plans;
mod timeline;
