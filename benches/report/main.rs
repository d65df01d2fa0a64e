//! A report of 30 days: from stored sketches as the program makes it, and by sorting raw rows. Run
//! by `benches/report/run`; fails where a percentile from sketches is off by more than 0.5 %.

mod dice;
mod fill;
mod raw;

use std::time::{Duration, Instant};

use careline::config::Config;
use careline::domain::report::sla::{By, Group};
use careline::domain::time::Timestamp;
use careline::store::Store;
use careline::store::figures::{self, Asked, Period};
use jiff::tz::TimeZone;
use sqlx::{Connection, PgConnection};

const CONVERSATIONS: u64 = 1_000_000;
const ROUNDS: usize = 5;
/// The day on which it all begins, and how many there are.
const FROM: i64 = 20_514;
const DAYS: i64 = 30;
const PERIOD: Period = Period {
    from: FROM,
    until: FROM + DAYS,
};
/// The database that is made for this, and is in the way of nobody's.
const DATABASE: &str = "careline_report";
const EVERY: [(&str, Option<By>); 7] = [
    ("everything", None),
    ("by channel", Some(By::Channel)),
    ("by agent", Some(By::Agent)),
    ("by language", Some(By::Language)),
    ("by segment", Some(By::Segment)),
    ("by hour", Some(By::Hour)),
    ("by hour of the week", Some(By::HourOfWeek)),
];

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    let conversations = match words.next() {
        Some(word) => word.parse()?,
        None => CONVERSATIONS,
    };
    let folder = tempfile::tempdir()?;
    let sqlite = format!("sqlite:{}", folder.path().join("report.db").display());
    measure("SQLite", &sqlite, conversations).await?;
    folder.close()?;
    let postgres = database().await?;
    measure("PostgreSQL", &postgres, conversations).await
}

/// A database of our own in the cluster that the environment names.
async fn database() -> Result<String, Failure> {
    let url = std::env::var("CARELINE_TEST_POSTGRES")
        .map_err(|_| "CARELINE_TEST_POSTGRES names no PostgreSQL: run benches/report/run")?;
    let mut server = PgConnection::connect(&url).await?;
    for statement in [
        "DROP DATABASE IF EXISTS careline_report WITH (FORCE)",
        "CREATE DATABASE careline_report",
    ] {
        sqlx::raw_sql(statement).execute(&mut server).await?;
    }
    let (front, _) = url
        .rsplit_once('/')
        .ok_or("CARELINE_TEST_POSTGRES has no database")?;
    Ok(format!("{front}/{DATABASE}"))
}

async fn measure(name: &str, url: &str, conversations: u64) -> Result<(), Failure> {
    let store = Store::open(url).await?;
    let begun = Instant::now();
    let waits = fill::fill(url, conversations).await?;
    println!(
        "\n{name}: {conversations} conversations, {waits} waits that came, filled in {:.0} s",
        begun.elapsed().as_secs_f64()
    );
    let usual = Config::default().usual_policy();
    let begun = Instant::now();
    figures::renew(&store, &usual, PERIOD).await?;
    println!(
        "sketches of {DAYS} days computed from the conversations' lines in {:.2} s",
        begun.elapsed().as_secs_f64()
    );
    let now = Timestamp((FROM + DAYS) * fill::DAY_MS);
    let mut took = vec![Vec::new(); EVERY.len()];
    let mut sorting = Vec::new();
    for _ in 0..ROUNDS {
        for ((_, by), took) in EVERY.iter().zip(&mut took) {
            let asked = asked(*by);
            let begun = Instant::now();
            figures::renew(&store, &usual, asked.days()).await?;
            let mut tx = store.read().await?;
            std::hint::black_box(figures::report(&mut tx, &asked, now).await?);
            took.push(begun.elapsed());
        }
        let begun = Instant::now();
        let sorted = raw::sorted(url, PERIOD).await?;
        sorting.push(begun.elapsed());
        compare(&store, &sorted, now).await?;
    }
    println!("\n| {name}, 30 days of {conversations} | median ms (range) | sorting takes |");
    println!("| --- | --- | --- |");
    let sorting_ms = median(&mut sorting);
    for ((what, _), took) in EVERY.iter().zip(&mut took) {
        let ms = median(took);
        let times = sorting_ms / ms;
        println!(
            "| from sketches, {what} | {} | {times:.0} × |",
            spread(took)
        );
    }
    println!(
        "| sorting raw rows, everything | {} | |",
        spread(&mut sorting)
    );
    store.close().await;
    Ok(())
}

/// The report of all days.
fn asked(by: Option<By>) -> Asked {
    Asked {
        from: figures::begins(PERIOD.from),
        until: figures::begins(PERIOD.until),
        by,
        zone: TimeZone::UTC,
    }
}

/// Holds every percentile of the report against the sorted lengths.
async fn compare(store: &Store, sorted: &raw::Sorted, now: Timestamp) -> Result<(), Failure> {
    let groups = figures::report(&mut store.read().await?, &asked(None), now).await?;
    let all: &Group = groups.first().ok_or("no group of everything")?;
    for clock in &all.clocks {
        let lengths = sorted.get(&clock.clock).ok_or("a measure has no rows")?;
        let figures = &clock.figures;
        if figures.n != lengths.len() {
            return Err(format!("{:?}: {} of {}", clock.clock, figures.n, lengths.len()).into());
        }
        for (percent, near) in [
            (50, figures.median_ms),
            (90, figures.p90_ms),
            (95, figures.p95_ms),
        ] {
            let exact = lengths[(lengths.len() * percent).div_ceil(100) - 1];
            let near = near.ok_or("a percentile is missing")?;
            if (near - exact).abs() * 200 > exact {
                return Err(format!("{:?} p{percent}: {near} for {exact}", clock.clock).into());
            }
        }
    }
    Ok(())
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1_000.0
}

fn spread(times: &mut [Duration]) -> String {
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    let median = median(times);
    let (least, most) = (ms(times[0]), ms(times[times.len() - 1]));
    format!("{median:.1} ({least:.1}–{most:.1})")
}
