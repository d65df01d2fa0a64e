//! The rules that no compiler keeps, kept by reading the source.

mod habits;
mod imports;
mod source;
mod wording;
