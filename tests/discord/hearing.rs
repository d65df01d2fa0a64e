//! What people at Discord do, as arrivals, and the first answers they get.

use careline::channels::{ChannelStopped, Happening};
use careline::domain::ids::MessageRef;
use careline::domain::message::{Media, Part, plain_text};
use careline::domain::place::{ChannelKind, Place};
use serde_json::json;

use super::rig::{Rig, made, place, say};
use crate::support::discord::drive::Draft;

#[tokio::test]
async fn a_direct_message_arrives_with_everything_in_it() {
    let rig = Rig::listening().await;
    let first = rig.discord.writes_direct(rig.ann, "\u{202e}hi\0");
    let draft = Draft::from("see this")
        .replying_to(first)
        .with_sticker("wave");
    let draft = draft.with_file("a.png", "image/png", 1234);
    let second = rig.discord.writes_direct(rig.ann, draft);
    let arrival = rig.inbox.words("see this").await;
    assert_eq!(arrival.place, rig.direct().await);
    assert_eq!(arrival.position, Some(i64::try_from(second).unwrap()));
    assert!(!arrival.at_desk);
    assert_eq!(arrival.sender.unwrap().name, "Ann");
    let Happening::Wrote {
        parts,
        reply_to,
        message,
        ..
    } = arrival.what
    else {
        panic!("not written");
    };
    assert_eq!(message, MessageRef(second.to_string()));
    assert_eq!(reply_to, Some(MessageRef(first.to_string())));
    assert_eq!(parts.len(), 3);
    let Part::File {
        media,
        name,
        size_bytes,
        ..
    } = &parts[1]
    else {
        panic!("no file: {parts:?}");
    };
    assert_eq!(
        (*media, name.as_deref(), *size_bytes),
        (Media::Photo, Some("a.png"), Some(1234))
    );
    assert_eq!(
        parts[2],
        Part::Sticker {
            emoji: "wave".to_owned()
        }
    );
    assert_eq!(rig.inbox.texts(), ["\u{202e}hi\u{fffd}", "see this"]);
}

#[tokio::test]
async fn many_messages_keep_their_order_and_none_comes_twice() {
    let rig = Rig::listening().await;
    let wanted: Vec<String> = (0..300).map(|number| format!("line {number}")).collect();
    for words in &wanted {
        let id = rig.discord.writes_direct(rig.ann, words.as_str());
        let direct = rig
            .discord
            .read(|world| world.direct_with(rig.ann))
            .unwrap();
        rig.discord.repeats(direct, id);
    }
    rig.inbox.words("line 299").await;
    assert_eq!(rig.inbox.texts(), wanted);
}

#[tokio::test]
async fn an_edit_arrives_and_what_discord_calls_an_edit_does_not() {
    let mut rig = Rig::with_content().await;
    let asked = rig.discord.writes(rig.ann, rig.lobby, "wher is it");
    let on = Place::thread(
        ChannelKind::Discord,
        rig.lobby.to_string(),
        format!("on:{asked}"),
    );
    rig.inbox.words("wher is it").await;
    // Opening the thread changes the message for Discord, not for us.
    rig.does(on.clone(), say("in a minute")).await.unwrap();
    rig.discord.edits(rig.lobby, asked, "where is it");
    let parts = rig
        .inbox
        .wait_for("the edit", |arrival| match &arrival.what {
            Happening::Edited { parts, .. } => Some(parts.clone()),
            _ => None,
        })
        .await;
    assert_eq!(plain_text(&parts), "where is it");
    let edits = rig.inbox.all().into_iter();
    let edits = edits.filter(|arrival| matches!(arrival.what, Happening::Edited { .. }));
    assert_eq!(edits.count(), 1);
}

#[tokio::test]
async fn a_support_channel_is_answered_in_a_thread_and_goes_on_there() {
    let mut rig = Rig::with_content().await;
    let asked = rig
        .discord
        .writes(rig.ann, rig.lobby, "Where is my parcel?");
    let arrival = rig.inbox.words("Where is my parcel?").await;
    let on = Place::thread(
        ChannelKind::Discord,
        rig.lobby.to_string(),
        format!("on:{asked}"),
    );
    assert_eq!(arrival.place, on);
    let receipt = rig
        .does(arrival.place.clone(), say("On its way."))
        .await
        .unwrap();
    assert_eq!(
        receipt.place,
        Some(place(asked)),
        "a thread has its message's id"
    );
    rig.does(arrival.place, say("It comes tomorrow."))
        .await
        .unwrap();
    rig.discord.read(|world| {
        let thread = &world.threads_of(rig.lobby)[0];
        assert_eq!(
            (thread.id, thread.name.as_str()),
            (asked, "Where is my parcel?")
        );
        let said = world.bot_messages_in(asked);
        let said: Vec<_> = said
            .iter()
            .map(|message| message.content.as_str())
            .collect();
        assert_eq!(said, ["On its way.", "It comes tomorrow."]);
    });
    rig.discord.writes(rig.ann, asked, "Thank you");
    let thanks = rig.inbox.words("Thank you").await;
    assert_eq!((thanks.place, thanks.at_desk), (place(asked), false));
    // Another channel is none of our business.
    let other = rig.discord.text_channel(rig.shop, "off-topic");
    rig.discord.writes(rig.ann, other, "not for you");
    rig.discord.writes(rig.ann, asked, "last");
    rig.inbox.words("last").await;
    assert!(!rig.inbox.texts().contains(&"not for you".to_owned()));
}

#[tokio::test]
async fn without_the_intent_mentions_are_read_and_the_rest_is_named() {
    let rig = Rig::listening().await;
    let bot = rig.discord.read(|world| world.application.bot);
    rig.discord.writes(rig.ann, rig.lobby, "hidden words");
    rig.discord
        .writes(rig.ann, rig.lobby, format!("<@{bot}> open words").as_str());
    rig.inbox.words("open words").await;
    let all = rig.inbox.all();
    let Happening::Wrote { parts, .. } = &all[0].what else {
        panic!("the first message is missing: {all:#?}");
    };
    assert_eq!(
        parts,
        &[Part::Unsupported {
            name: "hidden_content".to_owned()
        }]
    );
}

#[tokio::test]
async fn our_own_message_comes_back_as_a_proof() {
    let mut rig = Rig::listening().await;
    let direct = rig.direct().await;
    let receipt = rig.does(direct, say("hello")).await.unwrap();
    let (nonce, message) = rig
        .inbox
        .wait_for("the echo", |arrival| match &arrival.what {
            Happening::Echo { nonce, message } => Some((nonce.clone(), message.clone())),
            _ => None,
        })
        .await;
    assert_eq!(
        (nonce.as_str(), Some(message)),
        ("nonce-1", receipt.message)
    );
}

#[tokio::test]
async fn a_deleted_room_and_unreadable_events_are_told() {
    let mut rig = Rig::listening().await;
    let receipt = rig
        .does(place(rig.forum), super::pressing::room("Ann"))
        .await
        .unwrap();
    rig.discord
        .emits("GUILD_AUDIT_LOG_ENTRY_CREATE", json!({"odd": true}));
    // serenity cannot read a message without a time; we can.
    let bare = json!({
        "id": "1572568720998400999", "channel_id": receipt.message.as_ref().unwrap().as_str(),
        "guild_id": rig.shop.to_string(), "author": {"id": rig.ann.to_string()},
        "content": "a message from the future",
    });
    rig.discord.emits("MESSAGE_CREATE", bare);
    rig.inbox.words("a message from the future").await;
    rig.discord.deletes_channel(made(&receipt));
    let gone = rig
        .inbox
        .wait_for("the end of the room", |arrival| {
            matches!(arrival.what, Happening::RoomGone).then(|| arrival.clone())
        })
        .await;
    assert_eq!((Some(gone.place), gone.at_desk), (receipt.place, true));
    let unreadable = |arrival: &careline::channels::Arrival| {
        matches!(arrival.what, Happening::Unreadable { .. })
    };
    assert_eq!(
        rig.inbox.all().iter().filter(|one| unreadable(one)).count(),
        1
    );
}

async fn stopped(rig: &Rig) -> ChannelStopped {
    let (_stop, task, _ready) = rig.listen();
    let ended = tokio::time::timeout(std::time::Duration::from_secs(20), task).await;
    ended
        .expect("it stops by itself")
        .unwrap()
        .expect_err("it cannot listen")
}

#[tokio::test]
async fn a_wrong_token_stops_clearly() {
    let mut rig = Rig::new().await;
    rig.change(|settings| settings.token = "wrong".into());
    let error = stopped(&rig).await;
    assert!(
        matches!(error, ChannelStopped::WrongToken { .. }),
        "{error}"
    );
    let calls = rig.discord.read(|world| world.calls.len());
    assert_eq!(calls, 1, "it does not try a refused token again");
}

#[tokio::test]
async fn an_intent_that_is_not_enabled_stops_clearly() {
    let mut rig = Rig::new().await;
    rig.change(|settings| settings.message_content = true);
    let error = stopped(&rig).await.to_string();
    assert!(error.contains("message-content intent"), "{error}");
    assert_eq!(rig.discord.read(|world| world.gateway.identifies), 1);
}
