//! What reading a plan's file keeps beside the plan: faults, and what was read before.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::{DeString, DeValue};

use super::PlanFault;
use crate::domain::sla::plan::Policy;

/// A value with its key and place.
pub(super) struct Field<'v> {
    pub(super) key: String,
    /// The byte at which the key stands.
    pub(super) at: usize,
    value: &'v DeValue<'v>,
}

impl<'v> Field<'v> {
    /// The key without what it stands below.
    pub(super) fn name(&self) -> &str {
        self.key
            .rsplit_once('.')
            .map_or(&*self.key, |(_, name)| name)
    }

    pub(super) fn new(
        above: &str,
        name: &Spanned<DeString<'_>>,
        value: &'v Spanned<DeValue<'v>>,
    ) -> Field<'v> {
        Field {
            key: format!("{above}.{}", name.get_ref()),
            at: name.span().start,
            value: value.get_ref(),
        }
    }
}

/// The state of reading.
pub(super) struct Reader<'f> {
    text: &'f str,
    pub(super) files: &'f BTreeMap<String, String>,
    pub(super) faults: Vec<PlanFault>,
    policies: Vec<(String, Policy)>,
}

impl<'f> Reader<'f> {
    pub(super) fn new(text: &'f str, files: &'f BTreeMap<String, String>) -> Reader<'f> {
        Reader {
            text,
            files,
            faults: Vec::new(),
            policies: Vec::new(),
        }
    }

    pub(super) fn fault(&mut self, byte: usize, key: &str, problem: &str) {
        let before = self.text.bytes().take(byte);
        self.faults.push(PlanFault {
            line: 1 + before.filter(|byte| *byte == b'\n').count(),
            key: key.to_owned(),
            problem: problem.to_owned(),
        });
    }

    pub(super) fn has_faults_below(&self, key: &str) -> bool {
        let below = format!("{key}.");
        let mut faults = self.faults.iter();
        faults.any(|fault| fault.key == key || fault.key.starts_with(&below))
    }

    pub(super) fn text(&mut self, field: &Field<'_>) -> Option<String> {
        match field.value {
            DeValue::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => {
                self.fault(
                    field.at,
                    &field.key,
                    "must be text in quotes, and not empty",
                );
                None
            }
        }
    }

    /// A list of texts, perhaps empty.
    pub(super) fn texts(&mut self, field: &Field<'_>) -> Vec<String> {
        let texts = match field.value {
            DeValue::Array(values) => values
                .iter()
                .map(|value| match value.get_ref() {
                    DeValue::String(text) => Some(text.trim().to_owned()),
                    _ => None,
                })
                .collect::<Option<Vec<String>>>(),
            _ => None,
        };
        texts.unwrap_or_else(|| {
            self.fault(
                field.at,
                &field.key,
                "must be a list of texts in quotes, such as [\"one\", \"two\"]",
            );
            Vec::new()
        })
    }

    /// A list of one text or more.
    pub(super) fn some_texts(&mut self, field: &Field<'_>) -> Vec<String> {
        let faults = self.faults.len();
        let texts = self.texts(field);
        if texts.is_empty() && self.faults.len() == faults {
            self.fault(
                field.at,
                &field.key,
                "names nothing, so that the policy would never match; leave the key out for all",
            );
        }
        texts
    }

    /// Each text as what it names.
    pub(super) fn each<T>(
        &mut self,
        field: &Field<'_>,
        texts: Vec<String>,
        read: impl Fn(&str) -> Option<T>,
        wanted: impl Fn() -> String,
    ) -> Vec<T> {
        let mut found = Vec::new();
        for text in texts {
            match read(&text) {
                Some(one) => found.push(one),
                None => {
                    let problem = format!("\"{text}\" is none of {}", wanted());
                    self.fault(field.at, &field.key, &problem);
                }
            }
        }
        found
    }

    pub(super) fn number(&mut self, field: &Field<'_>, bounds: RangeInclusive<i64>) -> Option<i64> {
        let number = match field.value {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
            _ => None,
        };
        let number = number.filter(|number| bounds.contains(number));
        if number.is_none() {
            let problem = format!(
                "must be a whole number from {} to {}",
                bounds.start(),
                bounds.end()
            );
            self.fault(field.at, &field.key, &problem);
        }
        number
    }

    /// Holds a policy against those above it.
    pub(super) fn seen_policy(&mut self, key: &str, at: usize, policy: &Policy) {
        let same_name = |(_, above): &&(String, Policy)| above.name == policy.name;
        if let Some((above, _)) = self.policies.iter().find(same_name)
            && !policy.name.is_empty()
        {
            let problem = format!(
                "is called \"{}\" as {above} is; give each a name of its own",
                policy.name
            );
            self.fault(at, &format!("{key}.name"), &problem);
        }
        let takes_all = |(_, above): &&(String, Policy)| above.when.covers(&policy.when);
        if let Some((above, taker)) = self.policies.iter().find(takes_all)
            && !self.has_faults_below(key)
        {
            let problem = format!(
                "(\"{}\") never matches: {above} (\"{}\") above it takes all of its conversations; move it up, or narrow the other",
                policy.name, taker.name
            );
            self.fault(at, key, &problem);
        }
        self.policies.push((key.to_owned(), policy.clone()));
    }
}
