//! What becomes of conversations, and by whose doing.

use std::collections::BTreeMap;

use careline::domain::timeline::FactKind;

use super::evidence::Matter;
use super::{Evidence, Faults};
use crate::simulation::world::World;

/// I4: every message of a customer was followed by something: an answer or a word of ours that was
/// delivered (or is known to be unknown), a person who was called, or the end of the matter by a
/// rule; and no conversation is left open.
pub fn i04_nobody_is_forgotten(_: &World, evidence: &Evidence) -> Faults {
    let mut faults = Faults::new();
    for matter in evidence.conversations.values() {
        if matter.phase != "closed" {
            faults.push(format!(
                "conversation {} is left {}",
                matter.id, matter.phase
            ));
        }
        let unanswered = unanswered(evidence, matter);
        if let Some(message) = unanswered {
            faults.push(format!(
                "message {message} of conversation {} was never answered",
                matter.id
            ));
        }
    }
    faults
}

/// The first message of a conversation that nothing followed.
fn unanswered(evidence: &Evidence, matter: &Matter) -> Option<String> {
    let mut waits: Option<String> = None;
    for stored in evidence.facts_of(&matter.id) {
        match &stored.fact.kind {
            FactKind::CustomerWrote { message, .. } => {
                waits.get_or_insert_with(|| message.0.clone());
            }
            FactKind::Decided { .. }
            | FactKind::HandoffAsked { .. }
            | FactKind::AgentReplied { .. }
            | FactKind::ReplyFailed { .. }
            | FactKind::DeliveryUnknown { .. }
            | FactKind::Resolved { by_bot: false, .. } => waits = None,
            // A greeting or a thank-you is answered without a decision on record.
            FactKind::Resolved { by_bot: true, .. } => {
                let told = evidence.outbox.iter().any(|row| {
                    row.conversation == matter.id && row.lane == format!("customer:{}", matter.id)
                });
                if told {
                    waits = None;
                }
            }
            _ => {}
        }
    }
    waits
}

/// I8: between two claims of one handoff stands the end of the first; whoever comes second is told
/// who was first.
pub fn i08_a_claim_has_one_winner(_: &World, evidence: &Evidence) -> Faults {
    let mut faults = Faults::new();
    let mut holder: BTreeMap<&str, String> = BTreeMap::new();
    for stored in &evidence.facts {
        let conversation = stored.fact.conversation.0.as_str();
        let staff = stored.fact.staff.as_ref().map(|staff| staff.0.clone());
        match &stored.fact.kind {
            FactKind::Claimed { .. } => {
                let who = staff.unwrap_or_default();
                if let Some(first) = holder.insert(conversation, who.clone()) {
                    faults.push(format!("{conversation}: {who} claimed what {first} had"));
                }
            }
            FactKind::ClaimLost { winner, .. } => {
                let has = holder.get(conversation);
                if has != Some(&winner.0) {
                    faults.push(format!(
                        "{conversation}: the loser was told {winner}, but {has:?} has it"
                    ));
                }
            }
            FactKind::Released { .. } | FactKind::LeaseExpired { .. } => {
                let who = holder.remove(conversation);
                if who.is_none() {
                    faults.push(format!("{conversation}: nobody had it who gave it back"));
                }
            }
            FactKind::Resolved { .. } => {
                holder.remove(conversation);
            }
            _ => {}
        }
    }
    faults
}

/// I9: nobody acts who is not listed at the moment of the decision.
pub fn i09_only_staff_act(world: &World, evidence: &Evidence) -> Faults {
    let mut faults = Faults::new();
    // A process's clock may be behind the one by which the removal was written down.
    let slack_ms = if world.history.clocks_differed {
        1_000
    } else {
        0
    };
    for stored in &evidence.facts {
        let acts = matches!(
            stored.fact.kind,
            FactKind::Claimed { .. }
                | FactKind::Released { .. }
                | FactKind::NoteWritten { .. }
                | FactKind::Snoozed { .. }
                | FactKind::Resolved { by_bot: false, .. }
                | FactKind::DeliverySettled { .. }
        );
        let Some(staff) = stored.fact.staff.as_ref().filter(|_| acts) else {
            continue;
        };
        let agent = world.agents.iter().find(|agent| agent.staff.id == *staff);
        let is_gone = agent.is_none_or(|agent| {
            let recorded = stored.fact.recorded_at.0;
            agent
                .removed_at
                .is_some_and(|at| recorded > at.0 + slack_ms)
        });
        if is_gone {
            faults.push(format!(
                "{staff} did {} without the right",
                stored.fact.kind.name()
            ));
        }
    }
    for said in evidence.messages.iter().filter(|one| one.author == "agent") {
        if said.staff.is_none() {
            faults.push(format!("message {} of nobody at the desk", said.id));
        }
    }
    faults
}

/// I17: every change that people make has its actor. There is no chain of hashes yet: what is
/// checked is that the fact names who did it.
pub fn i17_every_act_has_an_actor(_: &World, evidence: &Evidence) -> Faults {
    let acts = evidence.facts.iter().filter(|one| {
        matches!(
            one.fact.kind,
            FactKind::Claimed { .. }
                | FactKind::ClaimLost { .. }
                | FactKind::Released { .. }
                | FactKind::LeaseExpired { .. }
                | FactKind::AgentReplied { .. }
                | FactKind::NoteWritten { .. }
                | FactKind::Snoozed { .. }
                | FactKind::RefusedAct { .. }
                | FactKind::DeliverySettled { .. }
                | FactKind::Resolved { by_bot: false, .. }
        )
    });
    let nobody = acts.filter(|one| one.fact.staff.is_none());
    nobody
        .map(|one| format!("{} of nobody", one.fact.kind.name()))
        .collect()
}

/// I19: where a conversation stands follows from its facts.
pub fn i19_the_facts_tell_where_it_stands(_: &World, evidence: &Evidence) -> Faults {
    let mut faults = Faults::new();
    for matter in evidence.conversations.values() {
        let mut phase = "";
        for stored in evidence.facts_of(&matter.id) {
            let goes_on = matches!(
                stored.fact.kind,
                FactKind::HandoffAsked { .. }
                    | FactKind::Claimed { .. }
                    | FactKind::Resolved { .. }
            );
            if phase == "resolved" && goes_on {
                faults.push(format!(
                    "conversation {} goes on after it was resolved, and no fact says that it was opened again",
                    matter.id
                ));
            }
            phase = match &stored.fact.kind {
                FactKind::Opened { .. }
                | FactKind::Reopened
                | FactKind::HandoffTakenBack { .. } => "answering",
                FactKind::HandoffAsked { .. }
                | FactKind::Released { .. }
                | FactKind::LeaseExpired { .. } => "waiting",
                FactKind::Claimed { .. } => "with-agent",
                FactKind::Resolved { .. } => "resolved",
                FactKind::Closed => "closed",
                _ => phase,
            };
        }
        if phase != matter.phase {
            faults.push(format!(
                "conversation {} is {} and its facts say {phase}",
                matter.id, matter.phase
            ));
        }
    }
    faults
}
