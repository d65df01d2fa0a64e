//! discord.py, which we did not write, finds the fake to be Discord.

use serde_json::Value;

use crate::support::clients::run_check;
use crate::support::discord::faults::{Break, Fault};
use crate::support::discord::state::{Right, World};
use crate::support::discord::{Discord, TOKEN};

/// The words that the bot last said to a person.
fn last_told(world: &World, user: u64) -> Option<String> {
    world
        .told(user)
        .last()
        .map(|message| message.content.clone())
}

async fn until_told(discord: &Discord, user: u64, words: &str) {
    discord
        .wait_for(words, |world| {
            last_told(world, user).filter(|told| told.starts_with(words))
        })
        .await;
}

#[tokio::test]
async fn discord_py_takes_the_fake_for_discord() {
    let discord = Discord::start().await;
    let api = discord.api_url();
    let gateway = format!("ws://{}/ws", discord.address);
    let arguments = [api.as_str(), gateway.as_str(), TOKEN];
    let check = run_check("discord_check.py", &arguments);
    let (printed, ()) = tokio::join!(check, a_day_with(&discord));
    let verdict: Value = serde_json::from_str(printed.trim()).unwrap();
    assert_eq!(
        verdict["synced"],
        serde_json::json!(["status"]),
        "{verdict}"
    );
    assert_eq!(verdict["guilds"], serde_json::json!(["Shop"]), "{verdict}");
    assert_eq!(verdict["resumed"], 2, "{verdict}");
    assert_ne!(verdict["ready"], 0, "{verdict}");
    assert_eq!(verdict["edits"][0], "hello there", "{verdict}");
    assert_eq!(
        verdict["history"],
        serde_json::json!([250, true, true]),
        "{verdict}"
    );
    let heard = verdict["heard"].as_array().unwrap();
    for words in ["while you were away", "right after the reconnect", "", "<@"] {
        let known = |one: &Value| one.as_str().unwrap().starts_with(words);
        assert!(heard.iter().any(known), "{words:?} is missing: {verdict}");
    }
    assert!(
        !heard.iter().any(|one| one == "words that need the intent"),
        "{verdict}"
    );
    let errors = serde_json::json!({
        "again": [400, 160_004],
        "blocked": ["Forbidden", 403, 50007],
        "gone": ["NotFound", 404, 10003],
        "hidden": ["Forbidden", 403, 50001],
        "long": ["HTTPException", 400, 50035],
        "limited": "sent", "limited-all": "sent", "broken": "sent",
    });
    assert_eq!(verdict["errors"], errors, "{verdict}");
}

async fn a_day_with(discord: &Discord) {
    let shop = discord.guild("Shop");
    let (lobby, forum) = (
        discord.text_channel(shop, "lobby"),
        discord.forum(shop, "desk"),
    );
    let ann = discord.person("Ann", shop);
    discord
        .wait_for("the first session", |world| {
            (world.gateway.connected() == 1).then_some(())
        })
        .await;
    talk(discord, ann).await;
    press(discord, ann).await;
    rooms(discord, ann, lobby, forum).await;
    lost_connections(discord, ann).await;
    refusals(discord, ann, shop).await;
    discord.writes_direct(ann, "finish");
}

async fn talk(discord: &Discord, ann: u64) {
    let hello = discord.writes_direct(ann, "hello");
    until_told(discord, ann, "hi, edited").await;
    let direct = discord.read(|world| world.direct_with(ann)).unwrap();
    discord.edits(direct, hello, "hello there");
    discord
        .wait_for("the reaction", |world| {
            let told = world.told(ann);
            let reply = told.first()?;
            (reply.reference == Some(hello) && !reply.reactions.is_empty()).then_some(())
        })
        .await;
}

async fn press(discord: &Discord, ann: u64) {
    discord.writes_direct(ann, "buttons");
    let card = discord
        .wait_for("the buttons", |world| {
            let told = world.told(ann);
            let card = told.last()?;
            (card.content == "press" && !card.reactions.is_empty()).then_some(card.id)
        })
        .await;
    let direct = discord.read(|world| world.direct_with(ann)).unwrap();
    let asked = discord.presses_label(ann, direct, card, "Reply");
    discord
        .wait_for("the modal", |world| world.modal_of(asked).map(|_| ()))
        .await;
    let sent = discord.submits(ann, asked, &[("words", "with pleasure")]);
    discord
        .wait_for("the answer to the form", |world| {
            let whispers = world.whispers(sent);
            (whispers.first()?.content == "form: with pleasure").then_some(())
        })
        .await;
    let claimed = discord.presses_label(ann, direct, card, "Claim");
    discord
        .wait_for("the answer to the press", |world| {
            let whispers = world.whispers(claimed);
            (whispers.first()?.content == "claimed").then_some(())
        })
        .await;
    until_told(discord, ann, "taken").await;
    let asked = discord.runs(ann, direct, "status", &[]);
    discord
        .wait_for("the answer to the command", |world| {
            let whispers = world.whispers(asked);
            (whispers.first()?.content == "two minutes").then_some(())
        })
        .await;
}

async fn rooms(discord: &Discord, ann: u64, lobby: u64, forum: u64) {
    discord.writes_direct(ann, format!("post {forum}").as_str());
    until_told(discord, ann, "post ").await;
    discord.read(|world| {
        let posts = world.threads_of(forum);
        assert_eq!((posts.len(), posts[0].name.as_str()), (1, "Ann: refund"));
        assert!(posts[0].archived && posts[0].messages.contains_key(&posts[0].id));
        let words = format!("post {0} {0}", posts[0].id);
        assert_eq!(last_told(world, ann), Some(words));
    });
    let bot = discord.read(|world| world.application.bot);
    discord.writes(ann, lobby, "words that need the intent");
    let question = discord.writes(ann, lobby, format!("<@{bot}> where is my parcel?").as_str());
    discord.writes_direct(ann, format!("thread {lobby} {question}").as_str());
    discord
        .wait_for("the words in the thread", |world| {
            let said = world.bot_messages_in(question);
            (said.first()?.content == "answered here").then_some(())
        })
        .await;
    for number in 2..250 {
        discord.writes(ann, lobby, format!("line {number}").as_str());
    }
    discord.writes_direct(ann, format!("history {lobby}").as_str());
    until_told(discord, ann, "history done").await;
}

async fn lost_connections(discord: &Discord, ann: u64) {
    discord.goes_down().await;
    discord.writes_direct(ann, "while you were away");
    discord.comes_back().await;
    discord
        .wait_for("the resume", |world| {
            (world.gateway.resumes == 1).then_some(())
        })
        .await;
    discord.asks_to_reconnect();
    discord.writes_direct(ann, "right after the reconnect");
    discord
        .wait_for("a second resume", |world| {
            (world.gateway.resumes == 2).then_some(())
        })
        .await;
    discord.invalidates_sessions();
    discord
        .wait_for("a new session", |world| {
            (world.gateway.identifies == 2).then_some(())
        })
        .await;
}

async fn refusals(discord: &Discord, ann: u64, shop: u64) {
    let hidden = discord.text_channel(shop, "hidden");
    let open = discord.text_channel(shop, "open");
    let bob = discord.person("Bob", shop);
    let blocked = discord.act(|world| {
        world
            .channels
            .get_mut(&hidden)
            .unwrap()
            .denied
            .insert(Right::View);
        world.users.get_mut(&bob).unwrap().refuses_direct = true;
        world.direct_channel(bob)
    });
    let too_many = |global| Break::TooMany {
        retry_after: 0.05,
        global,
    };
    let broken = Break::Status {
        status: 502,
        with_effect: false,
    };
    let cases = [
        ("hidden", hidden, None),
        ("blocked", blocked, None),
        ("gone", 1234, None),
        ("long", open, None),
        ("limited", open, Some(too_many(false))),
        ("limited-all", open, Some(too_many(true))),
        ("broken", open, Some(broken)),
    ];
    for (name, channel, fault) in cases {
        if let Some(fault) = fault {
            discord.orders(Fault::new(
                "POST",
                format!("/channels/{open}/messages"),
                fault,
            ));
        }
        discord.writes_direct(ann, format!("error {name} {channel}").as_str());
        until_told(discord, ann, &format!("error {name} seen")).await;
    }
    let sent = discord.read(|world| world.bot_messages_in(open).len());
    assert_eq!(
        sent, 3,
        "each of the three that were told to wait came once"
    );
}
