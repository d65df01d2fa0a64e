//! Which wording of an answer a customer is shown.
//!
//! By rendezvous hashing (Thaler and Ravishankar, "A name-based mapping scheme for rendezvous",
//! 1996): each wording has a height that customer, entry, language and its text give it, and the
//! highest is shown. So a wording that is added or taken out moves only the customers who see it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::domain::ids::{CustomerId, EntryKey};
use crate::domain::knowledge::entry::EntryText;
use crate::domain::lang::Lang;

/// What names a wording of an answer: the first four bytes of its text's SHA-256, white space at
/// its ends left out. Changed, it is another wording, and counts anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnswerHash(u32);

impl AnswerHash {
    /// That of a text.
    pub fn of(answer: &str) -> AnswerHash {
        let digest = Sha256::digest(answer.trim());
        let first = digest.iter().take(4);
        AnswerHash(first.fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }
}

impl fmt::Display for AnswerHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl Serialize for AnswerHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AnswerHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<AnswerHash, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = u32::from_str_radix(&text, 16);
        number.map(AnswerHash).map_err(serde::de::Error::custom)
    }
}

/// One of several wordings, as it was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownWording {
    /// The language of the text.
    pub lang: Lang,
    /// Which.
    pub shown: AnswerHash,
    /// All that it could have been, this one too, in the entry's order.
    pub among: Vec<AnswerHash>,
}

/// The wording of an entry's answer that a customer is shown; `None` where there is but one.
pub fn shown_to(
    customer: &CustomerId,
    entry: &EntryKey,
    lang: Lang,
    text: &EntryText,
) -> Option<ShownWording> {
    if text.other_answers.is_empty() {
        return None;
    }
    let among: Vec<AnswerHash> = text.answers().map(AnswerHash::of).collect();
    let height = |wording: &AnswerHash| {
        let name = wording.to_string();
        drawn([customer.as_str(), entry.as_str(), lang.code(), &name])
    };
    let shown = *among
        .iter()
        .max_by_key(|wording| (height(wording), **wording))?;
    Some(ShownWording { lang, shown, among })
}

/// A number of these by chance, always the same: the first eight bytes of their SHA-256, each with
/// its length before it.
fn drawn(parts: [&str; 4]) -> u64 {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let digest = hasher.finalize();
    let first = digest.iter().take(8);
    first.fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Customers whose shares are looked at; fixed, so the figures below are too.
    const CUSTOMERS: usize = 6_000;

    fn text(answers: &[&str]) -> EntryText {
        let mut answers = answers.iter().map(|answer| (*answer).to_owned());
        EntryText {
            question: "How long?".to_owned(),
            answer: answers.next().unwrap(),
            other_answers: answers.collect(),
            ..EntryText::default()
        }
    }

    fn seen(number: usize, answers: &[&str]) -> AnswerHash {
        let customer = CustomerId(format!("customer-{number}"));
        let shown = shown_to(&customer, &"refund".into(), Lang::En, &text(answers));
        shown.unwrap().shown
    }

    #[test]
    fn the_names_of_wordings_and_who_sees_which_stay_for_good() {
        assert_eq!(AnswerHash::of("Five days.").to_string(), "6f83eb7c");
        assert_eq!(
            AnswerHash::of(" Five days.\n"),
            AnswerHash::of("Five days.")
        );
        let shown = shown_to(
            &"ann".into(),
            &"refund".into(),
            Lang::En,
            &text(&["Five days.", "A week."]),
        );
        let written = serde_json::to_string(&shown).unwrap();
        assert_eq!(
            written,
            r#"{"lang":"en","shown":"6f83eb7c","among":["6f83eb7c","269cbb53"]}"#
        );
        assert_eq!(
            serde_json::from_str::<Option<ShownWording>>(&written).unwrap(),
            shown
        );
        let one = shown_to(&"ann".into(), &"refund".into(), Lang::En, &text(&["A."]));
        assert_eq!(one, None);
    }

    #[test]
    fn each_wording_is_seen_by_as_many() {
        // The 99.9th percentiles of chi-square with 1, 2 and 3 degrees of freedom.
        let sets: [(&[&str], f64); 3] = [
            (&["a", "b"], 10.83),
            (&["a", "b", "c"], 13.82),
            (&["a", "b", "c", "d"], 16.27),
        ];
        for (answers, chi_square_max) in sets {
            let expected = CUSTOMERS as f64 / answers.len() as f64;
            let mut counts = BTreeMap::new();
            for number in 0..CUSTOMERS {
                *counts.entry(seen(number, answers)).or_insert(0_usize) += 1;
            }
            assert_eq!(counts.len(), answers.len());
            let terms = counts.values();
            let terms = terms.map(|count| (*count as f64 - expected).powi(2) / expected);
            let chi_square: f64 = terms.sum();
            assert!(chi_square < chi_square_max, "{answers:?}: {chi_square}");
        }
    }

    #[test]
    fn another_wording_takes_some_customers_and_moves_no_other() {
        let added = AnswerHash::of("c");
        let mut taken = 0;
        for number in 0..CUSTOMERS {
            let (before, after) = (seen(number, &["a", "b"]), seen(number, &["b", "c", "a"]));
            assert!(after == before || after == added, "{number}");
            taken += usize::from(after == added);
        }
        let share = taken as f64 / CUSTOMERS as f64;
        assert!((share - 1.0 / 3.0).abs() < 0.02, "{share}");
    }

    #[test]
    fn what_a_customer_sees_of_one_entry_says_nothing_about_another() {
        let answers = text(&["a", "b"]);
        let same = (0..CUSTOMERS).filter(|number| {
            let customer = CustomerId(format!("customer-{number}"));
            let of = |entry: &str, lang| shown_to(&customer, &entry.into(), lang, &answers);
            let shown = |entry, lang| of(entry, lang).unwrap().shown;
            let one = shown("refund", Lang::En);
            one == shown("parcel", Lang::En) && one == shown("refund", Lang::Vi)
        });
        let share = same.count() as f64 / CUSTOMERS as f64;
        assert!((share - 0.25).abs() < 0.02, "{share}");
    }
}
