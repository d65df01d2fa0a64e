//! What can come of a call, and what it means for a delivery.
//!
//! Invariant: a call whose request may have left is never said to be "not sent".

use crate::channels::{DeliveryError, Refusal};
use crate::domain::time::Millis;

/// Why a call gave no answer to work with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It certainly had no effect; it may be tried again after the pause.
    NotSent {
        /// What happened.
        why: String,
        /// How long Discord wants to be left alone.
        retry_after: Option<Millis>,
    },
    /// It may have had an effect.
    Unknown {
        /// What happened.
        why: String,
    },
    /// The token is wrong or was withdrawn.
    Unauthorised,
    /// Discord's refusal.
    Refused {
        /// The HTTP status.
        status: u16,
        /// Discord's own code; 0 where it gave none.
        code: u64,
    },
}

/// Codes of <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json>.
pub mod code {
    /// The channel, thread or post is gone.
    pub const UNKNOWN_CHANNEL: u64 = 10003;
    /// The message is gone.
    pub const UNKNOWN_MESSAGE: u64 = 10008;
    /// The person is gone.
    pub const UNKNOWN_USER: u64 = 10013;
    /// The follow-up's token is not known, or not answered yet.
    pub const UNKNOWN_WEBHOOK: u64 = 10015;
    /// The interaction was not answered within three seconds.
    pub const UNKNOWN_INTERACTION: u64 = 10062;
    /// Direct channels were opened too fast.
    pub const OPENING_TOO_FAST: u64 = 40003;
    /// The interaction was answered already.
    pub const ALREADY_ANSWERED: u64 = 40060;
    /// The person has closed their direct messages or blocked the bot.
    pub const CANNOT_SEND_TO_USER: u64 = 50007;
    /// The follow-up's token has run out.
    pub const INVALID_WEBHOOK_TOKEN: u64 = 50027;
    /// The thread is archived.
    pub const THREAD_ARCHIVED: u64 = 50083;
    /// The person shares no server with the bot any more.
    pub const NO_MUTUAL_GUILD: u64 = 50278;
    /// The message has a thread already.
    pub const THREAD_EXISTS: u64 = 160_004;
}

/// The pause after direct channels were opened too fast; Discord names none.
const OPENING_PAUSE: Millis = Millis::minutes(1);
/// The pause before a call is tried again with a token that was refused.
const TOKEN_PAUSE: Millis = Millis::minutes(1);

impl Fault {
    /// Whether it is Discord's refusal with this code.
    pub fn is(&self, wanted: u64) -> bool {
        matches!(self, Fault::Refused { code, .. } if *code == wanted)
    }
}

impl From<reqwest::Error> for Fault {
    fn from(error: reqwest::Error) -> Fault {
        // The address holds tokens of interactions: never in a text.
        let error = error.without_url();
        let why = if error.is_timeout() {
            "timed out".to_owned()
        } else {
            error.to_string()
        };
        // Before a connection stands nothing has left us.
        if error.is_connect() || error.is_builder() {
            return Fault::NotSent {
                why,
                retry_after: None,
            };
        }
        Fault::Unknown { why }
    }
}

impl From<Fault> for DeliveryError {
    fn from(fault: Fault) -> DeliveryError {
        match fault {
            Fault::NotSent { why, retry_after } => DeliveryError::NotSent { why, retry_after },
            Fault::Unknown { why } => DeliveryError::Unknown { why },
            Fault::Unauthorised => DeliveryError::NotSent {
                why: "Discord refused the token".to_owned(),
                retry_after: Some(TOKEN_PAUSE),
            },
            Fault::Refused { status, code } => refused(status, code),
        }
    }
}

fn refused(status: u16, code: u64) -> DeliveryError {
    let why = format!("Discord answered {status}, code {code}");
    let refusal = match (status, code) {
        (_, code::OPENING_TOO_FAST) => {
            return DeliveryError::NotSent {
                why,
                retry_after: Some(OPENING_PAUSE),
            };
        }
        (_, code::UNKNOWN_CHANNEL) => Refusal::PlaceGone,
        (_, code::UNKNOWN_MESSAGE) => Refusal::MessageGone,
        (_, code::UNKNOWN_USER | code::CANNOT_SEND_TO_USER | code::NO_MUTUAL_GUILD) => {
            Refusal::Blocked
        }
        (403, _) => Refusal::Forbidden,
        (404, _) => Refusal::PlaceGone,
        _ => Refusal::Invalid,
    };
    DeliveryError::Refused { refusal, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_sorted_by_discords_code() {
        let cases = [
            (404, 10003, Refusal::PlaceGone),
            (404, 10008, Refusal::MessageGone),
            (403, 50007, Refusal::Blocked),
            (403, 50278, Refusal::Blocked),
            (403, 50001, Refusal::Forbidden),
            (403, 50013, Refusal::Forbidden),
            (400, 50035, Refusal::Invalid),
            (404, 0, Refusal::PlaceGone),
        ];
        for (status, code, expected) in cases {
            let error = DeliveryError::from(Fault::Refused { status, code });
            let DeliveryError::Refused { refusal, .. } = error else {
                panic!("{code} is not final");
            };
            assert_eq!(refusal, expected, "{code}");
        }
        let fast = Fault::Refused {
            status: 400,
            code: 40003,
        };
        assert!(matches!(fast.into(), DeliveryError::NotSent { .. }));
    }
}
