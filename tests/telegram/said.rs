//! What we say reaches the customer as it was meant.

use careline::channels::{Channel, DeliveryError, FindingLevel, Refusal};
use careline::domain::ids::MessageRef;
use careline::domain::message::{Media, Part};
use careline::domain::outgoing::{Act, Button, Look, Press};
use careline::domain::rich::{RichText, Style};
use serde_json::json;

use super::rig::{Rig, button, chat, deliver, words};
use crate::support::telegram::state::State;
use crate::support::telegram::{START_MS, view};

fn refusal(outcome: Result<careline::domain::outgoing::Receipt, DeliveryError>) -> Refusal {
    match outcome {
        Err(DeliveryError::Refused { refusal, .. }) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn styles_become_entities_and_foreign_markup_stays_text() {
    let rig = Rig::new().await;
    let ann = rig.fake.person("Ann", "en");
    ann.says("hello");
    let mut text = RichText::plain("🙂 *not bold* <b>nor this</b> ");
    text.push_styled(
        "but this",
        Style {
            bold: true,
            ..Style::default()
        },
    );
    let link = Some("https://shop.example/a".to_owned());
    text.push_styled(
        " here",
        Style {
            link,
            ..Style::default()
        },
    );
    let act = Act::Say {
        text,
        buttons: Vec::new(),
        reply_to: None,
        files: Vec::new(),
    };
    let receipt = deliver(&rig.plain(), chat(ann.id), act)
        .await
        .expect("sent");
    let received = &ann.reads()[0];
    assert_eq!(receipt.message, Some(MessageRef(received.id.to_string())));
    assert_eq!(receipt.at.0, START_MS);
    assert_eq!(
        received.text(),
        "🙂 *not bold* <b>nor this</b> but this here"
    );
    let expected = [
        json!({"type": "bold", "offset": 30, "length": 8}),
        json!({"type": "text_link", "offset": 38, "length": 5, "url": "https://shop.example/a"}),
    ];
    assert_eq!(received.entities(), expected);
    assert!(received.link_preview_disabled);
    let sent = &rig.fake.with(|state| view::calls(state, "sendMessage"))[0];
    assert!(
        !sent.params.contains_key("parse_mode"),
        "foreign text is never parsed"
    );
}

#[tokio::test]
async fn the_longest_text_is_taken_and_counted_as_telegram_counts() {
    let rig = Rig::new().await;
    let telegram = rig.plain();
    let ann = rig.fake.person("Ann", "en");
    ann.says("hello");
    let limit = telegram.text_limit();
    let emoji = "🙂".repeat(2_048);
    assert_eq!(
        (limit.units)(&RichText::plain(emoji.clone())),
        limit.units_max
    );
    deliver(&telegram, chat(ann.id), words(&emoji))
        .await
        .expect("4,096 units are taken");
    assert_eq!(ann.reads()[0].text(), emoji);
    let outcome = deliver(&telegram, chat(ann.id), words(&"🙂".repeat(4_096))).await;
    assert_eq!(refusal(outcome), Refusal::Invalid);
    let nasty = "a\0b \u{202e}שלום\u{200b} ngã";
    deliver(&telegram, chat(ann.id), words(nasty))
        .await
        .expect("taken");
    assert_eq!(ann.reads()[1].text(), "a b שלום\u{200b} ngã");
}

#[tokio::test]
async fn buttons_replies_edits_and_marks() {
    let rig = Rig::new().await;
    let telegram = rig.plain();
    let ann = rig.fake.person("Ann", "en");
    let question = ann.says("hello");
    let link = Press::Link {
        url: "https://shop.example/".into(),
    };
    let form = Press::Form {
        token: "f".into(),
        title: "t".into(),
        field: "f".into(),
    };
    let odd = |press: Press| Button {
        label: "Shop".into(),
        press,
        look: Look::Plain,
    };
    let act = Act::Say {
        text: "Choose".into(),
        buttons: vec![
            vec![button("A person", "token-1"), odd(link)],
            vec![odd(form)],
        ],
        reply_to: Some(MessageRef(question.to_string())),
        files: Vec::new(),
    };
    let receipt = deliver(&telegram, chat(ann.id), act).await.expect("sent");
    let message = receipt.message.expect("a message");
    let sent = ann.reads().remove(0);
    let expected = [("A person", "token-1"), ("Shop", "https://shop.example/")];
    let expected = expected.map(|(label, data)| (label.to_owned(), data.to_owned()));
    assert_eq!(
        (sent.buttons(), sent.reply_to),
        (expected.to_vec(), Some(question))
    );
    let edit = |text: Option<&str>| Act::Edit {
        message: message.clone(),
        text: text.map(RichText::from),
        buttons: Vec::new(),
    };
    for _ in 0..2 {
        // The second changes nothing: that is as wanted.
        let receipt = deliver(&telegram, chat(ann.id), edit(Some("Chosen")))
            .await
            .expect("edited");
        assert_eq!(receipt.message.as_ref(), Some(&message));
        deliver(&telegram, chat(ann.id), edit(None))
            .await
            .expect("nothing to change");
    }
    let edited = ann.reads().remove(0);
    assert_eq!((edited.text(), edited.buttons().len()), ("Chosen", 0));
    let mark = Act::Mark {
        message: MessageRef(question.to_string()),
    };
    deliver(&telegram, chat(ann.id), mark)
        .await
        .expect("marked");
    let marks = rig
        .fake
        .with(|state| state.message(ann.id, question).map(|m| m.reactions.clone()));
    assert_eq!(marks, Some(vec!["👌".to_owned()]));
    let gone = Act::Mark {
        message: MessageRef("999".into()),
    };
    assert_eq!(
        refusal(deliver(&telegram, chat(ann.id), gone).await),
        Refusal::MessageGone
    );
}

#[tokio::test]
async fn a_file_is_sent_on_with_its_words_or_the_words_go_alone() {
    let rig = Rig::new().await;
    let telegram = rig.plain();
    let ann = rig.fake.person("Ann", "en");
    ann.alone().sends_photo("");
    let source = rig
        .fake
        .with(|state| state.files.keys().next().cloned())
        .expect("a file");
    let file = |source: &str| Part::File {
        media: Media::Photo,
        source: source.to_owned(),
        name: None,
        size_bytes: None,
        seconds: None,
    };
    let say = |text: &str, files: Vec<Part>| Act::Say {
        text: text.into(),
        buttons: vec![vec![button("Thanks", "t")]],
        reply_to: None,
        files,
    };
    let place = chat(ann.id);
    deliver(
        &telegram,
        place.clone(),
        say("your photo", vec![file(&source)]),
    )
    .await
    .expect("sent");
    deliver(
        &telegram,
        place.clone(),
        say("lost photo", vec![file("gone")]),
    )
    .await
    .expect("sent");
    let long = "x".repeat(1_025);
    deliver(&telegram, place, say(&long, vec![file(&source)]))
        .await
        .expect("sent");
    let received = ann.reads();
    assert!(received[0].content.contains_key("photo"));
    assert_eq!(
        (received[0].text(), received[0].buttons().len()),
        ("your photo", 1)
    );
    assert_eq!(received[1].content.get("text"), Some(&json!("lost photo")));
    assert_eq!(received[2].content.get("text"), Some(&json!(long)));
}

#[tokio::test]
async fn presses_are_answered_late_repeated_or_with_a_choice() {
    let rig = Rig::new().await;
    let telegram = rig.plain();
    let ann = rig.fake.person("Ann", "en");
    ann.says("hello");
    let act = Act::Say {
        text: "Choose".into(),
        buttons: vec![vec![button("Go", "t")]],
        reply_to: None,
        files: Vec::new(),
    };
    deliver(&telegram, chat(ann.id), act).await.expect("sent");
    let message = ann.reads()[0].id;
    let press = ann.alone().presses(message, "Go");
    let answer = |text: Option<&str>, buttons: Vec<Vec<Button>>| Act::AnswerPress {
        press: press.clone(),
        text: text.map(RichText::from),
        buttons,
        further: false,
    };
    for _ in 0..2 {
        deliver(&telegram, chat(ann.id), answer(Some("Done"), Vec::new()))
            .await
            .expect("answered");
    }
    let toast = ann.alone().toast(&press).await;
    assert_eq!((toast.text.as_str(), toast.alert), ("Done", false));
    assert_eq!(ann.reads().len(), 1, "an answer is no message");
    let choice = vec![vec![button("Yes", "y")]];
    deliver(&telegram, chat(ann.id), answer(Some("Sure?"), choice))
        .await
        .expect("answered");
    let received = ann.reads();
    assert_eq!(
        (received[1].text(), received[1].buttons().len()),
        ("Sure?", 1)
    );
    let press = ann.alone().replays(&press);
    let long = Act::AnswerPress {
        press: press.clone(),
        text: Some(RichText::plain("x".repeat(201))),
        buttons: Vec::new(),
        further: false,
    };
    deliver(&telegram, chat(ann.id), long)
        .await
        .expect("answered");
    let toast = ann.alone().toast(&press).await;
    assert_eq!((toast.text.chars().count(), toast.alert), (200, true));
    assert_eq!(ann.reads().len(), 2, "a long answer is cut, not written");
}

#[tokio::test]
async fn who_cannot_be_reached_is_told_apart_from_what_is_wrong() {
    let rig = Rig::new().await;
    let telegram = rig.plain();
    let ann = rig.fake.person("Ann", "en");
    let say = |id: i64| deliver(&telegram, chat(id), words("x"));
    assert_eq!(
        refusal(say(ann.id).await),
        Refusal::Blocked,
        "never wrote to us"
    );
    ann.says("hello");
    say(ann.id).await.expect("sent");
    ann.blocks();
    assert_eq!(refusal(say(ann.id).await), Refusal::Blocked);
    let group = rig.fake.group("Group");
    let moved = rig.fake.migrates(group);
    assert_eq!(
        refusal(say(group).await),
        Refusal::Moved { to: chat(moved) }
    );
    rig.fake.removes_bot(moved);
    assert_eq!(refusal(say(moved).await), Refusal::Forbidden);
    ann.unblocks();
    assert_eq!(
        refusal(deliver(&telegram, chat(ann.id), words(" \0 ")).await),
        Refusal::Invalid
    );
}

#[tokio::test]
async fn the_probe_says_what_is_missing() {
    let rig = Rig::new().await;
    let levels = async |telegram: &careline::channels::telegram::Telegram| {
        let found = telegram.probe().await;
        found
            .into_iter()
            .map(|finding| finding.level)
            .collect::<Vec<_>>()
    };
    let (ok, warn, fail) = (FindingLevel::Ok, FindingLevel::Warn, FindingLevel::Fail);
    assert_eq!(levels(&rig.plain()).await, [ok, warn]);
    let forum = rig.fake.forum("Desk");
    assert_eq!(levels(&rig.desk(forum)).await, [ok, ok]);
    rig.fake.change(|state: &mut State| {
        state
            .chats
            .get_mut(&forum)
            .expect("the forum")
            .bot_manages_topics = false;
    });
    assert_eq!(levels(&rig.desk(forum)).await, [ok, fail]);
    let group = rig.fake.group("No forum");
    assert_eq!(levels(&rig.desk(group)).await, [ok, fail]);
    rig.fake.down().await;
    assert_eq!(levels(&rig.desk(forum)).await, [fail]);
}
