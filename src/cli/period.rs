//! `--from` and `--to`: the days that a report or an export is about.

use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Failure;
use crate::domain::time::Timestamp;

/// Days in UTC, both included.
#[derive(Args, Debug, Default)]
pub(super) struct Period {
    /// The first day, as YYYY-MM-DD (UTC); from the beginning without it.
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
    /// The last day, as YYYY-MM-DD (UTC), included; until now without it.
    #[arg(long, value_name = "DAY")]
    to: Option<Date>,
}

impl Period {
    /// The first day as it was given.
    pub(super) fn from(&self) -> Option<String> {
        self.from.map(|day| day.to_string())
    }

    /// The last day as it was given.
    pub(super) fn to(&self) -> Option<String> {
        self.to.map(|day| day.to_string())
    }

    /// As points in time, `from <= at < until`.
    pub(super) fn bounds(&self) -> Result<(Timestamp, Timestamp), Failure> {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from > to
        {
            return Err(Failure::wrong(format!("--from {from} is after --to {to}")));
        }
        let from = match self.from {
            Some(day) => start_of(day)?,
            None => Timestamp(i64::MIN),
        };
        let until = match self.to {
            Some(day) => start_of(day.tomorrow().map_err(Failure::wrong)?)?,
            None => Timestamp(i64::MAX),
        };
        Ok((from, until))
    }
}

fn start_of(day: Date) -> Result<Timestamp, Failure> {
    let start = day.to_zoned(TimeZone::UTC).map_err(Failure::wrong)?;
    Ok(Timestamp(start.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_days_are_included() {
        let period = |from: Option<&str>, to: Option<&str>| {
            let day = |text: &str| text.parse::<Date>().expect("is a day");
            Period {
                from: from.map(day),
                to: to.map(day),
            }
            .bounds()
        };
        let day_ms = 86_400_000;
        assert_eq!(
            period(Some("1970-01-02"), Some("1970-01-02")).expect("is a period"),
            (Timestamp(day_ms), Timestamp(2 * day_ms))
        );
        assert_eq!(
            period(None, None).expect("is a period"),
            (Timestamp(i64::MIN), Timestamp(i64::MAX))
        );
        let turned = period(Some("1970-01-03"), Some("1970-01-02"));
        assert_eq!(turned.expect_err("is refused").exit_status(), 2);
    }
}
