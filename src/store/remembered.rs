//! Small facts of the program's own, by name.

use super::{StoreError, Tx, later, on};

const GET: &str = "SELECT value FROM remembered WHERE name = $1";

/// What was remembered under that name.
pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = on!(tx, |conn| sqlx::query_as(GET)
        .bind(name)
        .fetch_optional(conn)
        .await?);
    Ok(row.map(|(value,)| value))
}

const PUT_FIRST: &str = "
    INSERT INTO remembered (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";

/// Remembers a value under a name that has none yet; gives the value that is kept.
pub async fn put_first(tx: &mut Tx, name: &str, value: &str) -> Result<String, StoreError> {
    on!(tx, |conn| {
        sqlx::query(PUT_FIRST)
            .bind(name)
            .bind(value)
            .execute(conn)
            .await?;
    });
    Ok(get(tx, name).await?.unwrap_or_else(|| value.to_owned()))
}

const PUT: &str = "
    INSERT INTO remembered (name, value) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";

/// Remembers a value under a name, in place of an earlier one.
pub async fn put(tx: &mut Tx, name: &str, value: &str) -> Result<(), StoreError> {
    later!(tx, PUT, name, value)
}
