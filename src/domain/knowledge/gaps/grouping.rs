//! Which questions ask the same, by the features that the ranking sees.
//!
//! Invariants: a question keeps its group for good; the same questions after the same known ones
//! give the same groups, whatever machine asks; a new group is named after its first question.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::ids::MessageId;
use crate::domain::knowledge::features::{Bag, tokens};
use crate::domain::knowledge::vocabulary::{FeatureId, Vector, Vocabulary};
use crate::domain::lang::Lang;

/// From which likeness on a question joins a group: where two questions of public intent sets that
/// are grouped are more often of one intent than not. Lower, groups mix; higher, they fall apart.
const LIKE_FROM: f32 = 0.35;
/// How many of a group's nearest questions its likeness is the mean of: one that is like a single
/// member by chance does not join.
const NEAREST: usize = 3;
/// How much of a group's name is of its first question's.
const NAME_CHARS: usize = 12;

/// A question with its words, names struck out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its first message.
    pub id: MessageId,
    /// What it says.
    pub words: String,
}

/// Which group each of the `fresh` questions belongs to, in their order: the most alike one of the
/// `known` (each question with its group), or a new one. All are in one language; `wordings` of the
/// knowledge base say which words are rare.
pub fn assign<'a>(
    lang: Lang,
    known: &[(Question, String)],
    fresh: &[Question],
    wordings: impl Iterator<Item = &'a str>,
) -> Vec<String> {
    let bag = |words: &str| Bag::of(&tokens(words, lang), lang);
    let of_base: Vec<Bag> = wordings.map(bag).collect();
    let of_known: Vec<Bag> = known.iter().map(|(one, _)| bag(&one.words)).collect();
    let of_fresh: Vec<Bag> = fresh.iter().map(|one| bag(&one.words)).collect();
    let all = of_base.iter().chain(&of_known).chain(&of_fresh);
    let vocabulary = Vocabulary::of(all, lang);
    let mut grouped = Grouped::default();
    for ((_, group), bag) in known.iter().zip(&of_known) {
        grouped.add(&vocabulary.vector(bag), group.clone());
    }
    let mut groups = Vec::with_capacity(fresh.len());
    for (question, bag) in fresh.iter().zip(&of_fresh) {
        let vector = vocabulary.vector(bag);
        let group = grouped
            .most_alike(&vector)
            .unwrap_or_else(|| name(&question.id));
        grouped.add(&vector, group.clone());
        groups.push(group);
    }
    groups
}

/// The name of a group that a question founds.
fn name(first: &MessageId) -> String {
    let chars: Vec<char> = first.0.chars().collect();
    let from = chars.len().saturating_sub(NAME_CHARS);
    chars[from..].iter().collect()
}

/// Grouped questions, found by the features that they share.
#[derive(Default)]
struct Grouped {
    /// Each question's group, and how many questions each has.
    groups: Vec<usize>,
    names: Vec<String>,
    sizes: Vec<usize>,
    numbers: BTreeMap<String, usize>,
    /// The questions that have a feature, each with its weight.
    having: Vec<Vec<(usize, f32)>>,
}

impl Grouped {
    fn add(&mut self, vector: &Vector, group: String) {
        let question = self.groups.len();
        let next = self.names.len();
        let number = *self.numbers.entry(group.clone()).or_insert(next);
        if number == next {
            self.names.push(group);
            self.sizes.push(0);
        }
        self.sizes[number] += 1;
        self.groups.push(number);
        for (feature, weight) in &vector.weights {
            let place = place(*feature);
            if self.having.len() <= place {
                self.having.resize_with(place + 1, Vec::new);
            }
            self.having[place].push((question, *weight));
        }
    }

    /// The most alike group, where it is alike enough; of two as alike, the older one.
    fn most_alike(&self, vector: &Vector) -> Option<String> {
        let mut likeness = vec![0.0f32; self.groups.len()];
        let mut touched = BTreeSet::new();
        for (feature, weight) in &vector.weights {
            for (question, its) in self.having.get(place(*feature)).into_iter().flatten() {
                likeness[*question] += weight * its;
                touched.insert(*question);
            }
        }
        let mut by_group: BTreeMap<usize, Vec<f32>> = BTreeMap::new();
        for question in touched {
            let group = self.groups[question];
            by_group.entry(group).or_default().push(likeness[question]);
        }
        let mut best: Option<(f32, usize)> = None;
        for (group, mut near) in by_group {
            near.sort_by(|left, right| right.total_cmp(left));
            let count = self.sizes[group].min(NEAREST);
            let mean = near.iter().take(count).sum::<f32>() / count as f32;
            if mean >= LIKE_FROM && best.is_none_or(|(most, _)| mean > most) {
                best = Some((mean, group));
            }
        }
        best.map(|(_, group)| self.names[group].clone())
    }
}

fn place(feature: FeatureId) -> usize {
    feature as usize
}

/// The questions in the order of how well they stand for all of them, best first: the one that is
/// nearest to the middle, then those that say something new beside it.
pub fn typical(lang: Lang, words: &[&str]) -> Vec<usize> {
    let bags: Vec<Bag> = words
        .iter()
        .map(|words| Bag::of(&tokens(words, lang), lang))
        .collect();
    let vocabulary = Vocabulary::of(bags.iter(), lang);
    let vectors: Vec<Vector> = bags.iter().map(|bag| vocabulary.vector(bag)).collect();
    let middle = Vector::centroid(vectors.iter());
    let mut order: Vec<(usize, f32)> = vectors
        .iter()
        .enumerate()
        .map(|(number, vector)| (number, vector.dot(&middle.weights)))
        .collect();
    order.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
    order.into_iter().map(|(number, _)| number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questions(words: &[&str]) -> Vec<Question> {
        let numbered = words.iter().enumerate().map(|(number, words)| Question {
            id: format!("{number:032}").into(),
            words: (*words).to_owned(),
        });
        numbered.collect()
    }

    /// The questions of each group, by their numbers.
    fn grouped(lang: Lang, words: &[&str]) -> Vec<Vec<usize>> {
        let groups = assign(lang, &[], &questions(words), std::iter::empty());
        let mut by_group: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (number, group) in groups.iter().enumerate() {
            by_group.entry(group).or_default().push(number);
        }
        by_group.into_values().collect()
    }

    #[test]
    fn questions_that_ask_the_same_are_one_group_in_each_language() {
        let english = [
            "do you ship to Laos?",
            "can I get a student discount",
            "is shipping to Laos possible",
            "do you have a discount for students?",
            "shipping to laos",
        ];
        assert_eq!(grouped(Lang::En, &english), [vec![0, 2, 4], vec![1, 3]]);
        let vietnamese = [
            "shop có gửi hàng sang Lào không",
            "sinh viên có được giảm giá không",
            "gui hang sang lao dc ko",
            "giảm giá cho sinh viên",
        ];
        assert_eq!(grouped(Lang::Vi, &vietnamese), [vec![0, 2], vec![1, 3]]);
        let chinese = [
            "可以寄到老挝吗",
            "学生有优惠吗",
            "能不能寄到老挝",
            "有没有学生优惠",
        ];
        assert_eq!(grouped(Lang::Zh, &chinese), [vec![0, 2], vec![1, 3]]);
    }

    #[test]
    fn next_week_s_questions_join_last_week_s_groups_and_none_moves() {
        let last = questions(&[
            "do you ship to Laos?",
            "can I get a student discount",
            "is shipping to Laos possible",
        ]);
        let groups = assign(Lang::En, &[], &last, std::iter::empty());
        let known: Vec<(Question, String)> = last.into_iter().zip(groups.clone()).collect();
        let next = Question {
            id: "0f0f".into(),
            words: "shipping to Laos?".to_owned(),
        };
        let other = Question {
            id: "0e0e".into(),
            words: "my oven explodes".to_owned(),
        };
        let joined = assign(
            Lang::En,
            &known,
            &[next, other],
            ["How much is shipping?"].into_iter(),
        );
        assert_eq!(joined, [groups[0].clone(), "0e0e".to_owned()]);
        // The founder may be gone: the others keep its group.
        let rest = &known[2..];
        let again = Question {
            id: "0d0d".into(),
            words: "do you ship to laos".to_owned(),
        };
        let joined = assign(Lang::En, rest, &[again], std::iter::empty());
        assert_eq!(joined, [groups[0].clone()]);
    }

    #[test]
    fn questions_without_any_word_found_groups_of_their_own() {
        let groups = grouped(Lang::En, &["[…]", "?!", "[…]"]);
        assert_eq!(groups.len(), 3);
    }

    #[test]
    fn the_most_typical_question_stands_first() {
        let words = [
            "laos",
            "do you ship to laos",
            "hi there my friend said maybe you ship to laos or so",
        ];
        assert_eq!(typical(Lang::En, &words)[0], 1);
        assert!(typical(Lang::En, &[]).is_empty());
    }
}
