//! What became of a row, written in one commit with all that hangs on it.

use std::sync::Arc;

use super::Delivery;
use crate::channels::{DeliveryError, Refusal};
use crate::domain::engine::effect::Purpose;
use crate::domain::ids::{ConversationId, OutboxId};
use crate::domain::outgoing::{Act, Receipt};
use crate::domain::place::{ChannelKind, Place};
use crate::domain::time::{Millis, Timestamp};
use crate::domain::timeline::{Fact, FactKind};
use crate::store::outbox::{Again, Leaving, Target};
use crate::store::rooms::Room;
use crate::store::{StoreError, Tx, conversations, inbox, messages, outbox, rooms, timeline};
use crate::workers::report::{DeliveryReport, Outcome as Word};

/// The pause after the first failed attempt; it doubles with each further one.
const FIRST_PAUSE: Millis = Millis::seconds(1);
/// The longest pause between attempts.
const LONGEST_PAUSE: Millis = Millis::minutes(5);
/// From what age on a row that never left is given up, or one whose outcome stays unknown.
const GIVE_UP_AFTER: Millis = Millis::hours(24);
/// How often a topic may be opened whose opening is not known: each try may leave one behind.
const TOPIC_TRIES_MAX: i64 = 3;
/// The most of a platform's words that are kept with a failure.
const WHY_CHARS_MAX: usize = 300;

/// A row, where it went, and what the channel said.
pub struct Outcome {
    pub row: Leaving,
    pub place: Option<Place>,
    pub result: Result<Receipt, DeliveryError>,
    /// Whether the channel heard of it.
    pub was_tried: bool,
    /// When it was begun, by our clock.
    pub begun_at: Timestamp,
}

impl Delivery {
    /// Writes what became of a row.
    pub(super) async fn write_outcome(&self, outcome: Arc<Outcome>) -> Result<(), StoreError> {
        let delivery = self.clone();
        self.store
            .write(move |tx| {
                let (delivery, outcome) = (delivery.clone(), Arc::clone(&outcome));
                Box::pin(async move { delivery.write_in(tx, &outcome).await })
            })
            .await?;
        self.wakes.arrivals.notify_one();
        self.wakes.changes.notify_waiters();
        Ok(())
    }

    pub(super) async fn write_in(&self, tx: &mut Tx, outcome: &Outcome) -> Result<(), StoreError> {
        let row = &outcome.row;
        let now = self.clock.now();
        match &outcome.result {
            Ok(receipt) => self.sent(tx, outcome, receipt, now).await,
            Err(DeliveryError::NotSent { why, .. }) if now - row.created_at > GIVE_UP_AFTER => {
                self.undelivered(tx, row, why, false, now).await
            }
            Err(DeliveryError::NotSent { why, retry_after }) => {
                let pause = retry_after.unwrap_or_else(|| pause(row.attempts));
                let again = Again {
                    not_before: now + pause,
                    unknown_since: row.unknown_since,
                    was_tried: outcome.was_tried,
                };
                outbox::set_again(tx, &row.attempt(), again, &short(why)).await?;
                Ok(())
            }
            Err(DeliveryError::Unknown { why }) => self.unknown(tx, row, why, now).await,
            Err(DeliveryError::Refused { refusal, why }) => {
                self.refused(tx, row, refusal, why, now).await
            }
        }
    }

    async fn sent(
        &self,
        tx: &mut Tx,
        outcome: &Outcome,
        receipt: &Receipt,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let row = &outcome.row;
        if !outbox::set_sent(tx, &row.id, receipt.at, receipt.message.as_ref()).await? {
            return Ok(());
        }
        if let Some(act) = row.act.spent() {
            outbox::put_act(tx, &row.id, &act).await?;
        }
        let place = receipt.place.as_ref().or(outcome.place.as_ref());
        if let (Some(place), Some(named), Some(message)) = (place, &receipt.message, &row.message) {
            messages::name(tx, place, named, message, &row.conversation).await?;
        }
        if let (Act::OpenRoom { .. }, Some(place)) = (&row.act, &receipt.place) {
            let room = Room {
                place: place.clone(),
                card: receipt.message.clone(),
            };
            rooms::put(tx, &row.conversation, &room, now).await?;
        }
        if let (Act::Say { .. }, Purpose::Card, Target::Room(desk), Some(card)) =
            (&row.act, &row.purpose, &row.target, &receipt.message)
        {
            rooms::set_card(tx, &row.conversation, *desk, card).await?;
        }
        if let Some(kind) = fact_of(row) {
            self.record(tx, row, kind, receipt.at, now).await?;
        }
        if row.purpose.reports_sent() {
            self.report_row(tx, row, Word::Sent { at: receipt.at }, now)
                .await?;
        }
        Ok(())
    }

    /// It will not be delivered: failed, or unknown where an earlier attempt may have arrived and
    /// the chat still takes messages.
    async fn undelivered(
        &self,
        tx: &mut Tx,
        row: &Leaving,
        why: &str,
        blocked: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if may_have_arrived(row) && !blocked {
            return self.leave_unknown(tx, row, why, now).await;
        }
        if !outbox::set_failed(tx, &row.attempt(), &short(why)).await? {
            return Ok(());
        }
        if let Some(act) = row.act.spent() {
            outbox::put_act(tx, &row.id, &act).await?;
        }
        tracing::warn!(outbox = %row.id, purpose = ?row.purpose, "not delivered");
        self.report_row(
            tx,
            row,
            Word::Failed {
                why: short(why),
                blocked,
            },
            now,
        )
        .await
    }

    async fn refused(
        &self,
        tx: &mut Tx,
        row: &Leaving,
        refusal: &Refusal,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        match (refusal, &row.target) {
            (Refusal::Moved { to }, target) => {
                let from = match target {
                    Target::Place(place) => Some(place.clone()),
                    Target::Room(desk) => rooms::of(tx, &row.conversation, *desk)
                        .await?
                        .map(|room| room.place),
                };
                if let Some(from) = from {
                    rooms::move_chat(tx, &from, to).await?;
                }
                outbox::move_to(tx, &row.id, to).await?;
                let again = Again {
                    not_before: now,
                    unknown_since: row.unknown_since,
                    was_tried: true,
                };
                outbox::set_again(tx, &row.attempt(), again, "the chat moved").await?;
                Ok(())
            }
            (Refusal::PlaceGone, Target::Room(desk)) => {
                let (attempt, why) = (row.attempt(), short(why));
                let is_ours = match may_have_arrived(row) {
                    true => outbox::set_unknown(tx, &attempt, &why).await?,
                    false => outbox::set_failed(tx, &attempt, &why).await?,
                };
                if !is_ours || !rooms::set_gone(tx, &row.conversation, *desk, now).await? {
                    // It was heard of before, and another room is being opened.
                    return Ok(());
                }
                self.report_row(tx, row, Word::RoomGone { desk: *desk }, now)
                    .await
            }
            (Refusal::Blocked, _) => self.undelivered(tx, row, why, true, now).await,
            (
                Refusal::PlaceGone | Refusal::MessageGone | Refusal::Forbidden | Refusal::Invalid,
                _,
            ) => self.undelivered(tx, row, why, false, now).await,
        }
    }

    /// Nobody knows whether it arrived. Where repeating it is harmless or the channel can find
    /// out, it is tried again; otherwise a person decides.
    async fn unknown(
        &self,
        tx: &mut Tx,
        row: &Leaving,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if is_safe_to_repeat(self.channel.kind(), &row.act) {
            let since = row.unknown_since.unwrap_or(now);
            if is_given_up(self.channel.kind(), row, now - since) {
                return self.undelivered(tx, row, why, false, now).await;
            }
            let again = Again {
                not_before: now + pause(row.attempts),
                unknown_since: Some(since),
                was_tried: true,
            };
            outbox::set_again(tx, &row.attempt(), again, &short(why)).await?;
            return Ok(());
        }
        self.leave_unknown(tx, row, why, now).await
    }

    async fn leave_unknown(
        &self,
        tx: &mut Tx,
        row: &Leaving,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if !outbox::set_unknown(tx, &row.attempt(), &short(why)).await? {
            return Ok(());
        }
        // What is about no conversation is never sent again by anybody.
        if let (true, Some(act)) = (row.conversation.0.is_empty(), row.act.spent()) {
            outbox::put_act(tx, &row.id, &act).await?;
        }
        tracing::warn!(outbox = %row.id, purpose = ?row.purpose, "delivery unknown");
        self.report_row(tx, row, Word::Unknown, now).await
    }

    async fn record(
        &self,
        tx: &mut Tx,
        row: &Leaving,
        kind: FactKind,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(conversation) = conversations::lock(tx, &row.conversation).await? else {
            return Ok(());
        };
        let fact = Fact {
            conversation: row.conversation.clone(),
            customer: conversation.customer,
            channel: conversation.place.channel,
            at,
            recorded_at: now,
            staff: None,
            kind,
        };
        timeline::append(tx, &self.ids.id(), &fact).await
    }

    async fn report_row(
        &self,
        tx: &mut Tx,
        row: &Leaving,
        outcome: Word,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.report(tx, &row.conversation, &row.id, outcome, now)
            .await
    }

    /// Tells the intake what became of a row.
    pub(super) async fn report(
        &self,
        tx: &mut Tx,
        conversation: &ConversationId,
        outbox: &OutboxId,
        outcome: Word,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if conversation.0.is_empty() {
            return Ok(());
        }
        let report = DeliveryReport {
            conversation: conversation.clone(),
            outbox: outbox.clone(),
            outcome,
        };
        let arrival =
            report
                .arrival(self.ids.id().into(), now)
                .map_err(|error| StoreError::Unreadable {
                    what: "inbox.arrival",
                    why: error.to_string(),
                })?;
        inbox::insert(tx, &arrival).await?;
        Ok(())
    }
}

/// The fact that a confirmed row stands for; a person's reply is recorded by the decision that
/// hears of it, since it moves the clocks.
fn fact_of(row: &Leaving) -> Option<FactKind> {
    match &row.purpose {
        Purpose::Answer { entry, wording } => Some(FactKind::BotAnswered {
            outbox: row.id.clone(),
            entry: Some(entry.clone()),
            wording: wording.clone(),
        }),
        Purpose::Acknowledgement => Some(FactKind::AcknowledgementSent {
            outbox: row.id.clone(),
        }),
        Purpose::Card => match (&row.act, &row.target) {
            (Act::OpenRoom { .. }, Target::Place(place)) => Some(FactKind::RoomOpened {
                desk: place.channel,
            }),
            _ => None,
        },
        Purpose::AgentReply
        | Purpose::ReplyPart
        | Purpose::Choices
        | Purpose::Notice
        | Purpose::PressAnswer
        | Purpose::Mirror
        | Purpose::MirrorAgain
        | Purpose::RoomNotice
        | Purpose::Mark
        | Purpose::Survey
        | Purpose::Broadcast => None,
    }
}

/// Whether an earlier attempt to say it may have arrived, whatever a later one met with.
fn may_have_arrived(row: &Leaving) -> bool {
    row.unknown_since.is_some() && matches!(row.act, Act::Say { .. } | Act::Show { .. })
}

/// Whether an act may be done a second time without anybody being told something twice.
fn is_safe_to_repeat(channel: ChannelKind, act: &Act) -> bool {
    match (channel, act) {
        (ChannelKind::Discord | ChannelKind::Web, _) => true,
        (ChannelKind::Telegram, Act::Say { .. } | Act::Show { .. }) => false,
        // An empty second topic is an annoyance at the desk, not a message said twice.
        (
            ChannelKind::Telegram,
            Act::Edit { .. }
            | Act::OpenRoom { .. }
            | Act::CloseRoom
            | Act::ReopenRoom
            | Act::Mark { .. },
        ) => true,
        // With buttons it is a message of its own there.
        (ChannelKind::Telegram, Act::AnswerPress { buttons, .. }) => buttons.is_empty(),
    }
}

/// Whether a row whose outcome was not known for so long is tried no more.
fn is_given_up(channel: ChannelKind, row: &Leaving, unknown_for: Millis) -> bool {
    let opens_topic = channel == ChannelKind::Telegram && matches!(row.act, Act::OpenRoom { .. });
    let is_old = unknown_for > GIVE_UP_AFTER && row.attempts > 1;
    is_old || (opens_topic && row.attempts > TOPIC_TRIES_MAX)
}

fn pause(attempts: i64) -> Millis {
    let doublings = u32::try_from(attempts.clamp(1, 16) - 1).unwrap_or(0);
    Millis((FIRST_PAUSE.0 << doublings).min(LONGEST_PAUSE.0))
}

fn short(why: &str) -> String {
    why.chars().take(WHY_CHARS_MAX).collect()
}
