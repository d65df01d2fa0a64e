//! Policies of a plan's file: for whom, with which targets, and the ladder of a wait.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::DeValue;

use super::length;
use super::reading::{Field, Reader};
use crate::domain::lang::Lang;
use crate::domain::place::ChannelKind;
use crate::domain::sla::SlaClock;
use crate::domain::sla::calendar::Calendar;
use crate::domain::sla::plan::{Conditions, Ladder, Policy, Target, WhenOpen};
use crate::domain::time::Millis;

/// The longest target: ten years.
const TARGET_MAX: Millis = Millis::hours(24 * 3_653);
/// When the desk is warned where a policy does not say.
const WARN_AT_PERCENT: i64 = 75;
/// When leads may be called.
const LEAD_AT_PERCENT: RangeInclusive<i64> = 1..=1_000;
/// When the customer may be told that it takes longer: before the target is missed, it does not.
const CUSTOMER_AT_PERCENT: RangeInclusive<i64> = 100..=1_000;
/// For how long the desk may ask for quiet.
const SNOOZE: RangeInclusive<Millis> = Millis::minutes(1)..=Millis::hours(24);

/// One policy; `None` where it is no table.
pub(super) fn policy(
    reader: &mut Reader<'_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
    calendars: &BTreeMap<String, Calendar>,
) -> Option<Policy> {
    let at = value.span().start;
    let DeValue::Table(table) = value.get_ref() else {
        reader.fault(at, key, "must be a table: write [[policies]]");
        return None;
    };
    let mut policy = Policy {
        name: String::new(),
        when: Conditions::default(),
        calendar: None,
        targets: BTreeMap::new(),
        warn_at_percent: WARN_AT_PERCENT,
        ladder: Ladder::default(),
    };
    let mut rungs = Rungs::default();
    for (name, value) in table {
        let field = Field::new(key, name, value);
        policy_key(reader, &mut policy, &mut rungs, &field, calendars);
    }
    if policy.name.is_empty() {
        reader.fault(
            at,
            &format!("{key}.name"),
            "is missing; reports and due times name the policy by it",
        );
    }
    if policy.targets.is_empty() {
        let names: Vec<&str> = SlaClock::ALL.iter().map(|clock| clock.key()).collect();
        reader.fault(
            at,
            key,
            &format!("sets no target; write one or more of {}", names.join(", ")),
        );
    }
    rungs.settle(reader, key, &mut policy);
    reader.seen_policy(key, at, &policy);
    Some(policy)
}

fn policy_key(
    reader: &mut Reader<'_>,
    policy: &mut Policy,
    rungs: &mut Rungs,
    field: &Field<'_>,
    calendars: &BTreeMap<String, Calendar>,
) {
    let known_calendar = |reader: &mut Reader<'_>| {
        let name = reader.text(field)?;
        if calendars.contains_key(&name) || reader.has_faults_below(&format!("calendars.{name}")) {
            return Some(name);
        }
        let problem = format!(
            "\"{name}\" is no calendar of this plan; write [calendars.{name}] above the policies"
        );
        reader.fault(field.at, &field.key, &problem);
        None
    };
    let set = |texts: Vec<String>| texts.into_iter().collect::<BTreeSet<_>>();
    match field.name() {
        "name" => policy.name = reader.text(field).unwrap_or_default(),
        "segments" => policy.when.segments = set(reader.some_texts(field)),
        "tags" => policy.when.tags = set(reader.some_texts(field)),
        "channels" => {
            let wanted = || ChannelKind::ALL.map(ChannelKind::name).join(", ");
            let texts = reader.some_texts(field);
            let read = reader.each(field, texts, ChannelKind::from_name, wanted);
            policy.when.channels = read.into_iter().collect();
        }
        "languages" => {
            let wanted = || Lang::ALL.map(Lang::code).join(", ");
            let texts = reader.some_texts(field);
            let read = reader.each(field, texts, Lang::from_code, wanted);
            policy.when.languages = read.into_iter().collect();
        }
        "hours" | "outside_hours" if policy.when.hours.is_some() => {
            reader.fault(
                field.at,
                &field.key,
                "stands beside the other of hours and outside_hours; keep one of them",
            );
        }
        "hours" => policy.when.hours = known_calendar(reader).map(WhenOpen::Within),
        "outside_hours" => policy.when.hours = known_calendar(reader).map(WhenOpen::Outside),
        "calendar" => policy.calendar = known_calendar(reader),
        "warn_at_percent" => {
            if let Some(percent) = reader.number(field, 1..=99) {
                policy.warn_at_percent = percent;
            }
        }
        "lead_at_percent" => rungs.lead = percent(reader, field, LEAD_AT_PERCENT),
        "customer_at_percent" => rungs.customer = percent(reader, field, CUSTOMER_AT_PERCENT),
        "snooze" => {
            if let Some(length) = snooze(reader, field) {
                policy.ladder.snooze = length;
            }
        }
        other => match SlaClock::ALL.into_iter().find(|clock| clock.key() == other) {
            Some(clock) => {
                if let Some(target) = target(reader, field) {
                    policy.targets.insert(clock, target);
                }
            }
            None => {
                let clocks: Vec<&str> = SlaClock::ALL.iter().map(|clock| clock.key()).collect();
                let problem = format!(
                    "is no key; a policy has name, channels, segments, languages, tags, hours or outside_hours, calendar, warn_at_percent, lead_at_percent, customer_at_percent, snooze, {}",
                    clocks.join(", ")
                );
                reader.fault(field.at, &field.key, &problem);
            }
        },
    }
}

/// `"30m"`, `"1h 30m"`, or `"30m wall"` for wall time in a policy with a calendar.
fn target(reader: &mut Reader<'_>, field: &Field<'_>) -> Option<Target> {
    let text = reader.text(field)?;
    let (words, in_wall_time) = match text.strip_suffix(" wall") {
        Some(words) => (words, true),
        None => (text.as_str(), false),
    };
    let wanted = "must be a length of time such as \"90s\", \"30m\", \"4h\" or \"1h 30m\", with \" wall\" behind it for wall time";
    let length = length(words);
    match length {
        None => reader.fault(field.at, &field.key, wanted),
        Some(Millis(0)) => reader.fault(
            field.at,
            &field.key,
            "is a target of zero, which nothing can meet; leave the key out for no target",
        ),
        Some(length) if length > TARGET_MAX => {
            reader.fault(field.at, &field.key, "is longer than ten years")
        }
        Some(length) => {
            return Some(Target {
                length,
                in_wall_time,
            });
        }
    }
    None
}

/// A share of a target, with where it stands.
fn percent(
    reader: &mut Reader<'_>,
    field: &Field<'_>,
    bounds: RangeInclusive<i64>,
) -> Option<(i64, usize)> {
    let percent = reader.number(field, bounds)?;
    Some((percent, field.at))
}

/// How long the desk may ask for quiet.
fn snooze(reader: &mut Reader<'_>, field: &Field<'_>) -> Option<Millis> {
    let text = reader.text(field)?;
    let read = length(&text).filter(|length| SNOOZE.contains(length));
    if read.is_none() {
        let problem = "must be a length of time from one minute to a day, such as \"15m\"";
        reader.fault(field.at, &field.key, problem);
    }
    read
}

/// The rungs of a policy's ladder as they were written, with where each stands.
#[derive(Default)]
struct Rungs {
    lead: Option<(i64, usize)>,
    customer: Option<(i64, usize)>,
}

impl Rungs {
    /// Holds them against each other: desk, leads, customer, in this order. What is left out comes
    /// when the target is missed, or with the rung before it where that is later.
    fn settle(self, reader: &mut Reader<'_>, key: &str, policy: &mut Policy) {
        let missed = 100;
        let lead = self.lead.map_or(missed, |(percent, _)| percent);
        let customer = self
            .customer
            .map_or(lead.max(missed), |(percent, _)| percent);
        if let Some((_, at)) = self.lead.filter(|_| lead < policy.warn_at_percent) {
            let problem = format!(
                "comes before the desk is warned, at {}; write that much or more",
                policy.warn_at_percent
            );
            reader.fault(at, &format!("{key}.lead_at_percent"), &problem);
        }
        if let Some((_, at)) = self.customer.filter(|_| customer < lead) {
            let problem =
                format!("comes before the leads are called, at {lead}; write that much or more");
            reader.fault(at, &format!("{key}.customer_at_percent"), &problem);
        }
        policy.ladder.lead_at_percent = lead;
        policy.ladder.customer_at_percent = customer;
    }
}
