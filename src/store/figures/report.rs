//! The report of service levels from stored figures.

use jiff::tz::TimeZone;

use super::cells::{self, Period};
use super::{Day, begins, day_of};
use crate::domain::report::cells::Split;
use crate::domain::report::line::Line;
use crate::domain::report::sla::{By, Group, Naming, has_whole_hours, of_cells, of_lines};
use crate::domain::time::Timestamp;
use crate::store::{StoreError, Tx, on, staff};

/// What a report is to be about.
#[derive(Clone, Debug)]
pub struct Asked {
    /// From when on the conversations began.
    pub from: Timestamp,
    /// Before when they began.
    pub until: Timestamp,
    /// What it is broken down by.
    pub by: Option<By>,
    /// The time zone of hours.
    pub zone: TimeZone,
}

impl Asked {
    /// The days in UTC that are wholly in it: those whose cells are wanted.
    pub fn days(&self) -> Period {
        let first = day_of(self.from);
        let from = match begins(first) < self.from {
            true => first.saturating_add(1),
            false => first,
        };
        let until = day_of(self.until).max(from);
        Period { from, until }
    }
}

/// The report by `now`, from the figures as they are stored: whoever wants them up to date calls
/// [`renew`](fn@super::renew) before. What is beside whole days of UTC, and hours of a zone whose
/// hours are not those of UTC, is counted from the lines of conversations, which takes longer.
pub async fn report(tx: &mut Tx, asked: &Asked, now: Timestamp) -> Result<Vec<Group>, StoreError> {
    let names = staff::names(tx).await?;
    let naming = Naming {
        by: asked.by,
        names: &names,
        zone: &asked.zone,
    };
    let days = asked.days();
    let cells = cells::cells(tx, Split::of(asked.by), days).await?;
    if !has_whole_hours(&cells, &asked.zone) {
        let lines = lines(tx, asked.from, asked.until).await?;
        return Ok(of_lines(lines.into_iter(), naming, now));
    }
    let until_days = begins(days.from).min(asked.until);
    let mut beside = lines(tx, asked.from, until_days).await?;
    let from_days = begins(days.until).max(until_days);
    beside.extend(lines(tx, from_days, asked.until).await?);
    of_cells(&cells, beside.into_iter(), naming, now).ok_or_else(|| StoreError::Unreadable {
        what: "figures_cells",
        why: "counts or lengths do not read".to_owned(),
    })
}

const LINES: &str = "SELECT line FROM figures WHERE day >= $1 AND day <= $2";

/// The lines of the conversations that began in `from <= at < until`.
async fn lines(tx: &mut Tx, from: Timestamp, until: Timestamp) -> Result<Vec<Line>, StoreError> {
    if until <= from {
        return Ok(Vec::new());
    }
    let (first, last): (Day, Day) = (day_of(from), day_of(until));
    let rows: Vec<(String,)> = on!(tx, |conn| {
        sqlx::query_as(LINES)
            .bind(first)
            .bind(last)
            .fetch_all(conn)
            .await?
    });
    let mut lines = Vec::new();
    for (text,) in &rows {
        let line = super::read(text)?;
        if from <= line.opened_at && line.opened_at < until {
            lines.push(line);
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Millis;

    #[test]
    fn whole_days_are_those_that_lie_in_it() {
        let day = Millis::hours(24).0;
        let check = |from: i64, until: i64, expected: (Day, Day)| {
            let asked = Asked {
                from: Timestamp(from),
                until: Timestamp(until),
                by: None,
                zone: TimeZone::UTC,
            };
            let days = asked.days();
            assert_eq!((days.from, days.until), expected, "{from} {until}");
        };
        check(0, day, (0, 1));
        check(0, day - 1, (0, 0));
        check(1, 3 * day + 1, (1, 3));
        check(1, 2, (1, 1));
        check(-day, day, (-1, 1));
        let (first, last) = (day_of(Timestamp(i64::MIN)), day_of(Timestamp(i64::MAX)));
        check(i64::MIN, i64::MAX, (first, last));
    }
}
