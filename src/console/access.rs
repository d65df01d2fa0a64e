//! Who may do what in the console: one policy, and the proof that it was asked.
//!
//! Invariant: an [`Authorised`] is made only here, after session, membership and policy were
//! looked up; a handler without one cannot be written by mistake, since staff come out of it.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;

use super::trouble::Trouble;
use super::{Console, guard};
use crate::domain::staff::{Role, Staff};
use crate::domain::time::{Millis, Timestamp};
use crate::store::sign_in::{self, SignIn};
use crate::store::staff;

/// How long a sign-in lasts without a sign of life.
pub const IDLE_MAX: Millis = Millis::minutes(30);
/// How long a sign-in lasts at all.
pub const AGE_MAX: Millis = Millis::hours(12);
/// How old the last sign of life may be before the next one is written down.
const SEEN_EVERY: Millis = Millis::minutes(1);

/// Everything that can be done in the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See who waits.
    SeeQueue,
    /// Read a conversation.
    SeeConversation,
    /// Claim, answer, note, resolve; which of it here and now, the engine decides.
    ActOnConversation,
    /// Read the knowledge base.
    SeeKnowledge,
    /// Read the reports.
    SeeReports,
    /// Read in them what each colleague did.
    SeeEverybodysFigures,
    /// Write entries, and deal with questions that none answers.
    ChangeKnowledge,
    /// Read the service levels.
    SeeServiceLevels,
    /// Change the service levels.
    ChangeServiceLevels,
    /// Go on being signed in, or sign out.
    OwnSignIn,
}

/// The policy.
pub fn allows(role: Role, action: Action) -> bool {
    let least = match action {
        Action::SeeQueue
        | Action::SeeConversation
        | Action::ActOnConversation
        | Action::SeeKnowledge
        | Action::SeeReports
        | Action::SeeServiceLevels
        | Action::OwnSignIn => Role::Agent,
        Action::SeeEverybodysFigures | Action::ChangeServiceLevels => Role::Lead,
        Action::ChangeKnowledge => Role::TO_CHANGE_KNOWLEDGE,
    };
    role >= least
}

/// Names the action that a handler is for, in its types.
pub trait Right: Send + Sync + 'static {
    /// The action.
    const ACTION: Action;
}

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident => $action:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name;
        impl Right for $name {
            const ACTION: Action = Action::$action;
        }
    )+};
}

rights! {
    /// [`Action::SeeQueue`]
    ToSeeQueue => SeeQueue,
    /// [`Action::SeeConversation`]
    ToSeeConversation => SeeConversation,
    /// [`Action::ActOnConversation`]
    ToAct => ActOnConversation,
    /// [`Action::SeeKnowledge`]
    ToSeeKnowledge => SeeKnowledge,
    /// [`Action::SeeReports`]
    ToSeeReports => SeeReports,
    /// [`Action::ChangeKnowledge`]
    ToChangeKnowledge => ChangeKnowledge,
    /// [`Action::SeeServiceLevels`]
    ToSeeServiceLevels => SeeServiceLevels,
    /// [`Action::ChangeServiceLevels`]
    ToChangeServiceLevels => ChangeServiceLevels,
    /// [`Action::OwnSignIn`]
    ToOwnSignIn => OwnSignIn,
}

/// A member of staff who may do `R`.
#[derive(Debug)]
pub struct Authorised<R: Right> {
    staff: Staff,
    secret: String,
    form_token: String,
    right: PhantomData<R>,
}

impl<R: Right> Authorised<R> {
    /// Who.
    pub fn staff(&self) -> &Staff {
        &self.staff
    }

    /// What every form on their pages carries.
    pub fn form_token(&self) -> &str {
        &self.form_token
    }

    /// The secret of their sign-in.
    pub(super) fn secret(&self) -> &str {
        &self.secret
    }

    /// Looks up session, membership and policy.
    pub(super) async fn check(console: &Console, headers: &HeaderMap) -> Result<Self, Trouble> {
        let jar = CookieJar::from_headers(headers);
        let cookie = jar.get(cookie_name(console.is_https));
        let secret = cookie.ok_or(Trouble::NotSignedIn)?.value().to_owned();
        let now = console.clock.now();
        let mut tx = console.store.read().await?;
        let found = sign_in::find(&mut tx, &secret).await?;
        let sign_in = found
            .filter(|sign_in| counts(sign_in, now))
            .ok_or(Trouble::NotSignedIn)?;
        let staff = staff::by_id(&mut tx, &sign_in.staff)
            .await?
            .ok_or(Trouble::NotSignedIn)?;
        if !allows(staff.role, R::ACTION) {
            return Err(Trouble::NotAllowed);
        }
        Ok(Authorised {
            staff,
            secret,
            form_token: sign_in.form_token,
            right: PhantomData,
        })
    }
}

/// The session cookie's name: with the prefix a browser takes it only over https, for this host.
pub(super) fn cookie_name(is_https: bool) -> &'static str {
    if is_https {
        "__Host-careline"
    } else {
        "careline"
    }
}

/// Whether a sign-in still counts.
fn counts(sign_in: &SignIn, now: Timestamp) -> bool {
    now - sign_in.last_seen_at < IDLE_MAX && now - sign_in.created_at < AGE_MAX
}

/// Writes down a sign of life, at most once in [`SEEN_EVERY`].
pub(super) async fn note_seen(console: &Console, secret: &str) -> Result<(), Trouble> {
    let now = console.clock.now();
    let found = sign_in::find(&mut console.store.read().await?, secret).await?;
    if found.is_some_and(|sign_in| now - sign_in.last_seen_at >= SEEN_EVERY) {
        let secret = secret.to_owned();
        console
            .store
            .write(move |tx| {
                let secret = secret.clone();
                Box::pin(async move { sign_in::seen(tx, &secret, now).await })
            })
            .await?;
    }
    Ok(())
}

impl<R: Right> FromRequestParts<Arc<Console>> for Authorised<R> {
    type Rejection = super::trouble::Page;

    async fn from_request_parts(
        parts: &mut Parts,
        console: &Arc<Console>,
    ) -> Result<Self, Self::Rejection> {
        let checked = Authorised::check(console, &parts.headers).await;
        checked.map_err(|trouble| trouble.page(console, &parts.headers))
    }
}

/// A form of ours: it carries the token of the sign-in that its page was made for.
pub trait Posted: DeserializeOwned + Send {
    /// The token that came with it.
    fn form_token(&self) -> &str;
}

/// A form that one of our pages sent, by a member of staff who may do `R`.
#[derive(Debug)]
pub struct Submitted<R: Right, F: Posted> {
    /// By whom.
    pub by: Authorised<R>,
    /// What.
    pub form: F,
}

impl<R: Right, F: Posted> FromRequest<Arc<Console>> for Submitted<R, F> {
    type Rejection = super::trouble::Page;

    async fn from_request(
        request: Request,
        console: &Arc<Console>,
    ) -> Result<Self, Self::Rejection> {
        let headers = request.headers().clone();
        let submitted = async {
            if !guard::is_same_origin(&headers) {
                return Err(Trouble::ForeignForm);
            }
            let by = Authorised::<R>::check(console, &headers).await?;
            let Form(form) = Form::<F>::from_request(request, &())
                .await
                .map_err(|_| Trouble::BadForm)?;
            let is_ours = form.form_token().as_bytes().ct_eq(by.form_token.as_bytes());
            if !bool::from(is_ours) {
                return Err(Trouble::ForeignForm);
            }
            note_seen(console, &by.secret).await?;
            Ok(Submitted { by, form })
        };
        submitted
            .await
            .map_err(|trouble| trouble.page(console, &headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_ends_when_idle_and_when_old() {
        let sign_in = |created: i64, seen: i64| SignIn {
            staff: "s".into(),
            form_token: String::new(),
            created_at: Timestamp(created),
            last_seen_at: Timestamp(seen),
        };
        let (minute, hour) = (60_000, 3_600_000);
        let cases = [
            (sign_in(0, 0), 29 * minute, true),
            (sign_in(0, 0), 30 * minute, false),
            (sign_in(0, 11 * hour), 11 * hour + 29 * minute, true),
            (sign_in(0, 12 * hour - 1), 12 * hour, false),
        ];
        for (sign_in, now, good) in cases {
            assert_eq!(
                counts(&sign_in, Timestamp(now)),
                good,
                "{sign_in:?} at {now}"
            );
        }
    }
}
