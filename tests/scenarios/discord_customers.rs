//! Customers on Discord: what they ask, and what becomes of trouble on the way.

use careline::domain::lang::Lang;
use serde_json::json;

use super::discord_care::Care;
use crate::support::discord::drive::Draft;
use crate::support::discord::faults::{Break, Fault};

#[tokio::test]
async fn the_answer_comes_at_once_in_three_languages() {
    let care = Care::open().await;
    let cases = [
        (
            "Dung",
            Lang::Vi,
            "Đơn hàng của tôi đang ở đâu?",
            "Đơn hàng của tôi",
        ),
        ("Li", Lang::Zh, "我的订单到哪里了？", "订单"),
        ("Eve", Lang::En, "Where is my order?", "My orders"),
    ];
    for (name, lang, question, words) in cases {
        let asking = care.shop.discord.person(name, care.guild);
        care.shop.discord.writes_direct(asking, question);
        let told = care
            .shop
            .discord
            .wait_for(question, |world| {
                let told = world.told(asking);
                let found = told.iter().find(|message| message.content.contains(words));
                found.map(|message| (*message).clone())
            })
            .await;
        assert!(
            !told.labels().is_empty(),
            "{lang:?}: a person is one press away"
        );
    }
    care.shop.quiet().await;
    let posts = care
        .shop
        .discord
        .read(|world| world.threads_of(care.forum).len());
    assert_eq!(posts, 0, "nobody had to be called");
    care.shop.ends_well().await;
}

#[tokio::test]
async fn quick_messages_are_one_matter_with_one_answer() {
    let care = Care::open().await;
    for words in ["hi", "so", "my harmonica", "the big one", "sounds flat"] {
        care.shop.discord.writes_direct(care.ann, words);
    }
    care.shop.settles().await;
    let told = care.told();
    let handed = told.iter().filter(|words| words.contains("passing you on"));
    assert_eq!(handed.count(), 1, "{told:?}");
    let post = care.post().await;
    for words in ["my harmonica", "the big one", "sounds flat"] {
        care.in_post(post, words).await;
    }
    care.shop.ends_well().await;
}

#[tokio::test]
async fn whatever_breaks_on_the_way_each_message_arrives_once() {
    let care = Care::open().await;
    let breaks = [
        Break::Status {
            status: 500,
            with_effect: true,
        },
        Break::Reset { with_effect: true },
        Break::Status {
            status: 502,
            with_effect: false,
        },
        Break::Garbage { with_effect: true },
        Break::TooMany {
            retry_after: 0.01,
            global: false,
        },
    ];
    care.shop.discord.writes_direct(care.ann, "a person please");
    let post = care.post().await;
    care.shop
        .discord
        .presses_label(care.ben, post, post, "Claim");
    care.ann_reads("Ben is reading").await;
    let direct = care
        .shop
        .discord
        .read(|world| world.direct_with(care.ann))
        .unwrap();
    for (number, how) in breaks.into_iter().enumerate() {
        let words = format!("word {number}");
        let path = format!("/channels/{direct}/messages");
        care.shop.discord.orders(Fault::new("POST", path, how));
        care.fills_in(care.ben, post, "Reply", &words).await;
        care.shop
            .passes(careline::domain::time::Millis::minutes(2))
            .await;
        care.ann_reads(&words).await;
    }
    care.shop.quiet().await;
    let told = care.told();
    for number in 0..5 {
        let words = format!("word {number}");
        let times = told.iter().filter(|told| told.contains(&words)).count();
        assert_eq!(times, 1, "{words} in {told:?}");
    }
    care.shop.ends_well().await;
}

#[tokio::test]
async fn odd_things_open_a_conversation_and_garbage_breaks_nothing() {
    let care = Care::open().await;
    let discord = &care.shop.discord;
    discord.emits("MESSAGE_CREATE", json!({"id": "x", "channel_id": null}));
    discord.emits("INTERACTION_CREATE", json!({"type": 3, "token": 7}));
    discord.emits("HOLOGRAM_CREATE", json!([1, 2, 3]));
    let voice = Draft::default().with_file("voice.ogg", "audio/ogg", 4_000);
    discord.writes_direct(care.ann, voice);
    care.shop.settles().await;
    care.ann_reads("passing you on").await;
    let post = care.post().await;
    care.in_post(post, "an audio file").await;
    let emoji = "👩‍👩‍👧‍👦".repeat(285);
    discord.writes_direct(care.ann, emoji.as_str());
    care.in_post(post, "👩‍👩‍👧‍👦👩‍👩‍👧‍👦").await;
    discord.writes_direct(care.ann, "```@everyone``` ||x|| \u{202e}abc\0 # \u{200b}");
    care.in_post(post, "\\|\\|x\\|\\|").await;
    care.shop.quiet().await;
    care.shop
        .discord
        .read(|world| assert!(world.pinging().is_empty()));
    care.shop.ends_well().await;
}
