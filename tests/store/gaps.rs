//! Questions keep their groups, erased ones vanish, and of two who edit at once the second is told.

use std::collections::BTreeMap;

use careline::domain::ids::{CustomerId, EntryKey};
use careline::domain::knowledge::gaps::summary::{Handled, How, Summary, summaries};
use careline::domain::knowledge::{Entry, EntryText};
use careline::domain::lang::Lang;
use careline::domain::time::Timestamp;
use careline::store::drafts::{self, Draft, Edit, Meanwhile, NO_VERSION};
use careline::store::gaps::Looked;
use careline::store::{Store, knowledge, one_person};

use crate::support::database::{each_database, each_store};
use crate::support::gaps::Asked;

const WEEK: i64 = 7 * 24 * 3_600_000;

async fn looks(store: &Store, from: i64, until: i64) -> Looked {
    let (from, until) = (Timestamp(from), Timestamp(until));
    store.gaps(from, until, Timestamp(9)).await.expect("reads")
}

async fn told(store: &Store, from: i64, until: i64) -> Vec<Summary> {
    let looked = looks(store, from, until).await;
    summaries(&looked.placed, &looked.handled)
}

fn counts(told: &[Summary]) -> Vec<(&str, usize)> {
    let counted = told.iter();
    counted
        .map(|group| (group.examples[0].as_str(), group.gaps))
        .collect()
}

async fn two_weeks(store: &Store) {
    for asked in [
        Asked::new(1, "do you ship to Laos?", Timestamp(10))
            .replied("Yes, Ann, call 0912 345 678."),
        Asked::new(2, "can I get a student discount", Timestamp(20)),
        Asked::new(3, "(Ann) is shipping to Laos possible?", Timestamp(30)),
        Asked::new(4, "shipping to laos", Timestamp(WEEK + 10)).by("Bob"),
        Asked::new(5, "my oven explodes", Timestamp(WEEK + 20)).by("Bob"),
    ] {
        asked.happens(store).await;
    }
}

#[tokio::test]
async fn a_question_keeps_its_group_from_week_to_week() {
    each_store(async |store| {
        two_weeks(store).await;
        let first = told(store, 0, WEEK).await;
        assert_eq!(first.len(), 2, "{first:#?}");
        assert_eq!(first[0].gaps, 2, "{first:#?}");
        let second = told(store, WEEK, 2 * WEEK).await;
        let laos = second.iter().find(|group| group.group == first[0].group);
        let laos = laos.expect("the group of the week before");
        assert_eq!(
            (laos.examples[0].as_str(), laos.gaps),
            ("shipping to laos", 1)
        );
        let all = told(store, 0, 2 * WEEK).await;
        assert_eq!((all[0].gaps, all.len()), (3, 3));
        assert_eq!(
            all,
            told(store, 0, 2 * WEEK).await,
            "looking changes nothing"
        );
        let of_group = store.gaps_of_group(&laos.group, Timestamp(9)).await;
        assert_eq!(of_group.expect("reads").placed.len(), 3);
        let answer = all[0].answer.as_deref();
        assert_eq!(answer, Some("Yes, […], call […]."));
        let shown = format!("{all:?}");
        assert!(!shown.contains("Ann"), "names are struck out: {shown}");
    })
    .await;
}

#[tokio::test]
async fn two_who_look_at_once_make_the_same_groups() {
    each_store(async |store| {
        two_weeks(store).await;
        let (one, other) = tokio::join!(told(store, 0, 2 * WEEK), told(store, 0, 2 * WEEK));
        assert_eq!(one, other);
        assert_eq!(one.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn erased_words_vanish_and_their_group_stays_with_the_others() {
    each_store(async |store| {
        two_weeks(store).await;
        let before = told(store, 0, 2 * WEEK).await;
        let founder = CustomerId(Asked::new(1, "", Timestamp(0)).customer());
        let erased = store.write(move |tx| {
            let founder = founder.clone();
            Box::pin(async move { one_person::erase(tx, &founder).await })
        });
        let erased = erased.await.expect("erases");
        assert!(erased.contains(&("gap_questions", 1)), "{erased:?}");
        let after = told(store, 0, 2 * WEEK).await;
        let shown = format!("{after:?}");
        assert!(!shown.contains("do you ship"), "{shown}");
        assert_eq!(after[0].group, before[0].group);
        assert_eq!((after[0].gaps, &after[0].answer), (2, &None));
        Asked::new(6, "do you ship to laos", Timestamp(WEEK + 30))
            .happens(store)
            .await;
        let later = told(store, 0, 2 * WEEK).await;
        assert_eq!(
            (later[0].group.as_str(), later[0].gaps),
            (before[0].group.as_str(), 3)
        );
    })
    .await;
}

#[tokio::test]
async fn what_staff_did_about_a_group_is_kept() {
    each_store(async |store| {
        two_weeks(store).await;
        let laos = told(store, 0, 2 * WEEK).await[0].group.clone();
        let ignored = Handled {
            how: How::Ignored,
            by_whom: "Mai".to_owned(),
            at: Timestamp(5),
        };
        assert!(
            store
                .handle_gap(&laos, Some(ignored.clone()))
                .await
                .unwrap()
        );
        let looked = looks(store, 0, 2 * WEEK).await;
        assert_eq!(looked.handled, BTreeMap::from([(laos.clone(), ignored)]));
        let answered = Handled {
            how: How::Answered("laos".into()),
            by_whom: "Mai".to_owned(),
            at: Timestamp(WEEK),
        };
        assert!(store.handle_gap(&laos, Some(answered)).await.unwrap());
        let since = told(store, 0, 2 * WEEK).await;
        let again = since.iter().find(|group| group.group == laos);
        assert_eq!(again.map(|group| group.gaps), Some(1), "asked again since");
        assert!(store.handle_gap(&laos, None).await.unwrap());
        assert_eq!(told(store, 0, 2 * WEEK).await[0].gaps, 3);
        assert!(!store.handle_gap("none", None).await.unwrap());
    })
    .await;
}

fn entry(answer: &str) -> Entry {
    let text = EntryText {
        question: "Do you ship to Laos?".to_owned(),
        phrasings: vec![],
        answer: answer.to_owned(),
        ..EntryText::default()
    };
    Entry {
        key: "laos".into(),
        tags: vec![],
        triggers: vec![],
        texts: [(Lang::En, text)].into(),
        upkeep: Default::default(),
    }
}

fn edit(id: &str, known: &str, answer: &str) -> Edit {
    Edit {
        id: id.to_owned(),
        entry: entry(answer),
        retires: false,
        known: known.to_owned(),
        gap: None,
        draft_at: None,
        at: Timestamp(WEEK + 15),
        by_whom: "Mai".to_owned(),
    }
}

#[tokio::test]
async fn of_two_who_publish_at_once_one_is_told_that_the_other_was_faster() {
    each_store(async |store| {
        let (one, other) = tokio::join!(
            store.publish(edit("v1", NO_VERSION, "one")),
            store.publish(edit("v2", NO_VERSION, "other")),
        );
        let won = [one.unwrap(), other.unwrap()];
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
        let mut tx = store.read().await.unwrap();
        let newest = drafts::newest(&mut tx, &"laos".into()).await.unwrap();
        drop(tx);
        assert!(!store.publish(edit("v3", NO_VERSION, "late")).await.unwrap());
        assert!(store.publish(edit("v4", &newest, "next")).await.unwrap());
        let retired = Edit {
            retires: true,
            ..edit("v5", "v4", "next")
        };
        assert!(store.publish(retired).await.unwrap());
        let mut tx = store.read().await.unwrap();
        assert!(knowledge::entries(&mut tx).await.unwrap().is_empty());
        drop(tx);
        assert!(store.publish(edit("v6", "v5", "back")).await.unwrap());
        let mut tx = store.read().await.unwrap();
        let history = knowledge::history(&mut tx, &"laos".into()).await.unwrap();
        let kinds: Vec<&str> = history.iter().map(|past| past.kind.name()).collect();
        assert_eq!(kinds, ["new", "changed", "retired", "new"]);
    })
    .await;
}

/// Keeps a draft of an entry for which there was none when its writer began.
async fn keep(store: &Store, key: String, by_whom: &'static str) -> Option<Meanwhile> {
    let kept = store.write(move |tx| {
        let draft = Draft {
            entry: Entry {
                key: key.as_str().into(),
                ..entry(by_whom)
            },
            based_on: NO_VERSION.to_owned(),
            gap: None,
            at: Timestamp(5),
            by_whom: by_whom.to_owned(),
        };
        Box::pin(async move { drafts::keep(tx, draft, None).await })
    });
    kept.await.expect("is written")
}

#[tokio::test]
async fn of_two_processes_that_keep_a_draft_at_once_one_does_and_the_other_is_shown_it() {
    each_database(async |database| {
        let (first, second) = (database.open().await, database.open().await);
        for round in 0..20 {
            let key = format!("laos-{round}");
            let told = tokio::join!(
                keep(&first, key.clone(), "Mai"),
                keep(&second, key.clone(), "Kim"),
            );
            let mut tx = first.read().await.unwrap();
            let kept = drafts::of(&mut tx, &key.as_str().into()).await.unwrap();
            let kept = kept.expect("one is kept").by_whom;
            let shown = [told.0, told.1].map(|other| other.map(|other| other.by_whom));
            match kept.as_str() {
                "Mai" => assert_eq!(shown, [None, Some(kept)]),
                _ => assert_eq!(shown, [Some(kept), None]),
            }
        }
        first.close().await;
        second.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_published_draft_answers_its_group_and_is_gone() {
    each_store(async |store| {
        two_weeks(store).await;
        let laos = told(store, 0, 2 * WEEK).await[0].group.clone();
        let draft = Draft {
            entry: entry("Yes."),
            based_on: NO_VERSION.to_owned(),
            gap: Some(laos.clone()),
            at: Timestamp(WEEK),
            by_whom: "Mai".to_owned(),
        };
        store.keep_draft(draft.clone()).await.unwrap();
        let mut tx = store.read().await.unwrap();
        assert_eq!(drafts::all(&mut tx).await.unwrap(), vec![draft]);
        drop(tx);
        // Somebody who has not seen it publishes another text: it stays for its writer.
        assert!(store.publish(edit("v1", NO_VERSION, "No.")).await.unwrap());
        let mut tx = store.read().await.unwrap();
        let kept = drafts::of(&mut tx, &"laos".into()).await.unwrap();
        assert_eq!(kept.map(|draft| draft.at), Some(Timestamp(WEEK)));
        drop(tx);
        let seen = Edit {
            draft_at: Some(Timestamp(WEEK)),
            ..edit("v2", "v1", "Yes.")
        };
        assert!(store.publish(seen).await.unwrap());
        let mut tx = store.read().await.unwrap();
        assert_eq!(drafts::of(&mut tx, &"laos".into()).await.unwrap(), None);
        drop(tx);
        let looked = looks(store, 0, 2 * WEEK).await;
        let how = looked.handled.get(&laos).map(|handled| &handled.how);
        assert_eq!(how, Some(&How::Answered(EntryKey::from("laos"))));
        let told = summaries(&looked.placed, &looked.handled);
        let told = counts(&told);
        assert!(
            !told.iter().any(|(words, _)| words.contains("aos")),
            "{told:?}"
        );
    })
    .await;
}
