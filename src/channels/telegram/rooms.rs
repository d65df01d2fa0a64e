//! Rooms of the desk are topics of the staff forum.
//!
//! Opening a room takes two calls, neither of which Telegram would recognise when repeated: the
//! topic, then its card. A topic whose card certainly did not go out is used by the next attempt;
//! one whose card may or may not stand there is deleted with it, so that the attempt counts as
//! not made.

use serde::Deserialize;
use teloxide::payloads::{CloseForumTopic, CreateForumTopic, DeleteForumTopic, ReopenForumTopic};
use teloxide::types::{MessageId, ThreadId};

use crate::channels::{DeliveryError, Refusal};
use crate::domain::ids::OutboxId;
use crate::domain::outgoing::Receipt;

use super::Telegram;
use super::api::CallError;
use super::entities::one_line;
use super::fault::{delivery_error, is_done_already, is_place_gone};
use super::ids::{Target, place};
use super::outbound::{Words, done, say};

const TITLE_LETTERS_MAX: usize = 128;

#[derive(Deserialize)]
struct Topic {
    message_thread_id: i32,
}

/// Makes the topic and puts the card into it.
pub async fn open(
    telegram: &Telegram,
    forum: Target,
    id: &OutboxId,
    title: &str,
    card: &Words<'_>,
) -> Result<Receipt, DeliveryError> {
    let thread = match cardless(telegram, |known| known.get(id).copied()) {
        Some(thread) => thread,
        None => make(telegram, forum, title).await?,
    };
    let room = Target {
        chat: forum.chat,
        thread: Some(thread),
    };
    match say(telegram, room, card, telegram.timing.step).await {
        Ok(sent) => {
            cardless(telegram, |known| known.remove(id));
            let place = place(room.chat, Some(i64::from(thread)));
            Ok(Receipt {
                place: Some(place),
                ..sent.receipt()
            })
        }
        Err(CallError::Unknown(why)) => {
            cardless(telegram, |known| known.remove(id));
            Err(take_back(telegram, room, why).await)
        }
        // Somebody deleted the topic between two attempts: the next makes another.
        Err(error) if is_place_gone(&error, room) => {
            cardless(telegram, |known| known.remove(id));
            Err(DeliveryError::NotSent {
                why: error.to_string(),
                retry_after: None,
            })
        }
        Err(error) => {
            let error = delivery_error(error, forum);
            if matches!(error, DeliveryError::NotSent { .. }) {
                cardless(telegram, |known| known.insert(id.clone(), thread));
            }
            Err(error)
        }
    }
}

fn cardless<T>(
    telegram: &Telegram,
    act: impl FnOnce(&mut std::collections::BTreeMap<OutboxId, i32>) -> T,
) -> T {
    let known = telegram.cardless.lock();
    act(&mut known.unwrap_or_else(std::sync::PoisonError::into_inner))
}

async fn make(telegram: &Telegram, forum: Target, title: &str) -> Result<i32, DeliveryError> {
    let payload = CreateForumTopic::new(forum.recipient(), one_line(title, TITLE_LETTERS_MAX));
    match telegram
        .api
        .call::<_, Topic>(&payload, telegram.timing.step)
        .await
    {
        Ok(topic) => Ok(topic.message_thread_id),
        Err(error) => Err(delivery_error(error, forum)),
    }
}

/// Deletes a topic of which it is not known whether its card stands there.
async fn take_back(telegram: &Telegram, room: Target, why: String) -> DeliveryError {
    let Some(thread) = room.thread else {
        return DeliveryError::Unknown { why };
    };
    let payload = DeleteForumTopic::new(room.recipient(), ThreadId(MessageId(thread)));
    match telegram
        .api
        .call::<_, bool>(&payload, telegram.timing.step)
        .await
    {
        Ok(_) => DeliveryError::NotSent {
            why,
            retry_after: None,
        },
        Err(error) if is_place_gone(&error, room) => DeliveryError::NotSent {
            why,
            retry_after: None,
        },
        Err(_) => DeliveryError::Unknown { why },
    }
}

/// Closes the topic; one that is closed or gone already is as wanted.
pub async fn close(telegram: &Telegram, room: Target) -> Result<Receipt, DeliveryError> {
    let payload = CloseForumTopic::new(room.recipient(), thread_of(room)?);
    let outcome = telegram
        .api
        .call::<_, bool>(&payload, telegram.timing.call)
        .await;
    match outcome {
        Err(error) if is_place_gone(&error, room) => Ok(done(telegram)),
        outcome => settled(telegram, room, outcome),
    }
}

/// Opens the topic again; one that is open already is as wanted.
pub async fn reopen(telegram: &Telegram, room: Target) -> Result<Receipt, DeliveryError> {
    let payload = ReopenForumTopic::new(room.recipient(), thread_of(room)?);
    let outcome = telegram
        .api
        .call::<_, bool>(&payload, telegram.timing.call)
        .await;
    settled(telegram, room, outcome)
}

fn thread_of(room: Target) -> Result<ThreadId, DeliveryError> {
    room.thread_id().ok_or_else(|| DeliveryError::Refused {
        refusal: Refusal::Invalid,
        why: "the place is no topic".to_owned(),
    })
}

fn settled(
    telegram: &Telegram,
    room: Target,
    outcome: Result<bool, CallError>,
) -> Result<Receipt, DeliveryError> {
    match outcome {
        Ok(_) => Ok(done(telegram)),
        Err(error) if is_done_already(&error) => Ok(done(telegram)),
        // Closing twice does no harm: what is unknown may as well be tried again.
        Err(CallError::Unknown(why)) => Err(DeliveryError::NotSent {
            why,
            retry_after: None,
        }),
        Err(error) => Err(delivery_error(error, room)),
    }
}
