//! What sketches save: all lengths of a period, read and sorted.

use std::collections::BTreeMap;

use careline::domain::report::sla::Measure;
use careline::store::figures::Period;
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::Failure;

/// All lengths of each measure, ascending.
pub type Sorted = BTreeMap<Measure, Vec<i64>>;

const LENGTHS: &str = "SELECT measure, length FROM raw_waits WHERE day >= $1 AND day < $2";

/// Reads the lengths of a period, as bare rows of numbers, and sorts them.
pub async fn sorted(url: &str, period: Period) -> Result<Sorted, Failure> {
    let rows: Vec<(i64, i64)> = if url.starts_with("sqlite:") {
        let mut conn = SqliteConnection::connect(url).await?;
        sqlx::query_as(LENGTHS)
            .bind(period.from)
            .bind(period.until)
            .fetch_all(&mut conn)
            .await?
    } else {
        let mut conn = PgConnection::connect(url).await?;
        sqlx::query_as(LENGTHS)
            .bind(period.from)
            .bind(period.until)
            .fetch_all(&mut conn)
            .await?
    };
    let mut sorted = Sorted::new();
    for (measure, length) in rows {
        let measure = Measure::ALL[usize::try_from(measure)?];
        sorted.entry(measure).or_default().push(length);
    }
    for lengths in sorted.values_mut() {
        lengths.sort_unstable();
    }
    Ok(sorted)
}
