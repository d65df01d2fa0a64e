//! Wording tests: an answer in two to four wordings, of which each customer is always shown the
//! same one, and which of them helps more.
//!
//! Invariants: who is shown what follows from the customer, the entry, the language and the texts
//! alone; what is told follows from the timeline alone; a verdict, once there is one, stays.

mod choosing;
mod evidence;
mod figures;
#[cfg(test)]
mod made;
mod showings;

pub use self::choosing::{AnswerHash, ShownWording, shown_to};
pub use self::evidence::{FALSE_VERDICTS_PERCENT_MAX, HEARD_MIN};
pub use self::figures::{Better, WordingFigures, WordingTest};
pub use self::showings::{Outcome, Showing, showings};
