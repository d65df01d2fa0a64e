//! What the fake refuses and remembers where discord.py does not look.

use serde_json::{Value, json};

use crate::support::discord::faults::{Break, Fault};
use crate::support::discord::{Discord, TOKEN};

struct Caller<'a> {
    discord: &'a Discord,
    client: reqwest::Client,
}

impl Caller<'_> {
    fn of(discord: &Discord) -> Caller<'_> {
        Caller {
            discord,
            client: reqwest::Client::new(),
        }
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/api/v10{path}", self.discord.api_url());
        let method = method.parse().unwrap();
        let request = self.client.request(method, url).json(&body);
        let response = request
            .header("authorization", format!("Bot {TOKEN}"))
            .send()
            .await
            .unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    async fn posts(&self, channel: u64, body: Value) -> (u16, Value) {
        self.call("POST", &format!("/channels/{channel}/messages"), body)
            .await
    }
}

#[tokio::test]
async fn an_enforced_nonce_gives_the_earlier_message_until_its_window_ends() {
    let discord = Discord::start().await;
    let shop = discord.guild("Shop");
    let lobby = discord.text_channel(shop, "lobby");
    let caller = Caller::of(&discord);
    let body = json!({"content": "once", "nonce": "row-1", "enforce_nonce": true});
    let (_, first) = caller.posts(lobby, body.clone()).await;
    let (_, again) = caller.posts(lobby, body.clone()).await;
    assert_eq!(first["id"], again["id"]);
    discord.hands.advance_ms(180_001);
    let (_, late) = caller.posts(lobby, body).await;
    assert_ne!(first["id"], late["id"]);
    let (_, list) = caller
        .call("GET", &format!("/channels/{lobby}/messages"), Value::Null)
        .await;
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert!(
        list[0].get("nonce").is_none(),
        "the history carries no nonce"
    );
}

#[tokio::test]
async fn an_edit_without_allowed_mentions_pings_anew() {
    let discord = Discord::start().await;
    let shop = discord.guild("Shop");
    let (lobby, ann) = (
        discord.text_channel(shop, "lobby"),
        discord.person("Ann", shop),
    );
    let caller = Caller::of(&discord);
    let nobody = json!({"parse": []});
    let content = format!("<@{ann}> @everyone");
    let body = json!({"content": content, "allowed_mentions": nobody});
    let (_, made) = caller.posts(lobby, body).await;
    assert!(discord.read(|world| world.pinging().is_empty()));
    let path = format!(
        "/channels/{lobby}/messages/{}",
        made["id"].as_str().unwrap()
    );
    caller
        .call("PATCH", &path, json!({"content": content}))
        .await;
    discord.read(|world| {
        let pings = world.pinging();
        assert!(pings.len() == 1 && pings[0].by_edit && pings[0].everyone);
        assert!(pings[0].users.contains(&ann));
    });
}

#[tokio::test]
async fn bodies_that_discord_refuses_are_refused() {
    let discord = Discord::start().await;
    let shop = discord.guild("Shop");
    let lobby = discord.text_channel(shop, "lobby");
    let caller = Caller::of(&discord);
    let button =
        |label: &str, id: &str| json!({"type": 2, "style": 1, "label": label, "custom_id": id});
    let row = |buttons: Vec<Value>| json!({"type": 1, "components": buttons});
    let six: Vec<Value> = (0..6).map(|n| button("ok", &n.to_string())).collect();
    let cases = [
        (json!({"content": ""}), 50006),
        (json!({"content": "é".repeat(2001)}), 50035),
        (json!({"content": "x", "nonce": "n".repeat(26)}), 50035),
        (json!({"content": "x", "components": [row(six)]}), 50035),
        (
            json!({"content": "x", "components": [row(vec![button(&"l".repeat(81), "a")])]}),
            50035,
        ),
        (
            json!({"content": "x", "components": [row(vec![button("l", &"c".repeat(101))])]}),
            50035,
        ),
        (
            json!({"content": "x", "components": vec![row(vec![button("l", "a")]); 6]}),
            50035,
        ),
        (
            json!({"content": "x", "components": vec![row(vec![button("l", "a")]); 2]}),
            50035,
        ),
        (
            json!({"content": "x", "allowed_mentions": {"parse": ["all"]}}),
            50035,
        ),
        (
            json!({"content": "x", "message_reference": {"message_id": "1"}}),
            50035,
        ),
    ];
    for (body, code) in cases {
        let (status, answer) = caller.posts(lobby, body.clone()).await;
        assert_eq!(
            (status, answer["code"].as_u64()),
            (400, Some(code)),
            "{body}"
        );
    }
    assert!(discord.read(|world| world.messages_in(lobby).is_empty()));
    let (status, _) = caller
        .posts(lobby, json!({"content": "é".repeat(2000)}))
        .await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn an_interaction_is_answered_once_and_in_time() {
    let discord = Discord::start().await;
    let shop = discord.guild("Shop");
    let (lobby, ann) = (
        discord.text_channel(shop, "lobby"),
        discord.person("Ann", shop),
    );
    let caller = Caller::of(&discord);
    let button = json!({"type": 2, "style": 1, "label": "Claim", "custom_id": "c"});
    let rows = json!([{"type": 1, "components": [button]}]);
    let (_, card) = caller
        .posts(lobby, json!({"content": "card", "components": rows}))
        .await;
    let card = card["id"].as_str().unwrap().parse().unwrap();
    let path = |id: u64| {
        let token = discord.read(|world| world.interactions[&id].token.clone());
        (format!("/interactions/{id}/{token}/callback"), token)
    };
    let pressed = discord.presses_label(ann, lobby, card, "Claim");
    let (callback, token) = path(pressed);
    assert_eq!(
        caller.call("POST", &callback, json!({"type": 6})).await.0,
        204
    );
    let (status, again) = caller.call("POST", &callback, json!({"type": 6})).await;
    assert_eq!((status, again["code"].as_u64()), (400, Some(40060)));
    let application = discord.read(|world| world.application.id);
    let follow_up = format!("/webhooks/{application}/{token}");
    let body = json!({"content": "you were faster", "flags": 64});
    assert_eq!(caller.call("POST", &follow_up, body.clone()).await.0, 200);
    discord.hands.advance_ms(15 * 60_000 + 1);
    assert_eq!(caller.call("POST", &follow_up, body).await.1["code"], 50027);
    let late = discord.presses_label(ann, lobby, card, "Claim");
    let (callback, _) = path(late);
    discord.hands.advance_ms(3_001);
    let (status, answer) = caller.call("POST", &callback, json!({"type": 6})).await;
    assert_eq!((status, answer["code"].as_u64()), (404, Some(10062)));
}

#[tokio::test]
async fn ordered_faults_break_one_request_each() {
    let discord = Discord::start().await;
    let shop = discord.guild("Shop");
    let lobby = discord.text_channel(shop, "lobby");
    let caller = Caller::of(&discord);
    let path = format!("/channels/{lobby}/messages");
    let order = |how| discord.orders(Fault::new("POST", path.clone(), how));
    order(Break::Status {
        status: 500,
        with_effect: true,
    });
    order(Break::Status {
        status: 503,
        with_effect: false,
    });
    order(Break::Refusal {
        status: 403,
        code: 50013,
    });
    for status in [500, 503, 403, 200] {
        let (got, _) = caller
            .posts(lobby, json!({"content": status.to_string()}))
            .await;
        assert_eq!(got, status);
    }
    order(Break::Reset { with_effect: true });
    let url = format!("{}/api/v10{path}", discord.api_url());
    let cut = caller
        .client
        .post(url)
        .header("authorization", format!("Bot {TOKEN}"));
    assert!(cut.json(&json!({"content": "cut"})).send().await.is_err());
    let said = discord.read(|world| {
        let all = world.bot_messages_in(lobby);
        all.iter()
            .map(|message| message.content.clone())
            .collect::<Vec<_>>()
    });
    assert_eq!(said, ["500", "200", "cut"]);
}

#[tokio::test]
async fn a_bucket_refuses_before_its_time_and_grants_after() {
    let discord = Discord::start().await;
    let shop = discord.guild("Shop");
    let lobby = discord.text_channel(shop, "lobby");
    discord.act(|world| world.limits.on = true);
    let caller = Caller::of(&discord);
    for _ in 0..5 {
        assert_eq!(caller.posts(lobby, json!({"content": "x"})).await.0, 200);
    }
    let (status, answer) = caller.posts(lobby, json!({"content": "x"})).await;
    assert_eq!((status, answer["retry_after"].as_f64()), (429, Some(5.0)));
    discord.hands.advance_ms(5_000);
    assert_eq!(caller.posts(lobby, json!({"content": "x"})).await.0, 200);
}
