//! The second phase of a run: nothing breaks any more, the desk does its duty, and everything has
//! to come to rest within a bounded time.

use careline::domain::desk::act::StaffAct;
use careline::domain::time::Millis;

use super::chaos::WORK;
use super::desk::reply;
use super::inspector::Inspector;
use super::world::World;

/// The most turns until all is at rest: far more than any run needs.
const TURNS_MAX: usize = 4_000;
/// The most time until all is at rest: grace and idle times are over by then.
const TIME_MAX: Millis = Millis::hours(24 * 5);

impl World {
    /// Heals everything and lets it come to rest; what is wrong where it does not.
    pub fn heal(&mut self, inspector: &mut Inspector) -> Result<(), String> {
        self.is_healed = true;
        self.paused.clear();
        self.ground().down.clear();
        self.history.healed_at = Some(self.now());
        self.note("everything heals");
        for number in 0..self.processes.len() {
            self.is_whole_again(number);
            if let Some(process) = &self.processes[number] {
                process.cut.set_away(false);
                process.set_skew(0);
            } else {
                self.starts(number);
            }
        }
        self.customers_unblock();
        let begun = self.now();
        let mut blocked_ms = 500;
        for _ in 0..TURNS_MAX {
            if self.everybody_works() {
                blocked_ms = 500;
                continue;
            }
            if self.desk_does_its_duty(inspector) {
                continue;
            }
            let waiting = inspector.waiting();
            if waiting.arrivals == 0 && waiting.leaving == 0 && waiting.timers == 0 {
                return Ok(());
            }
            let now = self.now();
            if (now - begun).0 > TIME_MAX.0 {
                return Err(format!(
                    "i20: not at rest after {} h: {waiting:?}",
                    TIME_MAX.0 / 3_600_000
                ));
            }
            // What is due and does not leave waits for a budget or a gate.
            blocked_ms = (blocked_ms * 2).min(20_000);
            let wait = waiting.next_due.map_or(1_000, |due| (due - now).0);
            self.passes(Millis(wait.max(blocked_ms)));
        }
        Err(format!(
            "i20: not at rest after {TURNS_MAX} turns: {:?}",
            inspector.waiting()
        ))
    }

    /// Every process does all that there is to do now; says whether there was anything.
    fn everybody_works(&mut self) -> bool {
        let before = self.trace.noted();
        for number in 0..self.processes.len() {
            self.fetches(number);
            self.listens(number);
            for work in WORK {
                self.works(number, work);
            }
        }
        while self.platforms_move() {}
        self.trace.noted() != before
    }

    /// The lead looks after everybody who waits, and after what may not have arrived.
    fn desk_does_its_duty(&mut self, inspector: &mut Inspector) -> bool {
        let mut did = false;
        for open in inspector.open_conversations() {
            for row in &open.unknown {
                let act = self.settled_by_person(row);
                self.clicks(0, &open.id, act);
                did = true;
            }
            if matches!(open.phase.as_str(), "waiting" | "with-agent") {
                let mark = self.owner_of(&open).map(|owner| owner.mark(999_999));
                let words = format!("settled now {}", mark.unwrap_or_default());
                self.clicks(0, &open.id, reply(&words));
                self.clicks(0, &open.id, StaffAct::Resolve);
                did = true;
            }
        }
        did
    }
}
