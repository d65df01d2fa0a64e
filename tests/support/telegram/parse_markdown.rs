//! The platform's MarkdownV2 mode: every reserved character must mark or be escaped.

use serde_json::{Value, json};

use super::entities::units;
use super::refusal::Refusal;

const RESERVED: &str = "_*[]()~`>#+-=|{}.!";

fn refuse<T>(why: impl std::fmt::Display) -> Result<T, Refusal> {
    Err(Refusal::bad_request(format!("can't parse entities: {why}")))
}

/// Gives the plain text and its entities, or says what is not well-formed.
pub fn parse(source: &str) -> Result<(String, Vec<Value>), Refusal> {
    let mut text = String::new();
    let mut entities = Vec::new();
    let mut open: Vec<(&str, usize, usize)> = Vec::new();
    let mut rest = source;
    while let Some(symbol) = rest.chars().next() {
        let at = source.len() - rest.len();
        if let Some(escaped) = rest
            .strip_prefix('\\')
            .and_then(|after| after.chars().next())
        {
            text.push(escaped);
            rest = &rest[1 + escaped.len_utf8()..];
            continue;
        }
        if let Some(fence) = ["```", "`"]
            .into_iter()
            .find(|fence| rest.starts_with(fence))
        {
            rest = take_code(rest, fence, at, &mut text, &mut entities)?;
            continue;
        }
        if let Some(after) = rest.strip_prefix("](")
            && let Some(place) = open.iter().rposition(|(mark, ..)| *mark == "[")
        {
            if place + 1 != open.len() {
                return refuse(format!(
                    "can't find end of the entity starting at byte offset {}",
                    open[open.len() - 1].2
                ));
            }
            let (_, start, began) = open.remove(place);
            let Some((url, after)) = after.split_once(')') else {
                return refuse(format!("can't find end of a URL at byte offset {began}"));
            };
            let length = units(&text) - start;
            entities
                .push(json!({"type": "text_link", "offset": start, "length": length, "url": url}));
            rest = after;
            continue;
        }
        let Some(mark) = ["__", "||", "_", "*", "~", "["]
            .into_iter()
            .find(|mark| rest.starts_with(mark))
        else {
            let quote = symbol == '>' && (text.is_empty() || text.ends_with('\n'));
            if RESERVED.contains(symbol) && !quote {
                return refuse(format!(
                    "character '{symbol}' is reserved and must be escaped with the preceding '\\'"
                ));
            }
            if !quote {
                text.push(symbol);
            }
            rest = &rest[symbol.len_utf8()..];
            continue;
        };
        rest = &rest[mark.len()..];
        match open.last() {
            Some((last, start, _)) if *last == mark && mark != "[" => {
                let length = units(&text) - start;
                if length > 0 {
                    entities
                        .push(json!({"type": kind_of(mark), "offset": start, "length": length}));
                }
                open.pop();
            }
            _ => open.push((mark, units(&text), at)),
        }
    }
    match open.pop() {
        Some((mark, _, at)) => refuse(format!(
            "can't find end of {} entity at byte offset {at}",
            kind_of(mark)
        )),
        None => Ok((text, entities)),
    }
}

fn kind_of(mark: &str) -> &'static str {
    match mark {
        "*" => "bold",
        "_" => "italic",
        "__" => "underline",
        "~" => "strikethrough",
        "||" => "spoiler",
        _ => "text_link",
    }
}

fn take_code<'a>(
    rest: &'a str,
    fence: &str,
    at: usize,
    text: &mut String,
    entities: &mut Vec<Value>,
) -> Result<&'a str, Refusal> {
    let kind = if fence == "`" { "code" } else { "pre" };
    let inside = &rest[fence.len()..];
    let Some((body, after)) = inside.split_once(fence) else {
        return refuse(format!(
            "can't find end of {kind} entity at byte offset {at}"
        ));
    };
    let start = units(text);
    text.push_str(&body.replace("\\\\", "\\").replace("\\`", "`"));
    let length = units(text) - start;
    if length > 0 {
        entities.push(json!({"type": kind, "offset": start, "length": length}));
    }
    Ok(after)
}
