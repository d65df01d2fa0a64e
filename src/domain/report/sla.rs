//! The SLA report: how long customers waited for what, against the targets, by group.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::domain::ids::StaffId;
use crate::domain::report::figures::{Figures, Length, expectation_coverage, figures};
use crate::domain::report::staffing::hour_of_week;
use crate::domain::sla::calendar::DAY_NAMES;
use crate::domain::sla::measures::{BotResolution, Measures, Standing, Wait};
use crate::domain::sla::plan::Plans;
use crate::domain::time::{Millis, Timestamp};

/// The name of the group of everything; every report begins with it.
pub const ALL: &str = "all";
/// The name of the group of what belongs to none.
pub const NONE: &str = "none";
/// The name of the agent of first answers that the bot gave.
pub const BOT: &str = "bot";

/// What a report is broken down by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// The customer's channel.
    Channel,
    /// Who ended the wait, or has the conversation while it runs.
    Agent,
    /// The customer's language.
    Language,
    /// The customer's segment.
    Segment,
    /// The hour of the day in which the wait began.
    Hour,
    /// The hour of the week in which the wait began.
    HourOfWeek,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// First message until the first answer, by bot or person.
    FirstAnswer,
    /// First message until a person's first reply, where a person was called or came.
    FirstHumanResponse,
    /// Handoff until a person's first reply.
    HumanWait,
    /// Handoff until somebody claimed it.
    HandoffToClaim,
    /// Oldest unanswered message until a person's next reply.
    NextResponse,
    /// First message until first resolved.
    FirstResolution,
    /// First message until last resolved, without resolved gaps.
    TotalResolution,
}

impl Measure {
    /// Every measure, in the order of the report.
    pub const ALL: [Measure; 7] = [
        Measure::FirstAnswer,
        Measure::FirstHumanResponse,
        Measure::HumanWait,
        Measure::HandoffToClaim,
        Measure::NextResponse,
        Measure::FirstResolution,
        Measure::TotalResolution,
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Measure::FirstAnswer => "first-answer",
            Measure::FirstHumanResponse => "first-human-response",
            Measure::HumanWait => "human-wait",
            Measure::HandoffToClaim => "handoff-to-claim",
            Measure::NextResponse => "next-response",
            Measure::FirstResolution => "first-resolution",
            Measure::TotalResolution => "total-resolution",
        }
    }
}

/// One group's figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// Its name.
    pub group: String,
    /// How its conversations went.
    #[serde(flatten)]
    pub conversations: Conversations,
    /// The share of customers whose expectation of a first answer was met.
    pub expectation_coverage: Option<f64>,
    /// Its waits.
    pub clocks: Vec<Clock>,
}

/// One measure's figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Clock {
    /// What is measured.
    pub clock: Measure,
    /// The figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// How conversations went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Conversations {
    /// How many came in.
    pub came_in: usize,
    /// How many are resolved.
    pub resolved: usize,
    /// How many go on.
    pub open: usize,
    /// How many were opened again at least once.
    pub reopened: usize,
    /// How many were settled by one reply of a person and never opened again.
    pub first_contact_resolved: usize,
    /// How many the bot settled alone, and the customer said so.
    pub bot_resolved_confirmed: usize,
    /// How many the bot settled alone, as the customer's silence lets assume.
    pub bot_resolved_assumed: usize,
    /// How many had a handoff.
    pub handed_off: usize,
    /// How many customers shut the bot out.
    pub unreachable: usize,
    /// How many replies will never arrive.
    pub replies_failed: usize,
    /// How many messages may or may not have arrived.
    pub deliveries_unknown: usize,
    /// How long clocks stood still while a customer waited for a person.
    pub paused_while_waiting_ms: i64,
}

/// Computes the report: the group of everything first, then the groups in the order of their
/// names. `plans` are those that due times name, `names` the agents', `zone` is that of
/// hours.
pub fn report(
    measures: &[Measures],
    by: Option<By>,
    plans: &Plans,
    names: &BTreeMap<StaffId, String>,
    zone: &TimeZone,
    now: Timestamp,
) -> Vec<Group> {
    let mut groups = vec![Gathered::default()];
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for one in measures {
        let key = by.map(|by| key_of_conversation(one, by, names, zone));
        for place in places_of(key, &mut places, &mut groups) {
            groups[place].conversation(one);
        }
        for (measure, wait) in waits(one) {
            let business = business_length(one, measure, &wait, plans, now);
            let length = Length::of(&wait, business, now);
            let key = by.map(|by| key_of_wait(one, measure, &wait, by, names, zone));
            for place in places_of(key, &mut places, &mut groups) {
                groups[place].waits.entry(measure).or_default().push(length);
            }
        }
    }
    let all = std::iter::once((ALL.to_owned(), 0));
    all.chain(places)
        .map(|(name, place)| groups[place].group(name))
        .collect()
}

/// Where something counts: in the group of everything, and in its own.
fn places_of(
    key: Option<String>,
    places: &mut BTreeMap<String, usize>,
    groups: &mut Vec<Gathered>,
) -> impl Iterator<Item = usize> + use<> {
    let own = key.map(|key| {
        *places.entry(key).or_insert_with(|| {
            groups.push(Gathered::default());
            groups.len() - 1
        })
    });
    std::iter::once(0).chain(own)
}

fn key_of_conversation(
    one: &Measures,
    by: By,
    names: &BTreeMap<StaffId, String>,
    zone: &TimeZone,
) -> String {
    match by {
        By::Channel => one.channel.name().to_owned(),
        By::Agent => agent_name(one.agent.as_ref(), names),
        By::Language => match one.lang {
            Some(lang) => lang.code().to_owned(),
            None => NONE.to_owned(),
        },
        By::Segment => one.segment.clone().unwrap_or_else(|| NONE.to_owned()),
        By::Hour => hour(one.opened_at, zone),
        By::HourOfWeek => hour_of_week_name(hour_of_week(one.opened_at, zone)),
    }
}

fn key_of_wait(
    one: &Measures,
    measure: Measure,
    wait: &Wait,
    by: By,
    names: &BTreeMap<StaffId, String>,
    zone: &TimeZone,
) -> String {
    match by {
        By::Channel | By::Language | By::Segment => key_of_conversation(one, by, names, zone),
        By::Agent if measure == Measure::FirstAnswer && wait.came() && wait.agent.is_none() => {
            BOT.to_owned()
        }
        By::Agent => agent_name(wait.agent.as_ref(), names),
        By::Hour => hour(wait.since, zone),
        By::HourOfWeek => hour_of_week_name(hour_of_week(wait.since, zone)),
    }
}

/// The name of an agent in reports.
pub fn agent_name(agent: Option<&StaffId>, names: &BTreeMap<StaffId, String>) -> String {
    match agent {
        Some(id) => names.get(id).cloned().unwrap_or_else(|| id.0.clone()),
        None => NONE.to_owned(),
    }
}

fn hour(at: Timestamp, zone: &TimeZone) -> String {
    format!("{:02}", hour_of_week(at, zone) % 24)
}

/// An hour of the week as a group's name: `1 mon 09`, so that names are in the week's order.
pub fn hour_of_week_name(hour: usize) -> String {
    let day = hour / 24;
    let name = DAY_NAMES.get(day).copied().unwrap_or_default();
    format!("{} {name} {:02}", day + 1, hour % 24)
}

/// A wait's length in the business time that its target is in, pauses left out.
fn business_length(
    one: &Measures,
    measure: Measure,
    wait: &Wait,
    plans: &Plans,
    now: Timestamp,
) -> Option<Millis> {
    let due = wait.due.as_ref().filter(|due| due.zones.is_some())?;
    let calendar = plans.named(due.plan, &due.policy).calendar?;
    let until = wait.until(now);
    let still = one.pauses.iter();
    let mut still: Vec<_> = still
        .map(|(since, to)| (*since, to.unwrap_or(until)))
        .collect();
    if measure == Measure::TotalResolution {
        still.extend(&one.resolved_gaps);
    }
    Some(calendar.elapsed_without(wait.since, until, &still))
}

/// All waits of a conversation; a resolution is one from its first message on.
fn waits(one: &Measures) -> Vec<(Measure, Wait)> {
    let single = [
        (Measure::FirstAnswer, &one.first_answer),
        (Measure::FirstHumanResponse, &one.first_human_response),
        (Measure::FirstResolution, &one.first_resolution),
        (Measure::TotalResolution, &one.total_resolution),
    ];
    let single = single
        .into_iter()
        .filter_map(|(measure, wait)| Some((measure, wait.clone()?)));
    let of_handoffs = one.handoffs.iter().flat_map(|handoff| {
        [
            (Measure::HumanWait, handoff.reply.clone()),
            (Measure::HandoffToClaim, handoff.claim.clone()),
        ]
    });
    let next = one.next_responses.iter();
    let next = next.map(|wait| (Measure::NextResponse, wait.clone()));
    single.chain(of_handoffs).chain(next).collect()
}

/// What one group has gathered.
#[derive(Default)]
struct Gathered {
    conversations: Conversations,
    waits: BTreeMap<Measure, Vec<Length>>,
}

impl Gathered {
    fn conversation(&mut self, one: &Measures) {
        let counts = &mut self.conversations;
        let resolved = one.standing == Standing::Resolved;
        let reopened = one.reopened > 0;
        counts.came_in += 1;
        counts.resolved += usize::from(resolved);
        counts.open += usize::from(one.standing == Standing::Open);
        counts.reopened += usize::from(reopened);
        counts.first_contact_resolved += usize::from(resolved && !reopened && one.replies == 1);
        match one.bot_resolution {
            Some(BotResolution::Confirmed) => counts.bot_resolved_confirmed += 1,
            Some(BotResolution::Assumed) => counts.bot_resolved_assumed += 1,
            None => {}
        }
        counts.handed_off += usize::from(!one.handoffs.is_empty());
        counts.unreachable += usize::from(one.unreachable);
        counts.replies_failed += one.replies_failed;
        counts.deliveries_unknown += one.deliveries_unknown;
        let replies = one.handoffs.iter().map(|handoff| &handoff.reply);
        let waits = replies.chain(&one.next_responses);
        counts.paused_while_waiting_ms += waits.map(|wait| wait.paused.0).sum::<i64>();
    }

    fn group(&self, name: String) -> Group {
        let of = |measure| self.waits.get(&measure).map_or(&[][..], Vec::as_slice);
        Group {
            group: name,
            conversations: self.conversations,
            expectation_coverage: expectation_coverage(of(Measure::FirstAnswer)),
            clocks: Measure::ALL
                .into_iter()
                .map(|measure| Clock {
                    clock: measure,
                    figures: figures(of(measure)),
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests;
