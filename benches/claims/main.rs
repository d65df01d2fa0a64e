//! Several processes on one PostgreSQL: claims, checked for linearizability, and arrivals, taken
//! by one process and by three. `benches/claims/run` starts a database that syncs, and this.
//!
//! The processes are this program again, told by its arguments what to do; their histories come
//! back on their standard output.

mod arrivals;
mod clients;
mod history;
mod shop;

use std::process::Stdio;
use std::time::Duration;

use careline::store::Store;
use sqlx::{Connection, PgConnection};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use clients::Load;
use history::Operation;
use shop::{FIRST_VERSION, Shop};

const PROCESSES: u32 = 3;
const CLIENTS: u32 = 64;
const CONVERSATIONS: u32 = 2_000;
const OPERATIONS: u64 = 1_000_000;
/// How long arrivals are taken, and in how many rounds.
const TAKING: Duration = Duration::from_secs(5);
const ROUNDS: usize = 5;
/// The database that is made for this, and is in the way of nobody's.
const DATABASE: &str = "careline_claims";

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["claims"] => claims(OPERATIONS).await,
        ["claims", operations] => claims(operations.parse()?).await,
        ["arrivals"] => arrivals().await,
        ["client", url, first, clients, operations] => {
            let load = Load {
                first_client: first.parse()?,
                clients: clients.parse()?,
                operations: operations.parse()?,
                conversations: CONVERSATIONS,
            };
            client(url, load).await
        }
        ["taker", url, process, seconds] => {
            let length = Duration::from_secs(seconds.parse()?);
            let store = Store::open(url).await?;
            println!("{}", arrivals::take(store, process.parse()?, length).await);
            Ok(())
        }
        _ => Err("claims [OPERATIONS] | arrivals".into()),
    }
}

/// A database of our own in the cluster that the environment names.
async fn database() -> Result<String, Failure> {
    let url = std::env::var("CARELINE_TEST_POSTGRES")
        .map_err(|_| "CARELINE_TEST_POSTGRES names no PostgreSQL: run benches/claims/run")?;
    let mut server = PgConnection::connect(&url).await?;
    let made = [
        "DROP DATABASE IF EXISTS careline_claims WITH (FORCE)",
        "CREATE DATABASE careline_claims",
    ];
    for statement in made {
        sqlx::raw_sql(statement).execute(&mut server).await?;
    }
    let synced: String = sqlx::query_scalar("SHOW fsync")
        .fetch_one(&mut server)
        .await?;
    println!("PostgreSQL {}, fsync {synced}", version(&mut server).await?);
    let (front, _) = url
        .rsplit_once('/')
        .ok_or("CARELINE_TEST_POSTGRES has no database")?;
    Ok(format!("{front}/{DATABASE}"))
}

async fn version(server: &mut PgConnection) -> Result<String, Failure> {
    Ok(sqlx::query_scalar("SHOW server_version")
        .fetch_one(server)
        .await?)
}

async fn claims(operations: u64) -> Result<(), Failure> {
    let url = database().await?;
    let store = Store::open(&url).await?;
    Shop::new().fill(&store, CONVERSATIONS).await;
    store.close().await;
    let begun = now_ns();
    let mut processes = Vec::new();
    for process in 0..PROCESSES {
        let first = process * CLIENTS / PROCESSES;
        let clients = (process + 1) * CLIENTS / PROCESSES - first;
        let share = operations * u64::from(clients) / u64::from(CLIENTS);
        processes.push(again(&[
            "client",
            &url,
            &first.to_string(),
            &clients.to_string(),
            &share.to_string(),
        ])?);
    }
    let mut history = Vec::new();
    for process in processes {
        for line in lines(process).await? {
            history.push(Operation::of_line(&line).ok_or("a line of a history does not read")?);
        }
    }
    report(&history, begun);
    let anomalies = history::anomalies(&history, FIRST_VERSION);
    println!("anomalies: {}", anomalies.len());
    match anomalies.first() {
        Some(first) => Err(format!("not linearizable: {first}").into()),
        None => Ok(()),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts and nanoseconds of a run fit"
)]
fn report(history: &[Operation], begun: u64) {
    let first = history
        .iter()
        .map(|one| one.called_ns)
        .min()
        .unwrap_or(begun);
    let last = history
        .iter()
        .map(|one| one.returned_ns)
        .max()
        .unwrap_or(begun);
    let seconds = (last - first) as f64 / 1e9;
    let won = history
        .iter()
        .filter(|one| one.asked == history::Asked::Claim && one.holder == Some(one.client));
    let won = won.count();
    let lost = history
        .iter()
        .filter(|one| one.asked == history::Asked::Claim && one.holder != Some(one.client));
    println!(
        "{} operations by {CLIENTS} clients in {PROCESSES} processes in {seconds:.1} s: {:.0}/s \
         ({won} claims won, {} lost, {:.0} won/s)",
        history.len(),
        history.len() as f64 / seconds,
        lost.count(),
        won as f64 / seconds,
    );
}

async fn client(url: &str, load: Load) -> Result<(), Failure> {
    let store = Store::open(url).await?;
    let history = clients::run(&store, &Shop::new(), load, now_ns).await?;
    store.close().await;
    let lines: Vec<String> = history.iter().map(Operation::line).collect();
    println!("{}", lines.join("\n"));
    Ok(())
}

async fn arrivals() -> Result<(), Failure> {
    let url = database().await?;
    Store::open(&url).await?.close().await;
    let mut ratios = Vec::new();
    for round in 0..ROUNDS {
        let one = taken_by(&url, round, 1).await?;
        let three = taken_by(&url, round, PROCESSES).await?;
        println!(
            "1 process {one:.0}/s, {PROCESSES} processes {three:.0}/s: {:.2} ×",
            three / one
        );
        ratios.push(three / one);
    }
    ratios.sort_by(f64::total_cmp);
    println!("median {:.2} ×", ratios[ROUNDS / 2]);
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "counts of a run fit")]
async fn taken_by(url: &str, round: usize, processes: u32) -> Result<f64, Failure> {
    let seconds = TAKING.as_secs().to_string();
    let mut running = Vec::new();
    for process in 0..processes {
        let name = format!(
            "{}",
            round * 10 + process as usize + processes as usize * 1_000
        );
        running.push(again(&["taker", url, &name, &seconds])?);
    }
    let mut taken = 0;
    for process in running {
        for line in lines(process).await? {
            taken += line.parse::<u64>()?;
        }
    }
    Ok(taken as f64 / TAKING.as_secs_f64())
}

/// This program as another process.
fn again(words: &[&str]) -> Result<Child, Failure> {
    let program = std::env::current_exe()?;
    Ok(Command::new(program)
        .args(words)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?)
}

/// What it wrote, once it has ended well.
async fn lines(mut process: Child) -> Result<Vec<String>, Failure> {
    let stdout = process.stdout.take().ok_or("no output")?;
    let mut reader = BufReader::new(stdout).lines();
    let mut lines = Vec::new();
    while let Some(line) = reader.next_line().await? {
        lines.push(line);
    }
    match process.wait().await?.success() {
        true => Ok(lines),
        false => Err("a process failed".into()),
    }
}

/// The machine's monotonic clock: the same for all processes.
fn now_ns() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let nanoseconds = now.tv_sec * 1_000_000_000 + now.tv_nsec;
    u64::try_from(nanoseconds).unwrap_or(0)
}
