//! `/faq`: admins write entries where they are. Forms (Discord) and guided dialogues (Telegram) end
//! in the same drafts, the same checks and the same publishing as the console's editor.
//!
//! Invariant: nothing that was typed is lost: it stands in the draft or in the dialogue until its
//! writer publishes or cancels it; a dialogue that is left alone becomes a draft.

mod dialogue;
mod filled;
mod showing;
mod verbs;

use std::collections::BTreeSet;

use self::dialogue::Aside;
use super::Intake;
use super::desk_side::{message_of, press_of};
use crate::channels::{Arrival, Happening, Sender};
use crate::domain::engine::effect::Purpose;
use crate::domain::ids::{AccountId, ButtonToken};
use crate::domain::knowledge::dialogue::{Dialogue, LEFT_ALONE_MAX};
use crate::domain::knowledge::verbs::Verb;
use crate::domain::message::plain_text;
use crate::domain::outgoing::{Act, Button, Look, Press};
use crate::domain::phrase::Phrase;
use crate::domain::place::ChannelKind;
use crate::domain::rich::RichText;
use crate::domain::rich::split::split;
use crate::domain::staff::{Role, Staff};
use crate::store::dialogues::{self, Open};
use crate::store::inbox::WaitingArrival;
use crate::store::outbox::{NewOutgoing, Target};
use crate::store::{StoreError, Tx, inbox, messages, outbox, staff};
use crate::wording::Words;

/// How the tokens of our buttons begin. They are no secrets: who presses is looked up, and what
/// they act on is named or kept.
const TOKEN: &str = "faq:";
/// The most bytes of a token: Telegram's limit, and what Discord's leaves.
const TOKEN_BYTES_MAX: usize = 64;
/// The slot of our first word among what an arrival gives rise to; further ones follow below.
const FIRST_SLOT: i64 = -10;

/// An arrival of somebody who may write entries.
struct Writing<'a> {
    waiting: &'a WaitingArrival,
    arrival: &'a Arrival,
    sender: &'a Sender,
    by: Staff,
}

/// What is said in answer.
struct Said {
    text: RichText,
    buttons: Vec<Vec<Button>>,
}

impl Said {
    fn plain(text: String) -> Said {
        Said {
            text: RichText::plain(text),
            buttons: Vec::new(),
        }
    }
}

/// What became of an arrival, for the inbox.
type Outcome = &'static str;

impl Intake {
    fn words(&self) -> Words<'_> {
        Words::new(&self.wording, self.rules.desk_lang)
    }

    /// The accounts that are writing an entry, where any of these arrivals may be a word of it.
    pub(super) async fn faq_writers(
        &self,
        tx: &mut Tx,
        arrivals: &[Arrival],
    ) -> Result<BTreeSet<AccountId>, StoreError> {
        let may_be = |arrival: &Arrival| arrival.place.channel == ChannelKind::Telegram;
        if !arrivals.iter().any(may_be) {
            return Ok(BTreeSet::new());
        }
        let writers = dialogues::writers(tx, ChannelKind::Telegram).await?;
        Ok(writers.into_iter().collect())
    }

    /// What an arrival of anybody is to the writing of entries; `None` where it is none of it.
    /// Outside of the desk, only listed staff are heard as writers: a customer's words stay a
    /// customer's.
    pub(super) async fn faq_arrival(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        arrival: &Arrival,
    ) -> Result<Option<Outcome>, StoreError> {
        let Some(sender) = &arrival.sender else {
            return Ok(None);
        };
        let is_named = match &arrival.what {
            Happening::Command { name, .. } if name == "faq" => true,
            Happening::Filled { .. } => true,
            Happening::Pressed { token, .. } => token.as_str().starts_with(TOKEN),
            Happening::Command { name, .. } if name == "cancel" => false,
            Happening::Wrote { .. } if arrival.place.channel == ChannelKind::Telegram => false,
            _ => return Ok(None),
        };
        if !is_named && !self.leads_dialogue_here(tx, arrival, sender).await? {
            return Ok(None);
        }
        let by = staff::by_account(tx, arrival.place.channel, &sender.account).await?;
        let refuse = match by {
            Some(by) if by.role >= Role::TO_CHANGE_KNOWLEDGE => {
                let writing = Writing {
                    waiting,
                    arrival,
                    sender,
                    by,
                };
                let outcome = self.faq_written(tx, &writing).await?;
                // What is worth keeping stands in a draft or a dialogue.
                inbox::forget_words(tx, &waiting.id).await?;
                return Ok(Some(outcome));
            }
            _ if !is_named => return Ok(None),
            None if !arrival.at_desk && press_of(arrival).is_none() => return Ok(None),
            None => "desk-not-listed",
            Some(_) => "faq-not-admin",
        };
        let said = Said::plain(self.words().say(refuse));
        self.faq_say(tx, waiting, arrival, said).await?;
        Ok(Some("refused"))
    }

    /// Whether plain words or `/cancel` belong to a dialogue: one that is led in that very place.
    /// A reply to a customer's message is a reply to the customer all the same.
    async fn leads_dialogue_here(
        &self,
        tx: &mut Tx,
        arrival: &Arrival,
        sender: &Sender,
    ) -> Result<bool, StoreError> {
        let open = dialogues::of(tx, arrival.place.channel, &sender.account).await?;
        if open.is_none_or(|open| open.place != arrival.place) {
            return Ok(false);
        }
        let Happening::Wrote {
            reply_to: Some(reply_to),
            ..
        } = &arrival.what
        else {
            return Ok(true);
        };
        let named = messages::by_ref(tx, &arrival.place, reply_to).await?;
        Ok(!arrival.at_desk || named.is_none())
    }

    async fn faq_written(&self, tx: &mut Tx, writing: &Writing<'_>) -> Result<Outcome, StoreError> {
        let arrival = writing.arrival;
        let open = dialogues::of(tx, arrival.place.channel, &writing.sender.account).await?;
        let (open, aside) = match open {
            Some(open) if open.expires_at <= self.clock.now() => {
                let aside = self.put_aside(tx, writing, open, Aside::LeftAlone);
                (None, aside.await?)
            }
            open => (open, None),
        };
        let outcome = match &arrival.what {
            Happening::Filled { form, fields, .. } => {
                self.form_filled(tx, writing, form, fields, open).await
            }
            Happening::Command { name, rest, .. } if name == "faq" => match Verb::read(rest) {
                Some(verb) => self.faq_verb(tx, writing, verb, open).await,
                None => self.faq_told(tx, writing, &Phrase::new("faq-usage")).await,
            },
            _ if aside.is_some() => Ok("left-alone"),
            Happening::Command { .. } => self.cancelled(tx, writing).await,
            Happening::Pressed { token, .. } => self.faq_pressed(tx, writing, token, open).await,
            Happening::Wrote { parts, .. } => match open {
                Some(open) => {
                    self.dialogue_says(tx, writing, open, &plain_text(parts))
                        .await
                }
                None => Ok("talk"),
            },
            _ => Ok("kept"),
        };
        let outcome = outcome?;
        self.say_behind(tx, writing, aside).await?;
        Ok(outcome)
    }

    /// A button of ours: a page of the list, an entry to publish, an older version, or a step of a
    /// dialogue.
    async fn faq_pressed(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        token: &ButtonToken,
        open: Option<Open>,
    ) -> Result<Outcome, StoreError> {
        let rest = token.as_str().strip_prefix(TOKEN).unwrap_or_default();
        let mut pieces = rest.splitn(3, ':');
        let (what, first, second) = (pieces.next(), pieces.next(), pieces.next());
        match (what, first, second) {
            (Some("list"), Some(page), Some(words)) => {
                let page = page.parse().unwrap_or(0);
                self.list(tx, writing, page, words).await
            }
            (Some("pub"), Some(key), None) => self.publish_draft(tx, writing, key, open).await,
            (Some("old"), Some(version), None) => self.take_up(tx, writing, version).await,
            (Some("turn"), Some(turn), Some(act)) => {
                let open = open.filter(|open| open.dialogue.turn.to_string() == turn);
                match open {
                    Some(open) => self.dialogue_pressed(tx, writing, open, act).await,
                    None => {
                        let phrase = Phrase::new("faq-out-of-date");
                        self.faq_told(tx, writing, &phrase).await
                    }
                }
            }
            _ => {
                let phrase = Phrase::new("faq-out-of-date");
                self.faq_told(tx, writing, &phrase).await
            }
        }
    }

    async fn faq_told(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        phrase: &Phrase,
    ) -> Result<Outcome, StoreError> {
        let said = Said::plain(self.words().phrase(phrase));
        self.faq_said(tx, writing, said).await
    }

    async fn faq_said(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        said: Said,
    ) -> Result<Outcome, StoreError> {
        self.faq_say(tx, writing.waiting, writing.arrival, said)
            .await?;
        Ok("faq")
    }

    /// Keeps a dialogue where it is led, for a day from now on.
    async fn keep_dialogue(
        &self,
        tx: &mut Tx,
        writing: &Writing<'_>,
        dialogue: Dialogue,
    ) -> Result<(), StoreError> {
        let open = Open {
            account: writing.sender.account.clone(),
            place: writing.arrival.place.clone(),
            dialogue,
            expires_at: self.clock.now() + LEFT_ALONE_MAX,
        };
        dialogues::put(tx, &open).await
    }

    /// Says something where it was asked for: alone to whoever pressed, where the platform can;
    /// else in the room or chat. What is too long for one message is several.
    async fn faq_say(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        arrival: &Arrival,
        said: Said,
    ) -> Result<(), StoreError> {
        let acts = self.faq_answer(arrival, said, true);
        self.faq_acts(tx, waiting, arrival, FIRST_SLOT, acts).await
    }

    /// What is said for an arrival; `is_first` unless it is said beside something else.
    fn faq_answer(&self, arrival: &Arrival, said: Said, is_first: bool) -> Vec<Act> {
        let press = press_of(arrival);
        let limit = (self.limits)(arrival.place.channel);
        let mut acts = Vec::new();
        let alone = press
            .as_ref()
            .filter(|_| arrival.place.channel == ChannelKind::Discord);
        if let (Some(press), None, true) = (&press, alone, is_first) {
            acts.push(Act::AnswerPress {
                press: press.handle.clone(),
                text: None,
                buttons: Vec::new(),
                further: false,
            });
        }
        let pieces = split(&said.text, limit.units_max, limit.units);
        let last = pieces.len() - 1;
        for (number, text) in pieces.into_iter().enumerate() {
            let buttons = match number == last {
                true => said.buttons.clone(),
                false => Vec::new(),
            };
            acts.push(match alone {
                Some(press) => Act::AnswerPress {
                    press: press.handle.clone(),
                    text: Some(text),
                    buttons,
                    further: number > 0 || !is_first,
                },
                None => Act::Say {
                    text,
                    buttons,
                    reply_to: message_of(arrival).filter(|_| number == 0 && is_first),
                    files: Vec::new(),
                },
            });
        }
        acts
    }

    async fn faq_acts(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        arrival: &Arrival,
        first_slot: i64,
        acts: Vec<Act>,
    ) -> Result<(), StoreError> {
        for (number, act) in (0..).zip(acts) {
            let purpose = match (&act, arrival.at_desk) {
                (Act::AnswerPress { .. }, _) => Purpose::PressAnswer,
                (Act::Edit { .. }, _) => Purpose::Mark,
                (_, true) => Purpose::RoomNotice,
                (_, false) => Purpose::Notice,
            };
            let row = NewOutgoing {
                id: self.ids.id().into(),
                conversation: "".into(),
                cause: waiting.id.clone(),
                slot: first_slot - number,
                lane: format!("word:{}", waiting.id),
                target: Target::Place(arrival.place.clone()),
                purpose,
                act,
                message: None,
                staff: None,
                at: self.clock.now(),
                due_at: self.clock.now(),
            };
            outbox::add(tx, &row).await?;
        }
        Ok(())
    }

    /// A button of ours; `None` where what it acts on is too long for one.
    fn faq_button(&self, label: &'static str, look: Look, rest: &str) -> Option<Button> {
        let token = format!("{TOKEN}{rest}");
        (token.len() <= TOKEN_BYTES_MAX).then(|| Button {
            label: self.words().say(label),
            press: Press::Token {
                token: ButtonToken(token),
            },
            look,
        })
    }
}

/// Whether it is about writing an entry, whoever it is from.
pub(super) fn is_of_writing(arrival: &Arrival) -> bool {
    match &arrival.what {
        Happening::Command { name, .. } => name == "faq",
        Happening::Filled { .. } => true,
        Happening::Pressed { token, .. } => token.as_str().starts_with(TOKEN),
        _ => false,
    }
}
