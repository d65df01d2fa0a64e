//! The report of service levels from stored figures.

use jiff::tz::TimeZone;

use super::cells::{self, Period};
use super::day_of;
use crate::domain::report::cells::Split;
use crate::domain::report::line::Line;
use crate::domain::report::sla::{By, Group, Naming, has_whole_hours, of_cells, of_lines};
use crate::domain::time::Timestamp;
use crate::store::{StoreError, Tx, on, staff};

/// What a report is to be about.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The conversations that began on these days.
    pub period: Period,
    /// What it is broken down by.
    pub by: Option<By>,
    /// The time zone of hours.
    pub zone: TimeZone,
}

impl Period {
    /// The days of `from <= at < until`, which begin and end with days of UTC.
    pub fn of(from: Timestamp, until: Timestamp) -> Period {
        Period {
            from: day_of(from),
            until: day_of(until),
        }
    }
}

/// The report by `now`, from the figures as they are stored: whoever wants them up to date calls
/// [`renew`](fn@super::renew) before. Hours of a zone whose hours are not those of UTC are counted
/// from the lines of the conversations, which takes longer.
pub async fn report(tx: &mut Tx, asked: &Asked, now: Timestamp) -> Result<Vec<Group>, StoreError> {
    let names = staff::names(tx).await?;
    let naming = Naming {
        by: asked.by,
        names: &names,
        zone: &asked.zone,
    };
    let cells = cells::cells(tx, Split::of(asked.by), asked.period).await?;
    if !has_whole_hours(&cells, &asked.zone) {
        let lines = lines(tx, asked.period).await?;
        return Ok(of_lines(lines.into_iter(), naming, now));
    }
    of_cells(&cells, naming, now).ok_or_else(|| StoreError::Unreadable {
        what: "figures_cells",
        why: "counts or lengths do not read".to_owned(),
    })
}

const LINES: &str = "SELECT line FROM figures WHERE day >= $1 AND day < $2";

async fn lines(tx: &mut Tx, period: Period) -> Result<Vec<Line>, StoreError> {
    let rows: Vec<(String,)> = on!(tx, |conn| {
        sqlx::query_as(LINES)
            .bind(period.from)
            .bind(period.until)
            .fetch_all(conn)
            .await?
    });
    rows.iter().map(|(text,)| super::read(text)).collect()
}
