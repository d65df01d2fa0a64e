//! The way out.

use std::collections::{BTreeMap, BTreeSet};

use careline::domain::ids::OutboxId;
use careline::domain::place::ChannelKind;
use careline::domain::timeline::FactKind;

use super::evidence::Left;
use super::{Evidence, Faults, watched};
use crate::simulation::ground::By;
use crate::simulation::world::World;

/// How many unknown outcomes one end of a process may leave at Telegram.
const WINDOW: usize = 4;
/// How often a topic may be opened whose opening is not known.
const TOPIC_TRIES_MAX: u32 = 4;

/// What people decided about rows whose outcome nobody knew: how often sent again, and whether
/// counted as arrived.
fn settled(evidence: &Evidence) -> BTreeMap<String, (u32, bool)> {
    let mut settled: BTreeMap<String, (u32, bool)> = BTreeMap::new();
    for stored in &evidence.facts {
        if let FactKind::DeliverySettled { outbox, arrived } = &stored.fact.kind {
            let entry = settled.entry(outbox.0.clone()).or_default();
            match arrived {
                true => entry.1 = true,
                false => entry.0 += 1,
            }
        }
    }
    settled
}

/// The rows that were reported as unknown, whatever became of them later.
fn reported_unknown(evidence: &Evidence) -> BTreeSet<&str> {
    let keys = evidence.inbox.iter().map(|arrived| arrived.key.as_str());
    let rows = keys.filter_map(|key| key.strip_prefix("delivery:unknown:"));
    rows.filter_map(|row| row.split(':').next()).collect()
}

fn is(row: &Left, act: &str) -> bool {
    row.act.starts_with(&format!("{{\"act\":\"{act}\""))
}

/// I3: a row makes at most one message; one that is sent made exactly one, one that failed or was
/// withdrawn made none. A person's *send again* allows one more, their *it arrived* stands for the
/// platform's word. A Telegram topic may be opened a few times.
pub fn i03_nothing_is_said_twice(world: &World, evidence: &Evidence) -> Faults {
    let mut faults = Faults::new();
    let settled = settled(evidence);
    let ground = world.ground();
    for row in &evidence.outbox {
        if !is(row, "say") && !is(row, "open-room") {
            continue;
        }
        let made = ground
            .made
            .get(&OutboxId(row.id.clone()))
            .copied()
            .unwrap_or(0);
        let (again, arrived) = settled.get(&row.id).copied().unwrap_or_default();
        let most = match is(row, "open-room") && row.channel == "telegram" {
            true => TOPIC_TRIES_MAX,
            false => 1 + again,
        };
        if made > most {
            faults.push(format!("row {} was said {made} times", row.id));
        }
        let is_wrong = match row.state.as_str() {
            "sent" => made == 0 && !arrived,
            "cancelled" => made > 0 && again == 0,
            "failed" => made > 0 && again == 0 && !is(row, "open-room"),
            _ => false,
        };
        if is_wrong {
            faults.push(format!(
                "row {} is {} and was said {made} times",
                row.id, row.state
            ));
        }
    }
    faults
}

/// I5: an end of a process leaves at most as many unknown outcomes at Telegram as its window
/// holds, and each that staff must know of is in the timeline.
pub fn i05_unknown_outcomes_are_few_and_reported(world: &World, evidence: &Evidence) -> Faults {
    let mut faults = Faults::new();
    for interrupted in &world.history.interrupted {
        let count = interrupted
            .get(&ChannelKind::Telegram)
            .copied()
            .unwrap_or(0);
        if count > WINDOW {
            faults.push(format!("an end of a process left {count} unknown"));
        }
    }
    for row in &evidence.outbox {
        let is_told = !row.to_room && !row.conversation.is_empty();
        if row.state == "unknown" && is_told && !is_reported(evidence, row) {
            faults.push(format!("row {} is unknown and nobody was told", row.id));
        }
    }
    faults
}

fn is_reported(evidence: &Evidence, row: &Left) -> bool {
    let mut facts = evidence.facts_of(&row.conversation);
    facts.any(
        |one| matches!(&one.fact.kind, FactKind::DeliveryUnknown { outbox } if outbox.0 == row.id),
    )
}

/// I6: in each chat what we say stands in the order in which it was decided on. Left out is what
/// was unknown for a while: it may come late, or again because a person said so.
pub fn i06_answers_leave_in_order(world: &World, evidence: &Evidence) -> Faults {
    let mut faults = Faults::new();
    let settled = settled(evidence);
    let unknown = reported_unknown(evidence);
    let lanes: BTreeMap<&str, &Left> = evidence
        .outbox
        .iter()
        .map(|row| (row.id.as_str(), row))
        .collect();
    let ground = world.ground();
    for (place, chat) in &ground.chats {
        let mut last: BTreeMap<&str, &str> = BTreeMap::new();
        for line in &chat.lines {
            let By::Us(id) = &line.by else {
                continue;
            };
            let Some(row) = lanes.get(id.0.as_str()) else {
                continue;
            };
            // What was unknown may come late: nobody can tell when a request that left arrives. So
            // may what was reported unknown while the process that asked stood still.
            let was_unknown = unknown.contains(row.id.as_str());
            if settled.contains_key(&row.id) || was_unknown || row.state != "sent" {
                continue;
            }
            if let Some(before) = last.insert(row.lane.as_str(), row.id.as_str())
                && before > row.id.as_str()
            {
                faults.push(format!(
                    "{place}: row {before} was said before row {}",
                    row.id
                ));
            }
        }
    }
    faults
}

/// I7: no words of one customer stand in a chat of another's matter. The platforms watch for it
/// whenever something is said.
pub fn i07_no_words_cross(world: &World, _: &Evidence) -> Faults {
    watched(world, "i07")
}

/// I12: no request comes before the platform wants one again. The platforms watch for it.
pub fn i12_limits_are_kept(world: &World, _: &Evidence) -> Faults {
    watched(world, "i12")
}

/// I14: no more calls are under way than the window holds. The platforms watch for it.
pub fn i14_what_is_under_way_is_bounded(world: &World, _: &Evidence) -> Faults {
    watched(world, "i14")
}

/// I13: while nothing breaks, a person's reply to a customer leaves within seconds, whatever else
/// waits.
pub fn i13_people_come_first(world: &World, evidence: &Evidence) -> Faults {
    let Some(healed_at) = world.history.healed_at else {
        return Faults::new();
    };
    let late = evidence.outbox.iter().filter_map(|row| {
        let waited = row.sent_at? - row.created_at;
        let is_reply = row.class == 0 && is(row, "say") && row.attempts == 1;
        // A reply that came behind words of ours which were held up waits for them: order.
        let is_late = row.created_at > healed_at.0 + 3_600_000 && waited > 10_000;
        (is_reply && is_late).then(|| format!("reply {} waited {waited} ms", row.id))
    });
    late.collect()
}
