//! One call to Discord: serenity's routes and request, our own client, time-outs and reading.
//!
//! serenity's own sending hides the headers of a refusal (a 429 comes without its pause) and its
//! limiter waits inside the call; so it builds the request here and we send it.
//! Invariant: every call ends within `CALL_MAX`, and no error text holds an address or a token.

use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use serenity::builder::CreateAttachment;
use serenity::http::{LightMethod, Multipart, MultipartUpload, Request, Route};
use tokio_util::sync::CancellationToken;

use super::fault::Fault;
use super::pace::{self, Pace};
use crate::domain::picture::Picture;
use crate::domain::time::Millis;

/// The longest that one call may take; a delivery makes at most a few.
const CALL_MAX: Duration = Duration::from_secs(15);
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// The pause after a 429 that names none.
const PAUSE_UNNAMED: Duration = Duration::from_secs(1);

/// Calls Discord with the bot's token.
pub struct Rest {
    client: reqwest::Client,
    token: SecretString,
    api_url: String,
    pace: Pace,
    /// Cancelled once Discord has refused the token.
    pub token_refused: CancellationToken,
}

impl Rest {
    /// `api_url` is `https://discord.com` or a proxy in its place.
    pub fn new(token: &SecretString, api_url: &str) -> Result<Rest, reqwest::Error> {
        let client = reqwest::Client::builder()
            .timeout(CALL_MAX)
            .connect_timeout(CONNECT_MAX)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let bare = token.expose_secret().trim().trim_start_matches("Bot ");
        Ok(Rest {
            client,
            token: format!("Bot {bare}").into(),
            api_url: api_url.trim_end_matches('/').to_owned(),
            pace: Pace::default(),
            token_refused: CancellationToken::new(),
        })
    }

    /// The token as the gateway wants it, with `Bot ` before it.
    pub fn token(&self) -> &SecretString {
        &self.token
    }

    /// Where the calls go.
    pub fn api_url(&self) -> &str {
        &self.api_url
    }

    /// `GET`.
    pub async fn get(&self, route: Route<'_>) -> Result<Value, Fault> {
        self.call(LightMethod::Get, route, None, None).await
    }

    /// `GET` of a page.
    pub async fn page(
        &self,
        route: Route<'_>,
        params: Vec<(&'static str, String)>,
    ) -> Result<Value, Fault> {
        self.call(LightMethod::Get, route, Some(params), None).await
    }

    /// `POST`.
    pub async fn post(&self, route: Route<'_>, body: &Value) -> Result<Value, Fault> {
        self.call(LightMethod::Post, route, None, Some(body)).await
    }

    /// `POST`, with a picture where there is one.
    pub async fn post_with(
        &self,
        route: Route<'_>,
        body: &Value,
        picture: Option<&Picture>,
    ) -> Result<Value, Fault> {
        let Some(picture) = picture else {
            return self.post(route, body).await;
        };
        let file = CreateAttachment::bytes(picture.png.clone(), picture.name.clone());
        let form = Multipart {
            upload: MultipartUpload::Attachments(vec![file]),
            fields: Vec::new(),
            payload_json: Some(body.to_string()),
        };
        let request = Request::new(route, LightMethod::Post).multipart(Some(form));
        self.send(LightMethod::Post, route, request).await
    }

    /// `PATCH`.
    pub async fn patch(&self, route: Route<'_>, body: &Value) -> Result<Value, Fault> {
        self.call(LightMethod::Patch, route, None, Some(body)).await
    }

    /// `PUT`.
    pub async fn put(&self, route: Route<'_>, body: Option<&Value>) -> Result<Value, Fault> {
        self.call(LightMethod::Put, route, None, body).await
    }

    /// `DELETE`.
    pub async fn delete(&self, route: Route<'_>) -> Result<Value, Fault> {
        self.call(LightMethod::Delete, route, None, None).await
    }

    async fn call(
        &self,
        method: LightMethod,
        route: Route<'_>,
        params: Option<Vec<(&'static str, String)>>,
        body: Option<&Value>,
    ) -> Result<Value, Fault> {
        let body = body.map(|body| body.to_string().into_bytes());
        let request = Request::new(route, method).params(params).body(body);
        self.send(method, route, request).await
    }

    async fn send(
        &self,
        method: LightMethod,
        route: Route<'_>,
        request: Request<'_>,
    ) -> Result<Value, Fault> {
        let bucket = format!("{method:?}{:?}", route.ratelimiting_bucket());
        if let Some(left) = self.pace.closed_for(&bucket, Instant::now()) {
            let why = "waiting for Discord's rate limit".to_owned();
            return Err(Fault::NotSent {
                why,
                retry_after: Some(left),
            });
        }
        let token = self.token.expose_secret();
        let built = request.build(&self.client, token, Some(&self.api_url));
        let built = built.map_err(|_| Fault::NotSent {
            why: "the request could not be built; is discord.api_url an address?".to_owned(),
            retry_after: None,
        })?;
        let response = built.send().await?;
        self.read(&bucket, response).await
    }

    async fn read(&self, bucket: &str, response: reqwest::Response) -> Result<Value, Fault> {
        let status = response.status();
        self.pace.note(bucket, response.headers(), Instant::now());
        let header_pause = pace::header_seconds(response.headers(), "retry-after");
        let text = response.bytes().await;
        if status.is_server_error() {
            let why = format!("Discord answered {status}");
            return Err(Fault::Unknown { why });
        }
        let parsed: Option<Value> = match &text {
            Ok(bytes) if bytes.is_empty() => Some(Value::Null),
            Ok(bytes) => serde_json::from_slice(bytes).ok(),
            Err(_) => None,
        };
        if status.is_success() {
            // It took effect, but what it made is not known.
            let why = format!("Discord answered {status} without a readable body");
            return parsed.ok_or(Fault::Unknown { why });
        }
        let body = parsed.unwrap_or(Value::Null);
        match status.as_u16() {
            429 => Err(self.too_many(bucket, &body, header_pause)),
            401 if body["code"].as_u64().unwrap_or(0) == 0 => {
                self.token_refused.cancel();
                Err(Fault::Unauthorised)
            }
            status => Err(Fault::Refused {
                status,
                code: body["code"].as_u64().unwrap_or(0),
            }),
        }
    }

    fn too_many(&self, bucket: &str, body: &Value, header_pause: Option<Duration>) -> Fault {
        let said = body["retry_after"].as_f64().and_then(pace::seconds);
        let pause = said.or(header_pause).unwrap_or(PAUSE_UNNAMED);
        let of = (body["global"] != true).then_some(bucket);
        self.pace.close(of, pause, Instant::now());
        let ms = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
        Fault::NotSent {
            why: "Discord's rate limit".to_owned(),
            retry_after: Some(Millis(ms.saturating_add(1))),
        }
    }
}
