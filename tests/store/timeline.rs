//! Facts go in and come back, in the order in which they were written down.

use careline::clock::{CountedIds, IdSource};
use careline::domain::place::ChannelKind;
use careline::domain::time::Timestamp;
use careline::domain::timeline::{Fact, FactKind};
use careline::store::{Store, timeline};

use crate::support::database::each_store;

fn fact(conversation: &str, at: i64, kind: FactKind) -> Fact {
    Fact {
        conversation: conversation.into(),
        customer: "ann".into(),
        channel: ChannelKind::Discord,
        at: Timestamp(at),
        recorded_at: Timestamp(at + 5),
        staff: Some("ben".into()),
        kind,
    }
}

async fn write(store: &Store, ids: &CountedIds, facts: &[Fact]) {
    for fact in facts {
        let (id, fact) = (ids.id(), fact.clone());
        store
            .write(move |tx| {
                let (id, fact) = (id.clone(), fact.clone());
                Box::pin(async move { timeline::append(tx, &id, &fact).await })
            })
            .await
            .expect("the fact is written");
    }
}

#[tokio::test]
async fn facts_come_back_as_they_were_written() {
    each_store(async |store: &Store| {
        let ids = CountedIds::default();
        // The second one happened before the first, and was written down after it.
        let facts = [
            fact("c1", 2_000, FactKind::Opened { previous: None }),
            fact(
                "c1",
                1_000,
                FactKind::CustomerWrote {
                    message: "m1".into(),
                    seen_late: true,
                },
            ),
            fact("c2", 3_000, FactKind::Opened { previous: None }),
            fact("c1", 9_000, FactKind::Closed),
        ];
        write(store, &ids, &facts).await;
        let mut tx = store.read().await.expect("a connection");
        let of_c1 = timeline::of_conversation(&mut tx, &"c1".into())
            .await
            .expect("reads");
        assert_eq!(of_c1, [&facts[0], &facts[1], &facts[3]].map(Clone::clone));
        let of_period = timeline::of_period(&mut tx, Timestamp(1_000), Timestamp(3_000))
            .await
            .expect("reads");
        assert_eq!(of_period, [&facts[0], &facts[1]].map(Clone::clone));
        let opened = timeline::of_conversations_opened(&mut tx, Timestamp(0), Timestamp(3_000))
            .await
            .expect("reads");
        assert_eq!(opened, of_c1);
    })
    .await;
}
