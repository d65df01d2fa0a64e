//! The store's contract, on both databases.

mod figures;
mod gaps;
mod heard;
mod knowledge;
mod leases;
mod one_person;
mod outbox;
mod plans;
mod staff;
mod timeline;
