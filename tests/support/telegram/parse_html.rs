//! The platform's HTML mode: a fixed set of tags, properly nested, and nothing else.

use serde_json::{Value, json};

use super::entities::{entity, units};
use super::refusal::Refusal;

struct Open {
    tag: String,
    kind: Option<Value>,
    start: usize,
}

fn refuse<T>(why: impl std::fmt::Display) -> Result<T, Refusal> {
    Err(Refusal::bad_request(format!("can't parse entities: {why}")))
}

/// Gives the plain text and its entities, or says what is not well-formed.
pub fn parse(source: &str) -> Result<(String, Vec<Value>), Refusal> {
    let mut text = String::new();
    let mut entities = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut rest = source;
    while let Some(symbol) = rest.chars().next() {
        let at = source.len() - rest.len();
        match symbol {
            '&' => rest = take_reference(rest, &mut text),
            '<' => {
                let Some(end) = rest.find('>') else {
                    return refuse(format!("unclosed start tag at byte offset {at}"));
                };
                let inside = &rest[1..end];
                rest = &rest[end + 1..];
                match inside.strip_prefix('/') {
                    Some(name) => close_tag(name.trim(), at, &mut open, &text, &mut entities)?,
                    None => open.push(start_tag(inside, at, units(&text))?),
                }
            }
            other => {
                text.push(other);
                rest = &rest[other.len_utf8()..];
            }
        }
    }
    match open.pop() {
        Some(left) => refuse(format!(
            "can't find end tag corresponding to start tag \"{}\"",
            left.tag
        )),
        None => Ok((text, entities)),
    }
}

/// Takes a character reference, or the bare ampersand where it is none.
fn take_reference<'a>(rest: &'a str, text: &mut String) -> &'a str {
    let known = [
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&amp;", '&'),
        ("&quot;", '"'),
    ];
    for (name, symbol) in known {
        if let Some(after) = rest.strip_prefix(name) {
            text.push(symbol);
            return after;
        }
    }
    if let Some((digits, after)) = rest
        .strip_prefix("&#")
        .and_then(|body| body.split_once(';'))
    {
        let code = match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => digits.parse().ok(),
        };
        if let Some(symbol) = code.and_then(char::from_u32) {
            text.push(symbol);
            return after;
        }
    }
    text.push('&');
    &rest[1..]
}

fn start_tag(inside: &str, at: usize, start: usize) -> Result<Open, Refusal> {
    let (name, attributes) = inside.split_once([' ', '\n']).unwrap_or((inside, ""));
    let tag = name.to_ascii_lowercase();
    let kind = match tag.as_str() {
        "b" | "strong" => json!({"type": "bold"}),
        "i" | "em" => json!({"type": "italic"}),
        "u" | "ins" => json!({"type": "underline"}),
        "s" | "strike" | "del" => json!({"type": "strikethrough"}),
        "tg-spoiler" => json!({"type": "spoiler"}),
        "span" if attribute(attributes, "class").as_deref() == Some("tg-spoiler") => {
            json!({"type": "spoiler"})
        }
        "span" => {
            return refuse(format!(
                "tag \"span\" must have class \"tg-spoiler\" at byte offset {at}"
            ));
        }
        "code" => json!({"type": "code"}),
        "pre" => json!({"type": "pre"}),
        "blockquote" => json!({"type": "blockquote"}),
        "a" => match attribute(attributes, "href") {
            Some(url) if url.contains("://") || url.starts_with("mailto:") => {
                json!({"type": "text_link", "url": url})
            }
            _ => Value::Null,
        },
        _ => {
            return refuse(format!(
                "unsupported start tag \"{tag}\" at byte offset {at}"
            ));
        }
    };
    let kind = (!kind.is_null()).then_some(kind);
    Ok(Open { tag, kind, start })
}

fn attribute(attributes: &str, name: &str) -> Option<String> {
    let after = attributes
        .trim()
        .strip_prefix(name)?
        .trim_start()
        .strip_prefix('=')?;
    let after = after.trim_start();
    let quote = after
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))?;
    let value = after[1..].split_once(quote)?.0;
    let mut decoded = String::new();
    let mut rest = value;
    while let Some(symbol) = rest.chars().next() {
        if symbol == '&' {
            rest = take_reference(rest, &mut decoded);
        } else {
            decoded.push(symbol);
            rest = &rest[symbol.len_utf8()..];
        }
    }
    Some(decoded)
}

fn close_tag(
    name: &str,
    at: usize,
    open: &mut Vec<Open>,
    text: &str,
    entities: &mut Vec<Value>,
) -> Result<(), Refusal> {
    let name = name.to_ascii_lowercase();
    let Some(last) = open.pop() else {
        return refuse(format!("unexpected end tag at byte offset {at}"));
    };
    if last.tag != name {
        return refuse(format!(
            "unmatched end tag at byte offset {at}, expected \"</{}>\", found \"</{name}>\"",
            last.tag
        ));
    }
    let length = units(text) - last.start;
    if let Some(mut kind) = last.kind.filter(|_| length > 0) {
        let place = entity("", last.start, length);
        kind["offset"] = place["offset"].clone();
        kind["length"] = place["length"].clone();
        entities.push(kind);
    }
    Ok(())
}
