//! What happened, in order: the last of it to be read, all of it as one number.

use std::collections::VecDeque;

/// The most transitions that are kept to be printed.
const KEPT_MAX: usize = 60;

/// The trace of a run.
#[derive(Debug)]
pub struct Trace {
    last: VecDeque<String>,
    hash: u64,
    noted: u64,
}

impl Default for Trace {
    fn default() -> Trace {
        Trace {
            last: VecDeque::new(),
            hash: 0xcbf2_9ce4_8422_2325,
            noted: 0,
        }
    }
}

impl Trace {
    /// Something happened.
    pub fn note(&mut self, line: String) {
        for byte in line.bytes().chain([b'\n']) {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self.noted += 1;
        if self.last.len() == KEPT_MAX {
            self.last.pop_front();
        }
        if std::env::var_os("SIMULATION_TRACE").is_some() {
            eprintln!("{:>6} {line}", self.noted);
        }
        self.last.push_back(format!("{:>6} {line}", self.noted));
    }

    /// All of it as one number (FNV-1a): two runs of a seed have the same.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// How much there was.
    pub fn noted(&self) -> u64 {
        self.noted
    }

    /// The last transitions, oldest first.
    pub fn last(&self) -> Vec<String> {
        self.last.iter().cloned().collect()
    }
}
