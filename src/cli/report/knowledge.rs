//! `careline report knowledge`: what the bot could not answer, in groups of the same question, and
//! which wordings of its answers help more.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::super::period::Period;
use super::super::{Context, Failure};
use super::compared::Compared;
use super::{Form, write_out};
use crate::cli::printable;
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::Entry;
use crate::domain::knowledge::gaps::GapKind;
use crate::domain::knowledge::gaps::draft::Nearest;
use crate::domain::knowledge::gaps::summary::{Summary, summaries};
use crate::domain::lang::Lang;
use crate::domain::report::table::{Cell, Table};
use crate::reporting::wording_tests;
use crate::store::knowledge;
use crate::wording::{Wording, Words};

#[derive(Args, Debug)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    period: Period,
    /// Show the groups that are ignored, too.
    #[arg(long)]
    ignored: bool,
    /// In which form; without it, a table, or JSON with --format json.
    #[arg(long = "as", value_enum, value_name = "FORM")]
    form: Option<Form>,
    /// Write it to a new file instead of stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// A group with the entries that are most like it.
struct Told {
    group: Summary,
    nearest: Vec<EntryKey>,
}

pub(super) async fn run(arguments: Arguments, context: &mut Context<'_>) -> Result<(), Failure> {
    let (from, until) = arguments.period.bounds()?;
    let form = Form::wanted(arguments.form, context);
    let store = context.store().await?;
    let looked = store.gaps(from, until, context.clock.now()).await?;
    let mut tx = store.read().await?;
    let entries = knowledge::entries(&mut tx).await?;
    let tests = wording_tests::begun(&mut tx, &entries).await?;
    drop(tx);
    store.close().await;
    let wording = Wording::load().map_err(Failure::not_done)?;
    let compared = Compared {
        tests,
        words: Words::new(&wording, Lang::En),
        are_on: context.config().knowledge.wording_tests,
    };
    let mut groups = summaries(&looked.placed, &looked.handled);
    groups.retain(|group| arguments.ignored || !group.ignored);
    let told = told(groups, &entries);
    let text = match form {
        Form::Json => as_json(&told, &compared, &arguments)?,
        Form::Csv => table(&told).to_csv(),
        Form::Table => for_people(&told) + &compared.for_people(),
        Form::Svg | Form::Png => {
            return Err(Failure::wrong(
                "--as: questions are no picture; choose table, json or csv",
            ));
        }
    };
    write_out(arguments.out.as_deref(), text.as_bytes(), context)
}

fn told(groups: Vec<Summary>, entries: &[Entry]) -> Vec<Told> {
    let by_lang = Lang::ALL.map(|lang| (lang, Nearest::of(lang, entries)));
    let nearest = |group: &Summary| {
        let of_lang = by_lang.iter().find(|(lang, _)| *lang == group.lang);
        let example = group.examples.first();
        of_lang
            .zip(example)
            .map(|((_, nearest), example)| nearest.to(example))
            .unwrap_or_default()
    };
    groups
        .into_iter()
        .map(|group| Told {
            nearest: nearest(&group),
            group,
        })
        .collect()
}

fn as_json(
    told: &[Told],
    compared: &Compared<'_>,
    arguments: &Arguments,
) -> Result<String, Failure> {
    let groups: Result<Vec<_>, _> = told
        .iter()
        .map(|one| {
            let mut group = serde_json::to_value(&one.group)?;
            group["nearest"] = json!(one.nearest);
            Ok::<_, serde_json::Error>(group)
        })
        .collect();
    let report = json!({
        "report": "knowledge",
        "from": arguments.period.from(),
        "to": arguments.period.to(),
        "groups": groups.map_err(Failure::not_done)?,
        "wording_tests": compared.json().map_err(Failure::not_done)?,
    });
    let text = serde_json::to_string_pretty(&report).map_err(Failure::not_done)?;
    Ok(text + "\n")
}

/// One row for each group.
fn table(told: &[Told]) -> Table {
    let header = vec![
        "group",
        "lang",
        "gaps",
        "no_answer",
        "did_not_help",
        "handoff",
        "no_choice",
        "chosen",
        "last_at",
        "entry",
        "nearest",
        "example",
        "answer",
    ];
    let words = |words: Option<&str>| words.map_or(Cell::Nothing, |one| Cell::Text(one.to_owned()));
    let rows = told.iter().map(|Told { group, nearest }| {
        let kinds = GapKind::ALL.map(|kind| Cell::count(group.of_kind(kind)));
        let mut row = vec![
            Cell::Text(group.group.clone()),
            Cell::Text(group.lang.code().to_owned()),
            Cell::count(group.gaps),
        ];
        row.extend(kinds);
        row.extend([
            Cell::Number(group.last_at.0),
            words(group.entry.as_ref().map(EntryKey::as_str)),
            words(nearest.first().map(EntryKey::as_str)),
            words(group.examples.first().map(String::as_str)),
            words(group.answer.as_deref()),
        ]);
        row
    });
    Table {
        header,
        rows: rows.collect(),
    }
}

fn for_people(told: &[Told]) -> String {
    let mut text = String::new();
    for Told { group, nearest } in told {
        let kinds: Vec<String> = GapKind::ALL
            .into_iter()
            .filter(|kind| group.of_kind(*kind) > 0)
            .map(|kind| format!("{} {}", group.of_kind(kind), for_reading(kind)))
            .collect();
        let ignored = if group.ignored { ", ignored" } else { "" };
        text.push_str(&format!(
            "{} [{}] {} questions: {}{ignored}\n",
            group.group,
            group.lang.code(),
            group.questions(),
            kinds.join(", "),
        ));
        for example in &group.examples {
            text.push_str(&format!("    “{}”\n", printable(example)));
        }
        if let Some(answer) = &group.answer {
            let line = answer.split_whitespace().collect::<Vec<_>>().join(" ");
            text.push_str(&format!("    a person answered: {}\n", printable(&line)));
        }
        let keys: Vec<&str> = group
            .entry
            .iter()
            .chain(
                nearest
                    .iter()
                    .filter(|key| group.entry.as_ref() != Some(key)),
            )
            .map(EntryKey::as_str)
            .collect();
        if !keys.is_empty() {
            text.push_str(&format!("    entries: {}\n", keys.join(", ")));
        }
        text.push('\n');
    }
    let questions: usize = told.iter().map(|one| one.group.questions()).sum();
    text.push_str(&format!("{questions} questions in {} groups\n", told.len()));
    text
}

fn for_reading(kind: GapKind) -> &'static str {
    match kind {
        GapKind::NoAnswer => "without an answer",
        GapKind::DidNotHelp => "not helped",
        GapKind::Handoff => "handed to a person",
        GapKind::NoChoice => "without a choice",
        GapKind::Chosen => "answered by a choice",
    }
}
