//! Waits that run: found, ended, and how much of them stood still.

use crate::domain::ids::StaffId;
use crate::domain::sla::measures::{Ended, Measures, Wait};
use crate::domain::time::{Millis, Timestamp};

/// Every wait of a conversation that runs.
pub(super) fn open_waits(measures: &mut Measures) -> impl Iterator<Item = &mut Wait> {
    let handoffs = measures.handoffs.iter_mut();
    let of_handoffs = handoffs.flat_map(|handoff| [&mut handoff.claim, &mut handoff.reply]);
    measures
        .first_answer
        .iter_mut()
        .chain(measures.first_human_response.iter_mut())
        .chain(measures.next_responses.iter_mut())
        .chain(of_handoffs)
        .filter(|wait| wait.is_open())
}

/// Ends a wait, if it runs.
pub(super) fn end(
    wait: &mut Wait,
    ended: Ended,
    pauses: &[(Timestamp, Timestamp)],
    by: Option<&StaffId>,
) {
    if wait.is_open() {
        wait.paused.0 += overlap(pauses, wait.since, ended.at()).0;
        wait.ended = Some(ended);
        wait.agent = by.cloned();
    }
}

/// How much of the pauses lies within a stretch of time.
pub(super) fn overlap(
    pauses: &[(Timestamp, Timestamp)],
    from: Timestamp,
    until: Timestamp,
) -> Millis {
    let within =
        |(since, to): &(Timestamp, Timestamp)| ((*to).min(until) - (*since).max(from)).or_zero().0;
    Millis(pauses.iter().map(within).sum())
}
