//! Who would have been pinged by a message or an edit.
//!
//! Invariant: as at Discord, a body without `allowed_mentions` pings everybody that its text
//! names, and an edit without it is parsed anew.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;

/// The pings of one message or edit; kept even when nobody was pinged.
#[derive(Clone, Debug, Default)]
pub struct Pings {
    pub message: u64,
    pub by_edit: bool,
    pub everyone: bool,
    pub users: BTreeSet<u64>,
    pub roles: BTreeSet<u64>,
}

impl Pings {
    pub fn nobody(&self) -> bool {
        !self.everyone && self.users.is_empty() && self.roles.is_empty()
    }
}

/// Reads the text against `allowed_mentions`; `replied` is the author of the message replied to.
pub fn pings(content: &str, allowed: Option<&Value>, replied: Option<u64>) -> Pings {
    let named = named_in(content);
    let Some(allowed) = allowed.filter(|allowed| !allowed.is_null()) else {
        let mut all = named;
        all.users.extend(replied);
        return all;
    };
    let parses = |kind: &str| {
        let list = allowed["parse"].as_array();
        list.is_some_and(|list| list.iter().any(|entry| entry == kind))
    };
    let listed = |kind: &str| -> BTreeSet<u64> {
        let list = allowed[kind].as_array().cloned().unwrap_or_default();
        list.iter().filter_map(id).collect()
    };
    let kept = |found: &BTreeSet<u64>, kind: &str| -> BTreeSet<u64> {
        if parses(kind) {
            return found.clone();
        }
        found.intersection(&listed(kind)).copied().collect()
    };
    let mut users = kept(&named.users, "users");
    if allowed["replied_user"] == true {
        users.extend(replied);
    }
    Pings {
        everyone: named.everyone && parses("everyone"),
        users,
        roles: kept(&named.roles, "roles"),
        ..Pings::default()
    }
}

fn named_in(content: &str) -> Pings {
    let ids = |pattern: &str| -> BTreeSet<u64> {
        let pattern = Regex::new(pattern).unwrap();
        let found = pattern.captures_iter(content);
        found.filter_map(|found| found[1].parse().ok()).collect()
    };
    Pings {
        everyone: content.contains("@everyone") || content.contains("@here"),
        users: ids(r"<@!?(\d+)>"),
        roles: ids(r"<@&(\d+)>"),
        ..Pings::default()
    }
}

/// An id as Discord takes it: a string of digits or a number.
pub fn id(value: &Value) -> Option<u64> {
    let text = value.as_str().and_then(|text| text.parse().ok());
    text.or_else(|| value.as_u64())
}
