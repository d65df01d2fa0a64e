//! How well and how fast the knowledge base finds entries: `benches/README.md`, "Knowledge".
//!
//! `sets FOLDER` measures every base of a folder (`NAME.kb.jsonl`) with the labelled questions that
//! belong to it (`NAME.eval.jsonl`, or the file whose name its own begins with), as they are, with
//! misspelt words, and Vietnamese without its marks. `sizes` measures made-up bases of 1,000,
//! 10,000 and 50,000 entries with five wordings each. `weights` fits what small bases are shipped
//! with.

mod made;
mod sets;
mod sizes;
mod weights;

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["sets", folder] | ["sets", folder, "--bench"] => sets::run(folder),
        ["sizes"] | ["sizes", "--bench"] => sizes::run(&[1_000, 10_000, 50_000]),
        ["weights"] | ["weights", "--bench"] => weights::run(),
        ["sizes", entries] | ["sizes", entries, "--bench"] => {
            sizes::run(&[entries.parse().expect("a number of entries")]);
        }
        _ => println!("sets FOLDER | sizes [ENTRIES] | weights"),
    }
}

/// What the whole program has used of the processors.
fn cpu() -> Duration {
    since_start(ClockId::ProcessCPUTime)
}

/// What this thread has.
fn cpu_of_thread() -> Duration {
    since_start(ClockId::ThreadCPUTime)
}

fn since_start(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::from_secs(seconds) + Duration::from_nanos(u64::try_from(time.tv_nsec).unwrap_or(0))
}

/// Resident memory in MB.
fn resident_mb() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.map_or(f64::NAN, |pages: f64| pages * 4096.0 / 1e6)
}
