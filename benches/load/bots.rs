//! The bots under test: how each is started, and what is asked of it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, ensure};

use crate::fake::{Fake, TOKEN};
use crate::faq;
use crate::process::Process;

/// A bot under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bot {
    /// This program: `serve`, all roles, SQLite with `synchronous=FULL`.
    Careline,
    /// The same with the largest send window: what the safe one costs.
    CarelineWide,
    /// grammY with its runner.
    Grammy,
    /// telegraf.
    Telegraf,
    /// aiogram with uvloop.
    Aiogram,
    /// python-telegram-bot.
    Ptb,
    /// teloxide's dispatcher.
    Teloxide,
}

impl Bot {
    /// All, ours first.
    pub const ALL: [Bot; 7] = [
        Bot::Careline,
        Bot::CarelineWide,
        Bot::Grammy,
        Bot::Telegraf,
        Bot::Aiogram,
        Bot::Ptb,
        Bot::Teloxide,
    ];

    /// What the tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Bot::Careline => "careline",
            Bot::CarelineWide => "careline-w64",
            Bot::Grammy => "grammy",
            Bot::Telegraf => "telegraf",
            Bot::Aiogram => "aiogram",
            Bot::Ptb => "ptb",
            Bot::Teloxide => "teloxide",
        }
    }

    /// The bot of that name.
    pub fn of_name(name: &str) -> Option<Bot> {
        Bot::ALL.into_iter().find(|bot| bot.name() == name)
    }

    /// Whether it is this program.
    pub fn is_ours(self) -> bool {
        matches!(self, Bot::Careline | Bot::CarelineWide)
    }

    /// How many waiting messages it is given to drain: some seconds of its work.
    pub fn backlog(self) -> usize {
        match self {
            Bot::Careline | Bot::CarelineWide => 8_000,
            Bot::Grammy | Bot::Telegraf => 10_000,
            Bot::Aiogram => 3_000,
            Bot::Ptb => 400,
            Bot::Teloxide => 20_000,
        }
    }
}

/// Where a bot lives during one run.
pub struct Home {
    /// Which bot.
    pub bot: Bot,
    /// Its working folder, with its database.
    pub folder: PathBuf,
    fake_url: String,
    logs: PathBuf,
}

static RUNS: AtomicU32 = AtomicU32::new(0);

/// Where all that benchmarks make is put: on a real disk, out of git.
pub fn work_folder() -> PathBuf {
    let target = std::env::var_os("BENCH_FOLDER");
    target.map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench"),
        PathBuf::from,
    )
}

impl Home {
    /// A fresh folder; ours gets a fresh database with the FAQ imported.
    pub fn fresh(bot: Bot, fake: &Fake) -> Result<Home> {
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        let work = work_folder();
        let folder = work.join("runs").join(format!("{}-{run}", bot.name()));
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let logs = work.join("logs");
        std::fs::create_dir_all(&logs)?;
        let home = Home {
            bot,
            folder,
            fake_url: fake.url.clone(),
            logs,
        };
        if bot.is_ours() {
            import(&home.folder, &home.variables())?;
        }
        Ok(home)
    }

    /// Removes the folder with the database.
    pub fn remove(self) -> Result<()> {
        std::fs::remove_dir_all(&self.folder).context("the run's folder stays")
    }

    /// Starts the bot.
    pub fn start(&self) -> Result<Process> {
        let log = self.logs.join(format!("{}.log", self.bot.name()));
        Process::start(&self.command()?, &self.variables(), &self.folder, &log)
    }

    fn command(&self) -> Result<Vec<String>> {
        let peers = work_folder().join("peers");
        let script = |folder: &str, program: &str, name: &str| -> Result<Vec<String>> {
            let program = program.replace("HERE", &peers.join(folder).to_string_lossy());
            let script = peers.join(folder).join(name);
            ensure!(
                script.exists(),
                "{} is not installed: run `benches/run install`",
                script.display()
            );
            Ok(vec![program, script.to_string_lossy().into_owned()])
        };
        match self.bot {
            Bot::Careline | Bot::CarelineWide => Ok(vec![careline(), "serve".to_owned()]),
            Bot::Grammy => script("grammy", "node", "bot.mjs"),
            Bot::Telegraf => script("telegraf", "node", "bot.mjs"),
            Bot::Aiogram => script("aiogram", "HERE/venv/bin/python", "bot.py"),
            Bot::Ptb => script("ptb", "HERE/venv/bin/python", "bot.py"),
            Bot::Teloxide => {
                let own = std::env::current_exe()?;
                Ok(vec![
                    own.to_string_lossy().into_owned(),
                    "teloxide-bot".to_owned(),
                ])
            }
        }
    }

    fn variables(&self) -> Vec<(String, String)> {
        let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        if self.bot.is_ours() {
            let window = match self.bot {
                Bot::CarelineWide => "64",
                _ => "4",
            };
            return vec![
                own("DATABASE_URL", "sqlite:careline.db"),
                own("TELEGRAM_TOKEN", TOKEN),
                own("CARELINE_TELEGRAM__API_URL", &self.fake_url),
                own("CARELINE_HTTP__LISTEN", "127.0.0.1:0"),
                own("CARELINE_KNOWLEDGE__SAMPLE", "false"),
                // The platform's own limit is far below what is measured here.
                own("CARELINE_DELIVERY__TELEGRAM_PER_SECOND", "100000"),
                own("CARELINE_DELIVERY__TELEGRAM_WINDOW", window),
            ];
        }
        let faq = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/faq.json");
        vec![
            own("BENCH_TOKEN", TOKEN),
            own("BENCH_API", &self.fake_url),
            own("BENCH_FAQ", &faq.to_string_lossy()),
        ]
    }
}

/// Gives our program in that folder the FAQ.
pub fn import(folder: &Path, variables: &[(String, String)]) -> Result<()> {
    let file = folder.join("knowledge.yaml");
    faq::write_knowledge(&file)?;
    let status = Command::new(careline())
        .args(["faq", "import"])
        .arg(&file)
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .current_dir(folder)
        .stdout(std::process::Stdio::null())
        .status()?;
    ensure!(status.success(), "the FAQ is not imported");
    Ok(())
}

/// The program under test.
pub fn careline() -> String {
    std::env::var("BENCH_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_careline").to_owned())
}
