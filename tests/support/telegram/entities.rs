//! Cleans and checks a text with its entities as the platform does before it takes it.
//!
//! Offsets and lengths count UTF-16 units. What reaches a user went through `clean`.

use serde_json::{Value, json};

use super::params::Params;
use super::refusal::Refusal;
use super::{parse_html, parse_markdown};

const KINDS: [&str; 19] = [
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
];

/// Reads `name` with its parse mode or entities, and refuses more than `units_max` UTF-16 units.
/// An absent or blank text comes back empty.
pub fn formatted(
    params: &Params,
    name: &str,
    units_max: usize,
) -> Result<(String, Vec<Value>), Refusal> {
    let raw = params.text(name).unwrap_or_default();
    let entities_name = if name == "text" {
        "entities"
    } else {
        "caption_entities"
    };
    let (text, entities) = match params.text("parse_mode").as_deref() {
        None => (raw, given_entities(params, entities_name)?),
        Some(mode) if mode.eq_ignore_ascii_case("html") => parse_html::parse(&raw)?,
        Some(mode) if mode.eq_ignore_ascii_case("markdownv2") => parse_markdown::parse(&raw)?,
        Some(_) => return Err(Refusal::bad_request("unsupported parse_mode")),
    };
    check_bounds(&text, &entities)?;
    let (text, entities) = clean(&text, entities);
    if units(&text) > units_max {
        let what = if name == "text" {
            "message is too long"
        } else {
            "message caption is too long"
        };
        return Err(Refusal::bad_request(what));
    }
    Ok((text, entities))
}

pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

pub fn entity(kind: &str, offset: usize, length: usize) -> Value {
    json!({"type": kind, "offset": offset, "length": length})
}

fn given_entities(params: &Params, name: &str) -> Result<Vec<Value>, Refusal> {
    let Some(value) = params.json(name)? else {
        return Ok(Vec::new());
    };
    let Value::Array(entities) = value else {
        return Err(Refusal::bad_request("expected an Array of MessageEntity"));
    };
    for entity in &entities {
        let kind = entity["type"].as_str().unwrap_or_default();
        if !KINDS.contains(&kind) {
            return Err(Refusal::bad_request(
                "can't parse MessageEntity: unsupported type specified",
            ));
        }
        if kind == "text_mention" && entity["user"]["id"].as_i64().is_none() {
            return Err(Refusal::bad_request(
                "can't parse MessageEntity: can't find field \"user\"",
            ));
        }
        if kind == "text_link" && entity["url"].as_str().unwrap_or_default().is_empty() {
            return Err(Refusal::bad_request(
                "can't parse MessageEntity: can't find field \"url\"",
            ));
        }
    }
    Ok(entities)
}

fn span(entity: &Value) -> Option<(usize, usize)> {
    let offset = usize::try_from(entity["offset"].as_i64()?).ok()?;
    let length = usize::try_from(entity["length"].as_i64()?).ok()?;
    Some((offset, length))
}

fn check_bounds(text: &str, entities: &[Value]) -> Result<(), Refusal> {
    let end_of_text = units(text);
    let mut inside_symbol = vec![false; end_of_text + 1];
    let mut at = 0;
    for symbol in text.chars() {
        if symbol.len_utf16() == 2 {
            inside_symbol[at + 1] = true;
        }
        at += symbol.len_utf16();
    }
    for entity in entities {
        let Some((offset, length)) = span(entity).filter(|(_, length)| *length > 0) else {
            return Err(Refusal::bad_request("receive an invalid entity"));
        };
        let end = offset + length;
        if end > end_of_text {
            return Err(Refusal::bad_request(format!(
                "entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {end_of_text}"
            )));
        }
        if inside_symbol[offset] || inside_symbol[end] {
            return Err(Refusal::bad_request(format!(
                "entity beginning at UTF-16 offset {offset} begins or ends in a middle of a UTF-16 symbol"
            )));
        }
    }
    Ok(())
}

/// What the platform makes of a symbol: itself, a blank, or nothing.
fn cleaned(symbol: char) -> Option<char> {
    match symbol {
        '\n' => Some('\n'),
        '\r' => None,
        '\0'..=' ' => Some(' '),
        // Line and paragraph separators and the marks that turn the writing direction over.
        '\u{2028}'..='\u{202e}' => None,
        // Combining lines that would run into the text above and below.
        '\u{333}' | '\u{33f}' | '\u{30a}' => None,
        other => Some(other),
    }
}

/// Replaces control characters, drops what may not be shown, trims, and moves the entities along.
pub fn clean(text: &str, entities: Vec<Value>) -> (String, Vec<Value>) {
    // new_place[u] is where UTF-16 unit u of the raw text lies in the cleaned one.
    let mut new_place = Vec::new();
    let mut kept = String::new();
    let mut at = 0;
    for symbol in text.chars() {
        for unit in 0..symbol.len_utf16() {
            new_place.push(at + unit);
        }
        if let Some(symbol) = cleaned(symbol) {
            kept.push(symbol);
            at += symbol.len_utf16();
        }
    }
    new_place.push(at);
    let blank_before = units(&kept) - units(kept.trim_start_matches([' ', '\n']));
    let trimmed = kept.trim_matches([' ', '\n']);
    let length_after = units(trimmed);
    let moved = entities.into_iter().filter_map(|mut entity| {
        let (offset, length) = span(&entity)?;
        let place = |unit: usize| {
            new_place[unit]
                .saturating_sub(blank_before)
                .min(length_after)
        };
        let (start, end) = (place(offset), place(offset + length));
        if start >= end {
            return None;
        }
        entity["offset"] = json!(start);
        entity["length"] = json!(end - start);
        Some(entity)
    });
    let moved = moved.collect();
    (trimmed.to_owned(), moved)
}
