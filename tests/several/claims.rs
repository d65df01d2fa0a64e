//! Claims by 64 clients over three pools of connections are linearizable; and what checks that
//! refuses histories that are not. The same with 10^6 operations: `benches/claims/run claims`.

#[path = "../../benches/claims/clients.rs"]
mod clients;
#[path = "../../benches/claims/history.rs"]
mod history;
#[path = "../../benches/claims/shop.rs"]
mod shop;

use std::sync::OnceLock;
use std::time::Instant;

use clients::Load;
use history::{Anomaly, Asked, Operation, anomalies};
use shop::{FIRST_VERSION, Shop};

use crate::support::database::on_postgres;

const POOLS: u32 = 3;
const CLIENTS: u32 = 64;
const CONVERSATIONS: u32 = 200;
const OPERATIONS: u64 = 20_000;

fn now_ns() -> u64 {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    let begun = *BEGUN.get_or_init(Instant::now);
    u64::try_from(begun.elapsed().as_nanos()).expect("a test is short")
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_by_many_clients_are_linearizable() {
    on_postgres(async |database| {
        let store = database.open().await;
        Shop::new().fill(&store, CONVERSATIONS).await;
        store.close().await;
        let pools = (0..POOLS).map(|pool| async move {
            let store = database.open().await;
            let first_client = pool * CLIENTS / POOLS;
            let load = Load {
                first_client,
                clients: (pool + 1) * CLIENTS / POOLS - first_client,
                operations: OPERATIONS / u64::from(POOLS),
                conversations: CONVERSATIONS,
            };
            let history = clients::run(&store, &Shop::new(), load, now_ns).await;
            store.close().await;
            history.expect("every operation is answered")
        });
        let history = futures_util::future::join_all(pools).await.concat();
        let lost = history
            .iter()
            .filter(|one| one.asked == Asked::Claim && one.holder != Some(one.client))
            .count();
        println!("{} operations, {lost} claims lost", history.len());
        assert!(lost > 100, "they were in each other's way");
        assert_eq!(anomalies(&history, FIRST_VERSION), []);
    })
    .await;
}

fn operation(
    client: u32,
    asked: Asked,
    holder: Option<u32>,
    version: i64,
    at: [u64; 2],
) -> Operation {
    Operation {
        client,
        conversation: 0,
        asked,
        holder,
        version,
        called_ns: at[0],
        returned_ns: at[1],
    }
}

/// The version that the last of the good operations makes.
const LAST_VERSION: i64 = FIRST_VERSION + 4;

/// Ann claims, Ben is told so, Ann gives it back, Ben claims: with times that overlap.
fn good() -> Vec<Operation> {
    vec![
        operation(1, Asked::Claim, Some(1), FIRST_VERSION + 1, [0, 20]),
        operation(2, Asked::Claim, Some(1), FIRST_VERSION + 2, [5, 15]),
        operation(1, Asked::Release, None, FIRST_VERSION + 3, [21, 40]),
        operation(2, Asked::Claim, Some(2), LAST_VERSION, [22, 50]),
    ]
}

#[test]
fn a_history_with_an_order_has_no_anomaly() {
    assert_eq!(anomalies(&good(), FIRST_VERSION), []);
    let mut any_order = good();
    any_order.reverse();
    assert_eq!(anomalies(&any_order, FIRST_VERSION), []);
    let lines: Vec<String> = good().iter().map(Operation::line).collect();
    let read: Option<Vec<Operation>> = lines.iter().map(|line| Operation::of_line(line)).collect();
    assert_eq!(read, Some(good()), "it is handed on as it is");
}

fn only_anomaly(history: &[Operation]) -> Anomaly {
    let mut found = anomalies(history, FIRST_VERSION);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn two_winners_are_an_anomaly() {
    let mut history = good();
    history[1].holder = Some(2);
    let found = anomalies(&history, FIRST_VERSION);
    assert!(
        matches!(
            found[0],
            Anomaly::Outcome {
                should: Some(1),
                ..
            }
        ),
        "{found:?}"
    );
}

#[test]
fn a_loser_who_is_told_of_nobody_is_an_anomaly() {
    let mut history = good();
    history[1].holder = None;
    assert!(matches!(
        anomalies(&history, FIRST_VERSION)[0],
        Anomaly::Outcome { .. }
    ));
}

#[test]
fn a_version_made_twice_or_never_is_an_anomaly() {
    let mut lost_update = good();
    lost_update.push(operation(3, Asked::Claim, Some(2), LAST_VERSION, [60, 70]));
    assert!(matches!(
        only_anomaly(&lost_update),
        Anomaly::Versions {
            after: LAST_VERSION,
            ..
        }
    ));
    let mut gap = good();
    gap[3].version = LAST_VERSION + 1;
    assert!(matches!(
        only_anomaly(&gap),
        Anomaly::Versions { after, .. } if after == LAST_VERSION - 1
    ));
}

#[test]
fn an_order_against_real_time_is_an_anomaly() {
    let mut stale = good();
    // The loser was told before the winner had so much as asked.
    stale[0].called_ns = 16;
    assert!(matches!(only_anomaly(&stale), Anomaly::RealTime { .. }));
}

#[test]
fn a_release_by_somebody_else_changes_nothing() {
    let mut history = good();
    history[2].client = 3;
    let found = anomalies(&history, FIRST_VERSION);
    assert!(
        matches!(
            found[0],
            Anomaly::Outcome {
                should: Some(1),
                ..
            }
        ),
        "{found:?}"
    );
}
