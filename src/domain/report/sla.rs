//! The SLA report: how long customers waited for what, against the targets, by group.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::cells::{CellText, Cells, Gathered, Part, Split};
use super::conversations::Conversations;
use super::figures::{Figures, Waits};
use super::kept::Kept;
use super::line::Line;
use crate::domain::ids::StaffId;
use crate::domain::report::staffing::hour_of_week;
use crate::domain::sla::calendar::DAY_NAMES;
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

impl By {
    /// Everything that a report can be broken down by.
    pub const ALL: [By; 6] = [
        By::Channel,
        By::Agent,
        By::Language,
        By::Segment,
        By::Hour,
        By::HourOfWeek,
    ];
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

    /// The measure of that name.
    pub fn from_name(name: &str) -> Option<Measure> {
        Measure::ALL
            .into_iter()
            .find(|measure| measure.name() == name)
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
    /// Whether promises and wishes were kept.
    #[serde(flatten)]
    pub kept: Kept,
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

/// By what a report's groups are named.
#[derive(Clone, Copy, Debug)]
pub struct Naming<'n> {
    /// What it is broken down by.
    pub by: Option<By>,
    /// The agents' names.
    pub names: &'n BTreeMap<StaffId, String>,
    /// The time zone of hours.
    pub zone: &'n TimeZone,
}

/// Computes the report by `now` from the lines of conversations: the group of everything first,
/// then the groups in the order of their names.
pub fn of_lines(
    lines: impl Iterator<Item = Line>,
    naming: Naming<'_>,
    now: Timestamp,
) -> Vec<Group> {
    let mut groups = Groups::default();
    groups.add_lines(lines, naming);
    groups.end(now)
}

/// The same from the stored cells of whole days, those of [`Split::All`] and of the report's own
/// split, and the lines of what is beside these days. `None` where a cell does not read.
pub fn of_cells(
    cells: &[CellText],
    beside: impl Iterator<Item = Line>,
    naming: Naming<'_>,
    now: Timestamp,
) -> Option<Vec<Group>> {
    let name = |cell: &CellText| naming.name(cell.split, &cell.key);
    // How many there will be in the end decides whether a group is exact.
    let mut totals: BTreeMap<(GroupName, Part), (usize, usize)> = BTreeMap::new();
    for cell in cells {
        let total = totals.entry((name(cell), cell.part)).or_default();
        total.0 += cell.came.n;
        total.1 += cell.business.n;
    }
    let mut groups = Groups::default();
    for cell in cells {
        let name = name(cell);
        let total = totals.get(&(name.clone(), cell.part)).copied()?;
        if !groups.of(name).merge_text(cell, total) {
            return None;
        }
    }
    groups.add_lines(beside, naming);
    Some(groups.end(now))
}

/// Whether whole hours of UTC are whole hours there, for all hours of these cells: only then
/// their groups of hours are right.
pub fn has_whole_hours(cells: &[CellText], zone: &TimeZone) -> bool {
    let mut hours = cells.iter().filter(|cell| cell.split == Split::Hour);
    hours.all(|cell| {
        let begins = Split::Hour.begins_at(&cell.key);
        let last = begins + Millis(Millis::hours(1).0 - 1);
        hour_of_week(begins, zone) == hour_of_week(last, zone)
    })
}

/// A group's name; that of everything comes first.
type GroupName = (bool, String);

impl Naming<'_> {
    fn name(&self, split: Split, key: &str) -> GroupName {
        let none_or = |name: &str| match name {
            "" => NONE.to_owned(),
            name => name.to_owned(),
        };
        let name = match split {
            Split::All => return (false, ALL.to_owned()),
            Split::Channel | Split::Language | Split::Segment => none_or(key),
            Split::Agent => match Split::staff_of(key) {
                Some(id) => self.names.get(&id).cloned().unwrap_or(id.0),
                None => none_or(key),
            },
            Split::Hour | Split::Quarter => {
                let hour = hour_of_week(split.begins_at(key), self.zone);
                match self.by {
                    Some(By::HourOfWeek) => hour_of_week_name(hour),
                    _ => format!("{:02}", hour % 24),
                }
            }
        };
        (true, name)
    }
}

/// What the groups have gathered, by name.
#[derive(Default)]
struct Groups(BTreeMap<GroupName, Gathered>);

impl Groups {
    fn of(&mut self, name: GroupName) -> &mut Gathered {
        self.0.entry(name).or_default()
    }

    fn add_lines(&mut self, lines: impl Iterator<Item = Line>, naming: Naming<'_>) {
        let split = match Split::of(naming.by) {
            Split::Hour => Split::Quarter,
            split => split,
        };
        let mut cells = Cells::default();
        for line in lines {
            cells.add(&line, Split::All);
            if split != Split::All {
                cells.add(&line, split);
            }
        }
        for ((split, key), gathered) in cells.iter() {
            self.of(naming.name(*split, key)).merge(gathered);
        }
    }

    fn end(mut self, now: Timestamp) -> Vec<Group> {
        self.of((false, ALL.to_owned()));
        let groups = self.0.into_iter();
        groups
            .map(|((_, name), gathered)| group(name, &gathered, now))
            .collect()
    }
}

fn group(name: String, gathered: &Gathered, now: Timestamp) -> Group {
    let none = Waits::default();
    let waits = |measure| gathered.waits(measure).unwrap_or(&none);
    Group {
        group: name,
        kept: Kept::of(&gathered.conversations, waits(Measure::HumanWait), now),
        conversations: gathered.conversations,
        expectation_coverage: waits(Measure::FirstAnswer).expectation_coverage(now),
        clocks: Measure::ALL
            .into_iter()
            .map(|measure| Clock {
                clock: measure,
                figures: waits(measure).figures(now),
            })
            .collect(),
    }
}

/// An hour of the week as a group's name: `1 mon 09`, so that names are in the week's order.
pub fn hour_of_week_name(hour: usize) -> String {
    let day = hour / 24;
    let name = DAY_NAMES.get(day).copied().unwrap_or_default();
    format!("{} {name} {:02}", day + 1, hour % 24)
}

#[cfg(test)]
pub(super) mod tests;
