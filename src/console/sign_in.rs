//! Signing in by a one-time link, staying signed in, signing out.
//!
//! Invariant: opening a link uses nothing up (previews of chat programs open links); the button
//! on its page does, once.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use maud::html;
use serde::Deserialize;

use super::access::{self, Posted, Submitted, ToOwnSignIn};
use super::trouble::{Page, Trouble, accepted};
use super::words::Words;
use super::{Console, guard, layout};
use crate::domain::time::{Millis, Timestamp};
use crate::store::{sign_in as links, staff};

/// Failed attempts of one address before it has to wait.
const FAILURES_MAX: u32 = 5;
/// How long failures are counted.
const FAILURES_WITHIN: Millis = Millis::minutes(1);
/// The most addresses that are remembered; beyond it, the counting begins anew.
const ADDRESSES_MAX: usize = 10_000;

/// How often each address has failed to sign in, and since when that is counted.
#[derive(Debug, Default)]
pub struct Attempts {
    failures: Mutex<BTreeMap<IpAddr, (Timestamp, u32)>>,
}

impl Attempts {
    fn may_try(&self, from: IpAddr, now: Timestamp) -> bool {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures
            .get(&from)
            .is_none_or(|(since, count)| now - *since >= FAILURES_WITHIN || *count < FAILURES_MAX)
    }

    fn failed(&self, from: IpAddr, now: Timestamp) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= ADDRESSES_MAX {
            failures.clear();
        }
        let entry = failures.entry(from).or_insert((now, 0));
        if now - entry.0 >= FAILURES_WITHIN {
            *entry = (now, 0);
        }
        entry.1 += 1;
    }
}

/// The link's page: a button that uses it up.
pub(super) async fn confirm(
    State(console): State<Arc<Console>>,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Response {
    let words = Words::new(&console.wording, accepted(&headers));
    let body = html! {
        p { (words.say("console-sign-in-confirm")) }
        form method="post" action={ "/console/sign-in/" (secret) } {
            button.main type="submit" autofocus { (words.say("console-sign-in")) }
        }
    };
    layout::plain(&words, "console-sign-in-title", &body).into_response()
}

/// Uses the link up and opens a sign-in under a new secret.
pub(super) async fn sign_in(
    State(console): State<Arc<Console>>,
    Path(secret): Path<String>,
    request: Request,
) -> Result<Response, Page> {
    let headers = request.headers().clone();
    let from = address(&request);
    open(&console, &secret, from, &headers)
        .await
        .map_err(|trouble| trouble.page(&console, &headers))
}

/// Where a request came from; behind a proxy, the proxy's address.
fn address(request: &Request) -> IpAddr {
    request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| {
            peer.ip()
        })
}

async fn open(
    console: &Arc<Console>,
    link: &str,
    from: IpAddr,
    headers: &HeaderMap,
) -> Result<Response, Trouble> {
    let now = console.clock.now();
    if !guard::is_same_origin(headers) {
        return Err(Trouble::ForeignForm);
    }
    if !console.attempts.may_try(from, now) {
        return Err(Trouble::TooMany);
    }
    let (link, secret) = (link.to_owned(), console.ids.secret(links::SECRET_BYTES));
    let (opened, form_token) = (secret.clone(), console.ids.secret(16));
    let who = console
        .store
        .write(move |tx| {
            let (link, secret, form_token) = (link.clone(), secret.clone(), form_token.clone());
            Box::pin(async move {
                let Some(id) = links::use_link(tx, &link, now).await? else {
                    return Ok(None);
                };
                let Some(who) = staff::by_id(tx, &id).await? else {
                    return Ok(None);
                };
                links::sweep(tx, now - access::IDLE_MAX, now - access::AGE_MAX).await?;
                links::open(tx, &secret, &who.id, &form_token, now).await?;
                Ok(Some(who))
            })
        })
        .await?;
    let Some(who) = who else {
        console.attempts.failed(from, now);
        tracing::warn!(%from, "a sign-in link was refused");
        return Err(Trouble::LinkSpent);
    };
    tracing::info!(staff = %who.id, "signed in");
    let jar = CookieJar::new().add(cookie(console, opened));
    Ok((jar, Redirect::to("/console")).into_response())
}

fn cookie(console: &Console, secret: String) -> Cookie<'static> {
    Cookie::build((access::cookie_name(console.is_https), secret))
        .path("/")
        .http_only(true)
        .secure(console.is_https)
        .same_site(SameSite::Lax)
        .build()
}

/// A form that carries nothing but its proof.
#[derive(Debug, Deserialize)]
pub(super) struct Bare {
    form: String,
}

impl Posted for Bare {
    fn form_token(&self) -> &str {
        &self.form
    }
}

/// Ends the sign-in.
pub(super) async fn sign_out(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    Submitted { by, .. }: Submitted<ToOwnSignIn, Bare>,
) -> Result<Response, Page> {
    let secret = by.secret().to_owned();
    console
        .store
        .write(move |tx| {
            let secret = secret.clone();
            Box::pin(async move { links::close(tx, &secret).await })
        })
        .await
        .map_err(|error| Trouble::from(error).page(&console, &headers))?;
    tracing::info!(staff = %by.staff().id, "signed out");
    let mut gone = cookie(&console, String::new());
    gone.make_removal();
    Ok((CookieJar::new().add(gone), Redirect::to("/console")).into_response())
}

/// A sign of life from a page that is only looked at; taking the form notes it.
pub(super) async fn here(_by: Submitted<ToOwnSignIn, Bare>) -> StatusCode {
    StatusCode::NO_CONTENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_fails_too_often_waits_and_others_do_not() {
        let attempts = Attempts::default();
        let [bad, good] = [1, 2].map(|last| IpAddr::V4(Ipv4Addr::new(10, 0, 0, last)));
        for _ in 0..FAILURES_MAX {
            assert!(attempts.may_try(bad, Timestamp(0)));
            attempts.failed(bad, Timestamp(0));
        }
        assert!(!attempts.may_try(bad, Timestamp(59_999)));
        assert!(attempts.may_try(good, Timestamp(59_999)));
        assert!(attempts.may_try(bad, Timestamp(60_000)));
    }
}
