//! What a call does to a platform.

use careline::channels::{DeliveryError, Refusal};
use careline::domain::ids::{ButtonToken, MessageRef, OutboxId};
use careline::domain::outgoing::{Act, Button, Outgoing, Press, Receipt};
use careline::domain::place::{ChannelKind, Place};
use careline::domain::time::Timestamp;

use super::call::{Answer, Call};
use super::limits::{scope, weight};
use super::taint::taints;
use super::{By, Chat, Ground, Line};

impl Ground {
    /// A call comes in: whoever was told to wait must have waited.
    pub fn register(&mut self, call: Call) {
        let scope = scope(&call.outgoing.place);
        if let Some((until, told)) = self.limits.closed.get(&scope)
            && *told == call.life
            && call.at < *until
            && weight(&call.outgoing) > 0
        {
            self.faults.push(format!(
                "i12: row {} came to {scope} {} ms before it was allowed again",
                call.outgoing.id,
                (*until - call.at).0
            ));
        }
        let count = self
            .calls
            .iter()
            .filter(|other| other.life == call.life && other.channel == call.channel)
            .filter(|other| other.reply.is_some())
            .count();
        let window = match call.channel {
            ChannelKind::Telegram => 4,
            ChannelKind::Discord => 8,
            ChannelKind::Web => 64,
        };
        if count >= window {
            self.faults.push(format!(
                "i14: more than {window} calls are under way at {}",
                call.channel
            ));
        }
        self.calls.push(call);
    }

    /// Does what a call asks for.
    pub fn perform(&mut self, outgoing: &Outgoing, now: Timestamp) -> Answer {
        match &outgoing.act {
            Act::Say { text, buttons, .. } => {
                self.say(outgoing, &text.to_plain(), &tokens(buttons), now)
            }
            Act::Show { text, .. } => self.say(outgoing, &text.to_plain(), &[], now),
            Act::Edit {
                message,
                text,
                buttons,
            } => {
                let text = text.as_ref().map(|text| text.to_plain());
                self.edit(outgoing, message, text, &tokens(buttons), now)
            }
            Act::OpenRoom {
                title,
                card,
                buttons,
            } => {
                let card = format!("{title}\n{}", card.to_plain());
                self.open_room(outgoing, &card, &tokens(buttons), now)
            }
            Act::CloseRoom => self.shut(&outgoing.place, true, now),
            Act::ReopenRoom => self.shut(&outgoing.place, false, now),
            Act::Mark { .. } => done(now),
            Act::AnswerPress { press, text, .. } => {
                let said = text.as_ref().map(|text| text.to_plain());
                let answers = self.answers.entry(press.clone()).or_default();
                answers.push(said.unwrap_or_default());
                done(now)
            }
        }
    }

    fn say(
        &mut self,
        outgoing: &Outgoing,
        text: &str,
        buttons: &[ButtonToken],
        now: Timestamp,
    ) -> Answer {
        let place = &outgoing.place;
        let units = text.encode_utf16().count();
        if place.channel == ChannelKind::Telegram && units > self.telegram_units.max(4_096) {
            return refused(Refusal::Invalid);
        }
        self.watch_for_crossing(place, text, &outgoing.id);
        let Some(chat) = self.chats.get(place) else {
            return refused(Refusal::PlaceGone);
        };
        if chat.gone {
            return refused(Refusal::PlaceGone);
        }
        if chat.blocked {
            return refused(Refusal::Blocked);
        }
        if place.channel == ChannelKind::Discord
            && let Some(earlier) = by_nonce(chat, &outgoing.nonce)
        {
            return receipt(earlier.id, earlier.at, None);
        }
        let id = self.fresh_id(place.channel, now);
        *self.made.entry(outgoing.id.clone()).or_default() += 1;
        if let Some(chat) = self.chats.get_mut(place) {
            chat.lines.push(Line {
                id,
                by: By::Us(outgoing.id.clone()),
                text: text.to_owned(),
                buttons: buttons.to_vec(),
                at: now,
                nonce: Some(outgoing.nonce.clone()),
            });
        }
        receipt(id, now, None)
    }

    fn edit(
        &mut self,
        outgoing: &Outgoing,
        message: &MessageRef,
        text: Option<String>,
        buttons: &[ButtonToken],
        now: Timestamp,
    ) -> Answer {
        if let Some(text) = &text {
            self.watch_for_crossing(&outgoing.place, text, &outgoing.id);
        }
        let Some(chat) = self.chats.get_mut(&outgoing.place) else {
            return refused(Refusal::PlaceGone);
        };
        if chat.gone {
            return refused(Refusal::PlaceGone);
        }
        let named = message.0.parse().unwrap_or(0);
        let Some(line) = chat.lines.iter_mut().find(|line| line.id == named) else {
            return refused(Refusal::MessageGone);
        };
        if let Some(text) = text {
            line.text = text;
        }
        line.buttons = buttons.to_vec();
        receipt(named, now, None)
    }

    fn open_room(
        &mut self,
        outgoing: &Outgoing,
        card: &str,
        buttons: &[ButtonToken],
        now: Timestamp,
    ) -> Answer {
        let channel = outgoing.place.channel;
        let is_discord = channel == ChannelKind::Discord;
        // Discord's threads can be listed: one that was opened for this row is found again.
        let earlier = self.chats.iter().find(|(place, chat)| {
            is_discord
                && place.channel == channel
                && chat.opened_by.as_ref() == Some(&outgoing.id)
                && !chat.gone
        });
        if let Some((place, chat)) = earlier
            && let Some(first) = chat.lines.first()
        {
            return receipt(first.id, first.at, Some(place.clone()));
        }
        let id = self.fresh_id(channel, now);
        let (place, card_id) = match channel {
            ChannelKind::Discord => (Place::chat(channel, id.to_string()), id),
            ChannelKind::Telegram | ChannelKind::Web => (
                Place::thread(channel, outgoing.place.chat.clone(), id.to_string()),
                self.fresh_id(channel, now),
            ),
        };
        *self.made.entry(outgoing.id.clone()).or_default() += 1;
        let chat = Chat {
            owner: taints(card).first().copied(),
            lines: vec![Line {
                id: card_id,
                by: By::Us(outgoing.id.clone()),
                text: card.to_owned(),
                buttons: buttons.to_vec(),
                at: now,
                nonce: Some(outgoing.nonce.clone()),
            }],
            opened_by: Some(outgoing.id.clone()),
            ..Chat::default()
        };
        self.chats.insert(place.clone(), chat);
        receipt(card_id, now, Some(place))
    }

    fn shut(&mut self, place: &Place, closed: bool, now: Timestamp) -> Answer {
        match self.chats.get_mut(place) {
            Some(chat) if !chat.gone => {
                chat.closed = closed;
                done(now)
            }
            Some(_) | None => refused(Refusal::PlaceGone),
        }
    }

    /// Words of one customer never stand in a chat of another's matter.
    fn watch_for_crossing(&mut self, place: &Place, text: &str, row: &OutboxId) {
        let Some(chat) = self.chats.get_mut(place) else {
            return;
        };
        let found = taints(text);
        if chat.owner.is_none() {
            chat.owner = found.first().copied();
        }
        let owner = chat.owner;
        for taint in found {
            if owner.is_some_and(|owner| owner.customer != taint.customer) {
                self.faults.push(format!(
                    "i07: words of customer {} were said to {place} (row {row})",
                    taint.customer
                ));
            }
        }
    }
}

fn by_nonce<'a>(chat: &'a Chat, nonce: &str) -> Option<&'a Line> {
    chat.lines
        .iter()
        .find(|line| line.nonce.as_deref() == Some(nonce))
}

fn tokens(buttons: &[Vec<Button>]) -> Vec<ButtonToken> {
    let presses = buttons.iter().flatten().map(|button| &button.press);
    let tokens = presses.filter_map(|press| match press {
        Press::Token { token } | Press::Form { token, .. } => Some(token.clone()),
        Press::Link { .. } => None,
    });
    tokens.collect()
}

fn receipt(id: i64, at: Timestamp, place: Option<Place>) -> Answer {
    Ok(Receipt {
        message: Some(MessageRef(id.to_string())),
        at,
        place,
    })
}

fn done(at: Timestamp) -> Answer {
    Ok(Receipt {
        message: None,
        at,
        place: None,
    })
}

fn refused(refusal: Refusal) -> Answer {
    Err(DeliveryError::Refused {
        refusal,
        why: "the platform says no".to_owned(),
    })
}
