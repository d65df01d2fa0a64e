//! Measures from the outside: a fake platform with customers, and bots as processes of their own.
//!
//! `benches/run` builds and calls this; `benches/README.md` says what is measured and how.
#![forbid(unsafe_code)]

mod bots;
mod discord;
mod discord_fake;
mod drain;
mod fake;
mod faq;
mod fill;
mod growth;
mod kills;
mod latency;
mod machine;
mod memory;
mod process;
mod start;
mod table;
mod teloxide_bot;
mod truth;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use bots::Bot;

/// Measures from the outside.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
    /// Cargo's own.
    #[arg(long, hide = true, global = true)]
    bench: bool,
}

#[derive(Subcommand)]
enum What {
    /// A backlog, from the first poll to the last answer.
    Drain(Rounds),
    /// A steady load of 30, 100 and 400 messages a second.
    Latency(Rounds),
    /// Killed again and again: what is lost and what is doubled.
    Kills(Rounds),
    /// Memory with nothing to do.
    Memory(Rounds),
    /// From the start of the process to its first poll, with many conversations.
    Start(Rounds),
    /// What a hundred times as many conversations cost.
    Growth(Rounds),
    /// Discord beside discord.js.
    Discord(Rounds),
    /// The machine, its disk and all versions.
    Machine,
    /// How much the fake takes.
    Fake,
    /// The other end of `fake`.
    #[command(hide = true)]
    Knock {
        /// Where the fake is.
        url: String,
    },
    /// The FAQ bot on teloxide.
    #[command(hide = true)]
    TeloxideBot,
}

#[derive(clap::Args)]
struct Rounds {
    /// How often every bot has its turn.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Which bots, with commas.
    #[arg(long, value_delimiter = ',')]
    bots: Vec<String>,
    /// How much of the usual size, in percent.
    #[arg(long, default_value_t = 100)]
    size: usize,
}

impl Rounds {
    fn bots(&self) -> Result<Vec<Bot>> {
        if self.bots.is_empty() {
            return Ok(Bot::ALL.to_vec());
        }
        let bots = self.bots.iter();
        bots.map(|name| Bot::of_name(name).with_context(|| format!("no bot {name}")))
            .collect()
    }
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    if matches!(arguments.what, What::TeloxideBot) {
        // What its manual's #[tokio::main] gives it.
        runtime = tokio::runtime::Builder::new_multi_thread();
    }
    runtime.enable_all().build()?.block_on(async {
        match arguments.what {
            What::Drain(rounds) => drain::run(&rounds.bots()?, rounds.rounds, rounds.size).await,
            What::Latency(rounds) => latency::run(&rounds.bots()?, rounds.rounds).await,
            What::Kills(rounds) => kills::run(&rounds.bots()?, rounds.rounds).await,
            What::Memory(rounds) => memory::run(&rounds.bots()?, rounds.rounds).await,
            What::Start(rounds) => start::run(rounds.rounds).await,
            What::Growth(rounds) => growth::run(rounds.rounds).await,
            What::Discord(rounds) => discord::run(rounds.rounds).await,
            What::Machine => machine::describe().await,
            What::Fake => machine::fake_alone().await,
            What::Knock { url } => machine::knock(&url).await,
            What::TeloxideBot => teloxide_bot::run().await,
        }
    })
}
