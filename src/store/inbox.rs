//! The inbox: what arrived, kept before anything is done about it.

use super::{Store, StoreError, Tx, on};
use crate::domain::ids::ArrivalId;
use crate::domain::time::Timestamp;

/// A row to put into the inbox.
#[derive(Clone, Debug)]
pub struct NewArrival {
    /// Our id; sorts by age.
    pub id: ArrivalId,
    /// What makes it the same when it comes again.
    pub natural_key: String,
    /// `telegram`, `discord`, `web`, `console`, `clock` or `delivery`.
    pub origin: &'static str,
    /// Arrivals of one lane are decided on one by one, by position.
    pub lane: String,
    /// Order within the lane.
    pub position: i64,
    /// The arrival as JSON: by origin a `channels::Arrival`, a `ConsoleClick` and so on.
    pub arrival: String,
    /// The platform's own text of it.
    pub raw: Option<String>,
    /// The platform's time for it.
    pub platform_at: Timestamp,
    /// Ours.
    pub received_at: Timestamp,
}

/// A row of the inbox that waits for its decision.
#[derive(Clone, Debug)]
pub struct WaitingArrival {
    /// Our id.
    pub id: ArrivalId,
    /// What made it.
    pub origin: String,
    /// Its lane.
    pub lane: String,
    /// Order within the lane.
    pub position: i64,
    /// The arrival as JSON.
    pub arrival: String,
    /// The platform's time for it.
    pub platform_at: Timestamp,
    /// Ours.
    pub received_at: Timestamp,
}

const INSERT: &str = "
    INSERT INTO inbox (id, natural_key, origin, lane, position, arrival, raw, platform_at, received_at, state)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'new')
    ON CONFLICT (natural_key) DO NOTHING";

/// Puts a row in; `false` where the same arrival was there already.
pub async fn insert(tx: &mut Tx, new: &NewArrival) -> Result<bool, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query(INSERT)
            .bind(&new.id.0)
            .bind(&new.natural_key)
            .bind(new.origin)
            .bind(&new.lane)
            .bind(new.position)
            .bind(&new.arrival)
            .bind(new.raw.as_deref())
            .bind(new.platform_at.0)
            .bind(new.received_at.0)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}

impl Store {
    /// Puts one row in, in a commit that it may share with others.
    pub async fn take(&self, new: NewArrival) -> Result<bool, StoreError> {
        self.write(move |tx| {
            let new = new.clone();
            Box::pin(async move { insert(tx, &new).await })
        })
        .await
    }
}
