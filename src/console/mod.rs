//! SHOWS. The web console: pages rendered here, kept live by server-sent events, sign-in.
//!
//! Invariants: the console changes no conversation: every click is an arrival in the inbox, and
//! what a page shows is what the database says. Every page and every click passes the one policy
//! in [`access`]; nothing foreign is ever markup.

pub mod access;
mod acts;
mod assets;
mod editor;
mod gaps;
mod guard;
mod knowledge;
mod layout;
mod live;
mod marks;
mod queue;
mod reports;
mod rich;
mod service_levels;
mod sign_in;
mod thread;
mod trouble;
mod versions;
mod wording_tests;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, IdSource};
use crate::domain::sla::plan::Policy;
use crate::store::Store;
use crate::wording::Wording;

pub use sign_in::Attempts;

/// The most bytes of a form: an entry in three languages fits, every character escaped.
const FORM_BYTES_MAX: usize = 512 * 1024;

/// What the console works with.
pub struct Console {
    /// The database.
    pub store: Store,
    /// The sentences.
    pub wording: Arc<Wording>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub ids: Arc<dyn IdSource>,
    /// Wakes the intake when a click was taken.
    pub arrivals: Arc<Notify>,
    /// Is notified when a conversation changed (`notify_waiters`).
    pub changes: Arc<Notify>,
    /// Ends the live pages when the program stops.
    pub stop: CancellationToken,
    /// Whether browsers reach it by https: then cookies are bound to that.
    pub is_https: bool,
    /// The service levels of what no policy matches.
    pub usual_policy: Policy,
    /// Whether customers are shown different wordings of an answer.
    pub wording_tests: bool,
    /// How often each address has failed to sign in.
    pub attempts: Attempts,
}

/// The console's pages, to be mounted at the root.
pub fn router(console: Arc<Console>) -> Router {
    let is_https = console.is_https;
    Router::new()
        .route("/console", get(queue::page))
        .route("/console/live/queue", get(queue::live))
        .route("/console/conversations/{id}", get(thread::page))
        .route("/console/live/conversations/{id}", get(thread::live))
        .route("/console/conversations/{id}/act", post(acts::act))
        .route("/console/report", get(reports::page))
        .route("/console/report/file", get(reports::file))
        .route("/console/knowledge", get(knowledge::list))
        .route("/console/knowledge/{key}", get(knowledge::entry))
        .route("/console/editor", get(editor::page).post(editor::write))
        .route("/console/gaps", get(gaps::page))
        .route("/console/gaps/{group}", post(gaps::act))
        .route(
            "/console/service-levels",
            get(service_levels::page).post(service_levels::change),
        )
        .route(
            "/console/sign-in/{secret}",
            get(sign_in::confirm).post(sign_in::sign_in),
        )
        .route("/console/sign-out", post(sign_in::sign_out))
        .route("/console/here", post(sign_in::here))
        .route("/console/assets/{name}", get(assets::asset))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(axum::middleware::map_response(move |response| {
            guard::protect(response, is_https)
        }))
        .with_state(console)
}
