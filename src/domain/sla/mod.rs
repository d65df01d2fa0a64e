//! The clocks of service: what is waited for, since when, and whether it came in time.
//!
//! Invariant: every figure is a pure function of the timeline and of the plan's versions that it
//! names.

pub mod calendar;
pub mod measures;
pub mod plan;
mod reading;

use serde::{Deserialize, Serialize};

/// The clocks that can have a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SlaClock {
    /// From the customer's first message until the first answer, by bot or person.
    FirstAnswer,
    /// From the customer's first message until the first person's reply.
    FirstHumanResponse,
    /// From the handoff until the first person's reply.
    HumanWait,
    /// From the oldest unanswered message after a person's reply until the next one.
    NextResponse,
    /// From the customer's first message until the matter is settled.
    Resolution,
}

impl SlaClock {
    /// Every clock, in the order of reports.
    pub const ALL: [SlaClock; 5] = [
        SlaClock::FirstAnswer,
        SlaClock::FirstHumanResponse,
        SlaClock::HumanWait,
        SlaClock::NextResponse,
        SlaClock::Resolution,
    ];

    /// The key of its target in a plan's file.
    pub fn key(self) -> &'static str {
        match self {
            SlaClock::FirstAnswer => "first_answer",
            SlaClock::FirstHumanResponse => "first_human_response",
            SlaClock::HumanWait => "human_wait",
            SlaClock::NextResponse => "next_response",
            SlaClock::Resolution => "resolution",
        }
    }

    /// The wording key of what it measures.
    pub fn phrase_key(self) -> &'static str {
        match self {
            SlaClock::FirstAnswer => "report-first-answer",
            SlaClock::FirstHumanResponse => "report-first-human-response",
            SlaClock::HumanWait => "report-human-wait",
            SlaClock::NextResponse => "report-next-response",
            SlaClock::Resolution => "report-first-resolution",
        }
    }

    /// The name in the timeline and in reports.
    pub fn name(self) -> &'static str {
        match self {
            SlaClock::FirstAnswer => "first-answer",
            SlaClock::FirstHumanResponse => "first-human-response",
            SlaClock::HumanWait => "human-wait",
            SlaClock::NextResponse => "next-response",
            SlaClock::Resolution => "resolution",
        }
    }
}
