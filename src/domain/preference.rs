//! Whether a customer wants a person. The study behind DOMAIN's figures found 59 % who find a
//! human reply extremely important, 35 % somewhat, 6 % not; these are those three groups.

use serde::{Deserialize, Serialize};

/// What a customer chose, or the default until they have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HumanPreference {
    /// A person at once; the bot does not answer first.
    HumanFirst,
    /// The bot where it is sure, otherwise a person.
    #[default]
    HumanIfUnsure,
    /// The bot may try harder before a person is called.
    BotIsFine,
}

impl HumanPreference {
    /// Every preference, in the order in which they are offered.
    pub const ALL: [HumanPreference; 3] = [
        HumanPreference::HumanFirst,
        HumanPreference::HumanIfUnsure,
        HumanPreference::BotIsFine,
    ];

    /// The name that users script against: `human-first`, `human-if-unsure`, `bot-is-fine`.
    pub fn name(self) -> &'static str {
        match self {
            HumanPreference::HumanFirst => "human-first",
            HumanPreference::HumanIfUnsure => "human-if-unsure",
            HumanPreference::BotIsFine => "bot-is-fine",
        }
    }

    /// The preference of that name.
    pub fn from_name(name: &str) -> Option<HumanPreference> {
        HumanPreference::ALL
            .into_iter()
            .find(|preference| preference.name() == name)
    }
}
