//! Once a week both desks are told what the bot could not answer.

use careline::domain::time::Millis;

use crate::support::shop::Shop;
use crate::support::telegram::state::State;

const QUESTION: &str = "do you tune harmonicas in Laos";
const TITLE: &str = "Open questions of the week from 2026-01-05";

fn told_on_telegram(state: &State, forum: i64) -> Vec<String> {
    let messages = state.chats[&forum].messages.values();
    let texts = messages.map(|message| message.text().to_owned());
    texts.filter(|text| text.contains(TITLE)).collect()
}

#[tokio::test]
async fn each_desk_is_told_once_of_a_week_s_open_questions() {
    let shop = Shop::new().await.with_telegram().with_discord();
    let group = shop.telegram.forum("Desk");
    let guild = shop.discord.guild("Shop");
    let forum = shop.discord.forum(guild, "desk");
    let mut shop = shop.with_telegram_desk(group).with_discord_desk(forum);
    shop.opens().await;
    let ann = shop.telegram.person("Canaria", "en");
    ann.alone().says(&format!("Canaria asks: {QUESTION}"));
    shop.settles().await;
    ann.waits_for("passing you on").await;
    shop.quiet().await;
    assert_eq!(
        shop.telegram
            .with(|state| told_on_telegram(state, group))
            .len(),
        0,
        "the week is not over"
    );

    shop.passes(Millis::hours(24 * 7)).await;
    let told = |state: &State| told_on_telegram(state, group).into_iter().next();
    let told = shop.telegram.wait_for("the week's questions", told).await;
    for words in [QUESTION, "1 without an answer", "/console/gaps"] {
        assert!(told.contains(words), "{words} in {told}");
    }
    assert!(!told.contains("Canaria"), "{told}");
    let posted = |world: &crate::support::discord::state::World| {
        let posts = world.threads_of(forum);
        let post = posts.iter().find(|post| post.name.contains(TITLE))?;
        let first = world.bot_messages_in(post.id);
        first.first().map(|message| message.content.clone())
    };
    let post = shop.discord.wait_for("the week's post", posted).await;
    assert!(post.contains(QUESTION), "{post}");

    // Another process, or the same one again, finds the week told of.
    shop.closes().await;
    shop.opens().await;
    shop.passes(Millis::hours(24)).await;
    let rows =
        "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE lane = 'gaps' AND created_at <> $1";
    assert_eq!(shop.count(rows, -1).await, 2, "one for each desk");
    let told = shop.telegram.with(|state| told_on_telegram(state, group));
    assert_eq!(told.len(), 1);
    shop.ends_well().await;
}
