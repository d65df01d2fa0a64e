use std::collections::BTreeSet;

use super::*;
use crate::domain::lang::Lang;
use crate::domain::place::ChannelKind;
use crate::domain::sla::SlaClock;
use crate::domain::time::{Millis, Timestamp};

const PLAN: &str = r#"
[calendars.office]
zone = "Asia/Ho_Chi_Minh"
mon = ["09:00-17:00"]
tue = ["09:00-17:00"]
wed = ["09:00-17:00"]
thu = ["09:00-17:00"]
fri = ["09:00-17:00"]
holidays = ["2026-03-10 Founders' day"]

[calendars.office.days]
2026-12-24 = ["09:00-12:00"]

[[policies]]
name = "important"
segments = ["vip"]
human_wait = "5m"
next_response = "10m"

[[policies]]
name = "refunds at night"
channels = ["telegram", "web"]
tags = ["refund"]
outside_hours = "office"
human_wait = "8h"

[[policies]]
name = "office"
languages = ["vi", "en"]
calendar = "office"
warn_at_percent = 50
first_answer = "2m wall"
human_wait = "1h"
resolution = "16h"
"#;

fn plan(text: &str) -> Plan {
    let files = BTreeMap::new();
    read(text, &files).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn usual() -> Policy {
    let target = Target {
        length: Millis::minutes(30),
        in_wall_time: true,
    };
    Policy {
        name: "usual".into(),
        when: Conditions::default(),
        calendar: None,
        targets: [
            (SlaClock::HumanWait, target),
            (SlaClock::NextResponse, target),
        ]
        .into(),
        warn_at_percent: 75,
        ladder: Ladder::default(),
    }
}

fn plans(text: &str) -> Plans {
    Plans::new(usual()).with(1, plan(text))
}

fn at(text: &str) -> Timestamp {
    let instant: jiff::Timestamp = text.parse().expect("is an instant");
    Timestamp(instant.as_millisecond())
}

fn matter<'m>(tags: &'m BTreeSet<String>, at_text: &str) -> Matter<'m> {
    Matter {
        channel: ChannelKind::Telegram,
        segment: None,
        language: Some(Lang::Vi),
        tags,
        at: at(at_text),
    }
}

#[test]
fn the_first_policy_that_matches_wins() {
    let plans = plans(PLAN);
    let (none, refund) = (BTreeSet::new(), BTreeSet::from(["refund".to_owned()]));
    let name = |matter: Matter<'_>| plans.choose(&matter).policy.name.clone();
    let (day, night) = ("2026-03-04T10:00:00+07:00", "2026-03-04T20:00:00+07:00");
    let vip = Matter {
        segment: Some("vip"),
        ..matter(&refund, night)
    };
    assert_eq!(name(vip), "important");
    assert_eq!(name(matter(&refund, night)), "refunds at night");
    assert_eq!(name(matter(&refund, day)), "office");
    assert_eq!(name(matter(&none, night)), "office");
    let on_discord = Matter {
        channel: ChannelKind::Discord,
        ..matter(&refund, night)
    };
    assert_eq!(name(on_discord), "office");
    let unknown_language = Matter {
        language: None,
        ..matter(&none, day)
    };
    assert_eq!(name(unknown_language), "usual", "the settings' own");
}

#[test]
fn due_times_name_what_they_were_reckoned_with() {
    let plans = plans(PLAN);
    let none = BTreeSet::new();
    let friday = matter(&none, "2026-03-06T16:30:00+07:00");
    let due = Due::begin(&plans, &friday, SlaClock::HumanWait).expect("has a target");
    assert_eq!(due.due_at, at("2026-03-09T09:30:00+07:00"));
    assert_eq!(
        due.warn_at,
        at("2026-03-06T17:00:00+07:00"),
        "at half of it"
    );
    assert_eq!((due.policy.as_str(), due.plan), ("office", 1));
    assert_eq!(
        due.zones.as_deref(),
        Some(crate::domain::sla::calendar::zone_release())
    );
    let first = Due::begin(&plans, &friday, SlaClock::FirstAnswer).expect("has a target");
    assert_eq!(
        first.due_at,
        at("2026-03-06T16:32:00+07:00"),
        "in wall time"
    );
    assert_eq!(first.zones, None);
    assert_eq!(Due::begin(&plans, &friday, SlaClock::NextResponse), None);
    let text = serde_json::to_string(&due).expect("is written");
    assert_eq!(serde_json::from_str::<Due>(&text).expect("reads back"), due);
}

#[test]
fn a_changed_plan_moves_only_what_is_left() {
    let none = BTreeSet::new();
    let thursday = matter(&none, "2026-03-05T16:30:00+07:00");
    let before = plans(PLAN);
    let due = Due::begin(&before, &thursday, SlaClock::HumanWait).expect("has a target");
    assert_eq!(due.due_at, at("2026-03-06T09:30:00+07:00"));
    let friday_off = PLAN.replace("2026-03-10 Founders' day", "2026-03-06 Off");
    let after = before.with(2, plan(&friday_off));
    let now = at("2026-03-05T16:50:00+07:00");
    let moved = due.anew(&after, &thursday, now).expect("has a target");
    assert_eq!(moved.used_ms, Millis::minutes(20));
    assert_eq!(moved.due_at, at("2026-03-09T09:30:00+07:00"));
    assert_eq!((moved.plan, moved.since), (2, due.since));
    // A second change goes on from there.
    let shorter = after.with(
        3,
        plan(&PLAN.replace("human_wait = \"1h\"", "human_wait = \"40m\"")),
    );
    let again = moved.anew(&shorter, &thursday, now).expect("has a target");
    assert_eq!(again.due_at, at("2026-03-06T09:10:00+07:00"));
    // What is overdue stays overdue.
    let late = at("2026-03-06T10:00:00+07:00");
    assert_eq!(due.anew(&shorter, &thursday, late), Some(due));
}

#[test]
fn a_pause_leaves_the_budget_as_it_was() {
    let plans = plans(PLAN);
    let none = BTreeSet::new();
    let morning = matter(&none, "2026-03-04T09:30:00+07:00");
    let due = Due::begin(&plans, &morning, SlaClock::HumanWait).expect("has a target");
    let (paused, wrote) = (
        at("2026-03-04T10:00:00+07:00"),
        at("2026-03-04T13:00:00+07:00"),
    );
    let going_on = due.after_pause(&plans, paused, wrote);
    assert_eq!(going_on.used_ms, Millis::minutes(30));
    assert_eq!(going_on.due_at, at("2026-03-04T13:30:00+07:00"));
    let too_late = at("2026-03-04T10:45:00+07:00");
    assert_eq!(
        due.after_pause(&plans, too_late, wrote),
        due,
        "a breach stays one"
    );
}

#[test]
fn the_ladder_s_rungs_are_in_the_policy_s_time_and_stand_still_in_a_pause() {
    let text = PLAN.replace(
        "warn_at_percent = 50",
        "warn_at_percent = 50\nlead_at_percent = 80\ncustomer_at_percent = 150\nsnooze = \"20m\"",
    );
    let plans = plans(&text);
    let none = BTreeSet::new();
    let begun = |plans: &Plans, time: &str| {
        let due = Due::begin(plans, &matter(&none, time), SlaClock::HumanWait);
        due.expect("has a target")
    };
    let due = begun(&plans, "2026-03-04T16:30:00+07:00");
    assert_eq!(due.leads_called_at(), at("2026-03-05T09:18:00+07:00"));
    assert_eq!(due.due_at, at("2026-03-05T09:30:00+07:00"));
    assert_eq!(due.customer_told_at(), at("2026-03-05T10:00:00+07:00"));
    let policy = plans.named(1, "office").policy;
    assert_eq!(policy.ladder.snooze, Millis::minutes(20));
    // Missed at 9:30, paused from 9:40 to 11:00: the customer's rung had 20 minutes left.
    let (paused, on) = (
        at("2026-03-05T09:40:00+07:00"),
        at("2026-03-05T11:00:00+07:00"),
    );
    let later = due.after_pause(&plans, paused, on);
    assert_eq!(later.customer_at, Some(at("2026-03-05T11:20:00+07:00")));
    assert_eq!((later.due_at, later.lead_at), (due.due_at, due.lead_at));
    let usual = begun(&self::plans(PLAN), "2026-03-04T09:00:00+07:00");
    assert_eq!(
        (usual.lead_at, usual.customer_at),
        (None, None),
        "with the target"
    );
    assert_eq!(usual.leads_called_at(), usual.due_at);
}

#[test]
fn a_calendar_that_does_not_open_gives_no_due_time() {
    let text = PLAN.replace("2026-03-10 Founders' day", "2026-03-04 Off");
    let mut plan = plan(&text);
    let closed = Calendar::new("UTC", Default::default()).expect("is a zone");
    plan.calendars.insert("office".into(), closed);
    let plans = Plans::new(usual()).with(1, plan);
    let none = BTreeSet::new();
    let day = matter(&none, "2026-03-04T10:00:00+07:00");
    assert_eq!(Due::begin(&plans, &day, SlaClock::HumanWait), None);
}

#[test]
fn every_fault_is_named_with_its_line_and_key() {
    let check = |text: &str, expected: &[&str]| {
        let faults = read(text, &BTreeMap::new()).expect_err("is refused");
        let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), expected.len(), "{texts:#?}");
        for (text, expected) in texts.iter().zip(expected) {
            assert!(text.contains(expected), "{text} does not say {expected}");
        }
    };
    check(
        "[calendars.office]\nzone = \"Asia/Hochiminh\"\nmon = [\"9-17\"]\nmoon = []\n[[policies]]\nname = \"a\"\n",
        &[
            "line 2: calendars.office.zone \"Asia/Hochiminh\" is no IANA time zone; did you mean \"Asia/Ho_Chi_Minh\"?",
            "line 3: calendars.office.mon \"9-17\" must be two times",
            "line 4: calendars.office.moon is no key",
            "policies[1] sets no target",
        ],
    );
    check(
        "[calendars.night]\nzone = \"UTC\"\n",
        &["line 1: calendars.night never opens"],
    );
    check(
        "[calendars.a]\nzone = \"UTC\"\nmon = [\"09:00-12:00\", \"11:00-13:00\"]\nholidays = [\"soon\", \"tet.ics\"]\n",
        &[
            "calendars.a.mon has openings that overlap: 09:00-12:00 and 11:00-13:00",
            "line 4: calendars.a.holidays \"soon\" is no holiday",
            "line 4: calendars.a.holidays tet.ics is not there",
        ],
    );
    check(
        "[[policies]]\nname = \"all\"\nhuman_wait = \"0m\"\nnext_response = \"soon\"\n[[policies]]\nname = \"vip\"\nsegments = [\"vip\"]\nhuman_wait = \"5m\"\ncalendar = \"shop\"\n",
        &[
            "policies[1] sets no target",
            "line 3: policies[1].human_wait is a target of zero",
            "line 4: policies[1].next_response must be a length of time",
            "line 9: policies[2].calendar \"shop\" is no calendar of this plan",
        ],
    );
    check(
        "[[policies]]\nname = \"all\"\nhuman_wait = \"30m\"\n[[policies]]\nname = \"vip\"\nsegments = [\"vip\"]\nhuman_wait = \"5m\"\n",
        &["line 4: policies[2] (\"vip\") never matches: policies[1] (\"all\") above it takes all"],
    );
    check(
        "[[policies]]\nname = \"x\"\nsegments = []\nchannels = [\"fax\"]\nhuman_wait = \"1h 30m\"\nwarn_at_percent = 100\nhuman = 3\n",
        &[
            "segments names nothing",
            "\"fax\" is none of telegram, discord, web",
            "warn_at_percent must be a whole number from 1 to 99",
            "policies[1].human is no key",
        ],
    );
    let ladder = |keys: &str| format!("[[policies]]\nname = \"a\"\nhuman_wait = \"30m\"\n{keys}");
    check(
        &ladder("lead_at_percent = 60\ncustomer_at_percent = 99\nsnooze = \"soon\"\n"),
        &[
            "line 4: policies[1].lead_at_percent comes before the desk is warned, at 75",
            "line 5: policies[1].customer_at_percent must be a whole number from 100 to 1000",
            "line 6: policies[1].snooze must be a length of time from one minute to a day",
        ],
    );
    check(
        &ladder("customer_at_percent = 110\nlead_at_percent = 120\n"),
        &["line 4: policies[1].customer_at_percent comes before the leads are called, at 120"],
    );
    check("policies = 3\n[calendars\n", &["line 1", "line 2"]);
}

#[test]
fn holidays_come_from_the_files_that_the_plan_names() {
    let text = PLAN.replace("2026-03-10 Founders' day", "tet.ics");
    let file = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Tết\nDTSTART;VALUE=DATE:20260217\nDTEND;VALUE=DATE:20260222\nEND:VEVENT\nEND:VCALENDAR\n";
    let files = BTreeMap::from([("tet.ics".to_owned(), file.to_owned())]);
    let plan = read(&text, &files).expect("reads");
    let office = &plan.calendars["office"];
    assert_eq!(office.holidays().len(), 1);
    assert_eq!(
        office.next_open(at("2026-02-16T18:00:00+07:00")),
        Some(at("2026-02-23T09:00:00+07:00"))
    );
    let broken = BTreeMap::from([("tet.ics".to_owned(), file.replace("20260217", "2026"))]);
    let faults = read(&text, &broken).expect_err("is refused");
    assert!(
        faults[0]
            .to_string()
            .contains("tet.ics, line 4: 2026 is no day"),
        "{}",
        faults[0]
    );
}
