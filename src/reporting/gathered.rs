//! What a report is computed from, read in one go; the computing itself touches nothing.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::tz::TimeZone;
use serde::Serialize;

use super::days::zone_named;
use crate::domain::ids::{ConversationId, StaffId};
use crate::domain::report::backlog::{Backlog, Waiting, backlog};
use crate::domain::report::handoffs::{Handoffs, handoffs};
use crate::domain::report::kept::{Kept, Preferences};
use crate::domain::report::sla::{self, By, Group};
use crate::domain::report::staffing::{Staffing, Wanted, load, staffing};
use crate::domain::sla::calendar::Calendar;
use crate::domain::sla::measures::{Measures, measure};
use crate::domain::sla::plan::{NO_PLAN, Plans, Policy};
use crate::domain::time::Timestamp;
use crate::domain::timeline::Fact;
use crate::store::{StoreError, Tx, plans, reports, staff, timeline};

/// What the expectation coverage weighs, said wherever the figure stands.
pub const COVERAGE_BASIS: &str = "37 % of customers expect a first answer within 30 min, a further 26 % within 4 h, 31 % within 24 h, 6 % state no limit";

/// Everything that reports over one period are computed from.
#[derive(Debug)]
pub struct Gathered {
    from: Timestamp,
    until: Timestamp,
    /// Of the conversations that began in the period, in the order of writing down.
    facts: Vec<Fact>,
    names: BTreeMap<StaffId, String>,
    plans: Plans,
    waiting: Vec<Waiting>,
    preferences: Preferences,
    /// What the facts amount to, from the first report on: a page shows two of them.
    measured: OnceLock<Measured>,
}

/// Each conversation's facts and what they amount to, in the order of the conversations' ids.
#[derive(Debug, Default)]
struct Measured {
    facts: Vec<Vec<Fact>>,
    measures: Vec<Measures>,
}

/// The report on waits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sla {
    /// The group of everything first.
    pub groups: Vec<Group>,
    /// Promises and wishes, of everything.
    #[serde(flatten)]
    pub kept: Kept,
    /// Who waits now, whatever the period.
    pub backlog: Backlog,
}

impl Sla {
    /// The group of everything.
    pub fn all(&self) -> Option<&Group> {
        self.groups.first()
    }
}

impl Gathered {
    /// Reads what reports on the conversations opened in `from <= at < until` need.
    pub async fn read(
        tx: &mut Tx,
        from: Timestamp,
        until: Timestamp,
        usual: &Policy,
    ) -> Result<Gathered, StoreError> {
        Ok(Gathered {
            from,
            until,
            facts: timeline::of_conversations_opened(tx, from, until).await?,
            names: staff::names(tx).await?,
            plans: all_plans(tx, usual).await?,
            waiting: reports::waiting(tx).await?,
            preferences: reports::preferences(tx, from, until).await?,
            measured: OnceLock::new(),
        })
    }

    /// The report on waits, broken down; hours are those of `zone`.
    pub fn sla(&self, by: Option<By>, zone: &TimeZone, now: Timestamp) -> Sla {
        let measured = self.measured();
        let mut kept = Kept::default();
        for (facts, measures) in measured.facts.iter().zip(&measured.measures) {
            kept.count(facts, measures, &self.preferences, now);
        }
        let measures = &measured.measures;
        Sla {
            groups: sla::report(measures, by, &self.plans, &self.names, zone, now),
            kept,
            backlog: backlog(&self.waiting, now),
        }
    }

    /// The report on handoffs.
    pub fn handoffs(&self, now: Timestamp) -> Handoffs {
        let measured = self.measured();
        let facts = measured.facts.iter().map(Vec::as_slice);
        handoffs(facts.zip(&measured.measures), &self.names, now)
    }

    /// The report on how many agents are needed.
    pub fn staffing(&self, zone: &TimeZone, wanted: Wanted, now: Timestamp) -> Staffing {
        let until = self.until.min(now);
        let first = self.facts.iter().map(|fact| fact.at).min();
        let from = self.from.max(first.unwrap_or(until));
        staffing(&load(&self.facts, from, until, zone), wanted)
    }

    /// Whether anything began in the period, or anybody waits.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.waiting.is_empty()
    }

    fn measured(&self) -> &Measured {
        self.measured.get_or_init(|| {
            let mut by_conversation: BTreeMap<&ConversationId, Vec<Fact>> = BTreeMap::new();
            for fact in &self.facts {
                let facts = by_conversation.entry(&fact.conversation).or_default();
                facts.push(fact.clone());
            }
            let mut measured = Measured::default();
            for facts in by_conversation.into_values() {
                if let Some(measures) = measure(&facts) {
                    measured.facts.push(facts);
                    measured.measures.push(measures);
                }
            }
            measured
        })
    }
}

/// Every version of the plan; `usual` is what the settings say.
pub async fn all_plans(tx: &mut Tx, usual: &Policy) -> Result<Plans, StoreError> {
    let versions = plans::after(tx, NO_PLAN).await?;
    let none = Plans::new(usual.clone());
    Ok(versions.iter().fold(none, plans::with_version))
}

/// The calendar that the desk works by: that of the first policy that has one.
pub fn desk_calendar(plans: &Plans) -> Option<&Calendar> {
    let plan = plans.plan(plans.version())?;
    let mut policies = plan.policies.iter();
    let named = policies.find_map(|policy| policy.calendar.as_ref())?;
    plan.calendars.get(named)
}

/// The time zone that the desk works in: that of its calendar, else UTC.
pub fn desk_zone(plans: &Plans) -> TimeZone {
    let zone = desk_calendar(plans).and_then(|calendar| zone_named(calendar.zone_name()));
    zone.unwrap_or(TimeZone::UTC)
}
