//! Arrivals from the staff rooms: only listed staff act, only on the room's own conversation.

use super::Intake;
use crate::channels::{Arrival, Happening};
use crate::domain::desk::act::StaffAct;
use crate::domain::engine::conversation::Conversation;
use crate::domain::engine::effect::{ButtonAction, StaffButton};
use crate::domain::engine::event::{Event, Press, StaffOrigin};
use crate::domain::ids::{ButtonToken, MessageRef};
use crate::domain::message::{Part, plain_text};
use crate::domain::phrase::Phrase;
use crate::domain::staff::Staff;
use crate::domain::timeline::PauseReason;
use crate::store::inbox::WaitingArrival;
use crate::store::messages::Author;
use crate::store::{
    StoreError, Tx, buttons, conversations, customers, inbox, messages, rooms, staff,
};

impl Intake {
    /// An arrival from a staff forum.
    pub(super) async fn desk_arrival(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        arrival: &Arrival,
    ) -> Result<&'static str, StoreError> {
        if let Some(outcome) = self.faq_arrival(tx, waiting, arrival).await? {
            return Ok(outcome);
        }
        if let Happening::Command { name, rest, .. } = &arrival.what {
            let press = press_of(arrival);
            match name.as_str() {
                "console" => {
                    return self
                        .sign_in_link(tx, waiting, arrival, press.as_ref())
                        .await;
                }
                "report" => {
                    return self
                        .report_asked(tx, waiting, arrival, press.as_ref(), rest)
                        .await;
                }
                _ => {}
            }
        }
        let actor = match &arrival.sender {
            Some(sender) => staff::by_account(tx, arrival.place.channel, &sender.account).await?,
            None => None,
        };
        let conversation = match rooms::at(tx, &arrival.place).await? {
            Some(id) => conversations::lock(tx, &id).await?,
            None => None,
        };
        let press = press_of(arrival);
        let Some(conversation) = conversation else {
            return self.outside_rooms(tx, waiting, press.as_ref()).await;
        };
        if arrival.what == Happening::RoomGone {
            return self.room_gone(tx, waiting, arrival, &conversation).await;
        }
        let act = self.staff_act(tx, arrival, &conversation).await?;
        match (act, actor) {
            (Act::Talk, _) => Ok("talk"),
            (Act::Refused(why), _) => {
                self.refuse_staff(tx, waiting, arrival, &conversation, press.as_ref(), &why)
                    .await?;
                Ok("refused")
            }
            (Act::Internal(_), None) => Ok("talk-of-unlisted"),
            (Act::Explicit { .. }, None) => {
                let why = Phrase::new("desk-not-listed");
                self.refuse_staff(tx, waiting, arrival, &conversation, press.as_ref(), &why)
                    .await?;
                Ok("not-listed")
            }
            (
                Act::Internal(act)
                | Act::Explicit {
                    act,
                    made_for: None,
                    ..
                },
                Some(actor),
            ) => {
                self.staff_acts(tx, waiting, arrival, &conversation, actor, act, None)
                    .await
            }
            (
                Act::Explicit {
                    act,
                    made_for,
                    spend,
                },
                Some(actor),
            ) => {
                if let Some(family) = spend {
                    buttons::spend(tx, &family, &actor.id.0, self.clock.now()).await?;
                }
                self.staff_acts(tx, waiting, arrival, &conversation, actor, act, made_for)
                    .await
            }
        }
    }

    /// A place of the forum that is nobody's room: nothing is guessed.
    /// Whatever it is, it belongs to no customer that it could be erased with: only that it arrived
    /// is kept.
    async fn outside_rooms(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        press: Option<&Press>,
    ) -> Result<&'static str, StoreError> {
        inbox::forget_words(tx, &waiting.id).await?;
        match press {
            Some(press) => {
                let refuse = Phrase::new("desk-button-out-of-date");
                self.answer_press(tx, waiting, press, self.rules.desk_lang, &refuse)
                    .await?;
                Ok("refused")
            }
            None => Ok("outside-rooms"),
        }
    }

    async fn room_gone(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        arrival: &Arrival,
        conversation: &Conversation,
    ) -> Result<&'static str, StoreError> {
        let desk = arrival.place.channel;
        if !rooms::set_gone(tx, &conversation.id, desk, self.clock.now()).await? {
            return Ok("known");
        }
        let Some(customer) = self.customer_of(tx, conversation).await? else {
            return Ok("kept");
        };
        let event = Event::RoomGone(desk);
        self.decide_event(tx, &waiting.id, conversation, &customer, &event)
            .await?;
        Ok("room-gone")
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "an act is all of these, and only here"
    )]
    async fn staff_acts(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        arrival: &Arrival,
        conversation: &Conversation,
        actor: Staff,
        act: StaffAct,
        made_for: Option<i64>,
    ) -> Result<&'static str, StoreError> {
        let Some(customer) = self.customer_of(tx, conversation).await? else {
            return Ok("kept");
        };
        let origin = StaffOrigin::Room {
            desk: arrival.place.channel,
            message: message_of(arrival),
            press: press_of(arrival),
            made_for,
        };
        let event = Event::StaffActed {
            staff: actor,
            act,
            origin,
        };
        self.decide_event(tx, &waiting.id, conversation, &customer, &event)
            .await?;
        Ok("staff-act")
    }

    /// What somebody at the desk meant: talk is internal, and what goes to the customer is always
    /// an explicit act.
    async fn staff_act(
        &self,
        tx: &mut Tx,
        arrival: &Arrival,
        conversation: &Conversation,
    ) -> Result<Act, StoreError> {
        match &arrival.what {
            Happening::Wrote {
                parts, reply_to, ..
            } => {
                let answers_customer = match reply_to {
                    Some(reply_to) => messages::by_ref(tx, &arrival.place, reply_to)
                        .await?
                        .is_some_and(|named| {
                            named.author == Author::Customer
                                && named.conversation == conversation.id
                        }),
                    None => false,
                };
                if answers_customer {
                    return Ok(Act::explicit(StaffAct::Reply {
                        parts: parts.clone(),
                    }));
                }
                let text = plain_text(parts);
                if text.trim().is_empty() {
                    return Ok(Act::Talk);
                }
                Ok(Act::Internal(StaffAct::Note { text }))
            }
            Happening::Command { name, rest, .. } => Ok(command(name, rest)),
            Happening::Pressed { token, text, .. } => {
                self.pressed_at_desk(tx, conversation, token, text.as_deref())
                    .await
            }
            // Changing one's words in a room changes nothing that was sent on.
            Happening::Edited { .. }
            | Happening::Filled { .. }
            | Happening::Blocked
            | Happening::Unblocked
            | Happening::Moved { .. }
            | Happening::RoomGone
            | Happening::Echo { .. }
            | Happening::Unsupported { .. }
            | Happening::Unreadable { .. } => Ok(Act::Talk),
        }
    }

    async fn pressed_at_desk(
        &self,
        tx: &mut Tx,
        conversation: &Conversation,
        token: &ButtonToken,
        text: Option<&str>,
    ) -> Result<Act, StoreError> {
        let out_of_date = || Act::Refused(Phrase::new("desk-button-out-of-date"));
        let Some(row) = buttons::by_token(tx, token).await? else {
            return Ok(out_of_date());
        };
        let ButtonAction::Staff { act } = row.action else {
            return Ok(out_of_date());
        };
        if row.conversation != conversation.id {
            return Ok(out_of_date());
        }
        let text = text.unwrap_or_default().to_owned();
        let (act, turn_matters) = match act {
            StaffButton::Claim => (StaffAct::Claim, true),
            StaffButton::Release => (StaffAct::Release, true),
            StaffButton::Resolve => (StaffAct::Resolve, true),
            StaffButton::Reply => (
                StaffAct::Reply {
                    parts: vec![Part::Text { text }],
                },
                false,
            ),
            StaffButton::Note => (StaffAct::Note { text }, false),
            StaffButton::Snooze => (StaffAct::Snooze, false),
            StaffButton::SendAgain { .. } | StaffButton::ItArrived { .. } if row.used => {
                return Ok(out_of_date());
            }
            StaffButton::SendAgain { outbox } => (StaffAct::SendAgain { outbox }, false),
            StaffButton::ItArrived { outbox } => (StaffAct::ItArrived { outbox }, false),
        };
        Ok(Act::Explicit {
            act,
            // An old turn is refused by the decision, which knows who was faster; a used button
            // of this very turn cannot be, since using it ended the turn.
            made_for: turn_matters.then_some(row.made_for),
            spend: (!row.reusable).then_some(row.family),
        })
    }

    /// The customer of a conversation, named as on the account that it runs on.
    pub(super) async fn customer_of(
        &self,
        tx: &mut Tx,
        conversation: &Conversation,
    ) -> Result<Option<crate::domain::customer::Customer>, StoreError> {
        customers::by_account(tx, conversation.place.channel, &conversation.account).await
    }
}

/// What somebody at the desk meant.
enum Act {
    /// Nothing for us.
    Talk,
    /// A word among colleagues.
    Internal(StaffAct),
    /// An act that only listed staff may do.
    Explicit {
        act: StaffAct,
        made_for: Option<i64>,
        spend: Option<String>,
    },
    /// Nothing that can be done; why.
    Refused(Phrase),
}

impl Act {
    fn explicit(act: StaffAct) -> Act {
        Act::Explicit {
            act,
            made_for: None,
            spend: None,
        }
    }
}

fn command(name: &str, rest: &str) -> Act {
    let text = rest.to_owned();
    match name {
        "r" | "reply" => Act::explicit(StaffAct::Reply {
            parts: vec![Part::Text { text }],
        }),
        "note" | "n" if !text.trim().is_empty() => Act::Internal(StaffAct::Note { text }),
        "claim" => Act::explicit(StaffAct::Claim),
        "release" => Act::explicit(StaffAct::Release),
        "resolve" => Act::explicit(StaffAct::Resolve),
        "wait" => Act::explicit(StaffAct::Pause {
            why: PauseReason::Customer,
        }),
        "hold" => Act::explicit(StaffAct::Pause {
            why: PauseReason::ThirdParty,
        }),
        "resume" => Act::explicit(StaffAct::GoOn),
        _ => Act::Refused(Phrase::new("desk-unknown-command")),
    }
}

pub(super) fn press_of(arrival: &Arrival) -> Option<Press> {
    let handle = match &arrival.what {
        Happening::Pressed { press, .. } | Happening::Filled { press, .. } => Some(press.clone()),
        Happening::Command { press, .. } => press.clone(),
        _ => None,
    };
    handle.map(|handle| Press {
        place: arrival.place.clone(),
        handle,
    })
}

pub(super) fn message_of(arrival: &Arrival) -> Option<MessageRef> {
    match &arrival.what {
        Happening::Wrote { message, .. } => Some(message.clone()),
        Happening::Command { message, .. } => message.clone(),
        _ => None,
    }
}
