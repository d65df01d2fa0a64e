//! Writes what a decision gave: each effect becomes rows, in the decision's own transaction.

use super::card;
use super::render::Renderer;
use super::{Desk, Intake, position_of};
use crate::channels::Arrival;
use crate::domain::customer::Customer;
use crate::domain::engine::conversation::Conversation;
use crate::domain::engine::effect::{
    ButtonAction, ButtonSpec, Effect, Purpose, RoomAct, Rooms, Speech, StaffButton, Tell,
};
use crate::domain::engine::event::Press;
use crate::domain::ids::{ArrivalId, MessageId, MessageRef, OutboxId, StaffId};
use crate::domain::knowledge::KnowledgeIndex;
use crate::domain::lang::Lang;
use crate::domain::message::Part;
use crate::domain::outgoing::{Act, Button, Press as PressKind};
use crate::domain::phrase::Phrase;
use crate::domain::place::{ChannelKind, Place};
use crate::domain::rich::RichText;
use crate::domain::rich::split::split;
use crate::domain::time::Timestamp;
use crate::domain::timeline::Fact;
use crate::store::buttons::ButtonRow;
use crate::store::inbox::WaitingArrival;
use crate::store::messages::{Author, Kept};
use crate::store::outbox::{NewOutgoing, Target};
use crate::store::{
    StoreError, Tx, buttons, customers, inbox, messages, outbox, rooms, sign_in, staff, timeline,
    timers,
};
use crate::workers::report::{DeliveryReport, Outcome};

/// The most characters of a form's heading and of what stands above its field.
const FORM_CHARS_MAX: usize = 45;

/// One decision being written.
pub struct Application<'a> {
    intake: &'a Intake,
    cause: &'a ArrivalId,
    conversation: &'a Conversation,
    customer: &'a Customer,
    knowledge: &'a KnowledgeIndex,
    customer_lang: Lang,
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
            customer,
            knowledge,
            customer_lang: customer.lang_or_default(),
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
                let fact = Fact {
                    conversation: conversation.clone(),
                    customer: self.customer.id.clone(),
                    channel: self.conversation.place.channel,
                    at: *at,
                    recorded_at: self.now,
                    staff: staff.clone(),
                    kind: kind.clone(),
                };
                timeline::append(tx, &self.intake.ids.id(), &fact).await
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
                self.customer_lang = *lang;
                customers::set_lang(tx, &self.customer.id, *lang, *chosen).await
            }
            Effect::SetPreference(preference) => {
                customers::set_preference(tx, &self.customer.id, *preference).await
            }
            Effect::PreferenceAsked => customers::set_preference_asked(tx, &self.customer.id).await,
            Effect::Withdraw(purpose) => outbox::withdraw(tx, conversation, purpose).await,
            Effect::SettleUnknown { outbox, arrived } => {
                self.settle_unknown(tx, outbox, *arrived).await
            }
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
        let renderer = self.renderer(self.customer_lang);
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
        let rows = self.buttons(tx, &tell.buttons, self.customer_lang).await?;
        let place = self.conversation.place.clone();
        let limit = (self.intake.limits)(place.channel);
        let mut pieces = split(&text, limit.units_max, limit.units);
        let last = pieces.pop().unwrap_or_default();
        let lane = format!("customer:{}", self.conversation.id);
        for piece in pieces {
            let act = Act::Say {
                text: piece,
                buttons: Vec::new(),
                reply_to: None,
                files: Vec::new(),
            };
            let row = self.row(&lane, Target::Place(place.clone()), Purpose::Notice, act);
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

    async fn name_in_room(
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

    async fn room(&mut self, tx: &mut Tx, act: &RoomAct) -> Result<(), StoreError> {
        match act {
            RoomAct::Open(desk) => self.open_room(tx, *desk).await,
            RoomAct::Reopen(desk) => {
                self.to_room(tx, *desk, Purpose::Card, Act::ReopenRoom, None)
                    .await?;
                let (text, buttons) = self.card(tx).await?;
                let say = Act::Say {
                    text,
                    buttons,
                    reply_to: None,
                    files: Vec::new(),
                };
                self.to_room(tx, *desk, Purpose::RoomNotice, say, None)
                    .await
            }
            RoomAct::RefreshCard => {
                for desk in self.conversation.state.rooms.clone() {
                    let (text, buttons) = self.card(tx).await?;
                    // Which message the card is, is known when the row leaves.
                    let message = MessageRef(String::new());
                    let edit = Act::Edit {
                        message,
                        text: Some(text),
                        buttons,
                    };
                    self.to_room(tx, desk, Purpose::Card, edit, None).await?;
                }
                Ok(())
            }
            RoomAct::Close => {
                for desk in self.conversation.state.rooms.clone() {
                    self.to_room(tx, desk, Purpose::Card, Act::CloseRoom, None)
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
                let text = self.renderer(self.intake.rules.desk_lang).room_speech(say);
                for desk in self.rooms_of(*rooms) {
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
                self.to_room(tx, *desk, Purpose::Mark, mark, None).await
            }
        }
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
        for piece in pieces {
            let say = Act::Say {
                text: piece,
                buttons: Vec::new(),
                reply_to: None,
                files: Vec::new(),
            };
            self.to_room(tx, desk, purpose.clone(), say, message)
                .await?;
        }
        let say = Act::Say {
            text: last,
            buttons,
            reply_to: None,
            files: Vec::new(),
        };
        self.to_room(tx, desk, purpose.clone(), say, message).await
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
        let title = card::title(&renderer, self.conversation, self.customer);
        let (card, buttons) = self.card(tx).await?;
        let lane = self.room_lane(desk);
        let open = Act::OpenRoom {
            title,
            card,
            buttons,
        };
        let row = self.row(&lane, Target::Place(forum), Purpose::Card, open);
        outbox::add(tx, &row).await
    }

    async fn card(&mut self, tx: &mut Tx) -> Result<(RichText, Vec<Vec<Button>>), StoreError> {
        let lang = self.intake.rules.desk_lang;
        let recent = messages::recent(tx, &self.conversation.id, card::CARD_LINES_MAX).await?;
        let renderer = self.renderer(lang);
        let text = card::text(
            &renderer,
            self.conversation,
            self.customer,
            &recent,
            self.now,
        );
        let buttons = self
            .buttons(tx, &card::buttons(self.conversation), lang)
            .await?;
        Ok((text, buttons))
    }

    async fn to_room(
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
        }
    }

    /// Gives each button its row and its token.
    async fn buttons(
        &self,
        tx: &mut Tx,
        rows: &[Vec<ButtonSpec>],
        lang: Lang,
    ) -> Result<Vec<Vec<Button>>, StoreError> {
        let family = self.intake.ids.id();
        let renderer = self.renderer(lang);
        let mut shown = Vec::new();
        for row in rows {
            let mut shown_row = Vec::new();
            for spec in row {
                let token = crate::domain::ids::ButtonToken(self.intake.ids.secret(12));
                let form = form(&spec.action, &renderer, self.customer);
                let stored = ButtonRow {
                    token: token.clone(),
                    conversation: self.conversation.id.clone(),
                    family: family.clone(),
                    action: spec.action.clone(),
                    made_for: self.conversation.state.turn_of_desk,
                    reusable: form.is_some(),
                    used: false,
                };
                buttons::add(tx, &stored, self.now).await?;
                let press = match form {
                    Some((title, field)) => PressKind::Form {
                        token,
                        title,
                        field,
                    },
                    None => PressKind::Token { token },
                };
                shown_row.push(Button {
                    label: renderer.label(&spec.label),
                    press,
                    look: spec.look,
                });
            }
            shown.push(shown_row);
        }
        Ok(shown)
    }

    async fn settle_unknown(
        &mut self,
        tx: &mut Tx,
        id: &OutboxId,
        arrived: bool,
    ) -> Result<(), StoreError> {
        if !arrived {
            outbox::send_again(tx, id, self.now).await?;
            return Ok(());
        }
        let Some(row) = outbox::by_id(tx, id).await? else {
            return Ok(());
        };
        // The clock stops when the attempt was made: that is when it arrived.
        let at = row.unknown_since.unwrap_or(self.now);
        if outbox::set_sent(tx, id, at, None).await? && row.purpose.reports_sent() {
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

fn forum(desk: &Desk) -> Place {
    Place::chat(desk.kind, desk.forum.clone())
}

/// The heading and the field of a button that opens a form.
fn form(
    action: &ButtonAction,
    renderer: &Renderer<'_>,
    customer: &Customer,
) -> Option<(String, String)> {
    let (title, field) = match action {
        ButtonAction::Staff {
            act: StaffButton::Reply,
        } => ("desk-form-reply", "desk-form-reply-field"),
        ButtonAction::Staff {
            act: StaffButton::Note,
        } => ("desk-form-note", "desk-form-note-field"),
        ButtonAction::Staff { .. } | ButtonAction::Customer(_) => return None,
    };
    let say = |phrase: &Phrase| {
        super::render::shortened(&renderer.wording.say(renderer.lang, phrase), FORM_CHARS_MAX)
    };
    Some((
        say(&Phrase::new(title).text("name", &customer.name)),
        say(&Phrase::new(field)),
    ))
}

fn files_of(parts: &[Part]) -> Vec<Part> {
    parts
        .iter()
        .filter(|part| matches!(part, Part::File { .. }))
        .cloned()
        .collect()
}

impl Intake {
    /// Answers a press that no decision is made about.
    pub(super) async fn answer_press(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        press: &Press,
        lang: Lang,
        say: &Phrase,
    ) -> Result<(), StoreError> {
        let act = Act::AnswerPress {
            press: press.handle.clone(),
            text: Some(RichText::plain(self.wording.say(lang, say))),
            buttons: Vec::new(),
        };
        self.machine_word(tx, waiting, "", Target::Place(press.place.clone()), act)
            .await
    }

    /// Refuses what somebody at the desk wanted: by the press, else in the room.
    pub(super) async fn refuse_staff(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        arrival: &Arrival,
        conversation: &Conversation,
        press: Option<&Press>,
        why: &Phrase,
    ) -> Result<(), StoreError> {
        if let Some(press) = press {
            return self
                .answer_press(tx, waiting, press, self.rules.desk_lang, why)
                .await;
        }
        let text = RichText::plain(self.wording.say(self.rules.desk_lang, why));
        let act = Act::Say {
            text,
            buttons: Vec::new(),
            reply_to: None,
            files: Vec::new(),
        };
        let target = Target::Room(arrival.place.channel);
        self.machine_word(tx, waiting, &conversation.id.0, target, act)
            .await
    }

    /// Takes the spent buttons off the customer's message.
    pub(super) async fn clear_buttons(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        conversation: &Conversation,
        arrival: &Arrival,
        under: &MessageRef,
    ) -> Result<(), StoreError> {
        let act = Act::Edit {
            message: under.clone(),
            text: None,
            buttons: Vec::new(),
        };
        let target = Target::Place(arrival.place.clone());
        self.machine_word(tx, waiting, &conversation.id.0, target, act)
            .await
    }

    /// A row that is no conversation's decision: its slot is one that decisions never use.
    pub(super) async fn machine_word(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        conversation: &str,
        target: Target,
        act: Act,
    ) -> Result<(), StoreError> {
        let purpose = match (&act, &target) {
            (Act::Edit { .. }, _) => Purpose::Mark,
            (Act::AnswerPress { .. }, _) => Purpose::PressAnswer,
            (_, Target::Room(_)) => Purpose::RoomNotice,
            (_, Target::Place(_)) => Purpose::Notice,
        };
        let row = NewOutgoing {
            id: self.ids.id().into(),
            conversation: conversation.into(),
            cause: waiting.id.clone(),
            slot: -1,
            lane: format!("word:{}", waiting.id),
            target,
            purpose,
            act,
            message: None,
            staff: None,
            at: self.clock.now(),
        };
        outbox::add(tx, &row).await
    }

    /// A one-time sign-in link for listed staff, where only they see it.
    pub(super) async fn sign_in_link(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        arrival: &Arrival,
        press: Option<&Press>,
    ) -> Result<&'static str, StoreError> {
        let lang = self.rules.desk_lang;
        let actor = match &arrival.sender {
            Some(sender) => staff::by_account(tx, arrival.place.channel, &sender.account).await?,
            None => None,
        };
        let phrase = match (&actor, press, arrival.at_desk) {
            (None, ..) => Phrase::new("desk-not-listed"),
            // Without a private answer everybody in the room would read the link.
            (Some(_), None, true) => Phrase::new("desk-console-in-private"),
            (Some(actor), ..) => {
                let link = self.new_link(tx, &actor.id).await?;
                Phrase::new("desk-console-link").text("link", link)
            }
        };
        let text = RichText::plain(self.wording.say(lang, &phrase));
        let target = Target::Place(arrival.place.clone());
        let act = match press {
            Some(press) => Act::AnswerPress {
                press: press.handle.clone(),
                text: Some(text),
                buttons: Vec::new(),
            },
            None => Act::Say {
                text,
                buttons: Vec::new(),
                reply_to: None,
                files: Vec::new(),
            },
        };
        self.machine_word(tx, waiting, "", target, act).await?;
        Ok("console")
    }
}
impl Intake {
    async fn new_link(&self, tx: &mut Tx, staff: &StaffId) -> Result<String, StoreError> {
        let secret = self.ids.secret(sign_in::SECRET_BYTES);
        sign_in::add_link(tx, &secret, staff, self.clock.now()).await?;
        Ok(sign_in::address(&self.public_url, &secret))
    }
}
