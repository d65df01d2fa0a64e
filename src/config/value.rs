//! Values as they stand in the file or the environment, read as what a key wants.
//!
//! Each reader's error says what is wanted, never what stands there: it may be a secret.

use std::ops::RangeInclusive;
use std::str::FromStr;

use secrecy::SecretString;
use toml::de::DeValue;

use crate::domain::time::Millis;

/// A value before its key has given it a type.
pub(super) enum Value {
    /// From the environment: text that may stand for any type; a list has commas.
    Bare(String),
    /// A string in the file.
    Text(String),
    /// A whole number in the file.
    Number(String),
    /// `true` or `false` in the file.
    Flag(bool),
    /// A list in the file.
    List(Vec<Value>),
    /// Anything else in the file: no key wants it.
    Other,
}

impl Value {
    pub(super) fn of_file(value: &DeValue<'_>) -> Value {
        match value {
            DeValue::String(text) => Value::Text(text.clone().into_owned()),
            DeValue::Integer(number) if number.radix() == 10 => {
                Value::Number(number.as_str().to_owned())
            }
            DeValue::Boolean(flag) => Value::Flag(*flag),
            DeValue::Array(values) => Value::List(
                values
                    .iter()
                    .map(|value| Value::of_file(value.get_ref()))
                    .collect(),
            ),
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => {
                Value::Other
            }
        }
    }

    pub(super) fn text(&self) -> Result<String, String> {
        match self {
            Value::Text(text) | Value::Bare(text) if !text.trim().is_empty() => {
                Ok(text.trim().to_owned())
            }
            _ => Err("must be text in quotes, and not empty".to_owned()),
        }
    }

    pub(super) fn secret(&self) -> Result<SecretString, String> {
        Ok(SecretString::from(self.text()?))
    }

    /// A whole number within bounds; one in quotes counts, since long ids are often written so.
    pub(super) fn number<T>(&self, bounds: RangeInclusive<T>) -> Result<T, String>
    where
        T: FromStr + PartialOrd + std::fmt::Display,
    {
        let digits = match self {
            Value::Number(digits) | Value::Text(digits) | Value::Bare(digits) => Some(digits),
            Value::Flag(_) | Value::List(_) | Value::Other => None,
        };
        digits
            .and_then(|digits| digits.trim().parse::<T>().ok())
            .filter(|number| bounds.contains(number))
            .ok_or_else(|| {
                format!(
                    "must be a whole number from {} to {}",
                    bounds.start(),
                    bounds.end()
                )
            })
    }

    pub(super) fn flag(&self) -> Result<bool, String> {
        match self {
            Value::Flag(flag) => Ok(*flag),
            Value::Bare(text) if text.trim() == "true" => Ok(true),
            Value::Bare(text) if text.trim() == "false" => Ok(false),
            _ => Err("must be true or false".to_owned()),
        }
    }

    /// A length of time, longer than nothing: a whole number and `ms`, `s`, `m`, `h` or `d`.
    pub(super) fn length(&self) -> Result<Millis, String> {
        self.text()
            .ok()
            .and_then(|text| read_length(&text))
            .ok_or_else(|| {
                "must be a length of time in quotes, such as \"700ms\", \"30s\", \"30m\", \"24h\" or \"7d\""
                    .to_owned()
            })
    }

    /// A list whose members are read by `read`; from the environment, with commas between them.
    pub(super) fn list<T>(
        &self,
        read: impl Fn(&Value) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let named = |members: Result<Vec<T>, String>| {
            members.map_err(|problem| format!("must be a list, and each member {problem}"))
        };
        match self {
            Value::List(values) => named(values.iter().map(read).collect()),
            Value::Bare(text) => named(
                text.split(',')
                    .filter(|member| !member.trim().is_empty())
                    .map(|member| read(&Value::Bare(member.to_owned())))
                    .collect(),
            ),
            _ => Err("must be a list, such as [1, 2]".to_owned()),
        }
    }
}

fn read_length(text: &str) -> Option<Millis> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit_at);
    let unit_ms = match unit.trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    let length_ms = number.parse::<i64>().ok()?.checked_mul(unit_ms)?;
    (length_ms > 0).then_some(Millis(length_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_a_unit() {
        let check = |text: &str, expected: Option<i64>| {
            assert_eq!(read_length(text), expected.map(Millis), "{text}");
        };
        check("700ms", Some(700));
        check("30s", Some(30_000));
        check("30m", Some(1_800_000));
        check("24h", Some(86_400_000));
        check("7d", Some(604_800_000));
        check("5 m", Some(300_000));
        check("30", None);
        check("m", None);
        check("-5m", None);
        check("0s", None);
        check("1.5h", None);
        check("99999999999999999d", None);
        check("30分", None);
    }

    #[test]
    fn numbers_have_bounds_and_may_stand_in_quotes() {
        let check = |value: Value, expected: Option<i64>| {
            assert_eq!(value.number(1..=99_i64).ok(), expected);
        };
        check(Value::Number("75".to_owned()), Some(75));
        check(Value::Text("75".to_owned()), Some(75));
        check(Value::Bare(" 75 ".to_owned()), Some(75));
        check(Value::Number("100".to_owned()), None);
        check(Value::Text("many".to_owned()), None);
        check(Value::Flag(true), None);
    }
}
