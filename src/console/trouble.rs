//! What can go wrong with a request, and the page that says so. Internal errors are logged here,
//! once, and never shown.

use std::sync::Arc;

use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::Console;
use super::layout;
use super::words::Words;
use crate::domain::lang::Lang;
use crate::store::StoreError;

/// Why a request is not answered as asked.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Nobody is signed in.
    NotSignedIn,
    /// Whoever is signed in may not do that.
    NotAllowed,
    /// The form was not sent by a page of ours.
    ForeignForm,
    /// The form does not hold what it should.
    BadForm,
    /// There is no such thing.
    NotFound,
    /// The sign-in link was used, is too old, or never was.
    LinkSpent,
    /// Too many attempts to sign in.
    TooMany,
    /// A report could not be computed or drawn.
    NotComputed,
    /// The database failed.
    Store(StoreError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Trouble::Store(error)
    }
}

/// A page that tells of trouble, ready to be sent.
pub struct Page(Box<Response>);

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl Trouble {
    fn status(&self) -> StatusCode {
        match self {
            Trouble::NotSignedIn => StatusCode::UNAUTHORIZED,
            Trouble::NotAllowed | Trouble::ForeignForm => StatusCode::FORBIDDEN,
            Trouble::BadForm => StatusCode::BAD_REQUEST,
            Trouble::NotFound => StatusCode::NOT_FOUND,
            Trouble::LinkSpent => StatusCode::GONE,
            Trouble::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Trouble::NotComputed | Trouble::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn keys(&self) -> (&'static str, &'static str) {
        match self {
            Trouble::NotSignedIn => ("console-sign-in-title", "console-sign-in-how"),
            Trouble::NotAllowed => ("console-not-allowed", "console-not-allowed-how"),
            Trouble::ForeignForm | Trouble::BadForm => ("console-bad-form", "console-bad-form-how"),
            Trouble::NotFound => ("console-not-found", "console-not-found-how"),
            Trouble::LinkSpent => ("console-link-spent", "console-sign-in-how"),
            Trouble::TooMany => ("console-too-many", "console-too-many-how"),
            Trouble::NotComputed | Trouble::Store(_) => ("console-broken", "console-broken-how"),
        }
    }

    /// The page, in the language that the browser asks for.
    pub(super) fn page(self, console: &Arc<Console>, headers: &HeaderMap) -> Page {
        if let Trouble::Store(error) = &self {
            tracing::error!(%error, "the console could not read or write");
        }
        let words = Words::new(&console.wording, accepted(headers));
        let (title, how) = self.keys();
        let page = layout::plain(&words, title, &maud::html! { p { (words.say(how)) } });
        Page(Box::new((self.status(), page).into_response()))
    }
}

/// The first language that the browser accepts and we speak.
pub(super) fn accepted(headers: &HeaderMap) -> Lang {
    headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .into_iter()
        .flat_map(|value| value.split(','))
        .filter_map(|range| range.split(';').next())
        .find_map(|range| Lang::from_code(range.trim()))
        .unwrap_or(Lang::En)
}
