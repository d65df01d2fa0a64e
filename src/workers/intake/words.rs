//! Words of the machine that no decision of a conversation is behind: refusals, spent buttons,
//! sign-in links.

use super::Intake;
use crate::channels::Arrival;
use crate::domain::engine::conversation::Conversation;
use crate::domain::engine::effect::Purpose;
use crate::domain::engine::event::Press;
use crate::domain::ids::{MessageRef, StaffId};
use crate::domain::lang::Lang;
use crate::domain::outgoing::Act;
use crate::domain::phrase::Phrase;
use crate::domain::rich::RichText;
use crate::store::inbox::WaitingArrival;
use crate::store::outbox::{NewOutgoing, Target};
use crate::store::{StoreError, Tx, outbox, sign_in, staff};

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
            further: false,
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
            due_at: self.clock.now(),
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
                further: false,
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
