//! Entries that get in each other's way: each wording is taken out, the rest is learnt, and the
//! wording is asked. Where another entry comes first, customers who write so get the wrong one.
//!
//! Invariant: a wording is only asked of what has learnt neither it nor, where its entry has no
//! other, a base without that entry.

use std::collections::{BTreeMap, BTreeSet};

use super::check::Finding;
use super::confidence::SHIPPED;
use super::entry::Entry;
use super::features::{Bag, Token, tokens};
use super::model::{Example, Model};
use crate::domain::ids::EntryKey;
use crate::domain::lang::Lang;

/// Parts that the wordings are asked in, each of a model that learnt the others.
const PARTS: usize = 5;
/// From how many wordings on only the first part is asked: the worst confusions show in it.
const LARGE_FROM: usize = 8_000;
/// Most wordings that are asked of a large base.
const ASKED_MAX: usize = 2_000;
/// How sure the other entry must be for a wording to belong there rather than between the two.
const ELSEWHERE_FROM: f64 = 0.8;
/// From how many of their wordings on two entries are named.
const CONFUSED_FROM: usize = 2;
/// Words that two entries share and that are named.
const SHARED_MAX: usize = 4;

struct Wording<'a> {
    entry: usize,
    text: &'a str,
    tokens: Vec<Token>,
    bag: Bag,
}

/// A wording that found another entry.
struct Crossing<'a> {
    wording: &'a Wording<'a>,
    found: usize,
    confidence: f64,
}

/// What crosses in one language, worst first.
pub fn crossing_findings(entries: &[Entry], lang: Lang) -> Vec<Finding> {
    let (keys, wordings) = wordings_of(entries, lang);
    let crossings = crossings(&wordings, keys.len(), lang);
    let mut pairs: BTreeMap<(usize, usize), Vec<&Crossing<'_>>> = BTreeMap::new();
    let mut findings = Vec::new();
    for crossing in &crossings {
        let (own, found) = (crossing.wording.entry, crossing.found);
        pairs
            .entry((own.min(found), own.max(found)))
            .or_default()
            .push(crossing);
        if crossing.confidence >= ELSEWHERE_FROM {
            findings.push(Finding::Elsewhere {
                key: keys[own].clone(),
                lang,
                wording: crossing.wording.text.to_owned(),
                finds: keys[found].clone(),
                percent: (crossing.confidence * 100.0) as u32,
            });
        }
    }
    let mut confused: Vec<_> = pairs
        .into_iter()
        .filter(|(_, crossings)| crossings.len() >= CONFUSED_FROM)
        .collect();
    confused.sort_by_key(|(pair, crossings)| (std::cmp::Reverse(crossings.len()), *pair));
    let confused = confused
        .into_iter()
        .map(|((left, right), crossings)| Finding::Confused {
            left: keys[left].clone(),
            right: keys[right].clone(),
            lang,
            times: crossings.len(),
            wording: crossings[0].wording.text.to_owned(),
            shared: shared(&wordings, left, right),
        });
    confused.chain(findings).collect()
}

fn wordings_of(entries: &[Entry], lang: Lang) -> (Vec<EntryKey>, Vec<Wording<'_>>) {
    let mut keys = Vec::new();
    let mut wordings = Vec::new();
    for entry in entries {
        let Some(text) = entry.texts.get(&lang) else {
            continue;
        };
        for wording in text.wordings() {
            let tokens = tokens(wording, lang);
            wordings.push(Wording {
                entry: keys.len(),
                text: wording,
                bag: Bag::of(&tokens, lang),
                tokens,
            });
        }
        keys.push(entry.key.clone());
    }
    (keys, wordings)
}

fn crossings<'a>(wordings: &'a [Wording<'a>], entry_count: usize, lang: Lang) -> Vec<Crossing<'a>> {
    let mut counts = vec![0usize; entry_count];
    for wording in wordings {
        counts[wording.entry] += 1;
    }
    let parts = if wordings.len() < LARGE_FROM {
        PARTS
    } else {
        1
    };
    let mut crossings = Vec::new();
    for part in 0..parts {
        // An entry with one wording would have nothing left that it could be found by.
        let asked = |place: usize, wording: &Wording<'_>| {
            place % PARTS == part && counts[wording.entry] > 1
        };
        let numbered = || wordings.iter().enumerate();
        let rest: Vec<Example> = numbered()
            .filter(|(place, wording)| !asked(*place, wording))
            .map(|(_, wording)| Example {
                entry: wording.entry,
                bag: wording.bag.clone(),
                point: None,
            })
            .collect();
        let out: Vec<&Wording<'_>> = numbered()
            .filter(|(place, wording)| asked(*place, wording))
            .map(|(_, wording)| wording)
            .take(ASKED_MAX)
            .collect();
        let bags: Vec<&Bag> = out.iter().map(|wording| &wording.bag).collect();
        let model = Model::train_for(Some(&bags), &rest, entry_count, lang);
        crossings.extend(out.into_iter().filter_map(|wording| {
            let seen = model.look(&wording.bag, None, SHIPPED.meaning_weight);
            let first = seen.ranked.first()?;
            (first.entry != wording.entry).then(|| Crossing {
                wording,
                found: first.entry,
                confidence: seen
                    .evidence
                    .map_or(0.0, |evidence| SHIPPED.confidence(&evidence)),
            })
        }));
    }
    crossings
}

/// Words that both entries have, those first that most of their wordings and few others have.
fn shared(wordings: &[Wording<'_>], left: usize, right: usize) -> Vec<String> {
    let words = |entry: usize| -> BTreeSet<&str> {
        let own = wordings.iter().filter(|wording| wording.entry == entry);
        own.flat_map(|wording| wording.tokens.iter().map(|token| token.shown.as_str()))
            .collect()
    };
    let (left_words, right_words) = (words(left), words(right));
    let mut shared: Vec<(isize, &str)> = left_words
        .intersection(&right_words)
        .map(|word| {
            let with = wordings
                .iter()
                .filter(|wording| wording.tokens.iter().any(|token| token.shown == *word));
            // Many of these two, few of all others.
            let counted = with.map(|wording| match [left, right].contains(&wording.entry) {
                true => -1,
                false => 1,
            });
            (counted.sum(), *word)
        })
        .collect();
    shared.sort_unstable();
    shared.truncate(SHARED_MAX);
    shared
        .into_iter()
        .map(|(_, word)| word.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::made::english as entry;

    #[test]
    fn entries_that_say_the_same_are_named_in_pairs() {
        let base = [
            entry(
                "refund-when",
                &[
                    "when does the refund arrive",
                    "refund arrival date",
                    "how long is a refund",
                    "refund takes long",
                ],
            ),
            entry(
                "refund-wait",
                &[
                    "when will the refund arrive",
                    "refund arrival day",
                    "how long for a refund",
                    "refund takes so long",
                ],
            ),
            entry(
                "size-chart",
                &[
                    "which shoe size fits",
                    "size chart for shoes",
                    "what size am i",
                    "shoes too small in size",
                ],
            ),
            entry(
                "opening-hours",
                &[
                    "are you open on sunday",
                    "opening hours",
                    "when do you open",
                    "open today",
                    "size chart of shoes",
                ],
            ),
        ];
        let findings = crossing_findings(&base, Lang::En);
        let Some(Finding::Confused {
            left,
            right,
            times,
            shared,
            ..
        }) = findings.first()
        else {
            panic!("{findings:#?}");
        };
        assert_eq!(
            (left.as_str(), right.as_str()),
            ("refund-when", "refund-wait")
        );
        assert!(
            *times >= 4 && shared.iter().any(|word| word == "refund"),
            "{findings:#?}"
        );
        assert!(
            findings.iter().any(
                |finding| matches!(finding, Finding::Elsewhere { key, finds, .. }
                if key.as_str() == "opening-hours" && finds.as_str() == "size-chart")
            ),
            "{findings:#?}"
        );
        let apart = [base[0].clone(), base[2].clone()];
        assert_eq!(crossing_findings(&apart, Lang::En), []);
        assert_eq!(crossing_findings(&[], Lang::En), []);
    }
}
