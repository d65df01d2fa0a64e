//! Lost connections, lost sessions, downtime: nothing that was said is lost.

use careline::channels::Inlet;
use careline::domain::time::Millis;

use super::rig::{Rig, place, say};
use crate::support::discord::faults::{Break, Fault};

async fn identified(rig: &Rig, times: u32) {
    rig.discord
        .wait_for("a new session", |world| {
            (world.gateway.identifies == times && world.gateway.connected() == 1).then_some(())
        })
        .await;
}

#[tokio::test]
async fn a_dropped_connection_is_resumed_and_misses_nothing() {
    let rig = Rig::listening().await;
    rig.discord.writes_direct(rig.ann, "before");
    rig.inbox.words("before").await;
    rig.discord.drops_connections();
    rig.discord.writes_direct(rig.ann, "meanwhile");
    rig.inbox.words("meanwhile").await;
    rig.discord.asks_to_reconnect();
    rig.discord.writes_direct(rig.ann, "after");
    rig.inbox.words("after").await;
    assert_eq!(rig.inbox.texts(), ["before", "meanwhile", "after"]);
    assert_eq!(
        rig.discord.read(|world| world.gateway.identifies),
        1,
        "it was resumed"
    );
}

#[tokio::test]
async fn what_an_invalid_session_missed_is_read_from_the_history() {
    let rig = Rig::listening().await;
    rig.discord.writes_direct(rig.ann, "before");
    rig.inbox.words("before").await;
    rig.discord.invalidates_sessions();
    for number in 0..120 {
        rig.discord
            .writes_direct(rig.ann, format!("missed {number}").as_str());
    }
    identified(&rig, 2).await;
    rig.inbox.words("missed 119").await;
    let texts = rig.inbox.texts();
    let missed = (0..120).map(|number| format!("missed {number}"));
    let wanted: Vec<String> = std::iter::once("before".to_owned()).chain(missed).collect();
    assert_eq!(texts, wanted);
}

#[tokio::test]
async fn an_unreachable_discord_is_waited_out() {
    let rig = Rig::listening().await;
    rig.discord.writes_direct(rig.ann, "before");
    rig.inbox.words("before").await;
    rig.discord.goes_down().await;
    rig.discord.writes_direct(rig.ann, "into the dark");
    rig.discord.act(|world| world.gateway.resume_window_ms = -1);
    rig.discord.comes_back().await;
    rig.inbox.words("into the dark").await;
}

#[tokio::test]
async fn downtime_is_caught_up_in_every_place_that_is_known() {
    let mut rig = Rig::with_content().await;
    let asked = rig.discord.writes(rig.ann, rig.lobby, "a question");
    let arrival = rig.inbox.words("a question").await;
    rig.discord.writes_direct(rig.ann, "a direct word");
    rig.inbox.words("a direct word").await;
    let thread = rig
        .does(arrival.place, say("an answer"))
        .await
        .unwrap()
        .place
        .unwrap();
    assert_eq!(thread, place(asked));
    rig.stops().await;
    rig.discord
        .writes(rig.ann, asked, "in the thread, the first of hers there");
    rig.discord.writes(rig.ann, rig.lobby, "another question");
    rig.discord.writes_direct(rig.ann, "in private");
    let trouble = Break::Status {
        status: 502,
        with_effect: false,
    };
    rig.discord.orders(Fault::new("GET", "/messages", trouble));
    let wait = Break::TooMany {
        retry_after: 0.01,
        global: false,
    };
    rig.discord.orders(Fault::new("GET", "/messages", wait));
    rig.starts().await;
    for words in [
        "in the thread, the first of hers there",
        "another question",
        "in private",
    ] {
        let arrival = rig.inbox.words(words).await;
        assert!(!arrival.at_desk);
    }
    let texts = rig.inbox.texts();
    assert_eq!(texts.len(), 5, "each once: {texts:?}");
}

#[tokio::test]
async fn what_is_said_while_the_store_is_away_waits_and_beyond_the_bound_is_read_from_the_history()
{
    let mut rig = Rig::listening().await;
    rig.discord.writes_direct(rig.ann, "before");
    rig.inbox.words("before").await;
    rig.stops().await;
    rig.change(|settings| settings.events_max = 8);
    rig.starts().await;
    rig.refuses(u32::MAX);
    for number in 0..40 {
        rig.discord
            .writes_direct(rig.ann, format!("said {number}").as_str());
    }
    rig.was_refused(5).await;
    rig.refuses(0);
    rig.inbox.words("said 39").await;
    let said = (0..40).map(|number| format!("said {number}"));
    let wanted: Vec<String> = std::iter::once("before".to_owned()).chain(said).collect();
    assert_eq!(rig.inbox.texts(), wanted, "each once, in order");
}

#[tokio::test]
async fn live_words_wait_behind_the_history() {
    let mut rig = Rig::listening().await;
    rig.discord.writes_direct(rig.ann, "before");
    rig.inbox.words("before").await;
    rig.stops().await;
    rig.discord.writes_direct(rig.ann, "missed");
    let release = tokio_util::sync::CancellationToken::new();
    let hang = Break::Hang {
        with_effect: true,
        release: release.clone(),
    };
    rig.discord.orders(Fault::new("GET", "/messages", hang));
    rig.starts().await;
    rig.discord
        .wait_for("the history to be asked for", |world| {
            (!world.calls_of("GET", "/messages").is_empty()).then_some(())
        })
        .await;
    rig.discord.writes_direct(rig.ann, "live");
    // A press is not held up by that: it has three seconds.
    let channel = rig
        .discord
        .read(|world| world.direct_with(rig.ann))
        .unwrap();
    let pressed = rig.discord.forges_press(rig.ann, channel, 1, "t:x");
    rig.discord
        .wait_for("the answer", |world| world.first_answer(pressed))
        .await;
    assert_eq!(rig.inbox.texts(), ["before"]);
    release.cancel();
    rig.inbox.words("live").await;
    assert_eq!(rig.inbox.texts(), ["before", "missed", "live"]);
}

#[tokio::test]
async fn each_identify_is_counted_across_restarts_and_the_budget_is_kept() {
    let mut rig = Rig::listening().await;
    rig.stops().await;
    rig.starts().await;
    rig.stops().await;
    let kept = rig
        .inbox
        .recall("discord.identifies")
        .await
        .unwrap()
        .unwrap();
    assert!(kept.contains("\"count\":2"), "{kept}");
    let spent = kept.replace("\"count\":2", "\"count\":900");
    rig.inbox
        .remember("discord.identifies", &spent)
        .await
        .unwrap();
    let (stop, task, _ready) = rig.listen();
    rig.discord
        .wait_for("the look at the budget", |world| {
            (world.calls_of("GET", "/gateway/bot").len() == 3).then_some(())
        })
        .await;
    stop.cancel();
    task.await.unwrap().unwrap();
    assert_eq!(
        rig.discord.read(|world| world.gateway.identifies),
        2,
        "none beyond the budget"
    );
    rig.passes(Millis::hours(25));
    rig.starts().await;
    assert_eq!(rig.discord.read(|world| world.gateway.identifies), 3);
}

#[tokio::test]
async fn a_stop_is_no_goodbye() {
    let mut rig = Rig::listening().await;
    rig.stops().await;
    let closed = rig
        .discord
        .read(|world| world.gateway.closed_by_client.clone());
    assert_eq!(closed, [None], "1000 would end the session for good");
}
