//! The program behind PgBouncer in transaction mode, with fewer connections than it asks for.

use careline::store::{Store, Way};

use super::team::Team;

/// The same database through the pooler that `./scripts/test` starts.
fn through_the_pooler(url: &str) -> String {
    let pooler = std::env::var("CARELINE_TEST_PGBOUNCER")
        .expect("CARELINE_TEST_PGBOUNCER names no pooler; run ./scripts/test, which starts one");
    let (front, _) = pooler.rsplit_once('/').expect("it has a database");
    let (_, name) = url.rsplit_once('/').expect("it has a database");
    let name = name.split('?').next().unwrap_or(name);
    format!("{front}/{name}")
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_serve_through_a_pooler() {
    let mut team = Team::new().await;
    team.with("DATABASE_URL", through_the_pooler(&team.database().url));
    team.with("CARELINE_DATABASE__POOLER", "true".to_owned());
    team.joins("all");
    team.joins("all");
    team.serves().await;
    team.asked_by(60);
    team.serves().await;
    team.settles().await;
    team.holds_its_promises().await;
    team.disbands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_bring_the_schema_up_to_date_through_a_pooler_at_once() {
    let team = Team::new().await;
    let url = through_the_pooler(&team.database().url);
    let opening = (0..6).map(|_| {
        let way = Way {
            pooler: true,
            wire: None,
        };
        Store::open_by(&url, way)
    });
    let stores = futures_util::future::try_join_all(opening).await;
    for store in stores.expect("all of them open") {
        store.answers().await.expect("it answers");
        store.close().await;
    }
    team.disbands().await;
}
