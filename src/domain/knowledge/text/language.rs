//! In which language a message is.
//!
//! Invariant: what the text itself tells beats the prior; the prior decides where the text tells
//! little; `None` only where neither tells anything.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use whatlang::Detector;

use crate::domain::knowledge::phrases::PHRASES;
use crate::domain::knowledge::text::normalise::normalise;
use crate::domain::knowledge::text::terms::{Term, terms};
use crate::domain::knowledge::text::{chinese, vietnamese};
use crate::domain::lang::Lang;

/// One Chinese character says about as much as this many Latin words: "refund 多久" is Chinese.
const WORDS_PER_HAN: f64 = 0.7;
/// What the customer's known language is worth, in words.
const PRIOR_WORDS: f64 = 0.6;
/// Fewest letters on which the trigram model is asked.
const TRIGRAM_LETTERS_MIN: usize = 24;

/// What whatlang may choose from: with all its languages it takes short English for Portuguese.
static DETECTOR: LazyLock<Detector> = LazyLock::new(|| {
    Detector::with_allowlist(vec![
        whatlang::Lang::Eng,
        whatlang::Lang::Vie,
        whatlang::Lang::Cmn,
    ])
});

/// The language of a message; `prior` is the customer's known one. `None` when nothing tells.
pub fn recognise_language(text: &str, prior: Option<Lang>) -> Option<Lang> {
    let normal = normalise(text);
    let mut votes = votes(&normal);
    let told = votes.iter().any(|vote| *vote > 0.0);
    if !told {
        return trigrams(&normal).or(prior);
    }
    if let Some(prior) = prior {
        votes[place(prior)] += PRIOR_WORDS;
    }
    let best = Lang::ALL
        .into_iter()
        .max_by(|left, right| votes[place(*left)].total_cmp(&votes[place(*right)]))?;
    let tied = Lang::ALL
        .into_iter()
        .any(|lang| lang != best && votes[place(lang)] == votes[place(best)]);
    if tied {
        return trigrams(&normal).or(prior).or(Some(best));
    }
    Some(best)
}

/// How many words speak for each language, in the order of `Lang::ALL`.
fn votes(normal: &str) -> [f64; 3] {
    let mut votes = [0.0; 3];
    let mut words = Vec::new();
    for term in terms(normal) {
        match term {
            Term::Han(_) => votes[place(Lang::Zh)] += WORDS_PER_HAN,
            Term::Word(word) => words.push(word),
            Term::Number(_) => {}
        }
    }
    for word in &words {
        let folded = vietnamese::fold(word);
        let english = TELLING_EN.contains(word.as_str());
        let vietnamese_word = TELLING_VI.contains(folded.as_str());
        if word.chars().any(vietnamese::is_telling) {
            votes[place(Lang::Vi)] += 1.5;
        } else if english && vietnamese_word {
            votes[place(Lang::En)] += 0.5;
            votes[place(Lang::Vi)] += 0.5;
        } else if english {
            votes[place(Lang::En)] += 1.0;
        } else if vietnamese_word || vietnamese::written_out(word).is_some() {
            votes[place(Lang::Vi)] += 1.0;
        } else if vietnamese::is_syllable(&folded) {
            votes[place(Lang::Vi)] += 0.3;
        } else if word.is_ascii() && word.len() > 3 && word.bytes().all(|b| b.is_ascii_lowercase())
        {
            // Not built like Vietnamese: English, or a name or brand in any of the three.
            votes[place(Lang::En)] += 0.3;
        }
    }
    votes
}

fn trigrams(normal: &str) -> Option<Lang> {
    let letters = normal.chars().filter(|char| char.is_alphabetic()).count();
    if letters < TRIGRAM_LETTERS_MIN && !normal.chars().any(chinese::is_han) {
        return None;
    }
    match DETECTOR.detect_lang(normal)? {
        whatlang::Lang::Eng => Some(Lang::En),
        whatlang::Lang::Vie => Some(Lang::Vi),
        whatlang::Lang::Cmn => Some(Lang::Zh),
        _ => None,
    }
}

fn place(lang: Lang) -> usize {
    match lang {
        Lang::En => 0,
        Lang::Vi => 1,
        Lang::Zh => 2,
    }
}

static TELLING_EN: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    PHRASES
        .of(Lang::En)
        .telling
        .iter()
        .map(String::as_str)
        .collect()
});
static TELLING_VI: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    PHRASES
        .of(Lang::Vi)
        .telling
        .iter()
        .map(String::as_str)
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, prior: Option<Lang>, lang: Option<Lang>) {
        assert_eq!(
            recognise_language(text, prior),
            lang,
            "{text:?} with {prior:?}"
        );
    }

    #[test]
    fn each_language_is_told_from_its_words() {
        check("How long does a refund take?", None, Some(Lang::En));
        check("wheres my parcel", None, Some(Lang::En));
        check("Hoàn tiền mất bao lâu?", None, Some(Lang::Vi));
        check("退款多久到账", None, Some(Lang::Zh));
        check("請問可以貨到付款嗎", None, Some(Lang::Zh));
    }

    #[test]
    fn vietnamese_without_marks_and_in_shorthand_is_vietnamese() {
        check("bao lau thi nhan duoc hang", None, Some(Lang::Vi));
        check("ship ko shop", None, Some(Lang::Vi));
        check("don cua minh dau roi", None, Some(Lang::Vi));
        check("sp nay con size m ko ad", None, Some(Lang::Vi));
        check("dt bn", None, Some(Lang::Vi));
    }

    #[test]
    fn mixed_texts_go_by_what_carries_them() {
        check("ship COD bao lâu ạ", None, Some(Lang::Vi));
        check("refund 多久", None, Some(Lang::Zh));
        check("can I pay with 微信", None, Some(Lang::En));
        check("check giúp đơn hàng delivery chưa", None, Some(Lang::Vi));
    }

    #[test]
    fn the_text_beats_the_prior_and_the_prior_fills_in() {
        check(
            "how long does a refund take",
            Some(Lang::Vi),
            Some(Lang::En),
        );
        check("ok", Some(Lang::Vi), Some(Lang::Vi));
        check("12345", Some(Lang::Zh), Some(Lang::Zh));
        check("👍", Some(Lang::En), Some(Lang::En));
    }

    #[test]
    fn nothing_tells_where_nothing_is_said() {
        for text in [
            "",
            "👍",
            "12345",
            "\0",
            "???",
            &"🙂".repeat(4_096),
            "\u{202e}",
        ] {
            check(text, None, None);
        }
    }
}
