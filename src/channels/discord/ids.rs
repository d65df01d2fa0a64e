//! Discord's ids, made and read here alone.
//!
//! Invariant: an id that is not a snowflake is refused before any call is made with it.

use crate::channels::{DeliveryError, Refusal};
use crate::domain::ids::MessageRef;
use crate::domain::place::{ChannelKind, Place};
use crate::domain::time::Timestamp;

/// Discord counts the milliseconds in its ids from the first second of 2015.
const EPOCH_MS: i64 = 1_420_070_400_000;
/// Marks a support channel's message that has no thread yet, as the contract of [`Place`] says.
const ON_MESSAGE: &str = "on:";

/// Reads a snowflake; zero is none.
pub fn parse(text: &str) -> Option<u64> {
    text.parse().ok().filter(|id| *id != 0)
}

/// The time that stands in an id.
pub fn time_of(id: u64) -> Timestamp {
    Timestamp(
        i64::try_from(id >> 22)
            .unwrap_or(0)
            .saturating_add(EPOCH_MS),
    )
}

/// The smallest id that could have been made at this time.
pub fn first_at(at: Timestamp) -> u64 {
    u64::try_from(at.0.saturating_sub(EPOCH_MS)).unwrap_or(0) << 22
}

/// Where an outgoing act is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A channel, thread, post or direct channel.
    Channel(u64),
    /// The thread of a message in a support channel; it has the message's id once it is open.
    ThreadOn {
        /// The support channel.
        channel: u64,
        /// The message.
        message: u64,
    },
}

impl Target {
    /// The channel in which words to this target stand.
    pub fn channel(self) -> u64 {
        match self {
            Target::Channel(channel) => channel,
            Target::ThreadOn { message, .. } => message,
        }
    }
}

/// Reads a place of ours.
pub fn target(place: &Place) -> Result<Target, DeliveryError> {
    let channel = parse(&place.chat).ok_or_else(|| not_ours("place"))?;
    let Some(thread) = &place.thread else {
        return Ok(Target::Channel(channel));
    };
    let message = thread.strip_prefix(ON_MESSAGE).and_then(parse);
    let message = message.ok_or_else(|| not_ours("thread"))?;
    Ok(Target::ThreadOn { channel, message })
}

/// The message that an outgoing act names.
pub fn message(reference: &MessageRef) -> Result<u64, DeliveryError> {
    parse(reference.as_str()).ok_or_else(|| not_ours("message"))
}

fn not_ours(what: &str) -> DeliveryError {
    DeliveryError::Refused {
        refusal: Refusal::Invalid,
        why: format!("the {what} is not a Discord id"),
    }
}

/// A channel, thread, post or direct channel as a place.
pub fn place(channel: u64) -> Place {
    Place::chat(ChannelKind::Discord, channel.to_string())
}

/// A support channel's message that has no thread yet.
pub fn place_on(channel: u64, message: u64) -> Place {
    let thread = format!("{ON_MESSAGE}{message}");
    Place::thread(ChannelKind::Discord, channel.to_string(), thread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_they_were_written() {
        assert_eq!(target(&place(7)).unwrap(), Target::Channel(7));
        let on = Target::ThreadOn {
            channel: 7,
            message: 9,
        };
        assert_eq!(target(&place_on(7, 9)).unwrap(), on);
        assert_eq!(on.channel(), 9);
        for wrong in ["", "0", "seven", "-1"] {
            assert!(
                target(&Place::chat(ChannelKind::Discord, wrong)).is_err(),
                "{wrong}"
            );
        }
        let wrong = Place::thread(ChannelKind::Discord, "7", "9");
        assert!(target(&wrong).is_err());
    }

    #[test]
    fn an_id_holds_its_time() {
        let at = Timestamp(1_795_000_000_123);
        assert_eq!(time_of(first_at(at)), at);
        assert_eq!(
            time_of(175_928_847_299_117_063),
            Timestamp(1_462_015_105_796)
        );
        assert_eq!(first_at(Timestamp(0)), 0);
    }
}
