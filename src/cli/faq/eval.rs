//! `careline faq eval`: the base against labelled questions.

use std::io::BufReader;
use std::path::Path;
use std::time::Instant;

use serde::Deserialize;
use serde_json::json;

use super::{Context, Failure, entries, index, semantic, write_json};
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::file::{Line, Lines};
use crate::domain::knowledge::measures::{Measures, Outcome, measures};
use crate::domain::knowledge::{KnowledgeIndex, parse_key};
use crate::domain::lang::Lang;
use crate::domain::preference::HumanPreference;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labelled {
    text: String,
    #[serde(default)]
    lang: Option<Lang>,
    // Missing is a fault: a forgotten label must not count as "no entry answers this".
    #[serde(deserialize_with = "Option::deserialize")]
    key: Option<String>,
}

pub(super) async fn run(
    file: &Path,
    preference: HumanPreference,
    context: &mut Context<'_>,
) -> Result<(), Failure> {
    let questions = read(file)?;
    let entries = entries(context).await?;
    let semantic = semantic(context);
    let start = Instant::now();
    let index = index(&entries, semantic, context);
    index.prepare();
    let built_ms = start.elapsed().as_millis();
    let outcomes: Vec<Outcome> = questions
        .into_iter()
        .map(|question| {
            let start = Instant::now();
            let verdict = index.decide(&question.text, question.lang, preference);
            Outcome {
                wanted: question.key.map(EntryKey),
                verdict,
                took_us: u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX),
            }
        })
        .collect();
    let missing = missing(&outcomes, &index);
    if !missing.is_empty() {
        tracing::warn!(
            "labels that are no entry of the base: {}",
            missing.join(", ")
        );
    }
    let model = index.sense().map(|sense| sense.name().to_owned());
    tell(&measures(&outcomes), built_ms, model, context)
}

fn read(path: &Path) -> Result<Vec<Labelled>, Failure> {
    let mut file = BufReader::new(super::import::opened(path)?);
    let mut questions = Vec::new();
    let mut faults = Vec::new();
    for line in Lines::of(&mut file) {
        match line {
            Line::Fault(number, what) => {
                faults.push(format!("{}:{number}: {what}", path.display()))
            }
            Line::Text(_, text) if text.trim().is_empty() => {}
            Line::Text(number, text) => match labelled(&text) {
                Ok(question) => questions.push(question),
                Err(what) => faults.push(format!("{}:{number}: {what}", path.display())),
            },
        }
    }
    if !faults.is_empty() {
        faults.truncate(50);
        return Err(Failure::not_done(faults.join("\n")));
    }
    Ok(questions)
}

fn labelled(line: &str) -> Result<Labelled, String> {
    let question: Labelled = serde_json::from_str(line).map_err(|error| {
        format!(
            "{error}: a line is {{\"text\", \"lang\", \"key\"}}, key null for what no entry answers"
        )
    })?;
    if let Some(key) = &question.key {
        parse_key(key).map_err(|fault| fault.to_string())?;
    }
    Ok(question)
}

/// Labels that the base does not have, each once.
fn missing(outcomes: &[Outcome], index: &KnowledgeIndex) -> Vec<String> {
    let mut missing: Vec<String> = outcomes
        .iter()
        .filter_map(|outcome| outcome.wanted.as_ref())
        .filter(|key| index.entry(key).is_none())
        .map(ToString::to_string)
        .collect();
    missing.sort();
    missing.dedup();
    missing.truncate(20);
    missing
}

fn tell(
    measures: &Measures,
    built_ms: u128,
    model: Option<String>,
    context: &mut Context<'_>,
) -> Result<(), Failure> {
    if context.is_json() {
        let value = json!({
            "n": measures.n,
            "n_in_scope": measures.n_in_scope,
            "top1": measures.top1,
            "recall_at_3": measures.recall_at_3,
            "mrr": measures.mrr,
            "answered": measures.answered,
            "answered_right": measures.answered_right,
            "precision": measures.precision,
            "coverage": measures.coverage,
            "coverage_at_95_precision": measures.coverage_at_95_precision,
            "oos_auroc": measures.oos_auroc,
            "calibration_error": measures.calibration_error,
            "clarified": measures.clarified,
            "clarified_right": measures.clarified_right,
            "index_build_ms": built_ms,
            "p50_us": measures.p50_us,
            "p99_us": measures.p99_us,
            "semantic_model": model,
        });
        return write_json(context, &value);
    }
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let maybe = |share: Option<f64>| share.map_or("none".to_owned(), percent);
    let rows = [
        ("texts", measures.n.to_string()),
        ("of them in scope", measures.n_in_scope.to_string()),
        ("right entry first", percent(measures.top1)),
        ("within three", percent(measures.recall_at_3)),
        ("mean reciprocal rank", format!("{:.3}", measures.mrr)),
        (
            "answered",
            format!("{} ({})", measures.answered, percent(measures.coverage)),
        ),
        ("of them right", maybe(measures.precision)),
        (
            "asked which",
            format!(
                "{}, {} with the right one",
                measures.clarified, measures.clarified_right
            ),
        ),
        (
            "answerable at 95 %",
            percent(measures.coverage_at_95_precision),
        ),
        ("in or out of scope", maybe(measures.oos_auroc)),
        (
            "calibration error",
            format!("{:.3}", measures.calibration_error),
        ),
        (
            "embedding model",
            model.unwrap_or_else(|| "none".to_owned()),
        ),
        ("index built in", format!("{built_ms} ms")),
        (
            "one match",
            format!(
                "{} µs, 99 of 100 within {} µs",
                measures.p50_us, measures.p99_us
            ),
        ),
    ];
    for (name, value) in rows {
        writeln!(context.out, "{name:22} {value}")?;
    }
    Ok(())
}
