//! The delivery over a real store and a channel that does as the test says.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use tokio::sync::Notify;

use super::*;
use crate::channels::{ChannelStopped, Finding, FindingLevel, Inlet, TextLimit};
use crate::clock::{CountedIds, SetClock};
use crate::domain::engine::effect::Purpose;
use crate::domain::place::Place;
use crate::store::outbox::NewOutgoing;

/// How long a platform is down at the most in a test.
const LONG: Millis = Millis::minutes(2);

/// What the platform does with a call.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Well,
    TimesOut,
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
            Mood::TimesOut => Err(DeliveryError::Unknown {
                why: "no answer".to_owned(),
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
            Mood::Well => FindingLevel::Ok,
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

impl Rig {
    async fn new(kind: ChannelKind) -> Rig {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let store = Store::open(&url).await.unwrap();
        let clock = Arc::new(SetClock::at(Timestamp(1_000_000)));
        let platform = Arc::new(Platform {
            kind,
            mood: Mutex::new(Mood::Well),
            calls: Mutex::default(),
            probes: Mutex::default(),
        });
        let delivery = Delivery {
            store: store.clone(),
            clock: clock.clone(),
            ids: Arc::new(CountedIds::default()),
            channel: platform.clone(),
            window: 4,
            budget: Arc::new(Budget::per_second(1_000)),
            gate: Arc::default(),
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

    /// Puts an act into the outbox, to nobody's conversation.
    async fn puts(&self, id: &str, act: Act) {
        let new = NewOutgoing {
            id: id.into(),
            conversation: "".into(),
            cause: id.into(),
            slot: 0,
            lane: id.to_owned(),
            target: Target::Place(Place::chat(self.platform.kind, id)),
            purpose: Purpose::Notice,
            act,
            message: None,
            staff: None,
            at: self.clock.now(),
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
    let rig = Rig::new(kind).await;
    rig.platform.is(Mood::TimesOut);
    rig.puts("7", act).await;
    for _ in 0..26 * 12 {
        // The gate is another matter: here the platform answers what is asked of it.
        rig.delivery.gate.looked(true, rig.clock.now());
        rig.sends().await;
        rig.clock.pass(Millis::minutes(5));
    }
    assert_eq!(rig.states().await, states([("failed", 1)]), "{kind}");
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
