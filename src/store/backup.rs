//! A copy of an embedded database while it is in use, and what it means to go on from a copy.

use std::path::Path;

use super::{Conn, Store, StoreError, on};
use crate::domain::time::Timestamp;

const BACK_UP: &str = "VACUUM INTO $1";

/// What was waiting to leave when the copy was made may have left since: whoever goes on from the
/// copy cannot know, so that it counts as begun, as after a crash.
const COUNT_AS_BEGUN: &str = "
    UPDATE outbox SET state = 'sending', attempts = attempts + 1, attempted_at = $1
    WHERE state = 'ready'";

impl Store {
    /// Writes a copy of the SQLite database, as it is now, to a file that is new or empty.
    /// PostgreSQL has tools of its own for that: there it is refused.
    pub async fn back_up(&self, file: &Path) -> Result<(), StoreError> {
        let mut tx = self.read().await?;
        match tx.conn().await? {
            Conn::Sqlite(conn) => {
                let file = file.to_string_lossy().into_owned();
                sqlx::query(BACK_UP).bind(file).execute(conn).await?;
                Ok(())
            }
            Conn::Postgres(_) => Err(StoreError::Unreadable {
                what: "backup",
                why: "only the embedded database is copied by careline".to_owned(),
            }),
        }
    }

    /// This is a copy of an earlier state: what waited to leave then is not sent as if nothing
    /// had happened since. Says how many rows that are.
    pub async fn goes_on_from_copy(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                Ok(on!(tx, |conn| {
                    sqlx::query(COUNT_AS_BEGUN)
                        .bind(now.0)
                        .execute(conn)
                        .await?
                        .rows_affected()
                }))
            })
        })
        .await
    }
}
