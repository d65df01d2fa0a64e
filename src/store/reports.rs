//! What reports need besides the facts of their period; what staff asked for in chat; and which
//! digests were sent.

use super::{StoreError, Tx, on};
use crate::domain::ids::{ArrivalId, CustomerId};
use crate::domain::preference::HumanPreference;
use crate::domain::report::backlog::Waiting;
use crate::domain::report::kept::Chosen;
use crate::domain::time::Timestamp;
use crate::domain::timeline::FactKind;

const WAITING: &str =
    "SELECT waiting_since, agent_id FROM conversations WHERE waiting_since IS NOT NULL";

/// Everybody who waits for a person's words, in no order.
pub async fn waiting(tx: &mut Tx) -> Result<Vec<Waiting>, StoreError> {
    let rows: Vec<(i64, Option<String>)> =
        on!(tx, |conn| sqlx::query_as(WAITING).fetch_all(conn).await?);
    let waiting = rows.into_iter().map(|(since, agent)| Waiting {
        since: Timestamp(since),
        is_taken: agent.is_some(),
    });
    Ok(waiting.collect())
}

const CHOSEN: &str = "
    SELECT at, fact FROM timeline WHERE kind = 'preference-set' AND customer_id = $1
    ORDER BY at, id";

/// What a customer ever chose, oldest first.
pub async fn chosen(tx: &mut Tx, customer: &CustomerId) -> Result<Vec<Chosen>, StoreError> {
    let rows: Vec<(i64, String)> = on!(tx, |conn| {
        sqlx::query_as(CHOSEN)
            .bind(&customer.0)
            .fetch_all(conn)
            .await?
    });
    let chosen = rows
        .into_iter()
        .map(|(at, fact)| Ok((Timestamp(at), preference(&fact)?)));
    chosen.collect()
}

fn preference(fact: &str) -> Result<HumanPreference, StoreError> {
    let unreadable = |why: String| StoreError::Unreadable {
        what: "timeline.fact",
        why,
    };
    match serde_json::from_str(fact) {
        Ok(FactKind::PreferenceSet { preference }) => Ok(preference),
        Ok(other) => Err(unreadable(format!("is {}", other.name()))),
        Err(error) => Err(unreadable(error.to_string())),
    }
}

/// A report that staff asked for, until it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What asked for it.
    pub cause: ArrivalId,
    /// What is wanted, as JSON.
    pub wanted: String,
    /// When.
    pub asked_at: Timestamp,
}

const ASK: &str = "INSERT INTO report_requests (cause, wanted, asked_at) VALUES ($1, $2, $3)";

/// Asks for a report.
pub async fn ask(tx: &mut Tx, request: &Request) -> Result<(), StoreError> {
    on!(tx, |conn| {
        sqlx::query(ASK)
            .bind(&request.cause.0)
            .bind(&request.wanted)
            .bind(request.asked_at.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}

const ASKED: &str = "
    SELECT cause, wanted, asked_at FROM report_requests ORDER BY asked_at, cause LIMIT 1";

/// The request that waits for longest.
pub async fn asked(tx: &mut Tx) -> Result<Option<Request>, StoreError> {
    let row: Option<(String, String, i64)> = on!(tx, |conn| sqlx::query_as(ASKED)
        .fetch_optional(conn)
        .await?);
    Ok(row.map(|(cause, wanted, asked_at)| Request {
        cause: ArrivalId(cause),
        wanted,
        asked_at: Timestamp(asked_at),
    }))
}

const TAKE: &str = "DELETE FROM report_requests WHERE cause = $1";

/// Takes a request off; `false` where somebody else has.
pub async fn take(tx: &mut Tx, cause: &ArrivalId) -> Result<bool, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query(TAKE)
            .bind(&cause.0)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}

const TOLD: &str = "SELECT day FROM digests WHERE name = $1";

/// The day of the last digest of that name, as YYYY-MM-DD.
pub async fn last_digest(tx: &mut Tx, name: &str) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = on!(tx, |conn| sqlx::query_as(TOLD)
        .bind(name)
        .fetch_optional(conn)
        .await?);
    Ok(row.map(|(day,)| day))
}

// Whoever comes second finds the day written, also where both looked before.
const TELL: &str = "
    INSERT INTO digests (name, day) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET day = excluded.day WHERE digests.day < excluded.day";

/// Remembers that the digest of that day is told; `false` where it, or a later one, was already.
pub async fn tell_digest(tx: &mut Tx, name: &str, day: &str) -> Result<bool, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query(TELL)
            .bind(name)
            .bind(day)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}
