//! A run of a seed, from the first step to the last check.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use super::inspector::Inspector;
use super::invariants::{self, Evidence, Faults};
use super::options::Options;
use super::world::World;

/// What a run gave.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// What is wrong; empty where nothing is.
    pub faults: Faults,
    /// The trace as one number.
    pub hash: u64,
    /// Transactions that were committed.
    pub transactions: u64,
    /// Visits to the database: transactions and looks.
    pub visits: u64,
    /// How much time passed in it, in milliseconds.
    pub simulated_ms: i64,
    /// The options and the last transitions, for those who look for the reason.
    pub told: String,
}

/// Runs a seed.
pub fn run(seed: u64) -> Outcome {
    let options = Options::of(seed);
    let told = options.to_string();
    let mut world = None;
    let ended = catch_unwind(AssertUnwindSafe(|| play(options, &mut world)));
    let faults = match ended {
        Ok(faults) => faults,
        Err(panic) => vec![format!("panic: {}", words_of(panic.as_ref()))],
    };
    let Some(world) = world else {
        return Outcome {
            seed,
            faults,
            hash: 0,
            transactions: 0,
            visits: 0,
            simulated_ms: 0,
            told,
        };
    };
    let told = match faults.is_empty() {
        true => told,
        false => format!("{told}\n{}", world.trace.last().join("\n")),
    };
    let (transactions, visits) = world.database();
    Outcome {
        seed,
        hash: world.trace.hash(),
        transactions,
        visits,
        simulated_ms: world.now().0 - super::world::BEGINS_MS,
        faults,
        told,
    }
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}

fn play(options: Options, kept: &mut Option<World>) -> Faults {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(log.clone())
        .with_ansi(false)
        .without_time()
        .finish();
    let _logged = tracing::subscriber::set_default(subscriber);
    let world = kept.insert(World::new(options));
    let mut inspector = Inspector::at(&world.url);
    world.chaos(&mut inspector);
    let rested = world.heal(&mut inspector);
    let evidence = Evidence::read(&mut inspector, log.text());
    let mut faults = Faults::new();
    faults.extend(rested.err());
    faults.extend(invariants::check(world, &evidence));
    inspector.closes();
    for number in 0..world.processes.len() {
        world.ends(number);
    }
    faults
}

/// What is logged in a run.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("nobody panicked")).into_owned()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .expect("nobody panicked")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> tracing_subscriber::fmt::MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}
