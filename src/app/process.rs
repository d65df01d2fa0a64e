//! Who this process is among those that serve on the same database, and whether another is gone.
//!
//! A process's name says where it runs and which run it is, so that a process started again on the
//! same machine knows at once that the one before is gone, and need not wait for its leases to
//! end. Of processes elsewhere nothing is known but that.

use std::sync::Arc;

use crate::clock::IdSource;
use crate::store::{OpenError, SoleUse, Store};
use crate::workers::lease::Tenant;

/// The process, and on SQLite its right to be the only one.
pub(super) struct Process {
    pub(super) tenant: Tenant,
    _sole_use: Option<SoleUse>,
}

impl Process {
    /// This process on that database; refused where SQLite is served already.
    pub(super) fn on(store: &Store, ids: &dyn IdSource) -> Result<Process, OpenError> {
        let sole_use = store.sole_use()?;
        let id = ids.id();
        let tenant = match &sole_use {
            Some(_) => Tenant::alone(id),
            None => among_others(id),
        };
        Ok(Process {
            tenant,
            _sole_use: sole_use,
        })
    }
}

fn among_others(id: String) -> Tenant {
    let Some(here) = Run::this() else {
        return Tenant::among_others(id);
    };
    Tenant {
        name: format!("{} {id}", here.name()),
        is_alone: false,
        is_gone: Arc::new(|owner| Run::of_name(owner).is_some_and(|run| run.is_gone())),
    }
}

/// One run of a process on a Linux machine.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Run {
    /// The machine since its last start.
    boot: String,
    /// The space in which process numbers mean something (a container has its own).
    space: String,
    pid: u32,
    /// When it started, in the machine's ticks: numbers are given out again.
    started: u64,
}

impl Run {
    fn this() -> Option<Run> {
        Run::here(std::process::id())
    }

    /// The run of that number on this machine; `None` where there is none (any more).
    fn here(pid: u32) -> Option<Run> {
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        let space = std::fs::read_link("/proc/self/ns/pid").ok()?;
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The second field is the program's name in brackets, and may hold anything.
        let (_, fields) = stat.rsplit_once(") ")?;
        let mut fields = fields.split(' ');
        let is_dead = matches!(fields.next()?, "Z" | "X");
        let started = fields.nth(18)?.parse().ok()?;
        (!is_dead).then(|| Run {
            boot: boot.trim().to_owned(),
            space: space.to_string_lossy().into_owned(),
            pid,
            started,
        })
    }

    fn name(&self) -> String {
        let Run {
            boot,
            space,
            pid,
            started,
        } = self;
        format!("{boot} {space} {pid} {started}")
    }

    fn of_name(name: &str) -> Option<Run> {
        let mut words = name.split(' ');
        Some(Run {
            boot: words.next()?.to_owned(),
            space: words.next()?.to_owned(),
            pid: words.next()?.parse().ok()?,
            started: words.next()?.parse().ok()?,
        })
    }

    /// Whether it certainly runs no more: it ran here, and its number is free or another's.
    fn is_gone(&self) -> bool {
        let Some(here) = Run::this() else {
            return false;
        };
        let same_place = here.boot == self.boot && here.space == self.space;
        same_place && Run::here(self.pid).as_ref() != Some(self)
    }
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_ended_here_is_known_to_be_gone() {
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let run = Run::here(child.id()).expect("it runs");
        let named = Run::of_name(&format!("{} id", run.name()));
        assert_eq!(named.as_ref(), Some(&run), "its name says all");
        assert!(!run.is_gone());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(run.is_gone());
    }

    #[test]
    fn of_a_process_elsewhere_nothing_is_known() {
        let here = Run::this().expect("this runs");
        let number_of_another = Run {
            started: here.started + 1,
            ..here.clone()
        };
        assert!(number_of_another.is_gone(), "the number is ours now");
        let in_a_container = Run {
            space: "pid:[1]".to_owned(),
            ..number_of_another.clone()
        };
        assert!(!in_a_container.is_gone());
        let on_another_machine = Run {
            boot: "another".to_owned(),
            ..number_of_another
        };
        assert!(!on_another_machine.is_gone());
        assert!(!here.is_gone());
        assert_eq!(Run::of_name("0190a1"), None);
    }
}
