//! REPORTS. Figures out of the store, as numbers, words and pictures: the same for commands, chat
//! and console.
//!
//! Invariant: everything is computed from the facts when it is asked for; nothing here is stored,
//! and nothing but [`gathered`] and [`wording_tests`] touches the store.

pub mod days;
pub mod gathered;
pub mod picture;
pub mod raster;
pub mod report;
pub mod sheets;
pub mod wording_tests;
pub mod words;
