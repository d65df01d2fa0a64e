//! From the facts of a conversation to the questions in it that the bot did not answer well.
//!
//! Invariant: pure and total; what was erased is no question, and a conversation that goes on gives
//! the same gaps again and perhaps more.

use std::collections::BTreeMap;

use crate::domain::handoff::HandoffReason;
use crate::domain::ids::{ConversationId, CustomerId, EntryKey, MessageId};
use crate::domain::knowledge::small_talk;
use crate::domain::time::Timestamp;
use crate::domain::timeline::{Fact, FactKind};

/// The words of messages, as they stand now; an erased message has none.
pub type Words = BTreeMap<MessageId, String>;

/// A question of a customer's that the bot did not answer well, or answered only by a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Whose.
    pub customer: CustomerId,
    /// In which conversation.
    pub conversation: ConversationId,
    /// What became of it.
    pub kind: GapKind,
    /// The messages that asked it, oldest first; never empty. The first one names the question.
    pub lines: Vec<MessageId>,
    /// What they say, without greetings and thanks.
    pub words: String,
    /// When it was asked.
    pub at: Timestamp,
    /// The entry that the bot gave or offered first, or that was chosen.
    pub entry: Option<EntryKey>,
    /// What people answered, oldest first.
    pub replies: Vec<MessageId>,
    /// What says that the replies worked.
    pub evidence: Evidence,
}

impl Gap {
    /// Its name: the first of its messages.
    pub fn id(&self) -> Option<&MessageId> {
        self.lines.first()
    }
}

/// What became of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GapKind {
    /// No entry was likely enough.
    NoAnswer,
    /// The answer did not help.
    DidNotHelp,
    /// A person was called for instead, or after the answer.
    Handoff,
    /// None of the choices was taken.
    NoChoice,
    /// One of the choices was: no gap in what the base knows, but a way of asking it that it does
    /// not know yet.
    Chosen,
}

impl GapKind {
    /// Every kind, in the order in which they are told.
    pub const ALL: [GapKind; 5] = [
        GapKind::NoAnswer,
        GapKind::DidNotHelp,
        GapKind::Handoff,
        GapKind::NoChoice,
        GapKind::Chosen,
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            GapKind::NoAnswer => "no-answer",
            GapKind::DidNotHelp => "did-not-help",
            GapKind::Handoff => "handoff",
            GapKind::NoChoice => "no-choice",
            GapKind::Chosen => "chosen",
        }
    }

    /// The wording key that counts questions of the kind (`n`), as staff read it.
    pub fn phrase_key(self) -> &'static str {
        match self {
            GapKind::NoAnswer => "desk-gap-no-answer",
            GapKind::DidNotHelp => "desk-gap-did-not-help",
            GapKind::Handoff => "desk-gap-handoff",
            GapKind::NoChoice => "desk-gap-no-choice",
            GapKind::Chosen => "desk-gap-chosen",
        }
    }
}

/// What says that a person's answer worked; the later in this list, the more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// Nothing does.
    None,
    /// The matter was resolved, and the customer did not come back on it.
    Resolved,
    /// They said thanks, too.
    Thanked,
}

/// The gaps of one conversation, oldest first; its facts in the order in which they were written.
pub fn gaps(facts: &[Fact], words: &Words) -> Vec<Gap> {
    let mut reading = Reading {
        words,
        turn: Vec::new(),
        asked: Vec::new(),
        choices_open: false,
        with_person: false,
    };
    for fact in facts {
        reading.fact(fact);
    }
    let asked = std::mem::take(&mut reading.asked);
    let gaps = asked.into_iter().filter_map(|asked| reading.gap(asked));
    gaps.collect()
}

/// A question while it is read.
struct Asked {
    lines: Vec<MessageId>,
    at: Timestamp,
    /// `None` while it is answered well, as far as is known.
    kind: Option<GapKind>,
    entry: Option<EntryKey>,
    replies: Vec<MessageId>,
    evidence: Evidence,
    customer: CustomerId,
    conversation: ConversationId,
}

struct Reading<'w> {
    words: &'w Words,
    /// What the customer wrote since the last decision.
    turn: Vec<MessageId>,
    asked: Vec<Asked>,
    /// Whether the last question waits for a choice.
    choices_open: bool,
    /// Whether a person is waited for, or has it.
    with_person: bool,
}

impl Reading<'_> {
    fn fact(&mut self, fact: &Fact) {
        match &fact.kind {
            FactKind::CustomerWrote { message, .. } => self.wrote(message),
            FactKind::Decided {
                decision, entry, ..
            } => self.decided(decision, entry.as_ref(), fact),
            FactKind::Helped { yes: false } => self.last_is(GapKind::DidNotHelp),
            FactKind::HandoffAsked { reason, .. } => self.called(reason, fact),
            FactKind::AgentReplied { message, .. } => self.replied(message),
            FactKind::Resolved { by_bot, .. } => self.resolved(*by_bot),
            FactKind::CustomerThanked { .. } => self.thanked(),
            FactKind::Reopened => self.reopened(),
            FactKind::Closed => self.choices_over(),
            // The customer would rather try the bot: it is the bot that is asked from now on.
            FactKind::HandoffTakenBack { .. } => self.with_person = false,
            // Nothing that is asked or answered.
            FactKind::Opened { .. }
            | FactKind::CustomerEdited { .. }
            | FactKind::LangRecognised { .. }
            | FactKind::InSegment { .. }
            | FactKind::PreferenceAsked
            | FactKind::PreferenceSet { .. }
            | FactKind::BotAnswered { .. }
            | FactKind::Helped { yes: true }
            | FactKind::AcknowledgementSent { .. }
            | FactKind::Claimed { .. }
            | FactKind::ClaimLost { .. }
            | FactKind::Released { .. }
            | FactKind::LeaseExpired { .. }
            | FactKind::ReplyFailed { .. }
            | FactKind::DeliveryUnknown { .. }
            | FactKind::DeliverySettled { .. }
            | FactKind::NoteWritten { .. }
            | FactKind::Paused { .. }
            | FactKind::Resumed
            | FactKind::TargetSet(_)
            | FactKind::WarningGiven { .. }
            | FactKind::Breached { .. }
            | FactKind::LeadsCalled { .. }
            | FactKind::ChoiceOffered { .. }
            | FactKind::ChoiceMade { .. }
            | FactKind::Snoozed { .. }
            | FactKind::CustomerBlocked
            | FactKind::CustomerUnblocked
            | FactKind::RoomOpened { .. }
            | FactKind::RoomGone { .. }
            | FactKind::RefusedAct { .. } => {}
        }
    }

    fn wrote(&mut self, message: &MessageId) {
        if !self.with_person {
            self.choices_over();
            self.turn.push(message.clone());
            return;
        }
        // Whoever asks for a person first says only then what it is about.
        let says = says_something(self.words, message);
        if let Some(last) = self.asked.last_mut()
            && says
            && last.replies.is_empty()
            && last.kind == Some(GapKind::Handoff)
            && !last
                .lines
                .iter()
                .any(|line| says_something(self.words, line))
        {
            last.lines = vec![message.clone()];
        }
    }

    fn decided(&mut self, decision: &str, entry: Option<&EntryKey>, fact: &Fact) {
        match decision {
            "answer" => self.ask(None, entry, fact),
            "clarify" => {
                self.ask(None, entry, fact);
                self.choices_open = true;
            }
            "handoff" => self.ask(Some(GapKind::NoAnswer), entry, fact),
            "same-answer" => self.ask(Some(GapKind::Handoff), entry, fact),
            "same-turn" => {
                let turn = std::mem::take(&mut self.turn);
                if let Some(last) = self.asked.last_mut() {
                    last.lines.extend(turn);
                }
            }
            "chosen" if self.chose(entry) => {}
            // A related entry, or a choice of long ago: asked without words.
            _ => self.ask(None, entry, fact),
        }
    }

    /// One of the choices was taken, perhaps late; `false` where none was on offer.
    fn chose(&mut self, entry: Option<&EntryKey>) -> bool {
        let open = std::mem::take(&mut self.choices_open);
        match self.asked.last_mut() {
            Some(last) if open || last.kind == Some(GapKind::NoChoice) => {
                last.kind = Some(GapKind::Chosen);
                last.entry = entry.cloned();
                self.turn.clear();
                true
            }
            Some(_) | None => false,
        }
    }

    fn ask(&mut self, kind: Option<GapKind>, entry: Option<&EntryKey>, fact: &Fact) {
        self.choices_open = false;
        self.asked.push(Asked {
            lines: std::mem::take(&mut self.turn),
            at: fact.at,
            kind,
            entry: entry.cloned(),
            replies: Vec::new(),
            evidence: Evidence::None,
            customer: fact.customer.clone(),
            conversation: fact.conversation.clone(),
        });
    }

    fn last_is(&mut self, kind: GapKind) {
        if let Some(last) = self.asked.last_mut() {
            last.kind = Some(kind);
        }
    }

    fn choices_over(&mut self) {
        if std::mem::take(&mut self.choices_open) {
            self.last_is(GapKind::NoChoice);
        }
    }

    /// A person was called for.
    fn called(&mut self, reason: &str, fact: &Fact) {
        self.with_person = true;
        self.choices_over();
        let is = |known: HandoffReason| reason == known.name();
        let is_decided = is(HandoffReason::Unsure)
            || is(HandoffReason::NoneOfThese)
            || is(HandoffReason::DidNotHelp)
            || is(HandoffReason::SameAnswerAgain);
        // The base is not to blame where the way to the customer failed.
        let is_of_the_way = is(HandoffReason::DeliveryUnknown)
            || is(HandoffReason::AnswerTooOld)
            || is(HandoffReason::AnswerFailed);
        if is_decided || is_of_the_way {
            return;
        }
        let says = self
            .turn
            .iter()
            .any(|line| says_something(self.words, line));
        let answered = self.asked.last().is_some_and(|last| {
            let open = matches!(last.kind, None | Some(GapKind::Chosen));
            open && last.evidence == Evidence::None
        });
        if !says && answered && is(HandoffReason::Asked) {
            self.turn.clear();
            self.last_is(GapKind::Handoff);
        } else {
            self.ask(Some(GapKind::Handoff), None, fact);
        }
    }

    fn replied(&mut self, message: &MessageId) {
        if let Some(last) = self.asked.last_mut()
            && self.with_person
        {
            last.replies.push(message.clone());
        }
    }

    fn resolved(&mut self, by_bot: bool) {
        self.choices_over();
        self.with_person = false;
        if let Some(last) = self.asked.last_mut()
            && !by_bot
            && !last.replies.is_empty()
        {
            last.evidence = Evidence::Resolved;
        }
    }

    fn thanked(&mut self) {
        if let Some(last) = self.asked.last_mut()
            && last.evidence == Evidence::Resolved
        {
            last.evidence = Evidence::Thanked;
        }
    }

    /// They came back on it: what was answered was not enough.
    fn reopened(&mut self) {
        if let Some(last) = self.asked.last_mut() {
            last.evidence = Evidence::None;
        }
    }

    fn gap(&self, asked: Asked) -> Option<Gap> {
        let kind = asked.kind?;
        let lines: Vec<MessageId> = asked
            .lines
            .into_iter()
            .filter(|line| says_something(self.words, line))
            .collect();
        let said: Vec<&str> = lines
            .iter()
            .filter_map(|line| self.words.get(line).map(|words| words.trim()))
            .collect();
        let words = said.join("\n");
        (!lines.is_empty()).then_some(Gap {
            customer: asked.customer,
            conversation: asked.conversation,
            kind,
            lines,
            words,
            at: asked.at,
            entry: asked.entry,
            replies: asked.replies,
            evidence: asked.evidence,
        })
    }
}

/// Whether a message is still there and says more than a greeting, thanks or the wish for a person.
pub fn says_something(words: &Words, message: &MessageId) -> bool {
    words
        .get(message)
        .is_some_and(|words| words.chars().any(char::is_alphabetic) && small_talk(words).is_none())
}

#[cfg(test)]
mod tests;
