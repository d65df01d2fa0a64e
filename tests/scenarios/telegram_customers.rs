//! Customers on Telegram: what they send, in the ways in which people send it.

use crate::support::telegram::state::{Message, State};
use crate::support::telegram::view;

use super::telegram_desk::Desk;

fn texts(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(Message::text).collect()
}

#[tokio::test]
async fn five_quick_messages_are_one_matter_with_one_answer() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    for text in ["hi", "so", "my harmonica", "the big one", "sounds flat"] {
        ann.says(text);
    }
    desk.shop.settles().await;
    let told: Vec<Message> = ann.reads();
    let handed = told
        .iter()
        .filter(|message| message.text().contains("passing you on"));
    assert_eq!(handed.count(), 1, "{:?}", texts(&told));
    let (_, messages) = desk.topic().await;
    for text in ["my harmonica", "the big one", "sounds flat"] {
        let shown = messages
            .iter()
            .filter(|message| message.text().contains(text))
            .count();
        assert_eq!(shown, 1, "{text:?} in {:?}", texts(&messages));
    }
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn an_album_reaches_the_desk_as_what_it_is() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.alone().sends_album(3, "it came like this");
    desk.shop.settles().await;
    let (_, messages) = desk.topic().await;
    let shown = texts(&messages).join("\n");
    assert!(shown.contains("it came like this"), "{shown}");
    let photos = messages
        .iter()
        .filter(|message| message.content.contains_key("photo"))
        .count();
    let named = shown.matches("photo").count();
    assert!(photos == 3 || named >= 3, "three photos: {shown}");
    let told = ann.reads();
    let handed = told
        .iter()
        .filter(|message| message.text().contains("passing you on"));
    assert_eq!(handed.count(), 1, "{:?}", texts(&told));
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn what_was_written_while_the_program_was_down_is_not_lost() {
    let mut desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.says("a human please");
    let (topic, _) = desk.topic().await;
    desk.shop.closes().await;
    ann.says("are you there?");
    ann.says("hello?");
    desk.ben.within(desk.forum, Some(topic)).says("/claim");
    desk.shop.opens().await;
    ann.waits_for("Ben is reading your message").await;
    for text in ["are you there?", "hello?"] {
        desk.in_topic(text).await;
    }
    let (_, messages) = desk.topic().await;
    let all = texts(&messages).join("\n");
    assert_eq!(all.matches("hello?").count(), 1, "once: {all}");
    assert!(
        all.find("are you there?") < all.find("hello?"),
        "in order: {all}"
    );
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn the_platform_being_away_for_a_while_loses_nothing() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.says("a human please");
    let (topic, _) = desk.topic().await;
    desk.shop.telegram.down().await;
    ann.says("one more thing");
    desk.shop.telegram.up().await;
    desk.in_topic("one more thing").await;
    let ben = desk.ben.within(desk.forum, Some(topic));
    ben.says("/claim");
    ben.says("/r Here I am.");
    ann.waits_for("Here I am.").await;
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn a_forged_button_changes_nothing_and_is_answered_politely() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.says("a human please");
    let (topic, _) = desk.topic().await;
    let card = desk.in_topic("Why a person").await;
    let stranger = desk.shop.telegram.person("Mallory", "en");
    desk.shop.telegram.joins(desk.forum, &stranger, "member");
    let mallory = stranger.within(desk.forum, Some(topic));
    let press = mallory.presses(card.id, "Claim");
    let told = mallory.toast(&press).await;
    assert!(
        told.text.contains("not on the list of staff"),
        "{}",
        told.text
    );
    for data in [
        "",
        "claim",
        "0123456789abcdef01234567",
        "'; DROP TABLE buttons; --",
    ] {
        let press = mallory.forges(card.id, if data.is_empty() { " " } else { data });
        let told = mallory.toast(&press).await;
        assert!(!told.text.is_empty(), "{data:?} is answered");
    }
    // The customer forges the desk's own button, as a changed app could.
    let (_, data) = card.buttons().remove(0);
    let own = ann.reads()[0].id;
    let press = ann.alone().forges(own, &data);
    ann.alone().toast(&press).await;
    desk.shop.quiet().await;
    let still = desk.in_topic("Why a person").await;
    assert!(
        !still.text().contains("has it"),
        "nobody claimed it: {}",
        still.text()
    );
    let press = desk
        .ben
        .within(desk.forum, Some(topic))
        .presses(still.id, "Claim");
    let told = desk.ben.alone().toast(&press).await;
    assert!(told.text.contains("It is yours"), "{}", told.text);
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn a_replayed_press_is_answered_and_changes_nothing() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.says("a human please");
    let (topic, _) = desk.topic().await;
    let card = desk.in_topic("Why a person").await;
    let ben = desk.ben.within(desk.forum, Some(topic));
    let press = ben.presses(card.id, "Claim");
    ben.toast(&press).await;
    ann.waits_for("Ben is reading your message").await;
    let again = ben.replays(&press);
    ben.toast(&again).await;
    desk.shop.quiet().await;
    let told = ann.reads();
    let times = told
        .iter()
        .filter(|message| message.text().contains("Ben is reading"))
        .count();
    assert_eq!(times, 1, "{:?}", texts(&told));
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn an_anonymous_administrator_is_nobody_and_sends_nothing() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.says("a human please");
    let (topic, _) = desk.topic().await;
    let shown = desk.in_topic("a human please").await;
    let before = ann.reads().len();
    let telegram = &desk.shop.telegram;
    telegram.anonymous_admin_says(desk.forum, Some(topic), Some(shown.id), "masked reply");
    telegram.anonymous_admin_says(desk.forum, Some(topic), None, "/r masked order");
    desk.shop.quiet().await;
    assert_eq!(ann.reads().len(), before, "{:?}", texts(&ann.reads()));
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn what_is_sent_in_kinds_that_cannot_be_shown_is_named_at_the_desk() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.says("a human please");
    desk.topic().await;
    let here = ann.alone();
    here.sends_voice(12);
    here.sends_sticker("🐈");
    here.sends_location(21.0285, 105.8048);
    here.sends_contact("Ben", "+84 90 000 0000");
    here.sends_document("bill.pdf", 1_234);
    here.sends_file("video_note", "", 5, 9, "");
    here.says("\u{202e}שלום\u{200b} ngã 🙂");
    desk.shop.quiet().await;
    let (_, messages) = desk.topic().await;
    let all = texts(&messages).join("\n");
    for words in [
        "voice message, 0:12",
        "🐈",
        "21.0285",
        "+84 90 000 0000",
        "bill.pdf",
        "video_note",
    ] {
        assert!(all.contains(words), "{words:?} in {all}");
    }
    assert!(all.contains("שלום") && all.contains("ngã 🙂"), "{all}");
    let count = |state: &State| view::topics(state, desk.forum).len();
    assert_eq!(desk.shop.telegram.with(count), 1);
    desk.shop.ends_well().await;
}
