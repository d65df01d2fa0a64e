//! Versions of the service levels: put in, never changed.

use std::collections::BTreeMap;

use super::{StoreError, Tx, on};
use crate::domain::engine::event::TimerKind;
use crate::domain::sla::plan::{self, NO_PLAN, Plans, Policy};
use crate::domain::time::{Millis, Timestamp};

/// By when every process has looked for a new version.
const KNOWN_EVERYWHERE_AFTER: Millis = Millis::seconds(5);

/// One version of the plan, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanText {
    /// Counts from 1.
    pub version: i64,
    /// When it was made.
    pub at: Timestamp,
    /// By whom.
    pub by_whom: String,
    /// Its text.
    pub text: String,
    /// The iCalendar files that it names, by their names.
    pub files: BTreeMap<String, String>,
}

const ADD: &str = "
    INSERT INTO sla_plans (version, at, by_whom, plan, files) VALUES ($1, $2, $3, $4, $5)";

/// Puts in a new version, under the number that it has.
async fn add(tx: &mut Tx, plan: &PlanText) -> Result<(), StoreError> {
    let files = serde_json::to_string(&plan.files).map_err(|error| StoreError::Unreadable {
        what: "sla_plans.files",
        why: error.to_string(),
    })?;
    on!(tx, |conn| {
        sqlx::query(ADD)
            .bind(plan.version)
            .bind(plan.at.0)
            .bind(&plan.by_whom)
            .bind(&plan.text)
            .bind(&files)
            .execute(conn)
            .await?;
    });
    Ok(())
}

const NEWEST: &str = "SELECT MAX(version) FROM sla_plans";

/// The number of the newest version.
async fn newest(tx: &mut Tx) -> Result<Option<i64>, StoreError> {
    let (version,): (Option<i64>,) = on!(tx, |conn| sqlx::query_as(NEWEST).fetch_one(conn).await?);
    Ok(version)
}

const AFTER: &str = "
    SELECT version, at, by_whom, plan, files FROM sla_plans WHERE version > $1 ORDER BY version";

type Row = (i64, i64, String, String, String);

/// The versions after that number, oldest first.
pub async fn after(tx: &mut Tx, version: i64) -> Result<Vec<PlanText>, StoreError> {
    let rows: Vec<Row> = on!(tx, |conn| {
        sqlx::query_as(AFTER).bind(version).fetch_all(conn).await?
    });
    rows.into_iter().map(read).collect()
}

fn read((version, at, by_whom, text, files): Row) -> Result<PlanText, StoreError> {
    let files = serde_json::from_str(&files).map_err(|error| StoreError::Unreadable {
        what: "sla_plans.files",
        why: error.to_string(),
    })?;
    Ok(PlanText {
        version,
        at: Timestamp(at),
        by_whom,
        text,
        files,
    })
}

const RECKON: &str = "
    INSERT INTO timers (conversation_id, kind, due_at, made_for)
    SELECT id, $1, $2, 1 FROM conversations WHERE waiting_since IS NOT NULL
    ON CONFLICT (conversation_id, kind)
    DO UPDATE SET due_at = excluded.due_at, made_for = timers.made_for + 1";

/// Has every running wait reckoned anew, once the new version is known everywhere.
async fn reckon_waits(tx: &mut Tx, at: Timestamp) -> Result<(), StoreError> {
    on!(tx, |conn| {
        sqlx::query(RECKON)
            .bind(TimerKind::Reckon.name())
            .bind(at.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Puts in the version after `known` and has every running wait reckoned anew; `None`, and nothing
/// done, where somebody else has put in another one meanwhile.
pub async fn put(tx: &mut Tx, known: i64, plan: &PlanText) -> Result<Option<i64>, StoreError> {
    if newest(tx).await?.unwrap_or_default() != known {
        return Ok(None);
    }
    let version = known + 1;
    let plan = PlanText {
        version,
        ..plan.clone()
    };
    add(tx, &plan).await?;
    reckon_waits(tx, plan.at + KNOWN_EVERYWHERE_AFTER).await?;
    Ok(Some(version))
}

/// All versions of the plan; `usual` is what the settings say.
pub async fn all(tx: &mut Tx, usual: &Policy) -> Result<Plans, StoreError> {
    let versions = after(tx, NO_PLAN).await?;
    Ok(versions
        .iter()
        .fold(Plans::new(usual.clone()), with_version))
}

/// The plans with one version more. It was read without a fault when it was put in; should a
/// newer program have other rules, it counts as empty and the log says so.
pub fn with_version(plans: Plans, version: &PlanText) -> Plans {
    let read = plan::read(&version.text, &version.files);
    let plan = read.unwrap_or_else(|faults| {
        let fault = faults.first().map(ToString::to_string).unwrap_or_default();
        tracing::error!(
            version = version.version,
            fault,
            "the plan of service levels does not read; the settings' targets count"
        );
        plan::Plan::default()
    });
    plans.with(version.version, plan)
}
