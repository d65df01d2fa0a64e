//! The knowledge base: what an entry is, which entry a text asks for, and how sure that is.

pub mod calibration;
mod changes;
pub mod check;
mod concepts;
pub mod confidence;
mod decision;
pub mod differences;
pub mod entry;
pub mod features;
pub mod file;
pub mod gaps;
mod index;
pub mod learnt;
pub mod linear;
pub mod measures;
pub mod model;
mod phrases;
pub mod recognise;
pub mod related;
mod repair;
pub mod same_wording;
pub mod sample;
pub mod text;
pub mod triggers;
pub mod vocabulary;

pub use changes::{Change, ChangeKind, Imported, changes};
pub use decision::{Candidate, Decision, Verdict};
pub use entry::{Entry, EntryFault, EntryText, parse_key};
pub use index::KnowledgeIndex;
pub use recognise::{SmallTalk, small_talk};
pub use text::language::recognise_language;
