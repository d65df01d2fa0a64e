//! Computes anew what is marked: first lines from facts, then days from lines. It reads and
//! computes outside of the transaction that stores the outcome, so that no message waits for it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::cells::{self, Period};
use super::{Day, DueLine, LINES_READ_AT_ONCE, StoredLine};
use crate::domain::ids::ConversationId;
use crate::domain::report::cells::{CellText, Cells};
use crate::domain::report::kept::Chosen;
use crate::domain::report::line::{Line, rules};
use crate::domain::sla::plan::{Plans, Policy};
use crate::domain::timeline::Fact;
use crate::store::{Store, StoreError, Tx, plans, reports, timeline};

/// How many conversations are computed for one commit.
const LINES_AT_ONCE: i64 = 100;
/// How often all that is marked is gone through, while others go on changing it.
const SWEEPS_MAX: usize = 8;

/// Computes all marked lines anew, and then the marked days of a period; says how many of both.
/// Afterwards everything that was written before the call is in the figures, unless a conversation
/// changed each time that it was looked at: then it stays marked.
pub async fn renew(store: &Store, usual: &Policy, period: Period) -> Result<usize, StoreError> {
    let rules = rules();
    let outdated = super::is_outdated(&mut store.read().await?, &rules).await?;
    if outdated {
        let rules = rules.clone();
        let mark = store.write(move |tx| {
            let rules = rules.clone();
            Box::pin(async move { super::mark_outdated(tx, &rules).await })
        });
        mark.await?;
    }
    let mut renewed = 0;
    for _ in 0..SWEEPS_MAX {
        let (lines, missed) = sweep_lines(store, usual, &rules).await?;
        renewed += lines;
        if missed == 0 {
            break;
        }
    }
    for _ in 0..SWEEPS_MAX {
        let (days, missed) = sweep_days(store, period).await?;
        renewed += days;
        if missed == 0 {
            break;
        }
    }
    Ok(renewed)
}

/// A line that was computed for a mark; `None` where the conversation has no facts.
type Computed = (DueLine, Option<StoredLine>);

/// Goes through all marked conversations once; says how many were stored, and how many had changed
/// meanwhile.
async fn sweep_lines(
    store: &Store,
    usual: &Policy,
    rules: &str,
) -> Result<(usize, usize), StoreError> {
    let (mut stored, mut missed) = (0, 0);
    let mut last = String::new();
    loop {
        let computed = compute_lines(store, usual, rules, &last).await?;
        let Some((due, _)) = computed.last() else {
            return Ok((stored, missed));
        };
        last.clone_from(&due.conversation.0);
        let all = computed.len();
        let computed = Arc::new(computed);
        let kept = store.write(move |tx| {
            let computed = Arc::clone(&computed);
            Box::pin(async move { store_lines(tx, &computed).await })
        });
        let kept = kept.await?;
        stored += kept;
        missed += all - kept;
    }
}

async fn compute_lines(
    store: &Store,
    usual: &Policy,
    rules: &str,
    after: &str,
) -> Result<Vec<Computed>, StoreError> {
    let mut tx = store.read().await?;
    let due = super::due(&mut tx, after, LINES_AT_ONCE).await?;
    let mut found = Vec::with_capacity(due.len());
    for one in &due {
        found.push(Found::read(&mut tx, &one.conversation).await?);
    }
    if due.is_empty() {
        return Ok(Vec::new());
    }
    // Read after the facts: whatever plan they name is among them.
    let plans = plans::all(&mut tx, usual).await?;
    let lines = due.into_iter().zip(&found);
    lines
        .map(|(due, found)| Ok((due, found.line(&plans, rules)?)))
        .collect()
}

/// What a conversation's line follows from.
pub(super) struct Found {
    facts: Vec<Fact>,
    chosen: Vec<Chosen>,
}

impl Found {
    pub(super) async fn read(tx: &mut Tx, id: &ConversationId) -> Result<Found, StoreError> {
        let facts = timeline::of_conversation(tx, id).await?;
        let chosen = match facts.first() {
            Some(fact) => reports::chosen(tx, &fact.customer).await?,
            None => Vec::new(),
        };
        Ok(Found { facts, chosen })
    }

    /// The line as it is stored; `None` where there are no facts.
    pub(super) fn line(
        &self,
        plans: &Plans,
        rules: &str,
    ) -> Result<Option<StoredLine>, StoreError> {
        let line = Line::of(&self.facts, plans, &self.chosen);
        line.map(|line| super::stored(&line, rules)).transpose()
    }
}

/// Stores what was computed for marks that still stand; says how many.
async fn store_lines(tx: &mut Tx, computed: &[Computed]) -> Result<usize, StoreError> {
    let mut stored = 0;
    let mut days: BTreeSet<(Day, String)> = BTreeSet::new();
    for (due, line) in computed {
        if !super::take(tx, due).await? {
            continue;
        }
        stored += 1;
        let before = super::line(tx, &due.conversation).await?;
        if before == *line {
            continue;
        }
        let changed = [before.as_ref(), line.as_ref()];
        let change = format!("{}:{}", due.conversation, due.fact);
        days.extend(
            changed
                .into_iter()
                .flatten()
                .map(|line| (line.day, change.clone())),
        );
        match line {
            Some(line) => super::put(tx, &due.conversation, line).await?,
            None => super::drop_line(tx, &due.conversation).await?,
        }
    }
    // In the order of days everywhere: two who mark them never wait for each other.
    for (day, change) in days {
        cells::mark(tx, day, &change).await?;
    }
    Ok(stored)
}

/// Goes through the marked days of a period once; says how many were stored, and how many had
/// changed meanwhile.
async fn sweep_days(store: &Store, period: Period) -> Result<(usize, usize), StoreError> {
    let due = cells::due(&mut store.read().await?, period).await?;
    let all = due.len();
    let mut stored = 0;
    for (day, change) in due {
        let texts = Arc::new(compute_day(store, day).await?);
        let keep = store.write(move |tx| {
            let (texts, change) = (Arc::clone(&texts), change.clone());
            Box::pin(async move {
                let stands = cells::take(tx, day, &change).await?;
                if stands {
                    cells::put(tx, day, &texts).await?;
                }
                Ok(stands)
            })
        });
        stored += usize::from(keep.await?);
    }
    Ok((stored, all - stored))
}

async fn compute_day(store: &Store, day: Day) -> Result<Vec<CellText>, StoreError> {
    let mut cells = Cells::default();
    let mut last = String::new();
    loop {
        let mut tx = store.read().await?;
        let page = super::lines_of_day(&mut tx, day, &last, LINES_READ_AT_ONCE).await?;
        let Some((end, _)) = page.last() else {
            return texts(&cells);
        };
        last.clone_from(&end.0);
        for (_, line) in &page {
            cells.add_stored(line);
        }
    }
}

/// Cells as they are stored.
pub(super) fn texts(cells: &Cells) -> Result<Vec<CellText>, StoreError> {
    cells.texts().map_err(|error| StoreError::Unreadable {
        what: "figures_cells.counts",
        why: error.to_string(),
    })
}
