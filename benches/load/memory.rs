//! Resident memory of a bot that has nothing to do.

use std::time::Duration;

use anyhow::Result;

use crate::bots::{Bot, Home};
use crate::drain::{first_poll, mb};
use crate::fake::Fake;
use crate::table::{Table, Values};

/// How long it has nothing to do before it is looked at.
const IDLE: Duration = Duration::from_secs(8);

/// `rounds` rounds, each bot once in every one.
pub async fn run(bots: &[Bot], rounds: usize) -> Result<()> {
    let fake = Fake::start().await?;
    let mut rows: Vec<(Bot, Values)> = bots.iter().map(|bot| (*bot, Values::default())).collect();
    for _ in 0..rounds {
        for (bot, values) in &mut rows {
            fake.forget();
            let home = Home::fresh(*bot, &fake)?;
            fake.expect_bot();
            let mut process = home.start()?;
            first_poll(&fake, &mut process).await?;
            let cpu_before = process.cpu_seconds();
            tokio::time::sleep(IDLE).await;
            values.add("RSS", mb(process.resident()));
            let cpu = process.cpu_seconds() - cpu_before;
            values.add("CPU", cpu * 100.0 / IDLE.as_secs_f64());
            process.kill().await?;
            home.remove()?;
        }
    }
    let mut table = Table::new(&["bot", "idle RSS MB (median, range)", "idle CPU %"]);
    for (bot, values) in &rows {
        table.row(vec![
            bot.name().to_owned(),
            values.spread("RSS", 1),
            values.median_text("CPU", 2),
        ]);
    }
    let median = |wanted: Bot| {
        let row = rows.iter().find(|(bot, _)| *bot == wanted);
        row.and_then(|(_, values)| values.median("RSS"))
    };
    let below = match (median(Bot::Careline), median(Bot::Grammy)) {
        (Some(ours), Some(theirs)) => format!(
            "Target: ≤ 20 MB: {ours:.1} MB. Target: ≤ 1/4 of grammY's: 1/{:.1}.\n",
            theirs / ours
        ),
        _ => String::new(),
    };
    table.publish("memory", &below)
}
