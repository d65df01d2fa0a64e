//! What a report is computed from, read in one go; the computing itself touches nothing.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::Serialize;

use super::days::zone_named;
use super::report::About;
use crate::domain::ids::{ConversationId, StaffId};
use crate::domain::report::backlog::{Backlog, backlog};
use crate::domain::report::handoffs::{Handoffs, handoffs};
use crate::domain::report::sla::{By, Group};
use crate::domain::report::staffing::{Staffing, Wanted, load, staffing};
use crate::domain::sla::calendar::Calendar;
use crate::domain::sla::measures::measure;
use crate::domain::sla::plan::{Plans, Policy};
use crate::domain::time::Timestamp;
use crate::domain::timeline::Fact;
use crate::store::figures::{self, Asked};
use crate::store::{Store, StoreError, reports, staff, timeline};

/// What the expectation coverage weighs, said wherever the figure stands.
pub const COVERAGE_BASIS: &str = "37 % of customers expect a first answer within 30 min, a further 26 % within 4 h, 31 % within 24 h, 6 % state no limit";

/// Over what a report is made.
#[derive(Clone, Debug)]
pub struct Scope {
    /// From when on the conversations began.
    pub from: Timestamp,
    /// Before when they began.
    pub until: Timestamp,
    /// The time zone of hours.
    pub zone: TimeZone,
    /// When it is made.
    pub now: Timestamp,
}

/// What a report is computed from.
#[derive(Debug)]
pub enum Gathered {
    /// The report on waits: it is stored, and needs no computing.
    Sla(Sla, Option<By>),
    /// All facts, in the order of writing down, and the names of staff.
    Handoffs(Vec<Fact>, BTreeMap<StaffId, String>),
    /// All facts, in the order of writing down, and what is wanted.
    Staffing(Vec<Fact>, Wanted),
}

/// The report on waits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sla {
    /// The group of everything first.
    pub groups: Vec<Group>,
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
    /// Reads what a report on the conversations that began in that span needs; stored figures that
    /// something has been written for since are renewed before.
    pub async fn read(
        store: &Store,
        about: About,
        scope: &Scope,
        usual: &Policy,
    ) -> Result<Gathered, StoreError> {
        match about {
            About::Sla(by) => {
                let asked = Asked {
                    from: scope.from,
                    until: scope.until,
                    by,
                    zone: scope.zone.clone(),
                };
                figures::renew(store, usual, asked.days()).await?;
                let mut tx = store.read().await?;
                let groups = figures::report(&mut tx, &asked, scope.now).await?;
                let backlog = backlog(&reports::waiting(&mut tx).await?, scope.now);
                Ok(Gathered::Sla(Sla { groups, backlog }, by))
            }
            About::Handoffs => {
                let mut tx = store.read().await?;
                let facts = timeline::of_conversations_opened(&mut tx, scope.from, scope.until);
                let facts = facts.await?;
                Ok(Gathered::Handoffs(facts, staff::names(&mut tx).await?))
            }
            About::Staffing(wanted) => {
                let mut tx = store.read().await?;
                let facts = timeline::of_conversations_opened(&mut tx, scope.from, scope.until);
                Ok(Gathered::Staffing(facts.await?, wanted))
            }
        }
    }
}

/// The report on handoffs.
pub(super) fn of_handoffs(
    facts: Vec<Fact>,
    names: &BTreeMap<StaffId, String>,
    now: Timestamp,
) -> Handoffs {
    let mut conversations: BTreeMap<ConversationId, Vec<Fact>> = BTreeMap::new();
    for fact in facts {
        let facts = conversations.entry(fact.conversation.clone()).or_default();
        facts.push(fact);
    }
    let measured = conversations.values();
    let measured: Vec<_> = measured
        .filter_map(|facts| Some((facts.as_slice(), measure(facts)?)))
        .collect();
    let pairs = measured.iter().map(|(facts, measures)| (*facts, measures));
    handoffs(pairs, names, now)
}

/// The report on how many agents are needed.
pub(super) fn of_staffing(facts: &[Fact], scope: &Scope, wanted: Wanted) -> Staffing {
    let until = scope.until.min(scope.now);
    let first = facts.iter().map(|fact| fact.at).min();
    let from = scope.from.max(first.unwrap_or(until));
    staffing(&load(facts, from, until, &scope.zone), wanted)
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
