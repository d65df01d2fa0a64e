//! The price of speed: a backlog during which the bot is killed with SIGKILL again and again.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::bots::{Bot, Home};
use crate::drain::first_poll;
use crate::fake::Fake;
use crate::faq;
use crate::table::{Table, Values};
use crate::truth::Growing;

/// How often each bot is killed in a run.
const KILLS: usize = 5;
/// How long a send is under way, as over a real network.
const SEND_TAKES: Duration = Duration::from_millis(15);
/// After so long without an answer a run is over.
const SILENCE_MAX: Duration = Duration::from_secs(6);

/// `rounds` rounds, each bot once in every one.
pub async fn run(bots: &[Bot], rounds: usize) -> Result<()> {
    let fake = Fake::start().await?;
    let mut rows: Vec<(Bot, Values)> = bots.iter().map(|bot| (*bot, Values::default())).collect();
    for round in 0..rounds {
        for (bot, values) in &mut rows {
            let run = once(*bot, &fake, values).await;
            run.with_context(|| format!("{} while it is killed", bot.name()))?;
            eprintln!(
                "round {}: {}: so far {} lost, {} doubled",
                round + 1,
                bot.name(),
                values.total("lost"),
                values.total("doubled")
            );
        }
    }
    let mut table = Table::new(&[
        "bot",
        "kills",
        "messages",
        "lost",
        "doubled",
        "unknown, shown to staff",
    ]);
    for (bot, values) in &rows {
        table.row(vec![
            bot.name().to_owned(),
            (rounds * KILLS).to_string(),
            values.total("of"),
            values.total("lost"),
            values.total("doubled"),
            if bot.is_ours() {
                values.total("unknown")
            } else {
                "–".to_owned()
            },
        ]);
    }
    table.publish("kills", "")
}

fn size(bot: Bot) -> usize {
    match bot {
        Bot::Ptb => 600,
        // Four at a time, 15 ms each.
        Bot::Careline => 1_500,
        _ => 2_000,
    }
}

async fn once(bot: Bot, fake: &Fake, values: &mut Values) -> Result<()> {
    fake.forget();
    let home = Home::fresh(bot, fake)?;
    let size = size(bot);
    for at in 0..size {
        let entry = at % faq::ENTRIES.len();
        let question = &faq::ENTRIES[entry].question;
        fake.asks(
            1_000_000 + i64::try_from(at)?,
            entry,
            question,
            Instant::now(),
        );
    }
    fake.line().send_takes = SEND_TAKES;
    for kill in 1..=KILLS {
        fake.expect_bot();
        let mut process = home.start()?;
        first_poll(fake, &mut process).await?;
        let wanted = u64::try_from(size * kill / (KILLS + 1))?;
        until_answered(fake, wanted).await;
        process.kill().await?;
    }
    fake.expect_bot();
    let mut process = home.start()?;
    first_poll(fake, &mut process).await?;
    until_answered(fake, u64::MAX).await;
    process.stop().await?;
    let (doubled, mut unanswered) = {
        let line = fake.line();
        (line.truth.doubled(), line.truth.unanswered())
    };
    values.sum("of", u64::try_from(size)?);
    values.sum("doubled", doubled);
    if bot.is_ours() {
        // What is unknown is not lost: staff see it, with a button to send it again.
        let unknown = unknown_chats(&home).await?;
        values.sum("unknown", u64::try_from(unknown.len())?);
        unanswered.retain(|chat| !unknown.contains(chat));
    }
    values.sum("lost", u64::try_from(unanswered.len())?);
    home.remove()
}

/// Waits until so many are answered, or nothing happens any more.
async fn until_answered(fake: &Fake, wanted: u64) {
    let mut seen = Growing::new();
    loop {
        let (asked, answered) = {
            let line = fake.line();
            (line.truth.asked, line.truth.answered)
        };
        let silence = seen.is(answered);
        if answered >= wanted.min(asked) || silence > SILENCE_MAX {
            return;
        }
        fake.progress(Duration::from_millis(20)).await;
    }
}

/// Chats with a send of ours of which nobody knows whether it arrived.
async fn unknown_chats(home: &Home) -> Result<Vec<i64>> {
    use sqlx::Connection;
    let url = format!("sqlite:{}", home.folder.join("careline.db").display());
    let mut database = sqlx::SqliteConnection::connect(&url).await?;
    let chats: Vec<String> = sqlx::query_scalar("SELECT chat FROM outbox WHERE state = 'unknown'")
        .fetch_all(&mut database)
        .await?;
    chats
        .iter()
        .map(|chat| chat.parse().context("a chat is a number"))
        .collect()
}
