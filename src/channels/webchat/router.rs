//! The web chat's addresses: page, launcher script, assets, socket.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::{WebChat, page, socket};
use crate::design::{TOKENS_CSS, fingerprint};
use crate::domain::lang::Lang;

const CHAT_CSS: &str = include_str!("assets/chat.css");
const CHAT_JS: &str = include_str!("assets/chat.js");
const DRAW_JS: &str = include_str!("assets/draw.js");
const EMBED_JS: &str = include_str!("assets/embed.js");

/// Names of the sentences that the launcher shows.
const LAUNCHER_TEXTS: [&str; 4] = ["title", "open", "close", "unread"];
/// In the assets' addresses: they never change under it.
static VERSION: LazyLock<String> =
    LazyLock::new(|| fingerprint(&[TOKENS_CSS, CHAT_CSS, CHAT_JS, DRAW_JS]));

/// The web chat's pages and socket, to be mounted at the root.
pub fn router(chat: Arc<WebChat>) -> Router {
    Router::new()
        .route("/chat", get(show_page))
        .route("/chat/embed.js", get(launcher))
        .route("/chat/assets/{name}", get(asset))
        .route("/chat/socket", get(socket::upgrade))
        .with_state(chat)
}

#[derive(Deserialize)]
struct PageQuery {
    #[serde(default)]
    lang: String,
    #[serde(default)]
    embedded: Option<String>,
}

async fn show_page(
    State(chat): State<Arc<WebChat>>,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let lang = Lang::from_code(&query.lang).unwrap_or_else(|| accepted(&headers));
    let page = page::page(&chat.texts, lang, query.embedded.is_some(), &VERSION);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         img-src 'self' https:; frame-ancestors {}; base-uri 'none'; form-action 'none'",
        chat.origins.frame_ancestors()
    );
    (
        [
            (CONTENT_SECURITY_POLICY, policy.as_str()),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (REFERRER_POLICY, "no-referrer"),
            (CACHE_CONTROL, "no-cache"),
        ],
        page,
    )
        .into_response()
}

/// The first language that the browser accepts and we speak.
fn accepted(headers: &HeaderMap) -> Lang {
    headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| {
            value
                .split(',')
                .filter_map(|range| range.split(';').next())
                .find_map(|range| Lang::from_code(range.trim()))
        })
        .unwrap_or(Lang::En)
}

/// The script that a shop embeds: the launcher's words in all languages, then what they are for.
async fn launcher(State(chat): State<Arc<WebChat>>) -> Response {
    let texts = chat.texts.json_of(&LAUNCHER_TEXTS);
    let script = EMBED_JS.replacen("\"careline-texts\"", &texts, 1);
    let headers = [
        ("content-type", "text/javascript; charset=utf-8"),
        ("cache-control", "public, max-age=300"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "cross-origin"),
    ];
    (headers, script).into_response()
}

async fn asset(Path(name): Path<String>) -> Response {
    let (kind, text) = match name.as_str() {
        "tokens.css" => ("text/css; charset=utf-8", TOKENS_CSS),
        "chat.css" => ("text/css; charset=utf-8", CHAT_CSS),
        "chat.js" => ("text/javascript; charset=utf-8", CHAT_JS),
        "draw.js" => ("text/javascript; charset=utf-8", DRAW_JS),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text).into_response()
}
