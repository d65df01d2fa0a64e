//! What a seed makes of a run: how many there are of everything, and which faults happen.

use std::collections::BTreeSet;
use std::fmt;

use super::chance::Chance;

/// The families of faults, F1 to F13.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// F1: a process ends at any await.
    Crash,
    /// F2: it ends again and again, soon after its start.
    CrashLoop,
    /// F3: the database fails at a step, with or without its effect, or is away for a while.
    Database,
    /// F4: a call fails before or after its effect, or takes long.
    Http,
    /// F5: too many requests, with and without a time to wait.
    TooMany,
    /// F6: batches twice, presses replayed, ids that start anew, another reader.
    Telegram,
    /// F7: lost and invalid sessions, events twice and out of order, rooms that are gone.
    Discord,
    /// F8: the clocks of processes differ, and jump.
    Clock,
    /// F9: floods, long and odd texts, edits, blocking.
    Customers,
    /// F10: claims at once, stale buttons, roles removed, agents who vanish.
    Staff,
    /// F11: a process stands still for longer than its leases.
    Pause,
    /// F12: the settings change in the middle.
    Rules,
    /// F13: a customer is erased in the middle.
    Erasure,
}

impl Fault {
    /// Every family.
    pub const ALL: [Fault; 13] = [
        Fault::Crash,
        Fault::CrashLoop,
        Fault::Database,
        Fault::Http,
        Fault::TooMany,
        Fault::Telegram,
        Fault::Discord,
        Fault::Clock,
        Fault::Customers,
        Fault::Staff,
        Fault::Pause,
        Fault::Rules,
        Fault::Erasure,
    ];
}

/// All that a seed decides before a run begins.
#[derive(Clone, Debug)]
pub struct Options {
    /// The seed.
    pub seed: u64,
    /// Processes over the one database.
    pub processes: usize,
    /// Customers on Telegram, then those on Discord.
    pub customers: (usize, usize),
    /// Agents at the desk, besides a lead who never leaves.
    pub agents: usize,
    /// Rounds of the chaos.
    pub rounds: usize,
    /// The families that happen.
    pub faults: BTreeSet<Fault>,
    /// In how many of a thousand rounds a process ends.
    pub crashes: usize,
    /// In how many of a thousand steps of a process the database fails.
    pub database_faults: usize,
    /// How many of a thousand calls fail.
    pub call_faults: usize,
    /// How much a message may hold at Telegram, in UTF-16 units.
    pub telegram_units: usize,
}

impl Options {
    /// What that seed stands for.
    pub fn of(seed: u64) -> Options {
        let mut chance = Chance::of(seed);
        let mut faults = BTreeSet::new();
        for fault in Fault::ALL {
            if chance.permille(450) {
                faults.insert(fault);
            }
        }
        let has = |fault| faults.contains(&fault);
        let crashes = match (has(Fault::Crash), has(Fault::CrashLoop)) {
            (false, false) => 0,
            (true, false) => chance.between(5, 30),
            (_, true) => chance.between(20, 60),
        };
        let many = |number: i64| usize::try_from(number).unwrap_or(0);
        Options {
            seed,
            processes: many(chance.between(1, 3)),
            customers: (many(chance.between(1, 4)), many(chance.between(0, 3))),
            agents: many(chance.between(1, 3)),
            rounds: many(chance.between(60, 140)),
            crashes: many(crashes),
            database_faults: match has(Fault::Database) {
                true => many(chance.between(5, 40)),
                false => 0,
            },
            call_faults: match has(Fault::Http) {
                true => many(chance.between(20, 250)),
                false => 0,
            },
            telegram_units: *chance.pick(&[200, 400, 4_096]),
            faults,
        }
    }

    /// Whether that family happens.
    pub fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }
}

impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "seed {}: {} processes, {}+{} customers, {} agents, {} rounds, messages of {} units, \
             crashes {} ‰, database faults {} ‰, call faults {} ‰, {:?}",
            self.seed,
            self.processes,
            self.customers.0,
            self.customers.1,
            self.agents,
            self.rounds,
            self.telegram_units,
            self.crashes,
            self.database_faults,
            self.call_faults,
            self.faults
        )
    }
}
