//! How far the ladder of a wait was climbed, as the queue and the page show it; quiet by a click.

use careline::clock::Clock;
use careline::domain::desk::act::StaffAct;
use careline::domain::engine::conversation::Phase;
use careline::domain::handoff::{Handoff, HandoffReason, LateChoice};
use careline::domain::sla::SlaClock;
use careline::domain::sla::plan::Due;
use careline::domain::staff::Role;
use careline::domain::time::{Millis, Timestamp};
use careline::store::{Store, conversations, views};

use crate::support::console::{Desk, Guest};
use crate::support::database::each_store;

fn due(since: Timestamp) -> Due {
    Due {
        clock: SlaClock::HumanWait,
        since,
        due_at: since + Millis::minutes(30),
        warn_at: since + Millis::minutes(22),
        lead_at: None,
        customer_at: None,
        target_ms: Millis::minutes(30),
        used_ms: Millis(0),
        counts_from: since,
        policy: "usual".to_owned(),
        plan: 0,
        zones: None,
    }
}

/// The conversation waits with this handoff from now on.
async fn waits(store: &Store, handoff: Handoff) {
    let written = store.write(move |tx| {
        let handoff = handoff.clone();
        Box::pin(async move {
            let found = conversations::lock(tx, &"co1".into()).await?;
            let mut conversation = found.expect("it is there");
            conversation.state.phase = Phase::Waiting { handoff };
            conversations::save(tx, &conversation).await
        })
    });
    written.await.expect("is written");
}

async fn text(who: &Guest, path: &str) -> String {
    who.opens(path).await.text().await.expect("a page")
}

#[tokio::test]
async fn the_queue_marks_what_is_late_and_tells_the_lead_who_is_needed() {
    each_store(async |store| {
        let desk = Desk::start(store).await;
        desk.conversation("where is it").await;
        let agent = desk.signs_in("Ben", Role::Agent).await;
        let now = desk.clock.now();
        let mut handoff = Handoff::called("h1".into(), HandoffReason::Asked, now);
        handoff.due = Some(due(now));
        waits(store, handoff.clone()).await;
        let page = text(&agent, "/console").await;
        assert!(!page.contains("target"), "all is in time: {page}");
        desk.clock.pass(Millis::minutes(23));
        assert!(text(&agent, "/console").await.contains("target near"));
        desk.clock.pass(Millis::minutes(8));
        handoff.leads_called_since = Some(now);
        handoff.choice = Some(LateChoice::Leave);
        waits(store, handoff.clone()).await;
        let page = text(&agent, "/console").await;
        for mark in ["target missed", "lead called", "write to them"] {
            assert!(page.contains(mark), "{mark}: {page}");
        }
        assert!(!page.contains("needs-lead"), "an agent is no lead");
        let lead = desk.signs_in("Mai", Role::Lead).await;
        let page = text(&lead, "/console").await;
        assert!(page.contains("One conversation needs you:"), "{page}");
        assert!(page.contains("Ann &lt;b&gt; (A1)"), "{page}");
        handoff.snoozed_until = Some(desk.clock.now() + Millis::minutes(15));
        waits(store, handoff).await;
        let page = text(&lead, "/console").await;
        assert!(
            !page.contains("needs-lead") && page.contains("quiet for 15 min"),
            "{page}"
        );
        let thread = text(&agent, "/console/conversations/co1").await;
        assert!(thread.contains("quiet for 15 min") && thread.contains("target missed"));
        desk.stop();
    })
    .await;
}

#[tokio::test]
async fn a_click_asks_for_quiet() {
    each_store(async |store| {
        let desk = Desk::start(store).await;
        desk.conversation("where is it").await;
        let now = desk.clock.now();
        waits(
            store,
            Handoff::called("h1".into(), HandoffReason::Asked, now),
        )
        .await;
        let agent = desk.signs_in("Ben", Role::Agent).await;
        let page = text(&agent, "/console/conversations/co1").await;
        assert!(page.contains("No further word for now"));
        let fields = [("click", "c1"), ("act", "snooze")];
        let answer = agent.posts("/console/conversations/co1/act", &fields).await;
        assert_eq!(answer.status(), 303);
        let mut tx = store.read().await.expect("reads");
        let thread = views::thread(&mut tx, &"co1".into()).await.expect("reads");
        let clicks = thread.expect("it is there").clicks;
        assert_eq!(clicks.len(), 1);
        assert_eq!(clicks[0].act, StaffAct::Snooze);
        drop(tx);
        desk.stop();
    })
    .await;
}
