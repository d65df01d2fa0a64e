//! Updates pushed: who is not Telegram learns nothing, and 200 follows the commit.

use careline::channels::Happening;
use careline::channels::telegram::{WEBHOOK_PATH, webhook_routes};
use serde_json::json;

use super::rig::Rig;
use crate::support::telegram::state::State;

const SECRET: &str = "s3cret-of_the_hook";

/// The adapter's route on a port of its own; gives its address.
async fn served(rig: &Rig) -> (String, super::rig::Listening) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("a bound port");
    let url = format!("http://{address}{WEBHOOK_PATH}");
    let telegram = rig.hooked(&url, SECRET);
    let routes = webhook_routes(telegram.clone(), rig.inlet.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let listening = rig.listen(telegram);
    listening.ready().await;
    (url, listening)
}

#[tokio::test]
async fn what_is_pushed_is_taken_in_order_and_again_until_it_is_durable() {
    let rig = Rig::new().await;
    let (_, listening) = served(&rig).await;
    rig.inlet.refuse_next(2);
    let ann = rig.fake.person("Ann", "en");
    ann.says("one");
    ann.says("two");
    let taken = rig.inlet.wait_for(2).await;
    assert_eq!((rig.inlet.refused(), rig.inlet.repeated()), (2, 0));
    assert!(taken[0].raw.contains("one") && taken[1].raw.contains("two"));
    let empty = |state: &State| (state.queue.len() == 0).then_some(());
    rig.fake.wait_for("both were acknowledged", empty).await;
    listening.stop().await.expect("an orderly stop");
}

#[tokio::test]
async fn who_is_not_telegram_is_turned_away() {
    let rig = Rig::new().await;
    let (url, listening) = served(&rig).await;
    let update = json!({"update_id": 1, "message": {"text": "forged"}}).to_string();
    let http = reqwest::Client::new();
    for secret in [
        None,
        Some(""),
        Some("s3cret-of_the_hooc"),
        Some("s3cret-of_the_hook-and-more"),
    ] {
        let mut request = http.post(&url).body(update.clone());
        if let Some(secret) = secret {
            request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        let status = request.send().await.expect("an answer").status().as_u16();
        assert_eq!(status, 401, "{secret:?}");
    }
    assert!(rig.inlet.taken().is_empty());
    listening.stop().await.expect("an orderly stop");
}

#[tokio::test]
async fn what_is_not_json_is_kept_and_too_much_is_refused() {
    let rig = Rig::new().await;
    let (url, listening) = served(&rig).await;
    let http = reqwest::Client::new();
    let push = async |body: Vec<u8>| {
        let request = http
            .post(&url)
            .header("X-Telegram-Bot-Api-Secret-Token", SECRET)
            .body(body);
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(push(b"{\"update_id\": 3, \xff\0".to_vec()).await, 200);
    let taken = rig.inlet.taken();
    assert!(
        matches!(taken[0].what, Happening::Unreadable { .. }),
        "{:?}",
        taken[0].what
    );
    assert!(!taken[0].raw.contains('\0'));
    assert_eq!(push(vec![b' '; 1024 * 1024 + 1]).await, 413);
    assert_eq!(rig.inlet.taken().len(), 1);
    listening.stop().await.expect("an orderly stop");
}
