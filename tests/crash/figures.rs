//! What the kills cost, measured for each: the outcomes that nobody can know, and how soon they
//! were reported.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::PATIENCE;
use crate::support::database::Database;
use crate::support::serving::{WINDOW, count, pairs, texts};

/// Within what time of a start the outcomes that the kill before it left unknown are reported.
const REPORTED_WITHIN: Duration = Duration::from_secs(5);

/// Who else is connected to the database.
const SESSIONS: &str = "SELECT COUNT(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";

/// One kill.
struct Kill {
    unknown: usize,
    /// From the next start to the report of the last; none where nothing had to be reported.
    reported_after: Option<Duration>,
}

/// All kills of a test.
#[derive(Default)]
pub struct Figures {
    kills: Vec<Kill>,
    /// Rows that some kill has left open.
    known: BTreeSet<String>,
}

impl Figures {
    /// Right after a kill: what was on its way is what nobody knows the outcome of.
    pub async fn killed(&mut self, database: &Database) {
        if !database.is_sqlite() {
            // What the program had asked for last may still be done.
            let mut every = tokio::time::interval(Duration::from_millis(5));
            while count(database, SESSIONS).await > 0 {
                every.tick().await;
            }
        }
        let open = texts(database, "SELECT id FROM outbox WHERE state = 'sending'").await;
        let fresh = open
            .into_iter()
            .filter(|id| self.known.insert(id.clone()))
            .count();
        assert!(fresh <= WINDOW, "one kill left {fresh} outcomes unknown");
        self.kills.push(Kill {
            unknown: fresh,
            reported_after: None,
        });
    }

    /// After a start at that time: waits until each outcome that is not known is told of.
    pub async fn reported(&mut self, database: &Database, started: Instant) {
        let mut every = tokio::time::interval(Duration::from_millis(10));
        loop {
            every.tick().await;
            let open = unreported(database, &self.known).await;
            if open.is_empty() {
                break;
            }
            let waited = started.elapsed();
            assert!(waited <= PATIENCE, "never reported: {open:?}");
        }
        let waiting = self.kills.iter_mut().rev();
        for kill in waiting.take_while(|kill| kill.reported_after.is_none()) {
            kill.reported_after = Some(started.elapsed());
        }
    }

    /// The figures in one line; `lost` and `doubled` are what customers have seen. Holds the
    /// times of the reports to what is promised.
    pub fn line(&self, what: &str, customers: usize, lost: usize, doubled: usize) -> String {
        let most = self.kills.iter().map(|kill| kill.unknown).max();
        let sum: usize = self.kills.iter().map(|kill| kill.unknown).sum();
        let mut times: Vec<Duration> = self
            .kills
            .iter()
            .filter_map(|kill| kill.reported_after)
            .collect();
        times.sort_unstable();
        let late = times.iter().filter(|time| **time > REPORTED_WITHIN).count();
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        let line = format!(
            "{what}: {} kills, {customers} customers, {lost} lost, {doubled} doubled, {sum} \
             unknown (at most {} by one kill), each reported within {} ms of the start (median {} ms, \
             {late} later than {} ms)",
            self.kills.len(),
            most.unwrap_or_default(),
            times.last().map_or(0, Duration::as_millis),
            median.as_millis(),
            REPORTED_WITHIN.as_millis(),
        );
        assert!(median <= REPORTED_WITHIN, "{line}");
        line
    }
}

/// Of the rows that kills left open, those of which nobody has been told, with their state.
async fn unreported(database: &Database, known: &BTreeSet<String>) -> Vec<(String, String)> {
    let facts = "SELECT fact FROM timeline WHERE kind = 'delivery-unknown'";
    let facts = texts(database, facts).await.join("\n");
    let open = known.iter().filter(|id| !facts.contains(*id));
    let open: Vec<&String> = open.collect();
    if open.is_empty() {
        return Vec::new();
    }
    let mut rows = pairs(database, "SELECT id, state || ' ' || purpose FROM outbox").await;
    rows.retain(|(id, _)| open.contains(&id));
    rows
}
