//! The command line, as scripts use it.

mod data;
mod sla;
mod status;
