//! Updates fetched: nothing is acknowledged before it is durable, and nothing stops the loop that
//! need not.

use careline::channels::{Channel, ChannelStopped, FindingLevel, Happening};
use careline::domain::message::{Part, plain_text};
use serde_json::json;

use super::rig::Rig;
use crate::support::telegram::faults::Fault;
use crate::support::telegram::state::State;
use crate::support::telegram::view;

fn said(what: &Happening) -> String {
    match what {
        Happening::Wrote { parts, .. } => plain_text(parts),
        other => format!("{other:?}"),
    }
}

/// The offsets of the polls so far, in order.
fn offsets(state: &State) -> Vec<Option<i64>> {
    let polls = view::calls(state, "getUpdates");
    polls
        .iter()
        .map(|poll| {
            poll.params
                .get("offset")
                .and_then(serde_json::Value::as_i64)
        })
        .collect()
}

#[tokio::test]
async fn a_process_starts_without_an_offset_and_then_follows_what_it_committed() {
    let rig = Rig::new().await;
    let ann = rig.fake.person("Ann", "vi");
    ann.says("while we were down");
    let first = rig.fake.with(|state| state.queue.next_id()) - 1;
    let listening = rig.listen(rig.plain());
    listening.ready().await;
    rig.inlet.wait_for(1).await;
    ann.says("and now");
    let taken = rig.inlet.wait_for(2).await;
    assert_eq!(said(&taken[0].what), "while we were down");
    assert_eq!(said(&taken[1].what), "and now");
    let confirmed = |state: &State| (state.queue.confirmed.len() == 2).then_some(());
    rig.fake
        .wait_for("both updates are confirmed", confirmed)
        .await;
    listening.stop().await.expect("an orderly stop");
    let seen = rig.fake.with(offsets);
    assert_eq!(&seen[..3], [None, Some(first + 1), Some(first + 2)]);
    // The ids start anew after a quiet week: a new process must not look for the old ones.
    rig.fake.change(|state| state.queue.restart_ids(17));
    ann.says("after a quiet week");
    let listening = rig.listen(rig.plain());
    let taken = rig.inlet.wait_for(3).await;
    assert_eq!(said(&taken[2].what), "after a quiet week");
    listening.stop().await.expect("an orderly stop");
}

#[tokio::test]
async fn what_was_not_committed_is_fetched_again() {
    let rig = Rig::new().await;
    let ann = rig.fake.person("Ann", "en");
    ann.says("one");
    ann.says("two");
    rig.inlet.refuse_next(3);
    let listening = rig.listen(rig.plain());
    let taken = rig.inlet.wait_for(2).await;
    assert_eq!((rig.inlet.refused(), rig.inlet.repeated()), (3, 0));
    assert_eq!([said(&taken[0].what), said(&taken[1].what)], ["one", "two"]);
    let seen = rig.fake.with(offsets);
    assert!(
        seen[..4].iter().all(Option::is_none),
        "acknowledged before the commit: {seen:?}"
    );
    listening.stop().await.expect("an orderly stop");
}

#[tokio::test]
async fn a_crash_before_the_acknowledgement_brings_the_same_again_once() {
    let rig = Rig::new().await;
    let ann = rig.fake.person("Ann", "en");
    let listening = rig.listen(rig.plain());
    let polls = |count: usize| {
        move |state: &State| (view::calls(state, "getUpdates").len() == count).then_some(())
    };
    rig.fake.wait_for("a poll is held open", polls(2)).await;
    // The poll that would acknowledge is lost on its way.
    rig.fake
        .fail_next("getUpdates", 1, Fault::Hang { effect: false });
    ann.says("one");
    rig.inlet.wait_for(1).await;
    rig.fake.wait_for("the next poll leaves", polls(3)).await;
    listening.crash().await;
    assert!(rig.fake.with(|state| state.queue.confirmed.is_empty()));
    ann.says("two");
    let listening = rig.listen(rig.plain());
    let taken = rig.inlet.wait_for(2).await;
    assert_eq!([said(&taken[0].what), said(&taken[1].what)], ["one", "two"]);
    assert_eq!(rig.inlet.repeated(), 1);
    listening.stop().await.expect("an orderly stop");
}

#[tokio::test]
async fn disturbances_are_waited_out() {
    let rig = Rig::new().await;
    let ann = rig.fake.person("Ann", "en");
    for method in ["getMe", "getUpdates"] {
        rig.fake.fail_next(
            method,
            1,
            Fault::Broken {
                status: 502,
                effect: false,
            },
        );
        rig.fake
            .fail_next(method, 1, Fault::Reset { effect: false });
        rig.fake
            .fail_next(method, 1, Fault::Garbage { effect: true });
        rig.fake
            .fail_next(method, 1, Fault::TooMany { retry_after: 0 });
    }
    ann.says("one");
    let listening = rig.listen(rig.plain());
    rig.inlet.wait_for(1).await;
    rig.fake.down().await;
    rig.fake.up().await;
    ann.says("two");
    let taken = rig.inlet.wait_for(2).await;
    assert_eq!([said(&taken[0].what), said(&taken[1].what)], ["one", "two"]);
    listening.stop().await.expect("an orderly stop");
}

#[tokio::test]
async fn a_second_reader_is_a_clear_stop() {
    let rig = Rig::new().await;
    let first = rig.listen(rig.plain());
    first.ready().await;
    let second = rig.listen(rig.plain());
    let stopped = first.ends().await.expect_err("it was pushed aside");
    assert!(
        matches!(stopped, ChannelStopped::SecondReader { .. }),
        "{stopped}"
    );
    assert!(stopped.to_string().contains("another process"), "{stopped}");
    second.stop().await.expect("an orderly stop");
}

#[tokio::test]
async fn a_wrong_token_is_a_clear_stop_that_does_not_show_it() {
    let rig = Rig::new().await;
    let wrong = "7004242424:AAwrong-token-of-somebody-else-1234";
    let telegram = rig.channel(|settings| settings.token = wrong.into());
    let probed = telegram.probe().await;
    assert_eq!(probed[0].level, FindingLevel::Fail);
    let stopped = rig
        .listen(telegram)
        .ends()
        .await
        .expect_err("the token is wrong");
    assert!(
        matches!(stopped, ChannelStopped::WrongToken { .. }),
        "{stopped}"
    );
    assert!(!stopped.to_string().contains("AAwrong"), "{stopped}");
}

#[tokio::test]
async fn garbage_is_kept_raw_and_the_loop_goes_on() {
    let rig = Rig::new().await;
    let ann = rig.fake.person("Ann", "en");
    rig.fake.unknown_update();
    rig.fake
        .raw_update(json!({"message": {"chat": "not a chat", "text": 7}}));
    rig.fake.raw_update(json!({}));
    ann.says("after the garbage");
    let listening = rig.listen(rig.plain());
    let taken = rig.inlet.wait_for(4).await;
    let kinds: Vec<String> = taken.iter().map(|arrival| said(&arrival.what)).collect();
    assert!(kinds[0].contains("hologram"), "{kinds:?}");
    assert!(
        kinds[1].contains("Unsupported") && kinds[1].contains("message"),
        "{kinds:?}"
    );
    assert_eq!(kinds[3], "after the garbage");
    assert!(taken[0].raw.contains("beam"), "{}", taken[0].raw);
    let confirmed = |state: &State| (state.queue.len() == 0).then_some(());
    rig.fake.wait_for("all of it is confirmed", confirmed).await;
    listening.stop().await.expect("an orderly stop");
}

#[tokio::test]
async fn a_message_with_an_unknown_content_still_reaches_somebody() {
    let rig = Rig::new().await;
    let ann = rig.fake.person("Ann", "en");
    ann.says("hello");
    let content = serde_json::Map::from_iter([("hologram".to_owned(), json!({"beam": 1}))]);
    ann.alone().sends(content, None);
    let listening = rig.listen(rig.plain());
    let taken = rig.inlet.wait_for(2).await;
    let Happening::Wrote { parts, .. } = &taken[1].what else {
        panic!("not a message: {:?}", taken[1].what);
    };
    assert_eq!(
        parts,
        &[Part::Unsupported {
            name: "hologram".into()
        }]
    );
    listening.stop().await.expect("an orderly stop");
}

#[tokio::test]
async fn a_left_over_webhook_is_removed_and_the_menus_are_offered() {
    let rig = Rig::new().await;
    let ann = rig.fake.person("Ann", "en");
    let old = rig.hooked("http://127.0.0.1:9/nobody", "s3cret");
    let hooked = rig.listen(old);
    hooked.ready().await;
    ann.says("kept for who comes next");
    hooked.stop().await.expect("an orderly stop");
    let listening = rig.listen(rig.plain());
    rig.inlet.wait_for(1).await;
    let offered = rig.fake.with(|state| state.commands.clone());
    let scope = "all_private_chats".to_owned();
    assert_eq!(offered.len(), 2);
    assert_eq!(offered[&(scope, "vi".to_owned())][0].0, "human");
    listening.stop().await.expect("an orderly stop");
    let forum = rig.fake.forum("Desk");
    let listening = rig.listen(rig.channel(|settings| settings.staff_chat = Some(forum)));
    listening.ready().await;
    let offered = rig.fake.with(|state| state.commands.clone());
    assert_eq!(
        offered[&(format!("chat:{forum}"), String::new())][0].0,
        "faq"
    );
    listening.stop().await.expect("an orderly stop");
}
