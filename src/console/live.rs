//! Live parts of pages: the same part is rendered again when something changed, and sent when it
//! looks different.
//!
//! Invariant: a page is live only as long as its sign-in counts; each look checks that anew.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream;
use maud::Markup;

use super::Console;
use super::access::{Authorised, Right};
use super::trouble::Trouble;

/// How long a look waits at most: another process may have changed something.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The least time between two looks of one page.
const REST: Duration = Duration::from_millis(100);

/// Renders a page's live part anew.
pub(super) type Render<R> = Box<
    dyn for<'r> Fn(&'r Console, &'r Authorised<R>) -> BoxFuture<'r, Result<Markup, Trouble>>
        + Send
        + Sync,
>;

struct Watch<R: Right> {
    console: Arc<Console>,
    headers: HeaderMap,
    render: Render<R>,
    shown: Option<String>,
    ended: bool,
}

/// A stream of the live part, each time that it looks different.
pub(super) fn follow<R: Right>(
    console: Arc<Console>,
    headers: HeaderMap,
    render: Render<R>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let watch = Watch {
        console,
        headers,
        render,
        shown: None,
        ended: false,
    };
    let events = stream::unfold(watch, async |mut watch: Watch<R>| {
        let event = watch.next().await?;
        Some((Ok(event), watch))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

impl<R: Right> Watch<R> {
    async fn next(&mut self) -> Option<Event> {
        while !self.ended {
            if self.shown.is_some() && !self.wait().await {
                return None;
            }
            match self.look().await {
                Ok(now) if self.shown.as_ref() == Some(&now) => {}
                Ok(now) => {
                    self.shown = Some(now.clone());
                    return Some(Event::default().event("part").data(now));
                }
                Err(Trouble::Store(error)) => {
                    tracing::warn!(%error, "a live page could not be rendered");
                    self.shown.get_or_insert_default();
                }
                Err(_) => {
                    self.ended = true;
                    return Some(Event::default().event("over").data("over"));
                }
            }
        }
        None
    }

    /// Waits until something may have changed; `false` when the program stops.
    async fn wait(&self) -> bool {
        let changed = self.console.changes.notified();
        tokio::select! {
            () = self.console.stop.cancelled() => return false,
            () = changed => {}
            () = tokio::time::sleep(LOOK_EVERY) => return true,
        }
        tokio::time::sleep(REST).await;
        true
    }

    async fn look(&self) -> Result<String, Trouble> {
        let who = Authorised::<R>::check(&self.console, &self.headers).await?;
        let part = (self.render)(&self.console, &who).await?;
        Ok(part.into_string())
    }
}
