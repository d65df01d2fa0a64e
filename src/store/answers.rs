//! Whether the database answers at all.

use super::{Store, StoreError, on};

impl Store {
    /// Has the database answer the smallest question.
    pub async fn answers(&self) -> Result<(), StoreError> {
        let mut tx = self.read().await?;
        on!(tx, |conn| {
            sqlx::query_scalar::<_, i32>("SELECT 1")
                .fetch_one(conn)
                .await?;
        });
        Ok(())
    }
}
