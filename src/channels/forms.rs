//! What a platform asks for before anything has happened: the form that a command opens, and words
//! that complete what is being typed. Implemented by the workers over the store.
//!
//! Invariant: asking changes nothing; what is sent with a form is an arrival like any other.

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::domain::ids::AccountId;
use crate::domain::place::ChannelKind;

/// A command that somebody gives, or is still typing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Where.
    pub channel: ChannelKind,
    /// Who.
    pub account: AccountId,
    /// What is to be done, such as `edit`.
    pub verb: String,
    /// The arguments so far, by name.
    pub arguments: BTreeMap<String, String>,
}

/// What a command opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// A form.
    Form(Form),
    /// Nothing; why, in the words that only whoever asked is shown.
    Refused(String),
}

/// A form to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// What comes back with it, at most 90 characters.
    pub name: String,
    /// Its heading; a channel cuts it (Discord: 45 characters).
    pub title: String,
    /// One to five fields.
    pub fields: Vec<Field>,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What comes back with it, at most 100 characters.
    pub name: String,
    /// What stands above it.
    pub label: String,
    /// A further word on what to write.
    pub hint: String,
    /// What stands in it already, at most [`FIELD_CHARS_MAX`].
    pub value: String,
    /// Whether it has several lines.
    pub is_long: bool,
}

/// The most characters of a field.
pub const FIELD_CHARS_MAX: usize = 4_000;

/// A word that completes what is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is shown.
    pub label: String,
    /// What is taken, at most 100 characters.
    pub value: String,
}

/// Where forms and choices come from; both answer within two seconds whatever happens.
#[async_trait]
pub trait Forms: std::fmt::Debug + Send + Sync + 'static {
    /// The form that a command opens.
    async fn open(&self, asked: &Asked) -> Opened;

    /// What may complete `typed`, the likeliest first, at most 25; none for who may not know.
    async fn complete(&self, asked: &Asked, typed: &str) -> Vec<Choice>;
}
