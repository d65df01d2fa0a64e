//! Due times: reckoned when a wait begins, and anew when a pause ends or the plan changes.

use serde::{Deserialize, Serialize};

use super::{Chosen, Matter, Plans, Target};
use crate::domain::sla::SlaClock;
use crate::domain::sla::calendar::{Calendar, zone_release};
use crate::domain::time::{Millis, Timestamp};

/// Until when a wait may last, and by what this was reckoned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Which clock.
    pub clock: SlaClock,
    /// When the wait began, by the platform's time.
    pub since: Timestamp,
    /// When its time runs out.
    pub due_at: Timestamp,
    /// When the desk is warned of that.
    pub warn_at: Timestamp,
    /// When the leads are called; `None` where that is when the time runs out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_at: Option<Timestamp>,
    /// When the customer is told, with a choice; `None` where that is when the time runs out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_at: Option<Timestamp>,
    /// How long it may last.
    pub target_ms: Millis,
    /// How much of that was used before `counts_from`.
    pub used_ms: Millis,
    /// From when on the rest is reckoned.
    pub counts_from: Timestamp,
    /// The policy.
    pub policy: String,
    /// The version of the plan, and so of its calendars.
    pub plan: i64,
    /// The release of the time-zone data; none in wall time, which needs no calendar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zones: Option<String>,
}

impl Due {
    /// Until when a wait may last that begins at `since`; `None` where its policy sets no target
    /// for that clock, or the calendar never opens for so long.
    pub fn begin(plans: &Plans, matter: &Matter<'_>, clock: SlaClock) -> Option<Due> {
        reckon(plans.choose(matter), clock, matter.at, matter.at, Millis(0))
    }

    /// When the leads are called.
    pub fn leads_called_at(&self) -> Timestamp {
        self.lead_at.unwrap_or(self.due_at)
    }

    /// When the customer is told, with a choice.
    pub fn customer_told_at(&self) -> Timestamp {
        self.customer_at.unwrap_or(self.due_at)
    }

    /// How much of its target is used by `now`, if it has not stood still since it was reckoned.
    pub fn used(&self, plans: &Plans, now: Timestamp) -> Millis {
        let chosen = plans.named(self.plan, &self.policy);
        // In wall time there is no release; a calendar's own policy may mix both.
        let calendar = chosen.calendar.filter(|_| self.zones.is_some());
        self.used_ms + elapsed(calendar, self.counts_from, now)
    }

    /// The same wait under the newest plan: what is used stays used, only the rest is reckoned
    /// anew. One that is overdue already stays so.
    pub fn anew(&self, plans: &Plans, matter: &Matter<'_>, now: Timestamp) -> Option<Due> {
        if self.due_at <= now {
            return Some(self.clone());
        }
        let used = self.used(plans, now);
        reckon(plans.choose(matter), self.clock, self.since, now, used)
    }

    /// The same wait after it has stood still since `paused_at`. Once it is overdue only the rungs
    /// that are still to come move on.
    pub fn after_pause(&self, plans: &Plans, paused_at: Timestamp, now: Timestamp) -> Due {
        let used = self.used(plans, paused_at);
        let chosen = plans.named(self.plan, &self.policy);
        let Some(going_on) = reckon(chosen, self.clock, self.since, now, used) else {
            return self.clone();
        };
        if paused_at < self.due_at {
            return going_on;
        }
        let later = |known: Option<Timestamp>, anew: Option<Timestamp>| match known {
            Some(at) if paused_at < at => anew,
            Some(_) | None => known,
        };
        Due {
            lead_at: later(self.lead_at, going_on.lead_at),
            customer_at: later(self.customer_at, going_on.customer_at),
            ..self.clone()
        }
    }
}

fn reckon(
    chosen: Chosen<'_>,
    clock: SlaClock,
    since: Timestamp,
    counts_from: Timestamp,
    used: Millis,
) -> Option<Due> {
    let target: Target = *chosen.policy.targets.get(&clock)?;
    let in_business = chosen.policy.calendar.is_some() && !target.in_wall_time;
    let calendar = chosen.calendar.filter(|_| in_business);
    if in_business && calendar.is_none() {
        return None;
    }
    let after = |length: Millis| match calendar {
        Some(calendar) => calendar.due(counts_from, (length - used).or_zero()),
        None => Some(counts_from + (length - used).or_zero()),
    };
    let due_at = after(target.length)?;
    let ladder = chosen.policy.ladder;
    // Where the calendar does not open for so long, the rung is climbed with the target.
    let rung = |percent| after(part(target.length, percent)).filter(|at| *at != due_at);
    Some(Due {
        clock,
        since,
        due_at,
        warn_at: after(part(target.length, chosen.policy.warn_at_percent))?,
        lead_at: rung(ladder.lead_at_percent),
        customer_at: rung(ladder.customer_at_percent),
        target_ms: target.length,
        used_ms: used,
        counts_from,
        policy: chosen.policy.name.clone(),
        plan: chosen.version,
        zones: in_business.then(|| zone_release().to_owned()),
    })
}

fn elapsed(calendar: Option<&Calendar>, from: Timestamp, until: Timestamp) -> Millis {
    match calendar {
        Some(calendar) => calendar.elapsed(from, until),
        None => (until - from).or_zero(),
    }
}

fn part(length: Millis, percent: i64) -> Millis {
    Millis(length.0 / 100 * percent + length.0 % 100 * percent / 100)
}
