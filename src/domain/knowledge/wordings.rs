//! Which entries have a wording letter by letter, in comparable form.
//!
//! Invariant: each entry is named once for a wording.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Wordings stand here as what they hash to.
#[derive(Debug, Clone, Default)]
pub struct Wordings {
    /// Wording and entry, sorted.
    ground: Arc<[(u64, u32)]>,
    /// Those of entries that were edited since.
    edited: BTreeMap<u64, BTreeSet<usize>>,
    replaced: BTreeSet<usize>,
}

impl Wordings {
    /// Of a whole base: each wording with its entry's number.
    pub fn of(wordings: Vec<(u64, usize)>) -> Wordings {
        let pairs = wordings
            .into_iter()
            .map(|(wording, entry)| (wording, entry as u32));
        let mut sorted: Vec<(u64, u32)> = pairs.collect();
        sorted.sort_unstable();
        sorted.dedup();
        Wordings {
            ground: sorted.into(),
            ..Wordings::default()
        }
    }

    /// From now on an entry has these and no others.
    pub fn replace(&mut self, entry: usize, wordings: Vec<u64>) {
        self.replaced.insert(entry);
        self.edited.retain(|_, entries| {
            entries.remove(&entry);
            !entries.is_empty()
        });
        for wording in wordings {
            self.edited.entry(wording).or_default().insert(entry);
        }
    }

    /// The entries that have a wording.
    pub fn with(&self, wording: u64) -> Vec<usize> {
        let first = self.ground.partition_point(|(known, _)| *known < wording);
        let ground = self.ground[first..]
            .iter()
            .take_while(|(known, _)| *known == wording)
            .map(|(_, entry)| *entry as usize)
            .filter(|entry| !self.replaced.contains(entry));
        let edited = self.edited.get(&wording).into_iter().flatten().copied();
        ground.chain(edited).collect()
    }

    /// What they occupy, in bytes, about.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.ground[..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edited_entry_has_its_new_wordings_only() {
        let mut wordings = Wordings::of(vec![(7, 1), (5, 0), (7, 0), (7, 1)]);
        assert_eq!(wordings.with(7), [0, 1]);
        assert!(wordings.with(6).is_empty());
        wordings.replace(0, vec![9]);
        wordings.replace(2, vec![7]);
        assert_eq!((wordings.with(7), wordings.with(5)), (vec![1, 2], vec![]));
        assert_eq!(wordings.with(9), [0]);
        wordings.replace(0, vec![]);
        assert!(wordings.with(9).is_empty());
    }
}
