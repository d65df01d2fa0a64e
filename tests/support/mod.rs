//! What the tests share: databases, fakes of the platforms, the vocabulary of scenes.

pub mod database;
