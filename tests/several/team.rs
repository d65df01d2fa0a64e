//! Processes of the real binary with their roles apart, on one PostgreSQL, with Telegram as it is
//! on loopback; and the customers who write meanwhile.

use std::process::Stdio;
use std::time::{Duration, Instant};

use careline::clock::{Clock, SystemClock};
use sqlx::Connection;
use tokio::process::Child;

use crate::support::database::Database;
use crate::support::serving::{ANSWERS, WINDOW, count, import, start};
use crate::support::telegram::FakeTelegram;
use crate::support::telegram::people::Person;

/// How long a process that is lost may stay without one in its place.
pub const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(10);
/// How long an answer is waited for before somebody else asks.
const ASKS_EVERY: Duration = Duration::from_secs(5);
/// How long anything else is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// One process.
pub struct Member {
    pub role: &'static str,
    pub process: Child,
}

impl Member {
    pub fn pid(&self) -> u32 {
        self.process.id().expect("it runs")
    }

    /// Sends it a signal by name.
    pub async fn signal(&self, name: &str) {
        let sent = tokio::process::Command::new("kill")
            .args([&format!("-{name}"), &self.pid().to_string()])
            .status()
            .await;
        assert!(sent.expect("kill runs").success(), "it is there to be told");
    }
}

/// All processes, their customers, and what is between them.
pub struct Team {
    pub telegram: FakeTelegram,
    pub members: Vec<Member>,
    pub customers: Vec<(Person, usize)>,
    database: Database,
    variables: Vec<(&'static str, String)>,
    folder: Folder,
}

/// Where the processes run and write their log: a test that fails shows its end.
struct Folder(tempfile::TempDir);

impl Drop for Folder {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.0.path().join("log")).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            let end = lines.len().saturating_sub(60);
            eprintln!("{}", lines[end..].join("\n"));
        }
    }
}

impl Team {
    /// Nobody yet, on a fresh database that has the knowledge base.
    pub async fn new() -> Team {
        let clock = SystemClock;
        let telegram =
            FakeTelegram::start_with_clock(std::sync::Arc::new(move || clock.now().0)).await;
        let (database, folder) = (
            Database::postgres().await,
            Folder(tempfile::tempdir().expect("a folder")),
        );
        import(&database, folder.0.path()).await;
        Team {
            telegram,
            members: Vec::new(),
            customers: Vec::new(),
            database,
            variables: Vec::new(),
            folder,
        }
    }

    /// Sets a variable for those who join from now on.
    pub fn with(&mut self, name: &'static str, value: String) {
        self.variables.push((name, value));
    }

    pub fn database(&self) -> &Database {
        &self.database
    }

    /// A process with that role joins.
    pub fn joins(&mut self, role: &'static str) {
        let mut command = start(&self.telegram, &self.database, self.folder.0.path());
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.0.path().join("log"))
            .expect("the log is there");
        let process = command
            .args(["--role", role])
            .envs(
                self.variables
                    .iter()
                    .map(|(name, value)| (*name, value.as_str())),
            )
            .stderr(Stdio::from(log))
            .spawn()
            .expect("it starts");
        self.members.push(Member { role, process });
    }

    /// The member who holds a lease, once one of ours does.
    pub async fn holder(&self, lease: &'static str) -> usize {
        until("a holder of the lease", async || {
            let pid = self.pid_of_holder(lease).await?;
            self.members
                .iter()
                .position(|member| member.process.id() == Some(pid))
        })
        .await
    }

    /// Waits until another process than that has the lease; gives how long that took.
    pub async fn taken_over(&self, lease: &'static str, from: u32) -> Duration {
        let since = Instant::now();
        until("another holder of the lease", async || {
            (self.pid_of_holder(lease).await? != from).then_some(())
        })
        .await;
        since.elapsed()
    }

    /// A holder's name has its process number as the third word.
    async fn pid_of_holder(&self, lease: &str) -> Option<u32> {
        let mut conn = sqlx::PgConnection::connect(&self.database.url).await.ok()?;
        let owner: Option<String> =
            sqlx::query_scalar("SELECT owner FROM leases WHERE name = $1 AND held_until > 0")
                .bind(lease)
                .fetch_optional(&mut conn)
                .await
                .ok()?;
        owner?.split(' ').nth(2)?.parse().ok()
    }

    /// So many new customers ask, each one of the questions.
    pub fn asked_by(&mut self, customers: usize) {
        for _ in 0..customers {
            let number = self.customers.len();
            let person = self.telegram.person(&format!("Customer {number}"), "en");
            let asks = number % ANSWERS.len();
            person.alone().says(ANSWERS[asks].0);
            self.customers.push((person, asks));
        }
    }

    /// Waits until a customer who asks from now on is answered; gives how long that took. Another
    /// asks now and then: an outcome that becomes unknown is not made good by waiting.
    pub async fn serves(&mut self) -> Duration {
        let (since, first) = (Instant::now(), self.customers.len());
        while since.elapsed() < PATIENCE {
            self.asked_by(1);
            let asked = Instant::now();
            let answered = until("an answer, or time to ask anew", async || {
                let answered = self.customers[first..].iter().any(|(person, asked)| {
                    let read = person.reads();
                    read.iter()
                        .any(|one| one.text().contains(ANSWERS[*asked].1))
                });
                (answered || asked.elapsed() > ASKS_EVERY).then_some(answered)
            })
            .await;
            if answered {
                return since.elapsed();
            }
        }
        panic!("nobody is answered any more");
    }

    pub async fn count(&self, sql: &'static str) -> usize {
        count(&self.database, sql).await
    }

    /// Waits until nothing is left to do and every outcome that nobody knows is reported.
    pub async fn settles(&self) {
        until("quiet", async || {
            let idle = self.telegram.with(|state| state.queue.len()) == 0
                && self
                    .count("SELECT COUNT(*) FROM inbox WHERE state = 'new'")
                    .await
                    == 0
                && self
                    .count("SELECT COUNT(*) FROM outbox WHERE state IN ('ready', 'sending')")
                    .await
                    == 0
                && self
                    .count("SELECT COUNT(*) FROM inbox WHERE state = 'new'")
                    .await
                    == 0;
            idle.then_some(())
        })
        .await;
    }

    /// Nothing was lost and nothing was said twice: each customer has their own answer once, or it
    /// stands as unknown and is reported: no more of them than may be under way, for each time that
    /// the delivery was taken over.
    pub async fn holds_its_promises(&self) {
        let unknown = self
            .count("SELECT COUNT(*) FROM outbox WHERE state = 'unknown'")
            .await;
        let reported = self
            .count(
                "SELECT COUNT(*) FROM timeline t JOIN outbox o ON t.fact LIKE '%' || o.id || '%'
                 WHERE t.kind = 'delivery-unknown' AND o.state = 'unknown'",
            )
            .await;
        assert_eq!(unknown, reported, "each unknown outcome is reported");
        let mut unanswered = 0;
        for (person, asked) in &self.customers {
            let read = person.reads();
            for (number, (_, answer)) in ANSWERS.iter().enumerate() {
                let times = read
                    .iter()
                    .filter(|message| message.text().contains(answer))
                    .count();
                let most = usize::from(number == *asked);
                assert!(times <= most, "{answer:?} {times} times, {most} expected");
                unanswered += most - times;
            }
        }
        assert!(
            unanswered <= unknown,
            "{unanswered} without answer, {unknown} unknown"
        );
        let kept = self
            .count("SELECT COUNT(*) FROM inbox WHERE origin = 'telegram'")
            .await;
        let effects = self
            .count("SELECT COUNT(*) FROM messages WHERE author = 'customer'")
            .await;
        let done = self
            .count("SELECT COUNT(*) FROM inbox WHERE state <> 'done'")
            .await;
        assert_eq!(
            (kept, done),
            (effects, 0),
            "each arrival had its effect, once"
        );
        let holders = self
            .count("SELECT fence FROM leases WHERE name = 'delivery:telegram'")
            .await;
        println!(
            "{} customers, {unknown} unknown and reported, {holders} holders of the delivery",
            self.customers.len()
        );
        assert!(unknown <= WINDOW * (holders - 1), "{unknown} unknown");
    }

    /// Everybody goes, and the database with them.
    pub async fn disbands(mut self) {
        for member in &mut self.members {
            member.process.kill().await.expect("it is ended");
        }
        drop(self.telegram);
        self.database.remove().await;
    }
}

/// Waits until `look` gives something.
pub async fn until<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let looking = async {
        let mut every = tokio::time::interval(Duration::from_millis(25));
        loop {
            every.tick().await;
            if let Some(found) = look().await {
                return found;
            }
        }
    };
    tokio::time::timeout(PATIENCE, looking)
        .await
        .unwrap_or_else(|_| panic!("waited for {what}"))
}
