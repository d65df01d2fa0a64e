//! Buttons, forms and commands: stored first, then answered, and the answers' words.

use careline::channels::{Channel, Happening};
use careline::domain::ids::ButtonToken;
use careline::domain::lang::Lang;
use careline::domain::outgoing::{Act, Button, Look, Press};
use careline::domain::rich::RichText;

use super::rig::{Rig, made, place};

fn button(label: &str, press: Press) -> Button {
    Button {
        label: label.to_owned(),
        press,
        look: Look::Primary,
    }
}

fn token(text: &str) -> ButtonToken {
    ButtonToken(text.to_owned())
}

fn card(buttons: Vec<Button>) -> Act {
    Act::Say {
        text: RichText::plain("What next?"),
        buttons: vec![buttons],
        reply_to: None,
        files: Vec::new(),
    }
}

#[tokio::test]
async fn a_press_is_stored_before_it_is_answered() {
    let mut rig = Rig::listening().await;
    let direct = rig.direct().await;
    let act = card(vec![button(
        "Talk to a person",
        Press::Token {
            token: token("abc"),
        },
    )]);
    let shown = rig.does(direct.clone(), act).await.unwrap();
    let channel = direct.chat.parse().unwrap();
    *rig.inbox.refuses.lock().unwrap() = 3;
    let pressed = rig
        .discord
        .presses_label(rig.ann, channel, made(&shown), "Talk to a person");
    rig.discord
        .wait_for("the first answer", |world| {
            world.first_answer(pressed).filter(|kind| *kind == 6)
        })
        .await;
    let (press, message) = rig
        .inbox
        .wait_for("the press", |arrival| match &arrival.what {
            Happening::Pressed {
                token,
                press,
                message,
                text: None,
            } if token.as_str() == "abc" => Some((press.clone(), message.clone())),
            _ => None,
        })
        .await;
    assert_eq!(message, shown.message);
    assert_eq!(
        *rig.inbox.refuses.lock().unwrap(),
        0,
        "nothing was answered before it was stored"
    );
    let answer = Act::AnswerPress {
        press,
        text: Some(RichText::plain("A person comes.")),
        buttons: Vec::new(),
        further: false,
    };
    rig.does(direct, answer).await.unwrap();
    let whisper = rig
        .discord
        .read(|world| world.whispers(pressed)[0].content.clone());
    assert_eq!(whisper, "A person comes.");
}

#[tokio::test]
async fn a_form_opens_at_once_and_its_words_arrive() {
    let mut rig = Rig::listening().await;
    let room = rig
        .does(place(rig.forum), room("Ann: refund"))
        .await
        .unwrap();
    let post = made(&room);
    let ben = rig.discord.person("Ben", rig.shop);
    let asked = rig.discord.presses_label(ben, post, post, "Reply");
    let modal = rig
        .discord
        .wait_for("the form", |world| world.modal_of(asked).cloned())
        .await;
    assert_eq!(modal["title"], "Reply to Ann");
    let sent = rig
        .discord
        .submits(ben, asked, &[("text", "With pleasure")]);
    let arrival = rig
        .inbox
        .wait_for("the form's words", |arrival| match &arrival.what {
            Happening::Pressed {
                text: Some(text), ..
            } if text == "With pleasure" => Some(arrival.clone()),
            _ => None,
        })
        .await;
    assert!(arrival.at_desk);
    assert_eq!(arrival.place, place(post));
    assert!(
        !arrival.raw.contains("aW50ZXJhY3Rpb246"),
        "the token is not kept"
    );
    let Happening::Pressed { token, press, .. } = arrival.what else {
        unreachable!()
    };
    assert_eq!(token.as_str(), "f0");
    rig.discord
        .wait_for("the first answer", |world| world.first_answer(sent))
        .await;
    let answer = Act::AnswerPress {
        press,
        text: None,
        buttons: Vec::new(),
        further: false,
    };
    rig.does(place(post), answer).await.unwrap();
    let waits = rig.discord.read(|world| world.first_answer(sent));
    assert_eq!(waits, Some(6), "the waiting sign was taken away");
}

pub fn room(title: &str) -> Act {
    let form = Press::Form {
        token: token("f0"),
        title: "Reply to Ann".to_owned(),
        field: "Your words".to_owned(),
    };
    Act::OpenRoom {
        title: title.to_owned(),
        card: RichText::plain("Ann wants a person"),
        buttons: vec![vec![
            button("Claim", Press::Token { token: token("c0") }),
            button("Reply", form),
        ]],
    }
}

#[tokio::test]
async fn a_slash_command_arrives_with_its_words_and_is_answered() {
    let mut rig = Rig::listening().await;
    let direct = rig.direct().await;
    let vi = |world: &mut crate::support::discord::state::World| {
        world.users.get_mut(&rig.ann).unwrap().locale = "vi".to_owned();
    };
    rig.discord.act(vi);
    // Outside of our places a person is talked to in their direct channel.
    let other = rig.discord.text_channel(rig.shop, "off-topic");
    let asked = rig
        .discord
        .runs(rig.ann, other, "human", &[("text", "please now")]);
    let arrival = rig
        .inbox
        .wait_for("the command", |arrival| {
            matches!(arrival.what, Happening::Command { .. }).then(|| arrival.clone())
        })
        .await;
    assert_eq!(arrival.place, direct);
    assert_eq!(arrival.sender.unwrap().lang_hint, Some(Lang::Vi));
    let Happening::Command {
        name, rest, press, ..
    } = arrival.what
    else {
        unreachable!()
    };
    assert_eq!((name.as_str(), rest.as_str()), ("human", "please now"));
    rig.discord
        .wait_for("the first answer", |world| {
            world.first_answer(asked).filter(|kind| *kind == 5)
        })
        .await;
    let answer = Act::AnswerPress {
        press: press.unwrap(),
        text: Some(RichText::plain("Soon.")),
        buttons: vec![vec![button("Status", Press::Token { token: token("s") })]],
        further: false,
    };
    let answer = rig.outgoing(direct, answer);
    rig.channel.deliver(&answer).await.unwrap();
    rig.channel.deliver(&answer).await.unwrap();
    rig.discord.read(|world| {
        let whispers = world.whispers(asked);
        assert_eq!(whispers.len(), 1, "said once however often");
        assert_eq!(
            (whispers[0].content.as_str(), whispers[0].labels().len()),
            ("Soon.", 1)
        );
    });
}

#[tokio::test]
async fn typed_commands_and_forged_presses_arrive_as_what_they_are() {
    let rig = Rig::listening().await;
    let hello = rig.discord.writes_direct(rig.ann, "/Language vi");
    let rest = rig
        .inbox
        .wait_for("the command", |arrival| match &arrival.what {
            Happening::Command {
                name,
                rest,
                press: None,
                ..
            } if name == "language" => Some(rest.clone()),
            _ => None,
        })
        .await;
    assert_eq!(rest, "vi");
    let channel = rig
        .discord
        .read(|world| world.direct_with(rig.ann))
        .unwrap();
    let forged = rig.discord.forges_press(rig.ann, channel, hello, "f:ff");
    rig.inbox
        .wait_for("the forged press", |arrival| match &arrival.what {
            Happening::Pressed { token, .. } if token.as_str() == "f:ff" => Some(()),
            _ => None,
        })
        .await;
    rig.discord
        .wait_for("an answer to it", |world| world.first_answer(forged))
        .await;
}
