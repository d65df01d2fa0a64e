//! Admins write entries in Telegram: a dialogue, step by step, that survives whatever happens.

use careline::clock::Clock;
use careline::domain::ids::EntryKey;
use careline::domain::knowledge::{Change, ChangeKind};
use careline::domain::lang::Lang;
use careline::domain::place::ChannelKind;
use careline::domain::staff::Role;
use careline::domain::time::Millis;
use careline::store::knowledge::NewChange;
use careline::store::{drafts, knowledge};

use super::telegram_desk::Desk;
use crate::support::telegram::people::{At, Person};
use crate::support::telegram::state::{Message, State};
use crate::support::telegram::view;

/// How often it is asked whether the bot knows something already: it looks once a second.
const ASKS_MAX: usize = 2_000;

/// What the bot wrote in the forum outside of every topic, or to a person alone.
fn said(state: &State, chat: i64) -> Vec<Message> {
    let all = state.chats.get(&chat).map(|chat| &chat.messages);
    let all = all.into_iter().flat_map(|messages| messages.values());
    all.filter(|one| {
        one.from
            .is_none_or(|from| from == crate::support::telegram::state::BOT_ID)
    })
    .filter(|one| one.thread.is_none())
    .cloned()
    .collect()
}

/// Says something and waits for what the bot says next with these words.
async fn answered(at: &At, words: &str, part: &str) -> Message {
    let before = at.fake.with(|state| said(state, at.chat).len());
    at.says(words);
    next(at, before, part).await
}

async fn pressed(at: &At, under: &Message, label: &str, part: &str) -> Message {
    let before = at.fake.with(|state| said(state, at.chat).len());
    at.presses(under.id, label);
    next(at, before, part).await
}

async fn next(at: &At, before: usize, part: &str) -> Message {
    let look = |state: &State| {
        let all = said(state, at.chat);
        let since = all.into_iter().skip(before);
        since.rev().find(|one| one.text().contains(part))
    };
    at.fake.wait_for(part, look).await
}

/// A desk with an admin in it.
async fn with_admin() -> (Desk, Person) {
    let desk = Desk::open().await;
    let mai = desk.shop.telegram.person("Mai", "en");
    desk.shop.telegram.joins(desk.forum, &mai, "member");
    let account = (ChannelKind::Telegram, mai.id.to_string());
    desk.shop.lists("Mai", Role::Admin, &[account]).await;
    (desk, mai)
}

async fn until_known(at: &At, text: &str, does: &str) {
    for _ in 0..ASKS_MAX {
        let told = answered(at, &format!("/faq test en {text}"), "The bot").await;
        if told.text().contains(does) {
            return;
        }
    }
    panic!("{text}: never {does}");
}

const ROWS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM kb_dialogues WHERE expires_at <> $1";
const CUSTOMERS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM customers WHERE created_at <> $1";

#[tokio::test]
async fn an_entry_is_written_step_by_step_across_a_restart_and_answers_customers() {
    let (mut desk, mai) = with_admin().await;
    let room = mai.within(desk.forum, None);
    answered(&room, "/faq add en", "Which question").await;
    let asked = answered(&room, "Do you ship to Laos?", "Other ways").await;
    answered(&room, "laos\nshipping to vientiane", "laos\nshipping").await;

    desk.shop.closes().await;
    desk.shop.opens().await;
    // A button of an earlier turn does nothing any more.
    pressed(&room, &asked, "Next", "out of date").await;
    let asked = answered(&room, "laos delivery", "laos delivery").await;
    assert!(asked.text().contains("vientiane"), "{}", asked.text());
    pressed(&room, &asked, "Next", "The answer, as customers").await;
    let asked = answered(&room, "Twice a **week**.", "Twice a **week**.").await;
    let shown = pressed(&room, &asked, "Next", "do-you-ship-to-laos").await;
    assert!(
        shown.text().contains("3 other ways of asking"),
        "{}",
        shown.text()
    );
    assert!(shown.text().contains("Twice a week."), "as it is read");
    // Others' words, and Mai's elsewhere, are none of it.
    desk.ben.within(desk.forum, None).says("good morning");
    let done = pressed(&room, &shown, "Publish", "is published").await;
    assert!(
        done.text().contains("do-you-ship-to-laos"),
        "{}",
        done.text()
    );
    assert_eq!(desk.shop.count(ROWS, -1).await, 0, "the dialogue is over");
    until_known(
        &mai.alone(),
        "shipping to vientiane",
        "answers with do-you-ship",
    )
    .await;
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.says("do you ship to laos?");
    desk.shop.settles().await;
    ann.waits_for("Twice a week.").await;

    let store = desk.shop.store().await;
    let key = EntryKey::from("do-you-ship-to-laos");
    let mut tx = store.read().await.unwrap();
    let history = knowledge::history(&mut tx, &key).await.unwrap();
    assert_eq!(history[0].by_whom, "Mai");
    drop(tx);
    store.close().await;
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn a_private_chat_is_for_writing_while_a_dialogue_is_led_there_and_a_customers_else() {
    let (desk, mai) = with_admin().await;
    let alone = mai.alone();
    answered(&alone, "/faq edit en refund-time", "So far").await;
    answered(&alone, "How long must I wait for a refund?", "Other ways").await;
    answered(&alone, "/faq add", "writing refund-time already").await;
    assert_eq!(
        desk.shop.count(CUSTOMERS, -1).await,
        0,
        "Mai is no customer"
    );
    answered(&alone, "/cancel", "Cancelled").await;
    assert_eq!(desk.shop.count(ROWS, -1).await, 0);
    mai.says("how long does a refund take?");
    desk.shop.settles().await;
    mai.waits_for("5 working days").await;
    assert_eq!(desk.shop.count(CUSTOMERS, -1).await, 1);

    // Whoever is not listed asks the bot, and whoever is no admin is refused.
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.says("/faq how long does a refund take?");
    desk.shop.settles().await;
    ann.waits_for("5 working days").await;
    answered(&desk.ben.alone(), "/faq list", "Only admins").await;
    let dan = desk.shop.telegram.person("Dan", "en");
    desk.shop.telegram.joins(desk.forum, &dan, "member");
    answered(
        &dan.within(desk.forum, None),
        "/faq list",
        "not on the list",
    )
    .await;
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn other_wordings_of_an_answer_are_shown_and_kept_when_it_is_edited() {
    let (desk, mai) = with_admin().await;
    let store = desk.shop.store().await;
    let key = EntryKey::from("refund-time");
    let entry = async || {
        let mut tx = store.read().await.unwrap();
        knowledge::entry(&mut tx, &key).await.unwrap().unwrap()
    };
    let mut compared = entry().await;
    let text = compared.texts.get_mut(&Lang::En).unwrap();
    text.other_answers = vec!["Give it **a week**.".to_owned()];
    let change = Change {
        kind: ChangeKind::Changed,
        entry: compared,
    };
    let id = "zz-compared".to_owned();
    let changes = vec![NewChange { id, change }];
    let written = store.change_knowledge(changes, "test", desk.shop.clock.now());
    written.await.unwrap();

    let alone = mai.alone();
    let asked = answered(&alone, "/faq edit en refund-time", "So far").await;
    let asked = pressed(&alone, &asked, "Next", "Other ways").await;
    pressed(&alone, &asked, "Next", "The answer, as customers").await;
    let asked = answered(&alone, "Five days, as a rule.", "Five days").await;
    let shown = pressed(&alone, &asked, "Next", "Five days").await;
    assert!(
        shown.text().contains("Wording B\nGive it a week."),
        "{}",
        shown.text()
    );
    pressed(&alone, &shown, "Publish", "is published").await;
    let text = entry().await.texts[&Lang::En].clone();
    assert_eq!(text.answer, "Five days, as a rule.");
    assert_eq!(text.other_answers, ["Give it **a week**."]);
    store.close().await;
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn what_is_left_alone_for_a_day_becomes_a_draft() {
    let (desk, mai) = with_admin().await;
    let room = mai.within(desk.forum, None);
    answered(&room, "/faq add en laos", "Which question").await;
    answered(&room, "Laos?", "Other ways").await;
    desk.shop.passes(Millis::hours(25)).await;
    let told = answered(&room, "laos shipping", "kept as a draft").await;
    assert!(
        told.text().contains("Your message was not taken"),
        "{}",
        told.text()
    );
    assert_eq!(desk.shop.count(ROWS, -1).await, 0);
    let store = desk.shop.store().await;
    let mut tx = store.read().await.unwrap();
    let draft = drafts::of(&mut tx, &"laos".into()).await.unwrap();
    drop(tx);
    let draft = draft.expect("a draft");
    let text = draft.entry.texts.values().next().unwrap();
    assert_eq!((text.question.as_str(), text.phrasings.len()), ("Laos?", 0));
    store.close().await;
    // The next words are talk again.
    room.says("good morning");
    desk.shop.quiet().await;
    let listed = answered(&room, "/faq list laos", "draft by Mai").await;
    assert!(listed.text().contains("laos"), "{}", listed.text());
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn long_answers_are_shown_in_pieces_and_a_list_in_pages() {
    let (desk, mai) = with_admin().await;
    let room = mai.alone();
    answered(&room, "/faq add en long", "Which question").await;
    let asked = answered(&room, "What is long?", "Other ways").await;
    pressed(&room, &asked, "Next", "The answer, as").await;
    let half = "A sentence of some length. ".repeat(150);
    answered(&room, &half, "A sentence").await;
    let asked = answered(&room, "The very end.", "The very end.").await;
    let before = desk
        .shop
        .telegram
        .with(|state| said(state, room.chat).len());
    room.presses(asked.id, "Next");
    let last = next(&room, before, "On Discord customers").await;
    desk.shop.quiet().await;
    let shown = desk
        .shop
        .telegram
        .with(|state| said(state, room.chat).len());
    assert!(shown - before > 1, "in more than one message");
    let labels: Vec<String> = last.buttons().into_iter().map(|(label, _)| label).collect();
    assert!(labels.contains(&"Publish".to_owned()), "{labels:?}");
    pressed(&room, &last, "Patterns", "regular expressions").await;
    let shown = answered(&room, "(a{1,500}){1,500}", "In the way").await;
    assert!(shown.text().contains("262144 bytes"), "{}", shown.text());
    let shown = pressed(&room, &shown, "Publish", "262144 bytes").await;
    pressed(&room, &shown, "Keep as draft", "The draft of long is kept").await;

    let first = answered(&room, "/faq list", "page 1 of").await;
    room.presses(first.id, "Later");
    let turned = |state: &State| {
        let page = &state.chats[&room.chat].messages[&first.id];
        page.text().contains("page 2 of").then_some(())
    };
    desk.shop.telegram.wait_for("the second page", turned).await;
    let sent = desk
        .shop
        .telegram
        .with(|state| view::calls(state, "editMessageText").len());
    assert!(sent >= 1, "in the place of the first");
    answered(&room, "/faq nonsense", "/faq publish key").await;
    desk.shop.ends_well().await;
}
