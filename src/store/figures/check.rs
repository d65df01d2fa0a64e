//! Holds stored figures against what they are made of: lines against facts, cells against lines.

use std::collections::BTreeMap;

use serde_json::Value;

use super::cells::{self, Period};
use super::renew::{Found, texts};
use super::{Day, LINES_READ_AT_ONCE, StoredLine};
use crate::domain::ids::ConversationId;
use crate::domain::report::cells::{CellText, Cells, Part, Split};
use crate::domain::report::line::rules;
use crate::domain::report::spread::SpreadText;
use crate::domain::sla::plan::{Plans, Policy};
use crate::store::{StoreError, Tx, plans, timeline};

/// How many conversations or days are listed at a time.
const LISTED_AT_ONCE: i64 = 500;
/// The most letters of a value that a difference shows.
const SHOWN_MAX: usize = 60;

/// What a stored figure is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A conversation's line.
    Conversation(ConversationId),
    /// A day's cells.
    Day(Day),
}

/// A stored figure that is not what it is made of says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub about: About,
    /// Which figure.
    pub what: String,
    /// The stored value.
    pub stored: Option<String>,
    /// The computed one.
    pub computed: Option<String>,
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many lines were held against their facts.
    pub lines: usize,
    /// How many days were held against their lines.
    pub days: usize,
    /// How many lines and days are marked to be computed anew: nothing is said about these.
    pub due: usize,
    /// What differs.
    pub differences: Vec<Difference>,
}

/// Holds all stored figures against what they are made of.
pub async fn check(tx: &mut Tx, usual: &Policy) -> Result<Checked, StoreError> {
    let mut checked = Checked::default();
    check_lines(tx, usual, &mut checked).await?;
    let mut last = Day::MIN;
    loop {
        let days = cells::days_after(tx, last, LISTED_AT_ONCE).await?;
        let Some(end) = days.last() else {
            return Ok(checked);
        };
        last = *end;
        for day in days {
            check_day(tx, day, &mut checked).await?;
        }
    }
}

async fn check_lines(tx: &mut Tx, usual: &Policy, checked: &mut Checked) -> Result<(), StoreError> {
    let mut last = String::new();
    loop {
        // A conversation may have facts without a line, or a line without facts.
        let mut page = timeline::conversations(tx, &last, LISTED_AT_ONCE).await?;
        page.extend(super::with_lines(tx, &last, LISTED_AT_ONCE).await?);
        page.sort();
        page.dedup();
        page.truncate(usize::try_from(LISTED_AT_ONCE).unwrap_or(usize::MAX));
        let Some(end) = page.last() else {
            return Ok(());
        };
        last.clone_from(&end.0);
        let mut plans = plans::all(tx, usual).await?;
        for conversation in &page {
            let mut found = of_line(tx, &plans, conversation).await?;
            if found.as_ref().is_some_and(|found| !found.is_empty()) {
                // The program may be at work: what was written between the looks is no
                // difference, so that the second look has the last word.
                plans = plans::all(tx, usual).await?;
                found = of_line(tx, &plans, conversation).await?;
            }
            match found {
                Some(found) => {
                    checked.lines += 1;
                    checked.differences.extend(found);
                }
                None => checked.due += 1,
            }
        }
    }
}

/// What differs in a conversation's line; `None` where it is marked to be computed anew.
async fn of_line(
    tx: &mut Tx,
    plans: &Plans,
    conversation: &ConversationId,
) -> Result<Option<Vec<Difference>>, StoreError> {
    let found = Found::read(tx, conversation).await?;
    let stored = super::line(tx, conversation).await?;
    let computed = found.line(plans, &rules())?;
    let outdated = stored.as_ref().is_some_and(|line| line.rules != rules());
    if outdated || super::is_due(tx, conversation).await? {
        return Ok(None);
    }
    let about = About::Conversation(conversation.clone());
    let day = |line: &StoredLine| Value::from(line.day);
    let value = |line: &StoredLine| parsed(&line.text);
    let (stored, computed) = (stored.as_ref(), computed.as_ref());
    let mut found = Vec::new();
    differences(
        &about,
        "figures.day",
        stored.map(day),
        computed.map(day),
        &mut found,
    );
    differences(
        &about,
        "figures",
        stored.map(value),
        computed.map(value),
        &mut found,
    );
    Ok(Some(found))
}

async fn check_day(tx: &mut Tx, day: Day, checked: &mut Checked) -> Result<(), StoreError> {
    let mut found = of_day(tx, day).await?;
    if found.as_ref().is_some_and(|found| !found.is_empty()) {
        found = of_day(tx, day).await?;
    }
    match found {
        Some(found) => {
            checked.days += 1;
            checked.differences.extend(found);
        }
        None => checked.due += 1,
    }
    Ok(())
}

/// What differs in a day's cells; `None` where they are marked to be computed anew.
async fn of_day(tx: &mut Tx, day: Day) -> Result<Option<Vec<Difference>>, StoreError> {
    let stored = cells::texts_of_day(tx, day).await?;
    let mut computed = Cells::default();
    let mut last = String::new();
    loop {
        let page = super::lines_of_day(tx, day, &last, LINES_READ_AT_ONCE).await?;
        let Some((end, _)) = page.last() else {
            break;
        };
        last.clone_from(&end.0);
        page.iter().for_each(|(_, line)| computed.add_stored(line));
    }
    let period = Period {
        from: day,
        until: day.saturating_add(1),
    };
    if !cells::due(tx, period).await?.is_empty() {
        return Ok(None);
    }
    let computed = texts(&computed)?;
    let (stored, computed) = (by_place(&stored), by_place(&computed));
    let mut places: Vec<_> = stored.keys().chain(computed.keys()).collect();
    places.sort();
    places.dedup();
    let mut found = Vec::new();
    for place in places {
        let (split, key, part) = place;
        let name = format!("cells {} {key:?} {}", split.name(), part.name());
        let value = |cells: &BTreeMap<_, &CellText>| cells.get(place).map(|cell| as_value(cell));
        let about = About::Day(day);
        differences(&about, &name, value(&stored), value(&computed), &mut found);
    }
    Ok(Some(found))
}

fn by_place(cells: &[CellText]) -> BTreeMap<(Split, &str, Part), &CellText> {
    cells.iter().map(|cell| (cell.place(), cell)).collect()
}

fn as_value(cell: &CellText) -> Value {
    let spread = |text: &SpreadText| serde_json::json!({ "n": text.n, "exact": text.exact, "sketch": text.sketch });
    serde_json::json!({
        "counts": parsed(&cell.counts),
        "wall": spread(&cell.came),
        "business": spread(&cell.business),
    })
}

/// JSON, or the text itself where it is none.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}

/// Names every value in which two differ, by its place in them.
fn differences(
    about: &About,
    what: &str,
    stored: Option<Value>,
    computed: Option<Value>,
    found: &mut Vec<Difference>,
) {
    match (stored, computed) {
        (stored, computed) if stored == computed => {}
        (Some(Value::Object(mut stored)), Some(Value::Object(mut computed))) => {
            let mut keys: Vec<String> = stored.keys().chain(computed.keys()).cloned().collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let (one, other) = (stored.remove(&key), computed.remove(&key));
                differences(about, &format!("{what}.{key}"), one, other, found);
            }
        }
        (Some(Value::Array(stored)), Some(Value::Array(computed)))
            if stored.len() == computed.len() =>
        {
            for (place, (one, other)) in stored.into_iter().zip(computed).enumerate() {
                let what = format!("{what}.{place}");
                differences(about, &what, Some(one), Some(other), found);
            }
        }
        (stored, computed) => found.push(Difference {
            about: about.clone(),
            what: what.to_owned(),
            stored: stored.as_ref().map(shown),
            computed: computed.as_ref().map(shown),
        }),
    }
}

/// A value in at most [`SHOWN_MAX`] letters.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_that_differs_is_named_by_its_place() {
        let about = About::Day(7);
        let check = |stored: &str, computed: &str, expected: &[&str]| {
            let mut found = Vec::new();
            let value = |text: &str| (!text.is_empty()).then(|| parsed(text));
            differences(&about, "it", value(stored), value(computed), &mut found);
            let told: Vec<String> = found
                .iter()
                .map(|one| format!("{} {:?} {:?}", one.what, one.stored, one.computed))
                .collect();
            assert_eq!(told, expected, "{stored} {computed}");
        };
        check("", "", &[]);
        check(r#"{"a":1,"b":[1,2]}"#, r#"{"b":[1,2],"a":1}"#, &[]);
        check(
            r#"{"a":1,"b":[1,2]}"#,
            r#"{"b":[1,3],"c":"x"}"#,
            &[
                r#"it.a Some("1") None"#,
                r#"it.b.1 Some("2") Some("3")"#,
                r#"it.c None Some("x")"#,
            ],
        );
        check("", "[1]", &[r#"it None Some("[1]")"#]);
        check("[1]", "[1,2]", &[r#"it Some("[1]") Some("[1,2]")"#]);
        let long = "é".repeat(SHOWN_MAX + 1);
        assert_eq!(shown(&Value::from(long)).chars().count(), SHOWN_MAX + 1);
    }
}
