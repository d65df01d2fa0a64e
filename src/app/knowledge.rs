//! Keeps the index of the knowledge base in step with the database.

use tokio_util::sync::CancellationToken;

use super::{App, AppError};
use crate::domain::knowledge::KnowledgeIndex;
use crate::store::Store;
use crate::workers::intake::Knowledge;

/// The index in use.
#[derive(Clone)]
pub(super) struct Reload {
    pub(super) index: Knowledge,
}

impl Reload {
    pub(super) async fn first(_app: &App, _store: &Store) -> Result<Reload, AppError> {
        Ok(Reload {
            index: Knowledge::new(KnowledgeIndex::build(&[])),
        })
    }

    pub(super) async fn run(&self, stop: CancellationToken) {
        stop.cancelled().await;
    }
}
