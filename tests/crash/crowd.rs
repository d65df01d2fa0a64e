//! Customers who write to a Telegram bot one after the other, each a question of the base, and
//! what they got in the end.

use std::sync::Arc;
use std::time::Duration;

use careline::clock::{Clock, SystemClock};

use super::PATIENCE;
use crate::support::database::Database;
use crate::support::serving::{ANSWERS, count, texts};
use crate::support::telegram::FakeTelegram;
use crate::support::telegram::people::Person;

/// What a customer is asked after their first answer.
const QUESTION_BACK: &str = "Who should answer you first?";

/// The crowd, and the Telegram it is on.
pub struct Crowd {
    pub fake: FakeTelegram,
    customers: Vec<(Person, usize)>,
}

/// What customers have seen, counted.
#[derive(Debug, Default)]
pub struct Seen {
    pub answered: usize,
    pub unanswered: usize,
    pub doubled: usize,
    pub foreign: usize,
}

impl Crowd {
    /// Nobody yet, on a Telegram with the real clock.
    pub async fn new() -> Crowd {
        let clock = SystemClock;
        Crowd {
            fake: FakeTelegram::start_with_clock(Arc::new(move || clock.now().0)).await,
            customers: Vec::new(),
        }
    }

    /// How many have written.
    pub fn len(&self) -> usize {
        self.customers.len()
    }

    /// So many more write.
    pub fn writes(&mut self, more: usize) {
        for _ in 0..more {
            let asks = self.customers.len() % ANSWERS.len();
            let name = format!("Customer {}", self.customers.len());
            let person = self.fake.person(&name, "en");
            person.says(ANSWERS[asks].0);
            self.customers.push((person, asks));
        }
    }

    /// How many sends the platform has been asked for.
    pub fn sends(&self) -> usize {
        self.fake.with(|state| {
            let sends = state.calls.iter();
            sends.filter(|call| call.method == "sendMessage").count()
        })
    }

    /// Waits until so many sends were asked for since `before`, or there is nothing left to send.
    pub async fn has_been_sent(&self, before: usize, wanted: usize) {
        self.comes_to(&format!("{wanted} sends"), || {
            let sends = self.sends() - before;
            let nothing_left = self.fake.with(|state| state.queue.len()) == 0 && sends > 0;
            sends >= wanted || nothing_left
        })
        .await;
    }

    /// Waits until a program polls that did not when there were so many polls.
    pub async fn is_heard(&self, polls_before: u64) {
        self.comes_to("a poll", || {
            self.fake.with(|state| state.polls) > polls_before
        })
        .await;
    }

    async fn comes_to(&self, what: &str, holds: impl Fn() -> bool) {
        let mut every = tokio::time::interval(Duration::from_millis(5));
        let waiting = async {
            while !holds() {
                every.tick().await;
            }
        };
        let within = tokio::time::timeout(PATIENCE, waiting).await;
        within.unwrap_or_else(|_| panic!("{what} did not come: {:?}", self.seen()));
    }

    /// What everybody has seen.
    pub fn seen(&self) -> Seen {
        let mut seen = Seen::default();
        for (person, asked) in &self.customers {
            let read = person.reads();
            let times = |words: &str| {
                read.iter()
                    .filter(|message| message.text().contains(words))
                    .count()
            };
            let others = (0..ANSWERS.len()).filter(|other| other != asked);
            seen.foreign += others.map(|other| times(ANSWERS[other].1)).sum::<usize>();
            match (times(ANSWERS[*asked].1), times(QUESTION_BACK)) {
                (answers, questions) if answers > 1 || questions > 1 => seen.doubled += 1,
                (1, _) => seen.answered += 1,
                _ => seen.unanswered += 1,
            }
        }
        seen
    }

    /// The first few ask something else; gives who asks what.
    pub fn asks_again(&self, first: usize) -> Vec<(Person, usize)> {
        let people = self.customers.iter().take(first);
        let asking = people.map(|(person, asked)| {
            let asks = (asked + 1) % ANSWERS.len();
            person.says(ANSWERS[asks].0);
            (person.clone(), asks)
        });
        asking.collect()
    }

    /// Waits until everything is taken, decided on and sent, or known to be unknown.
    pub async fn is_settled(&self, database: &Database) {
        let settled = async {
            let mut every = tokio::time::interval(Duration::from_millis(50));
            loop {
                every.tick().await;
                let waits =
                    "SELECT (SELECT COUNT(*) FROM outbox WHERE state IN ('ready', 'sending'))
                    + (SELECT COUNT(*) FROM inbox WHERE state = 'new')
                    + (SELECT COUNT(*) FROM timers WHERE kind = 'settle')";
                if self.fake.with(|state| state.queue.len()) == 0
                    && count(database, waits).await == 0
                {
                    return;
                }
            }
        };
        let within = tokio::time::timeout(PATIENCE, settled).await;
        within.unwrap_or_else(|_| panic!("not settled: {:?}", self.seen()));
    }

    /// The same; then holds what customers have seen against the books, and says how many are
    /// lost.
    pub async fn is_served(&self, database: &Database) -> (Seen, usize) {
        self.is_settled(database).await;
        let seen = self.seen();
        assert_eq!(seen.foreign, 0, "a customer got somebody else's answer");
        assert_eq!(seen.doubled, 0, "something was sent twice");
        let unknown = texts(
            database,
            "SELECT purpose FROM outbox WHERE state = 'unknown'",
        );
        let unknown = unknown.await;
        let answers = unknown.iter().filter(|purpose| purpose.contains("answer"));
        let lost = seen.unanswered.saturating_sub(answers.count());
        assert_eq!(lost, 0, "{lost} answers are lost, and nobody is told");
        let kept = "SELECT CAST(COUNT(*) AS BIGINT) FROM messages WHERE author = 'customer'";
        assert_eq!(
            count(database, kept).await,
            self.len(),
            "each message is kept once"
        );
        let open = "SELECT CAST(COUNT(*) AS BIGINT) FROM inbox WHERE state <> 'done'";
        assert_eq!(
            count(database, open).await,
            0,
            "every arrival had its effect"
        );
        (seen, lost)
    }
}
