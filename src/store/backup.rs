//! A copy of an embedded database while it is in use.

use std::path::Path;

use super::{Conn, Store, StoreError};

const BACK_UP: &str = "VACUUM INTO $1";

impl Store {
    /// Writes a copy of the SQLite database, as it is now, to a new file. PostgreSQL has tools of
    /// its own for that: there it is refused.
    pub async fn back_up(&self, file: &Path) -> Result<(), StoreError> {
        let mut tx = self.read().await?;
        match tx.conn()? {
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
}
