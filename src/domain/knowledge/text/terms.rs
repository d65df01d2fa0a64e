//! Cuts a normalised text into terms: words, numbers, single Chinese characters.
//!
//! Invariant: terms stand in the order of the text, and none is empty.

use super::chinese;

/// A piece of a text that means something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// Letters, possibly with digits among them, as written (in lower case).
    Word(String),
    /// Digits only.
    Number(String),
    /// One Chinese character, simplified.
    Han(char),
}

/// The terms of a normalised text. Apostrophes vanish ("don't" and "dont" are one word); a slash
/// between letters does not cut ("đ/c"); everything else that is no letter or digit cuts.
pub fn terms(normal: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut run = String::new();
    let mut chars = normal.chars().peekable();
    while let Some(char) = chars.next() {
        if chinese::is_han(char) {
            end_run(&mut run, &mut terms);
            terms.push(Term::Han(chinese::simplified(char)));
        } else if char.is_alphanumeric() || unicode_normalization::char::is_combining_mark(char) {
            run.push(char);
        } else if char == '\'' && !run.is_empty() {
            // Nothing: the word goes on.
        } else if char == '/'
            && run.chars().count() == 1
            && chars.peek().is_some_and(|next| next.is_alphabetic())
        {
            run.push('/');
        } else {
            end_run(&mut run, &mut terms);
        }
    }
    end_run(&mut run, &mut terms);
    terms
}

fn end_run(run: &mut String, terms: &mut Vec<Term>) {
    let run = std::mem::take(run);
    if run.is_empty() {
        return;
    }
    if run.chars().all(|char| char.is_numeric()) {
        terms.push(Term::Number(run));
    } else if run.chars().any(char::is_alphanumeric) {
        terms.push(Term::Word(run));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::text::normalise::normalise;

    fn shown(text: &str) -> String {
        let cut = terms(&normalise(text)).into_iter().map(|term| match term {
            Term::Word(word) => word,
            Term::Number(number) => format!("#{number}"),
            Term::Han(char) => char.to_string(),
        });
        cut.collect::<Vec<_>>().join("|")
    }

    #[test]
    fn each_script_is_cut_its_own_way() {
        assert_eq!(shown("Where's my order #123?"), "wheres|my|order|#123");
        assert_eq!(shown("đ/c giao/nhận hàng ạ"), "đ/c|giao|nhận|hàng|ạ");
        assert_eq!(shown("請問COD多久?"), "请|问|cod|多|久");
        assert_eq!(shown("iphone15 mất 2 ngày"), "iphone15|mất|#2|ngày");
    }

    #[test]
    fn what_is_no_text_has_no_terms() {
        for text in ["", "\0\0", "🙂👍🏽", "?!…—", "\u{202e}\u{200d}", "' / '"] {
            assert_eq!(shown(text), "", "{text:?}");
        }
        assert_eq!(shown(&"👨‍👩‍👧‍👦".repeat(4_096)), "");
        assert_eq!(shown("שלום עולם"), "שלום|עולם");
    }
}
