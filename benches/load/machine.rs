//! What was measured on: the machine, the disk, the versions.

use std::io::Write;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::bots::{careline, work_folder};
use crate::fake::Fake;
use crate::truth::histogram;

/// How often the disk is asked to sync.
const SYNCS: usize = 500;
/// As much as SQLite writes at once.
const PAGE_BYTES: usize = 4_096;
/// How many requests the fake is tried with.
const REQUESTS: usize = 40_000;
/// How many of them are under way at once.
const CONNECTIONS: usize = 8;

/// Prints and keeps it.
pub async fn describe() -> Result<()> {
    let (p50, p99) = sync_ms()?;
    let cpu = std::fs::read_to_string("/proc/cpuinfo")?;
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .unwrap_or_default();
    let memory = std::fs::read_to_string("/proc/meminfo")?;
    let memory = memory.lines().next().unwrap_or_default().to_owned();
    let lines = [
        (
            "machine",
            format!(
                "{} × {}, {}",
                std::fs::read_to_string("/proc/cpuinfo")?
                    .matches("processor\t")
                    .count(),
                model.trim_start_matches([' ', '\t', ':']),
                memory
            ),
        ),
        ("kernel", said("uname", &["-sr"])?),
        (
            "fdatasync of 4 KiB on that disk",
            format!("p50 {p50:.2} ms, p99 {p99:.2} ms ({SYNCS} times)"),
        ),
        (
            "careline",
            format!(
                "{} at {}",
                said(&careline(), &["--version"])?,
                said("git", &["rev-parse", "--short", "HEAD"])?
            ),
        ),
        ("rustc", said("rustc", &["--version"])?),
        ("teloxide", locked("teloxide")),
        ("serenity", locked("serenity")),
        ("node", said("node", &["--version"])?),
        (
            "grammy, @grammyjs/runner",
            format!(
                "{}, {}",
                npm("grammy", "grammy")?,
                npm("grammy", "@grammyjs/runner")?
            ),
        ),
        ("telegraf", npm("telegraf", "telegraf")?),
        ("discord.js", npm("discordjs", "discord.js")?),
        ("python", said("python3", &["--version"])?),
        (
            "aiogram, uvloop",
            format!(
                "{}, {}",
                pip("aiogram", "aiogram"),
                pip("aiogram", "uvloop")
            ),
        ),
        ("python-telegram-bot", pip("ptb", "python-telegram-bot")),
        ("date", said("date", &["-u", "+%Y-%m-%d %H:%M UTC"])?),
    ];
    let mut text = String::from("| what | which |\n| --- | --- |\n");
    for (what, which) in lines {
        text.push_str(&format!("| {what} | {which} |\n"));
    }
    println!("{text}");
    let folder = work_folder().join("results");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("machine.md"), text)?;
    Ok(())
}

/// How long the disk takes to have a page for good: median and 99th percentile.
fn sync_ms() -> Result<(f64, f64)> {
    let file = work_folder().join("sync.probe");
    let mut probe = std::fs::File::create(&file)?;
    let mut times = histogram();
    for _ in 0..SYNCS {
        probe.write_all(&[1; PAGE_BYTES])?;
        let began = Instant::now();
        probe.sync_data()?;
        times.record(u64::try_from(began.elapsed().as_micros())?.max(1))?;
    }
    std::fs::remove_file(&file)?;
    #[expect(clippy::cast_precision_loss, reason = "for people to read")]
    let ms = |quantile| times.value_at_quantile(quantile) as f64 / 1_000.0;
    Ok((ms(0.50), ms(0.99)))
}

fn said(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output();
    let output = output.with_context(|| format!("{program} does not run"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A crate's version as Cargo.lock pins it.
fn locked(name: &str) -> String {
    let lock = include_str!("../../Cargo.lock");
    let head = format!("name = \"{name}\"\nversion = \"");
    let rest = lock.split_once(&head).map(|(_, rest)| rest);
    rest.and_then(|rest| rest.split('"').next())
        .unwrap_or("?")
        .to_owned()
}

fn npm(peer: &str, package: &str) -> Result<String> {
    let file = work_folder().join(format!("peers/{peer}/node_modules/{package}/package.json"));
    let text = std::fs::read_to_string(file)?;
    let value: serde_json::Value = serde_json::from_str(&text)?;
    Ok(value["version"].as_str().unwrap_or("?").to_owned())
}

fn pip(peer: &str, package: &str) -> String {
    let file = work_folder().join(format!("peers/{peer}/requirements.txt"));
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let head = format!("{package}==");
    let line = text.lines().find_map(|line| line.strip_prefix(&head));
    line.unwrap_or("?").to_owned()
}

/// How many sends a second the fake takes on its core: it must not be what is measured.
pub async fn fake_alone() -> Result<()> {
    let fake = Fake::start().await?;
    let own = std::env::current_exe()?;
    let began = Instant::now();
    let mut child = tokio::process::Command::new("taskset")
        .args(["-c", crate::process::BOT_CORE])
        .arg(own)
        .args(["knock", &fake.url])
        .spawn()?;
    child.wait().await?;
    let sends = fake.line().sends;
    #[expect(clippy::cast_precision_loss, reason = "for people to read")]
    let per_second = sends as f64 / began.elapsed().as_secs_f64();
    println!("the fake took {sends} sends, {per_second:.0} a second");
    Ok(())
}

/// The other end of [`fake_alone`]: sends as fast as raw sockets go.
pub async fn knock(url: &str) -> Result<()> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let address = url.trim_start_matches("http://").to_owned();
    let body = r#"{"chat_id":7,"text":"hello"}"#;
    let request = format!(
        "POST /bot{}/sendMessage HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        crate::fake::TOKEN,
        body.len()
    );
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (address, request) = (address.clone(), request.clone());
        tasks.spawn(async move {
            let mut stream = tokio::net::TcpStream::connect(&address).await?;
            let mut answer = vec![0; 2_048];
            for _ in 0..REQUESTS / CONNECTIONS {
                stream.write_all(request.as_bytes()).await?;
                // Answers are far smaller than a segment: one read holds one.
                if stream.read(&mut answer).await? == 0 {
                    break;
                }
            }
            std::io::Result::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}
