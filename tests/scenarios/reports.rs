//! Reports in staff rooms: asked for with `/report`, and told by themselves each morning and week.

use careline::domain::place::ChannelKind;
use careline::domain::staff::Role;
use careline::domain::time::Millis;
use serde_json::Value;

use super::discord_care::Care;
use super::telegram_desk::Desk;
use crate::support::discord::faults::{Break, Fault as DiscordFault};
use crate::support::discord::state::{Message as Post, World};
use crate::support::telegram::faults::Fault;
use crate::support::telegram::state::{Message, State};
use crate::support::telegram::view;

const UNKNOWN: &str =
    "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE state = 'unknown' AND created_at <> $1";
/// Rows of pictures that keep no file any more.
const SPENT: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox
    WHERE act LIKE '%\"png\":\"\"%' AND created_at <> $1";
const DAY: Millis = Millis::hours(24);

/// The pictures in a forum, each with its words.
fn pictures(state: &State, forum: i64) -> Vec<Message> {
    let all = state.chats[&forum].messages.values();
    let pictures = all.filter(|message| message.content.contains_key("photo"));
    pictures.cloned().collect()
}

fn caption(message: &Message) -> &str {
    message.content["caption"].as_str().expect("has words")
}

fn captions(desk: &Desk) -> Vec<String> {
    let captions = |state: &State| {
        let pictures = pictures(state, desk.forum);
        pictures.iter().map(|one| caption(one).to_owned()).collect()
    };
    desk.shop.telegram.with(captions)
}

/// Waits until there are so many pictures in the forum; gives the last.
async fn picture(desk: &Desk, n: usize) -> Message {
    let forum = desk.forum;
    let shown = move |state: &State| {
        let pictures = pictures(state, forum);
        (pictures.len() >= n).then(|| pictures[n - 1].clone())
    };
    desk.shop.telegram.wait_for("a picture", shown).await
}

/// Waits until the reporter has looked at all there is; gives how many digests that made. It looks
/// for digests after each answer: with the second answer, the look after the first is over.
async fn reporter_has_looked(desk: &Desk) -> usize {
    let before = captions(desk).len();
    for n in 1..=2 {
        desk.ben.within(desk.forum, None).says("/report sla 1");
        let told = |state: &State| {
            let pictures = pictures(state, desk.forum);
            let since = pictures.iter().skip(before);
            let asked = since.filter(|one| caption(one).contains("How long customers waited"));
            (asked.count() == n).then_some(())
        };
        desk.shop.telegram.wait_for("the report", told).await;
    }
    desk.shop.quiet().await;
    captions(desk).len() - before - 2
}

#[tokio::test]
async fn staff_ask_for_figures_and_a_chart_in_telegram() {
    let desk = Desk::open().await;
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.alone().says("I want to talk to a person");
    let (topic, _) = desk.topic().await;

    let asked = desk.ben.within(desk.forum, Some(topic)).says("/report");
    let shown = picture(&desk, 1).await;
    let words = caption(&shown);
    for told in [
        "How long customers waited, 2025-12-30 – 2026-01-05",
        "Came in: 1; resolved: 0; handed to a person: 1",
        "Waiting now: 1, not taken yet: 1",
    ] {
        assert!(words.contains(told), "{told}: {words}");
    }
    assert_eq!((shown.thread, shown.reply_to), (Some(topic), Some(asked)));
    let file = shown.content["photo"][0]["file_id"]
        .as_str()
        .expect("is kept");
    let png = desk
        .shop
        .telegram
        .with(|state| state.files[file].bytes.clone());
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"), "it is a PNG");

    // In no room, too; and another report.
    desk.cho
        .within(desk.forum, None)
        .says("/report staffing 28");
    let shown = picture(&desk, 2).await;
    assert!(
        caption(&shown).contains("Requests for a person: 1"),
        "{shown:?}"
    );
    desk.cho.within(desk.forum, None).says("/report handoffs 1");
    let shown = picture(&desk, 3).await;
    assert!(
        caption(&shown).contains("they asked for one: 1"),
        "{shown:?}"
    );

    let eve = desk.shop.telegram.person("Eve", "en");
    desk.shop.telegram.joins(desk.forum, &eve, "member");
    eve.within(desk.forum, None).says("/report");
    desk.ben.within(desk.forum, None).says("/report weather");
    desk.shop.quiet().await;
    let said = desk.shop.telegram.with(|state| {
        let sent = view::calls(state, "sendMessage");
        let text = |call: &crate::support::telegram::state::Call| call.params["text"].to_string();
        sent.iter().map(text).collect::<Vec<_>>().join("\n")
    });
    assert!(
        said.contains("/report [sla|handoffs|staffing] [days]"),
        "{said}"
    );
    assert_eq!(
        captions(&desk).len(),
        3,
        "nothing for whoever is not listed"
    );
    assert_eq!(
        desk.shop.count(SPENT, -1).await,
        3,
        "the outbox keeps no file"
    );
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn a_picture_that_may_have_arrived_is_not_sent_again_in_telegram() {
    let desk = Desk::open().await;
    let reset = Fault::Reset { effect: true };
    desk.shop.telegram.fail_next("sendPhoto", 1, reset);
    desk.ben.within(desk.forum, None).says("/report");
    picture(&desk, 1).await;
    desk.shop.passes(Millis::hours(1)).await;
    assert_eq!(captions(&desk).len(), 1);
    assert_eq!(
        desk.shop.count(UNKNOWN, -1).await,
        1,
        "and is known to be unsure"
    );

    let down = Fault::TooMany { retry_after: 3 };
    desk.shop.telegram.fail_next("sendPhoto", 1, down);
    desk.ben.within(desk.forum, None).says("/report");
    desk.shop.quiet().await;
    desk.shop.passes(Millis::seconds(4)).await;
    picture(&desk, 2).await;
    desk.shop.ends_well().await;
}

/// What a message shows: its one file.
fn file(message: &Post) -> &Value {
    assert_eq!(message.attachments.len(), 1, "one picture");
    &message.attachments[0]
}

#[tokio::test]
async fn staff_ask_for_figures_and_a_chart_in_discord() {
    let care = Care::open().await;
    let discord = &care.shop.discord;
    discord.writes_direct(care.ann, "I want to talk to a person");
    let post = care.post().await;
    let cut = Break::Reset { with_effect: true };
    let path = format!("/channels/{post}/messages");
    discord.orders(DiscordFault::new("POST", path, cut));
    let asked = discord.runs(care.ben, post, "report", &[("what", "sla 7")]);
    assert!(care.whisper(asked).await.contains("is being drawn"));
    let shown = care.in_post(post, "How long customers waited").await;
    assert_eq!(file(&shown)["is_png"], true);
    let alt = file(&shown)["description"].as_str().expect("is described");
    assert!(alt.contains("Came in: 1"), "{alt}");
    care.shop.passes(Millis::seconds(5)).await;
    let pictures = discord.read(|world| {
        let all = world.bot_messages_in(post);
        all.iter().filter(|one| !one.attachments.is_empty()).count()
    });
    assert_eq!(pictures, 1, "sent once, whatever became of the answer");

    let refused = discord.runs(care.ann, post, "report", &[]);
    assert!(care.whisper(refused).await.contains("not"));
    let wrong = discord.runs(care.ben, post, "report", &[("what", "weather")]);
    assert!(care.whisper(wrong).await.contains("such as /report sla 7"));
    care.shop.ends_well().await;
}

/// The desk with digests, and a customer who waits.
async fn desk_with_digests() -> Desk {
    let mut desk = Desk::open().await;
    desk.shop.closes().await;
    (
        desk.shop.config.digest.daily,
        desk.shop.config.digest.weekly,
    ) = (true, true);
    desk.shop.opens().await;
    desk
}

#[tokio::test]
async fn each_morning_and_week_is_told_once() {
    // The scene begins on a Monday at eight.
    let mut desk = desk_with_digests().await;
    assert_eq!(reporter_has_looked(&desk).await, 0, "nothing happened yet");
    let ann = desk.shop.telegram.person("Ann", "en");
    ann.alone().says("I want to talk to a person");
    ann.waits_for("passing you on").await;
    desk.shop.passes(DAY).await;
    let told = picture(&desk, 3).await;
    assert!(
        caption(&told).starts_with("Yesterday’s figures, 2026-01-05\nCame in: 1"),
        "{}",
        caption(&told)
    );
    assert_eq!(told.thread, None, "in no customer's room");
    desk.shop.closes().await;
    desk.shop.opens().await;
    assert_eq!(reporter_has_looked(&desk).await, 0, "told once");

    // Three mornings pass unheard: one is told.
    desk.shop.closes().await;
    desk.shop.clock.pass(Millis::hours(3 * 24));
    desk.shop.opens().await;
    let before = captions(&desk).len();
    let late = picture(&desk, before + 1).await;
    assert!(
        caption(&late).starts_with("Yesterday’s figures, 2026-01-08\n"),
        "{}",
        caption(&late)
    );
    assert_eq!(reporter_has_looked(&desk).await, 0, "and only one");

    // On the next Monday the week is told as well.
    let before = captions(&desk).len();
    desk.shop.passes(Millis::hours(3 * 24)).await;
    picture(&desk, before + 1).await;
    reporter_has_looked(&desk).await;
    let weekly = captions(&desk);
    let weekly: Vec<&String> = weekly
        .iter()
        .filter(|words| words.starts_with("Last week’s figures"))
        .collect();
    assert_eq!(weekly.len(), 1, "{weekly:?}");
    assert!(
        weekly[0].starts_with("Last week’s figures, 2026-01-05 – 2026-01-11\nCame in: 1"),
        "{weekly:?}"
    );
    desk.shop.ends_well().await;
}

#[tokio::test]
async fn a_digest_is_a_post_of_its_own_in_discord() {
    let mut care = Care::closed().await;
    care.shop.config.digest.daily = true;
    care.opens().await;
    care.shop.discord.writes_direct(care.ann, "a human please");
    care.post().await;
    let forum = care.forum;
    let cut = Break::Reset { with_effect: true };
    let path = format!("/channels/{forum}/threads");
    care.shop
        .discord
        .orders(DiscordFault::new("POST", path, cut));
    care.shop.passes(DAY).await;
    let digests = move |world: &World| -> Vec<(u64, Post)> {
        let posts = world.threads_of(forum);
        let digests = posts
            .iter()
            .filter(|post| post.name.starts_with("Yesterday’s figures"));
        digests
            .map(|post| (post.id, post.messages[&post.id].clone()))
            .collect()
    };
    let first = move |world: &World| digests(world).into_iter().next();
    let (_, told) = care.shop.discord.wait_for("the digest", first).await;
    assert!(told.content.contains("Came in: 1"), "{}", told.content);
    assert_eq!(file(&told)["is_png"], true);
    // Its outcome was not known: it is looked for, and not opened again.
    care.shop.passes(Millis::seconds(5)).await;
    care.shop.passes(Millis::minutes(2)).await;
    assert_eq!(care.shop.discord.read(digests).len(), 1);
    let unfinished = "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox
        WHERE state IN ('ready', 'sending', 'unknown', 'failed') AND created_at <> $1";
    assert_eq!(care.shop.count(unfinished, -1).await, 0);
    care.shop.ends_well().await;
}

#[tokio::test]
async fn both_desks_are_told_in_their_language() {
    let care = Care::closed().await;
    let mut shop = care.shop.with_telegram();
    let forum = shop.telegram.forum("Desk");
    shop = shop.with_telegram_desk(forum);
    shop.config.digest.daily = true;
    shop.config.desk.lang = careline::domain::lang::Lang::Vi;
    let mai = shop.telegram.person("Mai", "vi");
    shop.telegram.joins(forum, &mai, "member");
    let account = (ChannelKind::Telegram, mai.id.to_string());
    shop.lists("Mai", Role::Lead, &[account]).await;
    shop.opens().await;
    let an = shop.telegram.person("An", "vi");
    an.alone().says("cho tôi gặp nhân viên");
    shop.passes(DAY).await;
    let told = |state: &State| pictures(state, forum).first().cloned();
    let told = shop.telegram.wait_for("the digest", told).await;
    assert!(
        caption(&told).starts_with("Số liệu hôm qua, 2026-01-05\nCuộc trò chuyện mới: 1"),
        "{}",
        caption(&told)
    );
    let desk = care.forum;
    let posted = |world: &World| {
        let posts = world.threads_of(desk);
        let mut names = posts.iter().map(|post| post.name.clone());
        names.find(|name| name == "Số liệu hôm qua, 2026-01-05")
    };
    shop.discord.wait_for("the post", posted).await;
    shop.ends_well().await;
}
