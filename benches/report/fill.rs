//! Fills a database with the lines of conversations as a busy desk has them, and with their lengths
//! as bare rows.

use std::fmt::Write;

use careline::domain::lang::Lang;
use careline::domain::place::ChannelKind;
use careline::domain::report::conversations::Conversations;
use careline::domain::report::line::{
    Line, LineWait, Outcome, Over, Running, WaitState, Who, rules,
};
use careline::domain::report::sla::Measure;
use careline::domain::time::{Millis, Timestamp};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use crate::dice::Dice;
use crate::{DAYS, FROM, Failure};

pub const DAY_MS: i64 = 86_400_000;
const TARGET: Millis = Millis::minutes(30);
/// How many agents there are.
const AGENTS: u64 = 40;
/// How many conversations go into one statement.
const AT_ONCE: u64 = 1_000;

enum Database {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Database {
    async fn connect(url: &str) -> Result<Database, Failure> {
        Ok(match url.starts_with("sqlite:") {
            true => Database::Sqlite(SqliteConnection::connect(url).await?),
            false => Database::Postgres(PgConnection::connect(url).await?),
        })
    }

    async fn run(&mut self, sql: String) -> Result<(), Failure> {
        let sql = AssertSqlSafe(sql);
        match self {
            Database::Sqlite(conn) => sqlx::raw_sql(sql).execute(conn).await.map(|_| ())?,
            Database::Postgres(conn) => sqlx::raw_sql(sql).execute(conn).await.map(|_| ())?,
        }
        Ok(())
    }
}

/// Fills it; says how many waits ended with what was waited for.
pub async fn fill(url: &str, conversations: u64) -> Result<u64, Failure> {
    let mut database = Database::connect(url).await?;
    if let Database::Sqlite(_) = database {
        database.run("PRAGMA synchronous = OFF".to_owned()).await?;
    }
    let tables = "CREATE TABLE raw_waits (day BIGINT NOT NULL, measure BIGINT NOT NULL, length BIGINT NOT NULL)";
    database.run(tables.to_owned()).await?;
    let (mut making, rules) = (Making(Dice(1)), rules());
    let (mut done, mut waits) = (0, 0);
    while done < conversations {
        let mut lines =
            "INSERT INTO figures (conversation_id, day, rules, line) VALUES ".to_owned();
        let mut lengths = "INSERT INTO raw_waits (day, measure, length) VALUES ".to_owned();
        let (mut first, mut first_length) = ("", "");
        for number in done..conversations.min(done + AT_ONCE) {
            let line = making.line();
            let day = line.opened_at.0.div_euclid(DAY_MS);
            let text = serde_json::to_string(&line)?;
            write!(lines, "{first}('c{number:08}', {day}, '{rules}', '{text}')")?;
            first = ",";
            for (measure, length) in came(&line) {
                let measure = Measure::ALL.iter().position(|known| *known == measure);
                let measure = measure.ok_or("no such measure")?;
                write!(lengths, "{first_length}({day}, {measure}, {})", length.0)?;
                first_length = ",";
                waits += 1;
            }
        }
        done = conversations.min(done + AT_ONCE);
        database
            .run(format!("BEGIN; {lines}; {lengths}; COMMIT"))
            .await?;
    }
    for day in FROM..FROM + DAYS {
        let due = format!("INSERT INTO figures_days_due (day, change) VALUES ({day}, 'filled')");
        database.run(due).await?;
    }
    database.run("ANALYZE".to_owned()).await?;
    Ok(waits)
}

/// The waits of a line that ended with what was waited for.
fn came(line: &Line) -> impl Iterator<Item = (Measure, Millis)> {
    line.waits.iter().filter_map(|wait| match wait.state {
        WaitState::Over(Over {
            outcome: Outcome::Came,
            length,
            ..
        }) => Some((wait.measure, length)),
        WaitState::Over(_) | WaitState::Running(_) => None,
    })
}

/// What conversations are made of, by chance.
struct Making(Dice);

impl Making {
    fn below(&mut self, end: u64) -> u64 {
        self.0.roll() % end
    }

    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// A number between 0 and 1, never 0.
    fn part(&mut self) -> f64 {
        (self.0.roll() + 1) as f64 / (1_u64 << 31) as f64
    }

    /// A length with that median, as people's waits are: its logarithm is normally distributed.
    fn around(&mut self, median: Millis, spread: f64) -> Millis {
        let radius = (-2.0 * self.part().ln()).sqrt();
        let normal = radius * (std::f64::consts::TAU * self.part()).cos();
        Millis((median.0 as f64 * (normal * spread).exp()) as i64)
    }

    fn line(&mut self) -> Line {
        // Most come between 8 and 22 o'clock.
        let hour = match self.percent(85) {
            true => 8 + self.below(14),
            false => self.below(24),
        };
        let day = FROM + i64::try_from(self.below(DAYS as u64)).unwrap_or(0);
        let within = i64::try_from(hour * 3_600_000 + self.below(3_600_000)).unwrap_or(0);
        let opened_at = Timestamp(day * DAY_MS + within);
        let handed_off = self.percent(35);
        let is_open = self.percent(1);
        let agent = format!("agent-{}", self.below(AGENTS));
        let staff = || Who::Staff(agent.as_str().into());
        let channel = match self.below(10) {
            0..=5 => ChannelKind::Telegram,
            6..=8 => ChannelKind::Discord,
            _ => ChannelKind::Web,
        };
        let lang = match self.below(10) {
            0..=4 => Lang::Vi,
            5..=7 => Lang::En,
            _ => Lang::Zh,
        };
        let mut line = Line {
            opened_at,
            channel,
            lang: Some(lang),
            segment: self.percent(10).then(|| "vip".to_owned()),
            agent: handed_off.then(|| agent.as_str().into()),
            counts: Conversations {
                came_in: 1,
                resolved: usize::from(!is_open),
                open: usize::from(is_open),
                handed_off: usize::from(handed_off),
                bot_resolved_assumed: usize::from(!handed_off && !is_open),
                ..Conversations::default()
            },
            waits: Vec::new(),
        };
        let answer = self.around(Millis::seconds(2), 0.6);
        line.waits
            .push(over(Measure::FirstAnswer, opened_at, Who::Bot, answer));
        if handed_off {
            let claim = self.around(Millis::minutes(4), 1.2);
            let reply = claim + self.around(Millis::minutes(4), 1.2);
            let mut end = |measure, length| {
                line.waits.push(match is_open {
                    true => running(measure, opened_at),
                    false => over(measure, opened_at, staff(), length),
                });
            };
            end(Measure::HandoffToClaim, claim);
            end(Measure::HumanWait, reply);
            end(Measure::FirstHumanResponse, reply);
            for turn in 0..i64::try_from(self.below(4)).unwrap_or(0) {
                let since = opened_at + reply + Millis::minutes(10 * (turn + 1));
                let length = self.around(Millis::minutes(6), 1.3);
                line.waits
                    .push(over(Measure::NextResponse, since, staff(), length));
            }
        }
        let settled = self.around(Millis::hours(3), 1.4);
        for measure in [Measure::FirstResolution, Measure::TotalResolution] {
            line.waits.push(match is_open {
                true => running(measure, opened_at),
                false => over(measure, opened_at, staff(), settled),
            });
        }
        line
    }
}

fn over(measure: Measure, since: Timestamp, who: Who, length: Millis) -> LineWait {
    LineWait {
        measure,
        since,
        who,
        outage: false,
        target: Some(TARGET),
        state: WaitState::Over(Over {
            outcome: Outcome::Came,
            length,
            business: Some(Millis(length.0 / 2)),
            late: Some(length > TARGET),
            promised: measure == Measure::HumanWait,
        }),
    }
}

fn running(measure: Measure, since: Timestamp) -> LineWait {
    LineWait {
        measure,
        since,
        who: Who::Nobody,
        outage: false,
        target: Some(TARGET),
        state: WaitState::Running(Running {
            since,
            paused: Millis(0),
            paused_since: None,
            due_at: Some(since + TARGET),
            promised: measure == Measure::HumanWait,
        }),
    }
}
