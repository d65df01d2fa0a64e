//! From when to when an entry is answered from, when somebody should read it again, and who.
//!
//! Days are those of the desk's time zone; the first and the last one count.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::entry::EntryFault;

/// Longest name of an owner, in characters.
pub const OWNER_CHARS_MAX: usize = 100;

/// How an entry is looked after; nothing of it has to be there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upkeep {
    /// The first day on which it is answered from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// The last day on which it is answered from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// The day on which somebody should read it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_on: Option<Date>,
    /// Who answers for it: the name of somebody at the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// The names of its parts, as files and tables have them.
pub const PARTS: [&str; 4] = ["valid_from", "valid_to", "review_on", "owner"];

impl Upkeep {
    /// Whether the entry is answered from on that day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|first| first <= day) && !self.has_ended(day)
    }

    /// Whether its last day is over on that day.
    pub fn has_ended(&self, day: Date) -> bool {
        self.valid_to.is_some_and(|last| last < day)
    }

    /// Its parts as text, in the order of [`PARTS`].
    pub fn written(&self) -> [Option<String>; 4] {
        let day = |day: Option<Date>| day.map(|day| day.to_string());
        [
            day(self.valid_from),
            day(self.valid_to),
            day(self.review_on),
            self.owner.clone(),
        ]
    }

    /// What people wrote for each of [`PARTS`]; blank is none.
    ///
    /// # Errors
    /// Every day that does not read.
    pub fn read(parts: [&str; 4]) -> Result<Upkeep, Vec<EntryFault>> {
        let mut faults = Vec::new();
        let mut day = |place: usize| {
            let text = parts[place].trim();
            match (text.is_empty(), text.parse::<Date>()) {
                (true, _) => None,
                (false, Ok(day)) => Some(day),
                (false, Err(_)) => {
                    faults.push(EntryFault::NoDay {
                        part: PARTS[place],
                        text: super::entry::shown(text),
                    });
                    None
                }
            }
        };
        let upkeep = Upkeep {
            valid_from: day(0),
            valid_to: day(1),
            review_on: day(2),
            owner: Some(parts[3].trim().to_owned()).filter(|owner| !owner.is_empty()),
        };
        match faults.is_empty() {
            true => Ok(upkeep),
            false => Err(faults),
        }
    }

    /// The same with what files name of it, in the order of [`PARTS`].
    ///
    /// # Errors
    /// Every day that does not read.
    pub fn with(&self, named: &[Option<String>; 4]) -> Result<Upkeep, Vec<EntryFault>> {
        let own = self.written();
        let part = |place: usize| {
            let part = named[place].as_ref().or(own[place].as_ref());
            part.map(String::as_str).unwrap_or_default()
        };
        Upkeep::read([part(0), part(1), part(2), part(3)])
    }

    pub(super) fn faults(&self, faults: &mut Vec<EntryFault>) {
        if let (Some(first), Some(last)) = (self.valid_from, self.valid_to)
            && last < first
        {
            faults.push(EntryFault::EndsBeforeItBegins {
                first: first.to_string(),
                last: last.to_string(),
            });
        }
        let owner = self.owner.as_deref().unwrap_or_default();
        if owner.chars().count() > OWNER_CHARS_MAX || owner.chars().any(char::is_control) {
            faults.push(EntryFault::OwnerForm(super::entry::shown(owner)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_first_and_the_last_day_count() {
        let upkeep = Upkeep::read(["2026-01-05", "2026-01-07", "", " Mai "]).unwrap();
        let holds: Vec<bool> = (4..=8)
            .map(|day| upkeep.holds_on(date(2026, 1, day)))
            .collect();
        assert_eq!(holds, [false, true, true, true, false]);
        assert_eq!(upkeep.owner.as_deref(), Some("Mai"));
        assert!(Upkeep::default().holds_on(date(2026, 1, 1)));
        let written = upkeep.written();
        let texts = written
            .each_ref()
            .map(|part| part.as_deref().unwrap_or_default());
        assert_eq!(Upkeep::read(texts), Ok(upkeep));
    }

    #[test]
    fn what_is_no_day_and_what_ends_too_early_is_a_fault() {
        let faults = Upkeep::read(["5.1.2026", "", "2026-02-30", ""]).unwrap_err();
        assert_eq!(faults.len(), 2, "{faults:?}");
        let mut faults = Vec::new();
        let turned = Upkeep::read(["2026-01-07", "2026-01-05", "", "a\u{7}"]);
        turned.unwrap().faults(&mut faults);
        assert_eq!(faults.len(), 2, "{faults:?}");
    }
}
