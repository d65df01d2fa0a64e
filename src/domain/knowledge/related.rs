//! What a customer is likely to ask next, after an answer: what others really asked after it,
//! otherwise what is filed under the same words.
//!
//! Invariant: pure, and the same for the same base and the same counts; an entry is never related
//! to itself.

use std::collections::BTreeMap;

use super::entry::Entry;
use crate::domain::ids::EntryKey;
use crate::domain::lang::Lang;

/// The most related entries that are offered.
pub const RELATED_MAX: usize = 2;
/// How many customers must have asked for it next, so that chance is no reason.
const ASKED_NEXT_MIN: usize = 3;
/// How many in a hundred of those who got the answer must have asked for it next.
const ASKED_NEXT_PERCENT_MIN: usize = 5;
/// A tag that more entries have says little about any of them.
const TAG_MEMBERS_MAX: usize = 6;
/// More are kept than offered: some were answered already, or lack the customer's language.
const KEPT_MAX: usize = 6;

/// The entries that conversations were answered with, each conversation's in their order.
pub type Answered = Vec<Vec<EntryKey>>;

/// What is likely to be asked next, by entry.
#[derive(Clone, Debug, Default)]
pub struct Related {
    next: BTreeMap<EntryKey, Vec<EntryKey>>,
    langs: BTreeMap<EntryKey, Vec<Lang>>,
}

impl Related {
    /// From a base and what its customers were answered with.
    pub fn of<'e>(entries: impl Iterator<Item = &'e Entry>, answered: &Answered) -> Related {
        let entries: Vec<&Entry> = entries.collect();
        let followers = followers(answered);
        let with_tag = with_tag(&entries);
        let next = entries.iter().map(|entry| {
            let mut likely = followers.get(&entry.key).cloned().unwrap_or_default();
            for other in alike(entry, &with_tag) {
                if !likely.contains(&other) {
                    likely.push(other);
                }
            }
            likely.truncate(KEPT_MAX);
            (entry.key.clone(), likely)
        });
        let langs = entries
            .iter()
            .map(|entry| (entry.key.clone(), entry.texts.keys().copied().collect()));
        Related {
            next: next.collect(),
            langs: langs.collect(),
        }
    }

    /// At most [`RELATED_MAX`] entries that are likely to be asked for after this one, in that
    /// language, without those that the customer was given already.
    pub fn after(&self, entry: &EntryKey, lang: Lang, given: &[&EntryKey]) -> Vec<EntryKey> {
        let likely = self.next.get(entry).into_iter().flatten();
        let in_lang = |key: &&EntryKey| {
            let langs = self.langs.get(*key);
            langs.is_some_and(|langs| langs.contains(&lang))
        };
        likely
            .filter(|key| *key != entry && !given.contains(key))
            .filter(in_lang)
            .take(RELATED_MAX)
            .cloned()
            .collect()
    }
}

/// What customers really asked next, the most frequent first.
fn followers(answered: &Answered) -> BTreeMap<EntryKey, Vec<EntryKey>> {
    let mut given: BTreeMap<&EntryKey, usize> = BTreeMap::new();
    let mut next: BTreeMap<&EntryKey, BTreeMap<&EntryKey, usize>> = BTreeMap::new();
    for conversation in answered {
        for entry in conversation {
            *given.entry(entry).or_default() += 1;
        }
        for pair in conversation.windows(2) {
            if let [before, after] = pair
                && before != after
            {
                *next.entry(before).or_default().entry(after).or_default() += 1;
            }
        }
    }
    let often = |(entry, next): (&EntryKey, BTreeMap<&EntryKey, usize>)| {
        let times_given = given.get(entry).copied().unwrap_or_default();
        let mut often: Vec<(usize, &EntryKey)> = next
            .into_iter()
            .map(|(key, count)| (count, key))
            .filter(|(count, _)| {
                *count >= ASKED_NEXT_MIN && count * 100 >= times_given * ASKED_NEXT_PERCENT_MIN
            })
            .collect();
        often.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(right.1)));
        let keys = often.into_iter().map(|(_, key)| key.clone()).collect();
        (entry.clone(), keys)
    };
    next.into_iter().map(often).collect()
}

fn with_tag<'e>(entries: &[&'e Entry]) -> BTreeMap<&'e str, Vec<&'e EntryKey>> {
    let mut with_tag: BTreeMap<&str, Vec<&EntryKey>> = BTreeMap::new();
    for entry in entries {
        for tag in &entry.tags {
            with_tag.entry(tag).or_default().push(&entry.key);
        }
    }
    with_tag
}

/// The entries that share telling tags with one: those that share the rarest first.
fn alike(entry: &Entry, with_tag: &BTreeMap<&str, Vec<&EntryKey>>) -> Vec<EntryKey> {
    let mut shared: BTreeMap<&EntryKey, f64> = BTreeMap::new();
    for tag in &entry.tags {
        let others = with_tag.get(tag.as_str()).map_or(&[][..], Vec::as_slice);
        if others.len() > TAG_MEMBERS_MAX {
            continue;
        }
        for other in others.iter().filter(|other| **other != &entry.key) {
            *shared.entry(other).or_default() += 1.0 / others.len() as f64;
        }
    }
    let mut alike: Vec<(f64, &EntryKey)> = shared
        .into_iter()
        .map(|(key, weight)| (weight, key))
        .collect();
    alike.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(right.1)));
    alike.into_iter().map(|(_, key)| key.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::EntryText;

    fn entry(key: &str, tags: &[&str], langs: &[Lang]) -> Entry {
        let text = |lang: &Lang| {
            let text = EntryText {
                question: key.to_owned(),
                phrasings: vec![],
                answer: "A".to_owned(),
                ..EntryText::default()
            };
            (*lang, text)
        };
        Entry {
            key: key.into(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            triggers: vec![],
            texts: langs.iter().map(text).collect(),
            upkeep: Default::default(),
        }
    }

    fn shop() -> Vec<Entry> {
        let mut shop = vec![
            entry("refund-time", &["refund", "money"], &[Lang::En]),
            entry("refund-how", &["refund", "money"], &[Lang::En]),
            entry("refund-where", &["refund"], &[Lang::Vi]),
            entry("pay", &["money"], &[Lang::En]),
        ];
        shop.extend((0..12).map(|n| entry(&format!("other-{n}"), &[], &[Lang::En])));
        shop
    }

    fn keys(keys: &[EntryKey]) -> Vec<&str> {
        keys.iter().map(EntryKey::as_str).collect()
    }

    fn asked(pair: [&str; 2], times: usize) -> Answered {
        vec![pair.map(EntryKey::from).to_vec(); times]
    }

    #[test]
    fn without_customers_shared_tags_say_what_is_likely() {
        let related = Related::of(shop().iter(), &vec![]);
        let after = |key: &str| related.after(&key.into(), Lang::En, &[]);
        assert_eq!(keys(&after("refund-time")), ["refund-how", "pay"]);
        assert!(after("other-1").is_empty(), "nothing likely is nothing");
        assert!(after("gone").is_empty());
        let vietnamese = related.after(&"refund-time".into(), Lang::Vi, &[]);
        assert_eq!(
            keys(&vietnamese),
            ["refund-where"],
            "in the customer's language"
        );
    }

    #[test]
    fn what_customers_really_asked_next_comes_first() {
        let mut answered = asked(["refund-time", "other-3"], 4);
        answered.extend(asked(["refund-time", "other-5"], 2));
        let related = Related::of(shop().iter(), &answered);
        let after = related.after(&"refund-time".into(), Lang::En, &[]);
        assert_eq!(
            keys(&after),
            ["other-3", "refund-how"],
            "two times are chance"
        );
        let given = EntryKey::from("other-3");
        let after = related.after(&"refund-time".into(), Lang::En, &[&given]);
        assert_eq!(keys(&after), ["refund-how", "pay"]);
        // Often is a share of those who got the answer.
        answered.extend(vec![vec![EntryKey::from("refund-time")]; 200]);
        let related = Related::of(shop().iter(), &answered);
        let after = related.after(&"refund-time".into(), Lang::En, &[]);
        assert_eq!(keys(&after), ["refund-how", "pay"]);
    }

    #[test]
    fn a_tag_that_everything_has_says_nothing() {
        let all: Vec<Entry> = (0..8)
            .map(|n| entry(&format!("e{n}"), &["shop"], &[Lang::En]))
            .collect();
        let related = Related::of(all.iter(), &vec![]);
        assert!(related.after(&"e1".into(), Lang::En, &[]).is_empty());
    }
}
