//! Runs the simulator by hand: `./scripts/simulate` calls it.
//!
//! `SEED=7` runs one seed and prints its options; a number as the argument runs so many, from
//! `FROM` (0) on, and prints the figures. For `./scripts/planted-faults`: `plant FOLDER` plants the
//! faults into a copy of the project, `faults` names them, `hunt NAME` runs seeds until the one
//! that is switched on is caught.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

#[path = "mod.rs"]
mod simulation;

use simulation::options::Options;
use simulation::planted;
use simulation::run::{Outcome, run};

/// How long a planted fault may stay undiscovered, in CPU-seconds.
const HUNT_SECONDS_MAX: f64 = 60.0;
/// Failing seeds after which a run ends.
const FAILURES_MAX: usize = 5;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let failures = match words[..] {
        ["plant", folder] => match planted::plant(std::path::Path::new(folder)) {
            Ok(()) => 0,
            Err(error) => {
                eprintln!("{error}");
                1
            }
        },
        ["faults"] => {
            for fault in planted::faults() {
                println!("{}", fault.name);
            }
            0
        }
        ["hunt", name] => hunt(name),
        _ => simulate(words.first().and_then(|text| text.parse().ok())),
    };
    std::process::exit(i32::from(failures > 0));
}

/// Runs seeds until one fails; says which rule caught it, with which seed and at what cost.
fn hunt(name: &str) -> usize {
    let Some(fault) = planted::faults().into_iter().find(|one| one.name == name) else {
        eprintln!("no fault is called {name:?}: `faults` names them");
        return 1;
    };
    let mut seed = 0;
    let caught = loop {
        if !fault.can_show(&Options::of(seed)) {
            seed += 1;
            continue;
        }
        let outcome = run(seed);
        if let Some(first) = outcome.faults.first() {
            break Some(first.split(':').next().unwrap_or_default().to_owned());
        }
        seed += 1;
        if cpu_seconds() > HUNT_SECONDS_MAX {
            break None;
        }
    };
    let by = caught.clone().unwrap_or_else(|| "NOT CAUGHT".to_owned());
    println!(
        "{name:<32} {by:<10} {seed:>5} {:>7.1} s  {}",
        cpu_seconds(),
        fault.what
    );
    usize::from(caught.is_none())
}

fn simulate(count: Option<u64>) -> usize {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    match (number("SEED"), count) {
        (Some(seed), _) => one(seed),
        (None, count) => many(
            number("FROM").unwrap_or(0),
            count.unwrap_or(600),
            number("JOBS").unwrap_or(2),
        ),
    }
}

fn one(seed: u64) -> usize {
    let (outcome, again) = (run(seed), run(seed));
    println!("{}", outcome.told);
    println!(
        "{} transactions in {} visits to the database, {} s simulated, trace {:016x}",
        outcome.transactions,
        outcome.visits,
        outcome.simulated_ms / 1_000,
        outcome.hash
    );
    let mut faults = outcome.faults;
    if outcome.hash != again.hash {
        faults.push(format!(
            "i21: a second run gave the trace {:016x}",
            again.hash
        ));
    }
    for fault in &faults {
        println!("{fault}");
    }
    faults.len()
}

fn many(from: u64, count: u64, jobs: u64) -> usize {
    let next = Arc::new(AtomicU64::new(from));
    let failed: Arc<Mutex<Vec<Outcome>>> = Arc::default();
    let transactions = Arc::new(AtomicU64::new(0));
    let visits = Arc::new(AtomicU64::new(0));
    let simulated = Arc::new(AtomicU64::new(0));
    let done = Arc::new(AtomicU64::new(0));
    let threads: Vec<_> = (0..jobs)
        .map(|_| {
            let (next, failed, visits) = (next.clone(), failed.clone(), visits.clone());
            let (simulated, done) = (simulated.clone(), done.clone());
            let transactions = transactions.clone();
            std::thread::spawn(move || {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    let enough = failed.lock().expect("no panic").len() >= FAILURES_MAX;
                    if seed >= from + count || enough {
                        return;
                    }
                    let outcome = run(seed);
                    done.fetch_add(1, Ordering::SeqCst);
                    transactions.fetch_add(outcome.transactions, Ordering::SeqCst);
                    visits.fetch_add(outcome.visits, Ordering::SeqCst);
                    let ms = u64::try_from(outcome.simulated_ms).unwrap_or(0);
                    simulated.fetch_add(ms, Ordering::SeqCst);
                    if !outcome.faults.is_empty() {
                        failed.lock().expect("no panic").push(outcome);
                    }
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("a thread ends well");
    }
    let cpu = cpu_seconds();
    let seeds = done.load(Ordering::SeqCst);
    let failed = failed.lock().expect("no panic");
    for outcome in failed.iter() {
        println!(
            "seed {} fails:\n{}",
            outcome.seed,
            outcome.faults.join("\n")
        );
        println!("{}", outcome.told);
        println!("replay it: SEED={} ./scripts/simulate\n", outcome.seed);
    }
    #[expect(clippy::cast_precision_loss, reason = "figures to be read")]
    let (per_minute, transactions, each, virtual_hours) = (
        seeds as f64 * 60.0 / cpu.max(0.001),
        transactions.load(Ordering::SeqCst) as f64 / seeds.max(1) as f64,
        visits.load(Ordering::SeqCst) as f64 / seeds.max(1) as f64,
        simulated.load(Ordering::SeqCst) as f64 / 3_600_000.0,
    );
    println!(
        "{seeds} seeds, {} failed; {per_minute:.0} seeds a CPU-minute of {transactions:.0} transactions \
         in {each:.0} visits each; {virtual_hours:.0} h simulated in {cpu:.0} CPU-seconds",
        failed.len()
    );
    failed.len()
}

/// What this process has used of the processors so far, in seconds: user and system time.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    // The 14th and 15th field of the file, in hundredths of a second (proc(5)).
    let ticks = |index: usize| -> f64 {
        let field = fields.get(index).and_then(|text| text.parse::<f64>().ok());
        field.unwrap_or(0.0)
    };
    (ticks(11) + ticks(12)) / 100.0
}
