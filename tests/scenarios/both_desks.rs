//! Staff on Telegram and on Discord at the same time, customers of every channel.

use careline::domain::place::ChannelKind;
use careline::domain::staff::Role;
use careline::domain::time::Millis;
use futures_util::{SinkExt, Stream, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message as Frame};

use crate::support::database::Database;
use crate::support::discord::state::World;
use crate::support::shop::Shop;
use crate::support::telegram::people::Person;
use crate::support::telegram::state::Message;
use crate::support::telegram::view;

/// A shop with both desks: Ben works on Telegram, Cho on Discord.
pub struct Desks {
    pub shop: Shop,
    pub group: i64,
    forum: u64,
    pub guild: u64,
    pub ben: Person,
    pub cho: u64,
}

impl Desks {
    pub async fn open() -> Desks {
        Desks::open_on(Database::sqlite().await).await
    }

    pub async fn open_on(database: Database) -> Desks {
        let shop = Shop::on(database).await.with_telegram().with_discord();
        let group = shop.telegram.forum("Desk");
        let guild = shop.discord.guild("Shop");
        let forum = shop.discord.forum(guild, "desk");
        let mut shop = shop.with_telegram_desk(group).with_discord_desk(forum);
        let (ben, cho) = (
            shop.telegram.person("Ben", "en"),
            shop.discord.person("Cho", guild),
        );
        shop.telegram.joins(group, &ben, "member");
        shop.lists(
            "Ben",
            Role::Agent,
            &[(ChannelKind::Telegram, ben.id.to_string())],
        )
        .await;
        shop.lists(
            "Cho",
            Role::Agent,
            &[(ChannelKind::Discord, cho.to_string())],
        )
        .await;
        shop.opens().await;
        let registered = |world: &World| world.commands.contains_key(&Some(guild)).then_some(());
        shop.discord.wait_for("the commands", registered).await;
        Desks {
            shop,
            group,
            forum,
            guild,
            ben,
            cho,
        }
    }

    /// The one topic there is.
    pub async fn topic(&self) -> i64 {
        self.shop.quiet().await;
        self.shop.telegram.with(|state| {
            let topics = view::topics(state, self.group);
            assert_eq!(topics.len(), 1, "one topic for one conversation");
            topics[0].id
        })
    }

    /// The message in the topic with these words.
    pub async fn in_topic(&self, words: &str) -> Message {
        let topic = self.topic().await;
        let find = |state: &crate::support::telegram::state::State| {
            let messages = view::in_topic(state, self.group, topic);
            messages
                .into_iter()
                .rev()
                .find(|message| message.text().contains(words))
        };
        self.shop.telegram.wait_for(words, find).await
    }

    /// The one post there is.
    pub async fn post(&self) -> u64 {
        self.shop.quiet().await;
        self.shop.discord.read(|world| {
            let posts = world.threads_of(self.forum);
            assert_eq!(posts.len(), 1, "one post for one conversation");
            posts[0].id
        })
    }

    /// Waits until these words stand in the post.
    pub async fn in_post(&self, words: &str) {
        let post = self.post().await;
        let said = |world: &World| {
            let all = world.bot_messages_in(post);
            all.iter()
                .any(|message| message.content.contains(words))
                .then_some(())
        };
        self.shop.discord.wait_for(words, said).await;
    }

    /// Cho fills in the form behind a button of the card.
    async fn cho_fills_in(&self, label: &str, words: &str) {
        let post = self.post().await;
        let offered = |world: &World| {
            let card = world.channels[&post].messages.get(&post)?;
            card.labels().iter().any(|one| one == label).then_some(())
        };
        self.shop.discord.wait_for(label, offered).await;
        let asked = self.shop.discord.presses_label(self.cho, post, post, label);
        let opened = |world: &World| world.modal_of(asked).map(|_| ());
        self.shop.discord.wait_for("the form", opened).await;
        self.shop
            .discord
            .submits(self.cho, asked, &[("text", words)]);
    }

    pub async fn whisper(&self, interaction: u64) -> String {
        let said = |world: &World| {
            world
                .whispers(interaction)
                .first()
                .map(|message| message.content.clone())
        };
        self.shop
            .discord
            .wait_for("an answer to the press", said)
            .await
    }
}

#[tokio::test]
async fn a_telegram_customer_is_served_from_discord() {
    let desks = Desks::open().await;
    let ann = desks.shop.telegram.person("Ann", "en");
    ann.alone().says("a human please");
    ann.waits_for("passing you on").await;
    let post = desks.post().await;
    let pressed = desks
        .shop
        .discord
        .presses_label(desks.cho, post, post, "Claim");
    assert!(desks.whisper(pressed).await.contains("It is yours"));
    desks
        .cho_fills_in("Reply", "Cho here: what can I do?")
        .await;
    ann.waits_for("Cho here: what can I do?").await;
    desks.in_topic("Sent by Cho to Ann").await;
    desks.shop.ends_well().await;
}

#[tokio::test]
async fn a_discord_customer_is_served_from_telegram() {
    let desks = Desks::open().await;
    let dan = desks.shop.discord.person("Dan", desks.guild);
    desks.shop.discord.writes_direct(dan, "a human please");
    let topic = desks.topic().await;
    let ben = desks.ben.within(desks.group, Some(topic));
    ben.says("/r Ben here: what can I do?");
    let told = |world: &World| {
        let all = world.told(dan);
        all.iter()
            .any(|message| message.content.contains("Ben here: what can I do?"))
            .then_some(())
    };
    desks.shop.discord.wait_for("the reply", told).await;
    desks.in_post("Sent by Ben to Dan").await;
    desks.shop.ends_well().await;
}

async fn both_claim_at_the_same_instant(database: Database) {
    let desks = Desks::open_on(database).await;
    let ann = desks.shop.telegram.person("Ann", "en");
    ann.alone().says("a human please");
    let post = desks.post().await;
    let topic = desks.topic().await;
    let card = desks.in_topic("Why a person").await;
    let ben = desks.ben.within(desks.group, Some(topic));

    let on_telegram = ben.presses(card.id, "Claim");
    let on_discord = desks
        .shop
        .discord
        .presses_label(desks.cho, post, post, "Claim");
    let told_ben = ben.toast(&on_telegram).await.text;
    let told_cho = desks.whisper(on_discord).await;
    let ben_won = told_ben.contains("It is yours") && told_cho == "Ben was faster.";
    let cho_won = told_cho.contains("It is yours") && told_ben == "Cho was faster.";
    assert!(
        ben_won != cho_won,
        "one winner: {told_ben:?} / {told_cho:?}"
    );
    desks.shop.quiet().await;
    let claims =
        "SELECT CAST(COUNT(*) AS BIGINT) FROM timeline WHERE kind = 'claimed' AND at <> $1";
    assert_eq!(desks.shop.count(claims, -1).await, 1);
    let read = ann.reads();
    let told = read
        .iter()
        .filter(|message| message.text().contains("is reading your message"));
    assert_eq!(told.count(), 1, "the customer hears of one");
    desks.shop.ends_well().await;
}

#[tokio::test]
async fn two_agents_claim_at_once_from_two_platforms_and_one_wins() {
    both_claim_at_the_same_instant(Database::sqlite().await).await;
}

#[tokio::test]
async fn two_agents_claim_at_once_on_postgresql_and_one_wins() {
    both_claim_at_the_same_instant(Database::postgres().await).await;
}

#[tokio::test]
async fn a_note_reaches_the_colleagues_on_the_other_platform_and_never_the_customer() {
    let desks = Desks::open().await;
    let ann = desks.shop.telegram.person("Ann", "en");
    ann.alone().says("a human please");
    let topic = desks.topic().await;
    let ben = desks.ben.within(desks.group, Some(topic));
    ben.says("she wrote twice last week already");
    desks.in_post("she wrote twice last week already").await;
    ben.says("/note careful with her");
    desks.in_post("careful with her").await;
    desks.cho_fills_in("Note", "I know her, I take it").await;
    desks.in_topic("I know her, I take it").await;
    desks.shop.quiet().await;
    for message in ann.reads() {
        for secret in ["twice last week", "careful", "I know her"] {
            assert!(!message.text().contains(secret), "{:?}", message.text());
        }
    }
    desks.shop.ends_well().await;
}

#[tokio::test]
async fn a_long_wait_is_warned_of_once_then_breached_once_and_the_customer_is_told() {
    let desks = Desks::open().await;
    let ann = desks.shop.telegram.person("Ann", "en");
    ann.alone().says("a human please");
    desks.topic().await;
    desks.shop.passes(Millis::minutes(23)).await;
    desks
        .in_topic("Waiting for 23 minutes; 7 minutes left")
        .await;
    desks.in_post("7 minutes left").await;
    desks.shop.passes(Millis::minutes(7)).await;
    desks.in_topic("The target of 30 minutes is missed").await;
    ann.waits_for("taking longer than we said").await;
    desks.shop.passes(Millis::minutes(60)).await;
    let facts = "SELECT CAST(COUNT(*) AS BIGINT) FROM timeline
        WHERE kind IN ('warning-given', 'breached') AND at <> $1";
    assert_eq!(desks.shop.count(facts, -1).await, 2, "each once");
    desks.shop.ends_well().await;
}

#[tokio::test]
async fn a_plan_that_is_changed_while_somebody_waits_moves_only_the_rest() {
    let desks = Desks::open().await;
    let ann = desks.shop.telegram.person("Ann", "en");
    ann.alone().says("a human please");
    desks.topic().await;
    desks.shop.passes(Millis::minutes(5)).await;
    let quick = "[[policies]]\nname = \"quick\"\nhuman_wait = \"12m\"\n";
    desks.shop.puts_in_plan(quick).await;
    desks.shop.passes(Millis::minutes(4)).await;
    desks
        .in_topic("Waiting for 9 minutes; 3 minutes left")
        .await;
    desks.shop.passes(Millis::minutes(3)).await;
    desks.in_topic("The target of 12 minutes is missed").await;
    let set = "SELECT CAST(COUNT(*) AS BIGINT) FROM timeline
        WHERE kind = 'target-set' AND at <> $1";
    assert_eq!(desks.shop.count(set, -1).await, 2, "at first, and anew");
    desks.shop.ends_well().await;
}

#[tokio::test]
async fn while_paused_nothing_comes_due_and_the_customers_word_goes_on_with_the_rest() {
    let desks = Desks::open().await;
    let ann = desks.shop.telegram.person("Ann", "en");
    ann.alone().says("a human please");
    let topic = desks.topic().await;
    let ben = desks.ben.within(desks.group, Some(topic));
    ben.says("/wait");
    desks.in_topic("Claim the conversation first").await;
    ben.says("/claim");
    desks.in_topic("It is yours").await;
    desks.shop.passes(Millis::minutes(10)).await;
    ben.says("/wait");
    desks.in_topic("The clocks stand still until").await;
    desks.shop.passes(Millis::hours(3)).await;
    let told = "SELECT CAST(COUNT(*) AS BIGINT) FROM timeline
        WHERE kind IN ('warning-given', 'breached', 'lease-expired') AND at <> $1";
    assert_eq!(desks.shop.count(told, -1).await, 0, "nothing came due");
    ann.alone().says("here is the number: 7");
    desks.in_topic("here is the number").await;
    desks.shop.passes(Millis::minutes(19)).await;
    assert_eq!(desks.shop.count(told, -1).await, 1, "warned at most");
    desks.shop.passes(Millis::minutes(2)).await;
    desks.in_topic("The target of 30 minutes is missed").await;
    desks.shop.ends_well().await;
}

#[tokio::test]
async fn a_silent_agent_s_conversation_returns_to_the_queue() {
    let desks = Desks::open().await;
    let ann = desks.shop.telegram.person("Ann", "en");
    ann.alone().says("a human please");
    let topic = desks.topic().await;
    let ben = desks.ben.within(desks.group, Some(topic));
    ben.says("/claim");
    desks.in_topic("It is yours").await;
    desks.shop.passes(Millis::minutes(30)).await;
    desks.in_topic("Ben has been silent").await;
    let post = desks.post().await;
    let pressed = desks
        .shop
        .discord
        .presses_label(desks.cho, post, post, "Claim");
    assert!(desks.whisper(pressed).await.contains("It is yours"));
    desks.shop.ends_well().await;
}

/// Reads the page's socket up to the frame with these words.
async fn shown(
    page: &mut (impl Stream<Item = Result<Frame, tungstenite::Error>> + Unpin),
    words: &str,
) -> Value {
    while let Some(Ok(frame)) = page.next().await {
        if let Frame::Text(text) = frame
            && text.contains(words)
        {
            return serde_json::from_str(&text).expect("JSON");
        }
    }
    panic!("the page closed before {words:?}");
}

#[tokio::test]
async fn a_customer_of_the_web_page_is_served_from_a_chat_room() {
    let desks = Desks::open().await;
    let address = desks.shop.address();
    let mut request = format!("ws://{address}/chat/socket")
        .into_client_request()
        .expect("an address");
    let origin = format!("http://{address}").parse().expect("an origin");
    request.headers_mut().insert("origin", origin);
    let (mut page, _) = tokio_tungstenite::connect_async(request)
        .await
        .expect("the chat opens");
    let hello = json!({"t": "hello", "secret": "0123456789abcdef0123456789abcdef", "since": 0, "lang": "vi"});
    for frame in [
        hello,
        json!({"t": "say", "id": "1", "text": "cho mình gặp nhân viên"}),
    ] {
        page.send(Frame::text(frame.to_string()))
            .await
            .expect("it is sent");
    }
    shown(&mut page, "đang chuyển bạn đến nhân viên").await;
    let topic = desks.topic().await;
    desks.in_topic("web chat · Vietnamese").await;
    let ben = desks.ben.within(desks.group, Some(topic));
    let asked = desks.in_topic("they asked for one").await;
    assert!(
        asked.text().contains("cho mình gặp nhân viên"),
        "the card has what was said"
    );
    ben.says("/r Dạ em là Ben, anh cần gì ạ?");
    let entry = shown(&mut page, "Dạ em là Ben").await;
    assert_eq!(entry["t"], "entry");
    desks.shop.ends_well().await;
}
