//! What `/report` asks for, as it is written in chat and kept until it is drawn.

use serde::{Deserialize, Serialize};

use crate::domain::ids::MessageRef;
use crate::domain::place::Place;
use crate::domain::report::staffing::Wanted;
use crate::domain::sla::plan::Policy;
use crate::reporting::days::DAYS_MAX;
use crate::reporting::report::About;
use crate::store::StoreError;

/// How many days it is about where no number is given: a week.
const USUAL_DAYS: i32 = 7;

/// Which report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    /// How long customers waited.
    Sla,
    /// Why persons were called, and who came.
    Handoffs,
    /// How many agents are needed.
    Staffing,
}

/// A report that staff asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Which.
    pub which: Which,
    /// About the last so many days, today among them.
    pub days: i32,
    /// Where it is to be shown.
    pub place: Place,
    /// The message that asked, where the platform has one.
    pub message: Option<MessageRef>,
}

impl Asked {
    /// Reads what stands after the command: a report, a number of days, both or nothing; `None`
    /// where it is something else.
    pub fn read(rest: &str, place: Place, message: Option<MessageRef>) -> Option<Asked> {
        let mut asked = Asked {
            which: Which::Sla,
            days: USUAL_DAYS,
            place,
            message,
        };
        let mut words = rest.split_whitespace().peekable();
        let which = words.peek().and_then(|word| match *word {
            "sla" => Some(Which::Sla),
            "handoffs" => Some(Which::Handoffs),
            "staffing" => Some(Which::Staffing),
            _ => None,
        });
        if let Some(which) = which {
            asked.which = which;
            words.next();
        }
        if let Some(days) = words.next() {
            let days = days.parse().ok()?;
            asked.days = (1..=DAYS_MAX).contains(&days).then_some(days)?;
        }
        words.next().is_none().then_some(asked)
    }

    /// What that is a report about.
    pub fn about(&self, usual: &Policy) -> About {
        match self.which {
            Which::Sla => About::Sla(None),
            Which::Handoffs => About::Handoffs,
            Which::Staffing => About::Staffing(Wanted::usual(usual)),
        }
    }

    /// As it is kept.
    pub fn to_text(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|error| unreadable(&error))
    }

    /// As it was kept.
    pub fn of_text(text: &str) -> Result<Asked, StoreError> {
        serde_json::from_str(text).map_err(|error| unreadable(&error))
    }
}

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::Unreadable {
        what: "report_requests.wanted",
        why: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::place::ChannelKind;

    #[test]
    fn a_report_and_days_are_read_in_that_order() {
        let check = |rest: &str, expected: Option<(Which, i32)>| {
            let place = Place::chat(ChannelKind::Telegram, "-1");
            let asked = Asked::read(rest, place, None);
            assert_eq!(
                asked.as_ref().map(|asked| (asked.which, asked.days)),
                expected,
                "{rest:?}"
            );
            if let Some(asked) = asked {
                let text = asked.to_text().expect("is JSON");
                assert_eq!(Asked::of_text(&text).expect("reads"), asked);
            }
        };
        check("", Some((Which::Sla, 7)));
        check("sla", Some((Which::Sla, 7)));
        check("staffing 28", Some((Which::Staffing, 28)));
        check("  handoffs   1 ", Some((Which::Handoffs, 1)));
        check("30", Some((Which::Sla, 30)));
        for wrong in ["voice", "sla week", "0", "367", "-1", "sla 7 8", "7 sla"] {
            check(wrong, None);
        }
    }
}
