//! `/report` in a staff room: what is wanted is written down, and drawn by whoever draws.

use super::Intake;
use super::desk_side::message_of;
use crate::channels::Arrival;
use crate::domain::engine::event::Press;
use crate::domain::outgoing::Act;
use crate::domain::phrase::Phrase;
use crate::domain::rich::RichText;
use crate::store::inbox::WaitingArrival;
use crate::store::outbox::Target;
use crate::store::reports::{self, Request};
use crate::store::{StoreError, Tx, staff};
use crate::workers::reporter::Asked;

impl Intake {
    /// Staff asked for a report, in whatever room of the desk.
    pub(super) async fn report_asked(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        arrival: &Arrival,
        press: Option<&Press>,
        rest: &str,
    ) -> Result<&'static str, StoreError> {
        let actor = match &arrival.sender {
            Some(sender) => staff::by_account(tx, arrival.place.channel, &sender.account).await?,
            None => None,
        };
        let asked = Asked::read(rest, arrival.place.clone(), message_of(arrival));
        let (say, outcome) = match (actor, asked) {
            (None, _) => (Phrase::new("desk-not-listed"), "not-listed"),
            (Some(_), None) => (Phrase::new("report-usage"), "refused"),
            (Some(_), Some(asked)) => {
                self.note_request(tx, waiting, &asked).await?;
                (Phrase::new("report-drawing"), "report")
            }
        };
        match press {
            Some(press) => {
                let lang = self.rules.desk_lang;
                self.answer_press(tx, waiting, press, lang, &say).await?;
            }
            // Without a press, the report is the answer.
            None if outcome == "report" => {}
            None => {
                let act = Act::Say {
                    text: RichText::plain(self.wording.say(self.rules.desk_lang, &say)),
                    buttons: Vec::new(),
                    reply_to: message_of(arrival),
                    files: Vec::new(),
                };
                let target = Target::Place(arrival.place.clone());
                self.machine_word(tx, waiting, "", target, act).await?;
            }
        }
        Ok(outcome)
    }

    async fn note_request(
        &self,
        tx: &mut Tx,
        waiting: &WaitingArrival,
        asked: &Asked,
    ) -> Result<(), StoreError> {
        let request = Request {
            cause: waiting.id.clone(),
            wanted: asked.to_text()?,
            asked_at: self.clock.now(),
        };
        reports::ask(tx, &request).await?;
        self.wakes.reports.notify_one();
        Ok(())
    }
}
