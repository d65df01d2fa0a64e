//! The wordings of answers that are compared, in `careline report knowledge`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::cli::printable;
use crate::domain::knowledge::wording_tests::{
    FALSE_VERDICTS_PERCENT_MAX, HEARD_MIN, WordingFigures, WordingTest,
};
use crate::reporting::wording_tests::{letter, method, percent, verdict};
use crate::wording::Words;

/// The most characters of a wording that a table shows.
const ANSWER_CHARS_MAX: usize = 100;

/// The tests with what they are told in.
pub(super) struct Compared<'w> {
    pub(super) tests: Vec<WordingTest>,
    pub(super) words: Words<'w>,
    /// Whether customers are shown different wordings now.
    pub(super) are_on: bool,
}

impl Compared<'_> {
    /// One object, also where nothing is compared.
    pub(super) fn json(&self) -> serde_json::Result<Value> {
        let tests: serde_json::Result<Vec<Value>> =
            self.tests.iter().map(|test| self.one(test)).collect();
        Ok(json!({
            "on": self.are_on,
            "reacted_min": HEARD_MIN,
            "false_verdicts_percent_max": FALSE_VERDICTS_PERCENT_MAX,
            "method": method(&self.words),
            "tests": tests?,
        }))
    }

    fn one(&self, test: &WordingTest) -> serde_json::Result<Value> {
        let mut value = serde_json::to_value(test)?;
        value["reacted"] = json!(test.heard());
        value["verdict"] = json!(verdict(&self.words, test).join(" "));
        for (place, wording) in test.wordings.iter().enumerate() {
            let object = &mut value["wordings"][place];
            object["helped_percent"] = json!(percent(wording.helped, wording.heard()));
            object["to_person_percent"] = json!(percent(wording.to_person, wording.customers));
        }
        Ok(value)
    }

    /// A paragraph for each test; nothing where there is none.
    pub(super) fn for_people(&self) -> String {
        if self.tests.is_empty() {
            return String::new();
        }
        let mut text = format!("\n{}\n", self.words.say("wording-test-title"));
        for test in &self.tests {
            let _ = writeln!(text, "\n{} [{}]", test.entry, test.lang.code());
            for (place, wording) in test.wordings.iter().enumerate() {
                let answer = wording.answer.split_whitespace().collect::<Vec<_>>();
                let answer: String = answer.join(" ").chars().take(ANSWER_CHARS_MAX).collect();
                let _ = writeln!(text, "    {}  {}", letter(place), printable(&answer));
                let _ = writeln!(text, "       {}", counts(wording));
            }
            for sentence in verdict(&self.words, test) {
                let _ = writeln!(text, "    {sentence}");
            }
        }
        let _ = writeln!(text, "\n{}", method(&self.words));
        if !self.are_on {
            let _ = writeln!(text, "{}", self.words.say("wording-test-off"));
        }
        text
    }
}

fn counts(wording: &WordingFigures) -> String {
    let share = |part, of| percent(part, of).map_or(String::new(), |share| format!(" ({share} %)"));
    format!(
        "{} customers, {} reacted: {}{} helped, {} not; {}{} went to a person",
        wording.customers,
        wording.heard(),
        wording.helped,
        share(wording.helped, wording.heard()),
        wording.did_not_help,
        wording.to_person,
        share(wording.to_person, wording.customers),
    )
}
