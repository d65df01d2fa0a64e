//! What many decisions write goes together, and reads back as if each had been written by itself;
//! what they begin with is read together.

use careline::domain::customer::Customer;
use careline::domain::engine::conversation::{Conversation, Phase};
use careline::domain::engine::event::TimerKind;
use careline::domain::ids::{AccountId, ArrivalId};
use careline::domain::lang::Lang;
use careline::domain::message::Part;
use careline::domain::place::{ChannelKind, Place};
use careline::domain::time::Timestamp;
use careline::store::heard::{Account, Heard, from_accounts};
use careline::store::inbox::NewArrival;
use careline::store::messages::{self, Author, Kept};
use careline::store::{Store, StoreError, Tx, conversations, customers, inbox, timers};

use crate::support::database::each_store;

/// More than go together in one statement, and not a power of two.
const CUSTOMERS: usize = 23;
pub const TELEGRAM: ChannelKind = ChannelKind::Telegram;

pub fn arrival(number: usize, id: &str) -> NewArrival {
    NewArrival {
        id: ArrivalId(id.to_owned()),
        natural_key: id.to_owned(),
        origin: "telegram",
        lane: format!("account:telegram:{number}"),
        position: 1,
        arrival: "{}".to_owned(),
        raw: None,
        platform_at: Timestamp(1),
        received_at: Timestamp(1),
    }
}

fn conversation(number: usize) -> Conversation {
    Conversation::open(
        format!("c{number:02}").into(),
        format!("C{number}"),
        format!("u{number:02}").into(),
        AccountId(number.to_string()),
        Place::chat(TELEGRAM, number.to_string()),
        Timestamp(1),
    )
}

/// A customer's first message, as a decision writes it: rows that refer to one another.
async fn first_message(tx: &mut Tx, number: usize) -> Result<(), StoreError> {
    let mut conversation = conversation(number);
    let customer = Customer {
        id: conversation.customer.clone(),
        name: format!("Customer {number}"),
        lang: Some(Lang::Vi),
        lang_chosen: false,
        preference: None,
        preference_asked: false,
        segment: None,
    };
    let (account, chat) = (
        conversation.account.clone(),
        conversation.place.chat.clone(),
    );
    customers::add(tx, &customer, TELEGRAM, &account, &chat, Timestamp(1)).await?;
    conversations::add(tx, &conversation, None).await?;
    timers::start(tx, &conversation.id, TimerKind::Idle, Timestamp(5)).await?;
    timers::stop(tx, &conversation.id, TimerKind::Idle).await?;
    timers::start(tx, &conversation.id, TimerKind::Idle, Timestamp(6)).await?;
    timers::start(tx, &conversation.id, TimerKind::Idle, Timestamp(7)).await?;
    let kept = Kept {
        id: format!("m{number:02}").into(),
        conversation: conversation.id.clone(),
        position: 1,
        author: Author::Customer,
        staff: None,
        parts: vec![Part::Text {
            text: "hello".to_owned(),
        }],
        at: Timestamp(1),
    };
    messages::add(tx, &kept).await?;
    conversation.last_customer_at = Timestamp(9);
    if number == 0 {
        conversation.state.phase = Phase::Closed;
    }
    conversations::save(tx, &conversation).await
}

pub async fn fill(store: &Store) {
    let filled = store.write(|tx| {
        Box::pin(async move {
            for number in 0..CUSTOMERS {
                let id = format!("a{number:02}");
                inbox::insert(tx, &arrival(number, &id)).await?;
                inbox::insert(tx, &arrival(number, &id)).await?;
                first_message(tx, number).await?;
            }
            inbox::insert(tx, &arrival(1, "more")).await?;
            let done = ArrivalId("a02".to_owned());
            inbox::set_done(tx, &done, Timestamp(2), "wrote").await
        })
    });
    filled.await.expect("is written");
}

async fn heard_from(store: &Store, number: usize) -> Option<Heard> {
    let heard = store.write(move |tx| {
        Box::pin(async move {
            let arrival = ArrivalId(format!("a{number:02}"));
            let account = AccountId(number.to_string());
            let asked = Account {
                arrival: &arrival,
                channel: TELEGRAM,
                account: &account,
            };
            let unheard = ArrivalId("nothing".to_owned());
            let stranger = AccountId("stranger".to_owned());
            let unknown = Account {
                arrival: &unheard,
                channel: TELEGRAM,
                account: &stranger,
            };
            let mut heard = from_accounts(tx, &[asked, unknown]).await?;
            assert!(!heard.contains_key(&unheard));
            Ok(heard.remove(&arrival))
        })
    });
    heard.await.expect("is read")
}

#[tokio::test]
async fn what_was_written_together_is_heard_of_each_account() {
    each_store(async |store: &Store| {
        fill(store).await;
        for number in 3..CUSTOMERS {
            let heard = heard_from(store, number).await.expect("waits");
            assert!(!heard.more_waiting);
            let known = heard.known.expect("is known");
            assert_eq!(known.customer.name, format!("Customer {number}"));
            assert_eq!(known.customer.lang, Some(Lang::Vi));
            assert_eq!(known.chat, number.to_string());
            let mut expected = conversation(number);
            expected.last_customer_at = Timestamp(9);
            assert_eq!(heard.open, Some(expected));
        }
        let closed = heard_from(store, 0).await.expect("waits");
        assert!(closed.known.is_some() && closed.open.is_none());
        assert!(heard_from(store, 1).await.expect("waits").more_waiting);
        assert!(heard_from(store, 2).await.is_none(), "it is decided on");
    })
    .await;
}

#[tokio::test]
async fn a_timer_runs_as_it_was_started_last() {
    each_store(async |store: &Store| {
        fill(store).await;
        let due = store.write(|tx| Box::pin(timers::due(tx, Timestamp(7), 100)));
        let due = due.await.expect("is read");
        assert_eq!(due.len(), CUSTOMERS);
        assert!(due.iter().all(|timer| timer.due_at == Timestamp(7)));
    })
    .await;
}

#[tokio::test]
async fn one_row_that_is_refused_takes_all_of_its_job_back_and_nothing_else() {
    each_store(async |store: &Store| {
        fill(store).await;
        let good = store
            .write(|tx| Box::pin(async move { inbox::insert(tx, &arrival(90, "good")).await }));
        let bad = store.write(|tx| {
            Box::pin(async move {
                inbox::insert(tx, &arrival(91, "bad")).await?;
                // The account is there already.
                first_message(tx, 5).await
            })
        });
        let (good, bad) = futures_util::future::join(good, bad).await;
        assert!(good.is_ok());
        assert!(bad.expect_err("is refused").is_refusal());
        let mut tx = store.read().await.expect("reads");
        let heads = inbox::lane_heads(&mut tx, 1_000, &[]).await.expect("reads");
        let waits = |id: &str| heads.iter().any(|head| head.id.0 == id);
        assert!(waits("good") && !waits("bad"));
    })
    .await;
}
