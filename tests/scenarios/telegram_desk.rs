//! Customers on Telegram, staff in a Telegram forum.

use careline::domain::place::ChannelKind;
use careline::domain::staff::Role;
use careline::domain::time::Millis;

use crate::support::database::Database;
use crate::support::shop::Shop;
use crate::support::telegram::people::Person;
use crate::support::telegram::state::Message;
use crate::support::telegram::view;

/// A shop with a Telegram forum as its desk and two agents in it, open.
pub struct Desk {
    pub shop: Shop,
    pub forum: i64,
    pub ben: Person,
    pub cho: Person,
}

impl Desk {
    pub async fn open() -> Desk {
        Desk::open_on(Database::sqlite().await).await
    }

    /// The same on a given database.
    pub async fn open_on(database: Database) -> Desk {
        let shop = Shop::on(database).await.with_telegram();
        let forum = shop.telegram.forum("Desk");
        let mut shop = shop.with_telegram_desk(forum);
        let (ben, cho) = (
            shop.telegram.person("Ben", "en"),
            shop.telegram.person("Cho", "en"),
        );
        for (name, person) in [("Ben", &ben), ("Cho", &cho)] {
            shop.telegram.joins(forum, person, "member");
            let account = (ChannelKind::Telegram, person.id.to_string());
            shop.lists(name, Role::Agent, &[account]).await;
        }
        shop.opens().await;
        Desk {
            shop,
            forum,
            ben,
            cho,
        }
    }

    /// The one topic there is, with what stands in it.
    pub async fn topic(&self) -> (i64, Vec<Message>) {
        self.shop.quiet().await;
        self.shop.telegram.with(|state| {
            let topics = view::topics(state, self.forum);
            let open: Vec<_> = topics.iter().filter(|topic| !topic.deleted).collect();
            assert_eq!(open.len(), 1, "one topic for one conversation");
            (open[0].id, view::in_topic(state, self.forum, open[0].id))
        })
    }

    /// The message in the topic with these words.
    pub async fn in_topic(&self, words: &str) -> Message {
        let (_, messages) = self.topic().await;
        let found = messages
            .iter()
            .rev()
            .find(|message| message.text().contains(words));
        found
            .cloned()
            .unwrap_or_else(|| panic!("{words:?} is not in {messages:#?}"))
    }
}

#[tokio::test]
async fn lines_that_wait_for_a_full_group_arrive_joined_and_can_be_replied_to() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.says("a human please");
    let (topic, _) = desk.topic().await;
    // The room is two of the eighteen messages that the group takes in a minute.
    for number in 0..19 {
        ann.says(&format!("line {number}."));
        desk.shop.quiet().await;
    }
    desk.shop.passes(Millis::minutes(1)).await;
    let (_, messages) = desk.topic().await;
    for number in 0..19 {
        let line = format!("line {number}.");
        let times = messages.iter().filter(|m| m.text().contains(&line)).count();
        assert_eq!(times, 1, "{line} is shown once");
    }
    let joined = desk.in_topic("line 18.").await;
    assert!(joined.text().contains("line 17."), "{}", joined.text());
    desk.ben
        .within(desk.forum, Some(topic))
        .replies(joined.id, "I have read them all.");
    ann.waits_for("I have read them all.").await;
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn a_person_is_asked_for_claims_answers_and_resolves() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");

    ann.alone().says("I want to talk to a person");
    let told = ann.waits_for("passing you on").await;
    assert!(told.text().contains("You are next"), "{}", told.text());
    let (topic, _) = desk.topic().await;
    let card = desk.in_topic("Why a person: they asked for one").await;
    let ben = desk.ben.within(desk.forum, Some(topic));

    let press = ben.presses(card.id, "Claim");
    assert!(ben.toast(&press).await.text.contains("It is yours"));
    ann.waits_for("Ben is reading your message").await;
    assert!(
        desk.in_topic("Ben has it").await.id == card.id,
        "the card is brought up to date"
    );

    ann.alone().says("My parcel is wet");
    let shown = desk.in_topic("My parcel is wet").await;
    ben.says("poor thing, I will ask the warehouse");
    let reply = ben.replies(shown.id, "We send you a new one today.");
    ann.waits_for("We send you a new one today.").await;
    desk.shop.quiet().await;
    let marked = desk
        .shop
        .telegram
        .with(|state| state.chats[&desk.forum].messages[&reply].reactions.clone());
    assert_eq!(
        marked.len(),
        1,
        "what was sent is marked once the platform confirmed it"
    );
    let read = ann.reads();
    let seen: Vec<&str> = read.iter().map(Message::text).collect();
    assert!(
        !seen.iter().any(|text| text.contains("poor thing")),
        "talk stays internal: {seen:?}"
    );

    let card = desk.in_topic("Ben has it").await;
    let press = ben.presses(card.id, "Resolve");
    assert!(ben.toast(&press).await.text.contains("Resolved"));
    ann.waits_for("marked this as solved").await;
    desk.shop.quiet().await;
    let closed = desk
        .shop
        .telegram
        .with(|state| state.chats[&desk.forum].topics[&topic].closed);
    assert!(closed, "the topic is closed with the matter");
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn whoever_claims_second_is_told_who_was_faster() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.alone().says("a human please");
    let (topic, _) = desk.topic().await;
    let card = desk.in_topic("Why a person").await;
    let (ben, cho) = (
        desk.ben.within(desk.forum, Some(topic)),
        desk.cho.within(desk.forum, Some(topic)),
    );

    let (first, second) = (ben.presses(card.id, "Claim"), cho.presses(card.id, "Claim"));
    assert!(ben.toast(&first).await.text.contains("It is yours"));
    assert_eq!(cho.toast(&second).await.text, "Ben was faster.");
    desk.shop.ends_well().await;
}
