//! Stored figures follow the facts: what is marked is computed anew, what differs is named, and the
//! report from them is the one from the facts.

use std::collections::BTreeMap;

use careline::clock::{CountedIds, IdSource};
use careline::config::Config;
use careline::domain::customer::Customer;
use careline::domain::engine::conversation::Conversation;
use careline::domain::ids::AccountId;
use careline::domain::place::{ChannelKind, Place};
use careline::domain::preference::HumanPreference;
use careline::domain::report::line::Line;
use careline::domain::report::sla::{By, Group, Naming, of_lines};
use careline::domain::time::{Millis, Timestamp};
use careline::domain::timeline::{Fact, FactKind};
use careline::store::figures::{self, Asked, Period};
use careline::store::{Store, conversations, customers, plans, reports, timeline};
use jiff::tz::TimeZone;

use crate::support::database::each_store;

const DAY_MS: i64 = 86_400_000;
const ALWAYS: Period = Period {
    from: i64::MIN,
    until: i64::MAX,
};

async fn write(store: &Store, ids: &CountedIds, facts: Vec<Fact>) {
    for fact in facts {
        let id = ids.id();
        let written = store.write(move |tx| {
            let (id, fact) = (id.clone(), fact.clone());
            Box::pin(async move { timeline::append(tx, &id, &fact).await })
        });
        written.await.expect("the fact is written");
    }
}

/// The row of a conversation of [`story`], which begins at `at`, each on an account of its own.
async fn open(store: &Store, name: &'static str, at: i64) {
    let opened = store.write(move |tx| {
        Box::pin(async move {
            let account = AccountId(name.to_owned());
            if name == "c1" {
                let ann = Customer {
                    id: "ann".into(),
                    name: "Ann".to_owned(),
                    lang: None,
                    lang_chosen: false,
                    preference: None,
                    preference_asked: false,
                    segment: None,
                };
                let began = Timestamp(at);
                customers::add(tx, &ann, ChannelKind::Web, &account, name, began).await?;
            }
            let place = Place::chat(ChannelKind::Web, name);
            let (id, code) = (name.into(), name.to_uppercase());
            let row = Conversation::open(id, code, "ann".into(), account, place, Timestamp(at));
            conversations::add(tx, &row, None).await
        })
    });
    opened.await.expect("the row is written");
}

/// A conversation that a customer begins at `at`, whom a person answers after `minutes`.
fn story(name: &str, at: i64, minutes: Option<i64>) -> Vec<Fact> {
    let fact = |at: i64, staff: Option<&str>, kind| Fact {
        conversation: name.into(),
        customer: "ann".into(),
        channel: match at % 2 {
            0 => ChannelKind::Telegram,
            _ => ChannelKind::Web,
        },
        at: Timestamp(at),
        recorded_at: Timestamp(at),
        staff: staff.map(Into::into),
        kind,
    };
    let mut facts = vec![
        fact(at, None, FactKind::Opened { previous: None }),
        fact(
            at,
            None,
            FactKind::CustomerWrote {
                message: "m1".into(),
                seen_late: false,
            },
        ),
        fact(
            at,
            None,
            FactKind::HandoffAsked {
                handoff: "h".into(),
                reason: "asked".into(),
            },
        ),
    ];
    if let Some(minutes) = minutes {
        let replied = FactKind::AgentReplied {
            outbox: "o".into(),
            message: "m2".into(),
        };
        facts.push(fact(at + Millis::minutes(minutes).0, Some("ben"), replied));
    }
    facts
}

const EVER: (Timestamp, Timestamp) = (Timestamp(0), Timestamp(i64::MAX));

/// The report on the conversations that began between these, from all facts and from what is
/// stored.
async fn both_reports(
    store: &Store,
    by: Option<By>,
    zone: &str,
    (from, until): (Timestamp, Timestamp),
) -> (Vec<Group>, Vec<Group>) {
    let zone = TimeZone::get(zone).expect("is a zone");
    let now = Timestamp(40 * DAY_MS);
    let mut tx = store.read().await.expect("a connection");
    let facts = timeline::of_conversations_opened(&mut tx, from, until);
    let mut conversations: BTreeMap<String, Vec<Fact>> = BTreeMap::new();
    for fact in facts.await.expect("reads") {
        let facts = conversations.entry(fact.conversation.0.clone());
        facts.or_default().push(fact);
    }
    let plans = plans::all(&mut tx, &Config::default().usual_policy())
        .await
        .expect("reads");
    let names = BTreeMap::new();
    let naming = Naming {
        by,
        names: &names,
        zone: &zone,
    };
    let mut lines = Vec::new();
    for facts in conversations.values() {
        let chosen = reports::chosen(&mut tx, &facts[0].customer).await;
        lines.extend(Line::of(facts, &plans, &chosen.expect("reads")));
    }
    let from_facts = of_lines(lines.into_iter(), naming, now);
    let zone = zone.clone();
    let asked = Asked {
        from,
        until,
        by,
        zone,
    };
    let stored = figures::report(&mut tx, &asked, now).await.expect("reads");
    (from_facts, stored)
}

async fn renew(store: &Store) -> usize {
    let usual = Config::default().usual_policy();
    figures::renew(store, &usual, ALWAYS).await.expect("renews")
}

async fn told(store: &Store) -> Vec<String> {
    let usual = Config::default().usual_policy();
    let mut tx = store.read().await.expect("a connection");
    let checked = figures::check(&mut tx, &usual).await.expect("checks");
    let told = checked.differences.iter();
    told.map(|one| {
        format!(
            "{:?} {} {:?} {:?}",
            one.about, one.what, one.stored, one.computed
        )
    })
    .collect()
}

#[tokio::test]
async fn the_report_is_the_same_from_facts_and_from_what_is_stored() {
    each_store(async |store: &Store| {
        let ids = CountedIds::default();
        for number in 0..30 {
            let at = number * DAY_MS / 3 + number * 1_234_567;
            let minutes = (number % 4 > 0).then_some(number * 7);
            write(store, &ids, story(&format!("c{number:02}"), at, minutes)).await;
        }
        // 30 lines on 10 days and some.
        assert!(renew(store).await >= 40);
        assert_eq!(renew(store).await, 0, "nothing is left to be computed");
        for by in std::iter::once(None).chain(By::ALL.map(Some)) {
            for zone in ["UTC", "Asia/Ho_Chi_Minh", "Asia/Kolkata"] {
                let (from_facts, stored) = both_reports(store, by, zone, EVER).await;
                assert_eq!(from_facts, stored, "{by:?} {zone}");
                assert_eq!(stored[0].conversations.came_in, 30);
                // Days of another zone begin and end amid those that are stored.
                let some = (Timestamp(DAY_MS * 3 / 2), Timestamp(DAY_MS * 31 / 4));
                let (from_facts, stored) = both_reports(store, by, zone, some).await;
                assert_eq!(from_facts, stored, "{by:?} {zone}, some");
                let came_in = stored[0].conversations.came_in;
                assert!((10..25).contains(&came_in), "{came_in}");
            }
        }
        assert!(told(store).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_new_fact_has_its_conversation_and_its_day_computed_anew() {
    each_store(async |store: &Store| {
        let ids = CountedIds::default();
        write(store, &ids, story("c1", 5, None)).await;
        write(store, &ids, story("c2", 3 * DAY_MS, Some(5))).await;
        assert_eq!(renew(store).await, 4);
        let before = both_reports(store, None, "UTC", EVER).await.1;
        assert_eq!(before[0].conversations.resolved, 0);
        let resolved = FactKind::Resolved {
            by_bot: false,
            confirmed: false,
        };
        let late = Fact {
            kind: resolved,
            at: Timestamp(9 * DAY_MS),
            ..story("c1", 5, None).remove(0)
        };
        write(store, &ids, vec![late]).await;
        let usual = Config::default().usual_policy();
        let mut tx = store.read().await.expect("a connection");
        let checked = figures::check(&mut tx, &usual).await.expect("checks");
        assert_eq!((checked.lines, checked.days, checked.due), (1, 2, 1));
        assert!(checked.differences.is_empty(), "{checked:?}");
        drop(tx);
        // A note changes nothing that is stored: its day stays as it is.
        assert_eq!(renew(store).await, 2, "one line and its day");
        let note = FactKind::NoteWritten {
            message: "m9".into(),
        };
        let note = Fact {
            kind: note,
            ..story("c2", 3 * DAY_MS, None).remove(0)
        };
        write(store, &ids, vec![note]).await;
        assert_eq!(renew(store).await, 1, "a line only");
        let (from_facts, stored) = both_reports(store, None, "UTC", EVER).await;
        assert_eq!(from_facts, stored);
        assert_eq!(stored[0].conversations.resolved, 1);
    })
    .await;
}

#[tokio::test]
async fn what_a_customer_chose_before_counts_however_late_it_is_written_down() {
    each_store(async |store: &Store| {
        let ids = CountedIds::default();
        let at = 3 * DAY_MS;
        for (name, at) in [("c1", 2), ("c2", at)] {
            open(store, name, at).await;
            write(store, &ids, story(name, at, Some(5))).await;
        }
        assert_eq!(renew(store).await, 4);
        let before = both_reports(store, None, "UTC", EVER).await.1;
        assert_eq!(before[0].conversations.preferences_honoured, 0);
        // In the first conversation, which is over: the second one began later.
        let chose = FactKind::PreferenceSet {
            preference: HumanPreference::HumanFirst,
        };
        let chose = Fact {
            kind: chose,
            at: Timestamp(DAY_MS),
            ..story("c1", 2, None).remove(0)
        };
        write(store, &ids, vec![chose]).await;
        assert_eq!(
            renew(store).await,
            3,
            "both lines, and the day of the second"
        );
        let (from_facts, stored) = both_reports(store, None, "UTC", EVER).await;
        assert_eq!(from_facts, stored);
        assert_eq!(stored[0].conversations.preferences_honoured, 1);
        assert!(told(store).await.is_empty());
    })
    .await;
}
