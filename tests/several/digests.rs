//! Several processes draw reports: each request and each morning has one answer.

use std::sync::Arc;

use careline::channels::TextLimit;
use careline::clock::{Clock, SetClock, SystemIds};
use careline::config::Config;
use careline::domain::lang::Lang;
use careline::domain::place::{ChannelKind, Place};
use careline::domain::time::{Millis, Timestamp};
use careline::domain::timeline::{Fact, FactKind};
use careline::store::reports::{self, Request};
use careline::store::{Store, timeline};
use careline::wording::Wording;
use careline::workers::Wakes;
use careline::workers::intake::Desk;
use careline::workers::reporter::{Asked, Reporter};

use crate::support::database::{Database, each_database};

/// A Tuesday at eight.
const TUESDAY: Timestamp = Timestamp(1_767_686_400_000);

fn reporter(store: &Store, clock: &Arc<SetClock>) -> Reporter {
    let config = Config::default();
    let desk = |kind, forum: &str| Desk {
        kind,
        forum: forum.to_owned(),
    };
    Reporter {
        store: store.clone(),
        clock: clock.clone(),
        ids: Arc::new(SystemIds::default()),
        wording: Arc::new(Wording::load().unwrap()),
        desks: Arc::new(vec![
            desk(ChannelKind::Telegram, "-1001"),
            desk(ChannelKind::Discord, "7"),
        ]),
        lang: Lang::Zh,
        usual: config.usual_policy(),
        digests: config.digest,
        last_look: Arc::default(),
        limits: Arc::new(|_| TextLimit {
            units_max: 2_000,
            units: |text| text.to_plain().chars().count(),
        }),
        public_url: "https://care.example".into(),
        week_told: Arc::default(),
        wakes: Wakes::default(),
    }
}

/// Yesterday somebody wrote, and today somebody asked for a report.
async fn yesterday(store: &Store) {
    store
        .write(move |tx| {
            Box::pin(async move {
                let fact = Fact {
                    conversation: "c1".into(),
                    customer: "ann".into(),
                    channel: ChannelKind::Web,
                    at: TUESDAY - Millis::hours(20),
                    recorded_at: TUESDAY - Millis::hours(20),
                    staff: None,
                    kind: FactKind::Opened { previous: None },
                };
                timeline::append(tx, "f1", &fact).await?;
                let place = Place::chat(ChannelKind::Telegram, "-1001");
                let asked = Asked::read("handoffs 2", place, None).expect("is one");
                let request = Request {
                    cause: "a1".into(),
                    wanted: asked.to_text()?,
                    asked_at: TUESDAY,
                };
                reports::ask(tx, &request).await
            })
        })
        .await
        .unwrap();
}

async fn in_the_outbox(database: &Database, cause: &'static str) -> i64 {
    use sqlx::Connection;
    const COUNT: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE cause LIKE $1";
    if database.is_sqlite() {
        let connection = sqlx::SqliteConnection::connect(&database.url).await;
        let mut connection = connection.unwrap();
        let count = sqlx::query_scalar(COUNT).bind(cause);
        count.fetch_one(&mut connection).await.unwrap()
    } else {
        let connection = sqlx::PgConnection::connect(&database.url).await;
        let mut connection = connection.unwrap();
        let count = sqlx::query_scalar(COUNT).bind(cause);
        count.fetch_one(&mut connection).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_draw_each_report_is_shown_once() {
    each_database(async |database| {
        let store = database.open().await;
        yesterday(&store).await;
        let clock = Arc::new(SetClock::at(TUESDAY));
        assert_eq!(clock.now(), TUESDAY);
        let all: Vec<Reporter> = (0..4).map(|_| reporter(&store, &clock)).collect();
        for _ in 0..3 {
            let ticks = all.iter().map(Reporter::tick);
            for tick in futures_util::future::join_all(ticks).await {
                tick.expect("the database is there");
            }
        }
        for (cause, rows) in [
            ("a1", 1),
            ("digest:daily:2026-01-06", 2),
            ("digest:weekly:%", 0),
        ] {
            assert_eq!(in_the_outbox(database, cause).await, rows, "{cause}");
        }
        // Four days later nothing has happened since.
        clock.pass(Millis::hours(4 * 24));
        for reporter in &all {
            assert_eq!(reporter.tick().await.unwrap(), 0);
        }
        assert_eq!(in_the_outbox(database, "digest:daily:%").await, 2);
        store.close().await;
    })
    .await;
}
