//! The fake, seen by plain HTTP: what the platform's server source says about offsets, and limits.

use serde_json::{Value, json};

use crate::support::telegram::FakeTelegram;
use crate::support::telegram::faults::Fault;
use crate::support::telegram::state::State;

/// A client without any cleverness.
struct Plain {
    http: reqwest::Client,
    base: String,
}

impl Plain {
    fn of(fake: &FakeTelegram) -> Self {
        Self {
            http: reqwest::Client::new(),
            base: format!("{}/bot{}", fake.url(), fake.token()),
        }
    }

    async fn call(&self, method: &str, params: Value) -> (u16, Value) {
        let request = self
            .http
            .post(format!("{}/{method}", self.base))
            .json(&params);
        let answer = request.send().await.expect("the fake answers");
        let status = answer.status().as_u16();
        (
            status,
            answer.json().await.expect("the fake answers in JSON"),
        )
    }

    /// The ids of the updates that a poll gives.
    async fn poll(&self, params: Value) -> Vec<i64> {
        let (status, answer) = self.call("GetUpdates", params).await;
        assert_eq!(status, 200, "{answer}");
        let updates = answer["result"].as_array().expect("updates").clone();
        updates
            .iter()
            .map(|u| u["update_id"].as_i64().expect("an id"))
            .collect()
    }
}

#[tokio::test]
async fn an_offset_deletes_what_is_below_it_and_nothing_else() {
    let fake = FakeTelegram::start().await;
    let plain = Plain::of(&fake);
    let ann = fake.person("Ann", "en");
    for text in ["one", "two", "three"] {
        ann.says(text);
    }
    let all = plain.poll(json!({})).await;
    assert_eq!(all.len(), 3);
    assert_eq!(
        plain.poll(json!({})).await,
        all,
        "without an offset nothing is confirmed"
    );
    assert_eq!(plain.poll(json!({"limit": 2})).await, all[..2]);
    assert_eq!(plain.poll(json!({"offset": all[1]})).await, all[1..]);
    assert_eq!(
        plain.poll(json!({})).await,
        all[1..],
        "what was confirmed does not come back"
    );
    assert_eq!(
        plain.poll(json!({"offset": -1})).await,
        all[2..],
        "a negative one keeps the last"
    );
    assert_eq!(plain.poll(json!({})).await, all[2..]);
}

#[tokio::test]
async fn an_offset_just_past_the_end_swallows_what_comes_next() {
    let fake = FakeTelegram::start().await;
    let plain = Plain::of(&fake);
    let ann = fake.person("Ann", "en");
    let next = fake.with(|state| state.queue.next_id());
    let ahead = next + 5;
    ann.says("swallowed");
    assert!(plain.poll(json!({"offset": ahead})).await.is_empty());
    assert!(
        plain.poll(json!({})).await.is_empty(),
        "it is gone for good"
    );
    ann.says("kept");
    let far = plain.poll(json!({"offset": next + 5_000})).await;
    assert_eq!(far, [next + 1], "an offset far ahead is not believed");
}

#[tokio::test]
async fn updates_expire_after_a_day() {
    let fake = FakeTelegram::start().await;
    let plain = Plain::of(&fake);
    fake.person("Ann", "en").says("old");
    fake.pass_ms(86_399_000);
    assert_eq!(plain.poll(json!({})).await.len(), 1);
    fake.pass_ms(2_000);
    assert!(plain.poll(json!({})).await.is_empty());
}

#[tokio::test]
async fn sending_is_limited_by_the_clock_that_the_test_holds() {
    let fake = FakeTelegram::start().await;
    let plain = Plain::of(&fake);
    let forum = fake.forum("Desk");
    fake.limit_sending();
    let send = || plain.call("sendMessage", json!({"chat_id": forum, "text": "x"}));
    for _ in 0..20 {
        assert_eq!(send().await.0, 200);
        fake.pass_ms(100);
    }
    let (status, answer) = send().await;
    assert_eq!(status, 429);
    assert_eq!(answer["parameters"]["retry_after"], 58, "{answer}");
    fake.pass_ms(58_000);
    assert_eq!(send().await.0, 200);
}

#[tokio::test]
async fn only_who_wrote_first_is_written_to() {
    let fake = FakeTelegram::start().await;
    let plain = Plain::of(&fake);
    let (ann, ben) = (fake.person("Ann", "en"), fake.person("Ben", "en"));
    let forum = fake.forum("Desk");
    fake.joins(forum, &ben, "member");
    let send = async |chat: i64| {
        let (status, answer) = plain
            .call("sendMessage", json!({"chat_id": chat, "text": "x"}))
            .await;
        (
            status,
            answer["description"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        )
    };
    assert_eq!(
        send(ann.id).await,
        (400, "Bad Request: chat not found".into())
    );
    let refused = "Forbidden: bot can't initiate conversation with a user";
    assert_eq!(send(ben.id).await, (403, refused.into()));
    ann.says("hello");
    assert_eq!(send(ann.id).await.0, 200);
    ann.blocks();
    assert_eq!(
        send(ann.id).await,
        (403, "Forbidden: bot was blocked by the user".into())
    );
    ann.unblocks();
    assert_eq!(send(ann.id).await.0, 200);
    fake.leaves(forum, &ben);
    fake.removes_bot(forum);
    let refused = "Forbidden: bot was kicked from the supergroup chat";
    assert_eq!(send(forum).await, (403, refused.into()));
}

#[tokio::test]
async fn a_press_is_answered_once_and_not_late() {
    let fake = FakeTelegram::start().await;
    let plain = Plain::of(&fake);
    let ann = fake.person("Ann", "en");
    ann.says("hello");
    let markup = json!({"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]});
    let (_, sent) = plain
        .call(
            "sendMessage",
            json!({"chat_id": ann.id, "text": "x", "reply_markup": markup}),
        )
        .await;
    let message = sent["result"]["message_id"].as_i64().expect("an id");
    let answer = |press: String| {
        plain.call(
            "answerCallbackQuery",
            json!({"callback_query_id": press, "text": "done"}),
        )
    };
    let press = ann.alone().presses(message, "Go");
    assert_eq!(answer(press.clone()).await.0, 200);
    assert_eq!(answer(press.clone()).await.0, 400, "a second answer");
    assert_eq!(ann.alone().toast(&press).await.text, "done");
    let again = ann.alone().replays(&press);
    assert_ne!(again, press);
    fake.pass_ms(3_600_000);
    assert_eq!(answer(again).await.0, 400, "too late");
}

#[tokio::test]
async fn faults_come_as_ordered_with_and_without_effect() {
    let fake = FakeTelegram::start().await;
    let plain = Plain::of(&fake);
    let ann = fake.person("Ann", "en");
    ann.says("hello");
    let body = json!({"chat_id": ann.id, "text": "x"});
    fake.fail_next(
        "sendMessage",
        1,
        Fault::Broken {
            status: 502,
            effect: true,
        },
    );
    assert_eq!(plain.call("sendMessage", body.clone()).await.0, 502);
    assert_eq!(ann.reads().len(), 1, "it took effect all the same");
    for effect in [false, true] {
        fake.fail_next("sendMessage", 1, Fault::Reset { effect });
        let url = format!("{}/sendMessage", plain.base);
        let failed = plain.http.post(url).json(&body).send().await;
        assert!(failed.is_err_and(|error| !error.is_timeout()));
        assert_eq!(ann.reads().len(), if effect { 2 } else { 1 });
    }
    fake.down().await;
    let refused = plain.http.get(fake.url()).send().await;
    assert!(refused.is_err_and(|error| error.is_connect()));
    fake.up().await;
    assert_eq!(plain.call("getMe", json!({})).await.0, 200);
}

#[tokio::test]
async fn a_hanging_call_goes_on_when_released() {
    let fake = FakeTelegram::start().await;
    let plain = Plain::of(&fake);
    fake.fail_next("getMe", 1, Fault::Hang { effect: false });
    let hangs = |state: &State| {
        state
            .calls
            .iter()
            .any(|call| call.status == 0)
            .then_some(())
    };
    let (answer, ()) = tokio::join!(plain.call("getMe", json!({})), async {
        fake.wait_for("a call that hangs", hangs).await;
        // The handler subscribes before it hangs; a release that came first would be lost.
        while fake.with(|state| state.calls[0].status) == 0 {
            fake.release();
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(answer.0, 200);
}

#[tokio::test]
async fn text_is_cleaned_and_its_entities_move_along() {
    let fake = FakeTelegram::start().await;
    let plain = Plain::of(&fake);
    let ann = fake.person("Ann", "en");
    ann.says("hello");
    let text = "  a\u{0}b\u{202e}🙂c ";
    let entities = json!([{"type": "bold", "offset": 6, "length": 2}]);
    let body = json!({"chat_id": ann.id, "text": text, "entities": entities});
    let (status, answer) = plain.call("sendMessage", body).await;
    assert_eq!(status, 200, "{answer}");
    let received = &ann.reads()[0];
    assert_eq!(received.text(), "a b🙂c");
    assert_eq!(
        received.entities(),
        [json!({"type": "bold", "offset": 3, "length": 2})]
    );
    let broken = json!([{"type": "bold", "offset": 7, "length": 1}]);
    let body = json!({"chat_id": ann.id, "text": text, "entities": broken});
    assert_eq!(
        plain.call("sendMessage", body).await.0,
        400,
        "in the middle of an emoji"
    );
}
