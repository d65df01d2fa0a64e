//! The web chat's log over the store.

use std::sync::Arc;

use async_trait::async_trait;

use crate::channels::webchat::log::{Entry, LogFault, Shown, WebLog};
use crate::clock::{Clock, IdSource};
use crate::domain::ids::MessageRef;
use crate::domain::time::Timestamp;
use crate::store::web_log::{self, LogRow, NewLogRow};
use crate::store::{Store, StoreError};

/// Keeps the web chat's logs in the store.
pub struct StoredWebLog {
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl StoredWebLog {
    /// Over this store; `clock` dates the entries, `ids` names new visitors.
    pub fn new(store: Store, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> StoredWebLog {
        StoredWebLog { store, clock, ids }
    }
}

impl From<StoreError> for LogFault {
    fn from(error: StoreError) -> Self {
        LogFault(error.to_string())
    }
}

#[async_trait]
impl WebLog for StoredWebLog {
    async fn visitor(&self, hash: &str) -> Result<Option<String>, LogFault> {
        let mut tx = self.store.read().await?;
        Ok(web_log::visitor(&mut tx, hash).await?)
    }

    async fn admit(&self, hash: &str) -> Result<String, LogFault> {
        let (hash, candidate, at) = (hash.to_owned(), self.ids.id(), self.clock.now());
        let visitor = self.store.write(move |tx| {
            let (hash, candidate) = (hash.clone(), candidate.clone());
            Box::pin(async move { web_log::admit(tx, &hash, &candidate, at).await })
        });
        Ok(visitor.await?)
    }

    async fn append(
        &self,
        visitor: &str,
        origin: &MessageRef,
        shown: &Shown,
    ) -> Result<Entry, LogFault> {
        let new = NewLogRow {
            visitor: visitor.to_owned(),
            origin: origin.0.clone(),
            author: shown.author(),
            entry: serde_json::to_string(shown).map_err(|error| LogFault(error.to_string()))?,
            at: self.clock.now(),
        };
        let row = self.store.write(move |tx| {
            let new = new.clone();
            Box::pin(async move { web_log::append(tx, &new).await })
        });
        entry(row.await?)
    }

    async fn find(&self, visitor: &str, origin: &MessageRef) -> Result<Option<Entry>, LogFault> {
        let mut tx = self.store.read().await?;
        let row = web_log::find(&mut tx, visitor, &origin.0).await?;
        row.map(entry).transpose()
    }

    async fn since(&self, visitor: &str, seq: i64, most: i64) -> Result<Vec<Entry>, LogFault> {
        let mut tx = self.store.read().await?;
        let rows = web_log::since(&mut tx, visitor, seq, most).await?;
        rows.into_iter().map(entry).collect()
    }

    async fn newest(&self, visitors: &[String]) -> Result<Vec<(String, i64)>, LogFault> {
        let mut tx = self.store.read().await?;
        Ok(web_log::newest(&mut tx, visitors).await?)
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

fn entry(row: LogRow) -> Result<Entry, LogFault> {
    let shown = serde_json::from_str(&row.entry)
        .map_err(|error| LogFault(format!("web_log.entry does not read back: {error}")))?;
    Ok(Entry {
        seq: row.seq,
        origin: MessageRef(row.origin),
        at: row.at,
        shown,
    })
}
