//! A click becomes one arrival in the inbox, and the page shows it as not decided on yet.

use careline::domain::desk::act::{ConsoleClick, StaffAct};
use careline::domain::staff::Role;
use careline::store::{inbox, views};
use reqwest::Response;

use crate::support::console::{Desk, Guest};
use crate::support::database::each_store;

const ACT: &str = "/console/conversations/co1/act";

async fn clicks(desk: &Desk) -> Vec<ConsoleClick> {
    let mut tx = desk.store.read().await.unwrap();
    let thread = views::thread(&mut tx, &"co1".into()).await.unwrap();
    thread.unwrap().clicks
}

async fn says(who: &Guest, click: &str, text: &str) -> Response {
    who.posts(ACT, &[("click", click), ("act", "reply"), ("text", text)])
        .await
}

#[tokio::test]
async fn a_click_is_one_arrival_however_often_it_is_sent() {
    each_store(async |store| {
        let desk = Desk::start(store).await;
        desk.conversation("hello").await;
        let mai = desk.signs_in("Mai", Role::Agent).await;
        let woken = desk.arrivals.notified();
        for _ in 0..3 {
            assert_eq!(says(&mai, "c1", "Xin chào\r\nbạn").await.status(), 303);
        }
        woken.await;
        // Another text under the same token (a page from the browser's memory) is not lost.
        assert_eq!(says(&mai, "c1", "and more").await.status(), 303);
        let found = clicks(&desk).await;
        let texts: Vec<String> = found
            .iter()
            .map(|click| match &click.act {
                StaffAct::Reply { parts } => careline::domain::message::plain_text(parts),
                other => panic!("a reply: {other:?}"),
            })
            .collect();
        assert_eq!(texts, ["Xin chào\nbạn", "and more"]);
        assert_eq!(found[0].staff.as_str(), "staff-Mai");
        let mut tx = desk.store.read().await.unwrap();
        let heads = inbox::lane_heads(&mut tx, 10, &[]).await.unwrap();
        assert_eq!(heads[0].lane, "conversation:co1");
        drop(tx);

        let page = mai
            .opens("/console/conversations/co1")
            .await
            .text()
            .await
            .unwrap();
        assert!(page.contains("Sending…"), "it is shown as on its way");
        assert!(page.contains("Ann &lt;b&gt;") && !page.contains("Ann <b>"));
        desk.stop();
    })
    .await;
}

#[tokio::test]
async fn clicks_that_make_no_sense_are_refused() {
    each_store(async |store| {
        let desk = Desk::start(store).await;
        desk.conversation("hello").await;
        let mai = desk.signs_in("Mai", Role::Agent).await;
        let long = "x".repeat(8_001);
        let cases: [(&[(&str, &str)], u16); 6] = [
            (&[("click", "c1"), ("act", "fly")], 400),
            (&[("click", ""), ("act", "claim")], 400),
            (&[("click", "../x"), ("act", "claim")], 400),
            (&[("click", "c1"), ("act", "reply"), ("text", " \n ")], 400),
            (&[("click", "c1"), ("act", "note"), ("text", &long)], 400),
            (&[("act", "claim")], 400),
        ];
        for (fields, status) in cases {
            assert_eq!(mai.posts(ACT, fields).await.status(), status, "{fields:?}");
        }
        let nowhere = mai
            .posts(
                "/console/conversations/none/act",
                &[("click", "c1"), ("act", "claim")],
            )
            .await;
        assert_eq!(nowhere.status(), 404);
        assert!(clicks(&desk).await.is_empty());
        desk.stop();
    })
    .await;
}

#[tokio::test]
async fn a_live_page_shows_what_changes_and_ends_with_the_sign_in() {
    each_store(async |store| {
        let desk = Desk::start(store).await;
        let mai = desk.signs_in("Mai", Role::Agent).await;
        let mut live = mai.opens("/console/live/queue").await;
        let first = part(&mut live).await;
        assert!(first.contains("event: part") && first.contains("quiet"));
        desk.conversation("where is my parcel").await;
        assert!(part(&mut live).await.contains("where is my parcel"));
        assert_eq!(mai.posts("/console/sign-out", &[]).await.status(), 303);
        assert!(part(&mut live).await.contains("event: over"));
        desk.stop();
    })
    .await;
}

async fn part(live: &mut Response) -> String {
    let chunk = tokio::time::timeout(std::time::Duration::from_secs(20), live.chunk());
    let bytes = chunk
        .await
        .expect("in time")
        .unwrap()
        .expect("more to come");
    String::from_utf8(bytes.to_vec()).unwrap()
}
