//! One policy: for whom, and with which targets.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::lang::Lang;
use crate::domain::place::ChannelKind;
use crate::domain::sla::SlaClock;
use crate::domain::sla::calendar::Calendar;
use crate::domain::time::{Millis, Timestamp};

/// One policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What it is called; unique in its plan.
    pub name: String,
    /// For which conversations.
    pub when: Conditions,
    /// The calendar in whose time its targets are; wall time without one.
    pub calendar: Option<String>,
    /// How long each wait may last.
    pub targets: BTreeMap<SlaClock, Target>,
    /// The share of a target after which the desk is warned, in percent.
    pub warn_at_percent: i64,
    /// Whom a wait that nobody ends is brought to after that.
    pub ladder: Ladder,
}

/// The rungs after the warning, each climbed once per wait; and how long the desk may ask for quiet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// The share of a target after which the leads are called, in percent: not before the warning.
    pub lead_at_percent: i64,
    /// The share after which the customer is told, with a choice, in percent: not before the leads
    /// are called, and not before the target is missed.
    pub customer_at_percent: i64,
    /// For how long nothing more is said at the desk once somebody has asked for that.
    pub snooze: Millis,
}

impl Default for Ladder {
    fn default() -> Self {
        Ladder {
            lead_at_percent: 100,
            customer_at_percent: 100,
            snooze: Millis::minutes(15),
        }
    }
}

/// How long a wait may last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The length, more than nothing.
    pub length: Millis,
    /// In wall time, whatever the policy's calendar.
    pub in_wall_time: bool,
}

/// For which conversations a policy is; what names nothing is for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// The customer's channel is one of these.
    pub channels: BTreeSet<ChannelKind>,
    /// The customer's segment is one of these.
    pub segments: BTreeSet<String>,
    /// The customer's language is one of these.
    pub languages: BTreeSet<Lang>,
    /// One of these stands on an entry of the knowledge base that the bot tried.
    pub tags: BTreeSet<String>,
    /// The wait begins at such an hour.
    pub hours: Option<WhenOpen>,
}

/// Hours by a calendar's openings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhenOpen {
    /// While the calendar of that name is open.
    Within(String),
    /// While it is closed.
    Outside(String),
}

/// A conversation as policies see it.
#[derive(Clone, Copy, Debug)]
pub struct Matter<'m> {
    /// The customer's channel.
    pub channel: ChannelKind,
    /// The customer's segment, where they have one.
    pub segment: Option<&'m str>,
    /// The customer's language, where it is known.
    pub language: Option<Lang>,
    /// The tags of the entries that the bot tried.
    pub tags: &'m BTreeSet<String>,
    /// When the wait begins.
    pub at: Timestamp,
}

impl Conditions {
    /// Whether a conversation is among them.
    pub fn matches(&self, matter: &Matter<'_>, calendars: &BTreeMap<String, Calendar>) -> bool {
        let is_open = |name: &String| {
            let calendar = calendars.get(name);
            calendar.is_some_and(|calendar| calendar.is_open(matter.at))
        };
        let any = |set: &BTreeSet<String>, text: Option<&str>| {
            set.is_empty() || text.is_some_and(|text| set.contains(text))
        };
        let language = matter
            .language
            .is_some_and(|lang| self.languages.contains(&lang));
        (self.channels.is_empty() || self.channels.contains(&matter.channel))
            && any(&self.segments, matter.segment)
            && (self.languages.is_empty() || language)
            && (self.tags.is_empty() || !self.tags.is_disjoint(matter.tags))
            && match &self.hours {
                None => true,
                Some(WhenOpen::Within(name)) => is_open(name),
                Some(WhenOpen::Outside(name)) => !is_open(name),
            }
    }

    /// Whether it takes every conversation that `other` would.
    pub fn covers(&self, other: &Conditions) -> bool {
        fn set<T: Ord>(all: &BTreeSet<T>, some: &BTreeSet<T>) -> bool {
            all.is_empty() || (!some.is_empty() && some.is_subset(all))
        }
        set(&self.channels, &other.channels)
            && set(&self.segments, &other.segments)
            && set(&self.languages, &other.languages)
            && set(&self.tags, &other.tags)
            && (self.hours.is_none() || self.hours == other.hours)
    }
}
