//! Reads a conversation's facts one by one and keeps which waits run.

mod waits;

use self::waits::{end, open_waits, overlap};
use crate::domain::ids::{OutboxId, StaffId};
use crate::domain::sla::SlaClock;
use crate::domain::sla::measures::{BotResolution, Ended, HandoffWait, Measures, Standing, Wait};
use crate::domain::sla::plan::Due;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::timeline::{Fact, FactKind};

/// The reason of a handoff that an agent took from the bot unasked.
const TAKEN_OVER: &str = "taken-over";

/// The state of reading.
pub(super) struct Reading {
    measures: Measures,
    first_customer_at: Option<Timestamp>,
    /// The customer's messages that nobody has answered, oldest first, with whether an outage
    /// held them up.
    unanswered: Vec<(Timestamp, bool)>,
    /// Messages after *resolved*, which count only if the conversation is opened again.
    after_resolved: Vec<(Timestamp, bool)>,
    /// Whether a person has the matter, or is called for.
    with_person: bool,
    /// Whether the running handoff was asked for, and its wait is thus a human wait.
    asked_for: bool,
    /// Who has claimed it.
    claimed_by: Option<StaffId>,
    /// Whether the last handoff was taken back.
    taken_back: bool,
    first_resolved_at: Option<Timestamp>,
    resolved_at: Option<Timestamp>,
    closed_at: Option<Timestamp>,
    bot_answered: bool,
    resolved_gaps: Millis,
    /// Pauses that are over, oldest first, none overlapping another.
    pauses: Vec<(Timestamp, Timestamp)>,
    paused_since: Option<Timestamp>,
    unknown: Vec<OutboxId>,
    /// Due times of waits that are not read to their end.
    next_response_due: Option<Due>,
    first_human_response_due: Option<Due>,
    resolution_due: Option<Due>,
    /// The same as it was when the matter was resolved first.
    first_resolution_due: Option<Due>,
}

impl Reading {
    pub(super) fn begin(first: &Fact) -> Reading {
        Reading {
            measures: Measures::begin(first),
            first_customer_at: None,
            unanswered: Vec::new(),
            after_resolved: Vec::new(),
            with_person: false,
            asked_for: false,
            claimed_by: None,
            taken_back: false,
            first_resolved_at: None,
            resolved_at: None,
            closed_at: None,
            bot_answered: false,
            resolved_gaps: Millis(0),
            pauses: Vec::new(),
            paused_since: None,
            unknown: Vec::new(),
            next_response_due: None,
            first_human_response_due: None,
            resolution_due: None,
            first_resolution_due: None,
        }
    }

    pub(super) fn read(&mut self, fact: &Fact) {
        let at = fact.at;
        match &fact.kind {
            FactKind::CustomerWrote { seen_late, .. } => self.customer_wrote(at, *seen_late),
            FactKind::LangRecognised { lang } => self.measures.lang = Some(*lang),
            FactKind::InSegment { segment } => self.measures.segment = Some(segment.clone()),
            FactKind::BotAnswered { .. } => self.bot_answered(at),
            FactKind::HandoffTakenBack { .. } => self.handoff_taken_back(at),
            FactKind::HandoffAsked { handoff, reason } => {
                if std::mem::take(&mut self.taken_back) && self.measures.replies == 0 {
                    // A first response is waited for again, and still since the first message.
                    self.measures.first_human_response = None;
                }
                self.with_person = true;
                self.asked_for = reason != TAKEN_OVER;
                if self.asked_for {
                    self.measures.handoffs.push(HandoffWait {
                        handoff: handoff.clone(),
                        reason: reason.clone(),
                        claim: Wait::since(at, false),
                        reply: Wait::since(at, false),
                    });
                }
            }
            FactKind::Claimed { handoff } => {
                self.claimed_by.clone_from(&fact.staff);
                let mut waits = self.measures.handoffs.iter_mut();
                if let Some(wait) = waits.find(|wait| wait.handoff == *handoff) {
                    end(&mut wait.claim, Ended::Came(at), &[], fact.staff.as_ref());
                }
            }
            FactKind::Released { .. } | FactKind::LeaseExpired { .. } => self.claimed_by = None,
            FactKind::AgentReplied { outbox, .. } => {
                self.settle(outbox);
                self.agent_replied(at, fact.staff.as_ref());
            }
            FactKind::ReplyFailed { outbox, .. } => {
                self.settle(outbox);
                self.measures.replies_failed += 1;
            }
            FactKind::DeliveryUnknown { outbox } => self.unknown.push(outbox.clone()),
            FactKind::DeliverySettled { outbox, .. } => self.settle(outbox),
            FactKind::Paused { .. } => {
                self.paused_since.get_or_insert(at);
            }
            FactKind::Resumed => self.end_pause(at),
            FactKind::Resolved { by_bot, confirmed } => self.resolved(at, *by_bot, *confirmed),
            FactKind::Reopened => self.reopened(at),
            FactKind::Closed => self.closed(at),
            FactKind::CustomerBlocked => {
                self.measures.unreachable = true;
                self.end_waits(Ended::Unreachable(at));
            }
            FactKind::CustomerUnblocked => self.measures.unreachable = false,
            FactKind::TargetSet(due) => self.target_set(due),
            // None of these starts or ends a wait.
            FactKind::Opened { .. }
            | FactKind::CustomerThanked { .. }
            | FactKind::CustomerEdited { .. }
            | FactKind::PreferenceAsked
            | FactKind::PreferenceSet { .. }
            | FactKind::Decided { .. }
            | FactKind::Helped { .. }
            | FactKind::AcknowledgementSent { .. }
            | FactKind::ClaimLost { .. }
            | FactKind::NoteWritten { .. }
            | FactKind::WarningGiven { .. }
            | FactKind::Breached { .. }
            | FactKind::LeadsCalled { .. }
            | FactKind::ChoiceOffered { .. }
            | FactKind::ChoiceMade { .. }
            | FactKind::Snoozed { .. }
            | FactKind::RoomOpened { .. }
            | FactKind::RoomGone { .. }
            | FactKind::RefusedAct { .. } => {}
        }
    }

    /// What was read, with the waits that still run.
    pub(super) fn end(mut self) -> Measures {
        if let Some(at) = self.resolved_at {
            self.end_waits(Ended::Resolved(at));
        }
        self.begin_next_response();
        self.begin_first_human_response();
        let first_due = match self.first_resolved_at {
            Some(_) => self.first_resolution_due.clone(),
            None => self.resolution_due.clone(),
        };
        let total_due = self.resolution_due.clone();
        self.measures.first_resolution =
            self.resolution(self.first_resolved_at, first_due, Millis(0));
        self.measures.total_resolution =
            self.resolution(self.resolved_at, total_due, self.resolved_gaps);
        self.measures.deliveries_unknown = self.unknown.len();
        let (pauses, paused_since) = (self.pauses, self.paused_since);
        let over = pauses.iter().map(|(since, to)| (*since, Some(*to)));
        let running = paused_since.map(|since| (since, None));
        self.measures.pauses = over.chain(running).collect();
        for wait in open_waits(&mut self.measures) {
            wait.paused.0 += overlap(&pauses, wait.since, Timestamp(i64::MAX)).0;
            wait.paused_since = paused_since;
            wait.agent.clone_from(&self.claimed_by);
        }
        self.measures
    }

    /// The wait for a resolution, less `gaps`; one that never came is open, or ended with it.
    fn resolution(
        &self,
        resolved_at: Option<Timestamp>,
        due: Option<Due>,
        gaps: Millis,
    ) -> Option<Wait> {
        let mut wait = Wait::since(self.first_customer_at?, false);
        wait.paused = gaps;
        wait.due = due;
        let ended = match (resolved_at, self.closed_at) {
            (Some(at), _) => Some(Ended::Came(at)),
            (None, Some(at)) => Some(Ended::Resolved(at)),
            (None, None) => None,
        };
        if let Some(ended) = ended {
            end(&mut wait, ended, &self.pauses, self.measures.agent.as_ref());
        }
        Some(wait)
    }

    fn target_set(&mut self, due: &Due) {
        let of = |wait: Option<&mut Wait>| {
            if let Some(wait) = wait.filter(|wait| wait.is_open()) {
                wait.due = Some(due.clone());
            }
        };
        match due.clock {
            SlaClock::FirstAnswer => of(self.measures.first_answer.as_mut()),
            SlaClock::HumanWait => {
                let last = self.measures.handoffs.last_mut();
                of(last.map(|handoff| &mut handoff.reply));
            }
            SlaClock::FirstHumanResponse => self.first_human_response_due = Some(due.clone()),
            SlaClock::NextResponse => self.next_response_due = Some(due.clone()),
            SlaClock::Resolution => self.resolution_due = Some(due.clone()),
        }
    }

    fn customer_wrote(&mut self, at: Timestamp, outage: bool) {
        self.end_pause(at);
        if self.resolved_at.is_some() {
            self.after_resolved.push((at, outage));
            return;
        }
        self.unanswered.push((at, outage));
        self.unanswered.sort();
        // History that is read after a gap can bring an older first message.
        let first = self.first_customer_at.map_or(at, |first| first.min(at));
        self.first_customer_at = Some(first);
        match &mut self.measures.first_answer {
            Some(wait) if wait.is_open() => wait.since = wait.since.min(at),
            Some(_) => {}
            // Where staff wrote first, there is no first response.
            None if self.measures.replies > 0 => {}
            None => self.measures.first_answer = Some(Wait::since(at, outage)),
        }
    }

    fn bot_answered(&mut self, at: Timestamp) {
        self.bot_answered = true;
        if let Some(wait) = &mut self.measures.first_answer {
            end(wait, Ended::Came(at), &self.pauses, None);
        }
        // To one who waits for a person, the bot's words are no answer.
        if !self.with_person {
            self.unanswered.retain(|(asked, _)| *asked > at);
        }
    }

    fn agent_replied(&mut self, at: Timestamp, staff: Option<&StaffId>) {
        let came = Ended::Came(at);
        let is_first = self.measures.replies == 0;
        self.measures.replies += 1;
        self.measures.agent = staff.cloned();
        if let Some(wait) = &mut self.measures.first_answer {
            end(wait, came, &self.pauses, staff);
        }
        if is_first {
            let wait = self.first_customer_at.filter(|first| *first <= at);
            self.measures.first_human_response = wait.map(|first| {
                let mut wait = Wait::since(first, false);
                wait.due.clone_from(&self.first_human_response_due);
                end(&mut wait, came, &self.pauses, staff);
                wait
            });
        }
        if let Some(handoff) = self.measures.handoffs.last_mut() {
            end(&mut handoff.reply, came, &self.pauses, staff);
        }
        // The first reply is the first response, or the human wait of whoever called for a person.
        // Where the bot had answered and nobody called, it is a further response all the same.
        let is_next = !is_first || (self.bot_answered && !self.asked_for);
        let oldest = self.unanswered.first().filter(|(asked, _)| *asked <= at);
        if let (true, Some((since, outage))) = (is_next, oldest) {
            let mut wait = Wait::since(*since, *outage);
            wait.due = self.next_response_due.take();
            end(&mut wait, came, &self.pauses, staff);
            self.measures.next_responses.push(wait);
        }
        self.unanswered.retain(|(asked, _)| *asked > at);
        self.with_person = true;
    }

    fn resolved(&mut self, at: Timestamp, by_bot: bool, confirmed: bool) {
        self.end_pause(at);
        self.resolved_at = Some(at);
        self.measures.standing = Standing::Resolved;
        if self.first_resolved_at.is_none() {
            self.first_resolved_at = Some(at);
            self.first_resolution_due.clone_from(&self.resolution_due);
        }
        let alone = by_bot
            && self.bot_answered
            && self.measures.replies == 0
            && self.measures.handoffs.is_empty();
        self.measures.bot_resolution = alone.then_some(if confirmed {
            BotResolution::Confirmed
        } else {
            BotResolution::Assumed
        });
    }

    fn reopened(&mut self, at: Timestamp) {
        if let Some(resolved) = self.resolved_at.take() {
            self.end_waits(Ended::Resolved(resolved));
            self.resolved_gaps.0 += (at - resolved).or_zero().0;
            self.measures
                .resolved_gaps
                .push((resolved, at.max(resolved)));
        }
        self.measures.reopened += 1;
        self.measures.standing = Standing::Open;
        self.measures.bot_resolution = None;
        for (asked, outage) in std::mem::take(&mut self.after_resolved) {
            if asked >= at {
                self.customer_wrote(asked, outage);
            }
        }
    }

    fn closed(&mut self, at: Timestamp) {
        if self.resolved_at.is_none() {
            self.measures.standing = Standing::Closed;
            self.closed_at = Some(at);
            self.end_waits(Ended::Resolved(at));
        }
    }

    /// Ends every wait that runs, without its having been met.
    fn end_waits(&mut self, ended: Ended) {
        self.begin_next_response();
        self.begin_first_human_response();
        let agent = self.claimed_by.take();
        for wait in open_waits(&mut self.measures) {
            end(wait, ended, &self.pauses, agent.as_ref());
        }
        self.unanswered.clear();
        self.with_person = false;
        self.asked_for = false;
    }

    /// The customer would rather have the bot: whoever they waited for, they have waited in vain.
    /// What they wait for from the bot too goes on.
    fn handoff_taken_back(&mut self, at: Timestamp) {
        let first_answer = self.measures.first_answer.take();
        self.end_waits(Ended::Resolved(at));
        self.measures.first_answer = first_answer;
        self.taken_back = true;
    }

    /// The wait for a person whom somebody called for, and who has not replied yet.
    fn begin_first_human_response(&mut self) {
        let none_yet = self.measures.replies == 0 && self.measures.first_human_response.is_none();
        if self.with_person && none_yet {
            let first = self.first_customer_at;
            self.measures.first_human_response = first.map(|at| {
                let mut wait = Wait::since(at, false);
                wait.due.clone_from(&self.first_human_response_due);
                wait
            });
        }
    }

    /// The wait of whoever wrote again after a person's reply.
    fn begin_next_response(&mut self) {
        if let Some((since, outage)) = self.unanswered.first()
            && self.measures.replies > 0
        {
            let mut wait = Wait::since(*since, *outage);
            wait.due = self.next_response_due.take();
            self.measures.next_responses.push(wait);
        }
    }

    fn end_pause(&mut self, at: Timestamp) {
        if let Some(since) = self.paused_since.take() {
            self.pauses.push((since, at.max(since)));
        }
    }

    fn settle(&mut self, outbox: &OutboxId) {
        self.unknown.retain(|unknown| unknown != outbox);
    }
}
