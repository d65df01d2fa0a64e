//! A lease has one holder, and each holder a higher fence than the one before.

use careline::domain::time::Timestamp;
use careline::store::leases::{self, LeaseRow};
use careline::store::{Store, StoreError};

use crate::support::database::each_store;

const NAME: &str = "delivery:telegram";

async fn take(store: &Store, owner: &'static str, now: i64, gone: &'static str) -> Option<i64> {
    let until = Timestamp(now + 10);
    let taken =
        store.write(move |tx| Box::pin(leases::take(tx, NAME, owner, Timestamp(now), until, gone)));
    taken.await.expect("answers")
}

async fn renew(store: &Store, owner: &'static str, fence: i64, until: i64) -> bool {
    let renewed =
        store.write(move |tx| Box::pin(leases::renew(tx, NAME, owner, fence, Timestamp(until))));
    renewed.await.expect("answers")
}

async fn holds(store: &Store, owner: &'static str, fence: i64) -> Result<bool, StoreError> {
    store
        .write(move |tx| Box::pin(leases::holds(tx, NAME, owner, fence)))
        .await
}

#[tokio::test]
async fn a_lease_has_one_holder_at_a_time() {
    each_store(async |store: &Store| {
        assert_eq!(take(store, "a", 100, "a").await, Some(1));
        assert_eq!(take(store, "b", 105, "b").await, None, "it runs");
        assert!(renew(store, "a", 1, 120).await);
        assert_eq!(take(store, "b", 115, "b").await, None, "it was renewed");
        assert_eq!(
            take(store, "b", 116, "a").await,
            Some(2),
            "its holder is gone"
        );
        assert!(!renew(store, "a", 1, 200).await, "taken over");
        assert!(!holds(store, "a", 1).await.expect("answers"));
        assert!(holds(store, "b", 2).await.expect("answers"));
        assert_eq!(take(store, "a", 126, "a").await, Some(3), "it has ended");
        assert!(renew(store, "a", 3, 0).await, "given back");
        assert_eq!(take(store, "b", 127, "b").await, Some(4), "at once");
        let mut tx = store.read().await.expect("reads");
        let row = leases::find(&mut tx, NAME).await.expect("reads");
        let known = LeaseRow {
            owner: "b".to_owned(),
            fence: 4,
            until: Timestamp(137),
        };
        assert_eq!(row, Some(known));
    })
    .await;
}
