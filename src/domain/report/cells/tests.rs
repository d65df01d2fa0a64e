use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::domain::lang::Lang;
use crate::domain::place::ChannelKind;
use crate::domain::report::line::{Outcome, Over, Running, WaitState};
use crate::domain::report::sla::{Group, Naming, has_whole_hours, of_cells, of_lines};

const NOW: Timestamp = Timestamp(1_772_442_000_000);

/// Any wait that began within 30 days before [`NOW`].
fn wait() -> impl Strategy<Value = LineWait> {
    let outcome = prop_oneof![
        4 => Just(Outcome::Came),
        1 => Just(Outcome::Without),
        1 => Just(Outcome::Unreachable),
    ];
    let state = (any::<bool>(), outcome, 0_i64..200_000_000, any::<bool>());
    let whose = (0_usize..7, 0_i64..2_592_000_000, 0_usize..4, any::<bool>());
    (
        state,
        whose,
        proptest::option::of(Just(Millis::minutes(30))),
    )
        .prop_map(
            |((runs, outcome, length, outage), (measure, ago, who, paused), target)| {
                let since = NOW - Millis(ago);
                let running = Running {
                    since,
                    paused: Millis(length.min(ago) / 2),
                    paused_since: paused.then_some(NOW - Millis(ago / 3)),
                    due_at: target.map(|target| since + target),
                    promised: outage,
                };
                let over = Over {
                    outcome,
                    length: Millis(length),
                    business: target.map(|_| Millis(length / 3)),
                    late: target.map(|target| length > target.0),
                    promised: outage,
                };
                LineWait {
                    measure: Measure::ALL[measure],
                    since,
                    who: match who {
                        0 => Who::Nobody,
                        1 => Who::Bot,
                        number => Who::Staff(format!("s{number}").into()),
                    },
                    outage,
                    target,
                    state: match runs {
                        true => WaitState::Running(running),
                        false => WaitState::Over(over),
                    },
                }
            },
        )
}

fn line() -> impl Strategy<Value = Line> {
    let waits = proptest::collection::vec(wait(), 0..6);
    (waits, 0_usize..3, any::<bool>(), 0_i64..2_592_000_000).prop_map(
        |(waits, channel, has_segment, ago)| Line {
            opened_at: NOW - Millis(ago),
            channel: ChannelKind::ALL[channel],
            lang: (channel > 0).then_some(Lang::Vi),
            segment: has_segment.then(|| "vip".to_owned()),
            agent: has_segment.then(|| "s2".into()),
            counts: Conversations {
                came_in: 1,
                open: channel,
                paused_while_waiting_ms: ago,
                ..Conversations::default()
            },
            waits,
        },
    )
}

/// The report by each breakdown, from lines and from the stored cells of their days.
fn both_ways(lines: &[Line], zone: &TimeZone) -> Vec<(Vec<Group>, Option<Vec<Group>>)> {
    let names = BTreeMap::from([("s2".into(), "Ben".to_owned())]);
    let mut days: BTreeMap<i64, Cells> = BTreeMap::new();
    let mut beside = Vec::new();
    for line in lines {
        let day = line.opened_at.0.div_euclid(86_400_000);
        // The latest days count as the edge of a period that is no whole day of UTC.
        match (NOW - line.opened_at) < Millis::hours(48) {
            true => beside.push(line.clone()),
            false => days.entry(day).or_default().add_stored(line),
        }
    }
    let texts: Vec<CellText> = days
        .values()
        .flat_map(|cells| cells.texts().expect("is JSON"))
        .collect();
    let every = std::iter::once(None).chain(By::ALL.map(Some));
    let reports = every.map(|by| {
        let naming = Naming {
            by,
            names: &names,
            zone,
        };
        let wanted = [Split::All, Split::of(by)];
        let texts: Vec<CellText> = texts
            .iter()
            .filter(|text| wanted.contains(&text.split))
            .cloned()
            .collect();
        let from_cells = has_whole_hours(&texts, zone).then(|| {
            of_cells(&texts, beside.iter().cloned(), naming, NOW).expect("stored cells read")
        });
        (of_lines(lines.iter().cloned(), naming, NOW), from_cells)
    });
    reports.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_cells_of_days_say_what_the_lines_say(lines in proptest::collection::vec(line(), 0..60)) {
        for zone in [TimeZone::UTC, TimeZone::get("America/Santiago").expect("is a zone")] {
            for (from_lines, from_cells) in both_ways(&lines, &zone) {
                prop_assert_eq!(Some(from_lines), from_cells);
            }
        }
    }

    #[test]
    fn a_line_reads_back_as_it_was_stored(line in line()) {
        let text = serde_json::to_string(&line).expect("is JSON");
        prop_assert_eq!(serde_json::from_str::<Line>(&text).expect("reads"), line);
    }

    #[test]
    fn the_order_of_conversations_does_not_matter(lines in proptest::collection::vec(line(), 0..40)) {
        let gather = |lines: &mut dyn Iterator<Item = &Line>| {
            let mut cells = Cells::default();
            lines.for_each(|line| cells.add_stored(line));
            cells.texts().expect("is JSON")
        };
        prop_assert_eq!(gather(&mut lines.iter()), gather(&mut lines.iter().rev()));
    }
}

#[test]
fn half_hours_of_utc_are_not_hours_of_india() {
    let zone = |name| TimeZone::get(name).expect("is a zone");
    let cells = |hour: &str| CellText {
        split: Split::Hour,
        key: hour.to_owned(),
        part: Part::Conversations,
        counts: String::new(),
        came: SpreadText::default(),
        business: SpreadText::default(),
    };
    let check = |name, expected| {
        assert_eq!(
            has_whole_hours(&[cells("492345")], &zone(name)),
            expected,
            "{name}"
        );
    };
    check("Asia/Ho_Chi_Minh", true);
    check("Asia/Kolkata", false);
    check("Asia/Kathmandu", false);
}

#[test]
fn names_of_splits_and_parts_read_back() {
    for split in Split::STORED {
        assert_eq!(Split::from_name(split.name()), Some(split));
    }
    let waits = Measure::ALL.into_iter().map(Part::Waits);
    for part in waits.chain([Part::Conversations]) {
        assert_eq!(Part::from_name(part.name()), Some(part));
    }
    assert_eq!(Split::from_name("quarter"), None);
}
