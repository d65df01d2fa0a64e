//! Arrivals from inside: clicks in the console, timers, and word of the delivery.

use super::{Intake, read};
use crate::domain::desk::act::ConsoleClick;
use crate::domain::engine::effect::Purpose;
use crate::domain::engine::event::{CardAct, Dispatch, Event, StaffOrigin};
use crate::domain::ids::{ArrivalId, ConversationId};
use crate::domain::outgoing::Act;
use crate::store::inbox::WaitingArrival;
use crate::store::outbox::{Leaving, Target};
use crate::store::{StoreError, Tx, conversations, customers, messages, outbox, staff, timers};
use crate::workers::report::{Alarm, DeliveryReport, Outcome};

impl Intake {
    /// A click in the console. The right to act is looked up now, not when the page was shown.
    pub(super) async fn console_click(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
    ) -> Result<&'static str, StoreError> {
        let click: ConsoleClick = read(waiting)?;
        let Some(actor) = staff::by_id(tx, &click.staff).await? else {
            return Ok("not-listed");
        };
        let event = Event::StaffActed {
            staff: actor,
            act: click.act,
            origin: StaffOrigin::Console,
        };
        self.decide_inside(tx, &waiting.id, &click.conversation, &event)
            .await
    }

    /// A timer came due.
    pub(super) async fn alarm(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
    ) -> Result<&'static str, StoreError> {
        let alarm: Alarm = read(waiting)?;
        let conversation = &alarm.conversation;
        if conversations::lock(tx, conversation).await?.is_none()
            || timers::is_running(tx, conversation, alarm.kind).await?
        {
            // It was started anew between coming due and now: the new one counts.
            return Ok("overtaken");
        }
        let event = Event::TimerDue(alarm.kind);
        self.decide_inside(tx, &waiting.id, &alarm.conversation, &event)
            .await
    }

    /// Word of the delivery about a row of the outbox.
    pub(super) async fn delivery_report(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
    ) -> Result<&'static str, StoreError> {
        let report: DeliveryReport = read(waiting)?;
        let Some(row) = outbox::by_id(tx, &report.outbox).await? else {
            return Ok("no-row");
        };
        let dispatch = self.dispatch(tx, row).await?;
        let event = match report.outcome {
            Outcome::Sent { at } => Event::Sent(dispatch, at),
            Outcome::Failed { why, blocked } => {
                if blocked {
                    self.note_blocked(tx, &report.conversation).await?;
                }
                Event::SendFailed {
                    dispatch,
                    why,
                    blocked,
                }
            }
            Outcome::Unknown => Event::SendUnknown(dispatch),
            Outcome::TooOld => Event::AnswerTooOld(dispatch),
            Outcome::RoomGone { desk } => Event::RoomGone(desk),
        };
        self.decide_inside(tx, &waiting.id, &report.conversation, &event)
            .await
    }

    async fn note_blocked(
        &self,
        tx: &mut Tx,
        conversation: &ConversationId,
    ) -> Result<(), StoreError> {
        if let Some(conversation) = conversations::lock(tx, conversation).await? {
            let now = self.clock.now();
            let channel = conversation.place.channel;
            customers::set_blocked(tx, channel, &conversation.account, Some(now)).await?;
        }
        Ok(())
    }

    async fn dispatch(&self, tx: &mut Tx, row: Leaving) -> Result<Dispatch, StoreError> {
        let said_in = match &row.message {
            Some(message) => messages::said_in(tx, message).await?,
            None => None,
        };
        let said_by = match &row.staff {
            // Whoever said it may have left since: what they said still counts.
            Some(id) => staff::ever(tx, id).await?,
            None => None,
        };
        let words = match (&row.act, &row.message) {
            // A person's words may have left in several pieces: what is shown is the whole.
            (Act::Say { .. }, Some(message)) if row.purpose == Purpose::AgentReply => {
                messages::words(tx, message).await?.unwrap_or_default()
            }
            (act, _) => said(act),
        };
        let card = match (&row.act, &row.purpose) {
            (Act::OpenRoom { .. }, _) => Some(CardAct::Open),
            (Act::Edit { .. }, Purpose::Card) => Some(CardAct::Refresh),
            _ => None,
        };
        let desk = match row.target {
            Target::Room(desk) => Some(desk),
            Target::Place(place) => {
                matches!(row.act, Act::OpenRoom { .. }).then_some(place.channel)
            }
        };
        Ok(Dispatch {
            outbox: row.id,
            purpose: row.purpose,
            message: row.message,
            staff: said_by,
            words,
            desk,
            card,
            said_in,
        })
    }

    async fn decide_inside(
        &self,
        tx: &mut Tx,
        cause: &ArrivalId,
        conversation: &ConversationId,
        event: &Event,
    ) -> Result<&'static str, StoreError> {
        let Some(conversation) = conversations::lock(tx, conversation).await? else {
            return Ok("no-conversation");
        };
        let Some(customer) = self.customer_of(tx, &conversation).await? else {
            return Ok("no-customer");
        };
        self.decide_event(tx, cause, &conversation, &customer, event)
            .await?;
        Ok("decided")
    }
}

/// The words of an act; none where it only changes something.
fn said(act: &Act) -> String {
    match act {
        Act::Say { text, .. } | Act::Show { text, .. } => text.to_plain(),
        Act::Edit { .. }
        | Act::OpenRoom { .. }
        | Act::CloseRoom
        | Act::ReopenRoom
        | Act::Mark { .. }
        | Act::AnswerPress { .. } => String::new(),
    }
}
