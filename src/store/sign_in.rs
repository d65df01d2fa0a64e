//! One-time sign-in links and the sign-ins that they open.
//!
//! Invariant: only hashes of secrets are kept, so that whoever reads the database cannot sign in
//! with what they find; a link opens one sign-in.

use sha2::{Digest, Sha256};

use super::{StoreError, Tx, later, on};
use crate::domain::ids::StaffId;
use crate::domain::time::{Millis, Timestamp};

/// How long a link can be used.
pub const LINK_VALID: Millis = Millis::minutes(15);
/// Random bytes of a link's and of a sign-in's secret.
pub const SECRET_BYTES: usize = 32;

/// A sign-in as it was last seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Who signed in.
    pub staff: StaffId,
    /// What every form of theirs carries, as proof that the form was ours.
    pub form_token: String,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When they did something last.
    pub last_seen_at: Timestamp,
}

/// The address of a link: `public_url` is where browsers reach the console.
pub fn address(public_url: &str, secret: &str) -> String {
    format!(
        "{}/console/sign-in/{secret}",
        public_url.trim_end_matches('/')
    )
}

fn hash(secret: &str) -> String {
    Sha256::digest(secret.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

const ADD_LINK: &str = "INSERT INTO sign_in_links (hash, staff_id, expires_at) VALUES ($1, $2, $3)";

/// Makes a link for somebody, good for [`LINK_VALID`] from `now`.
pub async fn add_link(
    tx: &mut Tx,
    secret: &str,
    staff: &StaffId,
    now: Timestamp,
) -> Result<(), StoreError> {
    later!(tx, ADD_LINK, hash(secret), &staff.0, (now + LINK_VALID).0)
}

const USE_LINK: &str = "
    UPDATE sign_in_links SET used_at = $2
    WHERE hash = $1 AND used_at IS NULL AND expires_at > $2
    RETURNING staff_id";

/// Uses a link up; `None` where there is no such link, it was used, or it is too old.
pub async fn use_link(
    tx: &mut Tx,
    secret: &str,
    now: Timestamp,
) -> Result<Option<StaffId>, StoreError> {
    let row: Option<(String,)> = on!(tx, |conn| {
        sqlx::query_as(USE_LINK)
            .bind(hash(secret))
            .bind(now.0)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.map(|(staff,)| StaffId(staff)))
}

const OPEN: &str = "
    INSERT INTO sign_ins (hash, staff_id, form_token, created_at, last_seen_at)
    VALUES ($1, $2, $3, $4, $4)";

/// Opens a sign-in under a new secret.
pub async fn open(
    tx: &mut Tx,
    secret: &str,
    staff: &StaffId,
    form_token: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    later!(tx, OPEN, hash(secret), &staff.0, form_token, now.0)
}

const FIND: &str =
    "SELECT staff_id, form_token, created_at, last_seen_at FROM sign_ins WHERE hash = $1";

/// The sign-in of that secret, however old: whether it still counts is the console's to say.
pub async fn find(tx: &mut Tx, secret: &str) -> Result<Option<SignIn>, StoreError> {
    let row: Option<(String, String, i64, i64)> = on!(tx, |conn| {
        sqlx::query_as(FIND)
            .bind(hash(secret))
            .fetch_optional(conn)
            .await?
    });
    Ok(
        row.map(|(staff, form_token, created_at, last_seen_at)| SignIn {
            staff: StaffId(staff),
            form_token,
            created_at: Timestamp(created_at),
            last_seen_at: Timestamp(last_seen_at),
        }),
    )
}

const SEEN: &str = "UPDATE sign_ins SET last_seen_at = $2 WHERE hash = $1";

/// They did something.
pub async fn seen(tx: &mut Tx, secret: &str, now: Timestamp) -> Result<(), StoreError> {
    later!(tx, SEEN, hash(secret), now.0)
}

const CLOSE: &str = "DELETE FROM sign_ins WHERE hash = $1";

/// They signed out.
pub async fn close(tx: &mut Tx, secret: &str) -> Result<(), StoreError> {
    later!(tx, CLOSE, hash(secret))
}

const SWEEP: &str = "DELETE FROM sign_ins WHERE last_seen_at < $1 OR created_at < $2";

/// Forgets sign-ins that were idle since `idle_since` or began before `began_before`.
pub async fn sweep(
    tx: &mut Tx,
    idle_since: Timestamp,
    began_before: Timestamp,
) -> Result<(), StoreError> {
    later!(tx, SWEEP, idle_since.0, began_before.0)
}

const ANYONE: &str = "SELECT hash FROM sign_in_links WHERE used_at IS NOT NULL LIMIT 1";

/// Whether anybody has ever signed in by a link (of those who still work here).
pub async fn anyone_has(tx: &mut Tx) -> Result<bool, StoreError> {
    let row: Option<(String,)> = on!(tx, |conn| {
        sqlx::query_as(ANYONE).fetch_optional(conn).await?
    });
    Ok(row.is_some())
}
