//! Misspelt words brought back to words that the base has.
//!
//! Invariant: a word that the base has is never changed, nor is a number or a Chinese character.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::features::{Script, Token, base_of};
use crate::domain::lang::Lang;

/// Shortest word that is repaired, in letters; shorter ones are too near to each other.
const LETTERS_MIN: usize = 4;
/// From how many letters on two slips are repaired.
const TWO_SLIPS_LETTERS_MIN: usize = 8;
/// From how many letters on a replaced letter is repaired.
const REPLACED_LETTERS_MIN: usize = 6;
/// Longest word that is looked at, in letters.
const LETTERS_MAX: usize = 24;

/// The words of a base, and those that edits added since.
#[derive(Debug, Default, Clone)]
pub struct WordList {
    ground: Arc<Words>,
    added: Words,
}

#[derive(Debug, Default, Clone)]
struct Words {
    counts: BTreeMap<String, u32>,
    by_length: Vec<Vec<Known>>,
}

#[derive(Debug, Clone)]
struct Known {
    word: Vec<char>,
    letters: u32,
    count: u32,
}

impl WordList {
    /// Takes the words of one wording.
    pub fn add(&mut self, tokens: &[Token]) {
        for token in tokens
            .iter()
            .filter(|token| token.script == Script::Letters)
        {
            *self.added.counts.entry(token.shown.clone()).or_default() += 1;
        }
    }

    /// The list of a whole base, ready for looking up.
    pub fn settled(self) -> WordList {
        WordList {
            ground: Arc::new(self.added.sorted()),
            added: Words::default().sorted(),
        }
    }

    /// The list with further words, ready for looking up; the ground stays as it is.
    pub fn with<'a>(&self, further: impl Iterator<Item = &'a [Token]>) -> WordList {
        let mut list = self.clone();
        further.for_each(|tokens| list.add(tokens));
        list.added = list.added.sorted();
        list
    }

    fn has(&self, word: &str) -> bool {
        self.ground.counts.contains_key(word) || self.added.counts.contains_key(word)
    }

    /// Replaces words that the base does not have by near ones that it has.
    pub fn repair(&self, tokens: &mut [Token], lang: Lang) {
        for token in tokens
            .iter_mut()
            .filter(|token| token.script == Script::Letters)
        {
            // Vietnamese syllables are so near to each other that a repair does more harm.
            let is_english = token.shown.is_ascii() && lang != Lang::Vi;
            if is_english
                && !self.has(&token.shown)
                && let Some(word) = self.nearest(&token.shown)
            {
                token.base = base_of(&word, lang);
                token.shown = word;
            }
        }
    }

    /// The word with the fewest slips; of several, the most frequent, then the first.
    fn nearest(&self, word: &str) -> Option<String> {
        let word: Vec<char> = word.chars().collect();
        if !(LETTERS_MIN..=LETTERS_MAX).contains(&word.len()) {
            return None;
        }
        let slips_max = if word.len() >= TWO_SLIPS_LETTERS_MIN {
            2
        } else {
            1
        };
        let letters = letters_of(&word);
        let lengths = word.len() - slips_max..=(word.len() + slips_max).min(LETTERS_MAX);
        [&*self.ground, &self.added]
            .into_iter()
            .flat_map(|words| words.by_length[lengths.clone()].iter().flatten())
            .filter(|known| (known.letters ^ letters).count_ones() as usize <= 2 * slips_max)
            .filter(|known| is_likely_slip(&word, &known.word))
            .filter_map(|known| Some((slips(&word, &known.word, slips_max)?, known)))
            .min_by(|left, right| {
                left.0
                    .cmp(&right.0)
                    .then(right.1.count.cmp(&left.1.count))
                    .then(left.1.word.cmp(&right.1.word))
            })
            .map(|(_, known)| known.word.iter().collect())
    }
}

impl Words {
    fn sorted(mut self) -> Words {
        self.by_length.clear();
        self.by_length.resize_with(LETTERS_MAX + 1, Vec::new);
        for (word, count) in &self.counts {
            let word: Vec<char> = word.chars().collect();
            if (LETTERS_MIN - 1..=LETTERS_MAX).contains(&word.len()) {
                self.by_length[word.len()].push(Known {
                    letters: letters_of(&word),
                    word,
                    count: *count,
                });
            }
        }
        self
    }
}

/// Whether people slip so: the first letter is rarely mistyped, though it may change places with
/// the second; and with one letter replaced, a short word is rather another word ("side", "size").
fn is_likely_slip(typed: &[char], meant: &[char]) -> bool {
    let swapped = typed[0] == meant[1] && typed[1] == meant[0];
    let replaced = typed.len() == meant.len() && letters_of(typed) != letters_of(meant);
    (typed[0] == meant[0] || swapped) && !(replaced && typed.len() < REPLACED_LETTERS_MIN)
}

/// Which letters a word has, one bit each: words that differ much are told apart at once.
fn letters_of(word: &[char]) -> u32 {
    word.iter()
        .fold(0, |letters, char| letters | 1 << (u32::from(*char) % 32))
}

/// Insertions, deletions, replacements and swaps of neighbours between two words; `None` when more
/// than `most`.
fn slips(left: &[char], right: &[char], most: usize) -> Option<usize> {
    let width = right.len() + 1;
    let mut before_last = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for row in 1..=left.len() {
        let mut current = vec![row; width];
        for column in 1..width {
            let differs = usize::from(left[row - 1] != right[column - 1]);
            let mut fewest = (last[column - 1] + differs)
                .min(last[column] + 1)
                .min(current[column - 1] + 1);
            let swapped = row > 1
                && column > 1
                && left[row - 1] == right[column - 2]
                && left[row - 2] == right[column - 1];
            if swapped {
                fewest = fewest.min(before_last[column - 2] + 1);
            }
            current[column] = fewest;
        }
        if current.iter().min().is_some_and(|fewest| *fewest > most) {
            return None;
        }
        before_last = std::mem::replace(&mut last, current);
    }
    let slips = *last.last()?;
    (slips <= most).then_some(slips)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::features::tokens;

    fn repaired(text: &str) -> String {
        let mut list = WordList::default();
        for known in [
            "how long does delivery take",
            "refund my order",
            "can i change the address",
            "refund please",
        ] {
            list.add(&tokens(known, Lang::En));
        }
        let mut asked = tokens(text, Lang::En);
        list.settled().repair(&mut asked, Lang::En);
        asked
            .into_iter()
            .map(|token| token.shown)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn near_words_are_repaired() {
        assert_eq!(repaired("refnud my oder"), "refund my order");
        assert_eq!(repaired("dilivrey adress"), "delivery address");
        assert_eq!(repaired("chnage"), "change");
    }

    #[test]
    fn known_short_and_far_words_stay() {
        assert_eq!(repaired("cat me 123"), "cat me 123");
        assert_eq!(repaired("warranty"), "warranty");
        assert_eq!(repaired("lake late make border"), "lake late make border");
        assert_eq!(repaired("take long"), "take long");
    }

    #[test]
    fn very_long_words_are_left_alone() {
        let long = "x".repeat(4_000);
        assert_eq!(repaired(&long), long);
    }
}
