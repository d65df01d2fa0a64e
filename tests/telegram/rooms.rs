//! Rooms of the desk: topics that are made once, closed, opened again, and missed when deleted.

use careline::channels::telegram::Telegram;
use careline::channels::{DeliveryError, Refusal};
use careline::domain::outgoing::{Act, Receipt};
use careline::domain::place::Place;

use super::rig::{Rig, button, chat, deliver, topic, words};
use crate::support::telegram::faults::Fault;
use crate::support::telegram::view;

async fn open(telegram: &Telegram, forum: i64) -> Result<Receipt, DeliveryError> {
    let act = Act::OpenRoom {
        title: format!("Ann\n{}", "x".repeat(200)),
        card: "Ann, refund".into(),
        buttons: vec![vec![button("Claim", "c1")]],
    };
    deliver(telegram, chat(forum), act).await
}

fn thread(place: &Place) -> i64 {
    place
        .thread
        .as_deref()
        .and_then(|thread| thread.parse().ok())
        .expect("a topic")
}

#[tokio::test]
async fn a_room_is_a_topic_with_its_card() {
    let rig = Rig::new().await;
    let forum = rig.fake.forum("Desk");
    let telegram = rig.desk(forum);
    let receipt = open(&telegram, forum).await.expect("opened");
    let room = receipt.place.expect("a room");
    let topics = rig.fake.with(|state| view::topics(state, forum));
    assert_eq!((topics.len(), topics[0].id), (1, thread(&room)));
    assert_eq!(topics[0].name.chars().count(), 128);
    let inside = rig
        .fake
        .with(|state| view::in_topic(state, forum, thread(&room)));
    assert_eq!(
        (inside[0].text(), inside[0].buttons().len()),
        ("Ann, refund", 1)
    );
    assert_eq!(
        receipt.message.expect("the card").as_str(),
        inside[0].id.to_string()
    );
    for _ in 0..2 {
        deliver(&telegram, room.clone(), Act::CloseRoom)
            .await
            .expect("closed");
    }
    assert!(rig.fake.with(|state| view::topics(state, forum))[0].closed);
    for _ in 0..2 {
        deliver(&telegram, room.clone(), Act::ReopenRoom)
            .await
            .expect("opened again");
    }
    assert!(!rig.fake.with(|state| view::topics(state, forum))[0].closed);
}

#[tokio::test]
async fn a_room_that_was_deleted_is_gone() {
    let rig = Rig::new().await;
    let forum = rig.fake.forum("Desk");
    let ben = rig.fake.person("Ben", "en");
    rig.fake.joins(forum, &ben, "member");
    let telegram = rig.desk(forum);
    let room = open(&telegram, forum)
        .await
        .expect("opened")
        .place
        .expect("a room");
    ben.within(forum, None)
        .moves_to(thread(&room))
        .deletes_topic();
    for act in [words("x"), Act::ReopenRoom] {
        let outcome = deliver(&telegram, room.clone(), act).await;
        let gone = matches!(
            outcome,
            Err(DeliveryError::Refused {
                refusal: Refusal::PlaceGone,
                ..
            })
        );
        assert!(gone, "{outcome:?}");
    }
    deliver(&telegram, room, Act::CloseRoom)
        .await
        .expect("what is gone is closed");
    let outcome = deliver(&telegram, topic(forum, 77), words("x")).await;
    assert!(matches!(
        outcome,
        Err(DeliveryError::Refused {
            refusal: Refusal::PlaceGone,
            ..
        })
    ));
}

#[tokio::test]
async fn a_card_that_did_not_go_out_goes_into_the_same_topic() {
    let rig = Rig::new().await;
    let forum = rig.fake.forum("Desk");
    let telegram = rig.desk(forum);
    rig.fake
        .fail_next("sendMessage", 1, Fault::TooMany { retry_after: 3 });
    let first = open(&telegram, forum).await;
    assert!(
        matches!(
            first,
            Err(DeliveryError::NotSent {
                retry_after: Some(_),
                ..
            })
        ),
        "{first:?}"
    );
    let room = open(&telegram, forum)
        .await
        .expect("opened")
        .place
        .expect("a room");
    let topics = rig.fake.with(|state| view::topics(state, forum));
    assert_eq!(topics.len(), 1, "no second topic was made");
    assert_eq!(
        rig.fake
            .with(|state| view::in_topic(state, forum, thread(&room)))
            .len(),
        1
    );
}

#[tokio::test]
async fn a_topic_whose_card_is_uncertain_is_taken_back() {
    for effect in [false, true] {
        let rig = Rig::new().await;
        let forum = rig.fake.forum("Desk");
        let telegram = rig.desk(forum);
        rig.fake.fail_next(
            "sendMessage",
            1,
            Fault::Broken {
                status: 500,
                effect,
            },
        );
        let first = open(&telegram, forum).await;
        assert!(
            matches!(first, Err(DeliveryError::NotSent { .. })),
            "{first:?}"
        );
        open(&telegram, forum).await.expect("opened");
        let topics = rig.fake.with(|state| view::topics(state, forum));
        let standing: Vec<_> = topics.iter().filter(|topic| !topic.deleted).collect();
        assert_eq!((topics.len(), standing.len()), (2, 1));
        let inside = rig
            .fake
            .with(|state| view::in_topic(state, forum, standing[0].id));
        assert_eq!(inside.len(), 1);
    }
}

#[tokio::test]
async fn a_topic_that_may_have_been_made_is_unknown() {
    let rig = Rig::new().await;
    let forum = rig.fake.forum("Desk");
    let telegram = rig.desk(forum);
    rig.fake
        .fail_next("createForumTopic", 1, Fault::Reset { effect: true });
    let outcome = open(&telegram, forum).await;
    assert!(
        matches!(outcome, Err(DeliveryError::Unknown { .. })),
        "{outcome:?}"
    );
}
