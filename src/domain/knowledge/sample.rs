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
    use crate::domain::knowledge::measures::{Measures, Outcome, measures};
    use crate::domain::knowledge::same_wording::same_wordings;
    use crate::domain::knowledge::{ChangeKind, Entry, KnowledgeIndex, parse_key};
    use crate::domain::lang::Lang;
    use crate::domain::preference::HumanPreference;

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

    #[derive(serde::Deserialize)]
    struct Labelled {
        text: String,
        lang: Lang,
        key: Option<String>,
    }

    fn measured(lang: Option<Lang>) -> Measures {
        let entries: Vec<Entry> = sample().into_iter().map(|change| change.entry).collect();
        let index = KnowledgeIndex::build(&entries);
        let questions = include_str!("../../../knowledge/sample.eval.jsonl").lines();
        let questions = questions.map(|line| serde_json::from_str::<Labelled>(line).unwrap());
        let outcomes: Vec<Outcome> = questions
            .filter(|question| lang.is_none_or(|lang| question.lang == lang))
            .map(|question| Outcome {
                verdict: index.decide(
                    &question.text,
                    Some(question.lang),
                    HumanPreference::HumanIfUnsure,
                ),
                wanted: question.key.map(|key| parse_key(&key).unwrap()),
                took_us: 0,
            })
            .collect();
        measures(&outcomes)
    }

    #[test]
    fn the_sample_answers_its_labelled_questions() {
        let all = measured(None);
        assert!(all.n >= 200 && all.n - all.n_in_scope >= 35, "{all:#?}");
        assert!(all.top1 >= 0.84, "{all:#?}");
        assert!(all.recall_at_3 >= 0.94, "{all:#?}");
        assert!(all.precision.unwrap() >= 0.96, "{all:#?}");
        assert!(all.coverage >= 0.36, "{all:#?}");
        assert!(all.oos_auroc.unwrap() >= 0.93, "{all:#?}");
        assert!(all.calibration_error <= 0.15, "{all:#?}");
    }

    #[test]
    fn no_language_falls_behind() {
        for lang in Lang::ALL {
            let of_lang = measured(Some(lang));
            assert!(of_lang.top1 >= 0.75, "{lang:?} {of_lang:#?}");
            assert!(of_lang.recall_at_3 >= 0.9, "{lang:?} {of_lang:#?}");
            assert!(of_lang.precision.unwrap() >= 0.93, "{lang:?} {of_lang:#?}");
        }
    }
}
