//! The knowledge base: what an entry is, which entry a text asks for, and how sure that is.

pub mod calibration;
mod changes;
pub mod check;
mod concepts;
pub mod confidence;
pub mod crossings;
mod deciding;
mod decision;
pub mod dialogue;
pub mod differences;
pub mod dry_run;
pub mod entry;
pub mod features;
pub mod file;
pub mod gaps;
mod index;
pub mod learnt;
pub mod linear;
#[cfg(test)]
pub(crate) mod made;
pub mod meaning;
pub mod measures;
pub mod model;
mod phrases;
mod postings;
mod processors;
pub mod recognise;
pub mod related;
mod repair;
pub mod same_wording;
pub mod sample;
pub mod text;
mod training;
pub mod triggers;
pub mod upkeep;
pub mod usage;
pub mod verbs;
pub mod vocabulary;
pub mod wording_tests;
mod wordings;

pub use changes::{Change, ChangeKind, Imported, changes};
pub use decision::{Candidate, Costs, Decision, Verdict};
pub use entry::{Entry, EntryFault, EntryText, parse_key};
pub use index::KnowledgeIndex;
pub use recognise::{SmallTalk, small_talk};
pub use text::language::recognise_language;
