//! What an import changes in a base.
//!
//! Invariant: applying the changes and importing the same again changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::{Entry, EntryText};
use crate::domain::ids::EntryKey;
use crate::domain::lang::Lang;

/// An entry as files give it: what a file does not name stays as it is in the base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Its key.
    pub key: EntryKey,
    /// Its tags, where the files name any.
    pub tags: Option<Vec<String>>,
    /// Its triggers, where the files name any.
    pub triggers: Option<Vec<String>>,
    /// Its wording in the languages that the files have.
    pub texts: BTreeMap<Lang, EntryText>,
    /// What the files name of its upkeep, in the order of `upkeep::PARTS`; blank takes it away.
    pub upkeep: [Option<String>; 4],
}

/// One entry that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// How.
    pub kind: ChangeKind,
    /// As it is afterwards; as it was, where it is retired.
    pub entry: Entry,
}

/// How an entry changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// It was not there.
    New,
    /// It was there with another content.
    Changed,
    /// It is taken out of use.
    Retired,
}

impl ChangeKind {
    /// Its name in the history.
    pub fn name(self) -> &'static str {
        match self {
            ChangeKind::New => "new",
            ChangeKind::Changed => "changed",
            ChangeKind::Retired => "retired",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<ChangeKind> {
        [ChangeKind::New, ChangeKind::Changed, ChangeKind::Retired]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// What changes in `base` when these are imported, by key. With `prune`, entries and languages
/// that are not among the imported go.
pub fn changes(base: &[Entry], imported: &[Imported], prune: bool) -> Vec<Change> {
    let known: BTreeMap<&EntryKey, &Entry> = base.iter().map(|entry| (&entry.key, entry)).collect();
    let mut changes: Vec<Change> = imported
        .iter()
        .filter_map(|imported| change_of(known.get(&imported.key).copied(), imported, prune))
        .collect();
    if prune {
        let named: BTreeSet<&EntryKey> = imported.iter().map(|imported| &imported.key).collect();
        let gone = base.iter().filter(|entry| !named.contains(&entry.key));
        changes.extend(gone.map(|entry| Change {
            kind: ChangeKind::Retired,
            entry: entry.clone(),
        }));
    }
    changes.sort_by(|left, right| left.entry.key.cmp(&right.entry.key));
    changes
}

fn change_of(known: Option<&Entry>, imported: &Imported, prune: bool) -> Option<Change> {
    let kept = known.filter(|_| !prune).map(|known| &known.upkeep);
    let kept = kept.cloned().unwrap_or_default();
    let mut entry = Entry {
        key: imported.key.clone(),
        tags: imported.tags.clone().unwrap_or_default(),
        triggers: imported.triggers.clone().unwrap_or_default(),
        texts: imported.texts.clone(),
        // What does not read was refused with its file.
        upkeep: kept.with(&imported.upkeep).unwrap_or(kept),
    };
    let Some(known) = known else {
        return Some(Change {
            kind: ChangeKind::New,
            entry,
        });
    };
    if !prune {
        for (lang, text) in &known.texts {
            entry.texts.entry(*lang).or_insert_with(|| text.clone());
        }
        if imported.tags.is_none() {
            entry.tags.clone_from(&known.tags);
        }
        if imported.triggers.is_none() {
            entry.triggers.clone_from(&known.triggers);
        }
    }
    (entry != *known).then_some(Change {
        kind: ChangeKind::Changed,
        entry,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(question: &str) -> EntryText {
        EntryText {
            question: question.to_owned(),
            phrasings: vec![],
            answer: "Soon.".to_owned(),
            ..EntryText::default()
        }
    }

    fn imported(key: &str, lang: Lang, question: &str) -> Imported {
        Imported {
            key: key.into(),
            tags: None,
            triggers: None,
            texts: BTreeMap::from([(lang, text(question))]),
            upkeep: Default::default(),
        }
    }

    fn applied(base: &[Entry], changes: &[Change]) -> Vec<Entry> {
        let mut entries: BTreeMap<EntryKey, Entry> = base
            .iter()
            .map(|entry| (entry.key.clone(), entry.clone()))
            .collect();
        for change in changes {
            match change.kind {
                ChangeKind::Retired => entries.remove(&change.entry.key),
                ChangeKind::New | ChangeKind::Changed => {
                    entries.insert(change.entry.key.clone(), change.entry.clone())
                }
            };
        }
        entries.into_values().collect()
    }

    fn shown(changes: &[Change]) -> Vec<String> {
        let shown = |change: &Change| format!("{} {}", change.kind.name(), change.entry.key);
        changes.iter().map(shown).collect()
    }

    #[test]
    fn new_changed_and_the_same() {
        let first = [imported("a", Lang::En, "A?"), imported("b", Lang::En, "B?")];
        let base = applied(&[], &changes(&[], &first, false));
        assert_eq!(changes(&base, &first, false), vec![]);
        assert_eq!(changes(&base, &first, true), vec![]);
        let second = [imported("b", Lang::En, "B!"), imported("c", Lang::En, "C?")];
        assert_eq!(
            shown(&changes(&base, &second, false)),
            vec!["changed b", "new c"]
        );
        assert_eq!(
            shown(&changes(&base, &second, true)),
            vec!["retired a", "changed b", "new c"]
        );
    }

    #[test]
    fn what_a_file_does_not_name_stays() {
        let mut english = imported("a", Lang::En, "A?");
        english.tags = Some(vec!["t".to_owned()]);
        english.upkeep[1] = Some("2026-01-31".to_owned());
        english.upkeep[3] = Some("Mai".to_owned());
        let base = applied(&[], &changes(&[], &[english], false));
        let mut vietnamese = [imported("a", Lang::Vi, "Á?")];
        vietnamese[0].upkeep[3] = Some(String::new());
        let base = applied(&base, &changes(&base, &vietnamese, false));
        assert_eq!(
            base[0].upkeep.written(),
            [None, Some("2026-01-31".to_owned()), None, None]
        );
        assert_eq!(base[0].texts.len(), 2);
        assert_eq!(base[0].tags, vec!["t"]);
        let pruned = applied(&base, &changes(&base, &vietnamese, true));
        assert_eq!(pruned[0].upkeep, Default::default());
        assert_eq!(
            pruned[0].texts.keys().copied().collect::<Vec<_>>(),
            vec![Lang::Vi]
        );
    }
}
