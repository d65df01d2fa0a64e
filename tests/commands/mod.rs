//! The command line, as scripts use it.

mod data;
mod gaps;
mod report;
mod sla;
mod status;
