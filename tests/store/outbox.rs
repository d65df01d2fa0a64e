//! The outbox hands out no more than it was asked for, and each row once.

use std::collections::BTreeSet;

use careline::domain::engine::effect::Purpose;
use careline::domain::ids::OutboxId;
use careline::domain::outgoing::Act;
use careline::domain::place::{ChannelKind, Place};
use careline::domain::rich::RichText;
use careline::domain::time::Timestamp;
use careline::store::outbox::{self, NewOutgoing, Target, heads};
use careline::store::{Store, StoreError, Tx};

use crate::support::database::each_store;

const ROWS: usize = 60;
const FENCE: i64 = 1;

fn row(number: usize) -> NewOutgoing {
    NewOutgoing {
        id: format!("{number:03}").into(),
        conversation: "c".into(),
        cause: format!("a{number}").into(),
        slot: 0,
        // Two rows for each lane: only the first of them may leave.
        lane: format!("customer:{}", number / 2),
        target: Target::Place(Place::chat(ChannelKind::Telegram, "7")),
        purpose: Purpose::Notice,
        act: Act::Say {
            text: RichText::plain("hello"),
            buttons: Vec::new(),
            reply_to: None,
            files: Vec::new(),
        },
        message: None,
        staff: None,
        at: Timestamp(1),
        due_at: Timestamp(1),
    }
}

async fn fill(tx: &mut Tx) -> Result<(), StoreError> {
    for number in 0..ROWS {
        outbox::add(tx, &row(number)).await?;
    }
    Ok(())
}

async fn take(store: &Store, most: usize) -> Vec<String> {
    let now = Timestamp(5);
    let mut tx = store.read().await.expect("reads");
    let heads = heads::heads(&mut tx, ChannelKind::Telegram, now, 100).await;
    drop(tx);
    let heads = heads.expect("finds the heads");
    let ids: Vec<OutboxId> = heads
        .into_iter()
        .map(|row| row.head.id)
        .take(most)
        .collect();
    let taken = store.write(move |tx| {
        let ids = ids.clone();
        Box::pin(async move { heads::take(tx, &ids, FENCE, now).await })
    });
    let taken = taken.await.expect("takes");
    taken.into_iter().map(|row| row.id.0).collect()
}

#[tokio::test]
async fn no_more_rows_are_handed_out_than_were_asked_for() {
    each_store(async |store: &Store| {
        let filled = store.write(|tx| Box::pin(fill(tx))).await;
        filled.expect("the rows are added");
        let mut handed_out = BTreeSet::new();
        for _ in 0..5 {
            let taken = take(store, 4).await;
            assert_eq!(taken.len(), 4, "{taken:?}");
            handed_out.extend(taken);
        }
        assert_eq!(handed_out.len(), 20, "each once");
        let rest = take(store, 100).await;
        assert_eq!(rest.len(), ROWS / 2 - 20, "one of each lane");
        assert_eq!(take(store, 100).await, Vec::<String>::new());
    })
    .await;
}
