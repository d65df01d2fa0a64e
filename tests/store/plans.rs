//! Service levels: versions are put in one after the other, never over one another.

use std::collections::BTreeMap;

use careline::domain::ids::CustomerId;
use careline::domain::time::Timestamp;
use careline::store::plans::{self, PlanText};
use careline::store::{Store, customers};

use crate::support::database::each_store;

fn text(text: &str) -> PlanText {
    PlanText {
        version: 0,
        at: Timestamp(1_000),
        by_whom: "Mai".to_owned(),
        text: text.to_owned(),
        files: BTreeMap::from([("tết.ics".to_owned(), "BEGIN:VCALENDAR".to_owned())]),
    }
}

async fn put(store: &Store, known: i64, plan: &PlanText) -> Option<i64> {
    let plan = plan.clone();
    let put = store.write(move |tx| {
        let plan = plan.clone();
        Box::pin(async move { plans::put(tx, known, &plan).await })
    });
    put.await.expect("the database is there")
}

#[tokio::test]
async fn a_version_is_put_in_only_after_the_one_that_its_maker_saw() {
    each_store(async |store: &Store| {
        assert_eq!(put(store, 0, &text("one")).await, Some(1));
        assert_eq!(put(store, 0, &text("late")).await, None);
        assert_eq!(put(store, 1, &text("two")).await, Some(2));
        let mut tx = store.read().await.expect("a connection");
        let all = plans::after(&mut tx, 0).await.expect("reads");
        let expected = |version, words| PlanText {
            version,
            ..text(words)
        };
        assert_eq!(all, [expected(1, "one"), expected(2, "two")]);
        let newer = plans::after(&mut tx, 1).await.expect("reads");
        assert_eq!(newer, [expected(2, "two")]);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_put_into_a_segment_who_is_not_there() {
    each_store(async |store: &Store| {
        let found = store.write(|tx| {
            Box::pin(async move {
                let nobody = CustomerId::from("nobody");
                customers::set_segment(tx, &nobody, Some("vip")).await
            })
        });
        assert!(!found.await.expect("the database is there"));
    })
    .await;
}
