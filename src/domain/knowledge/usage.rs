//! What time and customers say about entries: old wordings, and answers that help nobody.
//!
//! Invariant: an entry is named at most once for each thing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::check::Finding;
use super::entry::Entry;
use crate::domain::ids::{ConversationId, EntryKey};
use crate::domain::lang::Lang;
use crate::domain::time::{Millis, Timestamp};

/// When an entry's question or answer last changed in a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The entry.
    pub key: EntryKey,
    /// The language.
    pub lang: Lang,
    /// When.
    pub at: Timestamp,
}

/// What happened in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// The bot gave this entry's answer.
    Answered(EntryKey),
    /// The customer said whether it helped.
    Helped(bool),
}

/// How long an entry may go unchanged until somebody should read it again.
const STALE_AFTER: Millis = Millis::hours(365 * 24);
/// How much later one language may change than another.
const APART_MAX: Millis = Millis::hours(24);
/// From how many customers on who said that an answer did not help it is named, if none said that
/// it did.
const UNHELPFUL_FROM: usize = 3;

/// Entries that nobody has changed for a year, and languages that were left behind.
pub fn age_findings(written: &[Written], now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    for of_entry in written.chunk_by(|left, right| left.key == right.key) {
        let Some(newest) = of_entry.iter().max_by_key(|written| written.at) else {
            continue;
        };
        let older = of_entry
            .iter()
            .filter(|written| (newest.at - APART_MAX).0 > written.at.0);
        let older: Vec<Lang> = older.map(|written| written.lang).collect();
        if !older.is_empty() {
            findings.push(Finding::LeftBehind {
                key: newest.key.clone(),
                newest: newest.lang,
                older,
            });
        }
        if (now - STALE_AFTER).0 > newest.at.0 {
            findings.push(Finding::Stale {
                key: newest.key.clone(),
                days: (now.0 - newest.at.0) / Millis::hours(24).0,
            });
        }
    }
    findings
}

/// What is due about entries on a day: to be read again, ended, or without an owner of these.
pub fn upkeep_findings(entries: &[Entry], today: Date, at_desk: &BTreeSet<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for Entry { key, upkeep, .. } in entries {
        if let Some(on) = upkeep.review_on.filter(|on| *on <= today) {
            findings.push(Finding::ReviewDue {
                key: key.clone(),
                on,
                owner: upkeep.owner.clone(),
            });
        }
        if let Some(on) = upkeep.valid_to.filter(|_| upkeep.has_ended(today)) {
            findings.push(Finding::Ended {
                key: key.clone(),
                on,
            });
        }
        if let Some(owner) = &upkeep.owner
            && !at_desk.contains(owner)
        {
            findings.push(Finding::OwnerGone {
                key: key.clone(),
                owner: owner.clone(),
            });
        }
    }
    findings
}

/// Answers that never helped, by key: `told` in order, conversation by conversation.
pub fn unhelpful(told: &[(ConversationId, Told)]) -> Vec<Finding> {
    let mut said: BTreeMap<&EntryKey, (usize, usize)> = BTreeMap::new();
    for conversation in told.chunk_by(|left, right| left.0 == right.0) {
        let mut last = None;
        for (_, told) in conversation {
            match told {
                Told::Answered(entry) => last = Some(entry),
                Told::Helped(yes) => {
                    if let Some(entry) = last {
                        let (helped, did_not) = said.entry(entry).or_default();
                        *(if *yes { helped } else { did_not }) += 1;
                    }
                }
            }
        }
    }
    said.into_iter()
        .filter(|(_, (helped, did_not))| *helped == 0 && *did_not >= UNHELPFUL_FROM)
        .map(|(key, (_, times))| Finding::NeverHelped {
            key: key.clone(),
            times,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::upkeep::Upkeep;

    #[test]
    fn what_is_due_ended_or_without_an_owner_is_named() {
        let entry = |key: &str, parts| Entry {
            upkeep: Upkeep::read(parts).unwrap(),
            ..Entry::blank(key.into())
        };
        let base = [
            entry("a", ["", "2026-01-05", "2026-01-06", "Mai"]),
            entry("b", ["", "2026-01-06", "2026-01-07", "Ben"]),
            entry("c", ["2026-02-01", "", "", ""]),
        ];
        let at_desk = BTreeSet::from(["Mai".to_owned()]);
        let today = jiff::civil::date(2026, 1, 6);
        let kinds: Vec<(&str, &str)> = upkeep_findings(&base, today, &at_desk)
            .iter()
            .map(|finding| {
                (
                    finding.kind(),
                    ["a", "b"][usize::from(finding.keys() == ["b"])],
                )
            })
            .collect();
        assert_eq!(
            kinds,
            [("review-due", "a"), ("ended", "a"), ("owner-gone", "b")]
        );
    }

    #[test]
    fn what_is_old_or_left_behind_is_named() {
        let day = |days: i64| Timestamp(Millis::hours(24 * days).0);
        let written = |key: &str, lang, at| Written {
            key: key.into(),
            lang,
            at,
        };
        let base = [
            written("a", Lang::En, day(700)),
            written("a", Lang::Vi, day(500)),
            written("b", Lang::En, day(300)),
            written("b", Lang::Vi, day(300)),
            written("c", Lang::Zh, day(699)),
        ];
        let said: Vec<String> = age_findings(&base, day(701))
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(said.len(), 2, "{said:#?}");
        assert!(said[0].starts_with("a: en changed after vi"), "{said:#?}");
        assert!(
            said[1].starts_with("b: unchanged for 401 days"),
            "{said:#?}"
        );
    }

    #[test]
    fn an_answer_that_helped_once_is_not_named() {
        let conversation = |number: usize, entry: &str, yes: bool| {
            let id = ConversationId(format!("c{number}"));
            [
                (id.clone(), Told::Answered("other".into())),
                (id.clone(), Told::Answered(entry.into())),
                (id, Told::Helped(yes)),
            ]
        };
        let told: Vec<_> = (0..4)
            .flat_map(|number| conversation(number, "bad", false))
            .chain((4..9).flat_map(|number| conversation(number, "good", number == 8)))
            .chain((9..11).flat_map(|number| conversation(number, "rare", false)))
            .collect();
        let found = unhelpful(&told);
        assert_eq!(
            found,
            [Finding::NeverHelped {
                key: "bad".into(),
                times: 4
            }]
        );
    }
}
