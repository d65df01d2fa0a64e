//! Brings a text into the one form that everything behind works on.
//!
//! Invariant: the result is lower case, NFC, half width, without control and zero-width
//! characters, and at most [`TEXT_CHARS_MAX`] characters long; normalising it again changes nothing.

use unicode_normalization::UnicodeNormalization;

/// Most characters of a text that are looked at: the longest message of any platform.
pub const TEXT_CHARS_MAX: usize = 4_096;

/// The normal form of a text.
pub fn normalise(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    if text.is_ascii() {
        for char in text.chars().take(TEXT_CHARS_MAX) {
            push_plain(char.to_ascii_lowercase(), &mut normal);
        }
        return normal;
    }
    // NFKC once before (full width, ligatures) and case after it, since a lower-cased compatibility
    // character may decompose; the second composition keeps marks in one order.
    let lowered = text
        .chars()
        .take(TEXT_CHARS_MAX)
        .nfkc()
        .flat_map(char::to_lowercase);
    for char in lowered.nfc().take(TEXT_CHARS_MAX) {
        push_plain(char, &mut normal);
    }
    normal
}

fn push_plain(char: char, normal: &mut String) {
    match char {
        '’' | '‘' | 'ʼ' | '`' | '´' => normal.push('\''),
        char if char.is_control() || char.is_whitespace() => normal.push(' '),
        char if is_invisible(char) => {}
        char => normal.push(char),
    }
}

/// Characters that people do not see but programs trip over: zero-width ones, directional
/// controls, variation selectors, the byte-order mark, the soft hyphen.
fn is_invisible(char: char) -> bool {
    matches!(
        char,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e01ef}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_for_what_looks_the_same() {
        let check = |text: &str, normal: &str| assert_eq!(normalise(text), normal, "{text:?}");
        check("Refund", "refund");
        check("ＣＯＤ　１２３", "cod 123");
        check("Ho\u{302}a\u{300}n tie\u{302}\u{300}n", "hôàn tiền");
        check("re\u{200b}fu\u{ad}nd\u{feff}", "refund");
        check("a\0b\tc\r\nd", "a b c  d");
        check("don’t", "don't");
        check("\u{202e}abc\u{202c}", "abc");
        check("ẞ İ", "ß i\u{307}");
        check("", "");
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(
            normalise(&"🙂".repeat(9_000)).chars().count(),
            TEXT_CHARS_MAX
        );
        // One character that decomposes into eighteen.
        let growing = normalise(&"\u{fdfa}".repeat(TEXT_CHARS_MAX));
        assert!(growing.chars().count() <= TEXT_CHARS_MAX);
    }

    proptest::proptest! {
        #[test]
        fn normalising_twice_changes_nothing(text in "\\PC{0,60}") {
            let once = normalise(&text);
            proptest::prop_assert_eq!(normalise(&once), once.clone());
        }
    }
}
