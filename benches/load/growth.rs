//! What a hundred times as many conversations cost: the store's own functions over both databases.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use careline::domain::engine::conversation::Phase;
use careline::domain::ids::{ArrivalId, ConversationId, StaffId};
use careline::domain::time::Timestamp;
use careline::store::inbox::NewArrival;
use careline::store::{Store, StoreError, Tx, conversations, inbox, views};
use hdrhistogram::Histogram;
use sqlx::Connection;

use crate::fill;
use crate::table::{Table, Values};
use crate::truth::histogram;

/// The two sizes that are compared.
const SIZES: [u64; 2] = [10_000, 1_000_000];
/// How often each is done in one round.
const TIMES: usize = 1_000;
/// As many lanes as the intake asks for at once.
const LANES: i64 = 128;
/// The queue's page is much longer than the others.
const TIMES_QUEUE: usize = 100;
/// What is timed; the first two wait for the disk, which is most of their time.
const TIMED: [(&str, &str); 5] = [
    (
        "insert",
        "an arrival into the inbox, until it is on the disk",
    ),
    (
        "claim",
        "an arrival taken, its conversation locked and saved as an agent's, until it is on the disk",
    ),
    ("next work", "the oldest arrival of each lane"),
    ("thread", "one conversation with all that its page shows"),
    (
        "queue page",
        "the open conversations, as the console lists them",
    ),
];

/// `rounds` rounds, both sizes in every one.
pub async fn run(rounds: usize) -> Result<()> {
    let mut sizes = Vec::new();
    for size in SIZES {
        let file = fill::database(size).await?;
        let url = format!("sqlite:{}", file.display());
        let ids = conversations_of(&url).await?;
        let bytes = std::fs::metadata(&file)?.len();
        sizes.push((Store::open(&url).await?, ids, bytes));
    }
    let mut values: Vec<Vec<Values>> = SIZES
        .iter()
        .map(|_| TIMED.iter().map(|_| Values::default()).collect())
        .collect();
    for round in 0..rounds {
        for (place, (store, ids, _)) in sizes.iter().enumerate() {
            let timed = one_round(store, ids, round).await?;
            for (values, timed) in values[place].iter_mut().zip(timed) {
                values.add("p50", at(&timed, 0.50));
                values.add("p99", at(&timed, 0.99));
            }
        }
        eprintln!("round {} done", round + 1);
    }
    report(
        &values,
        &sizes.iter().map(|(_, _, bytes)| *bytes).collect::<Vec<_>>(),
    )
}

fn report(values: &[Vec<Values>], bytes: &[u64]) -> Result<()> {
    let mut table = Table::new(&[
        "what",
        "10^4: p50 µs",
        "10^4: p99 µs",
        "10^6: p50 µs",
        "10^6: p99 µs (range)",
        "p99 ratio",
        "target",
    ]);
    for (row, (name, means)) in TIMED.iter().enumerate() {
        let (small, large) = (&values[0][row], &values[1][row]);
        let ratio = match (small.median("p99"), large.median("p99")) {
            (Some(small), Some(large)) => format!("{:.2}", large / small),
            _ => "–".to_owned(),
        };
        table.row(vec![
            format!("{name}: {means}"),
            small.median_text("p50", 0),
            small.median_text("p99", 0),
            large.median_text("p50", 0),
            large.spread("p99", 0),
            ratio,
            "≤ 2".to_owned(),
        ]);
    }
    let below = format!(
        "Databases: {} MB and {} MB.\n",
        bytes[0] / 1_000_000,
        bytes[1] / 1_000_000
    );
    table.publish("growth", &below)
}

/// Conversations from everywhere in the table, and those that wait for a person.
struct Ids {
    any: Vec<ConversationId>,
    waiting: Vec<ConversationId>,
}

async fn conversations_of(url: &str) -> Result<Ids> {
    let mut database = sqlx::SqliteConnection::connect(url).await?;
    let count: i64 = sqlx::query_scalar("SELECT MAX(rowid) FROM conversations")
        .fetch_one(&mut database)
        .await?;
    let every = (count / i64::try_from(TIMES)?).max(1);
    // A step that is prime to the numbering spreads open and closed ones alike.
    let any: Vec<String> =
        sqlx::query_scalar("SELECT id FROM conversations WHERE rowid % $1 = 7 % $1")
            .bind(every)
            .fetch_all(&mut database)
            .await?;
    let waiting: Vec<String> =
        sqlx::query_scalar("SELECT id FROM conversations WHERE phase = 'waiting' ORDER BY id")
            .fetch_all(&mut database)
            .await?;
    ensure!(
        !any.is_empty() && !waiting.is_empty(),
        "the database is not filled"
    );
    Ok(Ids {
        any: any.into_iter().map(ConversationId).collect(),
        waiting: waiting.into_iter().map(ConversationId).collect(),
    })
}

async fn one_round(store: &Store, ids: &Ids, round: usize) -> Result<[Histogram<u64>; 5]> {
    let mut timed = [(); 5].map(|()| histogram());
    for at in 0..TIMES {
        let new = arrival(round, at);
        let id = new.id.clone();
        let began = Instant::now();
        store.take(new).await?;
        timed[0].record(micros(began.elapsed()))?;

        let mut tx = store.read().await?;
        let began = Instant::now();
        inbox::lane_heads(&mut tx, LANES, &[]).await?;
        timed[2].record(micros(began.elapsed()))?;
        drop(tx);

        let waiting = ids.waiting[at % ids.waiting.len()].clone();
        let began = Instant::now();
        store
            .write(move |tx| {
                let (arrival, waiting) = (id.clone(), waiting.clone());
                Box::pin(async move { claim(tx, &arrival, &waiting).await })
            })
            .await?;
        timed[1].record(micros(began.elapsed()))?;

        let mut tx = store.read().await?;
        let began = Instant::now();
        let thread = views::thread(&mut tx, &ids.any[at % ids.any.len()]).await?;
        timed[3].record(micros(began.elapsed()))?;
        ensure!(
            thread.is_some_and(|thread| !thread.lines.is_empty()),
            "an empty thread"
        );
    }
    for _ in 0..TIMES_QUEUE {
        let mut tx = store.read().await?;
        let began = Instant::now();
        let queue = views::queue(&mut tx).await?;
        timed[4].record(micros(began.elapsed()))?;
        ensure!(!queue.is_empty(), "an empty queue");
    }
    Ok(timed)
}

/// What a claim does in the database; the conversation is put back as it was.
async fn claim(
    tx: &mut Tx,
    arrival: &ArrivalId,
    waiting: &ConversationId,
) -> Result<(), StoreError> {
    inbox::lock(tx, arrival).await?;
    let Some(before) = conversations::lock(tx, waiting).await? else {
        return Ok(());
    };
    let mut after = before.clone();
    if let Phase::Waiting { handoff } = &before.state.phase {
        after.state.phase = Phase::WithAgent {
            handoff: handoff.clone(),
            agent: StaffId("bench".to_owned()),
            agent_name: "Bench".to_owned(),
        };
    }
    conversations::save(tx, &after).await?;
    inbox::set_done(tx, arrival, Timestamp(0), "bench").await?;
    conversations::save(tx, &before).await?;
    Ok(())
}

fn arrival(round: usize, at: usize) -> NewArrival {
    let number = round * TIMES + at;
    let nonce = std::process::id();
    NewArrival {
        id: ArrivalId(format!("ffff{nonce:08x}{number:020x}")),
        natural_key: format!("bench:{nonce}:{number}"),
        origin: "console",
        lane: format!("bench:{number}"),
        position: 0,
        arrival: "{}".to_owned(),
        raw: Some("x".repeat(400)),
        platform_at: Timestamp(0),
        received_at: Timestamp(0),
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1)
}

fn at(timed: &Histogram<u64>, quantile: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "for people to read")]
    let micros = timed.value_at_quantile(quantile) as f64;
    micros
}
