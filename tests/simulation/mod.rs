//! The simulator: everything but the two client adapters, one to three processes over one real
//! SQLite store, both platforms as state machines that hold the ground truth, all of it on one
//! thread and from one seed. Chaos first; then everything heals and must come to rest.
//!
//! `./scripts/simulate 1000` runs many seeds, `SEED=7 ./scripts/simulate` replays one. A seed that
//! failed once goes into `seeds.txt`, which is always run.

pub mod arrivals;
pub mod chance;
pub mod chaos;
pub mod customers;
pub mod cut;
pub mod desk;
pub mod ground;
pub mod healing;
pub mod inspector;
pub mod invariants;
pub mod moves;
pub mod options;
pub mod people;
pub mod planted;
pub mod process;
pub mod run;
pub mod shop;
pub mod trace;
pub mod world;

#[cfg(test)]
mod tests;
