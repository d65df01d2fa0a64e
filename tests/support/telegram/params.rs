//! What a call carries, whichever of the platform's four ways it came: JSON, a form, multipart or
//! the address. Numbers and flags may be texts, structures may be JSON in a text.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Query, Request};
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// Uploads above this size are refused by the platform.
const BODY_BYTES_MAX: usize = 50 * 1024 * 1024;

/// A file that came with a multipart call.
#[derive(Debug, Clone)]
pub struct Upload {
    pub name: String,
    pub bytes: Bytes,
}

/// The arguments of one call.
#[derive(Debug, Clone, Default)]
pub struct Params {
    pub values: Map<String, Value>,
    pub uploads: BTreeMap<String, Upload>,
}

impl Params {
    /// Reads them from a request.
    pub async fn from_request(request: Request) -> Result<Self, Refusal> {
        let mut params = Self::default();
        if let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(request.uri()) {
            params.take_pairs(pairs);
        }
        let kind = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_ascii_lowercase();
        // The whole body first: what a parser leaves unread at its end makes the server close the
        // connection while the client takes it for its next call.
        let (head, body) = request.into_parts();
        let body = axum::body::to_bytes(body, BODY_BYTES_MAX)
            .await
            .map_err(|_| Refusal::new(413, "Request Entity Too Large"))?;
        if kind.starts_with("multipart/form-data") {
            let whole = Request::from_parts(head, axum::body::Body::from(body));
            params.take_multipart(whole).await?;
        } else if kind.starts_with("application/json") {
            params.take_json(&body)?;
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            params.take_form(body).await?;
        }
        Ok(params)
    }

    fn take_pairs(&mut self, pairs: Vec<(String, String)>) {
        for (name, value) in pairs {
            self.values.insert(name, Value::String(value));
        }
    }

    fn take_json(&mut self, body: &[u8]) -> Result<(), Refusal> {
        if body.is_empty() {
            return Ok(());
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(values)) => {
                self.values
                    .extend(values.into_iter().filter(|(_, value)| !value.is_null()));
                Ok(())
            }
            Ok(_) => Err(Refusal::bad_request("object expected as request body")),
            Err(error) => Err(Refusal::bad_request(format!("can't parse JSON: {error}"))),
        }
    }

    async fn take_form(&mut self, body: Bytes) -> Result<(), Refusal> {
        let request = Request::builder()
            .method("POST")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(axum::body::Body::from(body))
            .map_err(|_| Refusal::bad_request("can't parse the form"))?;
        let axum::Form(pairs) = axum::Form::<Vec<(String, String)>>::from_request(request, &())
            .await
            .map_err(|_| Refusal::bad_request("can't parse the form"))?;
        self.take_pairs(pairs);
        Ok(())
    }

    async fn take_multipart(&mut self, request: Request) -> Result<(), Refusal> {
        let broken = |_| Refusal::bad_request("can't parse the multipart body");
        let mut parts = Multipart::from_request(request, &())
            .await
            .map_err(|_| Refusal::bad_request("can't parse the multipart body"))?;
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            let bytes = part.bytes().await.map_err(broken)?;
            match file {
                Some(file) => {
                    self.uploads.insert(name, Upload { name: file, bytes });
                }
                None => {
                    let text = String::from_utf8(bytes.to_vec())
                        .map_err(|_| Refusal::bad_request("strings must be encoded in UTF-8"))?;
                    self.values.insert(name, Value::String(text));
                }
            }
        }
        Ok(())
    }

    /// A text; an empty one counts as absent, as on the platform.
    pub fn text(&self, name: &str) -> Option<String> {
        let text = match self.values.get(name)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    pub fn int(&self, name: &str) -> Option<i64> {
        match self.values.get(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    pub fn flag(&self, name: &str) -> bool {
        match self.values.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => matches!(text.as_str(), "true" | "True" | "1"),
            Some(Value::Number(number)) => number.as_i64() == Some(1),
            _ => false,
        }
    }

    /// A structure, given as such or as JSON in a text.
    pub fn json(&self, name: &str) -> Result<Option<Value>, Refusal> {
        match self.values.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text)
                .map(Some)
                .map_err(|_| Refusal::bad_request(format!("can't parse {name} JSON object"))),
            Some(value) => Ok(Some(value.clone())),
        }
    }
}
