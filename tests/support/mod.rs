//! What the tests share: databases, fakes of the platforms, the vocabulary of scenes.

pub mod browser;
pub mod clients;
pub mod cluster;
pub mod console;
pub mod database;
pub mod discord;
pub mod fuse;
pub mod gaps;
pub mod inlet;
pub mod program;
pub mod serving;
#[expect(dead_code, reason = "scenes of other channels use the rest")]
pub mod shop;
#[cfg(feature = "semantic")]
pub mod static_model;
pub mod telegram;
pub mod webchat;
