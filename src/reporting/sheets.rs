//! Reports as rows and columns: what a spreadsheet is given.

use crate::domain::report::figures::Figures;
use crate::domain::report::handoffs::Handoffs;
use crate::domain::report::sla::Group;
use crate::domain::report::staffing::{Hour, Staffing};
use crate::domain::report::table::{Cell, Table};
use crate::domain::sla::calendar::DAY_NAMES;

/// One row for each measure of each group.
pub fn sla(groups: &[Group]) -> Table {
    let header = vec![
        "group",
        "clock",
        "n",
        "open",
        "median_ms",
        "p90_ms",
        "p95_ms",
        "within_30_min",
        "within_4_h",
        "within_24_h",
        "later",
        "business_n",
        "business_median_ms",
        "business_p90_ms",
        "target_ms",
        "met",
        "breached",
        "attainment",
        "without",
        "unreachable",
        "outage",
        "exact",
        "business_exact",
    ];
    let number = |number: Option<i64>| number.map_or(Cell::Nothing, Cell::Number);
    let count = |count: Option<usize>| count.map_or(Cell::Nothing, Cell::count);
    let clocks = groups
        .iter()
        .flat_map(|group| group.clocks.iter().map(move |clock| (group, clock)));
    let rows = clocks.map(|(group, clock)| {
        let figures = &clock.figures;
        vec![
            Cell::Text(group.group.clone()),
            Cell::Text(clock.clock.name().to_owned()),
            Cell::count(figures.n),
            Cell::count(figures.open),
            number(figures.median_ms),
            number(figures.p90_ms),
            number(figures.p95_ms),
            Cell::count(figures.bands.within_30_min),
            Cell::count(figures.bands.within_4_h),
            Cell::count(figures.bands.within_24_h),
            Cell::count(figures.bands.later),
            Cell::count(figures.business_n),
            number(figures.business_median_ms),
            number(figures.business_p90_ms),
            number(figures.target_ms),
            count(figures.met),
            count(figures.breached),
            figures.attainment.map_or(Cell::Nothing, Cell::Share),
            Cell::count(figures.without),
            Cell::count(figures.unreachable),
            Cell::count(figures.outage),
            Cell::Text(figures.exact.to_string()),
            Cell::Text(figures.business_exact.to_string()),
        ]
    });
    Table {
        header,
        rows: rows.collect(),
    }
}

/// One row for each hour of the week.
pub fn staffing(need: &Staffing) -> Table {
    let header = vec![
        "day",
        "hour",
        "arrivals",
        "load_erlangs",
        "needed_c",
        "needed_a",
        "on_duty",
    ];
    let count = |count: Option<u32>| count.map_or(Cell::Nothing, |n| Cell::Number(i64::from(n)));
    let row = |hour: &Hour| {
        vec![
            Cell::Text(DAY_NAMES[hour.hour_of_week / 24].to_owned()),
            Cell::count(hour.hour_of_week % 24),
            Cell::Share(hour.arrivals),
            Cell::Share(hour.load_erlangs),
            count(hour.needed_c),
            count(hour.needed_a),
            Cell::Share(hour.on_duty),
        ]
    };
    Table {
        header,
        rows: need.hours.iter().map(row).collect(),
    }
}

/// One row for each reason, then one for each agent who took any.
pub fn handoffs(handoffs: &Handoffs) -> Table {
    let header = vec![
        "what",
        "name",
        "n",
        "claimed_n",
        "claimed_median_ms",
        "claimed_p90_ms",
        "claimed_p95_ms",
        "reply_n",
        "reply_median_ms",
        "reply_p90_ms",
        "reply_p95_ms",
        "given_back",
        "solved",
        "without_reply",
        "unreachable",
        "with_agent",
        "waiting",
    ];
    let reasons = handoffs.reasons.iter().map(|reason| {
        let ways = &reason.ways;
        let mut row = vec![
            Cell::Text("reason".to_owned()),
            Cell::Text(reason.reason.clone()),
            Cell::count(reason.n),
        ];
        row.extend(lengths(&reason.until_claimed));
        row.extend(lengths(&reason.until_reply));
        row.push(Cell::count(reason.given_back));
        let counts = [
            ways.solved,
            ways.without_reply,
            ways.unreachable,
            ways.with_agent,
            ways.waiting,
        ];
        row.extend(counts.map(Cell::count));
        row
    });
    let takers = handoffs.takers.iter().map(|taker| {
        let mut row = vec![
            Cell::Text("agent".to_owned()),
            Cell::Text(taker.agent.clone()),
            Cell::count(taker.taken),
        ];
        row.extend(lengths(&taker.until_claimed));
        row.extend([const { Cell::Nothing }; 4]);
        row.push(Cell::count(taker.given_back));
        row.extend([const { Cell::Nothing }; 5]);
        row
    });
    let rows = reasons.chain(takers).collect();
    Table { header, rows }
}

/// How many, and the percentiles of their lengths.
fn lengths(figures: &Figures) -> [Cell; 4] {
    let number = |number: Option<i64>| number.map_or(Cell::Nothing, Cell::Number);
    [
        Cell::count(figures.n),
        number(figures.median_ms),
        number(figures.p90_ms),
        number(figures.p95_ms),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::report::figures::Waits;
    use crate::domain::report::handoffs::{Reason, Taker, Ways};
    use crate::domain::time::Timestamp;

    #[test]
    fn every_row_is_as_long_as_the_header() {
        let none = Waits::default().figures(Timestamp(0));
        let report = Handoffs {
            reasons: vec![Reason {
                reason: "asked".to_owned(),
                n: 1,
                until_claimed: none.clone(),
                until_reply: none.clone(),
                ways: Ways::default(),
                given_back: 0,
            }],
            takers: vec![Taker {
                agent: "=Ben".to_owned(),
                taken: 1,
                until_claimed: none,
                given_back: 0,
            }],
        };
        let table = handoffs(&report);
        assert_eq!(table.rows.len(), 2);
        assert!(table.rows.iter().all(|row| row.len() == table.header.len()));
        assert!(table.to_csv().contains("agent,'=Ben,1,0,"));
    }
}
