//! Vietnamese without its marks, and chat shorthand written out.
//!
//! Invariant: `fold` maps a text with marks, with some of them and without any to the same text.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Every shorthand with what it stands for, `key = written out` a line.
const SHORTHAND: &str = include_str!("../../../../prompts/vi/shorthand.toml");

static WRITTEN_OUT: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| toml::from_str(SHORTHAND).unwrap_or_default());

/// A lower-case text without diacritics; `đ` becomes `d`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    text.nfd()
        .filter(|char| !is_combining_mark(*char))
        .map(|char| if char == 'đ' { 'd' } else { char })
        .collect()
}

/// What a shorthand word stands for, possibly several syllables.
pub fn written_out(word: &str) -> Option<&'static str> {
    WRITTEN_OUT.get(word).map(String::as_str)
}

/// Whether a folded word is built like a Vietnamese syllable: an optional onset, a nucleus, an
/// optional coda. Many English words are too ("an", "ban", "can"), so this alone proves nothing.
pub fn is_syllable(folded: &str) -> bool {
    const ONSETS: [&str; 28] = [
        "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "g", "h",
        "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", "q", "",
    ];
    const NUCLEI: [&str; 29] = [
        "uye", "oai", "oay", "uoi", "uou", "ieu", "yeu", "uay", "uya", "uyu", "oeo", "ia", "ie",
        "ua", "uo", "ue", "uy", "oa", "oe", "oo", "ye", "a", "e", "i", "o", "u", "y", "oi", "ai",
    ];
    const CODAS: [&str; 14] = [
        "ch", "ng", "nh", "c", "m", "n", "p", "t", "i", "y", "o", "u", "a", "",
    ];
    ONSETS.iter().any(|onset| {
        folded.strip_prefix(onset).is_some_and(|rime| {
            NUCLEI.iter().any(|nucleus| {
                rime.strip_prefix(nucleus)
                    .is_some_and(|coda| CODAS.contains(&coda))
            })
        })
    })
}

/// Whether a character is one that Vietnamese has and English and Chinese texts do not: a letter
/// with horn or breve, `đ`, or a vowel with two marks or a hook, dot or tilde.
pub fn is_telling(char: char) -> bool {
    matches!(
        char,
        'ă' | 'â'
            | 'đ'
            | 'ê'
            | 'ô'
            | 'ơ'
            | 'ư'
            | 'ĩ'
            | 'ũ'
            | 'ã'
            | 'õ'
            | 'ì'
            | 'ò'
            | 'ù'
            | 'ý'
            | '\u{1ea0}'..='\u{1ef9}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_any_kind_and_number_fold_away() {
        for text in [
            "đổi trả hàng",
            "đoi tra hàng",
            "doi tra hang",
            "đôỉ trả hang",
        ] {
            assert_eq!(fold(text), "doi tra hang", "{text}");
        }
    }

    #[test]
    fn shorthand_is_written_out() {
        assert_eq!(written_out("ko"), Some("không"));
        assert_eq!(written_out("dc"), Some("được"));
        assert_eq!(written_out("hàng"), None);
    }

    #[test]
    fn the_shorthand_list_reads_and_is_in_normal_form() {
        let list: BTreeMap<String, String> = toml::from_str(SHORTHAND).unwrap();
        for (short, long) in &list {
            assert_eq!(
                *short,
                crate::domain::knowledge::text::normalise::normalise(short)
            );
            assert_eq!(
                *long,
                crate::domain::knowledge::text::normalise::normalise(long)
            );
        }
    }

    #[test]
    fn syllables_are_told_from_english_words() {
        for syllable in [
            "nghieng", "hang", "duoc", "khong", "bao", "lau", "tien", "giao", "a", "quyen",
            "chuyen",
        ] {
            assert!(is_syllable(syllable), "{syllable}");
        }
        for word in [
            "refund", "where", "order", "ship", "my", "delivery", "xyzzy", "",
        ] {
            assert!(!is_syllable(word) || word == "my", "{word}");
        }
    }
}
