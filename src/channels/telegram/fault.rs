//! What Telegram's refusals mean for a delivery.
//!
//! Invariant: `NotSent` and `Refused` are said only where nothing took effect; whatever might have
//! is `Unknown`.

use crate::channels::{DeliveryError, Refusal};
use crate::domain::time::Millis;

use super::api::{CallError, Refused};
use super::ids::{ForeignId, Target, place};

/// The delivery's failure for a failed call to this place.
pub fn delivery_error(error: CallError, target: Target) -> DeliveryError {
    match error {
        CallError::NotSent(why) => DeliveryError::NotSent {
            why,
            retry_after: None,
        },
        CallError::Unknown(why) => DeliveryError::Unknown { why },
        CallError::Refused(refused) => refusal(refused, target),
    }
}

impl From<ForeignId> for DeliveryError {
    fn from(foreign: ForeignId) -> Self {
        DeliveryError::Refused {
            refusal: Refusal::Invalid,
            why: foreign.to_string(),
        }
    }
}

fn refusal(refused: Refused, target: Target) -> DeliveryError {
    let why = refused.description;
    let sort = match refused.code {
        429 => {
            let retry_after = Some(Millis::seconds(refused.retry_after.unwrap_or(1)));
            return DeliveryError::NotSent { why, retry_after };
        }
        // The token, not the message: once the operator has mended it, it can go out.
        401 | 404 => {
            return DeliveryError::NotSent {
                why,
                retry_after: None,
            };
        }
        403 => forbidden(&why),
        _ => match refused.migrated_to {
            Some(chat) => Refusal::Moved {
                to: place(chat, target.thread.map(i64::from)),
            },
            None => bad_request(&why, target),
        },
    };
    DeliveryError::Refused { refusal: sort, why }
}

fn forbidden(why: &str) -> Refusal {
    let gone = [
        "blocked by the user",
        "user is deactivated",
        "can't initiate conversation",
    ];
    if gone.iter().any(|words| why.contains(words)) {
        return Refusal::Blocked;
    }
    Refusal::Forbidden
}

/// Platform sentences and what they mean, most particular first.
fn bad_request(why: &str, target: Target) -> Refusal {
    let has = |words: &[&str]| words.iter().any(|part| why.contains(part));
    if has(&[
        "message thread not found",
        "TOPIC_ID_INVALID",
        "TOPIC_DELETED",
    ]) {
        return Refusal::PlaceGone;
    }
    if has(&[
        "chat not found",
        "PEER_ID_INVALID",
        "USER_IS_BLOCKED",
        "USER_DEACTIVATED",
    ]) {
        // A customer who is gone; a group that is unknown is a room the bot was never let into.
        return if target.is_private() {
            Refusal::Blocked
        } else {
            Refusal::Forbidden
        };
    }
    if has(&[
        "message to edit not found",
        "message to react not found",
        "message to copy not found",
        "message can't be edited",
        "MESSAGE_ID_INVALID",
    ]) {
        return Refusal::MessageGone;
    }
    if has(&[
        "not enough rights",
        "have no rights",
        "need administrator rights",
        "TOPIC_CLOSED",
        "CHAT_WRITE_FORBIDDEN",
        "CHAT_ADMIN_REQUIRED",
        "the chat is not a forum",
    ]) {
        return Refusal::Forbidden;
    }
    Refusal::Invalid
}

/// Whether the refusal says that things are already as they were to become.
pub fn is_done_already(error: &CallError) -> bool {
    let words = [
        "message is not modified",
        "TOPIC_NOT_MODIFIED",
        "query is too old",
        "QUERY_ID_INVALID",
    ];
    match error {
        CallError::Refused(refused) => {
            refused.code == 400 && words.iter().any(|part| refused.description.contains(part))
        }
        CallError::NotSent(_) | CallError::Unknown(_) => false,
    }
}

/// Whether the refusal says that the topic does not exist any more.
pub fn is_place_gone(error: &CallError, target: Target) -> bool {
    match error {
        CallError::Refused(refused) => {
            refused.code == 400 && bad_request(&refused.description, target) == Refusal::PlaceGone
        }
        CallError::NotSent(_) | CallError::Unknown(_) => false,
    }
}

/// Whether the refusal is about a file that Telegram does not know (any more).
pub fn is_file_refused(error: &CallError) -> bool {
    match error {
        CallError::Refused(refused) => {
            let why = refused.description.to_ascii_lowercase();
            refused.code == 400
                && ["file", "photo_", "media"]
                    .iter()
                    .any(|part| why.contains(part))
        }
        CallError::NotSent(_) | CallError::Unknown(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sort_of(code: u16, description: &str, chat: i64) -> DeliveryError {
        let refused = Refused {
            code,
            description: description.to_owned(),
            retry_after: None,
            migrated_to: None,
        };
        delivery_error(CallError::Refused(refused), Target { chat, thread: None })
    }

    #[test]
    fn the_platforms_sentences_are_understood() {
        let table = [
            (
                403,
                "Forbidden: bot was blocked by the user",
                5,
                Refusal::Blocked,
            ),
            (403, "Forbidden: user is deactivated", 5, Refusal::Blocked),
            (
                403,
                "Forbidden: bot was kicked from the supergroup chat",
                -5,
                Refusal::Forbidden,
            ),
            (
                400,
                "Bad Request: message thread not found",
                -5,
                Refusal::PlaceGone,
            ),
            (400, "Bad Request: chat not found", 5, Refusal::Blocked),
            (400, "Bad Request: chat not found", -5, Refusal::Forbidden),
            (
                400,
                "Bad Request: message to edit not found",
                5,
                Refusal::MessageGone,
            ),
            (
                400,
                "Bad Request: not enough rights to create a topic",
                -5,
                Refusal::Forbidden,
            ),
            (
                400,
                "Bad Request: message text is empty",
                5,
                Refusal::Invalid,
            ),
        ];
        for (code, description, chat, expected) in table {
            let DeliveryError::Refused { refusal, why } = sort_of(code, description, chat) else {
                panic!("{description} is not final");
            };
            assert_eq!((refusal, why.as_str()), (expected, description));
        }
    }

    #[test]
    fn a_wrong_token_and_a_flood_are_not_the_messages_fault() {
        for (code, description) in [
            (401, "Unauthorized"),
            (404, "Not Found"),
            (429, "Slow down"),
        ] {
            let error = sort_of(code, description, 5);
            assert!(matches!(error, DeliveryError::NotSent { .. }), "{error}");
        }
    }
}
