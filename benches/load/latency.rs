//! Latency under a steady load: customers write on a fixed schedule, whatever the bot does (open
//! loop); a wait counts from the time at which the schedule wanted the message.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use hdrhistogram::Histogram;

use crate::bots::{Bot, Home};
use crate::drain::{first_poll, mb};
use crate::fake::Fake;
use crate::faq;
use crate::table::{Table, Values};
use crate::truth;

/// Messages a second.
pub const RATES: [u32; 3] = [30, 100, 400];
/// How long each customer is silent between two questions; longer than a turn of ours lasts.
const SILENT_FOR: Duration = Duration::from_secs(4);
/// What comes before the measuring: every customer's first question.
const WARM_UP: Duration = Duration::from_secs(4);
/// How long is measured at each rate.
const MEASURED: Duration = Duration::from_secs(8);
/// How long late answers are waited for.
const LATE_MAX: Duration = Duration::from_secs(3);

/// What all rounds gave at one rate.
struct At {
    rate: u32,
    all: Histogram<u64>,
    values: Values,
}

/// `rounds` rounds: each bot once in every one, at each rate in turn.
pub async fn run(bots: &[Bot], rounds: usize) -> Result<()> {
    let fake = Fake::start().await?;
    let mut rows: Vec<(Bot, Vec<At>)> = bots.iter().map(|bot| (*bot, empty())).collect();
    for round in 0..rounds {
        for (bot, rates) in &mut rows {
            one_bot(*bot, &fake, rates)
                .await
                .with_context(|| format!("{} under a steady load", bot.name()))?;
            eprintln!("round {}: {} done", round + 1, bot.name());
        }
    }
    report(&rows)
}

fn empty() -> Vec<At> {
    let at = |rate| At {
        rate,
        all: truth::histogram(),
        values: Values::default(),
    };
    RATES.into_iter().map(at).collect()
}

async fn one_bot(bot: Bot, fake: &Fake, rates: &mut [At]) -> Result<()> {
    fake.forget();
    let home = Home::fresh(bot, fake)?;
    fake.expect_bot();
    let mut process = home.start()?;
    first_poll(fake, &mut process).await?;
    for at in rates {
        fake.forget();
        let cpu_before = process.cpu_seconds();
        let began = Instant::now();
        let from = began + WARM_UP;
        fake.line().truth.measure_from(from);
        drive(fake, at.rate, began).await;
        late_answers(fake).await;
        let cpu = process.cpu_seconds() - cpu_before;
        let (latency, lost, doubled) = {
            let line = fake.line();
            let truth = &line.truth;
            (truth.latency.clone(), truth.lost(), truth.doubled())
        };
        at.all.add(&latency)?;
        at.values.add("p50", ms(latency.value_at_quantile(0.50)));
        at.values.add("p99", ms(latency.value_at_quantile(0.99)));
        at.values.add("RSS", mb(process.resident()));
        let span = began.elapsed().as_secs_f64();
        at.values.add("CPU", cpu * 100.0 / span);
        at.values.sum("late", lost);
        at.values.sum("doubled", doubled);
        // A bot that fell behind takes its backlog no further.
        if lost > 0 {
            break;
        }
    }
    process.kill().await?;
    home.remove()
}

/// Lets customers write, each at its time.
async fn drive(fake: &Fake, rate: u32, began: Instant) {
    let messages = (WARM_UP + MEASURED).as_secs() * u64::from(rate);
    let customers = SILENT_FOR.as_secs() * u64::from(rate);
    for at in 0..messages {
        let intended = began + Duration::from_secs(at) / rate;
        tokio::time::sleep_until(intended.into()).await;
        let visit = at / customers;
        let customer = i64::try_from(at % customers).unwrap_or_default();
        let entry = usize::try_from(at + visit).unwrap_or_default() % faq::ENTRIES.len();
        let question = &faq::ENTRIES[entry].question;
        fake.asks(
            i64::from(rate) * 1_000_000 + customer,
            entry,
            question,
            intended,
        );
    }
}

async fn late_answers(fake: &Fake) {
    let since = Instant::now();
    while since.elapsed() < LATE_MAX {
        let done = {
            let line = fake.line();
            line.truth.answered >= line.truth.asked
        };
        if done {
            return;
        }
        fake.progress(Duration::from_millis(50)).await;
    }
}

fn report(rows: &[(Bot, Vec<At>)]) -> Result<()> {
    let mut table = Table::new(&[
        "messages/s",
        "bot",
        "p50 ms (median of rounds, range)",
        "p99 ms (median of rounds, range)",
        "p99.9 ms",
        "max ms",
        "answers",
        "RSS MB",
        "CPU %",
        "not answered in time",
        "doubled",
    ]);
    for (place, rate) in RATES.into_iter().enumerate() {
        for (bot, rates) in rows {
            let at = &rates[place];
            let of_all = |quantile| format!("{:.1}", ms(at.all.value_at_quantile(quantile)));
            table.row(vec![
                rate.to_string(),
                bot.name().to_owned(),
                at.values.spread("p50", 1),
                at.values.spread("p99", 1),
                of_all(0.999),
                of_all(1.0),
                at.all.len().to_string(),
                at.values.median_text("RSS", 1),
                at.values.median_text("CPU", 0),
                at.values.total("late"),
                at.values.total("doubled"),
            ]);
        }
    }
    table.publish("latency", "")
}

fn ms(micros: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "for people to read")]
    let micros = micros as f64;
    micros / 1_000.0
}
