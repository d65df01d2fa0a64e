//! From facts to numbers, and from numbers to what is read: tables.
//!
//! Invariants: no average of percentiles, no percentile without its n, nothing left out because
//! it has not ended: what is overdue and open counts as breached.
//!
//! A conversation's facts amount to a line; lines are gathered into the cells of a day, one for
//! each value of what a report can be broken down by; cells of many days are merged into groups.
//! Lines and cells are stored, and can be computed anew at any time.

pub mod backlog;
pub mod cells;
pub mod chart;
pub mod conversations;
pub mod digest;
mod digits;
pub mod figures;
pub mod handoffs;
pub mod kept;
pub mod line;
pub mod sketch;
pub mod sla;
pub mod spread;
pub mod staffing;
pub mod table;
