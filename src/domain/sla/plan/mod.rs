//! Service levels: which targets a conversation has, and by which calendar they are reckoned.
//!
//! A plan is a list of policies; the first that matches wins, from top to bottom. Where none does,
//! the usual policy of the settings counts. Every change of a plan is a version of its own, and
//! every due time names the version that it was reckoned with: a change never rewrites the past.

mod due;
mod file;
mod policy;
mod shown;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::sla::calendar::Calendar;

pub use due::Due;
pub use file::{PlanFault, length, named_files, read};
pub use policy::{Conditions, Ladder, Matter, Policy, Target, WhenOpen};
pub use shown::PolicyText;

/// Calendars and policies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// By name.
    pub calendars: BTreeMap<String, Calendar>,
    /// From top to bottom.
    pub policies: Vec<Policy>,
}

/// The version of the plan where none was ever made: only the usual policy counts.
pub const NO_PLAN: i64 = 0;

/// All versions of the plan, and the policy for what none of them matches.
#[derive(Clone, Debug)]
pub struct Plans {
    /// What the settings say.
    usual: Policy,
    /// Every version, oldest first.
    versions: BTreeMap<i64, Arc<Plan>>,
}

/// The policy that a matter goes by.
#[derive(Clone, Copy, Debug)]
pub struct Chosen<'p> {
    /// The version of the plan.
    pub version: i64,
    /// The policy.
    pub policy: &'p Policy,
    /// Its calendar, where its targets are in business time.
    pub calendar: Option<&'p Calendar>,
}

impl Plans {
    /// Only the usual policy.
    pub fn new(usual: Policy) -> Plans {
        Plans {
            usual,
            versions: BTreeMap::new(),
        }
    }

    /// The same with one more version, from [`NO_PLAN`] up.
    #[must_use]
    pub fn with(mut self, version: i64, plan: Plan) -> Plans {
        self.versions.insert(version, Arc::new(plan));
        self
    }

    /// The newest version.
    pub fn version(&self) -> i64 {
        self.versions.keys().next_back().copied().unwrap_or(NO_PLAN)
    }

    /// A version of the plan; `None` where there is none of that number.
    pub fn plan(&self, version: i64) -> Option<&Plan> {
        self.versions.get(&version).map(Arc::as_ref)
    }

    /// What the settings say.
    pub fn usual(&self) -> &Policy {
        &self.usual
    }

    /// The policy of the newest version that matches first.
    pub fn choose(&self, matter: &Matter<'_>) -> Chosen<'_> {
        let version = self.version();
        let found = self.plan(version).and_then(|plan| {
            let mut policies = plan.policies.iter();
            policies.find(|policy| policy.when.matches(matter, &plan.calendars))
        });
        self.chosen(version, found.unwrap_or(&self.usual))
    }

    /// The policy of that name in a version; the usual one where it has none of that name.
    pub fn named(&self, version: i64, name: &str) -> Chosen<'_> {
        let found = self.plan(version).and_then(|plan| {
            let mut policies = plan.policies.iter();
            policies.find(|policy| policy.name == name)
        });
        self.chosen(version, found.unwrap_or(&self.usual))
    }

    fn chosen<'p>(&'p self, version: i64, policy: &'p Policy) -> Chosen<'p> {
        let calendars = self.plan(version).map(|plan| &plan.calendars);
        let name = policy.calendar.as_ref();
        Chosen {
            version,
            policy,
            calendar: calendars.zip(name).and_then(|(all, name)| all.get(name)),
        }
    }
}
