//! One call to the Bot API: teloxide's typed payload out, what came back in.
//!
//! The payloads are teloxide's; the request is our own, because teloxide's waits ten seconds
//! before it tells of a server error, takes an answer that it cannot parse in full for a failed
//! send, and hides whether a request ever left. Invariant: no error of this module holds the token
//! or a message's text.

use std::time::Duration;

use reqwest::{RequestBuilder, multipart};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use teloxide::requests::Payload;

/// A server that cannot be reached within this is down.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// What is kept of the platform's own words.
const DESCRIPTION_LETTERS_MAX: usize = 200;

/// Why a call gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// The request certainly did not reach the platform.
    NotSent(String),
    /// The request left, and what became of it cannot be known.
    Unknown(String),
    /// The platform refused.
    Refused(Refused),
}

/// The platform's no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The status.
    pub code: u16,
    /// The platform's sentence.
    pub description: String,
    /// Seconds to wait, on 429.
    pub retry_after: Option<i64>,
    /// The chat's new id, where it moved.
    pub migrated_to: Option<i64>,
}

impl CallError {
    /// The status of a refusal.
    pub fn code(&self) -> Option<u16> {
        match self {
            CallError::Refused(refused) => Some(refused.code),
            CallError::NotSent(_) | CallError::Unknown(_) => None,
        }
    }
}

impl std::fmt::Display for CallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CallError::NotSent(why) => write!(f, "not sent: {why}"),
            CallError::Unknown(why) => write!(f, "outcome unknown: {why}"),
            CallError::Refused(refused) => write!(f, "{} {}", refused.code, refused.description),
        }
    }
}

/// A file that goes with a call.
pub struct Upload<'a> {
    /// The method's name for it.
    pub field: &'static str,
    /// The file's name.
    pub name: &'a str,
    /// What is in it.
    pub bytes: &'a [u8],
}

/// The Bot API at one address with one token.
pub struct Api {
    http: reqwest::Client,
    /// `<address>/bot<token>`: secret as the token is.
    base: SecretString,
}

impl Api {
    /// A client of the Bot API at `api_url`.
    pub fn new(api_url: &str, token: &SecretString) -> Result<Api, reqwest::Error> {
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_WITHIN)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let base = format!(
            "{}/bot{}",
            api_url.trim_end_matches('/'),
            token.expose_secret()
        );
        Ok(Api {
            http,
            base: base.into(),
        })
    }

    /// Makes a call and reads of its result what `T` asks for.
    pub async fn call<P, T>(&self, payload: &P, within: Duration) -> Result<T, CallError>
    where
        P: Payload + Serialize,
        T: DeserializeOwned,
    {
        let body = serde_json::to_value(payload);
        let body = body.map_err(|error| CallError::NotSent(error.to_string()))?;
        self.call_json(P::NAME, &body, within).await
    }

    /// The same for a method whose payload teloxide has not (or not as JSON).
    pub async fn call_json<T: DeserializeOwned>(
        &self,
        method: &str,
        body: &Value,
        within: Duration,
    ) -> Result<T, CallError> {
        let request = self.http.post(self.address(method)).json(body);
        self.send(method, request, within).await
    }

    /// The same for a method that takes a file.
    pub async fn upload<T: DeserializeOwned>(
        &self,
        method: &str,
        fields: Vec<(&'static str, String)>,
        file: &Upload<'_>,
        within: Duration,
    ) -> Result<T, CallError> {
        let part = multipart::Part::bytes(file.bytes.to_vec()).file_name(file.name.to_owned());
        let form = multipart::Form::new().part(file.field, part);
        let form = fields
            .into_iter()
            .fold(form, |form, (name, value)| form.text(name, value));
        let request = self.http.post(self.address(method)).multipart(form);
        self.send(method, request, within).await
    }

    fn address(&self, method: &str) -> String {
        format!("{}/{method}", self.base.expose_secret())
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: &str,
        request: RequestBuilder,
        within: Duration,
    ) -> Result<T, CallError> {
        let answer = request
            .timeout(within)
            .send()
            .await
            .map_err(|error| transport(method, error))?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await;
        let body = body.map_err(|error| unknown(method, error))?;
        read(method, status, &body)
    }
}

/// An error of the transport, before any status came back.
fn transport(method: &str, error: reqwest::Error) -> CallError {
    // A connection that never stood (name, address, TLS) carried nothing; all else may have.
    if error.is_connect() || error.is_builder() {
        return CallError::NotSent(format!("{method}: {}", cause(error)));
    }
    unknown(method, error)
}

fn unknown(method: &str, error: reqwest::Error) -> CallError {
    let what = if error.is_timeout() {
        "no answer in time"
    } else {
        "the connection broke"
    };
    CallError::Unknown(format!("{method}: {what} ({})", cause(error)))
}

/// The innermost cause: the address, which holds the token, is only in the outer ones.
fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(inner) = innermost.source() {
        innermost = inner;
    }
    innermost.to_string()
}

/// Reads an answer that did arrive.
fn read<T: DeserializeOwned>(method: &str, status: u16, body: &[u8]) -> Result<T, CallError> {
    let unreadable = |why: &str| {
        let why = format!("{method}: status {status}, {why}");
        match status {
            // Whoever refused, nothing took effect.
            400..=499 => CallError::NotSent(why),
            _ => CallError::Unknown(why),
        }
    };
    let Ok(mut answer) = serde_json::from_slice::<Value>(body) else {
        return Err(unreadable("the body is not of the Bot API"));
    };
    if answer["ok"].as_bool() == Some(true) {
        let result = answer["result"].take();
        return serde_json::from_value(result)
            .map_err(|_| unreadable("the result is not of the kind that was asked for"));
    }
    let Some(description) = answer["description"].as_str() else {
        return Err(unreadable("the body is not of the Bot API"));
    };
    let code = answer["error_code"]
        .as_u64()
        .and_then(|code| u16::try_from(code).ok());
    let code = code.unwrap_or(status);
    if code >= 500 {
        return Err(CallError::Unknown(format!(
            "{method}: {code} {}",
            cut(description)
        )));
    }
    let parameters = &answer["parameters"];
    Err(CallError::Refused(Refused {
        code,
        description: cut(description),
        retry_after: parameters["retry_after"].as_i64(),
        migrated_to: parameters["migrate_to_chat_id"].as_i64(),
    }))
}

fn cut(description: &str) -> String {
    description.chars().take(DESCRIPTION_LETTERS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(status: u16, body: &str) -> CallError {
        read::<bool>("SendMessage", status, body.as_bytes()).expect_err("an error")
    }

    #[test]
    fn what_cannot_be_read_is_unknown_unless_it_was_refused() {
        let html = "<html>";
        assert!(matches!(error_of(200, html), CallError::Unknown(_)));
        assert!(matches!(error_of(502, html), CallError::Unknown(_)));
        assert!(matches!(error_of(413, html), CallError::NotSent(_)));
        assert!(matches!(
            error_of(200, r#"{"ok":true,"result":"x"}"#),
            CallError::Unknown(_)
        ));
        let restart = r#"{"ok":false,"error_code":500,"description":"restart"}"#;
        assert!(matches!(error_of(500, restart), CallError::Unknown(_)));
    }

    #[test]
    fn a_refusal_keeps_its_parameters() {
        let body = r#"{"ok":false,"error_code":429,"description":"Too Many Requests",
            "parameters":{"retry_after":7}}"#;
        let CallError::Refused(refused) = error_of(429, body) else {
            panic!("not a refusal");
        };
        assert_eq!((refused.code, refused.retry_after), (429, Some(7)));
        assert_eq!(
            read::<bool>("X", 200, br#"{"ok":true,"result":true}"#),
            Ok(true)
        );
    }
}
