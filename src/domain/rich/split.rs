//! Cuts a text that is too long for one message, where a reader would: between paragraphs, else
//! lines, else sentences, else words, and within a word only where there is no other place.

use unicode_segmentation::UnicodeSegmentation;

use super::RichText;

/// Texts that each hold at most `units_max` by `units`, and together are `text` less the white
/// space at the cuts. `units` must not shrink when text is added.
pub fn split(text: &RichText, units_max: usize, units: fn(&RichText) -> usize) -> Vec<RichText> {
    let mut rest = text.clone();
    let mut pieces = Vec::new();
    while units(&rest) > units_max {
        let fits = longest_fitting(&rest, units_max, units);
        let cut = sensible_cut(&rest.to_plain(), fits);
        let (head, tail) = cut_at(&rest, cut);
        pieces.push(trimmed_end(head));
        rest = trimmed_start(tail);
    }
    if !rest.is_blank() || pieces.is_empty() {
        pieces.push(rest);
    }
    pieces
}

/// The length in bytes of the longest head that fits, at a grapheme's boundary; at least one.
fn longest_fitting(text: &RichText, units_max: usize, units: fn(&RichText) -> usize) -> usize {
    let plain = text.to_plain();
    let ends: Vec<usize> = plain
        .grapheme_indices(true)
        .map(|(at, one)| at + one.len())
        .collect();
    let (mut low, mut high) = (0, ends.len());
    while low + 1 < high {
        let middle = usize::midpoint(low, high);
        if units(&cut_at(text, ends[middle]).0) <= units_max {
            low = middle;
        } else {
            high = middle;
        }
    }
    match ends.get(low) {
        Some(end) if units(&cut_at(text, *end).0) <= units_max => *end,
        // One grapheme alone is over the limit (a heap of combining marks): cut within it.
        _ => longest_fitting_chars(text, &plain, units_max, units),
    }
}

fn longest_fitting_chars(
    text: &RichText,
    plain: &str,
    units_max: usize,
    units: fn(&RichText) -> usize,
) -> usize {
    let ends = plain.char_indices().map(|(at, one)| at + one.len_utf8());
    ends.take_while(|end| units(&cut_at(text, *end).0) <= units_max)
        .last()
        .unwrap_or_else(|| plain.chars().next().map_or(0, char::len_utf8))
}

/// The best place to cut at or before `fits`; not so early that most of the room is wasted.
fn sensible_cut(plain: &str, fits: usize) -> usize {
    let head = &plain[..fits];
    let too_early = fits / 2;
    let after = |mark: &str| {
        head.rfind(mark)
            .map(|at| at + mark.len())
            .filter(|at| *at > too_early)
    };
    after("\n\n")
        .or_else(|| after("\n"))
        .or_else(|| {
            [". ", "! ", "? ", "。", "！", "？"]
                .into_iter()
                .filter_map(after)
                .max()
        })
        .or_else(|| after(" "))
        .unwrap_or(fits)
}

fn cut_at(text: &RichText, at: usize) -> (RichText, RichText) {
    let (mut head, mut tail) = (RichText::default(), RichText::default());
    let mut passed = 0;
    for run in &text.0 {
        let here = at.saturating_sub(passed).min(run.text.len());
        let (before, after) = run.text.split_at(here);
        head.push_styled(before, run.style.clone());
        tail.push_styled(after, run.style.clone());
        passed += run.text.len();
    }
    (head, tail)
}

fn trimmed_end(mut text: RichText) -> RichText {
    if let Some(last) = text.0.last_mut() {
        last.text.truncate(last.text.trim_end().len());
    }
    text.0.retain(|run| !run.text.is_empty());
    text
}

fn trimmed_start(mut text: RichText) -> RichText {
    if let Some(first) = text.0.first_mut() {
        first.text = first.text.trim_start().to_owned();
    }
    text.0.retain(|run| !run.text.is_empty());
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::rich::Style;

    fn utf16(text: &RichText) -> usize {
        text.to_plain().encode_utf16().count()
    }

    #[test]
    fn what_fits_stays_whole() {
        assert_eq!(
            split(&RichText::plain("short"), 10, utf16),
            [RichText::plain("short")]
        );
        assert_eq!(
            split(&RichText::default(), 10, utf16),
            [RichText::default()]
        );
    }

    #[test]
    fn a_paragraph_is_preferred_to_a_word() {
        let pieces = split(&RichText::plain("one two\n\nthree four five"), 16, utf16);
        assert_eq!(
            pieces,
            [
                RichText::plain("one two"),
                RichText::plain("three four five")
            ]
        );
    }

    #[test]
    fn styles_go_on_behind_the_cut() {
        let bold = Style {
            bold: true,
            ..Style::default()
        };
        let mut text = RichText::plain("ab ");
        text.push_styled("cd ef", bold.clone());
        let pieces = split(&text, 6, utf16);
        assert_eq!(pieces.len(), 2);
        assert_eq!(pieces[1].0[0].style, bold);
    }

    #[test]
    fn an_emoji_of_two_units_is_never_cut_in_two() {
        let pieces = split(&RichText::plain("😀".repeat(4_096)), 4_096, utf16);
        assert_eq!(pieces.len(), 2);
        assert!(pieces.iter().all(|piece| utf16(piece) == 4_096));
    }

    proptest! {
        #[test]
        fn nothing_but_white_space_is_lost(words in "[a-zé中😀 \\n\u{301}]{0,300}", limit in 2_usize..40) {
            let pieces = split(&RichText::plain(&words), limit, utf16);
            prop_assert!(pieces.iter().all(|piece| utf16(piece) <= limit));
            let solid = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            let together: String = pieces.iter().map(RichText::to_plain).collect();
            prop_assert_eq!(solid(&together), solid(&words));
        }
    }
}
