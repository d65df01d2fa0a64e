//! Newtypes for every id, so that a customer's id is never taken for a conversation's.
//!
//! Ids are opaque text, made by [`crate::clock::IdSource`] (UUID version 7, so they sort by age).

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as text, as it stands in the database.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    )+};
}

id! {
    /// A customer: a person, whatever accounts they write from.
    CustomerId,
    /// A conversation: one matter of one customer.
    ConversationId,
    /// A message of ours in a conversation (not a platform's message id: that is a `MessageRef`).
    MessageId,
    /// A handoff: from asking for a person until the person is done.
    HandoffId,
    /// A member of staff.
    StaffId,
    /// A row of the inbox: something that arrived.
    ArrivalId,
    /// A row of the outbox: something to deliver once.
    OutboxId,
    /// A button's opaque token: 96 random bits as 24 hexadecimal digits.
    ButtonToken,
    /// A platform's name for one message within its chat, as text.
    MessageRef,
    /// A platform's name for one account, as text.
    AccountId,
    /// A knowledge-base entry's stable key: `a-z`, `0-9` and `-`.
    EntryKey,
}
