//! Writes what a decision gave: each effect becomes rows, in the decision's own transaction.

mod in_rooms;
mod tokens;

use super::render::Renderer;
use super::{Intake, position_of};
use crate::domain::customer::Customer;
use crate::domain::engine::conversation::Conversation;
use crate::domain::engine::effect::{ButtonSpec, Effect, Purpose, Speech, Tell};
use crate::domain::engine::event::Press;
use crate::domain::engine::reply_due_at;
use crate::domain::ids::{ArrivalId, MessageId, OutboxId, StaffId};
use crate::domain::knowledge::KnowledgeIndex;
use crate::domain::lang::Lang;
use crate::domain::message::Part;
use crate::domain::outgoing::Act;
use crate::domain::phrase::Phrase;
use crate::domain::rich::split::split;
use crate::domain::sla::SlaClock;
use crate::domain::time::{Millis, Timestamp};
use crate::domain::timeline::{Fact, FactKind};
use crate::store::messages::{Author, Kept};
use crate::store::outbox::{NewOutgoing, Target};
use crate::store::{
    StoreError, Tx, customers, inbox, messages, outbox, settling, staff, timeline, timers,
};
use crate::workers::report::{DeliveryReport, Outcome};

/// One decision being written.
pub struct Application<'a> {
    intake: &'a Intake,
    cause: &'a ArrivalId,
    conversation: &'a Conversation,
    /// As the effects so far have left them.
    customer: Customer,
    knowledge: &'a KnowledgeIndex,
    now: Timestamp,
    slot: i64,
}

impl<'a> Application<'a> {
    pub fn new(
        intake: &'a Intake,
        cause: &'a ArrivalId,
        conversation: &'a Conversation,
        customer: &'a Customer,
        knowledge: &'a KnowledgeIndex,
    ) -> Application<'a> {
        Application {
            intake,
            cause,
            conversation,
            customer: customer.clone(),
            knowledge,
            now: intake.clock.now(),
            slot: 0,
        }
    }

    pub async fn apply_all(mut self, tx: &mut Tx, effects: &[Effect]) -> Result<(), StoreError> {
        for effect in effects {
            self.apply(tx, effect).await?;
        }
        Ok(())
    }

    async fn apply(&mut self, tx: &mut Tx, effect: &Effect) -> Result<(), StoreError> {
        let conversation = &self.conversation.id;
        match effect {
            Effect::Tell(tell) => self.tell(tx, tell).await,
            Effect::Room(act) => self.room(tx, act).await,
            Effect::Answer {
                press,
                lang,
                say,
                buttons,
            } => self.answer(tx, press, *lang, say.as_ref(), buttons).await,
            Effect::StartTimer(kind, due_at) => {
                timers::start(tx, conversation, *kind, *due_at).await
            }
            Effect::StopTimer(kind) => timers::stop(tx, conversation, *kind).await,
            Effect::Record { kind, at, staff } => {
                self.record(tx, kind.clone(), *at, staff.as_ref()).await
            }
            Effect::Keep {
                message,
                staff,
                parts,
                note,
                at,
                said_in,
            } => {
                let author = if *note { Author::Note } else { Author::Agent };
                self.keep(tx, message, author, Some(staff), parts, *at)
                    .await?;
                match said_in {
                    Some((desk, named)) => self.name_in_room(tx, *desk, named, message).await,
                    None => Ok(()),
                }
            }
            Effect::SetLang { lang, chosen } => {
                self.customer.lang = Some(*lang);
                customers::set_lang(tx, &self.customer.id, *lang, *chosen).await
            }
            Effect::SetPreference(preference) => {
                customers::set_preference(tx, &self.customer.id, *preference).await
            }
            Effect::PreferenceAsked => customers::set_preference_asked(tx, &self.customer.id).await,
            Effect::Withdraw(purpose) => outbox::withdraw(tx, conversation, purpose).await,
            Effect::SettleUnknown {
                by,
                outbox,
                arrived,
            } => self.settle_unknown(tx, by, outbox, *arrived).await,
        }
    }

    fn renderer(&self, lang: Lang) -> Renderer<'a> {
        Renderer {
            wording: &self.intake.wording,
            knowledge: self.knowledge,
            lang,
        }
    }

    async fn tell(&mut self, tx: &mut Tx, tell: &Tell) -> Result<(), StoreError> {
        let agent = match &tell.staff {
            Some(id) => staff::by_id(tx, id).await?.map(|agent| agent.name),
            None => None,
        };
        let renderer = self.renderer(self.customer.lang_or_default());
        let text = renderer.speech(&tell.say, agent.as_deref());
        let message = match &tell.message {
            Some(message) => message.clone(),
            None => {
                let message = MessageId(self.intake.ids.id());
                let parts = [Part::Text {
                    text: text.to_plain(),
                }];
                self.keep(tx, &message, Author::Bot, None, &parts, self.now)
                    .await?;
                message
            }
        };
        let files = match &tell.say {
            Speech::Parts(parts) => files_of(parts),
            Speech::Phrase(_) | Speech::Entry { .. } => Vec::new(),
        };
        let rows = self
            .buttons(tx, &tell.buttons, self.customer.lang_or_default())
            .await?;
        let place = self.conversation.place.clone();
        let limit = (self.intake.limits)(place.channel);
        let mut pieces = split(&text, limit.units_max, limit.units);
        let last = pieces.pop().unwrap_or_default();
        let lane = format!("customer:{}", self.conversation.id);
        let due_at = self.due_at(&tell.purpose);
        // A person's words count as sent with their last piece, and as failed with any.
        let earlier = match &tell.purpose {
            Purpose::AgentReply => Purpose::ReplyPart,
            other => other.clone(),
        };
        for piece in pieces {
            let act = Act::Say {
                text: piece,
                buttons: Vec::new(),
                reply_to: None,
                files: Vec::new(),
            };
            let mut row = self.row(&lane, Target::Place(place.clone()), earlier.clone(), act);
            row.message = Some(message.clone());
            row.staff.clone_from(&tell.staff);
            row.due_at = due_at;
            outbox::add(tx, &row).await?;
        }
        let act = Act::Say {
            text: last,
            buttons: rows,
            reply_to: None,
            files,
        };
        let mut row = self.row(&lane, Target::Place(place), tell.purpose.clone(), act);
        row.message = Some(message);
        row.staff.clone_from(&tell.staff);
        row.due_at = due_at;
        outbox::add(tx, &row).await
    }

    async fn keep(
        &self,
        tx: &mut Tx,
        message: &MessageId,
        author: Author,
        staff: Option<&StaffId>,
        parts: &[Part],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let kept = Kept {
            id: message.clone(),
            conversation: self.conversation.id.clone(),
            position: position_of(self.now),
            author,
            staff: staff.cloned(),
            parts: parts.to_vec(),
            at,
        };
        messages::add(tx, &kept).await
    }

    async fn answer(
        &mut self,
        tx: &mut Tx,
        press: &Press,
        lang: Lang,
        say: Option<&Phrase>,
        buttons: &[Vec<ButtonSpec>],
    ) -> Result<(), StoreError> {
        let text = say.map(|phrase| self.renderer(lang).phrase(phrase));
        let buttons = self.buttons(tx, buttons, lang).await?;
        let act = Act::AnswerPress {
            press: press.handle.clone(),
            text,
            buttons,
            further: false,
        };
        let lane = format!("press:{}", press.handle);
        let target = Target::Place(press.place.clone());
        let row = self.row(&lane, target, Purpose::PressAnswer, act);
        outbox::add(tx, &row).await
    }

    fn row(&mut self, lane: &str, target: Target, purpose: Purpose, act: Act) -> NewOutgoing {
        self.slot += 1;
        NewOutgoing {
            id: self.intake.ids.id().into(),
            conversation: self.conversation.id.clone(),
            cause: self.cause.clone(),
            slot: self.slot,
            lane: lane.to_owned(),
            target,
            purpose,
            act,
            message: None,
            staff: None,
            at: self.now,
            due_at: self.now,
        }
    }

    /// When the customer is to have something of that purpose: a person's words by when they were
    /// promised, all else at once.
    fn due_at(&self, purpose: &Purpose) -> Timestamp {
        if !matches!(purpose, Purpose::AgentReply) {
            return self.now;
        }
        let plans = self.intake.plans.now();
        let usual = plans.usual().targets.get(&SlaClock::NextResponse);
        let usual = usual.map_or(Millis(0), |target| target.length);
        reply_due_at(self.conversation).unwrap_or(self.now + usual)
    }

    async fn record(
        &self,
        tx: &mut Tx,
        kind: FactKind,
        at: Timestamp,
        staff: Option<&StaffId>,
    ) -> Result<(), StoreError> {
        let fact = Fact {
            conversation: self.conversation.id.clone(),
            customer: self.customer.id.clone(),
            channel: self.conversation.place.channel,
            at,
            recorded_at: self.now,
            staff: staff.cloned(),
            kind,
        };
        timeline::append(tx, &self.intake.ids.id(), &fact).await
    }

    async fn settle_unknown(
        &mut self,
        tx: &mut Tx,
        by: &StaffId,
        id: &OutboxId,
        arrived: bool,
    ) -> Result<(), StoreError> {
        let Some(row) = outbox::by_id(tx, id).await? else {
            return Ok(());
        };
        if row.conversation != self.conversation.id {
            // A form that names another conversation's message: nothing of ours.
            return Ok(());
        }
        // The clock stops when the attempt was made: that is when it arrived.
        let at = row.unknown_since.unwrap_or(self.now);
        let changed = if arrived {
            settling::set_arrived(tx, id, at).await?
        } else {
            settling::send_again(tx, id, self.now).await?
        };
        if !changed {
            return Ok(());
        }
        let settled = FactKind::DeliverySettled {
            outbox: id.clone(),
            arrived,
        };
        self.record(tx, settled, self.now, Some(by)).await?;
        if arrived && row.purpose.reports_sent() {
            let report = DeliveryReport {
                conversation: self.conversation.id.clone(),
                outbox: id.clone(),
                outcome: Outcome::Sent { at },
            };
            let arrival = report.arrival(self.intake.ids.id().into(), self.now);
            let arrival = arrival.map_err(|error| StoreError::Unreadable {
                what: "inbox.arrival",
                why: error.to_string(),
            })?;
            inbox::insert(tx, &arrival).await?;
        }
        Ok(())
    }
}

fn files_of(parts: &[Part]) -> Vec<Part> {
    parts
        .iter()
        .filter(|part| matches!(part, Part::File { .. }))
        .cloned()
        .collect()
}
