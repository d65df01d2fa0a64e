use super::*;
use crate::domain::ids::ConversationId;
use crate::domain::place::ChannelKind;
use crate::domain::sla::SlaClock;
use crate::domain::sla::plan::{Conditions, Due, Ladder, Plans, Policy};
use crate::domain::timeline::{Fact, FactKind};

/// Half an hour for a person's reply.
fn due(asked: i64) -> Due {
    Due {
        clock: SlaClock::HumanWait,
        since: minute(asked),
        due_at: minute(asked + 30),
        warn_at: minute(asked + 20),
        lead_at: None,
        customer_at: None,
        target_ms: Millis::minutes(30),
        used_ms: Millis(0),
        counts_from: minute(asked),
        policy: "usual".into(),
        plan: 0,
        zones: None,
    }
}

fn minute(minutes: i64) -> Timestamp {
    Timestamp(0) + Millis::minutes(minutes)
}

/// A conversation whose customer asks for a person at `asked` and is replied to at `replied`.
fn conversation(
    name: &str,
    channel: ChannelKind,
    asked: i64,
    replied: Option<(i64, &str)>,
) -> Line {
    let fact = |at: i64, staff: Option<&str>, kind| Fact {
        conversation: ConversationId::from(name),
        customer: "ann".into(),
        channel,
        at: minute(at),
        recorded_at: minute(at),
        staff: staff.map(Into::into),
        kind,
    };
    let mut facts = vec![
        fact(asked, None, FactKind::Opened { previous: None }),
        fact(
            asked,
            None,
            FactKind::CustomerWrote {
                message: "m".into(),
                seen_late: false,
            },
        ),
        fact(
            asked,
            None,
            FactKind::HandoffAsked {
                handoff: "h".into(),
                reason: "asked".into(),
            },
        ),
        fact(asked, None, FactKind::TargetSet(due(asked))),
    ];
    if let Some((at, staff)) = replied {
        let reply = FactKind::AgentReplied {
            outbox: "o".into(),
            message: "m2".into(),
        };
        facts.push(fact(
            at,
            Some(staff),
            FactKind::Claimed {
                handoff: "h".into(),
            },
        ));
        facts.push(fact(at, Some(staff), reply));
        let resolved = FactKind::Resolved {
            by_bot: false,
            confirmed: false,
        };
        facts.push(fact(at + 1, Some(staff), resolved));
    }
    Line::of(&facts, &no_plan(), &[]).expect("there are facts")
}

fn an_afternoon() -> Vec<Line> {
    vec![
        conversation("c1", ChannelKind::Telegram, 0, Some((10, "s1"))),
        conversation("c2", ChannelKind::Telegram, 65, Some((105, "s2"))),
        conversation("c3", ChannelKind::Discord, 70, Some((75, "s1"))),
        conversation("c4", ChannelKind::Web, 80, None),
    ]
}

/// A plan that sets no target.
pub fn no_plan() -> Plans {
    Plans::new(Policy {
        name: "usual".into(),
        when: Conditions::default(),
        calendar: None,
        targets: BTreeMap::new(),
        warn_at_percent: 75,
        ladder: Ladder::default(),
    })
}

fn by(by: Option<By>, now: i64) -> Vec<Group> {
    let names = BTreeMap::from([("s1".into(), "Ben".to_owned())]);
    let naming = Naming {
        by,
        names: &names,
        zone: &TimeZone::UTC,
    };
    of_lines(an_afternoon().into_iter(), naming, minute(now))
}

fn clock(group: &Group, measure: Measure) -> &Figures {
    let clock = group.clocks.iter().find(|clock| clock.clock == measure);
    &clock.expect("every measure is there").figures
}

#[test]
fn everything_is_the_first_group() {
    let groups = by(None, 90);
    assert_eq!(groups.len(), 1);
    let all = &groups[0];
    assert_eq!(all.group, ALL);
    assert_eq!(all.conversations.came_in, 4);
    assert_eq!(all.conversations.resolved, 3);
    assert_eq!(all.conversations.first_contact_resolved, 3);
    assert_eq!(all.conversations.open, 1);
    let wait = clock(all, Measure::HumanWait);
    assert_eq!((wait.met, wait.breached, wait.open), (Some(2), Some(1), 1));
    assert_eq!(wait.median_ms, Some(Millis::minutes(10).0));
    assert_eq!(clock(all, Measure::NextResponse).n, 0);
    assert_eq!(clock(all, Measure::FirstResolution).n, 3);
    assert_eq!(clock(all, Measure::FirstResolution).open, 1);
}

#[test]
fn one_that_waits_too_long_is_breached_while_it_is_open() {
    let wait = |now| clock(&by(None, now)[0], Measure::HumanWait).breached;
    assert_eq!(wait(110), Some(1));
    assert_eq!(wait(111), Some(2));
}

#[test]
fn groups_come_by_channel_agent_and_hour() {
    let names = |groups: &[Group]| -> Vec<(String, usize)> {
        let one = |group: &Group| {
            let wait = clock(group, Measure::HumanWait);
            (group.group.clone(), wait.n + wait.open)
        };
        groups.iter().map(one).collect()
    };
    let named = |name: &str, n| (name.to_owned(), n);
    assert_eq!(
        names(&by(Some(By::Channel), 90)),
        [
            named("all", 4),
            named("discord", 1),
            named("telegram", 2),
            named("web", 1)
        ]
    );
    assert_eq!(
        names(&by(Some(By::Agent), 90)),
        [
            named("all", 4),
            named("Ben", 2),
            named("none", 1),
            named("s2", 1)
        ]
    );
    assert_eq!(
        names(&by(Some(By::Hour), 90)),
        [named("all", 4), named("00", 1), named("01", 3)]
    );
    assert_eq!(
        names(&by(Some(By::Language), 90)),
        [named("all", 4), named("none", 4)]
    );
}
