//! What a decision does in the conversation's rooms at the desks.

use super::Application;
use crate::domain::delivery::joining::joined;
use crate::domain::engine::effect::{Called, Purpose, RoomAct, RoomSpeech, Rooms};
use crate::domain::ids::{MessageId, MessageRef};
use crate::domain::outgoing::{Act, Button};
use crate::domain::place::{ChannelKind, Place};
use crate::domain::rich::split::split;
use crate::domain::rich::{RichText, Style};
use crate::store::outbox::{Target, joining};
use crate::store::{StoreError, Tx, messages, outbox, rooms, staff};
use crate::workers::intake::{Desk, card};

impl Application<'_> {
    pub(super) async fn room(&mut self, tx: &mut Tx, act: &RoomAct) -> Result<(), StoreError> {
        match act {
            RoomAct::Open(desk) => self.open_room(tx, *desk).await,
            RoomAct::Reopen(desk) => {
                self.tell_room(tx, *desk, Purpose::Card, Act::ReopenRoom, None)
                    .await?;
                let (text, buttons) = self.card(tx, *desk).await?;
                let say = Act::Say {
                    text,
                    buttons,
                    reply_to: None,
                    files: Vec::new(),
                };
                self.tell_room(tx, *desk, Purpose::Card, say, None).await
            }
            RoomAct::RefreshCard => {
                for desk in self.conversation.state.rooms.clone() {
                    let (text, buttons) = self.card(tx, desk).await?;
                    // Which message the card is, is known when the row leaves.
                    let message = MessageRef(String::new());
                    let edit = Act::Edit {
                        message,
                        text: Some(text),
                        buttons,
                    };
                    self.tell_room(tx, desk, Purpose::Card, edit, None).await?;
                }
                Ok(())
            }
            RoomAct::Close => {
                for desk in self.conversation.state.rooms.clone() {
                    self.tell_room(tx, desk, Purpose::Card, Act::CloseRoom, None)
                        .await?;
                }
                Ok(())
            }
            RoomAct::Say {
                say,
                rooms,
                buttons,
                message,
                purpose,
            } => {
                let said = self.renderer(self.intake.rules.desk_lang).room_speech(say);
                for desk in self.rooms_of(*rooms) {
                    let mut text = said.clone();
                    if let RoomSpeech::Calling { whom, .. } = say {
                        call(tx, desk, whom, &mut text).await?;
                    }
                    let rows = self
                        .buttons(tx, buttons, self.intake.rules.desk_lang)
                        .await?;
                    self.say_in_room(tx, desk, purpose, &text, rows, message.as_ref())
                        .await?;
                }
                Ok(())
            }
            RoomAct::Mark { desk, message } => {
                let mark = Act::Mark {
                    message: message.clone(),
                };
                self.tell_room(tx, *desk, Purpose::Mark, mark, None).await
            }
        }
    }

    /// Remembers that staff wrote a message of ours in a room.
    pub(super) async fn name_in_room(
        &self,
        tx: &mut Tx,
        desk: ChannelKind,
        named: &MessageRef,
        message: &MessageId,
    ) -> Result<(), StoreError> {
        let Some(room) = rooms::of(tx, &self.conversation.id, desk).await? else {
            return Ok(());
        };
        messages::name(tx, &room.place, named, message, &self.conversation.id).await
    }

    fn rooms_of(&self, rooms: Rooms) -> Vec<ChannelKind> {
        let all = self.conversation.state.rooms.iter().copied();
        match rooms {
            Rooms::All => all.collect(),
            Rooms::But(desk) => all.filter(|room| *room != desk).collect(),
            Rooms::Only(desk) => all.filter(|room| *room == desk).collect(),
        }
    }

    async fn say_in_room(
        &mut self,
        tx: &mut Tx,
        desk: ChannelKind,
        purpose: &Purpose,
        text: &RichText,
        buttons: Vec<Vec<Button>>,
        message: Option<&MessageId>,
    ) -> Result<(), StoreError> {
        let limit = (self.intake.limits)(desk);
        let mut pieces = split(text, limit.units_max, limit.units);
        let last = pieces.pop().unwrap_or_default();
        let is_customers_line = *purpose == Purpose::Mirror && message.is_some();
        if is_customers_line && pieces.is_empty() && self.joins(tx, desk, &last).await? {
            return Ok(());
        }
        for piece in pieces {
            let say = Act::Say {
                text: piece,
                buttons: Vec::new(),
                reply_to: None,
                files: Vec::new(),
            };
            self.tell_room(tx, desk, purpose.clone(), say, message)
                .await?;
        }
        let say = Act::Say {
            text: last,
            buttons,
            reply_to: None,
            files: Vec::new(),
        };
        self.tell_room(tx, desk, purpose.clone(), say, message)
            .await
    }

    /// Adds a customer's line to the one before it, where that still waits for the same room and
    /// one message holds both. A reply to that message is a reply to the customer all the same.
    async fn joins(
        &self,
        tx: &mut Tx,
        desk: ChannelKind,
        line: &RichText,
    ) -> Result<bool, StoreError> {
        let limit = (self.intake.limits)(desk);
        let Some(last) = joining::last_line(tx, &self.room_lane(desk)).await? else {
            return Ok(false);
        };
        let both = joined(&last.text, line).filter(|both| (limit.units)(both) <= limit.units_max);
        match both {
            Some(both) => joining::set_text(tx, &last.id, both).await,
            None => Ok(false),
        }
    }

    async fn open_room(&mut self, tx: &mut Tx, desk: ChannelKind) -> Result<(), StoreError> {
        let Some(forum) = self
            .intake
            .desks
            .iter()
            .find(|known| known.kind == desk)
            .map(forum)
        else {
            return Ok(());
        };
        let renderer = self.renderer(self.intake.rules.desk_lang);
        let title = card::title(&renderer, self.conversation, &self.customer);
        let (card, buttons) = self.card(tx, desk).await?;
        let lane = self.room_lane(desk);
        let open = Act::OpenRoom {
            title,
            card,
            buttons,
        };
        let row = self.row(&lane, Target::Place(forum), Purpose::Card, open);
        outbox::add(tx, &row).await
    }

    /// The card, within what one message at that desk may hold.
    async fn card(
        &mut self,
        tx: &mut Tx,
        desk: ChannelKind,
    ) -> Result<(RichText, Vec<Vec<Button>>), StoreError> {
        let lang = self.intake.rules.desk_lang;
        let recent = messages::recent(tx, &self.conversation.id, card::CARD_LINES_MAX).await?;
        let text = card::text_within(
            &self.renderer(lang),
            self.conversation,
            &self.customer,
            &recent,
            self.now,
            (self.intake.limits)(desk),
        );
        let buttons = self
            .buttons(tx, &card::buttons(self.conversation), lang)
            .await?;
        Ok((text, buttons))
    }

    async fn tell_room(
        &mut self,
        tx: &mut Tx,
        desk: ChannelKind,
        purpose: Purpose,
        act: Act,
        message: Option<&MessageId>,
    ) -> Result<(), StoreError> {
        let lane = self.room_lane(desk);
        let mut row = self.row(&lane, Target::Room(desk), purpose, act);
        row.message = message.cloned();
        outbox::add(tx, &row).await
    }

    fn room_lane(&self, desk: ChannelKind) -> String {
        format!("room:{}:{desk}", self.conversation.id)
    }
}

/// Names everybody who is called on a line of its own: by a mention where the desk's platform
/// knows them.
async fn call(
    tx: &mut Tx,
    desk: ChannelKind,
    whom: &[Called],
    text: &mut RichText,
) -> Result<(), StoreError> {
    for (number, called) in whom.iter().enumerate() {
        text.push(if number == 0 { "\n" } else { " " });
        let accounts = staff::accounts(tx, &called.staff, desk).await?;
        let mention = accounts.into_iter().next();
        let style = Style {
            mention,
            ..Style::default()
        };
        text.push_styled(called.name.clone(), style);
    }
    Ok(())
}

fn forum(desk: &Desk) -> Place {
    Place::chat(desk.kind, desk.forum.clone())
}
