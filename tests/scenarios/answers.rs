//! What the bot answers by itself, in three languages, on the sample shop's knowledge base.

use careline::domain::place::ChannelKind;
use careline::domain::staff::Role;

use crate::support::shop::Shop;

#[tokio::test]
async fn the_same_question_is_answered_in_each_of_three_languages() {
    let mut shop = Shop::new().await.with_telegram();
    shop.opens().await;
    for (name, app_lang, question, answer, helped, thanks) in [
        (
            "Ann",
            "en",
            "How long does delivery take?",
            "day",
            "That helped",
            "Glad it helped!",
        ),
        (
            "Lan",
            "vi",
            "giao hang mat bao lau",
            "ngày",
            "Hữu ích",
            "Rất vui vì đã giúp được bạn!",
        ),
        (
            "Mei",
            "zh",
            "多久能送到？",
            "天",
            "有帮助",
            "很高兴能帮到您！",
        ),
    ] {
        let person = shop.telegram.person(name, app_lang);
        person.alone().says(question);
        let told = person.waits_for(answer).await;
        let press = person.alone().presses(told.id, helped);
        assert_eq!(person.alone().toast(&press).await.text, thanks);
    }
    shop.quiet().await;
    let answered = "SELECT CAST(COUNT(*) AS BIGINT) FROM timeline
        WHERE kind = 'bot-answered' AND fact LIKE '%delivery-time%' AND at <> $1";
    assert_eq!(
        shop.count(answered, -1).await,
        3,
        "all three by the same entry"
    );
    let resolved = "SELECT CAST(COUNT(*) AS BIGINT) FROM conversations WHERE phase = 'resolved' AND opened_at <> $1";
    assert_eq!(shop.count(resolved, -1).await, 3, "helped means resolved");
    shop.ends_well().await;
}

#[tokio::test]
async fn whoever_prefers_a_person_gets_one_before_the_bot_says_anything() {
    let mut shop = Shop::new().await.with_telegram();
    shop.opens().await;
    let ann = shop.telegram.person("Ann", "en");
    ann.alone().says("How long does delivery take?");
    let asked = ann.waits_for("Who should answer you first?").await;
    let press = ann.alone().presses(asked.id, "Always a person");
    assert!(
        ann.alone()
            .toast(&press)
            .await
            .text
            .contains("a person answers you first")
    );
    let before = ann.reads().len();
    ann.alone().says("How much is shipping?");
    ann.waits_for("passing you on").await;
    shop.quiet().await;
    assert_eq!(
        ann.reads().len(),
        before + 1,
        "no answer of the bot, no second question"
    );
    shop.ends_well().await;
}

#[tokio::test]
async fn what_no_entry_answers_goes_to_a_person_with_its_reason() {
    let shop = Shop::new().await.with_telegram();
    let forum = shop.telegram.forum("Desk");
    let mut shop = shop.with_telegram_desk(forum);
    let ben = shop.telegram.person("Ben", "en");
    shop.lists(
        "Ben",
        Role::Agent,
        &[(ChannelKind::Telegram, ben.id.to_string())],
    )
    .await;
    shop.opens().await;
    let ann = shop.telegram.person("Ann", "en");
    ann.alone()
        .says("my grandmother's parrot ate the zeppelin manual");
    shop.settles().await;
    ann.waits_for("passing you on").await;
    let card = |state: &crate::support::telegram::state::State| {
        let topics = crate::support::telegram::view::topics(state, forum);
        let topic = topics.first()?.id;
        let messages = crate::support::telegram::view::in_topic(state, forum, topic);
        messages
            .into_iter()
            .find(|message| message.text().contains("the bot was not sure"))
    };
    let card = shop.telegram.wait_for("the card", card).await;
    assert!(
        card.text().contains("parrot"),
        "the card has what was said: {}",
        card.text()
    );
    shop.ends_well().await;
}
