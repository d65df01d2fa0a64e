//! Bases with labelled questions, from files.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::time::Instant;

use careline::domain::knowledge::file::{FileKind, Reading};
use careline::domain::knowledge::measures::{Measures, Outcome, measures};
use careline::domain::knowledge::text::vietnamese::fold;
use careline::domain::knowledge::{Entry, KnowledgeIndex, changes};
use careline::domain::lang::Lang;
use careline::domain::preference::HumanPreference;
use serde::Deserialize;

use crate::made::{Chance, misspelt};
use crate::{cpu, cpu_of_thread};

#[derive(Deserialize)]
pub struct Labelled {
    pub text: String,
    pub lang: Option<Lang>,
    pub key: Option<String>,
}

/// Prints a row for each base and each way of asking.
pub fn run(folder: &str) {
    let folder = Path::new(folder);
    let files = std::fs::read_dir(folder).expect("the folder can be read");
    let mut names: Vec<String> = files
        .filter_map(|file| file.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    println!(
        "| base | asked | top1 | within 3 | AUROC | answered | precision | coverage at 95 % | ECE | asked which (right) | p50 / p99 CPU µs | built ms (CPU) |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for base in names
        .iter()
        .filter_map(|name| name.strip_suffix(".kb.jsonl"))
    {
        let questions = names
            .iter()
            .filter_map(|name| name.strip_suffix(".eval.jsonl"))
            .filter(|name| base.starts_with(name))
            .max_by_key(|name| name.len());
        match questions {
            Some(questions) => measure(folder, base, questions),
            None => println!("| {base} | no labelled questions |"),
        }
    }
}

fn measure(folder: &Path, base: &str, questions: &str) {
    let entries = entries(&folder.join(format!("{base}.kb.jsonl")));
    let file = folder.join(format!("{questions}.eval.jsonl"));
    let lines = std::fs::read_to_string(file).expect("the questions can be read");
    let questions: Vec<Labelled> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("a labelled question"))
        .collect();
    let (start, start_cpu) = (Instant::now(), cpu());
    let index = KnowledgeIndex::build(&entries);
    index.prepare();
    let built = format!(
        "{} ({})",
        start.elapsed().as_millis(),
        (cpu() - start_cpu).as_millis()
    );
    let vietnamese = questions.iter().any(|one| one.lang == Some(Lang::Vi));
    row(
        base,
        "as they are",
        &questions,
        &index,
        &built,
        str::to_owned,
    );
    if vietnamese {
        row(base, "no marks", &questions, &index, "", |text| {
            fold(&text.to_lowercase())
        });
    }
    for percent in [15, 30] {
        let mut chance = Chance(7);
        let how = format!("{percent} % misspelt");
        row(base, &how, &questions, &index, "", |text| {
            misspelt(text, percent, &mut chance)
        });
    }
}

fn entries(file: &Path) -> Vec<Entry> {
    let mut reading = Reading::default();
    let mut opened = BufReader::new(File::open(file).expect("the base can be opened"));
    reading.read("base", FileKind::Jsonl, &mut opened);
    let imported = reading.finish().expect("the base has no faults");
    let changes = changes(&[], &imported, false);
    changes.into_iter().map(|change| change.entry).collect()
}

fn row(
    base: &str,
    how: &str,
    questions: &[Labelled],
    index: &KnowledgeIndex,
    built: &str,
    mut asked: impl FnMut(&str) -> String,
) {
    let outcomes: Vec<Outcome> = questions
        .iter()
        .map(|question| {
            let text = asked(&question.text);
            let start = cpu_of_thread();
            let verdict = index.decide(&text, question.lang, HumanPreference::HumanIfUnsure);
            let took = cpu_of_thread() - start;
            Outcome {
                wanted: question.key.as_deref().map(Into::into),
                verdict,
                took_us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            }
        })
        .collect();
    println!("{}", line(base, how, &measures(&outcomes), built));
}

fn line(base: &str, how: &str, measures: &Measures, built: &str) -> String {
    let percent = |share: f64| format!("{:.1}", share * 100.0);
    let maybe = |share: Option<f64>| share.map_or("–".to_owned(), percent);
    format!(
        "| {base} | {how} | {} | {} | {} | {} | {} | {} | {:.3} | {} ({}) | {} / {} | {built} |",
        percent(measures.top1),
        percent(measures.recall_at_3),
        maybe(measures.oos_auroc),
        percent(measures.coverage),
        maybe(measures.precision),
        percent(measures.coverage_at_95_precision),
        measures.calibration_error,
        measures.clarified,
        measures.clarified_right,
        measures.p50_us,
        measures.p99_us,
    )
}
