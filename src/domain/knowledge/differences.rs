//! What is different between two versions of an entry, place by place.
//!
//! Invariant: two versions are the same exactly where there is no difference.

use std::collections::BTreeSet;

use super::entry::{Entry, EntryText};
use crate::domain::lang::Lang;

/// Where in an entry something differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Its tags.
    Tags,
    /// Its triggers.
    Triggers,
    /// Its question in a language.
    Question(Lang),
    /// Its other phrasings in a language.
    Phrasings(Lang),
    /// Its answer in a language, line by line.
    Answer(Lang),
    /// The other wordings of its answer in a language, line by line, each under its number.
    OtherAnswers(Lang),
    /// The first day on which it is answered from.
    ValidFrom,
    /// The last one.
    ValidTo,
    /// The day on which it is to be read again.
    ReviewOn,
    /// Who answers for it.
    Owner,
}

/// What differs in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where.
    pub part: Part,
    /// What only the first version has.
    pub gone: Vec<String>,
    /// What only the second one has.
    pub new: Vec<String>,
}

/// What the second version has otherwise than the first; `None` is an entry that was not there.
pub fn differences(before: Option<&Entry>, after: &Entry) -> Vec<Difference> {
    let empty = Entry::blank(after.key.clone());
    let before = before.unwrap_or(&empty);
    let mut all = vec![
        lists(Part::Tags, &before.tags, &after.tags),
        lists(Part::Triggers, &before.triggers, &after.triggers),
    ];
    for lang in Lang::ALL {
        let part = |of: fn(&EntryText) -> Vec<String>| {
            let lines = |entry: &Entry| entry.texts.get(&lang).map(of).unwrap_or_default();
            (lines(before), lines(after))
        };
        let (old, new) = part(|text| vec![text.question.clone()]);
        all.push(lists(Part::Question(lang), &old, &new));
        let (old, new) = part(|text| text.phrasings.clone());
        all.push(lists(Part::Phrasings(lang), &old, &new));
        let (old, new) = part(|text| text.answer.lines().map(str::to_owned).collect());
        all.push(lists(Part::Answer(lang), &old, &new));
        let (old, new) = part(other_answers);
        all.push(lists(Part::OtherAnswers(lang), &old, &new));
    }
    let upkeep = [Part::ValidFrom, Part::ValidTo, Part::ReviewOn, Part::Owner];
    let both = before
        .upkeep
        .written()
        .into_iter()
        .zip(after.upkeep.written());
    for (part, (old, new)) in upkeep.into_iter().zip(both) {
        let list = |one: Option<String>| one.into_iter().collect::<Vec<_>>();
        all.push(lists(part, &list(old), &list(new)));
    }
    all.into_iter().flatten().collect()
}

fn other_answers(text: &EntryText) -> Vec<String> {
    let numbered = |(number, answer): (usize, &String)| -> Vec<String> {
        let lines = answer.lines();
        lines
            .map(|line| format!("{}. {line}", number + 1))
            .collect()
    };
    let answers = text.other_answers.iter().enumerate();
    answers.flat_map(numbered).collect()
}

/// Where the same lines stand in another order, all of them differ.
fn lists(part: Part, before: &[String], after: &[String]) -> Option<Difference> {
    if before == after {
        return None;
    }
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        let those: BTreeSet<&String> = those.iter().collect();
        let only = these.iter().filter(|line| !those.contains(line));
        only.cloned().collect()
    };
    let (mut gone, mut new) = (only(before, after), only(after, before));
    if gone.is_empty() && new.is_empty() {
        (gone, new) = (before.to_vec(), after.to_vec());
    }
    Some(Difference { part, gone, new })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(tags: &[&str], question: &str, answer: &str) -> Entry {
        let text = EntryText {
            question: question.to_owned(),
            phrasings: vec!["p".to_owned()],
            answer: answer.to_owned(),
            ..EntryText::default()
        };
        Entry {
            key: "a".into(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            triggers: vec![],
            texts: [(Lang::Vi, text)].into(),
            upkeep: Default::default(),
        }
    }

    #[test]
    fn each_place_that_differs_is_told_with_both_sides() {
        let before = entry(&["t"], "Q?", "one\ntwo");
        assert_eq!(differences(Some(&before), &before), vec![]);
        let after = entry(&["t", "u"], "Q?", "one\nthree");
        let told = differences(Some(&before), &after);
        let strings = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let difference = |part, gone: &[&str], new: &[&str]| Difference {
            part,
            gone: strings(gone),
            new: strings(new),
        };
        assert_eq!(
            told,
            vec![
                difference(Part::Tags, &[], &["u"]),
                difference(Part::Answer(Lang::Vi), &["two"], &["three"]),
            ]
        );
        assert_eq!(differences(None, &before).len(), 4);
        let mut compared = before.clone();
        let others = &mut compared.texts.get_mut(&Lang::Vi).unwrap().other_answers;
        *others = vec!["uno\ndos".to_owned(), "eins".to_owned()];
        assert_eq!(
            differences(Some(&before), &compared),
            vec![difference(
                Part::OtherAnswers(Lang::Vi),
                &[],
                &["1. uno", "1. dos", "2. eins"]
            )]
        );
        // The order of phrasings and the number of blank lines count too.
        let turned = entry(&[], "Q?", "two\none");
        assert_eq!(
            differences(Some(&entry(&[], "Q?", "one\ntwo")), &turned).len(),
            1
        );
    }
}
