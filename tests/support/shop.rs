//! A whole shop for scenes: the real program with the real clients against the fakes, a real
//! database, and one clock that only the scene moves.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use careline::app::{App, AppError, Pauses, ServeRole, Started, serve};
use careline::clock::{Clock, SetClock, SystemIds};
use careline::config::Config;
use careline::domain::lang::Lang;
use careline::domain::place::ChannelKind;
use careline::domain::staff::{Role, Staff};
use careline::domain::time::{Millis, Timestamp};
use careline::store::plans::{self, PlanText};
use careline::store::{Store, Wire, staff};
use sqlx::Connection;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::database::Database;
use super::discord::Discord;
use super::program::assert_verified;
use super::telegram::{FakeTelegram, START_MS};

/// How long a scene waits for the program to have done all there is to do.
const QUIET_WITHIN: Duration = Duration::from_secs(20);

/// What is undecided, due, or can leave now. What waits for a full group waits for the clock, and
/// so does what stands behind something that is put off.
const BUSY: &str = "
    SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM inbox WHERE state = 'new' AND received_at <= $1)
    + (SELECT CAST(COUNT(*) AS BIGINT) FROM timers WHERE due_at <= $1)
    + (SELECT CAST(COUNT(*) AS BIGINT) FROM report_requests)
    + (SELECT CAST(COUNT(*) AS BIGINT) FROM outbox o LEFT JOIN rooms r
        ON o.to_room AND r.conversation_id = o.conversation_id AND r.desk = o.channel
    WHERE o.state IN ('ready', 'sending') AND o.not_before <= $1
        AND (o.weight = 0 OR NOT EXISTS (SELECT 1 FROM budgets b WHERE b.channel = o.channel
            AND b.chat = COALESCE(o.chat, r.chat) AND b.takes_at > $1))
        AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.lane = o.lane AND e.state = 'ready'
            AND e.position < o.position AND e.not_before > $1))";

/// A shop whose program may run.
pub struct Shop {
    pub telegram: FakeTelegram,
    pub discord: Discord,
    pub clock: Arc<SetClock>,
    pub config: Config,
    pub database: Database,
    /// What the way to the database can be cut with.
    pub wire: Option<Arc<dyn Wire>>,
    running: Option<Running>,
}

struct Running {
    started: Started,
    stop: CancellationToken,
    task: JoinHandle<Result<(), AppError>>,
}

impl Shop {
    /// A shop on SQLite that is not open yet: no token is set.
    pub async fn new() -> Shop {
        Shop::on(Database::sqlite().await).await
    }

    /// The same on a given database.
    pub async fn on(database: Database) -> Shop {
        let clock = Arc::new(SetClock::at(Timestamp(START_MS)));
        let (for_telegram, for_discord) = (clock.clone(), clock.clone());
        let telegram = FakeTelegram::start_with_clock(Arc::new(move || for_telegram.now().0)).await;
        let discord = Discord::start_at(Arc::new(move || for_discord.now().0)).await;
        let mut config = Config::default();
        config.database.url = database.url.clone().into();
        config.http.listen = "127.0.0.1:0".to_owned();
        // The clock stands still unless a scene moves it, and so would the budgets.
        config.delivery.telegram_per_second = 1_000;
        config.delivery.telegram_chat_per_second = 100;
        // Those scenes that wait for digests switch them on.
        (config.digest.daily, config.digest.weekly) = (false, false);
        Shop {
            telegram,
            discord,
            clock,
            config,
            database,
            wire: None,
            running: None,
        }
    }

    /// With the Telegram bot's token.
    pub fn with_telegram(mut self) -> Shop {
        self.config.telegram.token = Some(self.telegram.token().into());
        self.config.telegram.api_url = self.telegram.url();
        self
    }

    /// With a Telegram forum as desk.
    pub fn with_telegram_desk(mut self, forum: i64) -> Shop {
        self.config.telegram.staff_chat = Some(forum);
        self
    }

    /// With the Discord bot's token.
    pub fn with_discord(mut self) -> Shop {
        self.config.discord.token = Some(super::discord::TOKEN.into());
        self.config.discord.api_url = self.discord.api_url();
        self
    }

    /// With a Discord forum as desk.
    pub fn with_discord_desk(mut self, forum: u64) -> Shop {
        self.config.discord.staff_forum = Some(forum);
        self
    }

    /// With a channel whose messages are customers', and the intent to read them.
    pub fn with_support_channel(mut self, channel: u64) -> Shop {
        self.discord
            .act(|world| world.application.privileged_intents = 1 << 15);
        self.config.discord.message_content = true;
        self.config.discord.support_channels.push(channel);
        self
    }

    /// Lists somebody as staff.
    pub async fn lists(&self, name: &str, role: Role, accounts: &[(ChannelKind, String)]) -> Staff {
        let store = self.database.open().await;
        let new = Staff {
            id: format!("staff-{name}").into(),
            name: name.to_owned(),
            role,
            lang: Lang::En,
        };
        let (member, accounts) = (new.clone(), accounts.to_vec());
        let now = self.clock.now();
        store
            .write(move |tx| {
                let (member, accounts) = (member.clone(), accounts.clone());
                Box::pin(async move {
                    staff::add(tx, &member, now).await?;
                    for (channel, account) in accounts {
                        staff::link_identity(tx, &member.id, channel, &account.into()).await?;
                    }
                    Ok(())
                })
            })
            .await
            .expect("staff are listed");
        store.close().await;
        new
    }

    /// Starts the program; back once everything runs.
    pub async fn opens(&mut self) {
        assert!(self.running.is_none(), "the program runs already");
        let app = App {
            config: self.config.clone(),
            roles: ServeRole::all(),
            clock: self.clock.clone(),
            ids: Arc::new(SystemIds::default()),
            pauses: Pauses {
                first: Duration::from_millis(5),
                most: Duration::from_millis(50),
                farewell: Duration::from_millis(50),
            },
            wire: self.wire.clone(),
        };
        let stop = CancellationToken::new();
        let sessions = self.discord.read(|world| world.gateway.identifies);
        let (say, heard) = oneshot::channel();
        let task = tokio::spawn(serve(app, stop.clone(), move |started| {
            let _ = say.send(started);
        }));
        match heard.await {
            Ok(started) => {
                self.running = Some(Running {
                    started,
                    stop,
                    task,
                })
            }
            Err(_) => panic!("the program did not start: {:?}", task.await),
        }
        if self.config.discord.token.is_some() {
            let heard = |world: &super::discord::state::World| {
                let fresh = world.gateway.identifies > sessions;
                (fresh && world.gateway.connected() > 0).then_some(())
            };
            self.discord.wait_for("a session of ours", heard).await;
        }
    }

    /// Stops the program in order.
    pub async fn closes(&mut self) {
        let running = self.running.take().expect("the program runs");
        running.stop.cancel();
        running
            .task
            .await
            .expect("no panic")
            .expect("an orderly stop");
    }

    /// Where the program's pages are: `127.0.0.1:port`.
    pub fn address(&self) -> String {
        self.running
            .as_ref()
            .expect("the program runs")
            .started
            .listens_at
            .to_string()
    }

    /// The sign-in link that the program told at its start.
    pub fn sign_in_link(&self) -> Option<String> {
        self.running.as_ref()?.started.sign_in_link.clone()
    }

    /// Everybody's console speaks that language from now on.
    pub async fn sets_console_lang(&self, lang: &'static str) {
        const SET: &str = "UPDATE staff SET lang = $1";
        let url = &self.database.url;
        if self.database.is_sqlite() {
            let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
            sqlx::query(SET)
                .bind(lang)
                .execute(&mut connection)
                .await
                .unwrap();
        } else {
            let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
            sqlx::query(SET)
                .bind(lang)
                .execute(&mut connection)
                .await
                .unwrap();
        }
    }

    /// What the program ended with, by itself.
    pub async fn ends(&mut self) -> Result<(), AppError> {
        self.running
            .take()
            .expect("the program runs")
            .task
            .await
            .expect("no panic")
    }

    /// Time passes, and all that comes due with it happens.
    pub async fn passes(&self, length: Millis) {
        self.quiet().await;
        self.clock.pass(length);
        self.quiet().await;
    }

    /// Puts the first plan of service levels in, as an import does; within a second it counts.
    pub async fn puts_in_plan(&self, text: &str) {
        let plan = PlanText {
            version: 0,
            at: self.clock.now(),
            by_whom: "Mai".to_owned(),
            text: text.to_owned(),
            files: BTreeMap::new(),
        };
        let store = self.store().await;
        let put = store.write(move |tx| {
            let plan = plan.clone();
            Box::pin(async move { plans::put(tx, 0, &plan).await })
        });
        assert_eq!(put.await.expect("is put in"), Some(1));
        store.close().await;
    }

    /// The customer has been quiet for the settle time: unsure turns are decided on.
    pub async fn settles(&self) {
        self.passes(Millis(700)).await;
    }

    /// Waits until nothing is left to decide on, to fire or to send.
    pub async fn quiet(&self) {
        let look = async {
            let mut every = tokio::time::interval(Duration::from_millis(5));
            let mut quiet_looks = 0;
            while quiet_looks < 3 {
                every.tick().await;
                let waiting = self.waiting_at_platforms() + self.waiting_at_discord().await;
                let busy = self.busy().await + waiting;
                quiet_looks = if busy == 0 { quiet_looks + 1 } else { 0 };
            }
        };
        if tokio::time::timeout(QUIET_WITHIN, look).await.is_err() {
            panic!(
                "not quiet within {QUIET_WITHIN:?}:\n{}",
                self.unfinished().await
            );
        }
    }

    /// Updates that the running program has not acknowledged yet.
    fn waiting_at_platforms(&self) -> usize {
        let hears_telegram = self.running.is_some() && self.config.telegram.token.is_some();
        if hears_telegram {
            self.telegram.with(|state| state.queue.len())
        } else {
            0
        }
    }

    /// What people did on Discord that the running program has not taken yet.
    async fn waiting_at_discord(&self) -> usize {
        if self.running.is_none() || self.config.discord.token.is_none() {
            return 0;
        }
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM inbox
            WHERE natural_key LIKE 'discord:%:m:%' AND received_at <> $1";
        let taken = self.count(sql, -1).await;
        let (written, unanswered) = self
            .discord
            .read(|world| (world.written, world.unanswered()));
        written.saturating_sub(taken) + unanswered
    }

    async fn busy(&self) -> usize {
        self.count(BUSY, self.clock.now().0).await
    }

    /// One number of the database, with the time bound.
    pub async fn count(&self, sql: &'static str, bound: i64) -> usize {
        let count: i64 = if self.database.is_sqlite() {
            let mut conn = sqlx::SqliteConnection::connect(&self.database.url)
                .await
                .expect("connects");
            sqlx::query_scalar(sql)
                .bind(bound)
                .fetch_one(&mut conn)
                .await
                .expect("counts")
        } else {
            let mut conn = sqlx::PgConnection::connect(&self.database.url)
                .await
                .expect("connects");
            sqlx::query_scalar(sql)
                .bind(bound)
                .fetch_one(&mut conn)
                .await
                .expect("counts")
        };
        usize::try_from(count).expect("not negative")
    }

    /// The rows that are not finished, for a failing scene.
    async fn unfinished(&self) -> String {
        let sql = "SELECT 'inbox ' || origin || ' ' || lane || ' ' || arrival FROM inbox WHERE state = 'new'
            UNION ALL SELECT 'outbox ' || state || ' ' || lane || ' ' || act || ' ' || COALESCE(failure, '')
            FROM outbox WHERE state IN ('ready', 'sending')
            UNION ALL SELECT 'timer ' || kind FROM timers";
        let rows: Vec<String> = if self.database.is_sqlite() {
            let mut conn = sqlx::SqliteConnection::connect(&self.database.url)
                .await
                .expect("connects");
            sqlx::query_scalar(sql)
                .fetch_all(&mut conn)
                .await
                .expect("reads")
        } else {
            let mut conn = sqlx::PgConnection::connect(&self.database.url)
                .await
                .expect("connects");
            sqlx::query_scalar(sql)
                .fetch_all(&mut conn)
                .await
                .expect("reads")
        };
        rows.join("\n")
    }

    /// The end of a scene: the program stops, nothing was set aside, nothing is left over.
    pub async fn ends_well(mut self) {
        self.quiet().await;
        assert_eq!(
            self.count("SELECT CAST(COUNT(*) AS BIGINT) FROM inbox WHERE state = 'set-aside' AND received_at <> $1", -1).await,
            0,
            "an arrival was set aside"
        );
        if self.running.is_some() {
            self.closes().await;
        }
        assert_verified(&self.database.url);
        self.database.remove().await;
    }

    /// A store of its own on the shop's database, to look at it.
    pub async fn store(&self) -> Store {
        self.database.open().await
    }
}
