//! What customers choose among: "did you mean", and what is likely to be asked next.

use careline::clock::Clock;
use careline::domain::knowledge::{Change, ChangeKind, Entry, EntryText};
use careline::domain::lang::Lang;
use careline::domain::time::Millis;
use careline::store::knowledge::NewChange;

use super::discord_care::Care;
use crate::support::program::careline;
use crate::support::shop::Shop;
use crate::support::telegram::people::Person;
use crate::support::telegram::state::Message;

const CARDS: &str = "Which cards can I pay with?";

fn labels(message: &Message) -> Vec<String> {
    let buttons = message.buttons().into_iter();
    buttons.map(|(label, _)| label).collect()
}

pub(super) fn entry(key: &str, question: &str, phrasings: &[&str], answer: &str) -> Entry {
    let text = EntryText {
        question: question.to_owned(),
        phrasings: phrasings.iter().map(|text| (*text).to_owned()).collect(),
        answer: answer.to_owned(),
        ..EntryText::default()
    };
    Entry {
        key: key.into(),
        tags: vec![],
        triggers: vec![],
        texts: [(Lang::En, text)].into(),
        upkeep: Default::default(),
    }
}

/// A base in which "it is about money" may mean either of two entries.
fn ambiguous() -> Vec<Entry> {
    let money = "it is about money";
    vec![
        entry(
            "refund",
            "How long does a refund take?",
            &[money, "refund time"],
            "Five days.",
        ),
        entry(
            "payment",
            CARDS,
            &[money, "payment by card"],
            "All cards. ![The list](https://shop.example/cards.png)",
        ),
    ]
}

/// The shop knows these entries and no others.
pub(super) async fn knows(shop: &mut Shop, entries: Vec<Entry>) {
    shop.config.knowledge.sample = false;
    let changes = entries.into_iter().map(|entry| NewChange {
        id: format!("v-{}", entry.key),
        change: Change {
            kind: ChangeKind::New,
            entry,
        },
    });
    let store = shop.store().await;
    let changes = changes.collect();
    let written = store.change_knowledge(changes, "test", shop.clock.now());
    written.await.expect("is written");
    store.close().await;
}

fn says_of(person: &Person) -> Vec<String> {
    let read = person.reads();
    read.iter()
        .map(|message| message.text().to_owned())
        .collect()
}

#[tokio::test]
async fn a_choice_is_a_confirmed_answer_and_can_become_a_phrasing() {
    let mut shop = Shop::new().await.with_telegram();
    knows(&mut shop, ambiguous()).await;
    shop.opens().await;
    let ann = shop.telegram.person("Ann", "en");
    let bob = shop.telegram.person("Bob", "en");
    for person in [&ann, &bob] {
        person.alone().says("it is about money");
        shop.settles().await;
        let asked = person.waits_for("Did you mean").await;
        let offered = labels(&asked);
        assert_eq!(offered.len(), 3, "two entries and a person: {offered:?}");
        assert_eq!(offered[2], "None of these: a person");
        let press = person.alone().presses(asked.id, CARDS);
        person.alone().toast(&press).await;
        let answer = person.waits_for("All cards").await;
        let source = format!("From our answers: {CARDS}");
        assert!(answer.text().contains(&source), "{}", answer.text());
        shop.quiet().await;
    }
    // The same again: the answer that was given last is not among the choices any more.
    bob.alone().says("it is about money");
    shop.settles().await;
    let again = bob.reads().last().cloned().expect("an answer");
    let offered = labels(&again);
    assert!(!offered.contains(&CARDS.to_owned()), "{offered:?}");
    let said = says_of(&bob);
    let answers = said.iter().filter(|text| text.contains("All cards"));
    assert_eq!(answers.count(), 1, "{said:?}");

    shop.passes(Millis::hours(24)).await;
    shop.closes().await;
    let ran = careline(&shop.database.url, &["report", "sla", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("is JSON");
    assert_eq!(
        report["groups"][0]["bot_resolved_confirmed"], 1,
        "{report:#}"
    );
    assert_eq!(
        report["groups"][0]["bot_resolved_assumed"], 1,
        "Bob asked on"
    );
    let ran = careline(&shop.database.url, &["report", "knowledge", "--as", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("is JSON");
    let group = &report["groups"][0];
    assert_eq!(group["kinds"]["chosen"], 2, "{report:#}");
    assert_eq!(group["entry"], "payment");
    assert_eq!(group["examples"][0], "it is about money");
    shop.ends_well().await;
}

#[tokio::test]
async fn a_picture_of_an_answer_is_shown() {
    let mut shop = Shop::new().await.with_telegram();
    knows(&mut shop, ambiguous()).await;
    shop.opens().await;
    let ann = shop.telegram.person("Ann", "en");
    ann.alone().says(CARDS);
    let answer = ann.waits_for("All cards").await;
    assert!(answer.text().contains("The list"), "{}", answer.text());
    let linked = answer.entities();
    assert!(
        linked
            .iter()
            .any(|one| one["url"] == "https://shop.example/cards.png"),
        "{linked:?}"
    );
    shop.ends_well().await;
}

#[tokio::test]
async fn what_others_asked_next_is_offered_under_an_answer() {
    let mut shop = Shop::new().await.with_telegram();
    knows(&mut shop, ambiguous()).await;
    shop.opens().await;
    for name in ["Bob", "Cas", "Dan"] {
        let person = shop.telegram.person(name, "en");
        person.alone().says("How long does a refund take?");
        let told = person.waits_for("Five days").await;
        assert!(!labels(&told).contains(&CARDS.to_owned()));
        person.alone().says(CARDS);
        person.waits_for("All cards").await;
        shop.quiet().await;
    }
    // At its start the program looks at what was asked.
    shop.closes().await;
    shop.opens().await;
    let ann = shop.telegram.person("Ann", "en");
    ann.alone().says("How long does a refund take?");
    let told = ann.waits_for("Five days").await;
    let press = ann.alone().presses(told.id, CARDS);
    ann.alone().toast(&press).await;
    ann.waits_for("All cards").await;
    shop.quiet().await;
    let said = says_of(&ann);
    let answers = said.iter().filter(|text| text.contains("All cards"));
    assert_eq!(answers.count(), 1, "{said:?}");
    let related = "SELECT CAST(COUNT(*) AS BIGINT) FROM timeline
        WHERE kind = 'decided' AND fact LIKE '%related%' AND at <> $1";
    assert_eq!(shop.count(related, -1).await, 1);
    shop.ends_well().await;
}

#[tokio::test]
async fn what_shares_a_telling_tag_is_offered_on_discord() {
    let care = Care::open().await;
    let discord = &care.shop.discord;
    discord.writes_direct(care.ann, "How do I reset my password?");
    let told = care.ann_reads("From our answers").await;
    let offered = told.labels();
    assert!(
        offered.iter().any(|label| label.contains("account")),
        "{offered:?}"
    );
    care.shop.ends_well().await;
}
