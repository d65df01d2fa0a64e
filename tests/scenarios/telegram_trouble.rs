//! When Telegram says no: blocked bots, deleted topics, moved groups, lost answers.

use std::time::Duration;

use careline::clock::Clock;
use careline::config::Config;
use careline::domain::place::ChannelKind;
use careline::domain::staff::Role;
use careline::domain::time::{Millis, Timestamp};

use crate::support::shop::Shop;
use crate::support::telegram::faults::Fault;
use crate::support::telegram::state::{Message, State, Topic};
use crate::support::telegram::{START_MS, view};

use super::telegram_desk::Desk;

#[tokio::test]
async fn a_customer_who_blocked_the_bot_is_told_of_at_the_desk() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.says("a human please");
    let (topic, _) = desk.topic().await;
    let ben = desk.ben.within(desk.forum, Some(topic));
    ben.says("/claim");
    ann.waits_for("Ben is reading your message").await;
    let before = ann.reads().len();
    ann.blocks();
    desk.in_topic("has blocked the bot").await;
    ben.says("/r Your refund is on its way.");
    let failed = desk.in_topic("Not delivered").await;
    assert!(!failed.text().contains("✓"), "{}", failed.text());
    assert_eq!(ann.reads().len(), before, "nothing reached them");
    ann.unblocks();
    desk.in_topic("has unblocked the bot").await;
    ben.says("/r Your refund is on its way, once more.");
    ann.waits_for("once more").await;
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn a_deleted_topic_is_made_again() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.says("a human please");
    let (topic, _) = desk.topic().await;
    let ben = desk.ben.within(desk.forum, Some(topic));
    ben.says("/claim");
    ann.waits_for("Ben is reading your message").await;
    desk.shop.quiet().await;
    ben.deletes_topic();
    ann.says("and my invoice?");
    desk.in_topic("and my invoice?").await;
    let (again, messages) = desk.topic().await;
    assert_ne!(again, topic);
    let all: Vec<&str> = messages.iter().map(Message::text).collect();
    assert!(
        all[0].contains("Ben has it"),
        "the card is there again: {all:?}"
    );
    desk.ben
        .within(desk.forum, Some(again))
        .says("/r In your mail.");
    ann.waits_for("In your mail.").await;
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn an_answer_that_may_have_arrived_is_never_repeated_by_itself() {
    for effect in [false, true] {
        let desk = Desk::open().await;
        let ann = desk.shop.telegram.person("Ann", "en");
        ann.says("a human please");
        let (topic, _) = desk.topic().await;
        let ben = desk.ben.within(desk.forum, Some(topic));
        ben.says("/claim");
        ann.waits_for("Ben is reading your message").await;
        desk.shop.quiet().await;
        desk.shop
            .telegram
            .fail_next("sendMessage", 1, Fault::Reset { effect });
        ben.says("/r Here is your code: 4711.");
        let told = desk.in_topic("not known whether this reached").await;
        desk.shop.passes(Millis::minutes(3)).await;
        let times = || {
            ann.reads()
                .iter()
                .filter(|m| m.text().contains("4711"))
                .count()
        };
        assert_eq!(times(), usize::from(effect));
        let label = if effect { "It arrived" } else { "Send again" };
        let press = ben.presses(told.id, label);
        ben.toast(&press).await;
        desk.shop.quiet().await;
        assert_eq!(times(), 1, "exactly once in the end");
        desk.shop.ends_well().await;
    }
}

/// Lets second after second pass until `look` finds what it looks for.
async fn seconds_pass_until(shop: &Shop, what: &str, look: impl Fn(&State) -> bool) {
    let passing = async {
        let mut every = tokio::time::interval(Duration::from_millis(20));
        while !shop.telegram.with(&look) {
            every.tick().await;
            shop.clock.pass(Millis::seconds(1));
        }
    };
    if tokio::time::timeout(Duration::from_secs(30), passing)
        .await
        .is_err()
    {
        panic!("{what} did not come in {:?}", shop.clock.now());
    }
}

#[tokio::test]
async fn too_many_requests_delay_and_lose_nothing() {
    let desk = Desk::open().await;
    let telegram = &desk.shop.telegram;
    let ann = telegram.person("Ann", "en");
    telegram.fail_next("sendMessage", 2, Fault::TooMany { retry_after: 5 });
    ann.says("a human please");
    seconds_pass_until(&desk.shop, "the answer", |state| {
        let told = view::received(state, ann.id);
        let has_room = view::topics(state, desk.forum).len() == 1;
        has_room
            && told
                .iter()
                .any(|message| message.text().contains("Who should answer"))
    })
    .await;
    desk.in_topic("Why a person").await;
    let told = ann.reads();
    let handed = told
        .iter()
        .filter(|message| message.text().contains("passing you on"));
    assert_eq!(handed.count(), 1);
    let sends = telegram.with(|state| view::calls(state, "sendMessage"));
    let refused: Vec<i64> = sends
        .iter()
        .filter(|call| call.status == 429)
        .map(|call| call.at_ms)
        .collect();
    assert_eq!(refused.len(), 2);
    let hurried = sends
        .iter()
        .filter(|call| call.at_ms > refused[0] && call.at_ms < refused[0] + 5_000);
    assert!(
        hurried.count() <= 1,
        "the platform is left alone as long as it asks"
    );
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn an_outage_leaves_few_answers_unknown_and_the_others_follow_it() {
    let desk = Desk::open().await;
    let telegram = &desk.shop.telegram;
    let first = telegram.person("First", "en");
    first.says("a human please");
    first.waits_for("passing you on").await;
    desk.shop.quiet().await;
    let lost_answer = Fault::Broken {
        status: 500,
        effect: true,
    };
    for method in ["sendMessage", "getMe"] {
        telegram.fail_next(method, 10_000, lost_answer);
    }
    let people: Vec<_> = (0..12)
        .map(|number| telegram.person(&format!("Customer{number}"), "en"))
        .collect();
    for person in &people {
        person.says("a human please");
    }
    let handed_on = |state: &State, person: i64| {
        let told = view::received(state, person);
        told.iter()
            .filter(|message| message.text().contains("passing you on"))
            .count()
    };
    seconds_pass_until(&desk.shop, "a minute of outage", |_| {
        desk.shop.clock.now() - Timestamp(START_MS) > Millis::minutes(1)
    })
    .await;
    let unknown =
        "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE state = 'unknown' AND created_at <> $1";
    let unknown = desk.shop.count(unknown, -1).await;
    assert!((1..=4).contains(&unknown), "{unknown} of many are unknown");
    let reached = telegram.with(|state| {
        let reached = people.iter().map(|person| handed_on(state, person.id));
        reached.sum::<usize>()
    });
    assert!(reached <= 4, "{reached} calls were made in the outage");
    telegram.heal();
    seconds_pass_until(&desk.shop, "an answer for everybody", |state| {
        people.iter().all(|person| handed_on(state, person.id) > 0)
    })
    .await;
    // The desk's group takes only so many a minute: the clock goes on until all of it is there.
    let forum = desk.forum;
    seconds_pass_until(&desk.shop, "a room for everybody", |state| {
        let topics = view::topics(state, forum);
        let with_card = |topic: &&Topic| !view::in_topic(state, forum, topic.id).is_empty();
        topics.iter().filter(with_card).count() > people.len()
    })
    .await;
    desk.shop.passes(Millis::minutes(1)).await;
    telegram.with(|state| {
        for person in &people {
            assert_eq!(handed_on(state, person.id), 1, "each is told once");
        }
    });
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn a_staff_group_that_moved_stays_the_desk() {
    let shop = Shop::new().await.with_telegram();
    let old = shop.telegram.group("Desk");
    shop.telegram.change(|state| {
        let chat = state.chats.get_mut(&old).expect("the group");
        chat.is_forum = true;
        chat.bot_manages_topics = true;
    });
    let mut shop = shop.with_telegram_desk(old);
    let ben = shop.telegram.person("Ben", "en");
    shop.telegram.joins(old, &ben, "member");
    let account = (ChannelKind::Telegram, ben.id.to_string());
    shop.lists("Ben", Role::Agent, &[account]).await;
    shop.opens().await;
    let ann = shop.telegram.person("Ann", "en");
    ann.says("a human please");
    ann.waits_for("passing you on").await;
    shop.quiet().await;
    let topic = shop.telegram.with(|state| view::topics(state, old)[0].id);
    let new = shop.telegram.migrates(old);
    ann.says("still there?");
    let look = |state: &State| {
        let messages = view::in_topic(state, new, topic);
        messages
            .iter()
            .find(|message| message.text().contains("still there?"))
            .map(|_| ())
    };
    shop.telegram
        .wait_for("the message in the moved group", look)
        .await;
    ben.within(new, Some(topic)).says("/claim");
    ann.waits_for("Ben is reading your message").await;
    ben.within(new, Some(topic)).says("/r Yes, here.");
    ann.waits_for("Yes, here.").await;
    shop.ends_well().await;
}

#[tokio::test]
async fn a_desk_whose_group_is_full_holds_no_customer_up() {
    let mut desk = Desk::open().await;
    desk.shop.telegram.limit_sending();
    desk.shop.closes().await;
    desk.shop.config.delivery = Config::default().delivery;
    desk.shop.opens().await;
    let mut people = Vec::new();
    for number in 0..12 {
        let person = desk
            .shop
            .telegram
            .person(&format!("Customer{number}"), "en");
        person.says("a human please");
        people.push(person);
    }
    // A room and its card are two messages: the group's minute is full long before the twelfth.
    let everybody = |state: &State| {
        people.iter().all(|person| {
            let told = view::received(state, person.id);
            told.iter()
                .any(|message| message.text().contains("passing you on"))
        })
    };
    seconds_pass_until(&desk.shop, "an answer for everybody", everybody).await;
    let waited = desk.shop.clock.now() - Timestamp(START_MS);
    assert!(
        waited < Millis::seconds(30),
        "customers waited for the desk's group: {waited:?}"
    );
    let rooms = |state: &State| {
        let topics = view::topics(state, desk.forum);
        let with_card = |topic: &Topic| !view::in_topic(state, desk.forum, topic.id).is_empty();
        topics
            .iter()
            .filter(|topic| !topic.deleted && with_card(topic))
            .count()
    };
    assert!(
        desk.shop.telegram.with(rooms) < 12,
        "the group's limit was never felt"
    );
    seconds_pass_until(&desk.shop, "a room for everybody", |state| {
        rooms(state) == 12
    })
    .await;
    let made = desk
        .shop
        .telegram
        .with(|state| view::topics(state, desk.forum).len());
    assert_eq!(made, 12, "no room was made twice");
    desk.shop.ends_well().await;
}
