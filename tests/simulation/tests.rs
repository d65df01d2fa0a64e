//! The seeds that every run of the tests runs.

use super::run::{Outcome, run};

/// The seeds that failed once.
const SEEDS: &str = include_str!("seeds.txt");
/// How many seeds each of the tests runs.
const SEEDS_PER_TEST: u64 = 100;

/// I21 for one in so many seeds: the same seed gives the same trace.
const REPEATED_ONE_IN: u64 = 100;

fn all_well(seeds: impl Iterator<Item = u64>) {
    for seed in seeds {
        let outcome = run(seed);
        assert!(outcome.faults.is_empty(), "{}", told(&outcome));
        if seed % REPEATED_ONE_IN == 0 {
            let again = run(seed);
            assert_eq!(outcome.hash, again.hash, "i21: {}", told(&again));
        }
    }
}

fn told(outcome: &Outcome) -> String {
    format!(
        "seed {} fails:\n{}\n{}\nreplay it: SEED={} ./scripts/simulate; then add it to \
         tests/simulation/seeds.txt",
        outcome.seed,
        outcome.faults.join("\n"),
        outcome.told,
        outcome.seed
    )
}

fn hundred(number: u64) {
    all_well(number * SEEDS_PER_TEST..(number + 1) * SEEDS_PER_TEST);
}

#[test]
fn seeds_that_failed_once_pass() {
    let lines = SEEDS.lines().filter(|line| !line.starts_with('#'));
    let seeds = lines.filter_map(|line| line.split_whitespace().next());
    all_well(seeds.map(|seed| seed.parse().expect("a seed is a number")));
}

#[test]
fn the_first_hundred_seeds() {
    hundred(0);
}

#[test]
fn the_second_hundred_seeds() {
    hundred(1);
}

#[test]
fn the_third_hundred_seeds() {
    hundred(2);
}

#[test]
fn the_fourth_hundred_seeds() {
    hundred(3);
}

#[test]
fn the_fifth_hundred_seeds() {
    hundred(4);
}

#[test]
fn the_sixth_hundred_seeds() {
    hundred(5);
}
