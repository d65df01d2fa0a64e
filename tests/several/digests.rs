//! Several processes draw reports: each request and each morning has one answer.

use std::sync::Arc;

use careline::channels::TextLimit;
use careline::clock::{Clock, SetClock, SystemIds};
use careline::config::Config;
use careline::domain::knowledge::wording_tests::{AnswerHash, ShownWording};
use careline::domain::knowledge::{Change, ChangeKind, Entry, EntryText};
use careline::domain::lang::Lang;
use careline::domain::place::{ChannelKind, Place};
use careline::domain::time::{Millis, Timestamp};
use careline::domain::timeline::{Fact, FactKind};
use careline::store::knowledge::NewChange;
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

/// What rows of the outbox do, of those with such a cause.
async fn acts(database: &Database, cause: &'static str) -> Vec<String> {
    use sqlx::Connection;
    const ACTS: &str = "SELECT act FROM outbox WHERE cause LIKE $1 ORDER BY id";
    if database.is_sqlite() {
        let connection = sqlx::SqliteConnection::connect(&database.url).await;
        let mut connection = connection.unwrap();
        let acts = sqlx::query_scalar(ACTS).bind(cause);
        acts.fetch_all(&mut connection).await.unwrap()
    } else {
        let connection = sqlx::PgConnection::connect(&database.url).await;
        let mut connection = connection.unwrap();
        let acts = sqlx::query_scalar(ACTS).bind(cause);
        acts.fetch_all(&mut connection).await.unwrap()
    }
}

async fn in_the_outbox(database: &Database, cause: &'static str) -> usize {
    acts(database, cause).await.len()
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

/// So many customers a wording as are enough to tell that the second one helps more.
const CUSTOMERS: i64 = 60;

async fn compared(store: &Store) {
    let mut refund = Entry::blank("refund".into());
    let text = EntryText {
        question: "How long?".to_owned(),
        answer: "Five days.".to_owned(),
        other_answers: vec!["A week.".to_owned()],
        ..EntryText::default()
    };
    let among: Vec<AnswerHash> = text.answers().map(AnswerHash::of).collect();
    refund.texts.insert(Lang::En, text);
    let change = Change {
        kind: ChangeKind::New,
        entry: refund,
    };
    let id = "v1".to_owned();
    let changes = vec![NewChange { id, change }];
    let written = store.change_knowledge(changes, "test", TUESDAY);
    written.await.unwrap();
    store
        .write(move |tx| {
            let among = among.clone();
            Box::pin(async move {
                for number in 0..2 * CUSTOMERS {
                    let is_second = number % 2 == 1;
                    let wording = ShownWording {
                        lang: Lang::En,
                        shown: among[usize::from(is_second)],
                        among: among.clone(),
                    };
                    let answered = FactKind::BotAnswered {
                        outbox: "o".into(),
                        entry: Some("refund".into()),
                        wording: Some(wording),
                    };
                    let helped = FactKind::Helped { yes: is_second };
                    for (kind, name) in [(answered, "a"), (helped, "h")] {
                        let at = TUESDAY + Millis::minutes(number);
                        let fact = Fact {
                            conversation: format!("c{number}").into(),
                            customer: format!("u{number}").into(),
                            channel: ChannelKind::Web,
                            at,
                            recorded_at: at,
                            staff: None,
                            kind,
                        };
                        timeline::append(tx, &format!("{number:04}{name}"), &fact).await?;
                    }
                }
                Ok(())
            })
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn the_desks_are_told_once_in_the_week_after_that_a_wording_helps_more() {
    each_database(async |database| {
        let store = database.open().await;
        compared(&store).await;
        let clock = Arc::new(SetClock::at(TUESDAY));
        let reporter = reporter(&store, &clock);
        reporter.tick().await.expect("the database is there");
        assert_eq!(
            in_the_outbox(database, "gaps:%").await,
            0,
            "the week is not over"
        );
        for _ in 0..3 {
            clock.pass(Millis::hours(24 * 7));
            reporter.tick().await.expect("the database is there");
            assert_eq!(
                in_the_outbox(database, "gaps:%").await,
                2,
                "one for each desk"
            );
        }
        let told = acts(database, "gaps:%").await.concat();
        for words in [
            "refund [en]",
            "B 比 A 更有帮助",
            "/console/knowledge/refund",
        ] {
            assert!(told.contains(words), "{words} in {told}");
        }
        store.close().await;
    })
    .await;
}
