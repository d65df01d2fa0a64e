//! What a message holds, and who wrote it, in our words.
//!
//! Invariant: a message always holds something; what cannot be shown is named.

use super::seen::{Attachment, Author, Membership, SeenMessage};
use crate::channels::Sender;
use crate::domain::ids::AccountId;
use crate::domain::lang::Lang;
use crate::domain::message::{Media, Part};

const NAME_MAX: usize = 100;

/// The words without the mention by which the bot was called.
pub fn without_call(content: &str, bot: u64) -> &str {
    let content = content.trim();
    let calls = [format!("<@{bot}>"), format!("<@!{bot}>")];
    let called = calls
        .iter()
        .find_map(|call| content.strip_prefix(call.as_str()));
    called.map_or(content, str::trim_start)
}

/// A slash and a word of letters.
pub fn command(text: &str) -> Option<(String, String)> {
    let line = text.strip_prefix('/')?;
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let fits = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == '-';
    if word.is_empty() || word.len() > 32 || !word.chars().all(fits) {
        return None;
    }
    Some((word.to_ascii_lowercase(), without_nul(rest.trim())))
}

pub fn parts(seen: &SeenMessage, text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    push_text(&mut parts, text);
    parts.extend(seen.attachments.iter().map(file));
    for sticker in &seen.sticker_items {
        let emoji = clean_name(&sticker.name);
        parts.push(Part::Sticker { emoji });
    }
    for forwarded in &seen.message_snapshots {
        push_text(&mut parts, &forwarded.message.content);
        parts.extend(forwarded.message.attachments.iter().map(file));
    }
    if seen.poll.as_ref().is_some_and(|poll| !poll.is_null()) {
        parts.push(Part::Unsupported {
            name: "poll".to_owned(),
        });
    }
    if parts.is_empty() {
        // Without the message-content intent the words of a channel stay with Discord.
        let name = "hidden_content".to_owned();
        parts.push(Part::Unsupported { name });
    }
    parts
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    if !text.trim().is_empty() {
        parts.push(Part::Text {
            text: without_nul(text),
        });
    }
}

fn file(attachment: &Attachment) -> Part {
    let kind = attachment.content_type.as_deref().unwrap_or_default();
    let media = match kind.split('/').next().unwrap_or_default() {
        "image" if kind == "image/gif" => Media::Animation,
        "image" => Media::Photo,
        "video" => Media::Video,
        "audio" if attachment.waveform.is_some() => Media::Voice,
        "audio" => Media::Audio,
        _ => Media::Document,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounded just before; a length beyond an hour or below zero is no length"
    )]
    let seconds = attachment
        .duration_secs
        .map(|length| length.clamp(0.0, 86_400.0) as u32);
    Part::File {
        media,
        source: without_nul(&attachment.url),
        name: Some(clean_name(&attachment.filename)).filter(|name| !name.is_empty()),
        size_bytes: Some(attachment.size),
        seconds,
    }
}

pub fn sender(author: &Author, member: Option<&Membership>, locale: &str) -> Sender {
    let nick = member.and_then(|member| member.nick.as_deref());
    let names = [
        nick,
        author.global_name.as_deref(),
        Some(author.username.as_str()),
    ];
    let cleaned = names.into_iter().flatten().map(clean_name);
    let name = cleaned.into_iter().find(|name| !name.is_empty());
    Sender {
        account: AccountId(author.id.clone()),
        name: name.unwrap_or_default(),
        lang_hint: Lang::from_code(locale),
    }
}

/// A name without what could turn a line around or break it.
pub fn clean_name(name: &str) -> String {
    let turns = |sign: char| {
        matches!(sign, '\u{200e}' | '\u{200f}' | '\u{061c}')
            || ('\u{202a}'..='\u{202e}').contains(&sign)
            || ('\u{2066}'..='\u{2069}').contains(&sign)
    };
    let kept = name
        .chars()
        .filter(|sign| !sign.is_control() && !turns(*sign));
    kept.take(NAME_MAX).collect::<String>().trim().to_owned()
}

/// PostgreSQL has no NUL.
pub fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
