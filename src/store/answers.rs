//! Whether the database answers at all, and takes what is written.

use super::{Store, StoreError, on, remembered};

/// The name under which a database that refused a write is written to, to see whether it still
/// does.
const LOOKED: &str = "database.looked";

impl Store {
    /// Has the database answer the smallest question; where the last write failed, also take a
    /// small one.
    pub async fn answers(&self) -> Result<(), StoreError> {
        let mut tx = self.read().await?;
        on!(tx, |conn| {
            sqlx::query_scalar::<_, i32>("SELECT 1")
                .fetch_one(conn)
                .await?;
        });
        drop(tx);
        if self.writable.refuses() {
            self.write(|tx| Box::pin(async move { remembered::put(tx, LOOKED, "").await }))
                .await?;
        }
        Ok(())
    }
}
