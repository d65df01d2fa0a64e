//! Arrivals from customers: who it is, which conversation, what happened.

use metrics::counter;

use super::faq;
use super::who::{accounts, customer_behind};
use super::{Intake, position_of, read};
use crate::channels::{Arrival, Happening, Sender};
use crate::domain::customer::Customer;
use crate::domain::engine::conversation::Phase;
use crate::domain::engine::effect::ButtonAction;
use crate::domain::engine::event::{
    CustomerAction, CustomerCommand, CustomerMessage, Event, Press,
};
use crate::domain::ids::{ButtonToken, MessageId, MessageRef};
use crate::domain::lang::Lang;
use crate::domain::message::{Part, plain_text};
use crate::domain::phrase::Phrase;
use crate::domain::place::ChannelKind;
use crate::domain::time::Millis;
use crate::store::heard::{self, Heard};
use crate::store::inbox::WaitingArrival;
use crate::store::messages::{Author, Kept};
use crate::store::{
    StoreError, Tx, buttons, conversations, customers, inbox, messages, remembered, rooms,
};

/// From what age on a message counts as having come to us only after a gap.
const SEEN_LATE_AFTER: Millis = Millis::minutes(2);
impl Intake {
    /// Arrivals of customers' accounts, each of another account; says on how many it decided.
    pub(super) async fn customers_arrivals(
        &self,
        tx: &mut Tx,
        waiting: &[WaitingArrival],
    ) -> Result<usize, StoreError> {
        let arrivals = waiting
            .iter()
            .map(read)
            .collect::<Result<Vec<Arrival>, _>>()?;
        let mut heard = heard::from_accounts(tx, &accounts(waiting, &arrivals)).await?;
        let writers = self.faq_writers(tx, &arrivals).await?;
        let mut decided = 0;
        for (waiting, arrival) in waiting.iter().zip(&arrivals) {
            // Taken before what is read together with it is marked: the head of a lane is decided
            // on first.
            let now = self.clock.now();
            let outcome = match customer_behind(arrival) {
                Some(sender) => match heard.remove(&waiting.id) {
                    Some(heard) => {
                        let may_write =
                            faq::is_of_writing(arrival) || writers.contains(&sender.account);
                        let written = match may_write {
                            true => self.faq_arrival(tx, waiting, arrival).await?,
                            false => None,
                        };
                        match written {
                            Some(outcome) => outcome,
                            None => {
                                self.heard_from_customer(tx, waiting, arrival, sender, heard)
                                    .await?
                            }
                        }
                    }
                    None => continue,
                },
                None if inbox::lock(tx, &waiting.id).await? => {
                    self.platform_arrival(tx, waiting, arrival).await?
                }
                None => continue,
            };
            inbox::set_done(tx, &waiting.id, now, outcome).await?;
            decided += 1;
        }
        Ok(decided)
    }

    /// An arrival that is no customer's doing; says in a word what became of it.
    pub(super) async fn platform_arrival(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        arrival: &Arrival,
    ) -> Result<&'static str, StoreError> {
        match &arrival.what {
            Happening::Unsupported { .. } | Happening::Unreadable { .. } => {
                counter!("careline_arrivals_not_understood_total",
                    "channel" => arrival.place.channel.name())
                .increment(1);
                return Ok("kept");
            }
            // The receipt of the send itself is proof enough; the echo only moves the mark from
            // which the history is read on.
            Happening::Echo { .. } => return Ok("echo"),
            Happening::Moved { to } => {
                rooms::move_chat(tx, &arrival.place, to).await?;
                let name = format!("moved:{}", arrival.place);
                remembered::put(tx, &name, &to.chat).await?;
                return Ok("moved");
            }
            _ => {}
        }
        if arrival.at_desk {
            return self.desk_arrival(tx, waiting, arrival).await;
        }
        Ok("no-sender")
    }

    async fn heard_from_customer(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        arrival: &Arrival,
        sender: &Sender,
        heard: Heard,
    ) -> Result<&'static str, StoreError> {
        let customer = self
            .customer(tx, arrival, sender, heard.known.as_ref())
            .await?;
        match &arrival.what {
            Happening::Wrote { message, parts, .. } => {
                self.wrote(tx, waiting, arrival, heard, &customer, Some(message), parts)
                    .await
            }
            Happening::Edited { message, parts } => {
                self.edited(tx, waiting, arrival, &customer, message, parts)
                    .await
            }
            Happening::Pressed {
                token,
                press,
                message,
                ..
            } => {
                let press = Press {
                    place: arrival.place.clone(),
                    handle: press.clone(),
                };
                self.pressed(
                    tx,
                    waiting,
                    arrival,
                    heard,
                    &customer,
                    token,
                    &press,
                    message.as_ref(),
                )
                .await
            }
            Happening::Command {
                name,
                rest,
                press,
                message,
                ..
            } => {
                let press = press.as_ref().map(|handle| Press {
                    place: arrival.place.clone(),
                    handle: handle.clone(),
                });
                if name == "console" {
                    return self
                        .sign_in_link(tx, waiting, arrival, press.as_ref())
                        .await;
                }
                let Some(command) = customer_command(name, rest) else {
                    let words = format!("/{name} {rest}").trim_end().to_owned();
                    let parts = [Part::Text { text: words }];
                    return self
                        .wrote(
                            tx,
                            waiting,
                            arrival,
                            heard,
                            &customer,
                            message.as_ref(),
                            &parts,
                        )
                        .await;
                };
                let conversation = self
                    .conversation(tx, waiting, arrival, heard, &customer)
                    .await?;
                let event = Event::CustomerCommanded {
                    command,
                    press,
                    at: arrival.platform_at,
                };
                self.decide_event(tx, &waiting.id, &conversation, &customer, &event)
                    .await?;
                Ok("command")
            }
            Happening::Blocked | Happening::Unblocked => {
                let blocked = arrival.what == Happening::Blocked;
                let at = blocked.then_some(arrival.platform_at);
                let channel = arrival.place.channel;
                customers::set_blocked(tx, channel, &sender.account, at).await?;
                if let Some(conversation) = heard.open {
                    let event = Event::CustomerBlocked(blocked);
                    self.decide_event(tx, &waiting.id, &conversation, &customer, &event)
                        .await?;
                }
                Ok(if blocked { "blocked" } else { "unblocked" })
            }
            // Dealt with before a customer was looked up, or only heard at a desk.
            Happening::Filled { .. }
            | Happening::RoomGone
            | Happening::Moved { .. }
            | Happening::Echo { .. }
            | Happening::Unsupported { .. }
            | Happening::Unreadable { .. } => Ok("kept"),
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "a message is all of these, and only here"
    )]
    async fn wrote(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        arrival: &Arrival,
        heard: Heard,
        customer: &Customer,
        named: Option<&MessageRef>,
        parts: &[Part],
    ) -> Result<&'static str, StoreError> {
        let mut more_waiting = heard.more_waiting;
        let conversation = self
            .conversation(tx, waiting, arrival, heard, customer)
            .await?;
        let message = MessageId(self.ids.id());
        let kept = Kept {
            id: message.clone(),
            conversation: conversation.id.clone(),
            position: position(waiting, arrival),
            author: Author::Customer,
            staff: None,
            parts: parts.to_vec(),
            at: arrival.platform_at,
        };
        messages::add(tx, &kept).await?;
        if let Some(named) = named {
            messages::name(tx, &arrival.place, named, &message, &conversation.id).await?;
        }
        let together = self
            .read_together(tx, waiting, arrival, &conversation)
            .await?;
        let mut parts = parts.to_vec();
        if together.messages > 0 {
            more_waiting = inbox::more_in_lane(tx, waiting).await?;
            parts.push(Part::Text {
                text: together.words,
            });
        }
        let event = Event::CustomerWrote(CustomerMessage {
            message,
            parts,
            at: arrival.platform_at,
            place: arrival.place.clone(),
            seen_late: waiting.received_at - arrival.platform_at > SEEN_LATE_AFTER,
            more_waiting,
            read_together: together.messages,
        });
        self.decide_event(tx, &waiting.id, &conversation, customer, &event)
            .await?;
        Ok("wrote")
    }

    async fn edited(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        arrival: &Arrival,
        customer: &Customer,
        named: &MessageRef,
        parts: &[Part],
    ) -> Result<&'static str, StoreError> {
        let Some(known) = messages::by_ref(tx, &arrival.place, named).await? else {
            return Ok("edit-of-unknown");
        };
        if known.author != Author::Customer {
            return Ok("edit-of-ours");
        }
        messages::edit(tx, &known.message, parts, arrival.platform_at).await?;
        if let Some(conversation) = conversations::lock(tx, &known.conversation).await? {
            let event = Event::CustomerEdited {
                message: known.message,
                words: plain_text(parts),
                at: arrival.platform_at,
            };
            self.decide_event(tx, &waiting.id, &conversation, customer, &event)
                .await?;
        }
        Ok("edited")
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "a press is all of these, and only here"
    )]
    async fn pressed(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        arrival: &Arrival,
        heard: Heard,
        customer: &Customer,
        token: &ButtonToken,
        press: &Press,
        under: Option<&MessageRef>,
    ) -> Result<&'static str, StoreError> {
        let refuse = Phrase::new("customer-button-spent");
        let lang = customer.lang_or_default();
        let Some(row) = buttons::by_token(tx, token).await? else {
            self.answer_press(tx, waiting, press, lang, &refuse).await?;
            return Ok("unknown-button");
        };
        let shown_to = conversations::lock(tx, &row.conversation).await?;
        let is_theirs = shown_to.as_ref().is_some_and(|conversation| {
            conversation.customer == customer.id
                && conversation.place.channel == arrival.place.channel
        });
        let (ButtonAction::Customer(action), true, false) = (&row.action, is_theirs, row.used)
        else {
            self.answer_press(tx, waiting, press, lang, &refuse).await?;
            return Ok("refused-button");
        };
        buttons::spend(tx, &row.family, &customer.id.0, self.clock.now()).await?;
        let conversation = match shown_to {
            Some(open) if open.state.phase != Phase::Closed => open,
            Some(_) | None if is_about_the_matter(action) => {
                self.answer_press(tx, waiting, press, lang, &refuse).await?;
                return Ok("refused-button");
            }
            Some(_) | None => {
                self.conversation(tx, waiting, arrival, heard, customer)
                    .await?
            }
        };
        let event = Event::CustomerPressed {
            action: action.clone(),
            press: press.clone(),
            at: arrival.platform_at,
        };
        self.decide_event(tx, &waiting.id, &conversation, customer, &event)
            .await?;
        if let Some(under) = under {
            self.clear_buttons(tx, waiting, &conversation, arrival, under)
                .await?;
        }
        Ok("pressed")
    }
}

/// Whether a choice makes sense only while its matter is open.
fn is_about_the_matter(action: &CustomerAction) -> bool {
    match action {
        CustomerAction::Helped { .. }
        | CustomerAction::Choose { .. }
        | CustomerAction::Related { .. }
        | CustomerAction::NoneOfThese
        | CustomerAction::WhenLate { .. } => true,
        CustomerAction::TalkToPerson
        | CustomerAction::Prefer { .. }
        | CustomerAction::Speak { .. } => false,
    }
}

/// The order of a message among those of its conversation.
pub(super) fn position(waiting: &WaitingArrival, arrival: &Arrival) -> i64 {
    match arrival.place.channel {
        // A snowflake's time is in milliseconds; its last bits tell messages of one apart.
        ChannelKind::Discord => {
            position_of(arrival.platform_at)
                + arrival.position.map_or(0, |flake| (flake & 0xFFF) % 1_000)
        }
        ChannelKind::Telegram | ChannelKind::Web => waiting.position,
    }
}

fn customer_command(name: &str, rest: &str) -> Option<CustomerCommand> {
    match name {
        "start" | "help" => Some(CustomerCommand::Start),
        "human" => Some(CustomerCommand::Human),
        "status" => Some(CustomerCommand::Status),
        "language" => Some(CustomerCommand::Language(Lang::from_code(rest))),
        "preferences" => Some(CustomerCommand::Preferences),
        _ => None,
    }
}
