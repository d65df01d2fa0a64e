//! Groups of gaps as staff are told of them: counts, examples, and the answer that worked.
//!
//! Invariant: no word in here still names anybody; what staff have dealt with is told again only
//! by what was asked since.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::grouping::typical;
use super::reading::{Evidence, Gap, GapKind};
use super::struck_out::STRUCK;
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::text::normalise::normalise;
use crate::domain::lang::Lang;
use crate::domain::time::Timestamp;

/// The most examples that a group shows.
pub const EXAMPLES_MAX: usize = 5;
/// The longest example, in characters: what is longer is no way of asking any more.
const EXAMPLE_CHARS_MAX: usize = 300;

/// A gap in its group.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The gap.
    pub gap: Gap,
    /// Its group.
    pub group: String,
    /// The group's language.
    pub lang: Lang,
    /// What it says, names struck out.
    pub words: String,
    /// What a person answered, names struck out; `None` where nobody did.
    pub answer: Option<String>,
}

/// What was done about a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handled {
    /// What.
    pub how: How,
    /// Who did it.
    pub by_whom: String,
    /// When.
    pub at: Timestamp,
}

/// How staff dealt with a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// It is not to be told of.
    Ignored,
    /// This entry answers it from then on.
    Answered(EntryKey),
}

/// A group of questions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Its name: the same from week to week.
    pub group: String,
    /// The language of its questions.
    pub lang: Lang,
    /// How many gaps there are; choices that were taken are none.
    pub gaps: usize,
    /// How many questions there are of each kind.
    pub kinds: BTreeMap<&'static str, usize>,
    /// When the last one was asked, by the platform's time.
    pub last_at: Timestamp,
    /// Some of the questions, each once: the most typical first, those with something struck out
    /// last.
    pub examples: Vec<String>,
    /// What a person answered, where that worked.
    pub answer: Option<String>,
    /// The entry that customers chose, were given or were offered most often.
    pub entry: Option<EntryKey>,
    /// Whether staff want to hear no more of it.
    pub ignored: bool,
}

impl Summary {
    /// How many questions there are in all.
    pub fn questions(&self) -> usize {
        self.kinds.values().sum()
    }

    /// Those examples that can stand as a way of asking: nothing struck out, nothing cut off.
    pub fn whole_examples(&self) -> impl Iterator<Item = &str> {
        let whole = |example: &&str| {
            !example.contains(STRUCK) && example.chars().count() <= EXAMPLE_CHARS_MAX
        };
        self.examples.iter().map(String::as_str).filter(whole)
    }

    /// How many questions of a kind there are.
    pub fn of_kind(&self, kind: GapKind) -> usize {
        self.kinds.get(kind.name()).copied().unwrap_or_default()
    }
}

/// The groups, the largest first, those that are ignored last.
pub fn summaries(placed: &[Placed], handled: &BTreeMap<String, Handled>) -> Vec<Summary> {
    let mut by_group: BTreeMap<&str, Vec<&Placed>> = BTreeMap::new();
    for one in placed {
        let answered_at = handled
            .get(&one.group)
            .and_then(|handled| match handled.how {
                How::Answered(_) => Some(handled.at),
                How::Ignored => None,
            });
        if answered_at.is_none_or(|at| one.gap.at > at) {
            by_group.entry(&one.group).or_default().push(one);
        }
    }
    let mut all: Vec<Summary> = by_group
        .into_iter()
        .filter_map(|(group, of_group)| summary(group, &of_group, handled.get(group)))
        .collect();
    all.sort_by(|left, right| {
        let order = |one: &Summary| (one.ignored, std::cmp::Reverse((one.gaps, one.questions())));
        let newest = right.last_at.cmp(&left.last_at);
        order(left)
            .cmp(&order(right))
            .then(newest)
            .then_with(|| left.group.cmp(&right.group))
    });
    all
}

fn summary(group: &str, placed: &[&Placed], handled: Option<&Handled>) -> Option<Summary> {
    let first = placed.first()?;
    let mut kinds = BTreeMap::new();
    for one in placed {
        *kinds.entry(one.gap.kind.name()).or_insert(0) += 1;
    }
    let is_gap = |one: &&&Placed| one.gap.kind != GapKind::Chosen;
    Some(Summary {
        group: group.to_owned(),
        lang: first.lang,
        gaps: placed.iter().filter(is_gap).count(),
        kinds,
        last_at: placed.iter().map(|one| one.gap.at).max()?,
        examples: examples(first.lang, placed),
        answer: answer(placed),
        entry: entry(placed),
        ignored: handled.is_some_and(|handled| handled.how == How::Ignored),
    })
}

fn examples(lang: Lang, placed: &[&Placed]) -> Vec<String> {
    let words: Vec<&str> = placed.iter().map(|one| one.words.as_str()).collect();
    let mut seen = BTreeSet::new();
    let mut order = typical(lang, &words);
    // What has nothing struck out can stand as it is.
    order.sort_by_key(|number| words[*number].contains(STRUCK));
    order
        .into_iter()
        .map(|number| shortened(words[number]))
        .filter(|example| seen.insert(normalise(example)))
        .take(EXAMPLES_MAX)
        .collect()
}

fn shortened(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(EXAMPLE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// The answer with the best evidence; of those, the newest.
fn answer(placed: &[&Placed]) -> Option<String> {
    let worked = placed.iter().filter(|one| {
        let says = one.answer.as_ref().is_some_and(|answer| !answer.is_empty());
        says && one.gap.evidence > Evidence::None
    });
    worked
        .max_by_key(|one| (one.gap.evidence, one.gap.at))
        .and_then(|one| one.answer.clone())
}

/// What customers chose counts before what the bot chose.
fn entry(placed: &[&Placed]) -> Option<EntryKey> {
    let mut times: BTreeMap<(bool, &EntryKey), usize> = BTreeMap::new();
    for one in placed {
        if let Some(entry) = &one.gap.entry {
            let chosen = one.gap.kind == GapKind::Chosen;
            *times.entry((chosen, entry)).or_default() += 1;
        }
    }
    times
        .into_iter()
        .max_by_key(|((chosen, key), count)| (*chosen, *count, std::cmp::Reverse(*key)))
        .map(|((_, key), _)| key.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(group: &str, kind: GapKind, at: i64, words: &str) -> Placed {
        Placed {
            gap: Gap {
                customer: "u1".into(),
                conversation: "c1".into(),
                kind,
                lines: vec![format!("m{at}").into()],
                words: words.to_owned(),
                at: Timestamp(at),
                entry: None,
                replies: vec![],
                evidence: Evidence::None,
            },
            group: group.to_owned(),
            lang: Lang::En,
            words: words.to_owned(),
            answer: None,
        }
    }

    fn answered(mut placed: Placed, evidence: Evidence, answer: &str) -> Placed {
        placed.gap.evidence = evidence;
        placed.answer = Some(answer.to_owned());
        placed
    }

    fn handled(how: How, at: i64) -> BTreeMap<String, Handled> {
        let handled = Handled {
            how,
            by_whom: "Dana".to_owned(),
            at: Timestamp(at),
        };
        BTreeMap::from([("a".to_owned(), handled)])
    }

    fn groups(summaries: &[Summary]) -> Vec<(&str, usize)> {
        let shown = summaries.iter();
        shown.map(|one| (one.group.as_str(), one.gaps)).collect()
    }

    #[test]
    fn the_largest_group_comes_first_with_each_example_once() {
        let all = [
            placed("a", GapKind::NoAnswer, 1, "ship to laos"),
            placed("b", GapKind::Handoff, 2, "student discount"),
            placed("b", GapKind::DidNotHelp, 3, "Student discount"),
            placed("b", GapKind::Chosen, 4, "discount for students"),
        ];
        let told = summaries(&all, &BTreeMap::new());
        assert_eq!(groups(&told), [("b", 2), ("a", 1)]);
        assert_eq!(
            (told[0].questions(), told[0].of_kind(GapKind::Chosen)),
            (3, 1)
        );
        assert_eq!(told[0].last_at, Timestamp(4));
        assert_eq!(told[0].examples.len(), 2, "{:?}", told[0].examples);
    }

    #[test]
    fn the_answer_is_the_newest_of_those_that_worked_best() {
        let all = [
            answered(
                placed("a", GapKind::Handoff, 1, "x"),
                Evidence::Thanked,
                "old",
            ),
            answered(
                placed("a", GapKind::Handoff, 2, "x"),
                Evidence::Thanked,
                "good",
            ),
            answered(
                placed("a", GapKind::Handoff, 3, "x"),
                Evidence::Resolved,
                "so-so",
            ),
            answered(placed("a", GapKind::Handoff, 4, "x"), Evidence::None, "not"),
        ];
        let told = summaries(&all, &BTreeMap::new());
        assert_eq!(told[0].answer.as_deref(), Some("good"));
        assert_eq!(summaries(&all[3..], &BTreeMap::new())[0].answer, None);
    }

    #[test]
    fn what_was_dealt_with_is_told_again_only_by_what_came_since() {
        let all = [
            placed("a", GapKind::NoAnswer, 1, "x"),
            placed("a", GapKind::NoAnswer, 5, "x"),
            placed("b", GapKind::NoAnswer, 1, "y"),
        ];
        let entry = How::Answered("laos".into());
        assert_eq!(
            groups(&summaries(&all, &handled(entry.clone(), 9))),
            [("b", 1)]
        );
        let since = summaries(&all, &handled(entry, 3));
        assert_eq!(groups(&since), [("a", 1), ("b", 1)]);
        let ignored = summaries(&all, &handled(How::Ignored, 9));
        assert_eq!(groups(&ignored), [("b", 1), ("a", 2)]);
        assert!(ignored[1].ignored);
    }

    #[test]
    fn what_customers_chose_is_the_entry_rather_than_what_the_bot_gave() {
        let with = |mut placed: Placed, entry: &str| {
            placed.gap.entry = Some(entry.into());
            placed
        };
        let all = [
            with(placed("a", GapKind::DidNotHelp, 1, "x"), "given"),
            with(placed("a", GapKind::DidNotHelp, 2, "x"), "given"),
            with(placed("a", GapKind::Chosen, 3, "x"), "chosen"),
        ];
        let entry = |all: &[Placed]| summaries(all, &BTreeMap::new())[0].entry.clone();
        assert_eq!(entry(&all), Some("chosen".into()));
        assert_eq!(entry(&all[..2]), Some("given".into()));
    }
}
