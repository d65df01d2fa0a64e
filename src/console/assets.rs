//! Style and script of the console, part of the program.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::design::{TOKENS_CSS, fingerprint};

const CONSOLE_CSS: &str = include_str!("assets/console.css");
const CONSOLE_JS: &str = include_str!("assets/console.js");

/// In the assets' addresses: they never change under it.
pub(super) static VERSION: LazyLock<String> =
    LazyLock::new(|| fingerprint(&[TOKENS_CSS, CONSOLE_CSS, CONSOLE_JS]));

pub(super) async fn asset(Path(name): Path<String>) -> Response {
    let (kind, text) = match name.as_str() {
        "tokens.css" => ("text/css; charset=utf-8", TOKENS_CSS),
        "console.css" => ("text/css; charset=utf-8", CONSOLE_CSS),
        "console.js" => ("text/javascript; charset=utf-8", CONSOLE_JS),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, text).into_response()
}
