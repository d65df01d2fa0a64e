//! The whole base, ready to decide about texts.
//!
//! Invariant: immutable; an edit makes a new one that is swapped in whole. What is learnt in a
//! language is learnt once, at the first text in that language or when `prepare` is called.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::changes::{Change, ChangeKind};
use super::decision::Costs;
use super::entry::{Entry, EntryText};
use super::learnt::Learnt;
use super::meaning::Sense;
use super::triggers::Triggers;
use crate::domain::ids::EntryKey;
use crate::domain::lang::Lang;

/// A knowledge base that decides.
pub struct KnowledgeIndex {
    /// By place; those that an edit took out keep theirs until the whole is built again.
    pub(super) entries: Vec<Arc<Entry>>,
    places: BTreeMap<EntryKey, usize>,
    pub(super) triggers: Triggers,
    pub(super) learnt: BTreeMap<Lang, OnceLock<Learnt>>,
    pub(super) costs: Costs,
    sense: Option<Arc<dyn Sense>>,
}

impl KnowledgeIndex {
    /// The index of these entries; of two with one key, the later counts.
    pub fn build(entries: &[Entry]) -> KnowledgeIndex {
        let by_key: BTreeMap<&EntryKey, &Entry> =
            entries.iter().map(|entry| (&entry.key, entry)).collect();
        let entries: Vec<Arc<Entry>> = by_key
            .into_values()
            .map(|entry| Arc::new(entry.clone()))
            .collect();
        let places: BTreeMap<EntryKey, usize> = entries
            .iter()
            .enumerate()
            .map(|(place, entry)| (entry.key.clone(), place))
            .collect();
        KnowledgeIndex {
            triggers: triggers(&entries, &places),
            places,
            learnt: entries
                .iter()
                .flat_map(|entry| entry.texts.keys())
                .map(|lang| (*lang, OnceLock::new()))
                .collect(),
            entries,
            costs: Costs::default(),
            sense: None,
        }
    }

    /// The same, not learnt yet, with an embedding model that reads all texts. It is asked while
    /// the index learns, which is best done ahead with `prepare`, and once for each text decided on.
    pub fn with_sense(mut self, sense: Option<Arc<dyn Sense>>) -> KnowledgeIndex {
        self.learnt
            .values_mut()
            .for_each(|cell| *cell = OnceLock::new());
        self.sense = sense;
        self
    }

    /// The embedding model in use.
    pub fn sense(&self) -> Option<Arc<dyn Sense>> {
        self.sense.clone()
    }

    /// Has the embedding model read texts that are about to be decided on; without one, nothing.
    pub fn read_ahead(&self, texts: &[String]) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        if let Some(sense) = &self.sense {
            // What fails fails again where it is decided on, which then does without.
            let _ = sense.points(&texts);
        }
    }

    /// The same with other costs of going wrong.
    pub fn with_costs(mut self, costs: Costs) -> KnowledgeIndex {
        self.costs = costs;
        self
    }

    /// What going wrong costs.
    pub fn costs(&self) -> Costs {
        self.costs
    }

    /// The index after these changes. What they touch is learnt again, the rest is shared with
    /// this one: it takes milliseconds, whatever the base's size.
    pub fn with(&self, changes: &[Change]) -> KnowledgeIndex {
        let mut entries = self.entries.clone();
        let mut places = self.places.clone();
        let mut touched = Vec::new();
        for change in changes {
            let key = &change.entry.key;
            let place = match places.get(key) {
                Some(place) => *place,
                None if change.kind == ChangeKind::Retired => continue,
                None => {
                    entries.push(Arc::new(change.entry.clone()));
                    entries.len() - 1
                }
            };
            if change.kind == ChangeKind::Retired {
                places.remove(key);
            } else {
                entries[place] = Arc::new(change.entry.clone());
                places.insert(key.clone(), place);
            }
            touched.push(place);
        }
        let text_now = |place: usize, lang: Lang| -> Option<&EntryText> {
            let entry = &entries[place];
            let in_use = places.contains_key(&entry.key);
            in_use.then(|| entry.texts.get(&lang)).flatten()
        };
        let langs = entries.iter().flat_map(|entry| entry.texts.keys().copied());
        let learnt = langs.map(|lang| (lang, OnceLock::new()));
        let mut learnt: BTreeMap<Lang, OnceLock<Learnt>> = learnt.collect();
        for (lang, cell) in &mut learnt {
            // What was not learnt yet will be, from the entries as they are then.
            let Some(before) = self.learnt.get(lang).and_then(OnceLock::get) else {
                continue;
            };
            let texts: Vec<(usize, &EntryKey, Option<&EntryText>)> = touched
                .iter()
                .map(|place| (*place, &entries[*place].key, text_now(*place, *lang)))
                .collect();
            *cell = OnceLock::from(before.with(&texts, *lang));
        }
        KnowledgeIndex {
            triggers: triggers(&entries, &places),
            learnt,
            places,
            entries,
            costs: self.costs,
            sense: self.sense.clone(),
        }
    }

    /// How many entries were learnt again since the whole was, in the language with most.
    pub fn edited(&self) -> usize {
        let learnt = self.learnt.values().filter_map(OnceLock::get);
        learnt.map(Learnt::edited_count).max().unwrap_or(0)
    }

    /// Learns everything now rather than at the first text: call it off the hot path before the
    /// index is swapped in.
    pub fn prepare(&self) {
        for lang in self.learnt.keys() {
            let _ = self.learnt_in(*lang);
        }
    }

    /// How many wordings are learnt from, in all languages.
    pub fn wordings(&self) -> usize {
        let texts = self.entries().flat_map(|entry| entry.texts.values());
        texts.map(|text| 1 + text.phrasings.len()).sum()
    }

    /// What is learnt occupies, in bytes, about.
    pub fn bytes(&self) -> usize {
        let learnt = self.learnt.values().filter_map(OnceLock::get);
        learnt.map(Learnt::bytes).sum()
    }

    /// The entry of that key.
    pub fn entry(&self, key: &EntryKey) -> Option<&Entry> {
        self.places.get(key).map(|place| &*self.entries[*place])
    }

    /// Every entry, by key.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.places.values().map(|place| &*self.entries[*place])
    }

    pub(super) fn learnt_in(&self, lang: Lang) -> Option<&Learnt> {
        let cell = self.learnt.get(&lang)?;
        Some(cell.get_or_init(|| {
            let texts = self
                .places
                .values()
                .map(|place| (*place, &self.entries[*place]))
                .filter_map(|(place, entry)| Some((place, &entry.key, entry.texts.get(&lang)?)));
            Learnt::from(
                &texts.collect::<Vec<(usize, &EntryKey, &EntryText)>>(),
                lang,
                self.sense.clone(),
            )
        }))
    }
}

fn triggers(entries: &[Arc<Entry>], places: &BTreeMap<EntryKey, usize>) -> Triggers {
    let patterns = places.values().flat_map(|place| {
        let patterns = entries[*place].triggers.iter();
        patterns.map(|pattern| (pattern.as_str(), *place))
    });
    Triggers::build(patterns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::decision::Decision;
    use crate::domain::knowledge::made::english as entry;
    use crate::domain::preference::HumanPreference;

    fn base() -> Vec<Entry> {
        vec![
            entry(
                "refund",
                &["how long does a refund take", "money back when"],
            ),
            entry("parcel", &["when will my parcel arrive", "delivery time"]),
            entry("footwear", &["which size fits me", "size chart"]),
        ]
    }

    fn change(kind: ChangeKind, entry: Entry) -> Change {
        Change { kind, entry }
    }

    fn first(index: &KnowledgeIndex, text: &str) -> Option<String> {
        let verdict = index.decide(text, Some(Lang::En), HumanPreference::HumanIfUnsure);
        verdict.candidates.first().map(|first| first.key.0.clone())
    }

    #[test]
    fn an_edit_is_learnt_without_learning_the_base_again() {
        let before = KnowledgeIndex::build(&base());
        before.prepare();
        let after = before.with(&[
            change(
                ChangeKind::New,
                entry("voucher", &["my voucher code fails", "coupon rejected"]),
            ),
            change(
                ChangeKind::Changed,
                entry("footwear", &["shoe widths", "are boots wide"]),
            ),
            change(
                ChangeKind::Retired,
                entry("parcel", &["when will my parcel arrive"]),
            ),
        ]);
        // The weights that the whole training gave are shared, not learnt again.
        let grounds = |index: &KnowledgeIndex| index.learnt[&Lang::En].get().map(Learnt::ground);
        assert!(grounds(&before).is_some() && grounds(&before) == grounds(&after));
        assert!(after.edited() >= 3, "{}", after.edited());

        assert_eq!(
            first(&after, "coupon was rejected").as_deref(),
            Some("voucher")
        );
        assert_eq!(
            first(&after, "how wide are the boots").as_deref(),
            Some("footwear")
        );
        assert_ne!(first(&after, "size chart").as_deref(), Some("footwear"));
        assert_ne!(first(&after, "delivery time").as_deref(), Some("parcel"));
        assert_eq!(after.entry(&"parcel".into()), None);
        assert_eq!(after.entries().count(), 3);
        let verdict = after.decide("coupon rejected", None, HumanPreference::HumanIfUnsure);
        assert_eq!(verdict.decision, Decision::Answer("voucher".into()));
        // The old one serves as before.
        assert_eq!(first(&before, "size chart").as_deref(), Some("footwear"));
        assert_ne!(
            first(&before, "coupon rejected").as_deref(),
            Some("voucher")
        );
    }

    #[test]
    fn edits_one_after_another_end_where_the_whole_would() {
        let mut index = KnowledgeIndex::build(&base());
        index.prepare();
        for number in 0..30 {
            let new = format!("gadget{number} broken");
            let kind = [ChangeKind::New, ChangeKind::Changed][usize::from(number > 0)];
            index = index.with(&[change(kind, entry("gadget", &[&new, "widget repair"]))]);
        }
        assert_eq!(
            first(&index, "gadget29 is broken").as_deref(),
            Some("gadget")
        );
        let said = |index: &KnowledgeIndex, text: &str| {
            let verdict = index.decide(text, Some(Lang::En), HumanPreference::HumanIfUnsure);
            verdict.candidates[0].because.clone()
        };
        assert!(said(&index, "gadget29 broken").contains("one of its wordings"));
        let old = said(&index, "gadget11 broken");
        assert!(!old.contains("one of its wordings"), "{old}");
        assert_eq!(
            first(&index, "refund takes how long").as_deref(),
            Some("refund")
        );
        let retired = index.with(&[change(ChangeKind::Retired, entry("gadget", &["x"]))]);
        assert_ne!(first(&retired, "widget repair").as_deref(), Some("gadget"));
        let back = retired.with(&[change(ChangeKind::New, entry("gadget", &["widget repair"]))]);
        assert_eq!(first(&back, "widget repair").as_deref(), Some("gadget"));
    }

    #[test]
    fn what_is_learnt_later_knows_the_edits() {
        let untouched = KnowledgeIndex::build(&base());
        let edited = untouched.with(&[change(
            ChangeKind::New,
            entry("voucher", &["coupon rejected"]),
        )]);
        assert_eq!(edited.edited(), 0);
        assert_eq!(
            first(&edited, "coupon rejected").as_deref(),
            Some("voucher")
        );
    }
}
