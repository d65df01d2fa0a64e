//! Entries as a table: one row per entry and language, for spreadsheets.
//!
//! Spreadsheets run what begins with `=`, `+`, `-` or `@` as a formula. A cell that does is written
//! with an apostrophe before it, which reading takes off again; so is one that has apostrophes
//! before such a sign already, so that both directions are exact.

use std::io::BufRead;

use super::gathering::{Gathering, Place, Record};
use super::lines::{Line, Lines};
use crate::domain::knowledge::entry::{Entry, EntryText};
use crate::domain::knowledge::upkeep::{PARTS, Upkeep};
use crate::domain::lang::Lang;

const COLUMNS: [&str; COUNT] = [
    "key",
    "lang",
    "question",
    "phrasings",
    "answer",
    "tags",
    "triggers",
    PARTS[0],
    PARTS[1],
    PARTS[2],
    PARTS[3],
    "other_answer_1",
    "other_answer_2",
    "other_answer_3",
];
const COUNT: usize = 14;
/// Where the columns of the upkeep begin; they are written where any entry has some.
const UPKEEP: usize = 7;
/// Where those of the other answers begin; they are written up to the most that any text has.
const OTHER_ANSWERS: usize = 11;
/// Columns that a file must have.
const NEEDED: [usize; 4] = [0, 1, 2, 4];

pub(super) fn read(name: &str, file: &mut dyn BufRead, gathering: &mut Gathering) {
    let mut text = String::new();
    for line in Lines::of(file) {
        match line {
            Line::Fault(line, what) => {
                return gathering.fault(&Place { file: name, line }, None, what);
            }
            Line::Text(_, line) => {
                text.push_str(&line);
                text.push('\n');
            }
        }
    }
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut columns: Option<[Option<usize>; COUNT]> = None;
    let mut row = csv::StringRecord::new();
    loop {
        let line = line_of(rows.position());
        let place = Place { file: name, line };
        match rows.read_record(&mut row) {
            Ok(false) => return,
            Err(error) => return gathering.fault(&place, None, error.to_string()),
            Ok(true) => {}
        }
        let place = Place {
            file: name,
            line: row.position().map_or(line, line_of),
        };
        match &columns {
            None => match columns_of(&row) {
                Ok(found) => columns = Some(found),
                Err(what) => return gathering.fault(&place, None, what),
            },
            Some(columns) => read_row(&place, &row, columns, gathering),
        }
    }
}

fn line_of(position: &csv::Position) -> usize {
    usize::try_from(position.line()).unwrap_or(usize::MAX)
}

fn columns_of(header: &csv::StringRecord) -> Result<[Option<usize>; COUNT], String> {
    let mut columns = [None; COUNT];
    for (place, name) in header.iter().enumerate() {
        let known = COLUMNS.iter().position(|column| *column == name.trim());
        match known {
            Some(known) if columns[known].is_none() => columns[known] = Some(place),
            Some(_) => return Err(format!("the column {name:?} is there twice: keep one")),
            None => {
                return Err(format!(
                    "unknown column {:?}: the columns are {}",
                    name.chars().take(40).collect::<String>(),
                    COLUMNS.join(", ")
                ));
            }
        }
    }
    match NEEDED.into_iter().find(|needed| columns[*needed].is_none()) {
        Some(missing) => Err(format!(
            "the column {:?} is missing: add it",
            COLUMNS[missing]
        )),
        None => Ok(columns),
    }
}

fn read_row(
    place: &Place<'_>,
    row: &csv::StringRecord,
    columns: &[Option<usize>; COUNT],
    gathering: &mut Gathering,
) {
    let cell = |column: usize| {
        let cell = columns[column].and_then(|place| row.get(place));
        cell.map(without_guard)
    };
    let text = |column| cell(column).unwrap_or_default().to_owned();
    let key = text(0);
    let lang = text(1);
    let Some(lang) = Lang::ALL
        .into_iter()
        .find(|known| known.code() == lang.trim())
    else {
        let shown: String = lang.chars().take(20).collect();
        let what = format!("unknown language {shown:?}: write en, vi or zh");
        return gathering.fault(place, Some(&key), what);
    };
    let entry_text = EntryText {
        question: text(2),
        phrasings: lines_of(&text(3)),
        answer: text(4),
        other_answers: (OTHER_ANSWERS..COUNT)
            .map(text)
            .filter(|answer| !answer.trim().is_empty())
            .collect(),
    };
    let record = Record {
        key,
        tags: cell(5).map(|tags| {
            let tags = tags.split(',').map(str::trim).filter(|tag| !tag.is_empty());
            tags.map(str::to_owned).collect()
        }),
        triggers: cell(6).map(lines_of),
        texts: vec![(lang, entry_text)],
        upkeep: [0, 1, 2, 3].map(|part| cell(UPKEEP + part).map(str::to_owned)),
    };
    gathering.take(place, record);
}

fn lines_of(cell: &str) -> Vec<String> {
    cell.lines()
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned)
        .collect()
}

pub(super) fn write(entries: &[Entry]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing into memory cannot fail.
    let has_upkeep = entries
        .iter()
        .any(|entry| entry.upkeep != Upkeep::default());
    let texts = entries.iter().flat_map(|entry| entry.texts.values());
    let others_max = texts.map(|text| text.other_answers.len()).max();
    let others_end = (OTHER_ANSWERS + others_max.unwrap_or_default()).min(COUNT);
    let upkeep = if has_upkeep {
        UPKEEP..OTHER_ANSWERS
    } else {
        0..0
    };
    let written: Vec<usize> = (0..UPKEEP)
        .chain(upkeep)
        .chain(OTHER_ANSWERS..others_end)
        .collect();
    let _ = writer.write_record(written.iter().map(|column| COLUMNS[*column]));
    for entry in entries {
        for (lang, text) in &entry.texts {
            let upkeep = entry.upkeep.written().map(Option::unwrap_or_default);
            let [valid_from, valid_to, review_on, owner] = upkeep;
            let other = |number: usize| text.other_answers.get(number).cloned().unwrap_or_default();
            let cells: [String; COUNT] = [
                entry.key.as_str().to_owned(),
                lang.code().to_owned(),
                text.question.clone(),
                text.phrasings.join("\n"),
                text.answer.clone(),
                entry.tags.join(", "),
                entry.triggers.join("\n"),
                valid_from,
                valid_to,
                review_on,
                owner,
                other(0),
                other(1),
                other(2),
            ]
            .map(guarded);
            let _ = writer.write_record(written.iter().map(|column| &cells[*column]));
        }
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// Whether a spreadsheet would run it, now or once leading apostrophes are taken off.
fn runs(cell: &str) -> bool {
    cell.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r'])
}

fn guarded(cell: String) -> String {
    if runs(&cell) {
        format!("'{cell}")
    } else {
        cell
    }
}

fn without_guard(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if runs(rest) => rest,
        _ => cell,
    }
}
