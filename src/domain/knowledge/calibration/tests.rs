use super::*;
use crate::domain::knowledge::confidence::{Evidence, FIGURES};
use crate::domain::knowledge::features::tokens;

/// A base of made-up words: each entry has three of its own, asked for in six ways.
fn made(entries: usize) -> Vec<Example> {
    let word = |number: usize| format!("w{}x{}", number * 7 % 1_009, number % 13);
    let example = |entry: usize, way: usize| {
        let own = [word(entry * 3), word(entry * 3 + 1), word(entry * 3 + 2)];
        let words = [
            own[way % 3].as_str(),
            ["how", "when", "can i", "my", "the", "where"][way % 6],
            // Shared with a neighbour: what makes some of them hard.
            &word((entry / 4) * 4_003),
            own[(way + 1) % 3].as_str(),
        ];
        Example {
            entry,
            bag: Bag::of(&tokens(&words.join(" "), Lang::En), Lang::En),
            point: None,
        }
    };
    let ways = |entry| (0..6).map(move |way| example(entry, way));
    (0..entries).flat_map(ways).collect()
}

#[test]
fn no_text_is_judged_by_a_model_that_saw_its_entry_or_itself() {
    let examples = made(80);
    let judged = fold(&examples, 80, Lang::En, 0).judged(1.0);
    let unanswerable = judged.iter().filter(|one| !one.answerable);
    assert!(unanswerable.clone().count() > 30);
    // Their entry is not there: none can be right.
    assert!(unanswerable.clone().all(|one| one.place.is_none()));
    let answerable = judged.iter().filter(|one| one.answerable);
    assert!(answerable.clone().count() > 30);
    // Their own wording would give a likeness of 1.
    assert!(
        answerable
            .clone()
            .all(|one| one.evidence.figures[4] < 0.999)
    );
}

/// The same, read by a model that knows each text's entry.
fn meant(entries: usize) -> Vec<Example> {
    let mut examples = made(entries);
    for (number, example) in examples.iter_mut().enumerate() {
        let component = |place: usize| match place == example.entry {
            true => 0.8,
            false => 0.6 * f32::from(place == entries + number % 7),
        };
        example.point = Some((0..entries + 7).map(component).collect());
    }
    examples
}

#[test]
fn the_meaning_counts_as_it_proves_right_and_confidence_is_fitted_with_it() {
    let examples = meant(70);
    let calibration = calibrate(&examples, 70, Lang::En);
    assert!(calibration.weights[9..].iter().any(|weight| *weight != 0.0));
    confidence_is_a_share(&examples, &calibration);
    // Where the model says nothing of worth, the words decide.
    let mut astray = examples;
    for (number, example) in astray.iter_mut().enumerate() {
        let component = |place: usize| f32::from(u8::from(place == number * 31 % 127));
        example.point = Some((0..127).map(component).collect());
    }
    let words_first = calibrate(&astray, 70, Lang::En);
    assert!(words_first.meaning_weight < calibration.meaning_weight);
    confidence_is_a_share(&astray, &words_first);
}

#[test]
fn a_base_is_calibrated_on_itself() {
    let examples = made(120);
    assert!(examples.len() >= TEXTS_MIN);
    let calibration = calibrate(&examples, 120, Lang::En);
    assert_ne!(calibration.weights, SHIPPED.weights);
    confidence_is_a_share(&examples, &calibration);
    let few = calibrate(&examples[..TEXTS_MIN - 1], 120, Lang::En);
    assert_eq!(few.weights, SHIPPED.weights);
}

#[test]
fn what_an_entry_answers_is_known_and_what_none_does_is_hardly() {
    let examples = made(120);
    let calibration = calibrate(&examples, 120, Lang::En);
    let judged = judged(&folds(&examples, 120, Lang::En), 1.0);
    let [inside, outside] = [true, false].map(|answerable| {
        let chosen = judged.iter().filter(|one| one.answerable == answerable);
        let known: Vec<f64> = chosen.map(|one| calibration.known(&one.evidence)).collect();
        known.iter().sum::<f64>() / known.len() as f64
    });
    assert!(inside > 0.9 && outside < 0.5, "{inside} {outside}");
}

#[test]
fn scores_tell_the_right_one_behind_as_sharply_as_they_did() {
    let judged = |gap: f32| Judged {
        evidence: Evidence {
            figures: [0.0; FIGURES],
        },
        answerable: true,
        place: Some(1),
        gaps: vec![0.1, 0.1 + gap, 0.1 + 2.0 * gap],
        weight: 1.0,
    };
    assert_eq!(sharpness(&[judged(0.3), judged(0.4)]), Some(24.0));
    let behind = |place: usize| Judged {
        place: Some(place),
        ..judged(0.1)
    };
    // The right one is as often third or fourth as it is second.
    assert_eq!(sharpness(&[1, 2, 3].map(behind)), Some(2.0));
    assert_eq!(sharpness(&[behind(0)]), None);
}

fn confidence_is_a_share(examples: &[Example], calibration: &Calibration) {
    // Judged on a fold that other folds were fitted with, confidence means a share.
    let weight = calibration.meaning_weight;
    let entries = 1 + examples.iter().map(|one| one.entry).max().unwrap();
    let mut judged = fold(examples, entries, Lang::En, 1).judged(weight);
    weigh(&mut judged, UNANSWERABLE_SHARE);
    let all: f64 = judged.iter().map(|one| one.weight).sum();
    let said: f64 = judged
        .iter()
        .map(|one| one.weight * calibration.confidence(&one.evidence))
        .sum();
    let right: f64 = judged
        .iter()
        .map(|one| if one.right() { one.weight } else { 0.0 })
        .sum();
    assert!(
        (said / all - right / all).abs() < 0.05,
        "{said} {right} {all}"
    );
}

#[test]
fn few_cases_prove_less_than_many() {
    let judged = |cases: usize| -> Vec<Judged> {
        let case = |number: usize| Judged {
            evidence: Evidence {
                figures: [1.0; FIGURES],
            },
            answerable: true,
            place: Some(usize::from(number.is_multiple_of(25))),
            gaps: Vec::new(),
            weight: 1.0,
        };
        (1..=cases).map(case).collect()
    };
    // 24 of 25 are right.
    let from = |cases| threshold(&SHIPPED, &judged(cases), 0.96);
    assert_eq!(from(25), 1.0);
    assert!(from(2_500) < 1.0);
}
