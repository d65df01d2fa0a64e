//! The part of a conversation from asking for a person until the person is done.

use serde::{Deserialize, Serialize};

use crate::domain::ids::HandoffId;
use crate::domain::sla::plan::Due;
use crate::domain::time::Timestamp;

/// Why a person was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandoffReason {
    /// The customer asked for a person: by words, button or command.
    Asked,
    /// The customer's preference is `human-first`.
    PrefersPerson,
    /// No entry was likely enough.
    Unsure,
    /// "None of these" to the choices that were offered.
    NoneOfThese,
    /// The answer did not help.
    DidNotHelp,
    /// The same answer was due a second time.
    SameAnswerAgain,
    /// It was something that the bot cannot read: a voice message, a picture.
    CannotRead,
    /// The customer came back on a matter that a person had resolved.
    Reopened,
    /// It cannot be known whether the bot's answer arrived.
    DeliveryUnknown,
    /// The bot's answer became too old before it could be sent.
    AnswerTooOld,
    /// The bot's answer could not be delivered.
    AnswerFailed,
    /// A person took it from the bot by themselves.
    TakenOver,
}

impl HandoffReason {
    /// Every reason.
    pub const ALL: [HandoffReason; 12] = [
        HandoffReason::Asked,
        HandoffReason::PrefersPerson,
        HandoffReason::Unsure,
        HandoffReason::NoneOfThese,
        HandoffReason::DidNotHelp,
        HandoffReason::SameAnswerAgain,
        HandoffReason::CannotRead,
        HandoffReason::Reopened,
        HandoffReason::DeliveryUnknown,
        HandoffReason::AnswerTooOld,
        HandoffReason::AnswerFailed,
        HandoffReason::TakenOver,
    ];

    /// The reason of that name.
    pub fn from_name(name: &str) -> Option<HandoffReason> {
        HandoffReason::ALL
            .into_iter()
            .find(|reason| reason.name() == name)
    }

    /// The wording key of the reason, as staff read it.
    pub fn phrase_key(self) -> &'static str {
        match self {
            HandoffReason::Asked => "desk-reason-asked",
            HandoffReason::PrefersPerson => "desk-reason-prefers-person",
            HandoffReason::Unsure => "desk-reason-unsure",
            HandoffReason::NoneOfThese => "desk-reason-none-of-these",
            HandoffReason::DidNotHelp => "desk-reason-did-not-help",
            HandoffReason::SameAnswerAgain => "desk-reason-same-answer",
            HandoffReason::CannotRead => "desk-reason-cannot-read",
            HandoffReason::Reopened => "desk-reason-reopened",
            HandoffReason::DeliveryUnknown => "desk-reason-delivery-unknown",
            HandoffReason::AnswerTooOld => "desk-reason-answer-too-old",
            HandoffReason::AnswerFailed => "desk-reason-answer-failed",
            HandoffReason::TakenOver => "desk-reason-taken-over",
        }
    }

    /// The name in the timeline and in reports.
    pub fn name(self) -> &'static str {
        match self {
            HandoffReason::Asked => "asked",
            HandoffReason::PrefersPerson => "prefers-person",
            HandoffReason::Unsure => "unsure",
            HandoffReason::NoneOfThese => "none-of-these",
            HandoffReason::DidNotHelp => "did-not-help",
            HandoffReason::SameAnswerAgain => "same-answer-again",
            HandoffReason::CannotRead => "cannot-read",
            HandoffReason::Reopened => "reopened",
            HandoffReason::DeliveryUnknown => "delivery-unknown",
            HandoffReason::AnswerTooOld => "answer-too-old",
            HandoffReason::AnswerFailed => "answer-failed",
            HandoffReason::TakenOver => "taken-over",
        }
    }
}

/// A handoff under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handoff {
    /// Which.
    pub id: HandoffId,
    /// Why.
    pub reason: HandoffReason,
    /// When the person was called: the start of the human wait.
    pub asked_at: Timestamp,
    /// When the first human reply was accepted by the platform.
    pub first_reply_at: Option<Timestamp>,
    /// The customer's messages since the last human reply, oldest first, by the platform's time:
    /// the first is the start of the next response's clock. At most [`UNANSWERED_MAX`].
    pub unanswered: Vec<Timestamp>,
    /// The start of the wait that warning and breach were set for: each wait has them once.
    #[serde(default)]
    pub clocked_since: Option<Timestamp>,
    /// Until when that wait may last; none where no target is set for it.
    #[serde(default)]
    pub due: Option<Due>,
    /// The start of the wait that the desk was warned of.
    #[serde(default)]
    pub warned_since: Option<Timestamp>,
    /// The start of the wait whose target was missed, as the desk was told.
    #[serde(default)]
    pub breached_since: Option<Timestamp>,
    /// When the agent wrote last, whether or not it has arrived.
    #[serde(default)]
    pub agent_wrote_at: Option<Timestamp>,
    /// Since when the clocks stand still.
    #[serde(default)]
    pub paused_at: Option<Timestamp>,
    /// The start of the wait for which the leads were called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads_called_since: Option<Timestamp>,
    /// The start of the wait of which the customer was told that it takes longer, with a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered_since: Option<Timestamp>,
    /// What they chose last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<LateChoice>,
    /// Until when somebody at the desk wants to hear no further word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<Timestamp>,
    /// Whether a word for the desk was kept back since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub muted: bool,
}

/// What a customer can choose who has waited longer than was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LateChoice {
    /// Wait on.
    Wait,
    /// Leave, and be written to.
    Leave,
    /// Try the bot again: the handoff is taken back.
    Bot,
}

/// How many unanswered messages' times are kept: only the oldest ones decide.
pub const UNANSWERED_MAX: usize = 64;

impl Handoff {
    /// A handoff as it begins.
    pub fn called(id: HandoffId, reason: HandoffReason, asked_at: Timestamp) -> Handoff {
        Handoff {
            id,
            reason,
            asked_at,
            first_reply_at: None,
            unanswered: Vec::new(),
            clocked_since: None,
            due: None,
            warned_since: None,
            breached_since: None,
            agent_wrote_at: None,
            paused_at: None,
            leads_called_since: None,
            offered_since: None,
            choice: None,
            snoozed_until: None,
            muted: false,
        }
    }

    /// Since when the customer waits for a person, if they do.
    pub fn waiting_since(&self) -> Option<Timestamp> {
        match self.first_reply_at {
            None => Some(self.asked_at),
            Some(_) => self.unanswered.first().copied(),
        }
    }

    /// The customer wrote.
    pub fn customer_wrote(&mut self, at: Timestamp) {
        if self.unanswered.len() < UNANSWERED_MAX {
            self.unanswered.push(at);
            self.unanswered.sort_unstable();
        }
    }

    /// The running wait turns out to have begun earlier than was known: it is the same wait, and
    /// what was said about it stays said.
    pub fn wait_began_earlier(&mut self, since: Timestamp) {
        let known = self.clocked_since;
        for said in [
            &mut self.warned_since,
            &mut self.breached_since,
            &mut self.leads_called_since,
            &mut self.offered_since,
        ] {
            if said.is_some() && *said == known {
                *said = Some(since);
            }
        }
    }

    /// A person's reply was accepted by the platform.
    pub fn replied(&mut self, at: Timestamp) {
        self.first_reply_at.get_or_insert(at);
        self.unanswered.retain(|wrote| *wrote > at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handoff() -> Handoff {
        Handoff::called("h".into(), HandoffReason::Asked, Timestamp(1_000))
    }

    #[test]
    fn the_wait_starts_with_the_asking_and_ends_with_the_reply() {
        let mut handoff = handoff();
        handoff.customer_wrote(Timestamp(2_000));
        assert_eq!(handoff.waiting_since(), Some(Timestamp(1_000)));
        handoff.replied(Timestamp(3_000));
        assert_eq!(handoff.waiting_since(), None);
    }

    #[test]
    fn the_next_wait_starts_at_the_oldest_unanswered_message() {
        let mut handoff = handoff();
        handoff.replied(Timestamp(3_000));
        handoff.customer_wrote(Timestamp(5_000));
        handoff.customer_wrote(Timestamp(4_000));
        assert_eq!(handoff.waiting_since(), Some(Timestamp(4_000)));
    }

    #[test]
    fn a_message_that_crossed_the_reply_is_still_unanswered() {
        let mut handoff = handoff();
        handoff.customer_wrote(Timestamp(2_000));
        handoff.customer_wrote(Timestamp(6_000));
        handoff.replied(Timestamp(5_000));
        assert_eq!(handoff.waiting_since(), Some(Timestamp(6_000)));
    }
}
