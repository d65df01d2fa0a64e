//! Backlog drain: messages that waited while the bot was away, from its first poll to the last
//! answer.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::bots::{Bot, Home};
use crate::fake::Fake;
use crate::faq;
use crate::process::Process;
use crate::table::{Table, Values};
use crate::truth::Growing;

/// How long a bot may be silent before its run is over.
const SILENCE_MAX: Duration = Duration::from_secs(15);
/// How long further answers are waited for after the last one.
const LINGER: Duration = Duration::from_millis(700);
/// Until then a further line of a customer belongs to the same turn for us.
const TURN_ENDS_AFTER: Duration = Duration::from_secs(4);

/// What one run gave.
pub struct Drained {
    /// Answered messages a second.
    pub per_second: f64,
    /// CPU milliseconds a message.
    pub cpu_ms: f64,
    /// The most resident memory, in bytes.
    pub peak: u64,
    /// Questions without an answer.
    pub lost: u64,
    /// Answers too many.
    pub doubled: u64,
}

/// The rows of the table, in its order: a bot, and whether its customers are known to it.
fn rows(bots: &[Bot]) -> Vec<(Bot, bool)> {
    let mut rows = Vec::new();
    for bot in bots {
        rows.push((*bot, false));
        if bot.is_ours() {
            rows.push((*bot, true));
        }
    }
    rows
}

/// `rounds` rounds, each bot once in every one.
pub async fn run(bots: &[Bot], rounds: usize, size_percent: usize) -> Result<()> {
    let fake = Fake::start().await?;
    let mut values: Vec<Values> = rows(bots).iter().map(|_| Values::default()).collect();
    for round in 0..rounds {
        for bot in bots {
            let size = (bot.backlog() * size_percent / 100).max(10);
            let home = Home::fresh(*bot, &fake)?;
            let mut passes = vec![(false, 0)];
            if bot.is_ours() {
                passes.push((true, 1));
            }
            for (known, entry_shift) in passes {
                let drained = once(&home, &fake, size, entry_shift).await;
                let drained = drained.with_context(|| format!("{} in its drain", bot.name()))?;
                eprintln!(
                    "round {}: {}{} {:.0}/s, {:.3} ms CPU, {:.1} MB, {} lost, {} doubled",
                    round + 1,
                    bot.name(),
                    if known { " (known customers)" } else { "" },
                    drained.per_second,
                    drained.cpu_ms,
                    mb(drained.peak),
                    drained.lost,
                    drained.doubled
                );
                let row = rows(bots).iter().position(|row| *row == (*bot, known));
                if let Some(values) = row.and_then(|row| values.get_mut(row)) {
                    values.add("messages/s", drained.per_second);
                    values.add("CPU ms", drained.cpu_ms);
                    values.add("peak MB", mb(drained.peak));
                    values.sum("lost", drained.lost);
                    values.sum("doubled", drained.doubled);
                    values.sum("of", u64::try_from(size)?);
                }
                if bot.is_ours() && !known {
                    tokio::time::sleep(TURN_ENDS_AFTER).await;
                }
            }
            home.remove()?;
        }
    }
    report(bots, &values)
}

fn report(bots: &[Bot], values: &[Values]) -> Result<()> {
    let mut table = Table::new(&[
        "bot",
        "messages/s (median, range)",
        "CPU ms/message",
        "peak MB",
        "lost",
        "doubled",
        "of",
    ]);
    for ((bot, known), values) in rows(bots).into_iter().zip(values) {
        let mut name = bot.name().to_owned();
        if bot.is_ours() {
            name.push_str(if known {
                ", known customers"
            } else {
                ", new customers"
            });
        }
        table.row(vec![
            name,
            values.spread("messages/s", 0),
            values.median_text("CPU ms", 3),
            values.median_text("peak MB", 1),
            values.total("lost"),
            values.total("doubled"),
            values.total("of"),
        ]);
    }
    table.publish("drain", &ratios(bots, values))
}

/// Ours against each peer, beside what was aimed at.
fn ratios(bots: &[Bot], values: &[Values]) -> String {
    let median = |wanted: (Bot, bool)| {
        let row = rows(bots).iter().position(|row| *row == wanted)?;
        values.get(row)?.median("messages/s")
    };
    let targets = [
        (Bot::Grammy, 2.0),
        (Bot::Telegraf, 2.0),
        (Bot::Aiogram, 6.0),
        (Bot::Ptb, 40.0),
        (Bot::Teloxide, 0.8),
    ];
    let ours = [
        (Bot::Careline, true),
        (Bot::Careline, false),
        (Bot::CarelineWide, true),
        (Bot::CarelineWide, false),
    ];
    let mut table = Table::new(&[
        "beside",
        "target",
        "known customers",
        "new customers",
        "known, window 64",
        "new, window 64",
    ]);
    for (peer, target) in targets {
        let Some(theirs) = median((peer, false)) else {
            continue;
        };
        let mut row = vec![peer.name().to_owned(), format!("≥ {target} ×")];
        for us in ours {
            let ratio = median(us).map(|ours| format!("{:.2} ×", ours / theirs));
            row.push(ratio.unwrap_or_else(|| "–".to_owned()));
        }
        table.row(row);
    }
    table.text()
}

/// One backlog of `size` questions of as many customers, drained by a fresh process.
pub async fn once(home: &Home, fake: &Fake, size: usize, entry_shift: usize) -> Result<Drained> {
    fake.forget();
    for at in 0..size {
        let entry = (at + entry_shift) % faq::ENTRIES.len();
        let question = &faq::ENTRIES[entry].question;
        fake.asks(
            1_000_000 + i64::try_from(at)?,
            entry,
            question,
            Instant::now(),
        );
    }
    fake.expect_bot();
    let mut process = home.start()?;
    let first = first_poll(fake, &mut process).await?;
    let cpu_before = process.cpu_seconds();
    let mut seen = Growing::new();
    loop {
        let (asked, answered) = {
            let line = fake.line();
            (line.truth.asked, line.truth.answered)
        };
        let silence = seen.is(answered);
        if answered >= asked || silence > SILENCE_MAX {
            break;
        }
        if let Some(status) = process.ended() {
            bail!("it ended by itself: {status}");
        }
        fake.progress(Duration::from_millis(100)).await;
    }
    let cpu = process.cpu_seconds() - cpu_before;
    linger(fake).await;
    let peak = process.resident_peak();
    process.stop().await?;
    let line = fake.line();
    ensure!(line.truth.answered > 0, "nothing was answered");
    let last = line.truth.last_answer.context("nothing was answered")?;
    let took = last.saturating_duration_since(first).as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "counts of messages are small")]
    let answered = line.truth.answered as f64;
    Ok(Drained {
        per_second: answered / took.max(0.001),
        cpu_ms: cpu * 1_000.0 / answered,
        peak,
        lost: line.truth.lost(),
        doubled: line.truth.doubled(),
    })
}

/// Waits until the bot polls for the first time.
pub async fn first_poll(fake: &Fake, process: &mut Process) -> Result<Instant> {
    let since = Instant::now();
    loop {
        if let Some(at) = fake.line().first_poll {
            return Ok(at);
        }
        if let Some(status) = process.ended() {
            bail!("it ended before its first poll: {status}");
        }
        ensure!(since.elapsed() < SILENCE_MAX * 2, "it does not poll");
        fake.progress(Duration::from_millis(5)).await;
    }
}

/// Waits until no message has been sent for a while.
async fn linger(fake: &Fake) {
    let mut sends = fake.line().sends;
    loop {
        tokio::time::sleep(LINGER).await;
        let now = fake.line().sends;
        if now == sends {
            return;
        }
        sends = now;
    }
}

/// Megabytes, of a million bytes each.
pub fn mb(bytes: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "for people to read")]
    let bytes = bytes as f64;
    bytes / 1_000_000.0
}
