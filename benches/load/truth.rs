//! What customers asked and what they were told: the ground truth of lost and doubled replies.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use crate::faq;

/// A count that grows for as long as something still happens.
pub struct Growing {
    count: u64,
    /// When it last grew.
    pub at: Instant,
}

impl Growing {
    /// Nothing has happened yet.
    pub fn new() -> Growing {
        Growing {
            count: 0,
            at: Instant::now(),
        }
    }

    /// It is so much now; how long it has not grown.
    pub fn is(&mut self, count: u64) -> Duration {
        if count > self.count {
            self.count = count;
            self.at = Instant::now();
        }
        self.at.elapsed()
    }
}

/// One question of one customer.
struct Question {
    intended: Instant,
    asked: u32,
    answered: u32,
}

/// What a message to a customer was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The answer to something that the customer had asked.
    Answer,
    /// Anything else: a further question, a notice, a wrong answer.
    Other,
}

/// The tally.
pub struct Truth {
    questions: HashMap<(i64, usize), Question>,
    /// How many questions were asked.
    pub asked: u64,
    /// How many of them have their answer.
    pub answered: u64,
    /// When the last first answer came.
    pub last_answer: Option<Instant>,
    /// From the intended time of a question to its answer, in microseconds; only of what was
    /// asked since [`Truth::measure_from`].
    pub latency: Histogram<u64>,
    measured_from: Option<Instant>,
    /// Messages that answered nothing.
    pub others: u64,
}

impl Default for Truth {
    fn default() -> Self {
        Truth {
            questions: HashMap::new(),
            asked: 0,
            answered: 0,
            last_answer: None,
            latency: histogram(),
            measured_from: None,
            others: 0,
        }
    }
}

/// Microseconds up to ten minutes, three digits.
pub fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 600_000_000, 3).expect("the bounds are valid")
}

impl Truth {
    /// Latencies count from that time on.
    pub fn measure_from(&mut self, from: Instant) {
        self.measured_from = Some(from);
    }

    /// A customer asks.
    pub fn asked(&mut self, chat: i64, entry: usize, intended: Instant) {
        self.asked += 1;
        let question = self.questions.entry((chat, entry)).or_insert(Question {
            intended,
            asked: 0,
            answered: 0,
        });
        question.asked += 1;
        question.intended = intended;
    }

    /// A customer is told something.
    pub fn replied(&mut self, chat: i64, text: &str, now: Instant) -> Heard {
        let entry = faq::ENTRIES
            .iter()
            .position(|entry| text.contains(entry.answer.as_str()));
        let question = entry.and_then(|entry| self.questions.get_mut(&(chat, entry)));
        let Some(question) = question else {
            self.others += 1;
            return Heard::Other;
        };
        question.answered += 1;
        if question.answered <= question.asked {
            self.answered += 1;
            self.last_answer = Some(now);
            if self
                .measured_from
                .is_some_and(|from| question.intended >= from)
            {
                let waited = now.saturating_duration_since(question.intended);
                let _ = self.latency.record(micros(waited));
            }
        }
        Heard::Answer
    }

    /// Questions that nobody answered.
    pub fn lost(&self) -> u64 {
        self.questions
            .values()
            .map(|question| u64::from(question.asked.saturating_sub(question.answered)))
            .sum()
    }

    /// The chats of questions that nobody answered.
    pub fn unanswered(&self) -> Vec<i64> {
        let open = self.questions.iter();
        let open = open.filter(|(_, question)| question.answered < question.asked);
        open.map(|((chat, _), _)| *chat).collect()
    }

    /// Answers beyond the first.
    pub fn doubled(&self) -> u64 {
        self.questions
            .values()
            .map(|question| u64::from(question.answered.saturating_sub(question.asked)))
            .sum()
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1)
}
