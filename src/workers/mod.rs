//! DRIVE. Loops around what the domain decides.

pub mod web_log;
