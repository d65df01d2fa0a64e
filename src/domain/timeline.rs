//! The timeline: the closed list of facts, from which every figure is computed.
//!
//! Invariant: a fact says what happened and is never changed or taken back; what was undone is a
//! further fact. The names of the kinds and of their fields are stored and exported: they stay.

use serde::{Deserialize, Serialize};

use crate::domain::handoff::LateChoice;
use crate::domain::ids::{
    ConversationId, CustomerId, EntryKey, HandoffId, MessageId, OutboxId, StaffId,
};
use crate::domain::knowledge::wording_tests::ShownWording;
use crate::domain::lang::Lang;
use crate::domain::place::ChannelKind;
use crate::domain::preference::HumanPreference;
use crate::domain::sla::SlaClock;
use crate::domain::sla::plan::Due;
use crate::domain::time::Timestamp;

/// One thing that happened to one conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Whose it is.
    pub customer: CustomerId,
    /// The channel of the customer, also for what staff did on another one.
    pub channel: ChannelKind,
    /// When it happened: the platform's time where it has one, otherwise ours. For a reopening it
    /// is the time of the customer's message that caused it.
    pub at: Timestamp,
    /// When we wrote it down, by our clock.
    pub recorded_at: Timestamp,
    /// The member of staff who did it, or whom it happened to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffId>,
    /// What happened.
    #[serde(flatten)]
    pub kind: FactKind,
}

/// The closed list of what can happen. Serialised with its name as `kind`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "snake_case"
)]
pub enum FactKind {
    /// The conversation began.
    Opened {
        /// The customer's conversation before it, when they came back after its grace time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous: Option<ConversationId>,
    },
    /// The customer wrote; `at` is the platform's time.
    CustomerWrote {
        /// Our message.
        message: MessageId,
        /// It reached us late because we, or the way to us, were down: waits that it starts are
        /// born old, with the cause `outage`.
        #[serde(default)]
        seen_late: bool,
    },
    /// The customer said thanks after *resolved*: no clock moves.
    CustomerThanked {
        /// The message.
        message: MessageId,
    },
    /// The customer changed a message: moves no clock.
    CustomerEdited {
        /// Our message.
        message: MessageId,
    },
    /// The customer's language was recognised or chosen.
    LangRecognised {
        /// The language from now on.
        lang: Lang,
    },
    /// The customer was in this segment when the conversation began.
    InSegment {
        /// Its name.
        segment: String,
    },
    /// The customer was asked whether they want a person.
    PreferenceAsked,
    /// The customer said whether they want a person.
    PreferenceSet {
        /// What they chose.
        preference: HumanPreference,
    },
    /// The bot decided what to do about a turn.
    Decided {
        /// `answer`, `clarify` or `handoff`; `chosen` among the choices, `related` under an answer;
        /// `same-turn` and `same-answer` where the answer was the one that had been given.
        decision: String,
        /// The best entry, where there was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entry: Option<EntryKey>,
        /// How sure it was of it, in thousandths.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confidence_permille: Option<i64>,
    },
    /// The bot's answer arrived: recorded when the platform confirmed it, `at` is its time.
    BotAnswered {
        /// The row that carried it.
        outbox: OutboxId,
        /// The entry that it was made of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entry: Option<EntryKey>,
        /// Which of several wordings it was, where these are compared.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wording: Option<ShownWording>,
    },
    /// The customer said whether the bot's answer helped.
    Helped {
        /// Whether it did.
        yes: bool,
    },
    /// A person was called for; the human wait begins.
    HandoffAsked {
        /// The new handoff.
        handoff: HandoffId,
        /// Why, as the engine names it.
        reason: String,
    },
    /// "A person will be with you soon" arrived: stops no clock.
    AcknowledgementSent {
        /// The row that carried it.
        outbox: OutboxId,
    },
    /// `staff` took the conversation.
    Claimed {
        /// The handoff.
        handoff: HandoffId,
    },
    /// `staff` tried to take it and was slower.
    ClaimLost {
        /// The handoff.
        handoff: HandoffId,
        /// Who has it.
        winner: StaffId,
    },
    /// `staff` gave it back to the queue.
    Released {
        /// The handoff.
        handoff: HandoffId,
    },
    /// `staff` was silent for too long: it went back to the queue.
    LeaseExpired {
        /// The handoff.
        handoff: HandoffId,
    },
    /// `staff`'s reply arrived: recorded when the platform confirmed it, `at` is its time. The
    /// only fact that ends a customer's wait for a person.
    AgentReplied {
        /// The row that carried it.
        outbox: OutboxId,
        /// Our message.
        message: MessageId,
    },
    /// `staff`'s reply will never arrive: every clock runs on.
    ReplyFailed {
        /// The row that carried it.
        outbox: OutboxId,
        /// The sort of refusal, without the customer's words.
        why: String,
    },
    /// It cannot be known whether a message arrived: every clock runs on.
    DeliveryUnknown {
        /// The row that carried it.
        outbox: OutboxId,
    },
    /// Somebody, or the platform, settled whether it arrived. When it was a reply of staff and it
    /// arrived, an `AgentReplied` stands beside it.
    DeliverySettled {
        /// The row that carried it.
        outbox: OutboxId,
        /// Whether it did.
        arrived: bool,
    },
    /// `staff` wrote to colleagues: stops no clock.
    NoteWritten {
        /// Our message.
        message: MessageId,
    },
    /// The clocks stand still until the customer writes or `Resumed`.
    Paused {
        /// What is waited for.
        why: PauseReason,
    },
    /// The pause ended. A customer's message ends one too, without this fact.
    Resumed,
    /// A target began to run, or was reckoned anew after a pause or a change of the plan.
    TargetSet(Due),
    /// The desk was told, in its rooms or its console, that a target is near.
    WarningGiven {
        /// Which clock.
        clock: SlaClock,
    },
    /// A target's time ran out before what it waits for happened.
    Breached {
        /// Which clock.
        clock: SlaClock,
    },
    /// The leads were called for a wait that nobody ended.
    LeadsCalled {
        /// Which clock.
        clock: SlaClock,
        /// Who was called.
        leads: Vec<StaffId>,
    },
    /// The customer was told that it takes longer than was said, and given the choice.
    ChoiceOffered {
        /// Which clock.
        clock: SlaClock,
    },
    /// The customer chose; `at` is the platform's time.
    ChoiceMade {
        /// What.
        choice: LateChoice,
    },
    /// The customer tries the bot again: the handoff is over, and its wait was not met.
    HandoffTakenBack {
        /// The handoff.
        handoff: HandoffId,
    },
    /// `staff` wants no further word at the desk for a while: every clock runs on.
    Snoozed {
        /// Until then, or until the customer writes.
        until: Timestamp,
    },
    /// The matter is settled.
    Resolved {
        /// By the bot, without a person.
        by_bot: bool,
        /// The customer said so; otherwise it is assumed from their silence or said by staff.
        confirmed: bool,
    },
    /// The customer came back within the grace time; `at` is the time of their message.
    Reopened,
    /// The conversation takes nothing more.
    Closed,
    /// The customer shut the bot out.
    CustomerBlocked,
    /// The customer let it in again.
    CustomerUnblocked,
    /// The conversation got a room at a desk.
    RoomOpened {
        /// Which desk.
        desk: ChannelKind,
    },
    /// The room was deleted.
    RoomGone {
        /// Which desk.
        desk: ChannelKind,
    },
    /// Somebody tried what they may not, or what was no longer possible: nothing changed.
    RefusedAct {
        /// Why, as the engine names it.
        why: String,
    },
}

/// What a paused conversation waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PauseReason {
    /// The customer is to answer.
    Customer,
    /// A third party is to answer.
    ThirdParty,
}

impl FactKind {
    /// The name of the kind, as stored and exported.
    pub fn name(&self) -> &'static str {
        match self {
            FactKind::Opened { .. } => "opened",
            FactKind::CustomerWrote { .. } => "customer-wrote",
            FactKind::CustomerThanked { .. } => "customer-thanked",
            FactKind::CustomerEdited { .. } => "customer-edited",
            FactKind::LangRecognised { .. } => "lang-recognised",
            FactKind::InSegment { .. } => "in-segment",
            FactKind::PreferenceAsked => "preference-asked",
            FactKind::PreferenceSet { .. } => "preference-set",
            FactKind::Decided { .. } => "decided",
            FactKind::BotAnswered { .. } => "bot-answered",
            FactKind::Helped { .. } => "helped",
            FactKind::HandoffAsked { .. } => "handoff-asked",
            FactKind::AcknowledgementSent { .. } => "acknowledgement-sent",
            FactKind::Claimed { .. } => "claimed",
            FactKind::ClaimLost { .. } => "claim-lost",
            FactKind::Released { .. } => "released",
            FactKind::LeaseExpired { .. } => "lease-expired",
            FactKind::AgentReplied { .. } => "agent-replied",
            FactKind::ReplyFailed { .. } => "reply-failed",
            FactKind::DeliveryUnknown { .. } => "delivery-unknown",
            FactKind::DeliverySettled { .. } => "delivery-settled",
            FactKind::NoteWritten { .. } => "note-written",
            FactKind::Paused { .. } => "paused",
            FactKind::Resumed => "resumed",
            FactKind::TargetSet(_) => "target-set",
            FactKind::WarningGiven { .. } => "warning-given",
            FactKind::Breached { .. } => "breached",
            FactKind::LeadsCalled { .. } => "leads-called",
            FactKind::ChoiceOffered { .. } => "choice-offered",
            FactKind::ChoiceMade { .. } => "choice-made",
            FactKind::HandoffTakenBack { .. } => "handoff-taken-back",
            FactKind::Snoozed { .. } => "snoozed",
            FactKind::Resolved { .. } => "resolved",
            FactKind::Reopened => "reopened",
            FactKind::Closed => "closed",
            FactKind::CustomerBlocked => "customer-blocked",
            FactKind::CustomerUnblocked => "customer-unblocked",
            FactKind::RoomOpened { .. } => "room-opened",
            FactKind::RoomGone { .. } => "room-gone",
            FactKind::RefusedAct { .. } => "refused-act",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::wording_tests::AnswerHash;
    use crate::domain::time::Millis;

    fn fact(kind: FactKind) -> Fact {
        Fact {
            conversation: "c1".into(),
            customer: "u1".into(),
            channel: ChannelKind::Telegram,
            at: Timestamp(1_000),
            recorded_at: Timestamp(2_000),
            staff: None,
            kind,
        }
    }

    /// Each kind once, with its exported line's own part: changing one breaks whoever reads them.
    fn lines() -> Vec<(FactKind, &'static str)> {
        let outbox = || OutboxId::from("o1");
        let handoff = || HandoffId::from("h1");
        let message = || MessageId::from("m1");
        vec![
            (FactKind::Opened { previous: None }, r#""kind":"opened""#),
            (
                FactKind::Opened {
                    previous: Some("c0".into()),
                },
                r#""kind":"opened","previous":"c0""#,
            ),
            (
                FactKind::CustomerWrote {
                    message: message(),
                    seen_late: false,
                },
                r#""kind":"customer-wrote","message":"m1","seen_late":false"#,
            ),
            (
                FactKind::CustomerThanked { message: message() },
                r#""kind":"customer-thanked","message":"m1""#,
            ),
            (
                FactKind::CustomerEdited { message: message() },
                r#""kind":"customer-edited","message":"m1""#,
            ),
            (
                FactKind::LangRecognised { lang: Lang::Vi },
                r#""kind":"lang-recognised","lang":"vi""#,
            ),
            (
                FactKind::InSegment {
                    segment: "vip".into(),
                },
                r#""kind":"in-segment","segment":"vip""#,
            ),
            (FactKind::PreferenceAsked, r#""kind":"preference-asked""#),
            (
                FactKind::PreferenceSet {
                    preference: HumanPreference::HumanFirst,
                },
                r#""kind":"preference-set","preference":"human-first""#,
            ),
            (
                FactKind::Decided {
                    decision: "answer".into(),
                    entry: Some("refund-time".into()),
                    confidence_permille: Some(910),
                },
                r#""kind":"decided","decision":"answer","entry":"refund-time","confidence_permille":910"#,
            ),
            (
                FactKind::BotAnswered {
                    outbox: outbox(),
                    entry: None,
                    wording: None,
                },
                r#""kind":"bot-answered","outbox":"o1""#,
            ),
            (
                FactKind::BotAnswered {
                    outbox: outbox(),
                    entry: Some("refund-time".into()),
                    wording: Some(ShownWording {
                        lang: Lang::En,
                        shown: AnswerHash::of("Five days."),
                        among: vec![AnswerHash::of("A week."), AnswerHash::of("Five days.")],
                    }),
                },
                r#""kind":"bot-answered","outbox":"o1","entry":"refund-time","wording":{"lang":"en","shown":"6f83eb7c","among":["269cbb53","6f83eb7c"]}"#,
            ),
            (
                FactKind::Helped { yes: true },
                r#""kind":"helped","yes":true"#,
            ),
            (
                FactKind::HandoffAsked {
                    handoff: handoff(),
                    reason: "asked".into(),
                },
                r#""kind":"handoff-asked","handoff":"h1","reason":"asked""#,
            ),
            (
                FactKind::AcknowledgementSent { outbox: outbox() },
                r#""kind":"acknowledgement-sent","outbox":"o1""#,
            ),
            (
                FactKind::Claimed { handoff: handoff() },
                r#""kind":"claimed","handoff":"h1""#,
            ),
            (
                FactKind::ClaimLost {
                    handoff: handoff(),
                    winner: "s2".into(),
                },
                r#""kind":"claim-lost","handoff":"h1","winner":"s2""#,
            ),
            (
                FactKind::Released { handoff: handoff() },
                r#""kind":"released","handoff":"h1""#,
            ),
            (
                FactKind::LeaseExpired { handoff: handoff() },
                r#""kind":"lease-expired","handoff":"h1""#,
            ),
            (
                FactKind::AgentReplied {
                    outbox: outbox(),
                    message: message(),
                },
                r#""kind":"agent-replied","outbox":"o1","message":"m1""#,
            ),
            (
                FactKind::ReplyFailed {
                    outbox: outbox(),
                    why: "blocked".into(),
                },
                r#""kind":"reply-failed","outbox":"o1","why":"blocked""#,
            ),
            (
                FactKind::DeliveryUnknown { outbox: outbox() },
                r#""kind":"delivery-unknown","outbox":"o1""#,
            ),
            (
                FactKind::DeliverySettled {
                    outbox: outbox(),
                    arrived: false,
                },
                r#""kind":"delivery-settled","outbox":"o1","arrived":false"#,
            ),
            (
                FactKind::NoteWritten { message: message() },
                r#""kind":"note-written","message":"m1""#,
            ),
            (
                FactKind::Paused {
                    why: PauseReason::ThirdParty,
                },
                r#""kind":"paused","why":"third-party""#,
            ),
            (FactKind::Resumed, r#""kind":"resumed""#),
            (
                FactKind::TargetSet(Due {
                    clock: SlaClock::HumanWait,
                    since: Timestamp(1),
                    due_at: Timestamp(9),
                    warn_at: Timestamp(7),
                    lead_at: None,
                    customer_at: None,
                    target_ms: Millis(8),
                    used_ms: Millis(0),
                    counts_from: Timestamp(1),
                    policy: "office".into(),
                    plan: 2,
                    zones: Some("2026a".into()),
                }),
                r#""kind":"target-set","clock":"human-wait","since":1,"due_at":9,"warn_at":7,"target_ms":8,"used_ms":0,"counts_from":1,"policy":"office","plan":2,"zones":"2026a""#,
            ),
            (
                FactKind::WarningGiven {
                    clock: SlaClock::HumanWait,
                },
                r#""kind":"warning-given","clock":"human-wait""#,
            ),
            (
                FactKind::Breached {
                    clock: SlaClock::NextResponse,
                },
                r#""kind":"breached","clock":"next-response""#,
            ),
            (
                FactKind::LeadsCalled {
                    clock: SlaClock::HumanWait,
                    leads: vec!["s1".into()],
                },
                r#""kind":"leads-called","clock":"human-wait","leads":["s1"]"#,
            ),
            (
                FactKind::ChoiceOffered {
                    clock: SlaClock::HumanWait,
                },
                r#""kind":"choice-offered","clock":"human-wait""#,
            ),
            (
                FactKind::ChoiceMade {
                    choice: LateChoice::Leave,
                },
                r#""kind":"choice-made","choice":"leave""#,
            ),
            (
                FactKind::HandoffTakenBack { handoff: handoff() },
                r#""kind":"handoff-taken-back","handoff":"h1""#,
            ),
            (
                FactKind::Snoozed {
                    until: Timestamp(9),
                },
                r#""kind":"snoozed","until":9"#,
            ),
            (
                FactKind::Resolved {
                    by_bot: true,
                    confirmed: false,
                },
                r#""kind":"resolved","by_bot":true,"confirmed":false"#,
            ),
            (FactKind::Reopened, r#""kind":"reopened""#),
            (FactKind::Closed, r#""kind":"closed""#),
            (FactKind::CustomerBlocked, r#""kind":"customer-blocked""#),
            (
                FactKind::CustomerUnblocked,
                r#""kind":"customer-unblocked""#,
            ),
            (
                FactKind::RoomOpened {
                    desk: ChannelKind::Discord,
                },
                r#""kind":"room-opened","desk":"discord""#,
            ),
            (
                FactKind::RoomGone {
                    desk: ChannelKind::Telegram,
                },
                r#""kind":"room-gone","desk":"telegram""#,
            ),
            (
                FactKind::RefusedAct {
                    why: "not-listed".into(),
                },
                r#""kind":"refused-act","why":"not-listed""#,
            ),
        ]
    }

    #[test]
    fn an_exported_fact_is_one_flat_object_and_reads_back() {
        for (kind, own_part) in lines() {
            let fact = fact(kind);
            let line = serde_json::to_string(&fact).expect("serialises");
            let expected = format!(
                r#"{{"conversation":"c1","customer":"u1","channel":"telegram","at":1000,"recorded_at":2000,{own_part}}}"#
            );
            assert_eq!(line, expected);
            assert_eq!(serde_json::from_str::<Fact>(&line).expect("reads"), fact);
        }
    }

    #[test]
    fn the_name_is_the_serialised_one() {
        for (kind, _) in lines() {
            let value = serde_json::to_value(&kind).expect("serialises");
            assert_eq!(value["kind"], kind.name());
        }
    }
}
