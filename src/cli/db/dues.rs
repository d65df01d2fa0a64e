//! Stored due times and the timers of the running wait, held against the facts.

use crate::domain::dues::dues;
use crate::domain::engine::conversation::Phase;
use crate::domain::engine::event::TimerKind;
use crate::domain::ids::ConversationId;
use crate::domain::sla::plan::Due;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::timeline::Fact;
use crate::store::{StoreError, Tx, standing};

/// So much later than its time a timer has been taken off to fire, whatever two clocks say.
const FIRED_WITHIN: Millis = Millis::seconds(5);

/// What a stored due time is called, what it is, and what the facts say.
pub(super) type Look = (String, Option<String>, Option<String>);

/// All looks at what runs in a conversation, whose facts these are.
pub(super) async fn looks(
    tx: &mut Tx,
    id: &ConversationId,
    facts: &[Fact],
    now: Timestamp,
) -> Result<Vec<Look>, StoreError> {
    let Some(state) = standing::state(tx, id).await? else {
        return Ok(Vec::new());
    };
    let computed = dues(facts);
    let handoff = match &state.phase {
        Phase::Waiting { handoff } | Phase::WithAgent { handoff, .. } => Some(handoff),
        Phase::Answering { .. } | Phase::Resolved { .. } | Phase::Closed => None,
    };
    let stored = handoff.and_then(|handoff| handoff.due.as_ref());
    let mut looks = vec![("due".to_owned(), text(stored), text(computed.wait.as_ref()))];
    let stored = state.targets.clone().unwrap_or_default();
    for due in computed.once.values() {
        let same = stored.iter().find(|stored| stored.clock == due.clock);
        let what = format!("target {}", due.clock.name());
        looks.push((what, text(same), text(Some(due))));
    }
    for due in &stored {
        if !computed.once.contains_key(&due.clock) {
            let what = format!("target {}", due.clock.name());
            looks.push((what, text(Some(due)), None));
        }
    }
    let paused = |paused: bool| Some(if paused { "yes" } else { "no" }.to_owned());
    let is_paused = handoff.is_some_and(|handoff| handoff.paused_at.is_some());
    if handoff.is_some() {
        let by_facts = paused(computed.stands_still);
        looks.push(("paused".to_owned(), paused(is_paused), by_facts));
    }
    let wait = computed.wait.filter(|_| !is_paused);
    let rungs = wait.map(|due| {
        [
            (TimerKind::Warn, Some(due.warn_at)),
            (TimerKind::Breach, Some(due.due_at)),
            (TimerKind::CallLeads, due.lead_at),
        ]
    });
    // The word to the customer is put off while an answer is on its way: no fact tells how long.
    let times = rungs.into_iter().flatten();
    let times = times.filter_map(|(kind, at)| Some((kind, at?)));
    for (kind, at) in times {
        let runs = standing::timer(tx, id, kind).await?;
        // One that is not there has fired, once it was due.
        if runs.is_some() || now + FIRED_WITHIN < at {
            let number = |at: Timestamp| at.0.to_string();
            let what = format!("timer {}", kind.name());
            looks.push((what, runs.map(number), Some(number(at))));
        }
    }
    Ok(looks)
}

/// A due time with all that it was reckoned by.
fn text(due: Option<&Due>) -> Option<String> {
    due.map(|due| {
        format!(
            "{} (since {}, warning {}, of {} ms by {} {})",
            due.due_at.0, due.since.0, due.warn_at.0, due.target_ms.0, due.policy, due.plan
        )
    })
}
