//! The cells of days, and the days whose cells are to be computed anew.

use super::Day;
use crate::domain::report::cells::{CellText, Part, Split};
use crate::domain::report::spread::SpreadText;
use crate::store::{StoreError, Tx, later, on};

/// Days, `from <= day < until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first.
    pub from: Day,
    /// The one after the last.
    pub until: Day,
}

const MARK: &str = "
    INSERT INTO figures_days_due (day, change) VALUES ($1, $2)
    ON CONFLICT (day) DO UPDATE SET change = excluded.change";

/// Notes that lines of a day have changed; `change` is a name that no other change has.
pub(super) async fn mark(tx: &mut Tx, day: Day, change: &str) -> Result<(), StoreError> {
    on!(tx, |conn| {
        sqlx::query(MARK)
            .bind(day)
            .bind(change)
            .execute(conn)
            .await?;
    });
    Ok(())
}

const DUE: &str = "
    SELECT day, change FROM figures_days_due WHERE day >= $1 AND day < $2 ORDER BY day DESC";

/// The marked days of a period with their marks, the latest first.
pub(super) async fn due(tx: &mut Tx, period: Period) -> Result<Vec<(Day, String)>, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query_as(DUE)
            .bind(period.from)
            .bind(period.until)
            .fetch_all(conn)
            .await?
    });
    Ok(rows)
}

const TAKE: &str = "DELETE FROM figures_days_due WHERE day = $1 AND change = $2";

/// Takes a mark off; `false` where it is gone, or there is a newer one.
pub(super) async fn take(tx: &mut Tx, day: Day, change: &str) -> Result<bool, StoreError> {
    let rows = on!(tx, |conn| {
        sqlx::query(TAKE)
            .bind(day)
            .bind(change)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(rows == 1)
}

const CLEAR: &str = "DELETE FROM figures_cells WHERE split = $1 AND day = $2";
const PUT: &str = "
    INSERT INTO figures_cells (split, day, member, part, counts, n, exact, sketch, business_n,
        business_exact, business_sketch)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

/// Stores a day's cells in place of those before.
pub(super) async fn put(tx: &mut Tx, day: Day, cells: &[CellText]) -> Result<(), StoreError> {
    for split in Split::STORED {
        later!(tx, CLEAR, split.name(), day)?;
    }
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    for cell in cells {
        later!(
            tx,
            PUT,
            cell.split.name(),
            day,
            &cell.key,
            cell.part.name(),
            &cell.counts,
            number(cell.came.n),
            &cell.came.exact,
            &cell.came.sketch,
            number(cell.business.n),
            &cell.business.exact,
            &cell.business.sketch
        )?;
    }
    Ok(())
}

type Row = (
    String,
    String,
    String,
    String,
    i64,
    Option<String>,
    String,
    i64,
    Option<String>,
    String,
);

/// `10000` is `spread::EXACT_MAX`: together they are at most as many as what is made of them.
const CELLS: &str = "
    SELECT split, member, part, counts,
        n, CASE WHEN SUM(n) OVER same > 10000 THEN NULL ELSE exact END, sketch, business_n,
        CASE WHEN SUM(business_n) OVER same > 10000 THEN NULL ELSE business_exact END,
        business_sketch
    FROM figures_cells WHERE split IN ('all', $1) AND day >= $2 AND day < $3
    WINDOW same AS (PARTITION BY split, member, part)";

/// The cells of [`Split::All`] and of that split over days, as they are at one moment. Where the
/// days together are too many for exact percentiles, single lengths are left out.
pub(super) async fn cells(
    tx: &mut Tx,
    split: Split,
    period: Period,
) -> Result<Vec<CellText>, StoreError> {
    let rows: Vec<Row> = on!(tx, |conn| {
        sqlx::query_as(CELLS)
            .bind(split.name())
            .bind(period.from)
            .bind(period.until)
            .fetch_all(conn)
            .await?
    });
    rows.into_iter().map(read).collect()
}

const OF_DAY: &str = "
    SELECT split, member, part, counts, n, exact, sketch, business_n, business_exact,
        business_sketch
    FROM figures_cells WHERE day = $1";

/// All cells of a day, in no order.
pub(super) async fn texts_of_day(tx: &mut Tx, day: Day) -> Result<Vec<CellText>, StoreError> {
    let rows: Vec<Row> = on!(tx, |conn| {
        sqlx::query_as(OF_DAY).bind(day).fetch_all(conn).await?
    });
    rows.into_iter().map(read).collect()
}

const DAYS: &str = "
    SELECT day FROM (SELECT day FROM figures_cells UNION SELECT day FROM figures) AS days
    WHERE day > $1 ORDER BY day LIMIT $2 + 0";

/// The days after that one that have cells or lines, at most `most`.
pub(super) async fn days_after(tx: &mut Tx, after: Day, most: i64) -> Result<Vec<Day>, StoreError> {
    let rows: Vec<(i64,)> = on!(tx, |conn| {
        sqlx::query_as(DAYS)
            .bind(after)
            .bind(most)
            .fetch_all(conn)
            .await?
    });
    Ok(rows.into_iter().map(|(day,)| day).collect())
}

fn read(row: Row) -> Result<CellText, StoreError> {
    let (split, key, part, counts, n, exact, sketch, business_n, business_exact, business_sketch) =
        row;
    let unreadable = |what, value: &str| StoreError::Unreadable {
        what,
        why: format!("no such one: {value}"),
    };
    let number = |n: i64| usize::try_from(n).unwrap_or_default();
    Ok(CellText {
        split: Split::from_name(&split).ok_or_else(|| unreadable("figures_cells.split", &split))?,
        key,
        part: Part::from_name(&part).ok_or_else(|| unreadable("figures_cells.part", &part))?,
        counts,
        came: SpreadText {
            n: number(n),
            exact,
            sketch,
        },
        business: SpreadText {
            n: number(business_n),
            exact: business_exact,
            sketch: business_sketch,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::report::spread::EXACT_MAX;

    #[test]
    fn single_lengths_are_read_where_they_may_be_needed() {
        assert_eq!(CELLS.matches(&format!("> {EXACT_MAX} THEN")).count(), 2);
    }
}
