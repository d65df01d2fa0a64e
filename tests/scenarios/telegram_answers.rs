//! The bot's own answers on Telegram: in three languages, with a person one tap away.

use careline::domain::time::Millis;
use serde_json::json;

use crate::support::telegram::state::Message;

use super::telegram_desk::Desk;

fn texts(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(Message::text).collect()
}

fn labels(message: &Message) -> Vec<String> {
    message
        .buttons()
        .into_iter()
        .map(|(label, _)| label)
        .collect()
}

#[tokio::test]
async fn a_known_question_is_answered_in_the_language_it_was_asked_in() {
    let desk = Desk::open().await;
    let table = [
        (
            "Ann",
            "en",
            "How long does a refund take?",
            "3–5 working days",
            "Talk to a person",
        ),
        (
            "Bao",
            "vi",
            "hoan tien mat bao lau",
            "3–5 ngày làm việc",
            "Gặp nhân viên",
        ),
        (
            "Chen",
            "zh-hans",
            "退款要多久",
            "3–5 个工作日",
            "找人工客服",
        ),
    ];
    for (name, language, question, answer, person) in table {
        let customer = desk.shop.telegram.person(name, language);
        customer.says(question);
        desk.shop.settles().await;
        let read = customer.reads();
        let answers: Vec<&Message> = read
            .iter()
            .filter(|message| message.text().contains(answer))
            .collect();
        assert_eq!(answers.len(), 1, "{name}: {:?}", texts(&read));
        let bold = answers[0].entities();
        assert!(
            bold.iter().any(|entity| entity["type"] == json!("bold")),
            "{bold:?}"
        );
        assert!(!answers[0].text().contains("**"), "{}", answers[0].text());
        let offered = labels(answers[0]);
        assert!(
            offered.iter().any(|label| label == person),
            "a person is one tap away: {offered:?}"
        );
    }
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn the_button_for_a_person_brings_one_who_sees_what_the_bot_said() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.says("How long does a refund take?");
    let answer = ann.waits_for("3–5 working days").await;
    let press = ann.alone().presses(answer.id, "Talk to a person");
    ann.alone().toast(&press).await;
    ann.waits_for("passing you on").await;
    let card = desk.in_topic("Why a person: they asked for one").await;
    assert!(
        card.text()
            .contains("The bot answered: How long does a refund take?"),
        "{}",
        card.text()
    );
    // The same button once more: it is spent, and says so.
    let again = ann.alone().replays(&press);
    let told = ann.alone().toast(&again).await;
    assert!(!told.text.is_empty());
    desk.shop.quiet().await;
    let read = ann.reads();
    let handed = read
        .iter()
        .filter(|message| message.text().contains("passing you on"));
    assert_eq!(handed.count(), 1, "{:?}", texts(&read));
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn a_question_in_five_messages_gets_one_answer() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    for text in [
        "hi",
        "I sent it back",
        "last week",
        "so",
        "How long does a refund take?",
    ] {
        ann.says(text);
    }
    desk.shop.settles().await;
    let read = ann.reads();
    let answers = read
        .iter()
        .filter(|message| message.text().contains("3–5 working days"));
    assert_eq!(answers.count(), 1, "{:?}", texts(&read));
    let handed = read
        .iter()
        .filter(|message| message.text().contains("passing you on"));
    assert_eq!(handed.count(), 0, "{:?}", texts(&read));
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn another_question_right_after_an_answer_is_answered_too() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.says("How long does a refund take?");
    desk.shop.quiet().await;
    ann.says("Can I pay cash on delivery?");
    desk.shop.settles().await;
    let read = ann.reads();
    for answer in ["3–5 working days", "COD up to 3,000,000"] {
        let told = read.iter().filter(|one| one.text().contains(answer));
        assert_eq!(told.count(), 1, "{answer} in {:?}", texts(&read));
    }
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn who_wants_a_person_first_gets_one_from_then_on() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.says("/preferences");
    let asked = ann.waits_for("Who should answer you first").await;
    let press = ann.alone().presses(asked.id, "Always a person");
    ann.alone().toast(&press).await;
    desk.shop.quiet().await;
    ann.says("How long does a refund take?");
    ann.waits_for("passing you on").await;
    desk.shop.passes(Millis::seconds(2)).await;
    let read = ann.reads();
    assert!(
        !texts(&read).iter().any(|text| text.contains("3–5")),
        "{:?}",
        texts(&read)
    );
    desk.in_topic("Wants a person first").await;
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn a_language_that_was_chosen_is_kept() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.says("/language vi");
    desk.shop.quiet().await;
    ann.says("/status");
    desk.shop.quiet().await;
    let read = ann.reads();
    let last = read.last().expect("an answer").text();
    assert!(!last.is_ascii(), "in Vietnamese: {last}");
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn an_edit_before_the_answer_counts_and_one_after_it_is_shown_to_staff() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    let asked = ann.says("a human please");
    desk.topic().await;
    ann.alone()
        .edits(asked, "a human please, it is about order 4711");
    desk.in_topic("order 4711").await;
    desk.shop.ends_well().await;
}
