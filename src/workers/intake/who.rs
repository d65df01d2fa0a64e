//! Who an arrival is from, and which conversation it belongs to: known, or new from now on.

use super::Intake;
use crate::channels::{Arrival, Happening, Sender};
use crate::domain::customer::Customer;
use crate::domain::engine::conversation::Conversation;
use crate::domain::engine::event::TimerKind;
use crate::domain::timeline::{Fact, FactKind};
use crate::store::heard::{Account, Heard, Known};
use crate::store::inbox::WaitingArrival;
use crate::store::{StoreError, Tx, conversations, customers, timeline, timers};

/// The letters of a conversation's code: no vowels, so that no words arise.
const CODE_LETTERS: &[u8; 32] = b"0123456789BCDFGHJKLMNPQRSTVWXYZ8";

impl Intake {
    /// The customer behind the account: known, or new from now on.
    pub(super) async fn customer(
        &self,
        tx: &mut Tx,
        arrival: &Arrival,
        sender: &Sender,
        known: Option<&Known>,
    ) -> Result<Customer, StoreError> {
        let channel = arrival.place.channel;
        if let Some(known) = known {
            let (name, chat) = (&sender.name, &arrival.place.chat);
            let mut customer = known.customer.clone();
            if customer.name != *name || known.chat != *chat {
                customers::seen(tx, channel, &sender.account, name, chat).await?;
                customer.name.clone_from(name);
            }
            return Ok(customer);
        }
        let customer = Customer {
            id: self.ids.id().into(),
            name: sender.name.clone(),
            lang: sender.lang_hint,
            lang_chosen: false,
            preference: None,
            segment: None,
            preference_asked: false,
        };
        let now = self.clock.now();
        customers::add(
            tx,
            &customer,
            channel,
            &sender.account,
            &arrival.place.chat,
            now,
        )
        .await?;
        Ok(customer)
    }

    /// The account's open conversation, or a new one.
    pub(super) async fn conversation(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        arrival: &Arrival,
        heard: Heard,
        customer: &Customer,
    ) -> Result<Conversation, StoreError> {
        let channel = arrival.place.channel;
        let Some(sender) = &arrival.sender else {
            return Err(StoreError::Unreadable {
                what: "inbox.arrival",
                why: "no sender".to_owned(),
            });
        };
        if let Some(open) = heard.open {
            return Ok(open);
        }
        let conversation = Conversation::open(
            self.ids.id().into(),
            self.code(),
            customer.id.clone(),
            sender.account.clone(),
            arrival.place.clone(),
            arrival.platform_at,
        );
        let previous = match heard.known {
            Some(_) => {
                conversations::last_closed(tx, &customer.id, channel, &sender.account).await?
            }
            None => None,
        };
        conversations::add(tx, &conversation, previous.as_ref()).await?;
        let idle_at = self.clock.now() + self.rules.idle;
        timers::start(tx, &conversation.id, TimerKind::Idle, idle_at).await?;
        let fact = Fact {
            conversation: conversation.id.clone(),
            customer: customer.id.clone(),
            channel,
            at: arrival.platform_at,
            recorded_at: waiting.received_at,
            staff: None,
            kind: FactKind::Opened { previous },
        };
        timeline::append(tx, &self.ids.id(), &fact).await?;
        Ok(conversation)
    }

    fn code(&self) -> String {
        let random = self.ids.secret(5);
        let number = u64::from_str_radix(&random, 16).unwrap_or_default();
        // Seven of the 32 letters: 35 bits.
        (0..7)
            .map(|place| {
                let index = usize::try_from((number >> (place * 5)) & 31).unwrap_or(0);
                char::from(CODE_LETTERS[index])
            })
            .collect()
    }
}

/// The accounts of those arrivals that are customers' doings.
pub(super) fn accounts<'a>(
    waiting: &'a [WaitingArrival],
    arrivals: &'a [Arrival],
) -> Vec<Account<'a>> {
    let each = waiting.iter().zip(arrivals);
    let accounts = each.filter_map(|(waiting, arrival)| {
        Some(Account {
            arrival: &waiting.id,
            channel: arrival.place.channel,
            account: &customer_behind(arrival)?.account,
        })
    });
    accounts.collect()
}

/// Whose account an arrival is from, where it is a customer's doing.
pub(super) fn customer_behind(arrival: &Arrival) -> Option<&Sender> {
    match &arrival.what {
        Happening::Wrote { .. }
        | Happening::Edited { .. }
        | Happening::Pressed { .. }
        | Happening::Filled { .. }
        | Happening::Command { .. }
        | Happening::Blocked
        | Happening::Unblocked => arrival.sender.as_ref().filter(|_| !arrival.at_desk),
        Happening::RoomGone
        | Happening::Moved { .. }
        | Happening::Echo { .. }
        | Happening::Unsupported { .. }
        | Happening::Unreadable { .. } => None,
    }
}
