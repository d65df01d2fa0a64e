//! The delivery over a real store and a channel that does as the test says.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use tokio::sync::Notify;

use super::*;
use crate::channels::{ChannelStopped, DeliveryError, Finding, Inlet, TextLimit};
use crate::clock::{CountedIds, SetClock};
use crate::domain::delivery::ANSWER_LEAVES_WITHIN;
use crate::domain::delivery::budgets::Limits;
use crate::domain::engine::effect::Purpose;
use crate::domain::outgoing::{Act, Outgoing, Receipt};
use crate::domain::place::{ChannelKind, Place};
use crate::domain::time::Millis;
use crate::store::outbox::{self, NewOutgoing, Target};
use crate::store::{Step, Wire};
use crate::workers::lease::{Held, LEASE_LENGTH, Lease, Tenant};

/// How long a platform is down at the most in a test.
const LONG: Millis = Millis::minutes(2);

/// What the platform does with a call.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Well,
    TimesOut,
    /// Answers what is asked of it, and takes no message.
    TakesNothing,
    PushesBack(Millis),
    Panics,
}

struct Platform {
    kind: ChannelKind,
    mood: Mutex<Mood>,
    calls: Mutex<usize>,
    probes: Mutex<usize>,
}

impl Platform {
    fn mood(&self) -> Mood {
        *self.mood.lock().unwrap()
    }

    fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }
}

#[async_trait]
impl Channel for Platform {
    fn kind(&self) -> ChannelKind {
        self.kind
    }

    async fn listen(
        &self,
        _: Arc<dyn Inlet>,
        _: Arc<Notify>,
        _: CancellationToken,
    ) -> Result<(), ChannelStopped> {
        Ok(())
    }

    async fn deliver(&self, _: &Outgoing) -> Result<Receipt, DeliveryError> {
        *self.calls.lock().unwrap() += 1;
        match self.mood() {
            Mood::Well => Ok(Receipt {
                at: Timestamp(1),
                message: None,
                place: None,
            }),
            Mood::TimesOut | Mood::TakesNothing => Err(DeliveryError::Unknown {
                why: "no answer".to_owned(),
            }),
            Mood::PushesBack(wait) => Err(DeliveryError::NotSent {
                why: "too many requests".to_owned(),
                retry_after: Some(wait),
            }),
            Mood::Panics => panic!("a fault of ours"),
        }
    }

    fn text_limit(&self) -> TextLimit {
        TextLimit {
            units_max: 100,
            units: |text| text.to_plain().len(),
        }
    }

    async fn probe(&self) -> Vec<Finding> {
        *self.probes.lock().unwrap() += 1;
        let level = match self.mood() {
            Mood::Well | Mood::TakesNothing | Mood::PushesBack(_) => FindingLevel::Ok,
            Mood::TimesOut | Mood::Panics => FindingLevel::Fail,
        };
        let finding = |level, subject: &str| Finding {
            level,
            subject: subject.to_owned(),
            found: String::new(),
            remedy: String::new(),
        };
        vec![
            finding(level, "telegram.token"),
            finding(FindingLevel::Fail, "telegram.staff_chat"),
        ]
    }
}

/// A delivery, and all that it stands on.
struct Rig {
    delivery: Delivery,
    platform: Arc<Platform>,
    clock: Arc<SetClock>,
    store: Store,
    _folder: tempfile::TempDir,
}

/// Loses the answer of the next commit, which is applied.
#[derive(Default)]
struct LosesAnAnswer(AtomicBool);

impl Wire for LosesAnAnswer {
    fn passes(&self, step: Step) -> Result<(), StoreError> {
        let loses = step == Step::Committed && self.0.swap(false, Ordering::SeqCst);
        if loses {
            Err(StoreError::Closed)
        } else {
            Ok(())
        }
    }
}

impl Rig {
    async fn new(kind: ChannelKind) -> Rig {
        Rig::over(kind, None).await
    }

    async fn over(kind: ChannelKind, wire: Option<Arc<dyn Wire>>) -> Rig {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let store = Store::open_over(&url, wire).await.unwrap();
        let clock = Arc::new(SetClock::at(Timestamp(1_000_000)));
        let platform = Arc::new(Platform {
            kind,
            mood: Mutex::new(Mood::Well),
            calls: Mutex::default(),
            probes: Mutex::default(),
        });
        let tenant = Tenant::among_others("a".to_owned());
        let lease = Lease::new(store.clone(), clock.clone(), tenant, "delivery".to_owned());
        let delivery = Delivery {
            store: store.clone(),
            clock: clock.clone(),
            ids: Arc::new(CountedIds::default()),
            channel: platform.clone(),
            window: 4,
            scheduling: Arc::new(Scheduling::new(Limits::telegram(1_000, 1))),
            holding: Arc::new(Holding::new(lease)),
            wakes: Wakes::default(),
        };
        Rig {
            delivery,
            platform,
            clock,
            store,
            _folder: folder,
        }
    }

    /// The delivery of another process, for the same bot.
    fn neighbour(&self) -> Delivery {
        let tenant = Tenant::among_others("b".to_owned());
        let (store, clock) = (self.store.clone(), self.clock.clone());
        let lease = Lease::new(store, clock, tenant, "delivery".to_owned());
        Delivery {
            holding: Arc::new(Holding::new(lease)),
            scheduling: Arc::new(Scheduling::new(Limits::telegram(1_000, 1))),
            ..self.delivery.clone()
        }
    }

    /// Puts an act into the outbox, to nobody's conversation.
    async fn puts(&self, id: &str, act: Act) {
        self.puts_for(id, act, "", Purpose::Notice).await;
    }

    async fn puts_for(&self, id: &str, act: Act, conversation: &str, purpose: Purpose) {
        let new = NewOutgoing {
            id: id.into(),
            conversation: conversation.into(),
            cause: id.into(),
            slot: 0,
            lane: id.to_owned(),
            target: Target::Place(Place::chat(self.platform.kind, id)),
            purpose,
            act,
            message: None,
            staff: None,
            at: self.clock.now(),
            due_at: self.clock.now(),
        };
        self.store
            .write(move |tx| {
                let new = new.clone();
                Box::pin(async move { outbox::add(tx, &new).await })
            })
            .await
            .unwrap();
    }

    /// Sends what is due.
    async fn sends(&self) -> usize {
        self.delivery.tick().await.unwrap()
    }

    /// How many rows there are in each state.
    async fn states(&self) -> BTreeMap<String, i64> {
        let mut tx = self.store.read().await.unwrap();
        outbox::states(&mut tx).await.unwrap()
    }
}

/// Takes what may leave, and sends nothing of it.
async fn takes(delivery: &Delivery, held: Held) -> Vec<Taken> {
    let picked = delivery.pick(held, 0).await.unwrap();
    let mut nothing = UnderWay::default();
    delivery.commit(&mut nothing, picked.take).await.unwrap()
}

fn states<const N: usize>(known: [(&str, i64); N]) -> BTreeMap<String, i64> {
    let named = known.map(|(state, rows)| (state.to_owned(), rows));
    BTreeMap::from(named)
}

fn say() -> Act {
    Act::Say {
        text: "hello".into(),
        buttons: Vec::new(),
        reply_to: None,
        files: Vec::new(),
    }
}

#[tokio::test]
async fn a_panic_in_a_channel_leaves_an_unknown_outcome() {
    let rig = Rig::new(ChannelKind::Telegram).await;
    rig.platform.is(Mood::Panics);
    rig.puts("7", say()).await;
    assert_eq!(rig.sends().await, 1);
    assert_eq!(rig.states().await, states([("unknown", 1)]));
    rig.store.close().await;
}

#[tokio::test]
async fn an_outage_leaves_no_more_unknown_than_were_under_way() {
    let rig = Rig::new(ChannelKind::Telegram).await;
    rig.platform.is(Mood::TimesOut);
    for id in 0..20 {
        rig.puts(&id.to_string(), say()).await;
    }
    for _ in 0..LONG.0 / 1_000 {
        rig.sends().await;
        rig.clock.pass(Millis::seconds(1));
    }
    assert_eq!(rig.states().await, states([("unknown", 4), ("ready", 16)]));
    let probes = *rig.platform.probes.lock().unwrap();
    assert!((2..=10).contains(&probes), "{probes} looks in two minutes");
    rig.platform.is(Mood::Well);
    rig.clock.pass(Millis::seconds(30));
    while rig.sends().await > 0 {}
    assert_eq!(rig.states().await, states([("unknown", 4), ("sent", 16)]));
    rig.store.close().await;
}

#[tokio::test]
async fn a_row_that_cannot_be_read_holds_no_other_up() {
    let rig = Rig::new(ChannelKind::Telegram).await;
    for id in ["7", "8"] {
        rig.puts(id, say()).await;
    }
    rig.store
        .write(|tx| Box::pin(async move { outbox::spoil(tx, &"7".into()).await }))
        .await
        .unwrap();
    while rig.sends().await > 0 {}
    assert_eq!(rig.states().await, states([("failed", 1), ("sent", 1)]));
    rig.store.close().await;
}

/// How often an act is tried on a platform that never says what became of it.
async fn tries(kind: ChannelKind, act: Act) -> usize {
    let ends = match act {
        Act::Say { .. } => "unknown",
        _ => "failed",
    };
    let rig = Rig::new(kind).await;
    rig.platform.is(Mood::TimesOut);
    rig.puts("7", act).await;
    for _ in 0..26 * 12 {
        // The gate is another matter: here the platform answers what is asked of it.
        rig.delivery.scheduling.looked(true, rig.clock.now());
        rig.sends().await;
        rig.clock.pass(Millis::minutes(5));
    }
    // What was said may have arrived: a person sees to it. A room that may be there is no message.
    assert_eq!(rig.states().await, states([(ends, 1)]), "{kind}");
    rig.store.close().await;
    *rig.platform.calls.lock().unwrap()
}

#[tokio::test]
async fn what_stays_unknown_is_given_up_in_the_end() {
    let found_out = tries(ChannelKind::Discord, say()).await;
    assert!(found_out > 100, "{found_out} tries in a day");
    let room = Act::OpenRoom {
        title: "Ann".to_owned(),
        card: "card".into(),
        buttons: Vec::new(),
    };
    assert_eq!(tries(ChannelKind::Telegram, room).await, 4);
}

#[tokio::test]
async fn one_process_delivers_until_its_lease_ends() {
    let rig = Rig::new(ChannelKind::Telegram).await;
    let neighbour = rig.neighbour();
    rig.puts("7", say()).await;
    assert_eq!(rig.sends().await, 1);
    rig.puts("8", say()).await;
    assert_eq!(neighbour.tick().await.unwrap(), 0, "it is not its turn");
    rig.clock.pass(LEASE_LENGTH);
    assert_eq!(neighbour.tick().await.unwrap(), 1, "nobody renewed");
    rig.puts("9", say()).await;
    assert_eq!(rig.sends().await, 0, "taken over");
    neighbour.holding.lease.release().await;
    assert_eq!(rig.sends().await, 1, "given back");
    assert_eq!(rig.states().await, states([("sent", 3)]));
    rig.store.close().await;
}

#[tokio::test]
async fn what_an_earlier_holder_had_begun_is_not_sent_again() {
    let rig = Rig::new(ChannelKind::Telegram).await;
    let neighbour = rig.neighbour();
    for id in ["7", "8"] {
        rig.puts(id, say()).await;
    }
    let held = rig.delivery.held().await.unwrap().unwrap();
    let taken = takes(&rig.delivery, held).await;
    assert_eq!(taken.len(), 2);
    rig.clock.pass(LEASE_LENGTH);
    assert_eq!(neighbour.tick().await.unwrap(), 0);
    assert_eq!(rig.states().await, states([("unknown", 2)]));
    let mut taken = taken.into_iter();
    // It wakes, and its lease has ended: the first is not sent any more.
    let late = rig.delivery.clone().send(taken.next().unwrap()).await;
    rig.delivery.write_outcome(Arc::new(late)).await.unwrap();
    assert_eq!(*rig.platform.calls.lock().unwrap(), 0);
    // The second had left before: what its holder knows is true, however late.
    let receipt = Receipt {
        at: Timestamp(1),
        message: None,
        place: None,
    };
    let outcome = outcome::Outcome {
        row: taken.next().unwrap().row,
        place: None,
        result: Ok(receipt),
        was_tried: true,
        begun_at: rig.clock.now(),
    };
    rig.delivery.write_outcome(Arc::new(outcome)).await.unwrap();
    assert_eq!(rig.states().await, states([("sent", 1), ("unknown", 1)]));
    rig.puts("9", say()).await;
    assert!(takes(&rig.delivery, held).await.is_empty());
    assert_eq!(
        rig.states().await,
        states([("ready", 1), ("sent", 1), ("unknown", 1)])
    );
    rig.store.close().await;
}

#[tokio::test]
async fn a_take_whose_commit_is_in_doubt_sends_once() {
    let wire = Arc::new(LosesAnAnswer::default());
    let rig = Rig::over(ChannelKind::Telegram, Some(wire.clone())).await;
    rig.delivery.held().await.unwrap();
    rig.puts("7", say()).await;
    wire.0.store(true, Ordering::SeqCst);
    assert!(rig.delivery.tick().await.is_err());
    assert_eq!(
        rig.states().await,
        states([("sending", 1)]),
        "nobody has it"
    );
    assert_eq!(rig.sends().await, 1);
    assert_eq!(rig.states().await, states([("sent", 1)]));
    assert_eq!(*rig.platform.calls.lock().unwrap(), 1);
    rig.store.close().await;
}

#[tokio::test]
async fn a_platform_that_answers_but_takes_nothing_costs_one_unknown_an_opening() {
    let rig = Rig::new(ChannelKind::Telegram).await;
    rig.platform.is(Mood::TakesNothing);
    for id in 0..40 {
        rig.puts(&id.to_string(), say()).await;
    }
    for _ in 0..LONG.0 / 1_000 {
        rig.sends().await;
        rig.clock.pass(Millis::seconds(1));
    }
    let unknown = rig.states().await["unknown"];
    assert!(
        (8..=4 + 9).contains(&unknown),
        "a window, then one a pause: {unknown}"
    );
    rig.platform.is(Mood::Well);
    rig.clock.pass(Millis::seconds(30));
    assert_eq!(rig.sends().await, 1, "one shows that messages are taken");
    assert_eq!(rig.sends().await, 4, "then the window is open");
    rig.store.close().await;
}

#[tokio::test]
async fn the_next_holder_goes_on_with_the_gate_and_the_budgets() {
    let rig = Rig::new(ChannelKind::Telegram).await;
    let wait = Millis::seconds(30);
    rig.platform.is(Mood::PushesBack(wait));
    for id in ["7", "8", "9"] {
        rig.puts(id, say()).await;
    }
    assert_eq!(rig.sends().await, 3);
    rig.platform.is(Mood::Well);
    let neighbour = rig.neighbour();
    rig.puts("10", say()).await;
    for seconds in 0..30 {
        assert_eq!(
            neighbour.tick().await.unwrap(),
            0,
            "after {seconds} seconds"
        );
        rig.clock.pass(Millis::seconds(1));
    }
    assert_eq!(
        neighbour.tick().await.unwrap(),
        1,
        "one to feel whether it is over"
    );
    assert_eq!(neighbour.tick().await.unwrap(), 3);
    rig.platform.is(Mood::TimesOut);
    rig.puts("11", say()).await;
    assert_eq!(neighbour.tick().await.unwrap(), 1);
    neighbour.holding.lease.release().await;
    rig.puts("12", say()).await;
    assert_eq!(
        rig.neighbour().tick().await.unwrap(),
        0,
        "the gate is closed for all"
    );
    rig.store.close().await;
}

#[tokio::test]
async fn an_answer_that_waited_too_long_is_told_once_and_not_sent() {
    let rig = Rig::new(ChannelKind::Telegram).await;
    rig.platform.is(Mood::PushesBack(Millis::seconds(100)));
    let answer = Purpose::Answer {
        entry: "shipping".into(),
        wording: None,
    };
    rig.puts_for("7", say(), "c", answer).await;
    rig.puts_for("8", say(), "d", Purpose::Acknowledgement)
        .await;
    while rig.clock.now() - Timestamp(1_000_000) < ANSWER_LEAVES_WITHIN {
        rig.sends().await;
        rig.clock.pass(Millis::seconds(10));
    }
    rig.platform.is(Mood::Well);
    for _ in 0..20 {
        rig.clock.pass(Millis::seconds(10));
        rig.sends().await;
    }
    assert_eq!(rig.states().await, states([("cancelled", 1), ("sent", 1)]));
    let mut tx = rig.store.read().await.unwrap();
    let told = crate::store::inbox::lane_heads(&mut tx, 10, &[])
        .await
        .unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].arrival.contains("too-old"), "{told:?}");
    drop(tx);
    rig.store.close().await;
}

#[tokio::test]
async fn an_acknowledgement_that_was_pushed_back_can_still_be_taken_back() {
    let rig = Rig::new(ChannelKind::Telegram).await;
    rig.platform.is(Mood::PushesBack(Millis::seconds(5)));
    rig.puts_for("7", say(), "c", Purpose::Acknowledgement)
        .await;
    assert_eq!(rig.sends().await, 1);
    let withdrawn = rig.store.write(|tx| {
        Box::pin(async move { outbox::withdraw(tx, &"c".into(), &Purpose::Acknowledgement).await })
    });
    withdrawn.await.unwrap();
    rig.platform.is(Mood::Well);
    rig.clock.pass(Millis::minutes(1));
    assert_eq!(rig.sends().await, 0);
    assert_eq!(rig.states().await, states([("cancelled", 1)]));
    rig.store.close().await;
}
