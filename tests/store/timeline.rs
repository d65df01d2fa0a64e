//! Facts go in and come back, in the order in which they were written down.

use careline::clock::{CountedIds, IdSource};
use careline::domain::knowledge::wording_tests::{AnswerHash, ShownWording};
use careline::domain::lang::Lang;
use careline::domain::place::ChannelKind;
use careline::domain::time::{Millis, Timestamp};
use careline::domain::timeline::{Fact, FactKind};
use careline::store::{Store, timeline, wording_tests};

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

#[tokio::test]
async fn what_has_reached_a_customer_and_whose_waits_count_is_in_the_facts() {
    each_store(async |store: &Store| {
        let ids = CountedIds::default();
        let asked = |conversation, at| {
            let kind = FactKind::HandoffAsked {
                handoff: "h".into(),
                reason: "asked".into(),
            };
            fact(conversation, at, kind)
        };
        let replied = |conversation, at| {
            let kind = FactKind::AgentReplied {
                outbox: "o".into(),
                message: "m".into(),
            };
            fact(conversation, at, kind)
        };
        let taken_back = FactKind::HandoffTakenBack {
            handoff: "h".into(),
        };
        let answered = FactKind::BotAnswered {
            outbox: "o".into(),
            entry: None,
            wording: None,
        };
        let facts = [
            asked("c1", 1_000),
            replied("c1", 3_000),
            asked("c2", 1_000),
            fact("c2", 4_000, taken_back),
            fact("c2", 5_000, answered),
            replied("c2", 9_000),
            asked("c3", 1_000),
        ];
        write(store, &ids, &facts[..5]).await;
        let reached = async |conversation: &'static str| {
            let mut tx = store.read().await.expect("a connection");
            let reached = timeline::reached(&mut tx, &conversation.into()).await;
            let reached = reached.expect("reads");
            (reached.answered, reached.replied)
        };
        assert_eq!(reached("c1").await, (true, true));
        assert_eq!(reached("c2").await, (true, false));
        assert_eq!(reached("c3").await, (false, false));
        write(store, &ids, &facts[5..]).await;
        let mut tx = store.read().await.expect("a connection");
        let waits = timeline::human_waits(&mut tx, Timestamp(0), 10).await;
        let two_seconds = Millis::seconds(2);
        assert_eq!(
            waits.expect("reads"),
            [two_seconds],
            "nobody came to the second"
        );
    })
    .await;
}

#[tokio::test]
async fn conversations_with_compared_wordings_are_found_by_their_entry() {
    each_store(async |store: &Store| {
        let ids = CountedIds::default();
        let wording = ShownWording {
            lang: Lang::En,
            shown: AnswerHash::of("A week."),
            among: vec![AnswerHash::of("Five days."), AnswerHash::of("A week.")],
        };
        let answered = |conversation, entry: &str, wording: Option<&ShownWording>| {
            let kind = FactKind::BotAnswered {
                outbox: "o".into(),
                entry: Some(entry.into()),
                wording: wording.cloned(),
            };
            fact(conversation, 1_000, kind)
        };
        let helped = |conversation, yes| fact(conversation, 2_000, FactKind::Helped { yes });
        let facts = [
            answered("c1", "refund", Some(&wording)),
            answered("c2", "refund", None),
            answered("c3", "parcel", Some(&wording)),
            helped("c1", true),
            helped("c2", true),
            helped("c3", false),
            answered("c1", "parcel", Some(&wording)),
        ];
        write(store, &ids, &facts).await;
        let mut tx = store.read().await.expect("a connection");
        let entries = wording_tests::entries(&mut tx).await.expect("reads");
        assert_eq!(entries, ["parcel".into(), "refund".into()].into());
        let showings = wording_tests::of_entry(&mut tx, &"refund".into()).await;
        let showings = showings.expect("reads");
        let [showing] = &showings[..] else {
            panic!("{showings:#?}");
        };
        assert_eq!(showing.wording, wording);
        assert!(showing.outcome.is_some_and(|outcome| outcome.helped));
        let of_parcel = wording_tests::of_entry(&mut tx, &"parcel".into()).await;
        let heard = of_parcel.expect("reads").into_iter();
        let heard: Vec<_> = heard.map(|one| one.outcome.map(|one| one.helped)).collect();
        assert_eq!(heard, [None, Some(false)], "c1, then c3");
        // Conversations are read in lots; none is left out or read twice.
        let first = timeline::of_tested(&mut tx, &"parcel".into(), "", 1).await;
        assert_eq!(first.expect("reads").len(), 3, "all of c1");
        let rest = timeline::of_tested(&mut tx, &"parcel".into(), "c1", 9).await;
        assert_eq!(rest.expect("reads").len(), 2, "all of c3");
    })
    .await;
}
