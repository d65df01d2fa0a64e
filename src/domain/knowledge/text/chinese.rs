//! Chinese characters: which they are, and traditional ones as simplified.
//!
//! Invariant: `simplified` gives a character that it gives back unchanged.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Pairs of a traditional character and its simplified form.
const PAIRS: &str = include_str!("../../../../prompts/zh/traditional.txt");

static SIMPLIFIED: LazyLock<BTreeMap<char, char>> = LazyLock::new(|| {
    PAIRS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .filter_map(|pair| {
            let mut chars = pair.chars();
            Some((chars.next()?, chars.next()?))
        })
        .collect()
});

/// Whether it is a Chinese character.
pub fn is_han(char: char) -> bool {
    matches!(
        char,
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}'
    )
}

/// The simplified form of a character; any other comes back as it is.
pub fn simplified(char: char) -> char {
    SIMPLIFIED.get(&char).copied().unwrap_or(char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traditional_texts_become_simplified_ones() {
        let check = |text: &str, plain: &str| {
            assert_eq!(text.chars().map(simplified).collect::<String>(), plain);
        };
        check("請問退款要幾天才會到賬", "请问退款要几天才会到账");
        check(
            "可以貨到付款嗎？運費怎麼計算",
            "可以货到付款吗？运费怎么计算",
        );
        check("我要找真人客服", "我要找真人客服");
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for (traditional, plain) in SIMPLIFIED.iter() {
            assert_ne!(traditional, plain);
            assert_eq!(simplified(*plain), *plain, "{traditional}{plain}");
        }
        assert!(SIMPLIFIED.len() > 600);
    }
}
