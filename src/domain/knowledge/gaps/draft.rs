//! From a group of questions to an entry, or to further phrasings of one.

use std::collections::{BTreeMap, BTreeSet};

use super::struck_out::STRUCK;
use super::summary::Summary;
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::entry::{Entry, EntryText, PHRASING_CHARS_MAX, parse_key};
use crate::domain::knowledge::features::{Bag, tokens};
use crate::domain::knowledge::text::normalise::normalise;
use crate::domain::knowledge::text::vietnamese::fold;
use crate::domain::knowledge::vocabulary::{Vector, Vocabulary};
use crate::domain::lang::Lang;
use crate::domain::rich::markdown::markdown_of;

/// How many words of the question a proposed key has.
const KEY_WORDS_MAX: usize = 5;
/// How many entries are proposed.
const NEAREST_MAX: usize = 3;

/// A draft of an entry that answers the group: the most typical question, the others as phrasings,
/// and what a person answered. Without a human answer the draft has none either.
pub fn draft(summary: &Summary) -> Entry {
    let question = summary.examples.first().cloned().unwrap_or_default();
    let others = summary
        .whole_examples()
        .filter(|other| **other != *question);
    let further: Vec<String> = others.map(str::to_owned).collect();
    let text = EntryText {
        phrasings: phrasings(&further, &[]),
        answer: summary
            .answer
            .as_deref()
            .map(as_markdown)
            .unwrap_or_default(),
        question: cut(&question),
        other_answers: Vec::new(),
    };
    Entry {
        texts: BTreeMap::from([(summary.lang, text.clone())]),
        ..Entry::blank(proposed_key(&text.question, &summary.group))
    }
}

/// What a person wrote as an answer's markdown that reads the same; what is struck out stays so.
fn as_markdown(answer: &str) -> String {
    let parts: Vec<String> = answer.split(STRUCK).map(markdown_of).collect();
    parts.join(STRUCK)
}

/// The entry with these questions as further phrasings, as far as they are new and whole.
pub fn with_phrasings(entry: &Entry, lang: Lang, questions: &[String]) -> Entry {
    let mut entry = entry.clone();
    // Without a text in that language there is nothing that a phrasing could lead to.
    if let Some(text) = entry.texts.get_mut(&lang) {
        let known: Vec<String> = text.wordings().map(str::to_owned).collect();
        text.phrasings.extend(phrasings(questions, &known));
    }
    entry
}

/// Whether something in the entry still stands struck out: nobody is to be told that.
pub fn has_struck(entry: &Entry) -> bool {
    let struck = |text: &EntryText| {
        text.wordings()
            .chain(text.answers())
            .any(|one| one.contains(STRUCK))
    };
    entry.texts.values().any(struck)
}

/// The questions that can stand as phrasings: whole, not too long, each once.
fn phrasings(questions: &[String], known: &[String]) -> Vec<String> {
    let mut seen: BTreeSet<String> = known.iter().map(|known| normalise(known)).collect();
    let whole = questions.iter().filter(|question| {
        !question.contains(STRUCK)
            && !question.trim().is_empty()
            && question.chars().count() <= PHRASING_CHARS_MAX
    });
    whole
        .filter(|question| seen.insert(normalise(question)))
        .cloned()
        .collect()
}

fn cut(question: &str) -> String {
    question.chars().take(PHRASING_CHARS_MAX).collect()
}

/// A key made of the question's first words; of the group's name where they have no Latin letters.
pub fn proposed_key(question: &str, group: &str) -> EntryKey {
    let folded = fold(&normalise(question));
    let words: Vec<String> = folded
        .split(|char: char| !char.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(KEY_WORDS_MAX)
        .map(str::to_owned)
        .collect();
    let from_words = parse_key(&words.join("-"));
    from_words.unwrap_or_else(|_| EntryKey(format!("question-{}", group.to_ascii_lowercase())))
}

/// The entries of a base that are most like a question, by the features that the ranking sees.
pub struct Nearest<'e> {
    lang: Lang,
    vocabulary: Vocabulary,
    entries: Vec<(&'e EntryKey, Vector)>,
}

impl<'e> Nearest<'e> {
    /// The entries that have a text in that language.
    pub fn of(lang: Lang, entries: &'e [Entry]) -> Nearest<'e> {
        let bag = |words: &str| Bag::of(&tokens(words, lang), lang);
        let texts = entries
            .iter()
            .filter_map(|entry| Some((&entry.key, entry.texts.get(&lang)?)));
        let bags: Vec<(&EntryKey, Vec<Bag>)> = texts
            .map(|(key, text)| (key, text.wordings().map(bag).collect()))
            .collect();
        let vocabulary = Vocabulary::of(bags.iter().flat_map(|(_, bags)| bags), lang);
        let middle = |bags: &[Bag]| {
            let vectors: Vec<Vector> = bags.iter().map(|bag| vocabulary.vector(bag)).collect();
            Vector::centroid(vectors.iter())
        };
        let entries = bags
            .iter()
            .map(|(key, bags)| (*key, middle(bags)))
            .collect();
        Nearest {
            lang,
            vocabulary,
            entries,
        }
    }

    /// The nearest ones, best first; only those that share anything.
    pub fn to(&self, words: &str) -> Vec<EntryKey> {
        let bag = Bag::of(&tokens(words, self.lang), self.lang);
        let vector = self.vocabulary.vector(&bag);
        let mut near: Vec<(f32, &EntryKey)> = self
            .entries
            .iter()
            .map(|(key, middle)| (vector.dot(&middle.weights), *key))
            .filter(|(likeness, _)| *likeness > 0.0)
            .collect();
        near.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(right.1)));
        near.truncate(NEAREST_MAX);
        near.into_iter().map(|(_, key)| key.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::sample::sample;
    use crate::domain::time::Timestamp;

    fn summary(lang: Lang, examples: &[&str], answer: Option<&str>) -> Summary {
        Summary {
            group: "0A1B".to_owned(),
            lang,
            gaps: examples.len(),
            kinds: BTreeMap::new(),
            last_at: Timestamp(1),
            examples: examples.iter().map(|text| (*text).to_owned()).collect(),
            answer: answer.map(str::to_owned),
            entry: None,
            ignored: false,
        }
    }

    #[test]
    fn a_draft_has_question_phrasings_and_the_human_answer() {
        let made = draft(&summary(
            Lang::Vi,
            &[
                "Gửi sang Lào được không?",
                "ship qua lao",
                "gửi cho […] ở Lào",
            ],
            Some("Được ạ, mỗi tuần hai chuyến."),
        ));
        assert_eq!(made.key.as_str(), "gui-sang-lao-duoc-khong");
        let text = &made.texts[&Lang::Vi];
        assert_eq!(text.question, "Gửi sang Lào được không?");
        assert_eq!(
            text.phrasings,
            ["ship qua lao"],
            "what is struck is no phrasing"
        );
        assert_eq!(made.faults(), vec![]);
        assert!(!has_struck(&made));
        let struck = summary(Lang::Vi, &["gửi cho […] ở Lào"], None);
        assert!(has_struck(&draft(&struck)));
    }

    #[test]
    fn a_draft_without_an_answer_or_latin_letters_is_still_a_draft() {
        let made = draft(&summary(Lang::Zh, &["可以寄到老挝吗"], None));
        assert_eq!(made.key.as_str(), "question-0a1b");
        assert_eq!(made.faults().len(), 1, "the answer is missing");
        assert!(draft(&summary(Lang::En, &[], None)).faults().len() >= 2);
    }

    #[test]
    fn a_phrasing_is_added_once_and_only_whole() {
        let entry = draft(&summary(Lang::En, &["Do you ship to Laos?"], Some("Yes.")));
        let asked = [
            "do you ship to laos?",
            "laos shipping",
            "laos for […]",
            "laos shipping",
        ]
        .map(str::to_owned);
        let more = with_phrasings(&entry, Lang::En, &asked);
        assert_eq!(more.texts[&Lang::En].phrasings, ["laos shipping"]);
        assert_eq!(with_phrasings(&more, Lang::En, &asked), more);
        assert_eq!(with_phrasings(&more, Lang::Zh, &asked), more);
    }

    #[test]
    fn the_entry_that_is_asked_for_is_among_the_nearest() {
        let entries: Vec<Entry> = sample().into_iter().map(|change| change.entry).collect();
        let check = |lang, words: &str, key: &str| {
            let near = Nearest::of(lang, &entries).to(words);
            assert!(near.contains(&key.into()), "{words}: {near:?}");
            assert!(near.len() <= NEAREST_MAX);
        };
        check(
            Lang::En,
            "when will the refund be on my card",
            "refund-time",
        );
        check(Lang::Vi, "bao gio co tien hoan", "refund-time");
        check(Lang::Zh, "钱什么时候退回来", "refund-time");
        assert!(Nearest::of(Lang::En, &[]).to("refund").is_empty());
    }
}
