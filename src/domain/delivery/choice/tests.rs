use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::delivery::budgets::Limits;
use crate::domain::place::{ChannelKind, Place};
use crate::domain::time::Millis;

const CLASSES: [(char, Class); 6] = [
    ('h', Class::HumanReply),
    ('a', Class::Acknowledgement),
    ('f', Class::Answer),
    ('m', Class::Mirror),
    ('s', Class::Survey),
    ('b', Class::Broadcast),
];

fn scheduler(per_second: u32) -> Scheduler {
    let limits = Limits::telegram(per_second, 1);
    Scheduler::new(Budgets::restored(limits, None, Vec::new(), Timestamp(0)))
}

/// A head named by its class's letter and its conversation: `h1` is a person's reply in 1.
fn head(name: &str) -> Head {
    let class = CLASSES.iter().find(|(letter, _)| name.starts_with(*letter));
    let class = class.expect("a class's letter").1;
    Head {
        id: name.into(),
        class,
        conversation: name[1..].into(),
        chat: Some(name[1..].to_owned()),
        weight: 1,
        due_at: Timestamp(0),
        created_at: Timestamp(0),
    }
}

fn names(chosen: &Chosen) -> Vec<&str> {
    chosen.rows.iter().map(|head| head.id.0.as_str()).collect()
}

fn check(waiting: &[&str], expected: &[&str]) {
    let heads = waiting.iter().map(|name| head(name)).collect();
    let chosen = scheduler(100).choose(heads, 8, Timestamp(0));
    assert_eq!(names(&chosen), expected, "of {waiting:?}");
}

#[test]
fn who_is_waited_for_most_goes_first() {
    check(
        &["b1", "s2", "m3", "f4", "a5", "h6"],
        &["h6", "a5", "f4", "m3", "s2", "b1"],
    );
    check(&["f2", "f1"], &["f1", "f2"]);
    check(
        &["h1", "h2", "h3", "h4", "m5"],
        &["h1", "h2", "h3", "h4", "m5"],
    );
    check(&[], &[]);
}

#[test]
fn the_earliest_due_goes_first() {
    let mut heads: Vec<Head> = ["h1", "h2", "h3"].map(head).into();
    for (head, due_at) in heads.iter_mut().zip([30, 10, 20]) {
        head.due_at = Timestamp(due_at);
    }
    let chosen = scheduler(100).choose(heads, 8, Timestamp(0));
    assert_eq!(names(&chosen), ["h2", "h3", "h1"]);
}

#[test]
fn conversations_take_turns_before_what_is_due_counts() {
    let mut scheduler = scheduler(100);
    let mut order = Vec::new();
    for at in 0..6 {
        // Three have something to say all the time; the first one's is always due earliest.
        let mut heads: Vec<Head> = ["f1", "f2", "f3"].map(head).into();
        heads[0].due_at = Timestamp(-1);
        for head in &mut heads {
            head.chat = None;
        }
        let chosen = scheduler.choose(heads, 1, Timestamp(at));
        order.extend(chosen.rows.into_iter().map(|head| head.id.0));
    }
    assert_eq!(order, ["f1", "f2", "f3", "f1", "f2", "f3"]);
}

#[test]
fn a_chat_s_burst_holds_its_rest_back_and_nobody_else() {
    let mut scheduler = scheduler(100);
    let mut left = Vec::new();
    for _ in 0..4 {
        let heads = ["h1", "h2"].map(head).into();
        let chosen = scheduler.choose(heads, 1, Timestamp(0));
        left.extend(chosen.rows.into_iter().map(|head| head.id.0));
    }
    let heads = ["h1", "h2"].map(head).into();
    left.extend(
        scheduler
            .choose(heads, 8, Timestamp(0))
            .rows
            .into_iter()
            .map(|head| head.id.0),
    );
    assert_eq!(left, ["h1", "h2", "h1", "h2", "h1", "h2"], "three each");
    let chosen = scheduler.choose(vec![head("h1"), head("h3")], 8, Timestamp(100));
    assert_eq!(names(&chosen), ["h3"]);
    assert_eq!(
        chosen.held,
        Held {
            by_bot: 0,
            by_chat: 1
        }
    );
}

#[test]
fn a_group_that_is_full_holds_no_customer_up() {
    let mut scheduler = scheduler(1_000);
    let mirror = |number: i64| Head {
        chat: Some("-100".to_owned()),
        ..head(&format!("m{number}"))
    };
    let chosen = scheduler.choose((0..30).map(mirror).collect(), 30, Timestamp(0));
    assert_eq!(chosen.rows.len(), 18);
    assert_eq!(chosen.held.by_chat, 12);
    let chosen = scheduler.choose(vec![mirror(1), head("f1")], 30, Timestamp(1_000));
    assert_eq!(names(&chosen), ["f1"]);
}

#[test]
fn what_is_spare_leaves_one_message_for_whoever_comes_next() {
    let mut scheduler = scheduler(25);
    let broadcast = |number: i64| head(&format!("b{number}"));
    let chosen = scheduler.choose((0..30).map(broadcast).collect(), 30, Timestamp(0));
    assert_eq!(chosen.rows.len(), 4, "of a burst of five");
    assert_eq!(chosen.again_at, Some(Timestamp(40)));
    let chosen = scheduler.choose(vec![broadcast(40), head("h1")], 30, Timestamp(0));
    assert_eq!(names(&chosen), ["h1"]);
}

#[test]
fn nothing_leaves_while_the_whole_bot_is_pushed_back() {
    let mut scheduler = scheduler(25);
    for chat in ["1", "2"] {
        let place = Place::chat(ChannelKind::Telegram, chat);
        scheduler
            .budgets
            .pushed_back(&place, Timestamp(0), Millis::seconds(3));
    }
    let chosen = scheduler.choose(vec![head("h5")], 8, Timestamp(2_999));
    assert_eq!(names(&chosen), Vec::<&str>::new());
    assert_eq!(chosen.again_at, Some(Timestamp(3_000)));
    let chosen = scheduler.choose(vec![head("h5")], 8, Timestamp(3_000));
    assert_eq!(names(&chosen), ["h5"]);
}

/// How many of each class leave when all that are named have more to say than fits.
fn shares(all: &str, messages: usize) -> BTreeMap<char, usize> {
    let mut scheduler = scheduler(25);
    let (mut now, mut number, mut left) = (Timestamp(100_000), 0, BTreeMap::new());
    while left.values().sum::<usize>() < messages {
        let heads = all.chars().flat_map(|letter| {
            (0..3).map(move |place| head(&format!("{letter}{}", number * 3 + place)))
        });
        let chosen = scheduler.choose(heads.collect(), 1, now);
        for row in chosen.rows {
            let letter = row.id.0.chars().next().expect("is named");
            *left.entry(letter).or_default() += 1;
        }
        number += 1;
        now = now + Millis(40);
    }
    left
}

#[test]
fn no_class_starves() {
    // The first share is owed only when it has added up.
    for (all, letter, share) in [
        ("hb", 'b', 59),
        ("ha", 'a', 49),
        ("hf", 'f', 49),
        ("fm", 'm', 299),
    ] {
        assert!(
            (share..share + 3).contains(&shares(all, 1_000)[&letter]),
            "{all}"
        );
    }
    let all = shares("hafmsb", 2_000);
    for (letter, percent) in [('a', 5), ('f', 5), ('m', 30), ('s', 5), ('b', 5)] {
        let share = all[&letter] * 100 / 2_000;
        assert!(share >= percent - 1, "{letter}: {share} of {percent} %");
    }
    assert!(all[&'h'] >= 940, "persons have nearly half: {all:?}");
}

proptest! {
    #[test]
    fn what_leaves_is_within_every_budget(
        steps in prop::collection::vec((0_i64..400, prop::collection::vec((0_usize..6, 0_i64..5), 0..12)), 1..60),
    ) {
        let mut scheduler = scheduler(25);
        let (mut now, mut number) = (Timestamp(1_000), 0);
        let mut sent: Vec<(Timestamp, Option<String>)> = Vec::new();
        for (pause, rows) in steps {
            now = now + Millis(pause);
            let heads = rows.into_iter().map(|(class, chat)| {
                number += 1;
                let (letter, _) = CLASSES[class];
                Head { id: number.to_string().into(), ..head(&format!("{letter}{chat}")) }
            });
            let heads: Vec<Head> = heads.collect();
            let before = heads.len();
            let chosen = scheduler.choose(heads, 4, now);
            prop_assert!(chosen.rows.len() <= 4);
            prop_assert_eq!(chosen.rows.len() + chosen.held.by_bot + chosen.held.by_chat, before);
            sent.extend(chosen.rows.into_iter().map(|head| (now, head.chat)));
        }
        for (from, chat) in &sent {
            let within = |length| sent.iter().filter(move |(at, _)| at >= from && *at < *from + Millis(length));
            prop_assert!(within(1_000).count() <= 30, "Telegram's thirty a second");
            prop_assert!(within(3_000).filter(|(_, other)| other == chat).count() <= 3);
        }
    }

    #[test]
    fn something_leaves_where_something_may(classes in prop::collection::vec(0_usize..6, 1..20)) {
        let heads = classes.iter().enumerate().map(|(place, class)| {
            head(&format!("{}{place}", CLASSES[*class].0))
        });
        let chosen = scheduler(25).choose(heads.collect(), 4, Timestamp(0));
        prop_assert!(!chosen.rows.is_empty());
        let first = chosen.rows[0].class;
        prop_assert!(classes.iter().all(|class| CLASSES[*class].1 >= first));
    }
}
