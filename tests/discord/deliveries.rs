//! What we send: once, to nobody's alarm, and with a true word about what became of it.

use careline::channels::{Channel, DeliveryError, FindingLevel, Refusal};
use careline::clock::Clock;
use careline::domain::ids::{ButtonToken, MessageRef};
use careline::domain::outgoing::{Act, Button, Look, Outgoing, Press};
use careline::domain::rich::RichText;
use careline::domain::time::Millis;
use tokio_util::sync::CancellationToken;

use super::rig::{Rig, made, place, say};
use crate::support::discord::faults::{Break, Fault};
use crate::support::discord::state::Right;

fn claim(token: &str) -> Vec<Vec<Button>> {
    vec![vec![Button {
        label: "Claim".to_owned(),
        press: Press::Token {
            token: ButtonToken(token.to_owned()),
        },
        look: Look::Good,
    }]]
}

fn room(title: &str, token: &str) -> Act {
    Act::OpenRoom {
        title: title.to_owned(),
        card: RichText::plain("the card"),
        buttons: claim(token),
    }
}

fn refusal(result: Result<careline::domain::outgoing::Receipt, DeliveryError>) -> Refusal {
    match result {
        Err(DeliveryError::Refused { refusal, .. }) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// Whether it is over, and well: the row as the worker tries it again after an unknown outcome.
async fn again(rig: &Rig, outgoing: &Outgoing, after: Millis) -> u64 {
    let mut outgoing = outgoing.clone();
    outgoing.unknown_since = Some(rig.clock.now());
    rig.passes(after);
    made(&rig.channel.deliver(&outgoing).await.unwrap())
}

#[tokio::test]
async fn nothing_that_we_write_or_edit_pings_anybody() {
    let mut rig = Rig::new().await;
    let words = format!("@everyone <@{}> @here", rig.ann);
    let receipt = rig.does(place(rig.lobby), say(&words)).await.unwrap();
    let edit = Act::Edit {
        message: receipt.message.clone().unwrap(),
        text: Some(RichText::plain(words.clone())),
        buttons: Vec::new(),
    };
    rig.does(place(rig.lobby), edit).await.unwrap();
    rig.does(place(rig.forum), room(&words, "a")).await.unwrap();
    rig.discord.read(|world| {
        assert_eq!(world.pings.len(), 3);
        assert!(world.pinging().is_empty(), "{:?}", world.pinging());
        let bodies = world.calls.iter().filter(|call| call.method != "GET");
        for call in bodies {
            let body = call.body.get("message").unwrap_or(&call.body);
            assert_eq!(
                body["allowed_mentions"],
                serde_json::json!({"parse": []}),
                "{call:?}"
            );
        }
    });
}

#[tokio::test]
async fn an_unknown_outcome_never_makes_two_messages() {
    let mut rig = Rig::new().await;
    let direct = rig.direct().await;
    let channel: u64 = direct.chat.parse().unwrap();
    let release = CancellationToken::new();
    release.cancel();
    let breaks = |with_effect| {
        [
            Break::Status {
                status: 500,
                with_effect,
            },
            Break::Reset { with_effect },
            Break::Garbage { with_effect },
        ]
    };
    let mut wanted = Vec::new();
    for after in [Millis::seconds(30), Millis::minutes(10)] {
        for with_effect in [true, false] {
            for how in breaks(with_effect) {
                let words = format!("{after:?} {how:?}");
                rig.discord.orders(Fault::new("POST", "/messages", how));
                let outgoing = rig.outgoing(direct.clone(), say(&words));
                let first = rig.channel.deliver(&outgoing).await;
                assert!(
                    matches!(first, Err(DeliveryError::Unknown { .. })),
                    "{first:?}"
                );
                let id = again(&rig, &outgoing, after).await;
                rig.discord.read(|world| {
                    let sent = world.bot_messages_in(channel);
                    let same: Vec<_> = sent.iter().filter(|message| message.id == id).collect();
                    assert_eq!(same.len(), 1, "{words}");
                });
                wanted.push(id);
            }
        }
    }
    let sent = rig
        .discord
        .read(|world| world.bot_messages_in(channel).len());
    assert_eq!(sent, wanted.len(), "each message is there once");
}

#[tokio::test]
async fn equal_words_of_another_row_are_not_taken_for_ours() {
    let mut rig = Rig::new().await;
    let direct = rig.direct().await;
    let no_effect = Break::Status {
        status: 500,
        with_effect: false,
    };
    rig.discord
        .orders(Fault::new("POST", "/messages", no_effect));
    let lost = rig.outgoing(direct.clone(), say("ok"));
    assert!(rig.channel.deliver(&lost).await.is_err());
    let other = rig.does(direct, say("ok")).await.unwrap();
    let id = again(&rig, &lost, Millis::minutes(10)).await;
    assert_ne!(id, made(&other));
}

#[tokio::test]
async fn a_room_that_may_have_been_opened_is_found_again() {
    let mut rig = Rig::new().await;
    for (index, with_effect) in [true, false].into_iter().enumerate() {
        let how = Break::Reset { with_effect };
        rig.discord.orders(Fault::new("POST", "/threads", how));
        let act = room("Ann: refund", &format!("token{index}"));
        let outgoing = rig.outgoing(place(rig.forum), act);
        let first = rig.channel.deliver(&outgoing).await;
        assert!(
            matches!(first, Err(DeliveryError::Unknown { .. })),
            "{first:?}"
        );
        let id = again(&rig, &outgoing, Millis::minutes(1)).await;
        let posts = rig.discord.read(|world| world.threads_of(rig.forum).len());
        assert_eq!(posts, index + 1, "with effect: {with_effect}");
        let there = rig.discord.read(|world| world.channels.contains_key(&id));
        assert!(there);
    }
}

#[tokio::test]
async fn a_room_is_closed_changed_while_closed_and_opened_again() {
    let mut rig = Rig::new().await;
    let long = "x".repeat(150);
    let receipt = rig.does(place(rig.forum), room(&long, "a")).await.unwrap();
    let post = receipt.place.clone().unwrap();
    let id = made(&receipt);
    rig.does(post.clone(), Act::CloseRoom).await.unwrap();
    rig.does(post.clone(), Act::CloseRoom).await.unwrap();
    let edit = Act::Edit {
        message: receipt.message.clone().unwrap(),
        text: Some(RichText::plain("solved")),
        buttons: Vec::new(),
    };
    rig.does(post.clone(), edit).await.unwrap();
    rig.discord.read(|world| {
        let room = &world.channels[&id];
        assert!(room.archived && room.name.chars().count() == 100);
        let card = &room.messages[&id];
        assert_eq!(
            (card.content.as_str(), card.components.len()),
            ("solved", 0)
        );
    });
    rig.does(post.clone(), Act::ReopenRoom).await.unwrap();
    assert!(!rig.discord.read(|world| world.channels[&id].archived));
    let mark = Act::Mark {
        message: receipt.message.clone().unwrap(),
    };
    rig.does(post.clone(), mark).await.unwrap();
    assert_eq!(
        rig.discord
            .read(|world| world.channels[&id].messages[&id].reactions.len()),
        1
    );
    rig.discord.deletes_channel(id);
    assert_eq!(
        refusal(rig.does(post.clone(), say("hello")).await),
        Refusal::PlaceGone
    );
    assert_eq!(
        refusal(rig.does(post.clone(), Act::ReopenRoom).await),
        Refusal::PlaceGone
    );
    rig.does(post, Act::CloseRoom).await.unwrap();
}

#[tokio::test]
async fn refusals_have_their_sort() {
    let mut rig = Rig::new().await;
    let direct = rig.direct().await;
    let ann = rig.ann;
    rig.discord
        .act(|world| world.users.get_mut(&ann).unwrap().refuses_direct = true);
    assert_eq!(
        refusal(rig.does(direct.clone(), say("hi")).await),
        Refusal::Blocked
    );
    rig.discord.act(|world| {
        let ann = world.users.get_mut(&ann).unwrap();
        (ann.refuses_direct, ann.no_mutual_guild) = (false, true);
    });
    assert_eq!(refusal(rig.does(direct, say("hi")).await), Refusal::Blocked);
    let gone = Act::Edit {
        message: MessageRef("1".to_owned()),
        text: Some(RichText::plain("x")),
        buttons: Vec::new(),
    };
    assert_eq!(
        refusal(rig.does(place(rig.lobby), gone).await),
        Refusal::MessageGone
    );
    let too_long = "x".repeat(2_001);
    assert_eq!(
        refusal(rig.does(place(rig.lobby), say(&too_long)).await),
        Refusal::Invalid
    );
    let lobby = rig.lobby;
    rig.discord.act(|world| {
        world
            .channels
            .get_mut(&lobby)
            .unwrap()
            .denied
            .insert(Right::Send);
    });
    assert_eq!(
        refusal(rig.does(place(lobby), say("hi")).await),
        Refusal::Forbidden
    );
    assert_eq!(
        refusal(rig.does(place(0), say("hi")).await),
        Refusal::Invalid
    );
}

#[tokio::test]
async fn a_limit_is_told_and_no_call_comes_before_its_time() {
    let mut rig = Rig::new().await;
    let direct = rig.direct().await;
    let wait = Break::TooMany {
        retry_after: 60.5,
        global: true,
    };
    rig.discord.orders(Fault::new("POST", "/messages", wait));
    for _ in 0..3 {
        let result = rig.does(direct.clone(), say("hi")).await;
        let Err(DeliveryError::NotSent {
            retry_after: Some(pause),
            ..
        }) = result
        else {
            panic!("no pause: {result:?}");
        };
        assert!(
            pause > Millis::seconds(50) && pause <= Millis(60_501),
            "{pause:?}"
        );
    }
    assert_eq!(rig.discord.read(|world| world.calls.len()), 1);
}

#[tokio::test]
async fn an_empty_bucket_is_left_alone_before_discord_has_to_say_so() {
    let mut rig = Rig::new().await;
    rig.discord.act(|world| world.limits.on = true);
    let mut waited = 0;
    for _ in 0..8 {
        match rig.does(place(rig.lobby), say("hi")).await {
            Ok(_) => {}
            Err(DeliveryError::NotSent {
                retry_after: Some(_),
                ..
            }) => waited += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(waited, 3);
    assert_eq!(rig.discord.read(|world| world.limits.refused), 0);
}

#[tokio::test]
async fn nothing_left_us_when_nobody_listens() {
    let mut rig = Rig::new().await;
    let direct = rig.direct().await;
    rig.discord.goes_down().await;
    let result = rig.does(direct, say("hi")).await;
    assert!(
        matches!(result, Err(DeliveryError::NotSent { .. })),
        "{result:?}"
    );
}

#[tokio::test]
async fn the_doctor_sees_what_is_there_and_what_is_missing() {
    let mut rig = Rig::new().await;
    let findings = rig.channel.probe().await;
    let levels: Vec<_> = findings.iter().map(|finding| finding.level).collect();
    let (ok, warn) = (FindingLevel::Ok, FindingLevel::Warn);
    assert_eq!(levels, [ok, ok, ok, warn], "{findings:?}");
    let (forum, lobby) = (rig.forum, rig.lobby);
    rig.change(|settings| {
        settings.staff_forum = Some(lobby);
        settings.support_channels = [forum, 1234].into();
    });
    let findings = rig.channel.probe().await;
    let failed = findings
        .iter()
        .filter(|finding| finding.level == FindingLevel::Fail);
    assert_eq!(failed.count(), 3, "{findings:?}");
    rig.change(|settings| settings.token = "wrong".into());
    let findings = rig.channel.probe().await;
    assert_eq!((findings.len(), findings[0].level), (1, FindingLevel::Fail));
}
