//! The sample base of a small web shop that fills an empty base on the first run.

use super::changes::{Change, changes};
use super::file::{FileKind, Reading};

const FILE: &str = include_str!("../../../knowledge/sample.yaml");

/// The sample's entries, each as new.
pub fn sample() -> Vec<Change> {
    let mut reading = Reading::default();
    reading.read("sample.yaml", FileKind::Yaml, &mut FILE.as_bytes());
    // A test keeps the file in the program free of faults.
    changes(&[], &reading.finish().unwrap_or_default(), false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::knowledge::same_wording::same_wordings;
    use crate::domain::knowledge::{ChangeKind, Entry};

    #[test]
    fn the_sample_is_whole() {
        let mut reading = Reading::default();
        reading.read("sample.yaml", FileKind::Yaml, &mut FILE.as_bytes());
        assert_eq!(reading.finish().err(), None);
        let sample = sample();
        assert!(sample.len() >= 40, "{}", sample.len());
        assert!(sample.iter().all(|change| change.kind == ChangeKind::New));
        let entries: Vec<Entry> = sample.into_iter().map(|change| change.entry).collect();
        for entry in &entries {
            assert_eq!(entry.texts.len(), 3, "{}", entry.key);
            assert!(
                entry.texts.values().all(|text| text.phrasings.len() >= 3),
                "{}",
                entry.key
            );
        }
        assert_eq!(same_wordings(&entries), Vec::<String>::new());
    }
}
