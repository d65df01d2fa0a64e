//! The console alone over a real store, and a browser that keeps one cookie.

use std::net::SocketAddr;
use std::sync::Arc;

use careline::clock::{Clock, SetClock, SystemIds};
use careline::config::Config;
use careline::console::{Attempts, Console, router};
use careline::domain::customer::Customer;
use careline::domain::engine::conversation::Conversation;
use careline::domain::ids::{AccountId, ConversationId};
use careline::domain::lang::Lang;
use careline::domain::place::{ChannelKind, Place};
use careline::domain::staff::{Role, Staff};
use careline::domain::time::Timestamp;
use careline::store::messages::{Author, Kept};
use careline::store::{Store, conversations, customers, messages, sign_in, staff};
use careline::wording::Wording;
use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// A running console.
pub struct Desk {
    /// Its database.
    pub store: Store,
    /// Its clock.
    pub clock: Arc<SetClock>,
    /// Is notified when a click was taken.
    pub arrivals: Arc<Notify>,
    /// `http://127.0.0.1:port`.
    pub url: String,
    stop: CancellationToken,
}

impl Desk {
    /// Starts one over that store.
    pub async fn start(store: &Store) -> Desk {
        let clock = Arc::new(SetClock::at(Timestamp(1_800_000_000_000)));
        let (arrivals, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        let console = Console {
            wording_tests: true,
            store: store.clone(),
            wording: Arc::new(Wording::load().unwrap()),
            clock: clock.clone(),
            ids: Arc::new(SystemIds::default()),
            arrivals: arrivals.clone(),
            changes: Arc::new(Notify::new()),
            stop: stop.clone(),
            is_https: false,
            usual_policy: Config::default().usual_policy(),
            attempts: Attempts::default(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = router(Arc::new(console)).into_make_service_with_connect_info::<SocketAddr>();
        let serving =
            axum::serve(listener, routes).with_graceful_shutdown(stop.clone().cancelled_owned());
        tokio::spawn(async move { serving.await.unwrap() });
        Desk {
            store: store.clone(),
            clock,
            arrivals,
            url,
            stop,
        }
    }

    /// Lists somebody and gives back the secret of a sign-in link for them.
    pub async fn lists(&self, name: &str, role: Role) -> String {
        let secret = format!("secret-of-{name}");
        let member = Staff {
            id: format!("staff-{name}").into(),
            name: name.to_owned(),
            role,
            lang: Lang::En,
        };
        let (link, now) = (secret.clone(), self.clock.now());
        self.store
            .write(move |tx| {
                let (member, link) = (member.clone(), link.clone());
                Box::pin(async move {
                    staff::add(tx, &member, now).await?;
                    sign_in::add_link(tx, &link, &member.id, now).await
                })
            })
            .await
            .unwrap();
        secret
    }

    /// Lists somebody and signs them in.
    pub async fn signs_in(&self, name: &str, role: Role) -> Guest {
        let secret = self.lists(name, role).await;
        let mut guest = self.guest();
        let answer = guest
            .posts_bare(&format!("/console/sign-in/{secret}"))
            .await;
        assert_eq!(answer.status(), 303);
        guest.keep_cookie(&answer);
        guest
    }

    /// A browser that is not signed in.
    pub fn guest(&self) -> Guest {
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Guest {
            client,
            url: self.url.clone(),
            cookie: String::new(),
        }
    }

    /// A conversation of a customer who wrote something.
    pub async fn conversation(&self, words: &'static str) -> ConversationId {
        let now = self.clock.now();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let account = AccountId::from("v1");
                    let customer = Customer {
                        id: "cu1".into(),
                        name: "Ann <b>".to_owned(),
                        lang: Some(Lang::En),
                        lang_chosen: false,
                        preference: None,
                        segment: None,
                        preference_asked: false,
                    };
                    customers::add(tx, &customer, ChannelKind::Web, &account, "v1", now).await?;
                    let place = Place::chat(ChannelKind::Web, "v1");
                    let conversation = Conversation::open(
                        "co1".into(),
                        "A1".to_owned(),
                        customer.id,
                        account,
                        place,
                        now,
                    );
                    conversations::add(tx, &conversation, None).await?;
                    let kept = Kept {
                        id: "m1".into(),
                        conversation: "co1".into(),
                        position: now.0,
                        author: Author::Customer,
                        staff: None,
                        parts: vec![careline::domain::message::Part::Text {
                            text: words.to_owned(),
                        }],
                        at: now,
                    };
                    messages::add(tx, &kept).await?;
                    Ok(ConversationId::from("co1"))
                })
            })
            .await
            .unwrap()
    }

    /// Ends its live pages and itself.
    pub fn stop(self) {
        self.stop.cancel();
    }
}

/// Somebody's browser.
pub struct Guest {
    client: Client,
    url: String,
    cookie: String,
}

impl Guest {
    /// Opens a page.
    pub async fn opens(&self, path: &str) -> Response {
        self.ask(self.client.get(format!("{}{path}", self.url)))
            .await
    }

    /// Sends a form with its proof, as a page of ours does.
    pub async fn posts(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let token = self.form_token().await;
        let mut all = vec![("form", token.as_str())];
        all.extend(fields);
        self.posts_from("same-origin", path, &all).await
    }

    /// Sends a form, as a page of that relation to ours does.
    pub async fn posts_from(&self, site: &str, path: &str, fields: &[(&str, &str)]) -> Response {
        let request = self
            .client
            .post(format!("{}{path}", self.url))
            .header("sec-fetch-site", site)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(fields));
        self.ask(request).await
    }

    /// Sends a form without fields.
    pub async fn posts_bare(&self, path: &str) -> Response {
        self.posts_from("same-origin", path, &[]).await
    }

    /// The proof that stands in every page's forms.
    pub async fn form_token(&self) -> String {
        let page = self.opens("/console").await.text().await.unwrap();
        let (_, rest) = page.split_once("data-form=\"").expect("signed in");
        rest.split('"').next().unwrap().to_owned()
    }

    /// Keeps the cookie that an answer sets.
    pub fn keep_cookie(&mut self, answer: &Response) {
        let set = answer.headers()[SET_COOKIE].to_str().unwrap();
        self.cookie = set.split(';').next().unwrap().to_owned();
    }

    async fn ask(&self, request: RequestBuilder) -> Response {
        request.header(COOKIE, &self.cookie).send().await.unwrap()
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect()
    };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect();
    pairs.join("&")
}
