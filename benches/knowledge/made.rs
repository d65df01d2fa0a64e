//! Made-up bases, misspelt words and texts without marks: the same in every run.

use std::collections::BTreeMap;

use careline::domain::knowledge::{Entry, EntryText};
use careline::domain::lang::Lang;

/// Numbers that look random (SplitMix64).
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut next = self.0;
        next = (next ^ (next >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        next = (next ^ (next >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((next ^ (next >> 31)) % bound.max(1) as u64) as usize
    }

    /// Frequent things come first: the rank falls off as words do.
    fn ranked(&mut self, bound: usize) -> usize {
        let share = (self.below(1 << 20) as f64 + 1.0) / (1 << 20) as f64;
        ((bound as f64).powf(share) - 1.0) as usize
    }
}

const SYLLABLES: [&str; 40] = [
    "ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu",
    "bar", "cel", "din", "fos", "gur", "kam", "lep", "mit", "nor", "pul", "ran", "sed", "tic",
    "vox", "wen", "stra", "ple", "gri", "blo", "cru", "sha", "che", "thi", "pho", "tru",
];
const SMALL: [&str; 24] = [
    "how", "do", "i", "the", "my", "can", "what", "is", "when", "a", "for", "to", "where", "you",
    "please", "it", "of", "in", "does", "why", "with", "not", "still", "on",
];

fn word(number: usize) -> String {
    let mut left = number + SYLLABLES.len();
    let mut word = String::new();
    while left > 0 {
        word.push_str(SYLLABLES[left % SYLLABLES.len()]);
        left /= SYLLABLES.len();
    }
    word
}

/// An entry's own words: what it is about.
fn subject(entry: usize) -> Vec<String> {
    let mut chance = Chance(entry as u64 * 7919 + 1);
    let things = (0..3).map(|_| chance.ranked(6_000)).collect::<Vec<_>>();
    let mut subject: Vec<String> = things.into_iter().map(|thing| word(thing + 400)).collect();
    subject.push(word(chance.below(400)));
    subject
}

/// One way of asking for an entry: most of its own words among small ones.
pub fn asked(entry: usize, chance: &mut Chance) -> String {
    let mut words = subject(entry);
    let left_out = chance.below(words.len() + 2);
    if left_out < words.len() {
        words.remove(left_out);
    }
    for _ in 0..3 + chance.below(4) {
        let place = chance.below(words.len() + 1);
        words.insert(place, SMALL[chance.below(SMALL.len())].to_owned());
    }
    if chance.below(2) == 0 {
        words.push(word(chance.ranked(6_000) + 400));
    }
    words.join(" ")
}

/// An entry with five wordings.
pub fn entry(number: usize) -> Entry {
    let mut chance = Chance(number as u64);
    let mut wordings: Vec<String> = (0..5).map(|_| asked(number, &mut chance)).collect();
    let text = EntryText {
        question: wordings.remove(0),
        phrasings: wordings,
        answer: format!("The answer of entry {number}, in a sentence or two."),
        ..EntryText::default()
    };
    Entry {
        key: format!("entry-{number:06}").as_str().into(),
        tags: vec![],
        triggers: vec![],
        texts: BTreeMap::from([(Lang::En, text)]),
        upkeep: Default::default(),
    }
}

/// A text with about `percent` of its longer words misspelt: a letter doubled, dropped, replaced or
/// exchanged with the next.
pub fn misspelt(text: &str, percent: usize, chance: &mut Chance) -> String {
    let words = text.split(' ').map(|word| {
        let letters: Vec<char> = word.chars().collect();
        if letters.len() < 4 || chance.below(100) >= percent {
            return word.to_owned();
        }
        let mut letters = letters;
        let place = 1 + chance.below(letters.len() - 2);
        match chance.below(4) {
            0 => letters.insert(place, letters[place]),
            1 => {
                letters.remove(place);
            }
            2 => letters[place] = char::from(b'a' + chance.below(26) as u8),
            _ => letters.swap(place, place + 1),
        }
        letters.into_iter().collect()
    });
    words.collect::<Vec<String>>().join(" ")
}
