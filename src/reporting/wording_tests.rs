//! Which wording of an answer helps more: the tests out of the timeline, and what is said of them.

use crate::domain::knowledge::Entry;
use crate::domain::knowledge::wording_tests::{
    Better, FALSE_VERDICTS_PERCENT_MAX, HEARD_MIN, WordingTest,
};
use crate::domain::phrase::Phrase;
use crate::store::{StoreError, Tx, wording_tests};
use crate::wording::Words;

/// The tests of an entry, one for each language in which its answer has several wordings.
pub async fn of_entry(tx: &mut Tx, entry: &Entry) -> Result<Vec<WordingTest>, StoreError> {
    let mut tests = Vec::new();
    if entry
        .texts
        .values()
        .all(|text| text.other_answers.is_empty())
    {
        return Ok(tests);
    }
    let showings = wording_tests::of_entry(tx, &entry.key).await?;
    for (lang, text) in &entry.texts {
        if !text.other_answers.is_empty() {
            tests.push(WordingTest::of(&entry.key, *lang, text, &showings));
        }
    }
    Ok(tests)
}

/// The tests of a base that anybody was shown wordings of, by entry and language.
pub async fn begun(tx: &mut Tx, entries: &[Entry]) -> Result<Vec<WordingTest>, StoreError> {
    let tested = wording_tests::entries(tx).await?;
    let mut all = Vec::new();
    for entry in entries {
        if tested.contains(&entry.key) {
            all.extend(of_entry(tx, entry).await?);
        }
    }
    all.retain(WordingTest::has_begun);
    Ok(all)
}

/// The name of a wording by its place: A is the entry's own answer.
pub fn letter(place: usize) -> char {
    char::from(b'A' + u8::try_from(place).unwrap_or(25).min(25))
}

/// What can be told of a test, a sentence each.
pub fn verdict(words: &Words<'_>, test: &WordingTest) -> Vec<String> {
    if test.better.is_empty() {
        let none = Phrase::new("wording-test-no-difference")
            .count("n", test.heard())
            .count("least", HEARD_MIN);
        return vec![words.phrase(&none)];
    }
    let better = |better: &Better| words.phrase(&better_phrase(better));
    test.better.iter().map(better).collect()
}

/// That one wording helps more.
pub fn better_phrase(better: &Better) -> Phrase {
    Phrase::new("wording-test-better")
        .text("better", letter(better.better).to_string())
        .text("worse", letter(better.worse).to_string())
        .count("n", better.after)
}

/// How the verdict is come to.
pub fn method(words: &Words<'_>) -> String {
    let method = Phrase::new("wording-test-method")
        .count("percent", FALSE_VERDICTS_PERCENT_MAX)
        .count("least", HEARD_MIN);
    words.phrase(&method)
}

/// A share in whole percent; `None` of nothing.
pub fn percent(part: usize, of: usize) -> Option<usize> {
    (of > 0).then(|| (200 * part + of) / (2 * of))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_and_of_nothing_there_is_none() {
        assert_eq!(percent(2, 3), Some(67));
        assert_eq!(percent(1, 200), Some(1), "half a percent is rounded up");
        assert_eq!(percent(0, 0), None);
        assert_eq!((letter(0), letter(3)), ('A', 'D'));
    }
}
