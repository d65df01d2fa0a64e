//! `careline faq list`, `show` and `history`.

use serde_json::json;

use super::{Context, Failure, entries, lang_codes, write_differences, write_json};
use crate::domain::ids::EntryKey;
use crate::domain::knowledge::check::pieces;
use crate::domain::knowledge::differences::differences;
use crate::domain::knowledge::upkeep::PARTS;
use crate::domain::knowledge::{ChangeKind, Entry};
use crate::domain::time::Timestamp;
use crate::store::knowledge;

pub(super) async fn list(context: &mut Context<'_>) -> Result<(), Failure> {
    let entries = entries(context).await?;
    for entry in &entries {
        let texts = entry.texts.values();
        let phrasings: usize = texts.map(|text| text.phrasings.len()).sum();
        let question = entry
            .texts
            .values()
            .next()
            .map_or("", |text| text.question.as_str());
        if context.is_json() {
            let value = json!({
                "key": entry.key, "langs": lang_codes(entry), "tags": entry.tags,
                "phrasings": phrasings, "question": question,
            });
            write_json(context, &value)?;
        } else {
            let langs = lang_codes(entry).join(" ");
            writeln!(
                context.out,
                "{:32} {langs:9} {question}",
                entry.key.as_str()
            )?;
        }
    }
    if !context.is_json() {
        writeln!(context.out, "{} entries", entries.len())?;
    }
    Ok(())
}

pub(super) async fn one(key: &EntryKey, context: &mut Context<'_>) -> Result<(), Failure> {
    let entries = entries(context).await?;
    let entry = entries
        .iter()
        .find(|entry| entry.key == *key)
        .ok_or_else(|| unknown(key))?;
    if context.is_json() {
        return write_json(context, &json!(entry));
    }
    write_entry(entry, context)
}

fn write_entry(entry: &Entry, context: &mut Context<'_>) -> Result<(), Failure> {
    writeln!(context.out, "{}", entry.key)?;
    if !entry.tags.is_empty() {
        writeln!(context.out, "tags: {}", entry.tags.join(", "))?;
    }
    for trigger in &entry.triggers {
        writeln!(context.out, "trigger: {trigger}")?;
    }
    for (part, written) in PARTS.into_iter().zip(entry.upkeep.written()) {
        if let Some(written) = written {
            writeln!(context.out, "{part}: {written}")?;
        }
    }
    for (lang, text) in &entry.texts {
        writeln!(context.out, "\n[{}] {}", lang.code(), text.question)?;
        for phrasing in &text.phrasings {
            writeln!(context.out, "  ~ {phrasing}")?;
        }
        for (number, answer) in text.answers().enumerate() {
            if number > 0 {
                writeln!(context.out, "  other answer {number}:")?;
            }
            for line in answer.lines() {
                writeln!(context.out, "  {line}")?;
            }
            for (platform, pieces) in pieces(answer) {
                write_pieces(platform, &pieces, context)?;
            }
        }
    }
    Ok(())
}

/// Where an answer that is too long for one message is cut.
fn write_pieces(
    platform: &str,
    pieces: &[String],
    context: &mut Context<'_>,
) -> Result<(), Failure> {
    /// Characters of each message's end and beginning that are shown.
    const SHOWN_CHARS: usize = 40;
    if pieces.len() < 2 {
        return Ok(());
    }
    writeln!(context.out, "  on {platform} {} messages:", pieces.len())?;
    for (number, piece) in pieces.iter().enumerate() {
        let piece = piece.replace('\n', " ");
        let chars = piece.chars().count();
        let head: String = piece.chars().take(SHOWN_CHARS).collect();
        let tail: String = piece
            .chars()
            .skip(chars.saturating_sub(SHOWN_CHARS))
            .collect();
        writeln!(context.out, "    {}. {head} … {tail}", number + 1)?;
    }
    Ok(())
}

pub(super) async fn history(key: &EntryKey, context: &mut Context<'_>) -> Result<(), Failure> {
    let store = context.store().await?;
    let mut tx = store.read().await?;
    let history = knowledge::history(&mut tx, key).await?;
    drop(tx);
    store.close().await;
    if history.is_empty() {
        return Err(unknown(key));
    }
    let mut before: Option<Entry> = None;
    for past in history {
        let version = match past.kind {
            ChangeKind::New | ChangeKind::Changed => past.entry.clone(),
            ChangeKind::Retired => None,
        };
        if context.is_json() {
            let value = json!({
                "at": past.at, "by": past.by_whom, "change": past.kind.name(), "entry": past.entry,
            });
            write_json(context, &value)?;
        } else {
            let (at, change) = (shown(past.at), past.kind.name());
            writeln!(context.out, "{at}  {change:8} by {}", past.by_whom)?;
            if let (Some(before), Some(version)) = (&before, &version) {
                write_differences(&differences(Some(before), version), context)?;
            }
        }
        before = version;
    }
    Ok(())
}

/// A point in time as operators read it.
fn shown(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| at.0.to_string(), |at| at.to_string())
}

fn unknown(key: &EntryKey) -> Failure {
    Failure::not_done(format!(
        "no entry has the key {key}: careline faq list names all"
    ))
}
