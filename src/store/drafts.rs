//! Entries that are being written, and their publishing.
//!
//! Invariants: customers see nothing of a draft; an entry is published only over the version that
//! its writer saw, so that of two who edit it at once the second is told.

use super::gaps;
use super::knowledge::{self, NewChange};
use super::{Store, StoreError, Tx, on};
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::gaps::summary::{Handled, How};
use crate::domain::knowledge::{Change, ChangeKind, Entry};
use crate::domain::time::Timestamp;

/// The version of an entry that is not there yet.
pub const NO_VERSION: &str = "";

/// An entry that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// As it stands.
    pub entry: Entry,
    /// The version that it was begun on; [`NO_VERSION`] for a new entry.
    pub based_on: String,
    /// The group of questions that it is to answer.
    pub gap: Option<String>,
    /// When it was written last.
    pub at: Timestamp,
    /// By whom.
    pub by_whom: String,
}

/// What becomes of an entry, or would.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The id of the new version.
    pub id: String,
    /// The entry as it is to be; as it is, where it is retired.
    pub entry: Entry,
    /// Whether it is taken out of use.
    pub retires: bool,
    /// The version that the writer saw; [`NO_VERSION`] for a new entry.
    pub known: String,
    /// The group of questions that it answers from now on.
    pub gap: Option<String>,
    /// When the draft was kept that the writer saw; `None` where they saw none.
    pub draft_at: Option<Timestamp>,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by_whom: String,
}

const ALL: &str = "
    SELECT key, entry, based_on, gap_group, at, by_whom FROM kb_drafts ORDER BY key";
const OF: &str = "
    SELECT key, entry, based_on, gap_group, at, by_whom FROM kb_drafts WHERE key = $1";

type Row = (String, String, String, Option<String>, i64, String);

fn read((key, entry, based_on, gap, at, by_whom): Row) -> Result<Draft, StoreError> {
    let mut entry: Entry =
        serde_json::from_str(&entry).map_err(|error| StoreError::Unreadable {
            what: "kb_drafts.entry",
            why: format!("not an entry, at column {}", error.column()),
        })?;
    entry.key = EntryKey(key);
    Ok(Draft {
        entry,
        based_on,
        gap,
        at: Timestamp(at),
        by_whom,
    })
}

/// Every draft, by key.
pub async fn all(tx: &mut Tx) -> Result<Vec<Draft>, StoreError> {
    let rows: Vec<Row> = on!(tx, |conn| sqlx::query_as(ALL).fetch_all(conn).await?);
    rows.into_iter().map(read).collect()
}

/// The draft of that key.
pub async fn of(tx: &mut Tx, key: &EntryKey) -> Result<Option<Draft>, StoreError> {
    let row: Option<Row> = on!(tx, |conn| {
        sqlx::query_as(OF).bind(&key.0).fetch_optional(conn).await?
    });
    row.map(read).transpose()
}

const PUT: &str = "
    INSERT INTO kb_drafts (key, entry, based_on, gap_group, at, by_whom)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (key) DO UPDATE SET entry = excluded.entry, based_on = excluded.based_on,
        gap_group = COALESCE(excluded.gap_group, kb_drafts.gap_group), at = excluded.at,
        by_whom = excluded.by_whom";

/// Keeps a draft in place of an earlier one of its key.
pub async fn put(tx: &mut Tx, draft: &Draft) -> Result<(), StoreError> {
    let entry = serde_json::to_string(&draft.entry).map_err(|error| StoreError::Unreadable {
        what: "an entry as JSON",
        why: error.to_string(),
    })?;
    on!(tx, |conn| {
        sqlx::query(PUT)
            .bind(&draft.entry.key.0)
            .bind(&entry)
            .bind(&draft.based_on)
            .bind(draft.gap.as_deref())
            .bind(draft.at.0)
            .bind(&draft.by_whom)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// What somebody else has made of an entry while it was being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meanwhile {
    /// Their draft, or the entry as customers have it; `None` where it is out of use.
    pub entry: Option<Entry>,
    /// Who.
    pub by_whom: String,
    /// When their draft was kept; `None` where it is published.
    pub draft_at: Option<Timestamp>,
    /// The version that whoever writes over it has seen.
    pub known: String,
}

/// Keeps a draft over the one that its writer saw; what stands there instead, and nothing done,
/// where somebody else has kept another draft or made another version meanwhile.
pub async fn keep(
    tx: &mut Tx,
    mut draft: Draft,
    seen_at: Option<Timestamp>,
) -> Result<Option<Meanwhile>, StoreError> {
    // Of two at once the second sees what the first has kept.
    knowledge::take_turn(tx).await?;
    let key = &draft.entry.key;
    let kept = of(tx, key).await?;
    if let Some(kept) = kept.filter(|kept| Some(kept.at) != seen_at) {
        return Ok(Some(Meanwhile {
            entry: Some(kept.entry),
            by_whom: kept.by_whom,
            draft_at: Some(kept.at),
            known: kept.based_on,
        }));
    }
    if newest(tx, key).await? != draft.based_on {
        return Ok(Some(published_meanwhile(tx, key).await?));
    }
    // Two drafts of one moment are still two.
    draft.at = draft.at.max(Timestamp(seen_at.map_or(0, |at| at.0 + 1)));
    put(tx, &draft).await?;
    Ok(None)
}

/// The entry as customers have it, for whoever wrote over an older version.
pub async fn published_meanwhile(tx: &mut Tx, key: &EntryKey) -> Result<Meanwhile, StoreError> {
    let last = knowledge::history(tx, key).await?.pop();
    Ok(Meanwhile {
        entry: knowledge::entry(tx, key).await?,
        by_whom: last
            .as_ref()
            .map_or(String::new(), |last| last.by_whom.clone()),
        draft_at: None,
        known: last.map_or_else(|| NO_VERSION.to_owned(), |last| last.id),
    })
}

const DISCARD: &str = "DELETE FROM kb_drafts WHERE key = $1 AND at = $2";

/// Throws away the draft that was kept at that time; `false` where there is none, or another one.
pub async fn discard(tx: &mut Tx, key: &EntryKey, kept_at: Timestamp) -> Result<bool, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query(DISCARD)
            .bind(&key.0)
            .bind(kept_at.0)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}

const NEWEST: &str = "SELECT MAX(id) FROM kb_history WHERE key = $1";

/// The newest version of an entry; [`NO_VERSION`] where it never was.
pub async fn newest(tx: &mut Tx, key: &EntryKey) -> Result<String, StoreError> {
    let (id,): (Option<String>,) = on!(tx, |conn| {
        sqlx::query_as(NEWEST).bind(&key.0).fetch_one(conn).await?
    });
    Ok(id.unwrap_or_else(|| NO_VERSION.to_owned()))
}

/// Makes an entry as the edit says; `false`, and nothing done, where somebody else has made another
/// version meanwhile. The draft that its writer saw is gone then, and the groups of questions that it
/// and the edit are to answer count as answered; a draft that they have not seen stays.
pub async fn publish(tx: &mut Tx, edit: &Edit) -> Result<bool, StoreError> {
    // Whoever changes the base, by an import too, waits here for whoever does so already.
    knowledge::take_turn(tx).await?;
    let key = &edit.entry.key;
    if newest(tx, key).await? != edit.known {
        return Ok(false);
    }
    let entries = knowledge::entries(tx).await?;
    let kind = match entries.iter().any(|entry| entry.key == *key) {
        _ if edit.retires => ChangeKind::Retired,
        true => ChangeKind::Changed,
        false => ChangeKind::New,
    };
    let change = NewChange {
        id: edit.id.clone(),
        change: Change {
            kind,
            entry: edit.entry.clone(),
        },
    };
    knowledge::change(tx, &[change], &edit.by_whom, edit.at).await?;
    let draft = of(tx, key).await?;
    let seen = draft.filter(|draft| Some(draft.at) == edit.draft_at);
    if let Some(draft) = &seen {
        discard(tx, key, draft.at).await?;
    }
    let of_draft = seen.and_then(|draft| draft.gap);
    if let Some(gap) = edit.gap.clone().or(of_draft) {
        let handled = Handled {
            how: How::Answered(key.clone()),
            by_whom: edit.by_whom.clone(),
            at: edit.at,
        };
        gaps::handle(tx, &gap, Some(&handled)).await?;
    }
    Ok(true)
}

impl Store {
    /// Publishes in a transaction of its own; see [`publish`].
    pub async fn publish(&self, edit: Edit) -> Result<bool, StoreError> {
        self.write(move |tx| {
            let edit = edit.clone();
            Box::pin(async move { publish(tx, &edit).await })
        })
        .await
    }

    /// Keeps a draft in a transaction of its own.
    pub async fn keep_draft(&self, draft: Draft) -> Result<(), StoreError> {
        self.write(move |tx| {
            let draft = draft.clone();
            Box::pin(async move { put(tx, &draft).await })
        })
        .await
    }

    /// Notes what was done about a group of questions in a transaction of its own; `false` where
    /// there is no such group.
    pub async fn handle_gap(
        &self,
        group: &str,
        handled: Option<Handled>,
    ) -> Result<bool, StoreError> {
        let group = group.to_owned();
        self.write(move |tx| {
            let (group, handled) = (group.clone(), handled.clone());
            Box::pin(async move { gaps::handle(tx, &group, handled.as_ref()).await })
        })
        .await
    }
}
