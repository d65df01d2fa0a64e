//! What the ranking sees of a text: words, pairs of neighbours, runs of characters.
//!
//! Invariant: the same text gives the same features in the same order, on every machine and in
//! every run: they are hashes of their letters, and no map's order comes into it.

use super::concepts::concepts;
use super::text::normalise::normalise;
use super::text::terms::{Term, terms};
use super::text::{stem, vietnamese};
use crate::domain::lang::Lang;

/// The kinds of features; each is weighed and normalised apart from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Stemmed words, folded syllables, single Chinese characters.
    Word,
    /// Vietnamese syllables with their marks.
    Marked,
    /// Two neighbouring words, syllables or Chinese characters.
    Pair,
    /// Runs of characters inside words (English) or across syllables (Vietnamese), or of three
    /// Chinese characters.
    Gram,
    /// What the text is about in terms that all languages share.
    Concept,
}

impl Group {
    /// How many groups there are.
    pub const COUNT: usize = 5;

    /// The group's place in an array of all groups.
    pub fn place(self) -> usize {
        match self {
            Group::Word => 0,
            Group::Marked => 1,
            Group::Pair => 2,
            Group::Gram => 3,
            Group::Concept => 4,
        }
    }
}

/// A word of a text, as the features are made from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// As the customer wrote it, normalised.
    pub shown: String,
    /// What it is compared by: the stem, the folded syllable, the character.
    pub base: String,
    /// How it is written.
    pub script: Script,
}

/// How a token is written, which decides its features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// With letters.
    Letters,
    /// With digits; all numbers of the same length are one.
    Digits,
    /// One Chinese character.
    Han,
}

/// The tokens of a text, read as a text in `lang`.
pub fn tokens(text: &str, lang: Lang) -> Vec<Token> {
    let mut tokens = Vec::new();
    for term in terms(&normalise(text)) {
        match term {
            Term::Han(char) => tokens.push(Token {
                shown: char.to_string(),
                base: char.to_string(),
                script: Script::Han,
            }),
            Term::Number(number) => tokens.push(Token {
                base: "0".repeat(number.chars().count().min(4)),
                shown: number,
                script: Script::Digits,
            }),
            Term::Word(word) => push_word(word, lang, &mut tokens),
        }
    }
    tokens
}

fn push_word(word: String, lang: Lang, tokens: &mut Vec<Token>) {
    if lang == Lang::Vi
        && let Some(written_out) = vietnamese::written_out(&word)
    {
        tokens.extend(written_out.split(' ').map(|syllable| Token {
            shown: syllable.to_owned(),
            base: vietnamese::fold(syllable),
            script: Script::Letters,
        }));
        return;
    }
    tokens.push(Token {
        base: base_of(&word, lang),
        shown: word,
        script: Script::Letters,
    });
}

/// What a word in letters is compared by.
pub fn base_of(word: &str, lang: Lang) -> String {
    match lang {
        Lang::En | Lang::Zh => stem::english(word),
        Lang::Vi => vietnamese::fold(word),
    }
}

/// The features of a text, with repeats, grouped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bag {
    groups: [Vec<u64>; Group::COUNT],
}

impl Bag {
    /// The features of the tokens of a text in `lang`.
    pub fn of(tokens: &[Token], lang: Lang) -> Bag {
        let mut bag = Bag::default();
        for token in tokens {
            bag.push(Group::Word, word_feature(&token.base));
            if lang == Lang::Vi && token.shown != token.base && !token.shown.is_ascii() {
                bag.push(Group::Marked, hash(2, &token.shown));
            }
        }
        for neighbours in tokens.windows(2) {
            if let [left, right] = neighbours {
                bag.push(Group::Pair, pair(&left.base, &right.base));
            }
        }
        for concept in concepts(tokens, lang) {
            bag.push(Group::Concept, hash(6, concept));
        }
        match lang {
            Lang::En => bag.push_word_grams(tokens, 3, 5),
            Lang::Vi => bag.push_running_grams(tokens, 3, 5),
            Lang::Zh => {
                bag.push_han_triples(tokens);
                bag.push_word_grams(tokens, 3, 5);
            }
        }
        bag
    }

    /// The features of one group, in the order of the text.
    pub fn group(&self, place: usize) -> &[u64] {
        &self.groups[place]
    }

    fn push(&mut self, group: Group, feature: u64) {
        self.groups[group.place()].push(feature);
    }

    fn push_word_grams(&mut self, tokens: &[Token], shortest: usize, longest: usize) {
        for token in tokens {
            if token.script == Script::Letters {
                let word: Vec<char> = std::iter::once('_')
                    .chain(token.shown.chars())
                    .chain(std::iter::once('_'))
                    .collect();
                self.push_grams(&word, shortest, longest);
            }
        }
    }

    fn push_running_grams(&mut self, tokens: &[Token], shortest: usize, longest: usize) {
        let mut line = vec!['_'];
        for token in tokens {
            line.extend(token.base.chars());
            line.push('_');
        }
        self.push_grams(&line, shortest, longest);
    }

    fn push_han_triples(&mut self, tokens: &[Token]) {
        for three in tokens.windows(3) {
            if let [first, second, third] = three
                && three.iter().all(|token| token.script == Script::Han)
            {
                let outer = pair(&first.base, &third.base);
                self.push(Group::Gram, mix(outer, hash(5, &second.base)));
            }
        }
    }

    fn push_grams(&mut self, line: &[char], shortest: usize, longest: usize) {
        for start in 0..line.len() {
            let mut state = seed(4);
            for (length, char) in line[start..].iter().take(longest).enumerate() {
                state = step(state, u32::from(*char));
                if length + 1 >= shortest {
                    self.push(Group::Gram, finish(state));
                }
            }
        }
    }
}

/// The feature of a word by what it is compared by.
pub fn word_feature(base: &str) -> u64 {
    hash(1, base)
}

/// What stands for a whole wording in its comparable form.
pub fn wording_feature(comparable: &str) -> u64 {
    hash(7, comparable)
}

fn pair(left: &str, right: &str) -> u64 {
    mix(hash(3, left), hash(3, right))
}

fn hash(kind: u64, text: &str) -> u64 {
    let folded = text
        .bytes()
        .fold(seed(kind), |state, byte| step(state, u32::from(byte)));
    finish(folded)
}

fn seed(kind: u64) -> u64 {
    0xcbf2_9ce4_8422_2325 ^ kind.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// One step of FNV-1a, over a whole character at a time.
fn step(state: u64, char: u32) -> u64 {
    (state ^ u64::from(char)).wrapping_mul(0x0000_0100_0000_01b3)
}

/// Spreads the low bits that FNV leaves alike (the finaliser of SplitMix64).
fn finish(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

fn mix(left: u64, right: u64) -> u64 {
    finish(left.rotate_left(17) ^ right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bag(text: &str, lang: Lang) -> Bag {
        Bag::of(&tokens(text, lang), lang)
    }

    fn shared(left: &Bag, right: &Bag, group: Group) -> usize {
        let place = group.place();
        left.group(place)
            .iter()
            .filter(|feature| right.group(place).contains(feature))
            .count()
    }

    #[test]
    fn words_are_compared_by_their_stem() {
        let (left, right) = (
            bag("refunds arriving", Lang::En),
            bag("refund arrived", Lang::En),
        );
        assert_eq!(shared(&left, &right, Group::Word), 2);
        assert_eq!(shared(&left, &right, Group::Pair), 1);
    }

    #[test]
    fn vietnamese_without_marks_differs_only_in_the_marked_group() {
        let (marked, bare) = (
            bag("hoàn tiền bao lâu", Lang::Vi),
            bag("hoan tien bao lau", Lang::Vi),
        );
        for group in [Group::Word, Group::Pair, Group::Gram] {
            assert_eq!(marked.group(group.place()), bare.group(group.place()));
        }
        assert_eq!(marked.group(Group::Marked.place()).len(), 3);
        assert!(bare.group(Group::Marked.place()).is_empty());
    }

    #[test]
    fn shorthand_gives_the_features_of_what_it_stands_for() {
        assert_eq!(
            bag("ship dc ko", Lang::Vi),
            bag("ship được không", Lang::Vi)
        );
    }

    #[test]
    fn traditional_and_full_width_give_the_features_of_the_plain_form() {
        assert_eq!(
            bag("貨到付款ＣＯＤ嗎", Lang::Zh),
            bag("货到付款cod吗", Lang::Zh)
        );
    }

    #[test]
    fn a_typo_leaves_most_runs_of_characters() {
        let (right, typo) = (bag("delivery", Lang::En), bag("delivrey", Lang::En));
        assert_eq!(shared(&right, &typo, Group::Word), 0);
        assert!(shared(&right, &typo, Group::Gram) >= 8);
    }

    #[test]
    fn texts_without_words_have_no_features() {
        for lang in Lang::ALL {
            for text in ["", "\0", "🙂", "?!", "\u{202e}"] {
                assert!(tokens(text, lang).is_empty(), "{text:?}");
                let bag = bag(text, lang);
                assert!((0..Group::Gram.place()).all(|place| bag.group(place).is_empty()));
            }
        }
    }
}
