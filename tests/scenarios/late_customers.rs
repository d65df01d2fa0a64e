//! Customers who have waited longer than was said: an honest word, a choice, and each choice works.

use careline::domain::time::Millis;
use serde_json::{Value, json};

use super::both_desks::Desks;
use crate::support::discord::state::World;
use crate::support::telegram::people::Person;
use crate::support::webchat::Tab;

const CLOSED: &str = "
[calendars.office]
zone = \"Asia/Ho_Chi_Minh\"
mon = [\"09:00-09:01\"]

[[policies]]
name = \"all\"
calendar = \"office\"
human_wait = \"30m wall\"
";

async fn handoffs_taken_back(desks: &Desks) -> usize {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM timeline
        WHERE kind = 'handoff-taken-back' AND at <> $1";
    desks.shop.count(sql, -1).await
}

async fn waiting(desks: &Desks) -> usize {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM conversations
        WHERE waiting_since IS NOT NULL AND opened_at <> $1";
    desks.shop.count(sql, -1).await
}

/// Somebody on Telegram who was told that it takes longer.
async fn late(desks: &Desks, name: &str, lang: &str, asks: &str, told: &str) -> (Person, i64) {
    let person = desks.shop.telegram.person(name, lang);
    person.alone().says(asks);
    desks.topic().await;
    desks.shop.passes(Millis::minutes(30)).await;
    let word = person.waits_for(told).await;
    (person, word.id)
}

#[tokio::test]
async fn who_keeps_waiting_keeps_the_place_and_may_still_choose_otherwise() {
    let desks = Desks::open().await;
    let told = "taking longer than we said: you have been waiting 30 minutes";
    let (ann, word) = late(&desks, "Ann", "en", "a human please", told).await;
    ann.alone().presses(word, "Keep waiting");
    let status = ann
        .waits_for("You have been waiting for a person for")
        .await;
    let labels: Vec<String> = status
        .buttons()
        .into_iter()
        .map(|(label, _)| label)
        .collect();
    assert_eq!(
        labels,
        ["Write to me when you are there", "Try the bot again"]
    );
    assert_eq!(waiting(&desks).await, 1);
    ann.alone()
        .presses(status.id, "Write to me when you are there");
    ann.waits_for("you need not wait here").await;
    desks.in_topic("Ann does not wait here any longer").await;
    let topic = desks.topic().await;
    let ben = desks.ben.within(desks.group, Some(topic));
    ben.says("/r Here I am, sorry!");
    ann.waits_for("Here I am, sorry!").await;
    desks.shop.ends_well().await;
}

#[tokio::test]
async fn who_leaves_is_told_when_the_desk_opens_in_their_language() {
    let desks = Desks::open().await;
    desks.shop.puts_in_plan(CLOSED).await;
    desks.shop.passes(Millis::seconds(1)).await;
    let asks = "cho mình gặp nhân viên";
    let told = "lâu hơn chúng tôi đã nói";
    let (lan, word) = late(&desks, "Lan", "vi", asks, told).await;
    lan.alone().presses(word, "Nhắn lại cho tôi khi có người");
    let left = lan
        .waits_for("Chỗ của bạn trong hàng chờ vẫn được giữ")
        .await;
    let text = left.text();
    assert!(text.contains("có mặt lại từ Thứ Hai"), "{text}");
    assert!(text.contains("09:00 (Asia/Ho_Chi_Minh)"), "{text}");
    assert_eq!(waiting(&desks).await, 1, "the handoff goes on");
    desks.shop.passes(Millis::hours(5)).await;
    let reads = lan.reads();
    let again = reads.iter().filter(|one| one.text().contains(told));
    assert_eq!(again.count(), 1, "told once");
    desks.shop.ends_well().await;
}

#[tokio::test]
async fn who_tries_the_bot_is_answered_by_it_and_out_of_the_queue() {
    let desks = Desks::open().await;
    let ann = desks.shop.telegram.person("Ann", "en");
    ann.alone().says("/preferences");
    let asked = ann.waits_for("Who should answer you first").await;
    ann.alone().presses(asked.id, "Always a person");
    ann.alone().says("How long does a refund take?");
    desks.topic().await;
    desks.shop.passes(Millis::minutes(30)).await;
    let word = ann.waits_for("taking longer than we said").await;
    let press = ann.alone().presses(word.id, "Try the bot again");
    ann.waits_for("You are no longer in the queue").await;
    desks.in_topic("Ann tries the bot again").await;
    assert_eq!(
        (handoffs_taken_back(&desks).await, waiting(&desks).await),
        (1, 0)
    );
    ann.alone().says("How long does a refund take?");
    ann.waits_for("working days").await;
    assert_eq!(
        waiting(&desks).await,
        0,
        "the bot answers, whatever she preferred"
    );
    // The app sends the press once more: nothing is taken back twice.
    let again = ann.alone().replays(&press);
    assert!(
        ann.alone()
            .toast(&again)
            .await
            .text
            .contains("no longer in use")
    );
    ann.alone().says("a human please");
    desks.shop.quiet().await;
    assert_eq!(waiting(&desks).await, 1, "and a person when she wants one");
    desks.shop.ends_well().await;
}

#[tokio::test]
async fn a_customer_on_discord_tries_the_bot() {
    let desks = Desks::open().await;
    let dan = desks.shop.discord.person("Dan", desks.guild);
    desks.shop.discord.writes_direct(dan, "a human please");
    desks.post().await;
    desks.shop.passes(Millis::minutes(30)).await;
    let told = |words: &'static str| {
        move |world: &World| {
            let all = world.told(dan);
            let found = all.iter().find(|one| one.content.contains(words))?;
            Some((found.channel, found.id))
        }
    };
    let discord = &desks.shop.discord;
    let (channel, word) = discord
        .wait_for("the word", told("longer than we said"))
        .await;
    discord.presses_label(dan, channel, word, "Try the bot again");
    discord
        .wait_for("the bot", told("no longer in the queue"))
        .await;
    discord.writes_direct(dan, "How long does a refund take?");
    discord.wait_for("an answer", told("working days")).await;
    assert_eq!(
        (handoffs_taken_back(&desks).await, waiting(&desks).await),
        (1, 0)
    );
    desks.shop.ends_well().await;
}

/// Reads the page's frames up to the one with these words.
async fn shown(page: &mut Tab, words: &str) -> Value {
    loop {
        let frame = page.next().await.expect("the page is open");
        if frame.to_string().contains(words) {
            return frame;
        }
    }
}

#[tokio::test]
async fn a_customer_of_the_web_page_leaves() {
    let desks = Desks::open().await;
    let address = desks.shop.address();
    let origin = format!("http://{address}");
    let mut page = Tab::connect(&address, &origin)
        .await
        .expect("the chat opens");
    page.says_hello("0123456789abcdef0123456789abcdef", 0, "zh")
        .await;
    page.say("1", "我要人工客服").await;
    shown(&mut page, "正在为您转接人工客服").await;
    desks.topic().await;
    desks.shop.passes(Millis::minutes(30)).await;
    let word = shown(&mut page, "比我们说的时间要久").await;
    let row = &word["shown"]["buttons"][1][0];
    assert_eq!(row["label"], "有人时给我留言");
    let press = json!({
        "t": "press", "id": "2", "token": row["press"]["token"], "message": word["origin"],
    });
    page.send(&press.to_string()).await;
    shown(&mut page, "您的排队位置会保留").await;
    desks.in_topic("wants to be written to").await;
    assert_eq!(waiting(&desks).await, 1);
    desks.shop.ends_well().await;
}
