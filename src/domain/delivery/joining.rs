//! Lines that wait for the same room become one message.

use crate::domain::rich::RichText;

/// Both texts in one, where both are of one speaker: quotations under the same first line, which
/// then stands once.
pub fn joined(earlier: &RichText, later: &RichText) -> Option<RichText> {
    let (speaker, lines) = later.0.split_first()?;
    let is_heading = speaker.style.bold && !lines.is_empty();
    if !is_heading || earlier.0.first() != Some(speaker) {
        return None;
    }
    let mut both = earlier.clone();
    for run in lines {
        both.push_styled(run.text.clone(), run.style.clone());
    }
    Some(both)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rich::Style;

    fn quoted(who: &str, words: &str) -> RichText {
        let mut text = RichText::default();
        let bold = Style {
            bold: true,
            ..Style::default()
        };
        text.push_styled(who, bold);
        text.push(format!("\n{words}"));
        text
    }

    #[test]
    fn one_speaker_s_lines_stand_under_one_name() {
        let both = joined(&quoted("Ann:", "hello"), &quoted("Ann:", "anybody?"));
        let text = both.expect("are joined");
        assert_eq!(text.to_plain(), "Ann:\nhello\nanybody?");
        let three = joined(&text, &quoted("Ann:", "well")).expect("are joined");
        assert_eq!(three.to_plain(), "Ann:\nhello\nanybody?\nwell");
    }

    #[test]
    fn what_somebody_else_says_stays_apart() {
        let ann = quoted("Ann:", "hello");
        for other in [
            quoted("Note by Ben:", "hm"),
            "plain".into(),
            RichText::default(),
        ] {
            assert_eq!(joined(&ann, &other), None);
            assert_eq!(joined(&other, &ann), None);
        }
    }
}
