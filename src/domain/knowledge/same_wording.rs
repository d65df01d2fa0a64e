//! Wordings that two entries have in common: accepted, since both may be meant, but named.

use std::collections::BTreeMap;

use super::entry::Entry;
use super::phrases::comparable;
use crate::domain::ids::EntryKey;
use crate::domain::lang::Lang;

/// One sentence for each wording that stands in more than one entry, by language and wording.
pub fn same_wordings(entries: &[Entry]) -> Vec<String> {
    let mut places: BTreeMap<(Lang, String), Vec<(&str, &str)>> = BTreeMap::new();
    for entry in entries {
        for (lang, text) in &entry.texts {
            for wording in text.wordings() {
                let entries = places.entry((*lang, comparable(wording))).or_default();
                if entries.iter().all(|(key, _)| *key != entry.key.as_str()) {
                    entries.push((entry.key.as_str(), wording));
                }
            }
        }
    }
    places
        .into_iter()
        .filter(|((_, comparable), entries)| entries.len() > 1 && !comparable.is_empty())
        .map(|((lang, _), entries)| {
            let keys: Vec<&str> = entries.iter().map(|(key, _)| *key).collect();
            format!(
                "{}: {:?} is a wording of {}",
                lang.code(),
                entries[0].1,
                keys.join(" and ")
            )
        })
        .collect()
}

/// The wordings of an entry that others of the base have too, each with one of those.
pub fn shared_with(entry: &Entry, base: &[Entry]) -> Vec<(String, EntryKey)> {
    let mut own = BTreeMap::new();
    for (lang, text) in &entry.texts {
        for wording in text.wordings() {
            own.entry((*lang, comparable(wording))).or_insert(wording);
        }
    }
    own.retain(|(_, comparable), _| !comparable.is_empty());
    let mut shared = BTreeMap::new();
    for other in base.iter().filter(|other| other.key != entry.key) {
        for (lang, text) in &other.texts {
            for wording in text.wordings() {
                if let Some(own) = own.get(&(*lang, comparable(wording))) {
                    shared
                        .entry((*own).to_owned())
                        .or_insert_with(|| other.key.clone());
                }
            }
        }
    }
    shared.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::EntryText;

    #[test]
    fn a_wording_in_two_entries_is_named_once_whatever_its_marks() {
        let entry = |key: &str, question: &str| Entry {
            key: key.into(),
            tags: vec![],
            triggers: vec![],
            texts: BTreeMap::from([(
                Lang::Vi,
                EntryText {
                    question: question.to_owned(),
                    phrasings: vec!["riêng của ".to_owned() + key, question.to_uppercase()],
                    answer: "A".to_owned(),
                    ..EntryText::default()
                },
            )]),
            upkeep: Default::default(),
        };
        let base = [
            entry("a", "Bao lâu?"),
            entry("b", "bao lau"),
            entry("c", "khi nào"),
        ];
        assert_eq!(
            shared_with(&base[1], &base),
            vec![("bao lau".to_owned(), "a".into())]
        );
        assert_eq!(shared_with(&base[2], &base), vec![]);
        assert_eq!(
            same_wordings(&base),
            vec!["vi: \"Bao lâu?\" is a wording of a and b"]
        );
    }
}
