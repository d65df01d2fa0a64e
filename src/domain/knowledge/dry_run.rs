//! What an edit of the base would have changed for questions that customers really asked.
//!
//! Invariant: a question is counted once, and only where what the customer gets differs.

use std::collections::BTreeSet;

use super::decision::Decision;
use super::index::KnowledgeIndex;
use super::phrases::comparable;
use crate::domain::lang::Lang;
use crate::domain::preference::HumanPreference;

/// A question that is decided on otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// As the customer wrote it.
    pub text: String,
    /// What happens now.
    pub before: Decision,
    /// What would.
    pub after: Decision,
}

/// How an answer differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Another entry answers, or other choices are offered.
    Changes,
    /// The bot answers what it did not.
    Appears,
    /// The bot no longer answers it.
    Vanishes,
}

impl Difference {
    /// What it means for the customer.
    pub fn effect(&self) -> Effect {
        let answers = |decision: &Decision| matches!(decision, Decision::Answer(_));
        match (answers(&self.before), answers(&self.after)) {
            (false, true) => Effect::Appears,
            (true, false) => Effect::Vanishes,
            (true, true) | (false, false) => Effect::Changes,
        }
    }
}

/// The questions that the two bases decide on differently, in their order; one that was asked
/// several times counts once.
pub fn differences(
    questions: &[(String, Option<Lang>)],
    before: &KnowledgeIndex,
    after: &KnowledgeIndex,
    preference: HumanPreference,
) -> Vec<Difference> {
    let mut seen = BTreeSet::new();
    questions
        .iter()
        .filter(|(text, _)| seen.insert(comparable(text)))
        .map(|(text, lang)| Difference {
            text: text.clone(),
            before: before.decide(text, *lang, preference).decision,
            after: after.decide(text, *lang, preference).decision,
        })
        .filter(|difference| difference.before != difference.after)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::made::english as entry;
    use crate::domain::knowledge::{Change, ChangeKind};

    #[test]
    fn what_changes_appears_and_vanishes_is_told_and_nothing_else() {
        let before = KnowledgeIndex::build(&[
            entry("refund", &["how long does a refund take", "money back"]),
            entry("size", &["which size fits me", "size chart"]),
            entry("parcel", &["where is my parcel", "track my delivery"]),
        ]);
        let change = |kind, entry| Change { kind, entry };
        let after = before.with(&[
            change(ChangeKind::Retired, entry("parcel", &["x"])),
            change(
                ChangeKind::New,
                entry("gift", &["can you wrap a present", "gift wrapping"]),
            ),
            change(ChangeKind::Changed, entry("size", &["which size fits me"])),
            change(
                ChangeKind::New,
                entry("chart", &["size chart", "table of sizes"]),
            ),
        ]);
        let questions: Vec<(String, Option<Lang>)> = [
            "track my delivery",
            "gift wrapping",
            "size chart",
            "Size chart!",
            "money back",
        ]
        .iter()
        .map(|text| ((*text).to_owned(), Some(Lang::En)))
        .collect();
        let found = differences(&questions, &before, &after, HumanPreference::HumanIfUnsure);
        let told: Vec<(&str, Effect)> = found
            .iter()
            .map(|difference| (difference.text.as_str(), difference.effect()))
            .collect();
        assert_eq!(
            told,
            [
                ("track my delivery", Effect::Vanishes),
                ("gift wrapping", Effect::Appears),
                ("size chart", Effect::Changes)
            ]
        );
        assert_eq!(
            differences(&questions, &before, &before, HumanPreference::HumanIfUnsure),
            []
        );
    }
}
