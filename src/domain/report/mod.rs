//! From facts to numbers, and from numbers to what is read: tables.
//!
//! Invariants: no average of percentiles, no percentile without its n, nothing left out because
//! it has not ended: what is overdue and open counts as breached.

pub mod backlog;
pub mod chart;
pub mod digest;
pub mod figures;
pub mod handoffs;
pub mod kept;
pub mod sla;
pub mod staffing;
pub mod table;
