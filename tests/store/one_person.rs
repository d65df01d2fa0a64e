//! What belongs to one customer goes with them.

use careline::domain::ids::CustomerId;
use careline::domain::place::Place;
use careline::domain::time::Timestamp;
use careline::store::inbox::NewArrival;
use careline::store::rooms::Room;
use careline::store::{inbox, one_person, rooms};

use super::heard::{TELEGRAM, arrival, fill};
use crate::support::database::each_store;

fn topic(chat: &str, thread: &str) -> Place {
    Place {
        thread: Some(thread.to_owned()),
        ..Place::chat(TELEGRAM, chat)
    }
}

fn said_in(place: &Place) -> NewArrival {
    NewArrival {
        lane: format!("place:{place}"),
        ..arrival(1, &format!("said in {place}"))
    }
}

#[tokio::test]
async fn what_was_said_in_every_room_they_ever_had_is_erased() {
    each_store(async |store| {
        fill(store).await;
        let written = store.write(|tx| {
            Box::pin(async move {
                let (first, second) = (topic("-1", "10"), topic("-1", "11"));
                let (moved, others) = (topic("-2", "11"), topic("-1", "12"));
                for place in [&first, &second] {
                    let room = Room {
                        place: place.clone(),
                        card: None,
                    };
                    rooms::put(tx, &"c01".into(), &room, Timestamp(2)).await?;
                }
                rooms::move_chat(tx, &second, &moved).await?;
                for place in [&first, &second, &moved, &others] {
                    inbox::insert(tx, &said_in(place)).await?;
                }
                one_person::erase(tx, &CustomerId("u01".to_owned())).await
            })
        });
        let erased = written.await.expect("it is written");
        let count = |table| {
            let rows = erased.iter().filter(|(of, _)| *of == table);
            rows.map(|(_, rows)| *rows).sum::<u64>()
        };
        assert_eq!(count("rooms"), 3, "one that is, two that were");
        assert_eq!(
            count("inbox"),
            3 + 2,
            "their own two, and all but what was said elsewhere"
        );
    })
    .await;
}
