//! The weights that small bases are shipped with, fitted on the project's own sample shop and its
//! labelled questions; and what share of held-out entries gives true probabilities there.
//!
//! Each round takes some entries of the sample with a few of their wordings, in one language, and
//! asks all labelled questions of that language: those whose entry was left out are questions that
//! no entry answers, and hard ones.

use careline::domain::ids::EntryKey;
use careline::domain::knowledge::calibration::{
    fitted, folds, judged, sharpness, threshold, weigh,
};
use careline::domain::knowledge::confidence::{Calibration, FIGURES, Judged, SHIPPED, fit};
use careline::domain::knowledge::features::{Bag, tokens};
use careline::domain::knowledge::learnt::Learnt;
use careline::domain::knowledge::model::Example;
use careline::domain::knowledge::sample::sample;
use careline::domain::knowledge::{Entry, EntryText};
use careline::domain::lang::Lang;

use crate::made::Chance;
use crate::sets::Labelled;

/// Share of questions that no entry answers, as expected in use.
const UNANSWERABLE: f64 = 0.2;
/// What holds the weights towards nothing, as so many examples would.
const HOLD: f64 = 5.0;
const ROUNDS: usize = 12;

/// Fits, and prints what was found.
pub fn run() {
    let entries: Vec<Entry> = sample().into_iter().map(|change| change.entry).collect();
    let questions: Vec<Labelled> = include_str!("../../knowledge/sample.eval.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a labelled question"))
        .collect();
    // Half of the questions fits, the other half tells how true it is.
    let [even, odd] = [0, 1].map(|half| asked(&entries, &questions, Some(half)));
    for (fits, tells) in [(&even, &odd), (&odd, &even)] {
        report("half fitted on the other", &of(fits), tells);
    }
    let all = asked(&entries, &questions, None);
    let shipped = of(&all);
    report("fitted on all", &shipped, &all);
    report("shipped now", &SHIPPED, &all);
    println!("{shipped:.2?}");
    for share in [0.03, 0.06, 0.09, 0.12, 0.2] {
        shares(&entries, &questions, share);
    }
}

fn of(judged: &[Judged]) -> Calibration {
    let mut calibration = SHIPPED;
    calibration.weights = fit(judged, Judged::right, [0.0; FIGURES], HOLD);
    calibration.known_weights = fit(judged, |one| one.answerable, [0.0; FIGURES], HOLD);
    calibration.sharpness = sharpness(judged).unwrap_or(SHIPPED.sharpness);
    calibration.answer_from = threshold(&calibration, judged, 0.955);
    calibration.answer_from_bot_is_fine = threshold(&calibration, judged, 0.90);
    calibration
}

fn asked(entries: &[Entry], questions: &[Labelled], half: Option<usize>) -> Vec<Judged> {
    let mut all = Vec::new();
    for lang in Lang::ALL {
        for round in 0..ROUNDS {
            let mut chance = Chance(round as u64 * 31 + 5);
            let out_of_ten = 4 + chance.below(6);
            let wordings = 1 + chance.below(6);
            let texts: Vec<(EntryKey, EntryText)> = entries
                .iter()
                .filter(|_| chance.below(10) < out_of_ten)
                .filter_map(|entry| {
                    let mut text = entry.texts.get(&lang)?.clone();
                    text.phrasings.truncate(wordings - 1);
                    Some((entry.key.clone(), text))
                })
                .collect();
            all.extend(answers(&texts, questions, lang, half));
        }
    }
    weigh(&mut all, UNANSWERABLE);
    all
}

fn answers(
    texts: &[(EntryKey, EntryText)],
    questions: &[Labelled],
    lang: Lang,
    half: Option<usize>,
) -> Vec<Judged> {
    let placed = texts.iter().enumerate();
    let placed: Vec<(usize, &EntryKey, &EntryText)> = placed
        .map(|(place, (key, text))| (place, key, text))
        .collect();
    let learnt = Learnt::from(&placed, lang, None);
    let chosen = questions.iter().enumerate().filter(|(number, question)| {
        question.lang == Some(lang) && half.is_none_or(|half| number % 2 == half)
    });
    chosen
        .filter_map(|(_, question)| {
            let (_, seen) = learnt.look(&question.text, lang);
            let wanted = question.key.as_deref();
            let entry = texts
                .iter()
                .position(|(key, _)| Some(key.as_str()) == wanted);
            Some(Judged::of(&seen.ranked, seen.evidence?, entry))
        })
        .collect()
}

/// The whole sample calibrated on itself at a share, against its labelled questions.
fn shares(entries: &[Entry], questions: &[Labelled], share: f64) {
    let mut all = Vec::new();
    let mut off = (0.0, 0.0, 0.0);
    for lang in Lang::ALL {
        let texts: Vec<(EntryKey, EntryText)> = entries
            .iter()
            .filter_map(|entry| Some((entry.key.clone(), entry.texts.get(&lang)?.clone())))
            .collect();
        let examples: Vec<Example> = texts
            .iter()
            .enumerate()
            .flat_map(|(entry, (_, text))| {
                text.wordings().map(move |wording| Example {
                    entry,
                    bag: Bag::of(&tokens(wording, lang), lang),
                    point: None,
                })
            })
            .collect();
        let folds = folds(&examples, texts.len(), lang);
        let calibration = fitted(judged(&folds, SHIPPED.meaning_weight), SHIPPED, share);
        let answers = answers(&texts, questions, lang, None);
        let said: f64 = answers
            .iter()
            .map(|one| calibration.confidence(&one.evidence))
            .sum();
        let right = answers.iter().filter(|one| one.right()).count() as f64;
        off = (off.0 + said, off.1 + right, off.2 + answers.len() as f64);
        report(
            &format!("share {share}, {}", lang.code()),
            &calibration,
            &answers,
        );
        all.extend(answers);
    }
    println!(
        "share {share}: says {:.3} on average, {:.3} are right",
        off.0 / off.2,
        off.1 / off.2
    );
}

fn report(name: &str, calibration: &Calibration, judged: &[Judged]) {
    let all: f64 = judged.iter().map(|one| one.weight).sum();
    let mut bands = [(0.0, 0.0); 10];
    let (mut answered, mut right) = (0.0, 0.0);
    for one in judged {
        let confidence = calibration.confidence(&one.evidence);
        let is_right = f64::from(u8::from(one.right()));
        let band = &mut bands[((confidence * 10.0) as usize).min(9)];
        band.0 += one.weight * confidence;
        band.1 += one.weight * is_right;
        if confidence >= calibration.answer_from {
            answered += one.weight;
            right += one.weight * is_right;
        }
    }
    let error: f64 = bands.iter().map(|(said, right)| (said - right).abs()).sum();
    println!(
        "{name}: calibration error {:.3}, from {:.2} on {:.1} % are answered, {:.1} % of them right",
        error / all,
        calibration.answer_from,
        100.0 * answered / all,
        100.0 * right / answered.max(1.0)
    );
}
