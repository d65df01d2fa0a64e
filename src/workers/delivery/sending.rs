//! One row on its way to the platform.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use metrics::{counter, histogram};

use super::holding::at_once;
use super::outcome::Outcome;
use super::{Delivery, Taken};
use crate::channels::DeliveryError;
use crate::domain::outgoing::{Act, Outgoing, Receipt};
use crate::domain::place::ChannelKind;
use crate::domain::time::Millis;
use crate::store::outbox::{Leaving, Target};
use crate::store::rooms::Room;

/// Discord dedupes by the nonce; this is the most of its length that we use.
const NONCE_CHARS_MAX: usize = 25;

impl Delivery {
    /// Sends one row, once, and says what became of it.
    pub(super) async fn send(self, taken: Taken) -> Outcome {
        let begun_at = self.clock.now();
        let outgoing = outgoing(&taken.row, taken.room.as_ref());
        let (place, was_tried, result) = match outgoing {
            Some(outgoing) if self.holds(&taken.row) => {
                let result = self.deliver(&outgoing).await;
                (Some(outgoing.place), true, result)
            }
            Some(outgoing) => {
                let other = at_once("another process delivers now");
                (Some(outgoing.place), false, Err(other))
            }
            None => (None, true, Err(no_room())),
        };
        let age = self.clock.now() - taken.row.created_at;
        count(self.channel.kind(), &result, age);
        Outcome {
            row: taken.row,
            place,
            result,
            was_tried,
            begun_at,
        }
    }

    /// Whether the row is still this process's to send.
    fn holds(&self, row: &Leaving) -> bool {
        let held = self.holding.lease.held();
        held.is_some_and(|held| held.covers(row.fence))
    }

    async fn deliver(&self, outgoing: &Outgoing) -> Result<Receipt, DeliveryError> {
        let delivering = AssertUnwindSafe(self.channel.deliver(outgoing));
        // The row must not stay `sending` for ever: what a panic left behind is not known.
        delivering.catch_unwind().await.unwrap_or_else(|_| {
            Err(DeliveryError::Unknown {
                why: "the channel failed in an unforeseen way".to_owned(),
            })
        })
    }
}

/// The row as the channel wants it; `None` where its room does not exist (any more).
fn outgoing(row: &Leaving, room: Option<&Room>) -> Option<Outgoing> {
    let (place, act) = match &row.target {
        Target::Place(place) => (place.clone(), row.act.clone()),
        Target::Room(_) => {
            let room = room?;
            let act = match (&row.act, &room.card) {
                (Act::Edit { text, buttons, .. }, Some(card)) => Act::Edit {
                    message: card.clone(),
                    text: text.clone(),
                    buttons: buttons.clone(),
                },
                (Act::Edit { .. }, None) => return None,
                (act, _) => act.clone(),
            };
            (room.place.clone(), act)
        }
    };
    let nonce_start = row.id.0.len().saturating_sub(NONCE_CHARS_MAX);
    Some(Outgoing {
        id: row.id.clone(),
        nonce: row.id.0[nonce_start..].to_owned(),
        place,
        act,
        unknown_since: row.unknown_since,
    })
}

fn no_room() -> DeliveryError {
    DeliveryError::Refused {
        refusal: crate::channels::Refusal::MessageGone,
        why: "there is no room (any more)".to_owned(),
    }
}

fn count(channel: ChannelKind, result: &Result<Receipt, DeliveryError>, age: Millis) {
    let word = match result {
        Ok(_) => "sent",
        Err(DeliveryError::NotSent { .. }) => "not-sent",
        Err(DeliveryError::Unknown { .. }) => "unknown",
        Err(DeliveryError::Refused { .. }) => "refused",
    };
    counter!("careline_deliveries_total", "channel" => channel.name(), "outcome" => word)
        .increment(1);
    if result.is_ok() {
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds of one delivery fit"
        )]
        let seconds = age.or_zero().0 as f64 / 1_000.0;
        histogram!("careline_delivery_seconds", "channel" => channel.name()).record(seconds);
    }
}
