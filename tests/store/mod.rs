//! The store's contract, on both databases.

mod knowledge;
mod timeline;
