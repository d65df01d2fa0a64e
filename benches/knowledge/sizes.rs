//! Large made-up bases: how long building, one match and an edit take, and how much memory.

use std::time::Instant;

use careline::domain::knowledge::{Change, ChangeKind, Decision, Entry, KnowledgeIndex};
use careline::domain::lang::Lang;
use careline::domain::preference::HumanPreference;

use crate::made::{Chance, asked, entry};
use crate::{cpu, cpu_of_thread, resident_mb};

/// Questions that are matched for the percentiles.
const QUESTIONS: usize = 3_000;
/// Edits, for the slowest.
const EDITS: usize = 20;

/// Prints a row for each size.
pub fn run(sizes: &[usize]) {
    println!(
        "| entries × 5 | built s (CPU s) | memory MB | p50 / p99 CPU µs | first right % | answered % (right %) | edit, slowest ms (CPU ms) |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for size in sizes {
        measure(*size);
    }
}

fn measure(size: usize) {
    let entries: Vec<Entry> = (0..size).map(entry).collect();
    let before = resident_mb();
    let (start, start_cpu) = (Instant::now(), cpu());
    let index = KnowledgeIndex::build(&entries);
    index.prepare();
    let (built, built_cpu) = (start.elapsed(), cpu() - start_cpu);
    let memory = resident_mb() - before;
    let mut chance = Chance(99);
    let mut times = Vec::new();
    let (mut right, mut answered, mut answered_right) = (0, 0, 0);
    for _ in 0..QUESTIONS {
        let wanted = chance.below(size);
        let text = asked(wanted, &mut chance);
        let start = cpu_of_thread();
        let verdict = index.decide(&text, Some(Lang::En), HumanPreference::HumanIfUnsure);
        times.push((cpu_of_thread() - start).as_micros());
        let is_wanted = |key: &str| key == entries[wanted].key.as_str();
        right += usize::from(
            verdict
                .candidates
                .first()
                .is_some_and(|first| is_wanted(first.key.as_str())),
        );
        if let Decision::Answer(key) = &verdict.decision {
            answered += 1;
            answered_right += usize::from(is_wanted(key.as_str()));
        }
    }
    times.sort_unstable();
    let percent = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    println!(
        "| {size} | {:.1} ({:.1}) | {memory:.0} | {} / {} | {:.1} | {:.1} ({:.1}) | {} |",
        built.as_secs_f64(),
        built_cpu.as_secs_f64(),
        times[QUESTIONS / 2],
        times[QUESTIONS * 99 / 100],
        percent(right, QUESTIONS),
        percent(answered, QUESTIONS),
        percent(answered_right, answered),
        edit(&index, &entries),
    );
}

/// The slowest of some edits, each until an index that answers by it is there.
fn edit(index: &KnowledgeIndex, entries: &[Entry]) -> String {
    let (mut slowest, mut slowest_cpu) = (0.0f64, 0.0f64);
    for number in 0..EDITS {
        let mut entry = entries[number * 37 % entries.len()].clone();
        let wording = format!("flooberwhack number {number}");
        for text in entry.texts.values_mut() {
            text.phrasings.push(wording.clone());
        }
        let change = Change {
            kind: ChangeKind::Changed,
            entry: entry.clone(),
        };
        let (start, start_cpu) = (Instant::now(), cpu_of_thread());
        let edited = index.with(&[change]);
        slowest = slowest.max(start.elapsed().as_secs_f64() * 1e3);
        slowest_cpu = slowest_cpu.max((cpu_of_thread() - start_cpu).as_secs_f64() * 1e3);
        let verdict = edited.decide(&wording, Some(Lang::En), HumanPreference::HumanIfUnsure);
        let first = verdict.candidates.first().map(|first| &first.key);
        assert_eq!(first, Some(&entry.key), "the edit answers");
    }
    format!("{slowest:.1} ({slowest_cpu:.1})")
}
