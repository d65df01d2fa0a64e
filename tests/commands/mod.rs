//! The command line, as scripts use it.

mod data;
mod report;
mod sla;
mod status;
