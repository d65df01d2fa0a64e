//! What became of a send: certain that not, certain that yes, or honestly unknown.

use std::time::Duration;

use careline::channels::DeliveryError;
use careline::domain::time::Millis;

use super::rig::{Rig, chat, deliver, words};
use crate::support::telegram::faults::Fault;

#[derive(Debug, PartialEq)]
enum Outcome {
    NotSent,
    Unknown,
}

fn outcome(error: &DeliveryError) -> Outcome {
    match error {
        DeliveryError::NotSent { .. } => Outcome::NotSent,
        DeliveryError::Unknown { .. } => Outcome::Unknown,
        DeliveryError::Refused { .. } => panic!("refused: {error}"),
    }
}

#[tokio::test]
async fn each_fault_is_of_its_class_whatever_truly_happened() {
    let table = [
        (Fault::TooMany { retry_after: 7 }, Outcome::NotSent, 0),
        (
            Fault::Broken {
                status: 500,
                effect: false,
            },
            Outcome::Unknown,
            0,
        ),
        (
            Fault::Broken {
                status: 502,
                effect: true,
            },
            Outcome::Unknown,
            1,
        ),
        (Fault::Reset { effect: false }, Outcome::Unknown, 0),
        (Fault::Reset { effect: true }, Outcome::Unknown, 1),
        (Fault::Garbage { effect: true }, Outcome::Unknown, 1),
        (Fault::Hang { effect: true }, Outcome::Unknown, 1),
    ];
    for (fault, expected, reached) in table {
        let rig = Rig::new().await;
        let telegram = rig.channel(|settings| settings.timing.call = Duration::from_millis(400));
        let ann = rig.fake.person("Ann", "en");
        ann.says("hello");
        rig.fake.fail_next("sendMessage", 1, fault);
        let error = deliver(&telegram, chat(ann.id), words("secret words"))
            .await
            .expect_err("it goes wrong");
        assert_eq!(outcome(&error), expected, "{fault:?}: {error}");
        assert_eq!(ann.reads().len(), reached, "{fault:?}");
        let told = format!("{error} {error:?}");
        assert!(!told.contains("secret words"), "{told}");
        assert!(
            !told.contains(rig.fake.token()) && !told.contains("/bot"),
            "{told}"
        );
        if let (Fault::TooMany { .. }, DeliveryError::NotSent { retry_after, .. }) = (fault, &error)
        {
            assert_eq!(*retry_after, Some(Millis::seconds(7)));
        }
    }
}

#[tokio::test]
async fn nobody_there_means_not_sent() {
    let rig = Rig::new().await;
    let telegram = rig.plain();
    rig.fake.down().await;
    let error = deliver(&telegram, chat(5), words("x"))
        .await
        .expect_err("nobody is there");
    assert_eq!(outcome(&error), Outcome::NotSent);
    assert!(
        !format!("{error} {error:?}").contains(rig.fake.token()),
        "{error}"
    );
    let nowhere = rig.channel(|settings| settings.api_url = "http://no-such-host.invalid".into());
    let error = deliver(&nowhere, chat(5), words("x"))
        .await
        .expect_err("no such name");
    assert_eq!(outcome(&error), Outcome::NotSent);
    assert!(
        !format!("{error} {error:?}").contains(rig.fake.token()),
        "{error}"
    );
}

#[tokio::test]
async fn a_wrong_token_keeps_the_message_for_later() {
    let rig = Rig::new().await;
    let wrong = "7004242424:AAwrong-token-of-somebody-else-1234";
    let telegram = rig.channel(|settings| settings.token = wrong.into());
    let error = deliver(&telegram, chat(5), words("x"))
        .await
        .expect_err("the token is wrong");
    assert_eq!(outcome(&error), Outcome::NotSent);
}
