//! The cells of a day: what its conversations amount to, for each value of each split.

use std::collections::BTreeMap;

use super::conversations::Conversations;
use super::figures::{Counts, Waits};
use super::line::{Line, LineWait, Who};
use super::sla::{By, Measure};
use super::spread::SpreadText;
use crate::domain::ids::StaffId;
use crate::domain::time::{Millis, Timestamp};

/// The key of first answers that the bot gave.
const BOT: &str = super::sla::BOT;
/// What the key of an agent begins with.
const STAFF: &str = "staff:";

/// What conversations and waits are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Split {
    /// By nothing.
    All,
    /// By the customer's channel.
    Channel,
    /// By who ended the wait, or has the conversation.
    Agent,
    /// By the customer's language.
    Language,
    /// By the customer's segment.
    Segment,
    /// By the hour of UTC in which the wait began.
    Hour,
    /// By the quarter of an hour in which it began: fine enough for every time zone. Not stored.
    Quarter,
}

impl Split {
    /// Those that are stored.
    pub const STORED: [Split; 6] = [
        Split::All,
        Split::Channel,
        Split::Agent,
        Split::Language,
        Split::Segment,
        Split::Hour,
    ];

    /// The stored split that a report's groups are made of.
    pub fn of(by: Option<By>) -> Split {
        match by {
            None => Split::All,
            Some(By::Channel) => Split::Channel,
            Some(By::Agent) => Split::Agent,
            Some(By::Language) => Split::Language,
            Some(By::Segment) => Split::Segment,
            Some(By::Hour | By::HourOfWeek) => Split::Hour,
        }
    }

    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Split::All => "all",
            Split::Channel => "channel",
            Split::Agent => "agent",
            Split::Language => "language",
            Split::Segment => "segment",
            Split::Hour => "hour",
            Split::Quarter => "quarter",
        }
    }

    /// The stored split of that name.
    pub fn from_name(name: &str) -> Option<Split> {
        Split::STORED.into_iter().find(|split| split.name() == name)
    }

    /// The agent of a key of [`Split::Agent`]; none for the bot's and nobody's.
    pub fn staff_of(key: &str) -> Option<StaffId> {
        key.strip_prefix(STAFF).map(StaffId::from)
    }

    /// When the stretch of time of a key begins, for splits by time.
    pub fn begins_at(self, key: &str) -> Timestamp {
        Timestamp(
            key.parse::<i64>()
                .unwrap_or(0)
                .saturating_mul(self.length().0),
        )
    }

    fn length(self) -> Millis {
        match self {
            Split::Quarter => Millis::minutes(15),
            _ => Millis::hours(1),
        }
    }

    fn key_of(self, line: &Line, since: Timestamp, who: &Who) -> String {
        match self {
            Split::All => String::new(),
            Split::Channel => line.channel.name().to_owned(),
            Split::Agent => match who {
                Who::Nobody => String::new(),
                Who::Bot => BOT.to_owned(),
                Who::Staff(id) => format!("{STAFF}{id}"),
            },
            Split::Language => line
                .lang
                .map(|lang| lang.code().to_owned())
                .unwrap_or_default(),
            Split::Segment => line.segment.clone().unwrap_or_default(),
            Split::Hour | Split::Quarter => since.0.div_euclid(self.length().0).to_string(),
        }
    }
}

/// What one group or cell has gathered.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// How its conversations went.
    pub conversations: Conversations,
    waits: BTreeMap<Measure, Waits>,
}

impl Gathered {
    /// The waits of a measure, where there are any.
    pub fn waits(&self, measure: Measure) -> Option<&Waits> {
        self.waits.get(&measure)
    }

    /// Adds what another one has gathered.
    pub fn merge(&mut self, other: &Gathered) {
        self.conversations.merge(&other.conversations);
        for (measure, waits) in &other.waits {
            let own = self.waits.entry(*measure).or_default();
            own.counts.merge(&waits.counts);
            own.came.merge(&waits.came);
            own.business.merge(&waits.business);
        }
    }

    /// Adds a stored cell; `total` is how many lengths there will be in the end, in wall and in
    /// business time. `false` where it does not read.
    #[must_use]
    pub fn merge_text(&mut self, cell: &CellText, total: (usize, usize)) -> bool {
        let Part::Waits(measure) = cell.part else {
            let read = serde_json::from_str::<Conversations>(&cell.counts);
            return read.is_ok_and(|counts| {
                self.conversations.merge(&counts);
                true
            });
        };
        let Ok(counts) = serde_json::from_str::<Counts>(&cell.counts) else {
            return false;
        };
        let own = self.waits.entry(measure).or_default();
        own.counts.merge(&counts);
        own.came.merge_text(&cell.came, total.0) && own.business.merge_text(&cell.business, total.1)
    }
}

/// A part of a cell, stored by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// How its conversations went.
    Conversations,
    /// Its waits of one measure.
    Waits(Measure),
}

impl Part {
    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Part::Conversations => "conversations",
            Part::Waits(measure) => measure.name(),
        }
    }

    /// The part of that name.
    pub fn from_name(name: &str) -> Option<Part> {
        match name {
            "conversations" => Some(Part::Conversations),
            name => Measure::from_name(name).map(Part::Waits),
        }
    }
}

/// A part of a cell as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellText {
    /// The split.
    pub split: Split,
    /// Which of its values.
    pub key: String,
    /// Which part.
    pub part: Part,
    /// [`Conversations`] or [`Counts`], as JSON.
    pub counts: String,
    /// The lengths of the waits that ended with what was waited for.
    pub came: SpreadText,
    /// The same in business time.
    pub business: SpreadText,
}

impl CellText {
    /// Which cell of its day it is a part of, and which part.
    pub fn place(&self) -> (Split, &str, Part) {
        (self.split, &self.key, self.part)
    }
}

/// Cells being gathered.
#[derive(Clone, Debug, Default)]
pub struct Cells(BTreeMap<(Split, String), Gathered>);

impl Cells {
    /// One conversation more, in the cells of every stored split.
    pub fn add_stored(&mut self, line: &Line) {
        for split in Split::STORED {
            self.add(line, split);
        }
    }

    /// One conversation more, with its waits, in the cells of a split.
    pub fn add(&mut self, line: &Line, split: Split) {
        let who = line.agent.clone().map_or(Who::Nobody, Who::Staff);
        let own = self.cell(split, split.key_of(line, line.opened_at, &who));
        own.conversations.merge(&line.counts);
        for wait in &line.waits {
            let LineWait { since, who, .. } = wait;
            let own = self.cell(split, split.key_of(line, *since, who));
            own.waits.entry(wait.measure).or_default().add(wait);
        }
    }

    fn cell(&mut self, split: Split, key: String) -> &mut Gathered {
        self.0.entry((split, key)).or_default()
    }

    /// Each cell, in the order of splits and keys.
    pub fn iter(&self) -> impl Iterator<Item = (&(Split, String), &Gathered)> {
        self.0.iter()
    }

    /// As they are stored, in the order of splits, keys and parts; the same conversations give the
    /// same texts, in whatever order they were added.
    pub fn texts(&self) -> serde_json::Result<Vec<CellText>> {
        let mut texts = Vec::new();
        for ((split, key), gathered) in &self.0 {
            let empty = CellText {
                split: *split,
                key: key.clone(),
                part: Part::Conversations,
                counts: serde_json::to_string(&gathered.conversations)?,
                came: SpreadText::default(),
                business: SpreadText::default(),
            };
            for (measure, waits) in &gathered.waits {
                let mut counts = waits.counts.clone();
                counts.running.sort_unstable();
                texts.push(CellText {
                    part: Part::Waits(*measure),
                    counts: serde_json::to_string(&counts)?,
                    came: waits.came.text(),
                    business: waits.business.text(),
                    ..empty.clone()
                });
            }
            texts.push(empty);
        }
        texts.sort_by(|one, other| one.place().cmp(&other.place()));
        Ok(texts)
    }
}

#[cfg(test)]
mod tests;
