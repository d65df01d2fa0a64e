//! The ladder of a wait as the desk meets it: who is called when, on both platforms, and quiet.

use careline::domain::place::ChannelKind;
use careline::domain::staff::Role;
use careline::domain::time::Millis;

use super::both_desks::Desks;
use crate::support::discord::state::World;
use crate::support::shop::Shop;
use crate::support::telegram::people::Person;
use crate::support::telegram::view;

/// Mai leads the desk, on both platforms.
struct Mai {
    on_telegram: Person,
    on_discord: u64,
}

async fn with_lead(desks: &Desks) -> Mai {
    let mai = Mai {
        on_telegram: desks.shop.telegram.person("Mai", "en"),
        on_discord: desks.shop.discord.person("Mai", desks.guild),
    };
    let telegram = &desks.shop.telegram;
    telegram.joins(desks.group, &mai.on_telegram, "member");
    let accounts = [
        (ChannelKind::Telegram, mai.on_telegram.id.to_string()),
        (ChannelKind::Discord, mai.on_discord.to_string()),
    ];
    desks.shop.lists("Mai", Role::Lead, &accounts).await;
    mai
}

/// Whom the message in the topic mentions, by their ids.
async fn mentioned_in_topic(desks: &Desks, words: &str) -> Vec<i64> {
    let message = desks.in_topic(words).await;
    let entities = message.content.get("entities");
    let entities = entities.and_then(|entities| entities.as_array());
    let mentions = entities.into_iter().flatten();
    let mentions = mentions.filter(|entity| entity["type"] == "text_mention");
    let users = mentions.map(|entity| entity["user"]["id"].as_i64().expect("an id"));
    users.collect()
}

/// How many messages of the bot's in the topic, in the post and to Ann have these words.
async fn said(desks: &Desks, ann: &Person, words: &str) -> (usize, usize, usize) {
    let (topic, post) = (desks.topic().await, desks.post().await);
    let in_topic = desks.shop.telegram.with(|state| {
        let messages = view::in_topic(state, desks.group, topic);
        let found = messages.iter().filter(|one| one.text().contains(words));
        found.count()
    });
    let in_post = desks.shop.discord.read(|world| {
        let messages = world.bot_messages_in(post);
        let found = messages.iter().filter(|one| one.content.contains(words));
        found.count()
    });
    let reads = ann.reads();
    let to_ann = reads.iter().filter(|one| one.text().contains(words));
    (in_topic, in_post, to_ann.count())
}

async fn facts(shop: &Shop, kind: &str) -> usize {
    let sql = match kind {
        "warning-given" => {
            "SELECT CAST(COUNT(*) AS BIGINT) FROM timeline WHERE kind = 'warning-given' AND at <> $1"
        }
        "breached" => {
            "SELECT CAST(COUNT(*) AS BIGINT) FROM timeline WHERE kind = 'breached' AND at <> $1"
        }
        "leads-called" => {
            "SELECT CAST(COUNT(*) AS BIGINT) FROM timeline WHERE kind = 'leads-called' AND at <> $1"
        }
        _ => {
            "SELECT CAST(COUNT(*) AS BIGINT) FROM timeline WHERE kind = 'choice-offered' AND at <> $1"
        }
    };
    shop.count(sql, -1).await
}

#[tokio::test]
async fn what_nobody_takes_goes_up_the_ladder_once_also_over_a_restart() {
    let mut desks = Desks::open().await;
    let mai = with_lead(&desks).await;
    let rungs = "lead_at_percent = 90\ncustomer_at_percent = 120\n";
    desks
        .shop
        .puts_in_plan(&format!(
            "[[policies]]\nname = \"all\"\nhuman_wait = \"30m\"\n{rungs}"
        ))
        .await;
    desks.shop.passes(Millis::seconds(1)).await;
    let ann = desks.shop.telegram.person("Ann", "en");
    ann.alone().says("a human please");
    desks.topic().await;
    desks.shop.passes(Millis::minutes(23)).await;
    assert!(
        mentioned_in_topic(&desks, "7 minutes left")
            .await
            .is_empty()
    );
    desks.shop.passes(Millis::minutes(4)).await;
    let called = mentioned_in_topic(&desks, "Still waiting for an answer: 27 minutes").await;
    assert_eq!(called, [mai.on_telegram.id]);
    desks
        .in_post("Still waiting for an answer: 27 minutes")
        .await;
    let pinged = |world: &World| {
        let mut pings = world.pinging().into_iter();
        pings.any(|pings| pings.users.contains(&mai.on_discord) && !pings.everyone)
    };
    assert!(desks.shop.discord.read(pinged), "really mentioned");

    desks.shop.closes().await;
    desks.shop.opens().await;
    desks.shop.passes(Millis::minutes(3)).await;
    desks.in_topic("The target of 30 minutes is missed").await;
    assert_eq!(said(&desks, &ann, "longer than we said").await.2, 0);
    desks.shop.passes(Millis::minutes(6)).await;
    let told = ann.waits_for("taking longer than we said").await;
    let labels: Vec<String> = told.buttons().into_iter().map(|(label, _)| label).collect();
    assert_eq!(
        labels,
        [
            "Keep waiting",
            "Write to me when you are there",
            "Try the bot again"
        ]
    );
    desks.shop.closes().await;
    desks.shop.opens().await;
    desks.shop.passes(Millis::minutes(60)).await;
    for kind in [
        "warning-given",
        "leads-called",
        "breached",
        "choice-offered",
    ] {
        assert_eq!(facts(&desks.shop, kind).await, 1, "{kind}");
    }
    for words in ["Still waiting for", "7 minutes left", "is missed"] {
        assert_eq!(said(&desks, &ann, words).await, (1, 1, 0), "{words}");
    }
    assert_eq!(said(&desks, &ann, "longer than we said").await, (0, 0, 1));
    desks.shop.ends_well().await;
}

#[tokio::test]
async fn a_downtime_ends_with_one_word_that_tells_the_whole_wait() {
    let mut desks = Desks::open().await;
    let mai = with_lead(&desks).await;
    let ann = desks.shop.telegram.person("Ann", "en");
    ann.alone().says("a human please");
    desks.topic().await;
    let before = said(&desks, &ann, "").await;
    desks.shop.closes().await;
    desks.shop.clock.pass(Millis::hours(3));
    desks.shop.opens().await;
    let words = "The target of 30 minutes is missed: waiting for 180 minutes";
    assert_eq!(
        mentioned_in_topic(&desks, words).await,
        [mai.on_telegram.id]
    );
    ann.waits_for("you have been waiting 180 minutes").await;
    desks.shop.passes(Millis::minutes(1)).await;
    let after = said(&desks, &ann, "").await;
    let more = (after.0 - before.0, after.1 - before.1, after.2 - before.2);
    assert_eq!(more, (1, 1, 1), "one word in each room, one to her");
    assert_eq!(facts(&desks.shop, "breached").await, 1);
    assert_eq!(facts(&desks.shop, "warning-given").await, 0);
    desks.shop.ends_well().await;
}

#[tokio::test]
async fn a_silent_agent_is_mentioned_first_then_the_lead_as_well() {
    let desks = Desks::open().await;
    let mai = with_lead(&desks).await;
    let ann = desks.shop.telegram.person("Ann", "en");
    ann.alone().says("a human please");
    let topic = desks.topic().await;
    let ben = desks.ben.within(desks.group, Some(topic));
    desks.shop.passes(Millis::minutes(1)).await;
    ben.says("/claim");
    desks.in_topic("It is yours").await;
    desks.shop.passes(Millis::minutes(22)).await;
    let called = mentioned_in_topic(&desks, "7 minutes left").await;
    assert_eq!(called, [desks.ben.id]);
    // Discord does not know Ben: he is named there, and nobody is pinged.
    desks.in_post("left to the target.\nBen").await;
    assert!(desks.shop.discord.read(|world| world.pinging().is_empty()));
    desks.shop.passes(Millis::minutes(7)).await;
    let called = mentioned_in_topic(&desks, "The target of 30 minutes is missed").await;
    assert_eq!(called, [desks.ben.id, mai.on_telegram.id]);
    let pinged = |world: &World| {
        let pings = world.pinging().into_iter();
        pings
            .flat_map(|pings| pings.users.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(desks.shop.discord.read(pinged), [mai.on_discord]);
    desks.shop.ends_well().await;
}

#[tokio::test]
async fn the_button_on_a_warning_gives_quiet_in_both_rooms_and_the_clock_runs_on() {
    let desks = Desks::open().await;
    let mai = with_lead(&desks).await;
    let ann = desks.shop.telegram.person("Ann", "en");
    ann.alone().says("a human please");
    let topic = desks.topic().await;
    desks.shop.passes(Millis::minutes(23)).await;
    let warning = desks.in_topic("7 minutes left").await;
    let ben = desks.ben.within(desks.group, Some(topic));
    ben.presses(warning.id, "No further word for now");
    let notice = "Ben wants no further word for 15 minutes";
    desks.in_topic(notice).await;
    desks.in_post(notice).await;
    desks.shop.passes(Millis::minutes(7)).await;
    ann.waits_for("taking longer than we said").await;
    assert_eq!(facts(&desks.shop, "breached").await, 1, "the clock runs on");
    assert_eq!(said(&desks, &ann, "is missed").await, (0, 0, 0));
    // Her word ends the quiet: what was kept back is said.
    ann.alone().says("hello?");
    let called = mentioned_in_topic(&desks, "is missed: waiting for 30 minutes").await;
    assert_eq!(called, [mai.on_telegram.id]);

    // Cho wants quiet on Discord, and the quarter of an hour passes.
    let post = desks.post().await;
    let breach = desks.shop.discord.read(|world| {
        let messages = world.bot_messages_in(post);
        let found = messages
            .iter()
            .find(|one| one.content.contains("is missed"));
        found.expect("it stands there").id
    });
    let discord = &desks.shop.discord;
    discord.presses_label(desks.cho, post, breach, "No further word for now");
    desks.in_post("Cho wants no further word").await;
    desks.shop.passes(Millis::minutes(15)).await;
    desks.in_topic("is missed: waiting for 45 minutes").await;
    assert_eq!(said(&desks, &ann, "is missed").await, (2, 2, 0));
    assert_eq!(facts(&desks.shop, "leads-called").await, 1);
    desks.shop.ends_well().await;
}

#[tokio::test]
async fn a_resolution_that_takes_too_long_is_told_to_whoever_has_the_matter() {
    let desks = Desks::open().await;
    let mai = with_lead(&desks).await;
    let text = "[[policies]]\nname = \"all\"\nhuman_wait = \"30m\"\nresolution = \"8h\"\n";
    desks.shop.puts_in_plan(text).await;
    desks.shop.passes(Millis::seconds(1)).await;
    let ann = desks.shop.telegram.person("Ann", "en");
    ann.alone().says("a human please");
    let topic = desks.topic().await;
    let ben = desks.ben.within(desks.group, Some(topic));
    ben.says("/r I am looking into it.");
    ann.waits_for("looking into it").await;
    desks.shop.passes(Millis::hours(6)).await;
    let near = mentioned_in_topic(&desks, "Until first solved: 2 h left to the target").await;
    assert_eq!(near, [desks.ben.id]);
    desks.shop.passes(Millis::hours(2)).await;
    let missed =
        mentioned_in_topic(&desks, "Until first solved: the target of 8 h is missed").await;
    assert_eq!(missed, [desks.ben.id, mai.on_telegram.id]);
    desks.shop.passes(Millis::hours(2)).await;
    assert_eq!(said(&desks, &ann, "Until first solved").await, (2, 2, 0));
    ben.says("/resolve");
    desks.shop.ends_well().await;
}
