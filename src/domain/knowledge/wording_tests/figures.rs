//! What became of each wording of an answer, and which helps more.

use std::collections::BTreeMap;

use serde::Serialize;

use super::choosing::AnswerHash;
use super::evidence::{Evidence, Side};
use super::showings::{Outcome, Showing};
use crate::domain::ids::{CustomerId, EntryKey};
use crate::domain::knowledge::entry::EntryText;
use crate::domain::lang::Lang;
use crate::domain::time::Timestamp;

/// The test of an entry's answer in one language. Each customer counts once for a wording, with
/// the first thing that was heard of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WordingTest {
    /// The entry.
    pub entry: EntryKey,
    /// The language.
    pub lang: Lang,
    /// Its wordings, in the entry's order.
    pub wordings: Vec<WordingFigures>,
    /// What can be told so far; nothing means no difference yet.
    pub better: Vec<Better>,
}

/// What became of one wording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WordingFigures {
    /// Which.
    pub wording: AnswerHash,
    /// Its text.
    pub answer: String,
    /// Customers who were shown it.
    pub customers: usize,
    /// Of these, who said first that it helped.
    pub helped: usize,
    /// Who said first that it did not, or went on to a person.
    pub did_not_help: usize,
    /// Who went on to a person, whatever they had said.
    pub to_person: usize,
}

impl WordingFigures {
    /// Customers of whom anything was heard.
    pub fn heard(&self) -> usize {
        self.helped + self.did_not_help
    }
}

/// One wording helps more than another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Better {
    /// The place of the one that helps more among the test's wordings.
    pub better: usize,
    /// The place of the other.
    pub worse: usize,
    /// After how many customers of whom something was heard, of both, it could be told.
    pub after: usize,
    /// Since when it can.
    pub at: Timestamp,
}

/// What a customer's showings of a wording come to.
#[derive(Default)]
struct Counted<'s> {
    first: Option<(Outcome, &'s Showing)>,
    to_person: bool,
}

impl WordingTest {
    /// The test of a text's wordings as it stands now, from its entry's showings in any order; what
    /// was shown of other wordings or in other languages is left out.
    pub fn of(entry: &EntryKey, lang: Lang, text: &EntryText, showings: &[Showing]) -> WordingTest {
        let hashes: Vec<AnswerHash> = text.answers().map(AnswerHash::of).collect();
        let place_of = |hash: AnswerHash| hashes.iter().position(|one| *one == hash);
        let mut counted: BTreeMap<(usize, &CustomerId), Counted<'_>> = BTreeMap::new();
        let mut compared_max = hashes.len();
        let own = |showing: &&Showing| showing.entry == *entry && showing.wording.lang == lang;
        for showing in showings.iter().filter(own) {
            let Some(place) = place_of(showing.wording.shown) else {
                continue;
            };
            // Who takes a wording out after a look has looked at more.
            compared_max = compared_max.max(showing.wording.among.len());
            let of_customer = counted.entry((place, &showing.customer)).or_default();
            of_customer.to_person |= showing.to_person;
            if let Some(outcome) = showing.outcome
                && of_customer
                    .first
                    .is_none_or(|(first, _)| outcome.at.0 < first.at.0)
            {
                of_customer.first = Some((outcome, showing));
            }
        }
        let statements = compared_max * (compared_max - 1);
        WordingTest {
            entry: entry.clone(),
            lang,
            wordings: figures(text, &hashes, &counted),
            better: better(&hashes, &counted, statements),
        }
    }

    /// Whether anybody was shown any of its wordings.
    pub fn has_begun(&self) -> bool {
        self.wordings.iter().any(|wording| wording.customers > 0)
    }

    /// Customers of whom anything was heard.
    pub fn heard(&self) -> usize {
        self.wordings.iter().map(WordingFigures::heard).sum()
    }
}

fn figures(
    text: &EntryText,
    hashes: &[AnswerHash],
    counted: &BTreeMap<(usize, &CustomerId), Counted<'_>>,
) -> Vec<WordingFigures> {
    let mut figures: Vec<WordingFigures> = text
        .answers()
        .zip(hashes)
        .map(|(answer, wording)| WordingFigures {
            wording: *wording,
            answer: answer.to_owned(),
            customers: 0,
            helped: 0,
            did_not_help: 0,
            to_person: 0,
        })
        .collect();
    for ((place, _), of_customer) in counted {
        let figures = &mut figures[*place];
        figures.customers += 1;
        figures.to_person += usize::from(of_customer.to_person);
        match of_customer.first.map(|(outcome, _)| outcome.helped) {
            Some(true) => figures.helped += 1,
            Some(false) => figures.did_not_help += 1,
            None => {}
        }
    }
    figures
}

/// Goes through what was heard as it was heard. Two wordings are compared by customers who could
/// have been shown either: others were there at other times.
fn better(
    hashes: &[AnswerHash],
    counted: &BTreeMap<(usize, &CustomerId), Counted<'_>>,
    statements: usize,
) -> Vec<Better> {
    let mut heard: Vec<(Outcome, usize, &Showing)> = counted
        .iter()
        .filter_map(|((place, _), of_customer)| {
            let (outcome, showing) = of_customer.first?;
            Some((outcome, *place, showing))
        })
        .collect();
    heard.sort_by(|left, right| {
        let key = |one: &(Outcome, usize, &Showing)| one.0.at.0;
        key(left)
            .cmp(&key(right))
            .then_with(|| left.2.customer.cmp(&right.2.customer))
    });
    let mut found = Vec::new();
    for first in 0..hashes.len() {
        for second in first + 1..hashes.len() {
            let mut evidence = Evidence::default();
            for (outcome, place, showing) in &heard {
                let other = if *place == first { second } else { first };
                let is_of_pair = [first, second].contains(place);
                if !is_of_pair || !showing.wording.among.contains(&hashes[other]) {
                    continue;
                }
                let side = match *place == first {
                    true => Side::First,
                    false => Side::Second,
                };
                evidence.hear(side, outcome.helped);
                if let Some(side) = evidence.better(statements) {
                    let (better, worse) = match side {
                        Side::First => (first, second),
                        Side::Second => (second, first),
                    };
                    found.push(Better {
                        better,
                        worse,
                        after: evidence.heard(),
                        at: outcome.at,
                    });
                    break;
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::wording_tests::ShownWording;
    use crate::domain::knowledge::wording_tests::made::Chance;

    fn text(answers: &[&str]) -> EntryText {
        EntryText {
            answer: answers[0].to_owned(),
            other_answers: answers[1..].iter().map(|one| (*one).to_owned()).collect(),
            ..EntryText::default()
        }
    }

    fn showing(
        customer: usize,
        shown: &str,
        among: &[&str],
        heard: Option<(bool, i64)>,
    ) -> Showing {
        Showing {
            customer: CustomerId(format!("u{customer}")),
            entry: "refund".into(),
            wording: ShownWording {
                lang: Lang::En,
                shown: AnswerHash::of(shown),
                among: among.iter().map(|one| AnswerHash::of(one)).collect(),
            },
            outcome: heard.map(|(helped, at)| Outcome {
                helped,
                at: Timestamp(at),
            }),
            to_person: heard.is_some_and(|(helped, _)| !helped),
        }
    }

    fn test(answers: &[&str], showings: &[Showing]) -> WordingTest {
        WordingTest::of(&"refund".into(), Lang::En, &text(answers), showings)
    }

    fn counts(test: &WordingTest) -> Vec<[usize; 4]> {
        let each = test.wordings.iter();
        each.map(|one| [one.customers, one.helped, one.did_not_help, one.to_person])
            .collect()
    }

    #[test]
    fn a_customer_counts_once_with_what_was_heard_first() {
        let among = ["a", "b"];
        let mut showings = vec![
            showing(1, "a", &among, None),
            showing(1, "a", &among, Some((false, 7))),
            showing(1, "a", &among, Some((true, 9))),
            showing(2, "b", &among, Some((true, 3))),
            showing(3, "b", &among, None),
        ];
        let expected = vec![[1, 0, 1, 1], [2, 1, 0, 0]];
        assert_eq!(counts(&test(&["a", "b"], &showings)), expected);
        showings.reverse();
        let told = test(&["a", "b"], &showings);
        assert_eq!(counts(&told), expected, "in whatever order");
        assert!(told.has_begun() && told.heard() == 2 && told.better.is_empty());
        // An edited wording begins anew, the other goes on.
        let edited = test(&["a", "b, edited"], &showings);
        assert_eq!(counts(&edited), [[1, 0, 1, 1], [0; 4]]);
        let mut elsewhere = showings.clone();
        elsewhere[0].entry = "parcel".into();
        elsewhere[1].wording.lang = Lang::Vi;
        assert_eq!(counts(&test(&["a", "b"], &elsewhere))[1], [0; 4]);
    }

    /// Of 60 tests of four wordings, those of which something is told, and of these the ones that
    /// name the last wording better than another one.
    fn of_60(chance: &mut Chance, customers: usize, helped: [f64; 4]) -> (usize, usize) {
        let among = ["a", "b", "c", "d"];
        let mut told = (0, 0);
        for _ in 0..60 {
            let showings: Vec<Showing> = (0..customers)
                .map(|number| {
                    let place = 2 * usize::from(chance.happens(0.5));
                    let place = place + usize::from(chance.happens(0.5));
                    let at = i64::try_from(number).unwrap();
                    let heard = (chance.happens(helped[place]), at);
                    showing(number, among[place], &among, Some(heard))
                })
                .collect();
            let better = test(&among, &showings).better;
            told.0 += usize::from(!better.is_empty());
            told.1 += usize::from(better.iter().any(|one| one.better == 3));
        }
        told
    }

    #[test]
    fn of_four_wordings_alike_one_is_seldom_named_and_a_better_one_is() {
        let mut chance = Chance(0xf0042);
        let (alike, _) = of_60(&mut chance, 1_200, [0.6; 4]);
        let (told, last) = of_60(&mut chance, 1_200, [0.6, 0.6, 0.6, 0.75]);
        println!("alike: {alike} of 60; one better: {told}, rightly {last}");
        assert!(alike <= 3, "{alike}");
        assert!(last >= 45 && told - last <= 3, "{told}, {last}");
    }

    #[test]
    fn only_what_was_shown_at_the_same_time_is_compared() {
        let heard = |from: usize, shown: &'static str, among: &'static [&str], helped| {
            (from..from + 60).map(move |number| {
                let at = i64::try_from(number).unwrap();
                showing(number, shown, among, Some((helped, at)))
            })
        };
        // A bad time, before the other wording was there.
        let before = heard(0, "a", &["a", "c"], false);
        let good: Vec<Showing> = before.chain(heard(60, "b", &["a", "b"], true)).collect();
        assert!(test(&["a", "b"], &good).better.is_empty());
        let fair: Vec<Showing> = good
            .into_iter()
            .chain(heard(120, "a", &["a", "b"], false))
            .collect();
        let told = test(&["a", "b"], &fair);
        let [found] = told.better[..] else {
            panic!("{told:#?}");
        };
        assert_eq!((found.better, found.worse), (1, 0));
        assert!(found.after < 120 && found.at == Timestamp(120 + found.after as i64 - 61));
        assert_eq!(counts(&told)[0], [120, 0, 120, 120], "the figures have all");
    }
}
