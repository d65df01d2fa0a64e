//! Discord beside discord.js: how fast events are taken in, and what memory that needs.
//!
//! discord.js answers at once and keeps nothing, so its events count when they are answered (its
//! own limit of requests is lifted). Ours count when they are stored, each in a commit; its
//! answers leave at the rate that Discord allows.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use sqlx::Connection;

use crate::bots::{self, work_folder};
use crate::discord_fake::{FakeDiscord, TOKEN};
use crate::drain::mb;
use crate::faq;
use crate::process::Process;
use crate::table::{Table, Values};
use crate::truth::Growing;

/// How many customers write at the same time.
const EVENTS: u64 = 5_000;
/// How long a bot has until it is connected.
const CONNECTED_WITHIN: Duration = Duration::from_secs(20);
/// What a bot is given between its IDENTIFY and the first event.
const SETTLE: Duration = Duration::from_secs(2);
/// How long it may be silent before its run is over.
const SILENCE_MAX: Duration = Duration::from_secs(20);
/// How long it has nothing to do before its idle memory is looked at.
const IDLE: Duration = Duration::from_secs(5);
/// Answers are timed with so many customers, one after the other.
const ANSWERS: u64 = 60;
/// How far apart they write: well within what Discord allows a bot.
const APART: Duration = Duration::from_millis(100);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Careline,
    DiscordJs,
}

/// `rounds` rounds, ours and discord.js in turn.
pub async fn run(rounds: usize) -> Result<()> {
    let fake = FakeDiscord::start().await?;
    let mut rows = [
        (Who::Careline, Values::default()),
        (Who::DiscordJs, Values::default()),
    ];
    for round in 0..rounds {
        for (who, values) in &mut rows {
            once(*who, &fake, values).await?;
            eprintln!("round {}: {} done", round + 1, name(*who));
        }
    }
    let mut table = Table::new(&[
        "bot",
        "events/s taken in (median, range)",
        "answer at 10/s: p50 ms",
        "answer at 10/s: p99 ms",
        "idle MB",
        "peak MB",
        "events",
        "not taken in",
    ]);
    for (who, values) in &rows {
        table.row(vec![
            name(*who).to_owned(),
            values.spread("events/s", 0),
            values.median_text("p50", 1),
            values.median_text("p99", 1),
            values.median_text("idle", 1),
            values.median_text("peak", 1),
            values.total("of"),
            values.total("lost"),
        ]);
    }
    let ratio = |name: &str| {
        let (ours, theirs) = (rows[0].1.median(name), rows[1].1.median(name));
        ours.zip(theirs).map_or(0.0, |(ours, theirs)| ours / theirs)
    };
    let below = format!(
        "Target: ≥ 2 × the events/s of discord.js: {:.2} ×. Target: ≤ 1/4 of its memory: idle 1/{:.1}, peak 1/{:.1}.\n",
        ratio("events/s"),
        1.0 / ratio("idle"),
        1.0 / ratio("peak"),
    );
    table.publish("discord", &below)
}

fn name(who: Who) -> &'static str {
    match who {
        Who::Careline => "careline (stored)",
        Who::DiscordJs => "discord.js (answered)",
    }
}

async fn once(who: Who, fake: &FakeDiscord, values: &mut Values) -> Result<()> {
    fake.forget();
    let folder = work_folder().join("runs/discord");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let process = start(who, fake, &folder)?;
    connected(fake).await?;
    tokio::time::sleep(IDLE).await;
    values.add("idle", mb(process.resident()));

    fake.line().truth.measure_from(Instant::now());
    let began = Instant::now();
    for at in 0..ANSWERS {
        let intended = began + APART * u32::try_from(at)?;
        tokio::time::sleep_until(intended.into()).await;
        ask(fake, at, intended);
    }
    answered(fake, ANSWERS).await?;
    let latency = fake.line().truth.latency.clone();
    #[expect(clippy::cast_precision_loss, reason = "for people to read")]
    let ms = |quantile| latency.value_at_quantile(quantile) as f64 / 1_000.0;
    values.add("p50", ms(0.50));
    values.add("p99", ms(0.99));
    tokio::time::sleep(SETTLE).await;

    let stored_before = if who == Who::Careline {
        stored(&folder).await?
    } else {
        0
    };
    let began = Instant::now();
    for at in 0..EVENTS {
        ask(fake, ANSWERS + at, began);
    }
    let (taken, took) = match who {
        Who::DiscordJs => {
            answered(fake, ANSWERS + EVENTS).await.ok();
            let line = fake.line();
            let last = line.truth.last_answer.context("nothing was answered")?;
            (
                line.truth.answered - ANSWERS,
                last.saturating_duration_since(began),
            )
        }
        Who::Careline => all_stored(&folder, stored_before, began).await?,
    };
    #[expect(clippy::cast_precision_loss, reason = "counts of events are small")]
    values.add("events/s", taken as f64 / took.as_secs_f64().max(0.001));
    values.add("peak", mb(process.resident_peak()));
    values.sum("of", EVENTS);
    values.sum("lost", EVENTS.saturating_sub(taken));
    process.kill().await
}

fn ask(fake: &FakeDiscord, customer: u64, intended: Instant) {
    let entry = usize::try_from(customer).unwrap_or_default() % faq::ENTRIES.len();
    fake.asks(customer, entry, &faq::ENTRIES[entry].question, intended);
}

fn start(who: Who, fake: &FakeDiscord, folder: &Path) -> Result<Process> {
    let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let log = work_folder().join("logs");
    std::fs::create_dir_all(&log)?;
    match who {
        Who::Careline => {
            let variables = [
                own("DATABASE_URL", "sqlite:careline.db"),
                own("DISCORD_TOKEN", TOKEN),
                own("CARELINE_DISCORD__API_URL", &fake.url),
                own("CARELINE_HTTP__LISTEN", "127.0.0.1:0"),
                own("CARELINE_KNOWLEDGE__SAMPLE", "false"),
            ];
            bots::import(folder, &variables)?;
            let program = [bots::careline(), "serve".to_owned()];
            Process::start(
                &program,
                &variables,
                folder,
                &log.join("careline-discord.log"),
            )
        }
        Who::DiscordJs => {
            let script = work_folder().join("peers/discordjs/bot.mjs");
            ensure!(
                script.exists(),
                "discord.js is not installed: run `benches/run install`"
            );
            let faq = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/faq.json");
            let variables = [
                own("BENCH_TOKEN", TOKEN),
                own("BENCH_API", &fake.url),
                own("BENCH_FAQ", &faq.to_string_lossy()),
            ];
            let program = ["node".to_owned(), script.to_string_lossy().into_owned()];
            Process::start(&program, &variables, folder, &log.join("discordjs.log"))
        }
    }
}

async fn connected(fake: &FakeDiscord) -> Result<()> {
    let since = Instant::now();
    while fake.line().identified.is_none() {
        ensure!(
            since.elapsed() < CONNECTED_WITHIN,
            "the bot does not connect"
        );
        fake.progress(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(SETTLE).await;
    Ok(())
}

async fn answered(fake: &FakeDiscord, wanted: u64) -> Result<()> {
    let mut seen = Growing::new();
    loop {
        let answered = fake.line().truth.answered;
        if answered >= wanted {
            return Ok(());
        }
        if seen.is(answered) > SILENCE_MAX {
            bail!("{answered} of {wanted} were answered");
        }
        fake.progress(Duration::from_millis(100)).await;
    }
}

async fn all_stored(folder: &Path, before: u64, began: Instant) -> Result<(u64, Duration)> {
    let mut seen = Growing::new();
    loop {
        let now = stored(folder).await?.saturating_sub(before);
        let silence = seen.is(now);
        if now >= EVENTS || silence > SILENCE_MAX {
            return Ok((now, seen.at.saturating_duration_since(began)));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Messages of customers in the inbox.
async fn stored(folder: &Path) -> Result<u64> {
    let url = format!("sqlite:{}", folder.join("careline.db").display());
    let mut database = sqlx::SqliteConnection::connect(&url).await?;
    let count: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM inbox WHERE natural_key LIKE 'discord:%:m:%'")
            .fetch_one(&mut database)
            .await?;
    database.close().await?;
    Ok(u64::try_from(count)?)
}
