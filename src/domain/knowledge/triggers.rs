//! Regular expressions that an admin gives an entry.
//!
//! Invariant: no pattern that passes `compile` can cost much, neither when it
//! is compiled nor when it runs: `regex` is linear in the text, and length,
//! program size, nesting, count and the text's length are all bounded.

use std::sync::Arc;

use regex::{Regex, RegexBuilder};
use thiserror::Error;

use super::entry::Entry;

/// Longest pattern, in characters.
pub const PATTERN_CHARS_MAX: usize = 512;
/// Most patterns of a whole base.
pub const PATTERNS_MAX: usize = 200;
/// Longest text that patterns are tried on, in bytes; what is behind is not looked at.
pub const HAYSTACK_BYTES_MAX: usize = 4 * 1024;
const PROGRAM_BYTES_MAX: usize = 256 * 1024;
const DFA_BYTES_MAX: usize = 1024 * 1024;
const NEST_MAX: u32 = 50;

/// What keeps an entry from being one of this base: its own faults, and too many patterns with those
/// of the others.
pub fn faults_in_base(entry: &Entry, base: &[Entry]) -> Vec<String> {
    let mut faults: Vec<String> = entry.faults().iter().map(ToString::to_string).collect();
    let others = base.iter().filter(|other| other.key != entry.key);
    let patterns: usize = others.map(|other| other.triggers.len()).sum();
    if patterns + entry.triggers.len() > PATTERNS_MAX {
        faults.push(format!("triggers: {PATTERNS_MAX} are the most of a base"));
    }
    faults
}

/// Why a pattern is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each variant's message says what it is")]
pub enum TriggerFault {
    #[error("it has {0} characters, {PATTERN_CHARS_MAX} are the most: split it into several")]
    TooLong(usize),
    #[error(
        "it needs more than {PROGRAM_BYTES_MAX} bytes when compiled: make its repetitions smaller"
    )]
    TooCostly,
    #[error("it matches the empty text, so every message: give it something to find")]
    MatchesEverything,
    #[error("it is not a regular expression: {0}")]
    NotARegex(String),
}

/// Compiles one pattern within the bounds, without regard to case.
///
/// # Errors
/// A `TriggerFault` that says which bound it breaks.
pub fn compile(pattern: &str) -> Result<Regex, TriggerFault> {
    let chars = pattern.chars().count();
    if chars > PATTERN_CHARS_MAX {
        return Err(TriggerFault::TooLong(chars));
    }
    let compiled = RegexBuilder::new(pattern)
        .case_insensitive(true)
        .size_limit(PROGRAM_BYTES_MAX)
        .dfa_size_limit(DFA_BYTES_MAX)
        .nest_limit(NEST_MAX)
        .build();
    match compiled {
        Ok(regex) if regex.is_match("") => Err(TriggerFault::MatchesEverything),
        Ok(regex) => Ok(regex),
        Err(regex::Error::CompiledTooBig(_)) => Err(TriggerFault::TooCostly),
        Err(error) => Err(TriggerFault::NotARegex(last_line(&error.to_string()))),
    }
}

/// The parser draws a picture over several lines; its last line is the reason.
fn last_line(message: &str) -> String {
    let line = message.lines().last().unwrap_or(message);
    line.trim_start_matches("error: ").to_owned()
}

/// The patterns of a base, each with the place of its entry.
#[derive(Debug, Clone, Default)]
pub struct Triggers {
    patterns: Arc<[(Regex, usize)]>,
}

impl Triggers {
    /// Compiles the patterns of a base in their order. One that does not
    /// compile, or is one too many, was refused when it was saved; should one
    /// stand in the table all the same, it is left out.
    pub fn build<'a>(patterns: impl Iterator<Item = (&'a str, usize)>) -> Triggers {
        let patterns = patterns
            .take(PATTERNS_MAX)
            .filter_map(|(pattern, place)| Some((compile(pattern).ok()?, place)))
            .collect();
        Triggers { patterns }
    }

    /// The places of the entries whose pattern finds something in `text`, with
    /// the pattern, in the order of the base.
    pub fn matching<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
        let haystack = cut(text, HAYSTACK_BYTES_MAX);
        self.patterns
            .iter()
            .filter(|(regex, _)| regex.is_match(haystack))
            .map(|(regex, place)| (*place, regex.as_str()))
    }
}

fn cut(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_that_is_broken_is_named() {
        let check = |pattern: &str, fault: fn(&TriggerFault) -> bool| {
            let said = compile(pattern).unwrap_err();
            assert!(fault(&said), "{pattern:.40}: {said:?}");
        };
        check(&"a".repeat(513), |fault| {
            matches!(fault, TriggerFault::TooLong(513))
        });
        check("(a{1,500}){1,500}", |fault| {
            *fault == TriggerFault::TooCostly
        });
        check(r"\pL{1000}", |fault| *fault == TriggerFault::TooCostly);
        check(&format!("{}a{}", "(".repeat(60), ")".repeat(60)), |fault| {
            matches!(fault, TriggerFault::NotARegex(_))
        });
        check("(", |fault| matches!(fault, TriggerFault::NotARegex(_)));
        check("(?=a)", |fault| matches!(fault, TriggerFault::NotARegex(_)));
        check("a*", |fault| *fault == TriggerFault::MatchesEverything);
    }

    #[test]
    fn the_pattern_that_matches_names_its_entry_whatever_the_case() {
        let triggers = Triggers::build([(r"\bvat\b", 3), ("hóa đơn|发票", 5)].into_iter());
        let found = |text: &str| {
            triggers
                .matching(text)
                .map(|(place, _)| place)
                .collect::<Vec<_>>()
        };
        assert_eq!(found("Xuất HÓA ĐƠN VAT"), vec![3, 5]);
        assert_eq!(found("能开发票吗"), vec![5]);
        assert_eq!(found("private"), Vec::<usize>::new());
    }

    #[test]
    fn only_the_beginning_of_a_long_text_is_looked_at() {
        let triggers = Triggers::build([("needle", 0)].into_iter());
        let late = format!("{}needle", "é".repeat(HAYSTACK_BYTES_MAX));
        assert_eq!(triggers.matching(&late).count(), 0);
        let early = format!("needle{late}");
        assert_eq!(triggers.matching(&early).count(), 1);
    }

    #[test]
    fn patterns_over_the_count_are_left_out() {
        let pattern = "needle";
        let triggers = Triggers::build((0..500).map(|place| (pattern, place)));
        assert_eq!(triggers.matching("needle").count(), PATTERNS_MAX);
    }
}
