//! The knowledge base is kept with its history, and every change is seen by its revision.

use careline::domain::ids::{AccountId, EntryKey};
use careline::domain::knowledge::dialogue::Dialogue;
use careline::domain::knowledge::upkeep::Upkeep;
use careline::domain::knowledge::{Change, ChangeKind, Entry, EntryText};
use careline::domain::lang::Lang;
use careline::domain::place::{ChannelKind, Place};
use careline::domain::time::Timestamp;
use careline::store::Store;
use careline::store::dialogues::{self, Open};
use careline::store::knowledge::{self, NewChange};
use jiff::civil::date;

use crate::support::database::each_store;

fn entry(key: &str, answer: &str, langs: &[Lang]) -> Entry {
    let text = |lang: &Lang| {
        let text = EntryText {
            question: format!("{key}? Hỏi 问"),
            phrasings: vec!["it's \"quoted\" \\ and, so on".to_owned()],
            answer: answer.to_owned(),
            other_answers: vec!["said \"otherwise\",\n说".to_owned()],
        };
        (*lang, text)
    };
    Entry {
        key: EntryKey::from(key),
        tags: vec!["tag".to_owned()],
        triggers: vec![r"\bvat\b".to_owned()],
        texts: langs.iter().map(text).collect(),
        upkeep: Default::default(),
    }
}

async fn change(store: &Store, number: i64, changes: Vec<(ChangeKind, Entry)>) {
    let changes: Vec<NewChange> = changes
        .into_iter()
        .enumerate()
        .map(|(place, (kind, entry))| NewChange {
            id: format!("{number:04}-{place:06}"),
            change: Change { kind, entry },
        })
        .collect();
    let at = Timestamp(number);
    store.change_knowledge(changes, "ann", at).await.unwrap();
}

#[tokio::test]
async fn entries_come_back_as_they_were_put_in() {
    each_store(async |store| {
        let mut tx = store.read().await.unwrap();
        assert_eq!(knowledge::load(&mut tx).await.unwrap(), (None, vec![]));
        let (a, b) = (entry("a", "A", &Lang::ALL), entry("b", "B", &[Lang::Vi]));
        change(
            store,
            1,
            vec![(ChangeKind::New, b.clone()), (ChangeKind::New, a.clone())],
        )
        .await;
        let loaded = knowledge::load(&mut tx).await.unwrap();
        assert_eq!(loaded, (Some(1), vec![a.clone(), b.clone()]));

        let shorter = entry("a", "A2", &[Lang::En]);
        change(
            store,
            2,
            vec![
                (ChangeKind::Changed, shorter.clone()),
                (ChangeKind::Retired, b.clone()),
            ],
        )
        .await;
        let loaded = knowledge::load(&mut tx).await.unwrap();
        assert_eq!(loaded, (Some(2), vec![shorter]));

        change(store, 3, vec![(ChangeKind::New, b.clone())]).await;
        assert_eq!(knowledge::load(&mut tx).await.unwrap().1.len(), 2);
        change(store, 4, vec![]).await;
        assert_eq!(knowledge::revision(&mut tx).await.unwrap(), Some(3));
    })
    .await;
}

#[tokio::test]
async fn days_and_owner_come_back_and_what_turns_with_a_day_is_found() {
    each_store(async |store| {
        let of = |key: &str, parts| {
            let entry = entry(key, "A", &[Lang::En]);
            let upkeep = Upkeep::read(parts).unwrap();
            (ChangeKind::New, Entry { upkeep, ..entry })
        };
        let all = vec![
            of("always", ["", "", "2026-01-03", "Mai"]),
            of("begins", ["2026-01-05", "", "", ""]),
            of("day", ["2026-01-05", "2026-01-05", "", ""]),
            of("ends", ["", "2026-01-04", "", ""]),
            of("later", ["2026-02-01", "2026-02-02", "", ""]),
        ];
        let written: Vec<Entry> = all.iter().map(|(_, entry)| entry.clone()).collect();
        change(store, 1, all).await;
        let mut tx = store.read().await.unwrap();
        assert_eq!(knowledge::entries(&mut tx).await.unwrap(), written);
        let one = knowledge::entry(&mut tx, &"always".into()).await.unwrap();
        assert_eq!(one.as_ref(), Some(&written[0]));
        let turned = async |tx: &mut _, from: i8, to: i8| -> Vec<String> {
            let (from, to) = (date(2026, 1, from), date(2026, 1, to));
            let turned = knowledge::turned(tx, from, to).await.unwrap();
            turned.into_iter().map(|entry| entry.key.0).collect()
        };
        assert_eq!(turned(&mut tx, 4, 5).await, ["begins", "day", "ends"]);
        assert_eq!(turned(&mut tx, 5, 6).await, ["day"]);
        assert_eq!(turned(&mut tx, 1, 3).await, Vec::<String>::new());
        assert_eq!(turned(&mut tx, 3, 9).await, ["begins", "day", "ends"]);
        let named = knowledge::named(&mut tx).await.unwrap();
        assert_eq!(named.len(), 5);
        drop(tx);
        change(store, 2, vec![(ChangeKind::Retired, written[1].clone())]).await;
        let mut tx = store.read().await.unwrap();
        assert_eq!(turned(&mut tx, 4, 5).await, ["day", "ends"]);
        let past = knowledge::key_of_version(&mut tx, "0002-000000").await;
        assert_eq!(past.unwrap(), Some("begins".into()));
        assert_eq!(
            knowledge::entry(&mut tx, &"begins".into()).await.unwrap(),
            None
        );
    })
    .await;
}

#[tokio::test]
async fn a_dialogue_is_one_of_each_account() {
    each_store(async |store| {
        let account = AccountId::from("7");
        let open = |question: &str| {
            let mut dialogue = Dialogue::begun(Entry::blank("a".into()), Lang::Vi, Timestamp(1));
            dialogue.says(question);
            Open {
                account: AccountId::from("7"),
                place: Place::thread(ChannelKind::Telegram, "-1", "3"),
                dialogue,
                expires_at: Timestamp(9),
            }
        };
        let done = store.write(move |tx| {
            let (account, first, second) = (account.clone(), open("Một?"), open("Hai?"));
            Box::pin(async move {
                let telegram = ChannelKind::Telegram;
                dialogues::put(tx, &first).await?;
                dialogues::put(tx, &second).await?;
                let kept = dialogues::of(tx, telegram, &account).await?;
                let writers = dialogues::writers(tx, telegram).await?;
                let elsewhere = dialogues::of(tx, ChannelKind::Discord, &account).await?;
                dialogues::end(tx, telegram, &account).await?;
                let ended = dialogues::of(tx, telegram, &account).await?;
                Ok((kept == Some(second), writers == [account], elsewhere, ended))
            })
        });
        assert_eq!(done.await.unwrap(), (true, true, None, None));
    })
    .await;
}

#[tokio::test]
async fn the_history_tells_who_did_what_and_when() {
    each_store(async |store| {
        let a = entry("a", "A", &[Lang::En]);
        let better = entry("a", "A, better", &[Lang::En]);
        change(store, 10, vec![(ChangeKind::New, a.clone())]).await;
        change(store, 20, vec![(ChangeKind::Changed, better.clone())]).await;
        change(store, 30, vec![(ChangeKind::Retired, better.clone())]).await;
        let mut tx = store.read().await.unwrap();
        let history = knowledge::history(&mut tx, &"a".into()).await.unwrap();
        let told: Vec<_> = history
            .iter()
            .map(|past| {
                (
                    past.at.0,
                    past.by_whom.as_str(),
                    past.kind,
                    past.entry.as_ref(),
                )
            })
            .collect();
        assert_eq!(
            told,
            vec![
                (10, "ann", ChangeKind::New, Some(&a)),
                (20, "ann", ChangeKind::Changed, Some(&better)),
                (30, "ann", ChangeKind::Retired, Some(&better)),
            ]
        );
        assert!(
            knowledge::history(&mut tx, &"b".into())
                .await
                .unwrap()
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn many_entries_are_written_in_batches() {
    each_store(async |store| {
        let many: Vec<_> = (0..1_203)
            .map(|number| {
                (
                    ChangeKind::New,
                    entry(&format!("e{number:05}"), "A", &[Lang::En, Lang::Zh]),
                )
            })
            .collect();
        change(store, 1, many).await;
        let mut tx = store.read().await.unwrap();
        let (revision, entries) = knowledge::load(&mut tx).await.unwrap();
        assert_eq!((revision, entries.len()), (Some(1), 1_203));
        assert!(entries.iter().all(|entry| entry.texts.len() == 2));
    })
    .await;
}

#[tokio::test]
async fn whoever_knows_a_revision_reads_only_what_changed_since() {
    each_store(async |store| {
        let new = |key: &str| (ChangeKind::New, entry(key, "A", &[Lang::En, Lang::Vi]));
        change(store, 1, vec![new("a"), new("b"), new("c")]).await;
        let edited = entry("b", "B2", &[Lang::Zh]);
        change(store, 2, vec![(ChangeKind::Changed, edited.clone())]).await;
        change(store, 3, vec![(ChangeKind::Retired, new("c").1)]).await;
        let mut tx = store.read().await.unwrap();
        let seen = |changes: Vec<Change>| -> Vec<(ChangeKind, String)> {
            let seen = changes.into_iter();
            seen.map(|change| (change.kind, change.entry.key.0))
                .collect()
        };
        let since_first = knowledge::changed_since(&mut tx, 1).await.unwrap();
        assert_eq!(since_first[0].entry, edited);
        assert_eq!(
            seen(since_first),
            [
                (ChangeKind::Changed, "b".to_owned()),
                (ChangeKind::Retired, "c".to_owned())
            ]
        );
        let since_second = knowledge::changed_since(&mut tx, 2).await.unwrap();
        assert_eq!(seen(since_second), [(ChangeKind::Retired, "c".to_owned())]);
        assert_eq!(knowledge::changed_since(&mut tx, 3).await.unwrap(), []);
        drop(tx);

        // What comes back is changed, not gone.
        change(store, 4, vec![new("c")]).await;
        let mut tx = store.read().await.unwrap();
        let since_third = knowledge::changed_since(&mut tx, 3).await.unwrap();
        assert_eq!(seen(since_third), [(ChangeKind::Changed, "c".to_owned())]);
    })
    .await;
}
