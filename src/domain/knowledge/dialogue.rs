//! An entry that is written in chat: asked for piece by piece, then shown as a whole. What was
//! written is never refused here; what is wrong with it is told before it is published.

use serde::{Deserialize, Serialize};

use super::entry::{Entry, EntryText, lines, plain};
use crate::domain::lang::Lang;
use crate::domain::time::{Millis, Timestamp};

/// How long a dialogue waits for the next word.
pub const LEFT_ALONE_MAX: Millis = Millis::hours(24);

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The question.
    Question,
    /// Other ways of asking it.
    Phrasings,
    /// The answer.
    Answer,
    /// The patterns that lead to it.
    Triggers,
    /// What is to become of it.
    Preview,
}

/// An entry that is being written in chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialogue {
    /// As it stands; its key is empty until there is a question to make it of.
    pub entry: Entry,
    /// The language that is written in.
    pub lang: Lang,
    /// The version that it is written over; empty for a new entry.
    pub known: String,
    /// When the draft was kept that it goes on from.
    pub draft_at: Option<Timestamp>,
    /// What is asked for now.
    pub step: Step,
    /// Grows with every word and press: a button of an earlier turn is out of date.
    pub turn: i64,
    /// Whether something was said at this step already: further words are added to it.
    pub goes_on: bool,
}

impl Dialogue {
    /// One that begins with the question.
    pub fn begun(entry: Entry, lang: Lang, now: Timestamp) -> Dialogue {
        Dialogue {
            entry,
            lang,
            known: String::new(),
            draft_at: None,
            step: Step::Question,
            turn: now.0,
            goes_on: false,
        }
    }

    /// What is written in its language so far.
    pub fn text(&self) -> EntryText {
        let text = self.entry.texts.get(&self.lang);
        text.cloned().unwrap_or_default()
    }

    /// Takes words for what is asked for. A question is one message; of the rest, the first message
    /// of a step takes the place of what was there and further ones are added. Shown as a whole,
    /// further words go on with the answer: apps break up what is too long for one message.
    pub fn says(&mut self, words: &str) {
        let words = plain(words);
        let mut text = self.text();
        match self.step {
            Step::Question => {
                text.question = lines(&words).join(" ");
                self.to(Step::Phrasings);
            }
            Step::Phrasings => {
                if !self.goes_on {
                    text.phrasings.clear();
                }
                text.phrasings.extend(lines(&words));
                self.goes_on = true;
            }
            Step::Answer if !self.goes_on => {
                text.answer = words.trim().to_owned();
                self.goes_on = true;
            }
            Step::Answer | Step::Preview => {
                text.answer.push('\n');
                text.answer.push_str(words.trim());
            }
            Step::Triggers => {
                self.entry.triggers = lines(&words);
                self.to(Step::Preview);
            }
        }
        self.turn += 1;
        match text == EntryText::default() {
            true => drop(self.entry.texts.remove(&self.lang)),
            false => drop(self.entry.texts.insert(self.lang, text)),
        }
    }

    /// Goes on to what is asked for next.
    pub fn next(&mut self) {
        let next = match self.step {
            Step::Question => Step::Phrasings,
            Step::Phrasings => Step::Answer,
            Step::Answer | Step::Triggers | Step::Preview => Step::Preview,
        };
        self.to(next);
        self.turn += 1;
    }

    /// Asks for something once more.
    pub fn back_to(&mut self, step: Step) {
        self.to(step);
        self.turn += 1;
    }

    fn to(&mut self, step: Step) {
        self.step = step;
        self.goes_on = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialogue() -> Dialogue {
        Dialogue::begun(Entry::blank("laos".into()), Lang::En, Timestamp(5))
    }

    #[test]
    fn piece_by_piece_an_entry_comes_to_be() {
        let mut dialogue = dialogue();
        dialogue.says(" Do you ship\nto Laos? ");
        assert_eq!(dialogue.step, Step::Phrasings);
        dialogue.says("laos\n\nlaos shipping");
        dialogue.says("vientiane\0");
        dialogue.next();
        dialogue.says("Twice");
        dialogue.says("a **week**.");
        dialogue.next();
        assert_eq!(dialogue.step, Step::Preview);
        let text = dialogue.text();
        assert_eq!(text.question, "Do you ship to Laos?");
        assert_eq!(
            text.phrasings,
            ["laos", "laos shipping", "vientiane\u{FFFD}"]
        );
        assert_eq!(text.answer, "Twice\na **week**.");
        dialogue.says("Or so.");
        assert_eq!(dialogue.text().answer, "Twice\na **week**.\nOr so.");
        assert_eq!(dialogue.turn, 5 + 8);
    }

    #[test]
    fn other_wordings_of_the_answer_stay_whatever_is_written_over() {
        let mut dialogue = dialogue();
        dialogue.says("Laos?");
        let others = vec!["Two times a week.".to_owned()];
        let text = dialogue.entry.texts.get_mut(&Lang::En).unwrap();
        text.other_answers.clone_from(&others);
        dialogue.back_to(Step::Answer);
        dialogue.says("Twice.");
        let text = dialogue.text();
        assert_eq!(
            (text.answer.as_str(), text.other_answers),
            ("Twice.", others)
        );
    }

    #[test]
    fn going_back_writes_over_and_going_on_keeps() {
        let mut dialogue = dialogue();
        dialogue.says("Laos?");
        dialogue.says("laos");
        dialogue.next();
        dialogue.says("Daily.");
        dialogue.back_to(Step::Answer);
        dialogue.says("Twice.");
        assert_eq!(dialogue.text().answer, "Twice.");
        dialogue.back_to(Step::Phrasings);
        dialogue.next();
        assert_eq!(dialogue.text().phrasings, ["laos"]);
        dialogue.back_to(Step::Triggers);
        dialogue.says(r"\blaos\b");
        assert_eq!(
            (dialogue.step, dialogue.entry.triggers.len()),
            (Step::Preview, 1)
        );
        let kept = serde_json::to_string(&dialogue).unwrap();
        assert_eq!(serde_json::from_str::<Dialogue>(&kept).unwrap(), dialogue);
    }
}
