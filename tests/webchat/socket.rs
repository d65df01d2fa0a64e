//! Resume, resend, several tabs, forged and garbage frames.

use careline::channels::{Channel, DeliveryError, Happening, Refusal};
use careline::domain::lang::Lang;
use careline::domain::message::{Part, plain_text};
use careline::domain::outgoing::{Act, Button, Look, Outgoing, Press};
use careline::domain::place::{ChannelKind, Place};
use careline::domain::rich::RichText;
use careline::domain::time::Timestamp;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::database::{Database, each_store};
use crate::support::webchat::Chat;

const ANN: &str = "00112233445566778899aabbccddeeff";
const BEN: &str = "ffeeddccbbaa99887766554433221100";

fn outgoing(id: &str, visitor: &str, act: Act) -> Outgoing {
    Outgoing {
        id: id.into(),
        nonce: id.to_owned(),
        place: Place::chat(ChannelKind::Web, visitor),
        act,
        unknown_since: None,
    }
}

fn say(id: &str, visitor: &str, text: &str) -> Outgoing {
    let buttons = vec![vec![Button {
        label: "A person".to_owned(),
        press: Press::Token {
            token: "aa01".into(),
        },
        look: Look::Plain,
    }]];
    let act = Act::Say {
        text: RichText::plain(text),
        buttons,
        reply_to: None,
        files: Vec::new(),
    };
    outgoing(id, visitor, act)
}

fn kinds(frames: &[Value]) -> Vec<&str> {
    frames
        .iter()
        .filter_map(|frame| frame["t"].as_str())
        .collect()
}

fn words(frames: &[Value]) -> Vec<String> {
    frames
        .iter()
        .filter(|frame| frame["t"] == "entry")
        .map(|frame| {
            let shown = &frame["shown"];
            shown["text"]
                .as_str()
                .or_else(|| shown["text"][0]["text"].as_str())
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

async fn on_sqlite() -> (Database, careline::store::Store, Chat) {
    let database = Database::sqlite().await;
    let store = database.open().await;
    let chat = Chat::start(&store).await;
    (database, store, chat)
}

#[tokio::test]
async fn a_page_that_comes_back_is_shown_what_it_missed_and_nothing_twice() {
    each_store(async |store| {
        let chat = Chat::start(store).await;
        let mut tab = chat.tab(ANN, 0).await;
        assert_eq!(kinds(&tab.until("ready").await), ["ready"]);
        tab.say("m1", "còn hàng không?").await;
        assert_eq!(kinds(&tab.until("taken").await), ["entry", "taken"]);
        let taken = chat.inlet.taken();
        let visitor = taken[0].place.chat.clone();
        assert_eq!(taken[0].sender.as_ref().unwrap().lang_hint, Some(Lang::Vi));

        drop(tab);
        let outgoing = say("out1", &visitor, "Dạ còn ạ.");
        let receipt = chat.channel.deliver(&outgoing).await.unwrap();
        let again = chat.channel.deliver(&outgoing).await.unwrap();
        assert_eq!(receipt, again, "delivered twice, shown once");

        let mut tab = chat.tab(ANN, 1).await;
        let frames = tab.until("ready").await;
        assert_eq!(words(&frames), ["Dạ còn ạ."]);
        assert_eq!(frames[0]["seq"], 2);
        assert_eq!(frames[0]["origin"], "o:out1");

        chat.channel
            .deliver(&say("out2", &visitor, "Bạn cần gì thêm?"))
            .await
            .unwrap();
        let live = tab.next().await.unwrap();
        assert_eq!(words(&[live]), ["Bạn cần gì thêm?"]);

        let mut anew = chat.tab(ANN, 0).await;
        let all = words(&anew.until("ready").await);
        assert_eq!(all, ["còn hàng không?", "Dạ còn ạ.", "Bạn cần gì thêm?"]);
        chat.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_sent_again_after_a_lost_acknowledgement_is_one_arrival() {
    let (_database, _store, chat) = on_sqlite().await;
    let mut tab = chat.tab(ANN, 0).await;
    tab.until("ready").await;
    tab.say("m1", "where is my parcel?").await;
    tab.until("taken").await;
    // To the page it is as if the acknowledgement had never come.
    drop(tab);
    let mut tab = chat.tab(ANN, 0).await;
    assert_eq!(words(&tab.until("ready").await), ["where is my parcel?"]);
    tab.say("m1", "where is my parcel?").await;
    assert_eq!(kinds(&tab.until("taken").await), ["taken"]);
    assert_eq!(chat.inlet.taken().len(), 1);
    chat.stop().await;
}

#[tokio::test]
async fn nothing_is_acknowledged_that_the_inbox_did_not_take() {
    let (_database, _store, chat) = on_sqlite().await;
    let mut tab = chat.tab(ANN, 0).await;
    tab.until("ready").await;
    chat.inlet.refuse(1);
    tab.say("m1", "hello").await;
    let frames = tab.until("refused").await;
    assert_eq!(frames.last().unwrap()["why"], "not-taken");
    assert!(chat.inlet.taken().is_empty());
    tab.say("m1", "hello").await;
    assert_eq!(kinds(&tab.until("taken").await), ["entry", "taken"]);
    assert_eq!(chat.inlet.taken().len(), 1);
    chat.stop().await;
}

#[tokio::test]
async fn two_tabs_of_one_visitor_show_the_same_and_a_stranger_sees_nothing() {
    let (_database, _store, chat) = on_sqlite().await;
    let mut first = chat.tab(ANN, 0).await;
    first.until("ready").await;
    first.say("m1", "one").await;
    first.until("taken").await;
    let mut second = chat.tab(ANN, 0).await;
    let mut stranger = chat.tab(BEN, 0).await;
    assert_eq!(words(&second.until("ready").await), ["one"]);
    assert_eq!(kinds(&stranger.until("ready").await), ["ready"]);
    second.say("m2", "two").await;
    second.until("taken").await;
    assert_eq!(words(&[first.next().await.unwrap()]), ["two"]);
    stranger.say("m1", "mine").await;
    assert_eq!(words(&stranger.until("taken").await), ["mine"]);
    let taken = chat.inlet.taken();
    assert_eq!(taken[0].place, taken[1].place);
    assert_ne!(taken[0].place, taken[2].place);
    chat.stop().await;
}

#[tokio::test]
async fn a_button_comes_in_as_it_was_pressed_even_when_it_is_forged() {
    let (_database, _store, chat) = on_sqlite().await;
    let mut tab = chat.tab(ANN, 0).await;
    tab.until("ready").await;
    let forged = json!({"t": "press", "id": "p1", "token": "deadbeef", "message": "o:none"});
    tab.send(&forged.to_string()).await;
    tab.until("taken").await;
    tab.send(&forged.to_string()).await;
    tab.until("taken").await;
    let taken = chat.inlet.taken();
    assert_eq!(taken.len(), 1, "pressed once, however often it is sent");
    let Happening::Pressed { token, press, .. } = &taken[0].what else {
        panic!("a press");
    };
    assert_eq!((token.as_str(), press.as_str()), ("deadbeef", "p1"));

    let visitor = taken[0].place.chat.clone();
    let answer = Act::AnswerPress {
        press: press.clone(),
        text: Some(RichText::plain("That button is not valid any more.")),
        buttons: Vec::new(),
        further: false,
    };
    chat.channel
        .deliver(&outgoing("out1", &visitor, answer))
        .await
        .unwrap();
    let told = tab.next().await.unwrap();
    assert_eq!(told["shown"]["kind"], "told");
    assert_eq!(told["shown"]["press"], "p1");
    chat.stop().await;
}

#[tokio::test]
async fn a_message_of_ours_can_be_changed_and_one_that_never_was_cannot() {
    let (_database, _store, chat) = on_sqlite().await;
    let mut tab = chat.tab(ANN, 0).await;
    tab.until("ready").await;
    tab.say("m1", "hi").await;
    tab.until("taken").await;
    let visitor = chat.inlet.taken()[0].place.chat.clone();
    let receipt = chat
        .channel
        .deliver(&say("out1", &visitor, "Hello!"))
        .await
        .unwrap();
    let said = tab.next().await.unwrap();
    assert_eq!(said["shown"]["buttons"][0][0]["press"]["token"], "aa01");
    let spend = |message: &str| Act::Edit {
        message: message.into(),
        text: None,
        buttons: Vec::new(),
    };
    let message = receipt.message.unwrap();
    let edited = chat
        .channel
        .deliver(&outgoing("out2", &visitor, spend(&message.0)))
        .await
        .unwrap();
    assert_eq!(edited.message, Some(message));
    assert_eq!(tab.next().await.unwrap()["shown"]["kind"], "changed");
    let gone = chat
        .channel
        .deliver(&outgoing("out3", &visitor, spend("o:never")))
        .await;
    let Err(DeliveryError::Refused { refusal, .. }) = gone else {
        panic!("refused for good");
    };
    assert_eq!(refusal, Refusal::MessageGone);
    chat.stop().await;
}

#[tokio::test]
async fn strange_texts_come_through_whole_and_too_long_ones_are_refused() {
    each_store(async |store| {
        let chat = Chat::start(store).await;
        let mut tab = chat.tab(ANN, 0).await;
        tab.until("ready").await;
        let texts = [
            "🧵".repeat(4_096),
            "before\0after".to_owned(),
            "\u{202e}txt.exe\u{202c} \u{200b}\u{200d}".to_owned(),
            "שלום עולם, مرحبا".to_owned(),
            "<script>alert(1)</script> & \"'`".to_owned(),
        ];
        for (number, text) in texts.iter().enumerate() {
            tab.say(&format!("m{number}"), text).await;
            let frames = tab.until("taken").await;
            assert_eq!(words(&frames), [text.replace('\0', "\u{fffd}")]);
        }
        let stored: Vec<String> = chat
            .inlet
            .taken()
            .iter()
            .map(|arrival| match &arrival.what {
                Happening::Wrote { parts, .. } => plain_text(parts),
                other => panic!("a text: {other:?}"),
            })
            .collect();
        assert_eq!(stored[1], "before\u{fffd}after");
        assert_eq!(stored[0], texts[0]);
        for (id, text, why) in [
            ("long", "x".repeat(8_193), "too-long"),
            ("blank", " \n\t ".to_owned(), "empty"),
        ] {
            tab.say(id, &text).await;
            let refused = tab.next().await.unwrap();
            assert_eq!((&refused["id"], &refused["why"]), (&json!(id), &json!(why)));
        }
        assert_eq!(chat.inlet.taken().len(), texts.len());
        chat.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_command_is_told_from_a_text() {
    let (_database, _store, chat) = on_sqlite().await;
    let mut tab = chat.tab(ANN, 0).await;
    tab.until("ready").await;
    tab.say("m1", "/human please").await;
    tab.until("taken").await;
    let Happening::Command { name, rest, .. } = &chat.inlet.taken()[0].what else {
        panic!("a command");
    };
    assert_eq!((name.as_str(), rest.as_str()), ("human", "please"));
    chat.stop().await;
}

#[tokio::test]
async fn garbage_is_answered_for_a_while_and_hurts_nobody_else() {
    let (_database, _store, chat) = on_sqlite().await;
    let mut good = chat.tab(ANN, 0).await;
    good.until("ready").await;
    let mut bad = chat.tab(BEN, 0).await;
    bad.until("ready").await;
    for _ in 0..20 {
        bad.send("{\"t\":\"say\",\"id\":[[[").await;
        assert_eq!(bad.next().await.unwrap()["t"], "unreadable");
    }
    bad.send("{\"t\":\"say\",\"id\":[[[").await;
    assert_eq!(bad.next().await, None, "then it is ended");

    let mut binary = chat.tab(BEN, 0).await;
    binary.until("ready").await;
    binary
        .send_message(Message::binary(vec![0, 159, 146, 150]))
        .await;
    assert_eq!(binary.next().await.unwrap()["t"], "unreadable");

    let mut huge = chat.tab(BEN, 0).await;
    huge.until("ready").await;
    huge.say("m1", &"x".repeat(1_000_000)).await;
    assert_eq!(
        huge.next().await,
        None,
        "an oversized frame ends its connection"
    );

    let mut rude = chat
        .connect(&format!("http://{}", chat.address))
        .await
        .unwrap();
    rude.say("m1", "without a hello").await;
    assert_eq!(rude.next().await, None);

    good.say("m1", "still here").await;
    good.until("taken").await;
    assert_eq!(chat.inlet.taken().len(), 1);
    chat.stop().await;
}

#[tokio::test]
async fn who_writes_too_fast_is_told_to_wait_and_loses_nothing() {
    let (_database, _store, chat) = on_sqlite().await;
    let mut tab = chat.tab(ANN, 0).await;
    tab.until("ready").await;
    for number in 0..40 {
        tab.say(&format!("m{number}"), "quick").await;
    }
    let refused = tab.until("refused").await;
    assert_eq!(refused.last().unwrap()["why"], "too-fast");
    let taken = kinds(&refused)
        .iter()
        .filter(|kind| **kind == "taken")
        .count();
    assert!(taken >= 10, "the burst was taken: {taken}");
    chat.stop().await;
}

#[tokio::test]
async fn only_listed_pages_may_open_a_socket() {
    let (_database, _store, chat) = on_sqlite().await;
    assert!(chat.connect("https://shop.example").await.is_ok());
    assert!(chat.connect("https://evil.example").await.is_err());
    assert!(chat.connect("null").await.is_err());
    chat.stop().await;
}

#[tokio::test]
async fn what_another_process_delivered_is_seen_by_looking() {
    let (_database, store, chat) = on_sqlite().await;
    let other = Chat::start(&store).await;
    let mut tab = chat.tab(ANN, 0).await;
    tab.until("ready").await;
    tab.say("m1", "hi").await;
    tab.until("taken").await;
    let visitor = chat.inlet.taken()[0].place.chat.clone();
    other
        .channel
        .deliver(&say("out1", &visitor, "from afar"))
        .await
        .unwrap();
    assert_eq!(words(&[tab.next().await.unwrap()]), ["from afar"]);
    other.stop().await;
    chat.stop().await;
}

#[tokio::test]
async fn a_page_that_has_seen_more_than_there_is_begins_anew() {
    let (_database, _store, chat) = on_sqlite().await;
    let mut tab = chat.tab(ANN, 7).await;
    assert_eq!(kinds(&tab.until("ready").await), ["anew", "ready"]);
    chat.stop().await;
}

#[tokio::test]
async fn two_processes_that_write_to_one_log_at_once_leave_no_gap() {
    each_store(async |store| {
        use careline::store::web_log::{NewLogRow, append, since};
        let writes = (0..40).map(|number| {
            store.write(move |tx| {
                Box::pin(async move {
                    let new = NewLogRow {
                        visitor: "v".to_owned(),
                        origin: format!("o:{}", number % 30),
                        author: "shop",
                        entry: "{}".to_owned(),
                        at: Timestamp(number),
                    };
                    append(tx, &new).await
                })
            })
        });
        for row in futures_util::future::join_all(writes).await {
            row.unwrap();
        }
        let mut tx = store.read().await.unwrap();
        let rows = since(&mut tx, "v", 0, 100).await.unwrap();
        let numbers: Vec<i64> = rows.iter().map(|row| row.seq).collect();
        assert_eq!(numbers, (1..=30).collect::<Vec<_>>());
        drop(tx);
    })
    .await;
}

#[tokio::test]
async fn the_page_and_the_launcher_come_with_their_policies() {
    let (_database, _store, chat) = on_sqlite().await;
    let page = reqwest::get(format!("http://{}/chat?lang=zh", chat.address))
        .await
        .unwrap();
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.contains("default-src 'none'"));
    assert!(policy.contains("frame-ancestors 'self' https://shop.example;"));
    let text = page.text().await.unwrap();
    assert!(text.contains("<html lang=\"zh\">"));
    assert!(!text.contains("webchat-"), "every sentence has words");
    let launcher = reqwest::get(format!("http://{}/chat/embed.js", chat.address))
        .await
        .unwrap();
    assert_eq!(
        launcher.headers()["cross-origin-resource-policy"],
        "cross-origin"
    );
    let script = launcher.text().await.unwrap();
    assert!(script.contains("\"vi\":{") && !script.contains("careline-texts"));
    chat.stop().await;
}

#[tokio::test]
async fn the_web_has_no_files_yet_and_says_so_by_leaving_them_out() {
    let (_database, _store, chat) = on_sqlite().await;
    let mut tab = chat.tab(ANN, 0).await;
    tab.until("ready").await;
    tab.say("m1", "hi").await;
    tab.until("taken").await;
    let visitor = chat.inlet.taken()[0].place.chat.clone();
    let act = Act::Say {
        text: RichText::plain("See the picture."),
        buttons: Vec::new(),
        reply_to: None,
        files: vec![Part::Sticker {
            emoji: "🙂".to_owned(),
        }],
    };
    chat.channel
        .deliver(&outgoing("out1", &visitor, act))
        .await
        .unwrap();
    assert_eq!(words(&[tab.next().await.unwrap()]), ["See the picture."]);
    chat.stop().await;
}
