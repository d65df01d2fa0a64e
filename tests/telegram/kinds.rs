//! Every kind of update becomes the arrival that it is.

use careline::channels::{Arrival, Happening};
use careline::domain::ids::MessageRef;
use careline::domain::lang::Lang;
use careline::domain::message::{Media, Part};
use careline::domain::place::ChannelKind;
use serde_json::json;

use super::rig::{Rig, chat, topic};

fn parts(arrival: &Arrival) -> &[Part] {
    match &arrival.what {
        Happening::Wrote { parts, .. } => parts,
        other => panic!("nobody wrote: {other:?}"),
    }
}

#[tokio::test]
async fn what_customers_send_is_named() {
    let rig = Rig::new().await;
    let ann = rig.fake.person("Ann", "zh-hans");
    let here = ann.alone();
    here.says("xin chào\0 🙂 \u{202e}שלום\u{200b}");
    here.sends_photo("my parcel");
    here.sends_document("bill.pdf", 1_234);
    here.sends_voice(12);
    here.sends_sticker("🐈");
    here.sends_location(21.028511, 105.804817);
    here.sends_contact("Ben", "+84 90 000 0000");
    here.sends_file("video_note", "", 5, 9, "");
    let listening = rig.listen(rig.plain());
    let taken = rig.inlet.wait_for(8).await;
    let first = &taken[0];
    let sender = first.sender.as_ref().expect("somebody wrote");
    assert_eq!(
        (sender.account.as_str(), sender.name.as_str()),
        (ann.id.to_string().as_str(), "Ann")
    );
    assert_eq!(sender.lang_hint, Some(Lang::Zh));
    assert_eq!((&first.place, first.at_desk), (&chat(ann.id), false));
    assert_eq!(first.place.channel, ChannelKind::Telegram);
    let text = "xin chào\u{fffd} 🙂 \u{202e}שלום\u{200b}";
    assert_eq!(parts(first), [Part::Text { text: text.into() }]);
    let [Part::File { media, source, .. }, Part::Text { text }] = parts(&taken[1]) else {
        panic!("not a photo: {:?}", taken[1].what);
    };
    assert_eq!((*media, text.as_str()), (Media::Photo, "my parcel"));
    assert!(!source.is_empty());
    let [
        Part::File {
            media,
            name,
            size_bytes,
            ..
        },
    ] = parts(&taken[2])
    else {
        panic!("not a document: {:?}", taken[2].what);
    };
    assert_eq!(
        (*media, name.as_deref(), *size_bytes),
        (Media::Document, Some("bill.pdf"), Some(1_234))
    );
    let [Part::File { media, seconds, .. }] = parts(&taken[3]) else {
        panic!("not a voice: {:?}", taken[3].what);
    };
    assert_eq!((*media, *seconds), (Media::Voice, Some(12)));
    assert_eq!(
        parts(&taken[4]),
        [Part::Sticker {
            emoji: "🐈".into()
        }]
    );
    let place = Part::Location {
        latitude: "21.028511".into(),
        longitude: "105.804817".into(),
    };
    assert_eq!(parts(&taken[5]), [place]);
    let card = Part::Contact {
        name: "Ben".into(),
        phone: "+84 90 000 0000".into(),
    };
    assert_eq!(parts(&taken[6]), [card]);
    assert_eq!(
        parts(&taken[7]),
        [Part::Unsupported {
            name: "video_note".into()
        }]
    );
    listening.stop().await.expect("an orderly stop");
}

#[tokio::test]
async fn albums_edits_replies_and_blocks_are_told_apart() {
    let rig = Rig::new().await;
    let ann = rig.fake.person("Ann", "en");
    let album = ann.alone().sends_album(3, "three of them");
    let wrong = ann.says("wrnog");
    ann.alone().edits(wrong, "wrong");
    ann.alone().edits(wrong, "right");
    ann.alone().replies(album[0], "this one");
    ann.blocks();
    ann.unblocks();
    let listening = rig.listen(rig.plain());
    let taken = rig.inlet.wait_for(9).await;
    let groups: Vec<_> = taken[..3]
        .iter()
        .map(|arrival| match &arrival.what {
            Happening::Wrote { album, .. } => album.clone().expect("an album"),
            other => panic!("nobody wrote: {other:?}"),
        })
        .collect();
    assert!(groups.iter().all(|group| *group == groups[0]));
    let said = |text: &str| vec![Part::Text { text: text.into() }];
    let message = MessageRef(wrong.to_string());
    let edited = |text: &str| Happening::Edited {
        message: message.clone(),
        parts: said(text),
    };
    // Both edits fell into one second: they are two all the same.
    assert_eq!(
        (&taken[4].what, &taken[5].what),
        (&edited("wrong"), &edited("right"))
    );
    let Happening::Wrote { reply_to, .. } = &taken[6].what else {
        panic!("nobody wrote: {:?}", taken[6].what);
    };
    assert_eq!(reply_to, &Some(MessageRef(album[0].to_string())));
    assert_eq!(
        (&taken[7].what, &taken[8].what),
        (&Happening::Blocked, &Happening::Unblocked)
    );
    assert_eq!(taken[7].place, chat(ann.id));
    listening.stop().await.expect("an orderly stop");
}

#[tokio::test]
async fn commands_and_what_only_looks_like_one() {
    let rig = Rig::new().await;
    let ann = rig.fake.person("Ann", "en");
    for text in [
        "/Language  vi ",
        "/human@careline_test_bot",
        "/human@other_bot",
        "/usr/bin",
        "/",
        "a /human",
    ] {
        ann.says(text);
    }
    let listening = rig.listen(rig.plain());
    let taken = rig.inlet.wait_for(6).await;
    let command = |arrival: &Arrival| match &arrival.what {
        Happening::Command { name, rest, .. } => Some((name.clone(), rest.clone())),
        _ => None,
    };
    let commands: Vec<_> = taken.iter().map(command).collect();
    assert_eq!(commands[0], Some(("language".into(), "vi".into())));
    assert_eq!(commands[1], Some(("human".into(), String::new())));
    assert_eq!(commands[2..], [None, None, None, None]);
    listening.stop().await.expect("an orderly stop");
}

#[tokio::test]
async fn the_desk_is_told_from_strangers_groups_and_its_people_from_masks() {
    let rig = Rig::new().await;
    let (desk, other) = (rig.fake.forum("Desk"), rig.fake.forum("Somewhere else"));
    let ben = rig.fake.person("Ben", "en");
    for group in [desk, other] {
        rig.fake.joins(group, &ben, "member");
    }
    let thread = rig.fake.makes_topic(desk, &ben, "By hand");
    let first = ben.within(desk, Some(thread)).says("a note");
    ben.within(desk, Some(thread))
        .replies(first, "/r on its way");
    rig.fake
        .anonymous_admin_says(desk, Some(thread), None, "who am I");
    ben.within(other, None).says("not for us");
    ben.within(desk, None).says("outside of topics");
    rig.fake.sets_topic_closed(desk, thread, &ben, true);
    let listening = rig.listen(rig.desk(desk));
    let taken = rig.inlet.wait_for(7).await;
    assert!(
        matches!(&taken[0].what, Happening::Unsupported { kind } if kind == "forum_topic_created")
    );
    let Happening::Wrote { reply_to, .. } = &taken[1].what else {
        panic!("nobody wrote: {:?}", taken[1].what);
    };
    assert_eq!(reply_to, &None, "the head of the topic is no reply");
    assert_eq!(
        (&taken[1].place, taken[1].at_desk),
        (&topic(desk, thread), true)
    );
    let Happening::Command {
        name,
        rest,
        reply_to,
        ..
    } = &taken[2].what
    else {
        panic!("no command: {:?}", taken[2].what);
    };
    assert_eq!((name.as_str(), rest.as_str()), ("r", "on its way"));
    assert_eq!(reply_to, &Some(MessageRef(first.to_string())));
    assert_eq!(
        taken[3].sender, None,
        "an anonymous administrator is nobody"
    );
    assert!(matches!(taken[4].what, Happening::Unsupported { .. }) && !taken[4].at_desk);
    assert_eq!(taken[5].place, chat(desk));
    assert_eq!(
        (&taken[6].what, &taken[6].place),
        (&Happening::RoomGone, &topic(desk, thread))
    );
    listening.stop().await.expect("an orderly stop");
}

#[tokio::test]
async fn a_press_carries_its_token_and_a_replayed_one_a_key_of_its_own() {
    let rig = Rig::new().await;
    let ann = rig.fake.person("Ann", "en");
    ann.says("hello");
    let telegram = rig.plain();
    let act = careline::domain::outgoing::Act::Say {
        text: "Choose".into(),
        buttons: vec![vec![super::rig::button("A person", "a1b2c3")]],
        reply_to: None,
        files: Vec::new(),
    };
    super::rig::deliver(&telegram, chat(ann.id), act)
        .await
        .expect("sent");
    let message = ann.reads()[0].id;
    let press = ann.alone().presses(message, "A person");
    ann.alone().replays(&press);
    ann.alone().forges(message, "or 1=1\0");
    let listening = rig.listen(telegram);
    let taken = rig.inlet.wait_for(4).await;
    let pressed = |arrival: &Arrival| match &arrival.what {
        Happening::Pressed { token, message, .. } => (token.to_string(), message.clone()),
        other => panic!("nobody pressed: {other:?}"),
    };
    let under = Some(MessageRef(message.to_string()));
    assert_eq!(pressed(&taken[1]), ("a1b2c3".into(), under.clone()));
    assert_eq!(pressed(&taken[2]), ("a1b2c3".into(), under.clone()));
    assert_ne!(taken[1].natural_key, taken[2].natural_key);
    assert_eq!(pressed(&taken[3]), ("or 1=1\u{fffd}".into(), under));
    listening.stop().await.expect("an orderly stop");
}

#[tokio::test]
async fn a_desk_that_moved_is_followed_and_stays_the_desk_after_a_restart() {
    let rig = Rig::new().await;
    let group = rig.fake.group("Desk");
    let ben = rig.fake.person("Ben", "en");
    rig.fake.joins(group, &ben, "member");
    let listening = rig.listen(rig.desk(group));
    listening.ready().await;
    let moved = rig.fake.migrates(group);
    ben.within(moved, None).says("still here");
    let taken = rig.inlet.wait_for(2).await;
    assert_eq!(
        (&taken[0].place, &taken[0].what),
        (&chat(group), &Happening::Moved { to: chat(moved) })
    );
    assert_eq!(
        rig.inlet.repeated(),
        1,
        "both sides of the move tell of one"
    );
    assert!(taken[1].at_desk, "the new chat is the desk");
    listening.stop().await.expect("an orderly stop");
    let listening = rig.listen(rig.desk(group));
    ben.within(moved, None).says("after a restart");
    let taken = rig.inlet.wait_for(3).await;
    assert!(taken[2].at_desk, "a restart forgets nothing");
    listening.stop().await.expect("an orderly stop");
}

#[tokio::test]
async fn an_update_with_broken_entities_is_taken_as_it_is() {
    let rig = Rig::new().await;
    let ann = rig.fake.person("Ann", "en");
    let entities = vec![
        json!({"type": "text_link", "offset": -4, "length": 99, "url": "http://x.example"}),
        json!({"type": "text_link", "offset": 0, "length": 4, "url": "http://y.example/"}),
        json!({"type": 7}),
    ];
    ann.alone().says_with("bank", entities, None);
    let listening = rig.listen(rig.plain());
    let taken = rig.inlet.wait_for(1).await;
    assert_eq!(
        parts(&taken[0]),
        [Part::Text {
            text: "bank (http://y.example/)".into()
        }]
    );
    listening.stop().await.expect("an orderly stop");
}
