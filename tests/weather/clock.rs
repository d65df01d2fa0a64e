//! The clock jumps: set forward, set back, by an hour or a day.

use careline::domain::place::ChannelKind;
use careline::domain::staff::Role;
use careline::domain::time::Millis;

use super::{ANSWER, QUESTION, page, settled, shown};
use crate::support::shop::Shop;
use crate::support::telegram::view;

#[tokio::test]
async fn after_a_jump_of_the_clock_everything_goes_on_and_no_storm_comes() {
    let shop = Shop::new().await.with_telegram();
    let forum = shop.telegram.forum("Desk");
    let ben = shop.telegram.person("Ben", "en");
    shop.telegram.joins(forum, &ben, "member");
    let account = (ChannelKind::Telegram, ben.id.to_string());
    shop.lists("Ben", Role::Agent, &[account]).await;
    let mut shop = shop.with_telegram_desk(forum);
    shop.opens().await;
    let waits = shop.telegram.person("Zoe", "en");
    waits.says("a human please");
    settled(&shop).await;
    let topic = shop.telegram.with(|state| view::topics(state, forum)[0].id);
    let at_desk = ben.within(forum, Some(topic));
    at_desk.says("/claim");
    settled(&shop).await;
    let jumps = [
        Millis::hours(1),
        Millis::hours(-1),
        Millis::hours(-24),
        Millis::hours(24),
        Millis::hours(24),
        Millis::hours(-24),
    ];
    for (number, jump) in jumps.into_iter().enumerate() {
        let before = waits.reads().len();
        shop.clock.pass(jump);
        settled(&shop).await;
        let after = waits.reads().len();
        assert!(
            after - before <= 1,
            "{jump:?}: {} words at once",
            after - before
        );

        let ann = shop.telegram.person(&format!("Ann {number}"), "en");
        ann.says(QUESTION);
        ann.waits_for(ANSWER).await;
        let mut tab = page(&shop, number + 1).await;
        tab.say("1", QUESTION).await;
        shown(&mut tab, "entry", ANSWER).await;
        at_desk.says("/claim");
        settled(&shop).await;
        let words = format!("Word number {number}.");
        at_desk.says(&format!("/r {words}"));
        waits.waits_for(&words).await;
        settled(&shop).await;
    }
    let told = |person: &crate::support::telegram::people::Person, words: &str| {
        let read = person.reads();
        read.iter().filter(|one| one.text().contains(words)).count()
    };
    for number in 0..jumps.len() {
        assert_eq!(told(&waits, &format!("Word number {number}.")), 1);
    }
    let facts = "SELECT CAST(COUNT(*) AS BIGINT) FROM timeline
        WHERE kind IN ('warning-given', 'breached') AND at <> $1";
    let facts = shop.count(facts, -1).await;
    assert!(facts <= 2 * jumps.len(), "{facts} warnings and breaches");
    shop.ends_well().await;
}
