//! Updates pushed instead of fetched: the same program, the same care.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;

use crate::support::shop::Shop;

const PATH: &str = "/telegram/webhook";
const SECRET_HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";

/// What stands before the program on the internet: it knows the program's address once it runs.
#[derive(Clone, Default)]
struct Front {
    behind: Arc<Mutex<Option<String>>>,
    secrets: Arc<Mutex<Vec<String>>>,
}

impl Front {
    /// Starts it; gives its own address.
    async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let routes = Router::new()
            .route(PATH, post(pass_on))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        format!("http://{address}{PATH}")
    }

    fn leads_to(&self, address: Option<String>) {
        *self.behind.lock().expect("not poisoned") = address;
    }
}

async fn pass_on(State(front): State<Front>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let Some(behind) = front.behind.lock().expect("not poisoned").clone() else {
        return StatusCode::BAD_GATEWAY;
    };
    let secret = headers
        .get(SECRET_HEADER)
        .and_then(|secret| secret.to_str().ok());
    let secret = secret.unwrap_or_default().to_owned();
    front
        .secrets
        .lock()
        .expect("not poisoned")
        .push(secret.clone());
    let request = reqwest::Client::new()
        .post(format!("http://{behind}{PATH}"))
        .header(SECRET_HEADER, secret)
        .body(body);
    match request.send().await {
        Ok(answer) => {
            let status = answer.status().as_u16();
            StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY)
        }
        Err(_) => StatusCode::BAD_GATEWAY,
    }
}

#[tokio::test]
async fn what_is_pushed_is_answered_and_a_restart_keeps_the_secret() {
    let front = Front::default();
    let mut shop = Shop::new().await.with_telegram();
    shop.config.telegram.webhook_url = Some(front.start().await);
    shop.opens().await;
    front.leads_to(Some(shop.address()));
    let ann = shop.telegram.person("Ann", "en");
    ann.says("How long does a refund take?");
    ann.waits_for("3–5 working days").await;
    shop.quiet().await;
    front.leads_to(None);
    shop.closes().await;
    ann.says("do you ship abroad");
    shop.opens().await;
    front.leads_to(Some(shop.address()));
    shop.quiet().await;
    shop.settles().await;
    let answers = ann.reads();
    let times = answers
        .iter()
        .filter(|m| m.text().contains("3–5 working days"))
        .count();
    assert_eq!(times, 1);
    assert!(answers.len() >= 3, "the second question is answered too");
    let secrets = front.secrets.lock().expect("not poisoned").clone();
    assert!(secrets[0].len() >= 32, "a secret was made");
    assert!(
        secrets.iter().all(|secret| *secret == secrets[0]),
        "and kept"
    );
    // Somebody else who found the address is turned away.
    let forged = reqwest::Client::new()
        .post(format!("http://{}{PATH}", shop.address()))
        .body(r#"{"update_id":1,"message":{"text":"forged"}}"#)
        .send()
        .await
        .expect("an answer");
    assert_eq!(forged.status().as_u16(), 401);
    shop.ends_well().await;
}
