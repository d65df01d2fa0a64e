//! The customer as decisions see them.

use serde::{Deserialize, Serialize};

use crate::domain::ids::CustomerId;
use crate::domain::lang::Lang;
use crate::domain::preference::HumanPreference;

/// A customer's standing facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Who.
    pub id: CustomerId,
    /// The name they go by on the platform they wrote from last.
    pub name: String,
    /// Their language, where it is known.
    pub lang: Option<Lang>,
    /// Whether they chose that language themselves: then no guess changes it.
    pub lang_chosen: bool,
    /// What they chose; `None` until they have.
    pub preference: Option<HumanPreference>,
    /// The segment that they are in, where somebody put them into one.
    pub segment: Option<String>,
    /// Whether they were asked for their preference already.
    pub preference_asked: bool,
}

impl Customer {
    /// The preference to go by.
    pub fn preference_or_default(&self) -> HumanPreference {
        self.preference.unwrap_or_default()
    }

    /// The language to speak, English until one is known.
    pub fn lang_or_default(&self) -> Lang {
        self.lang.unwrap_or(Lang::En)
    }
}
