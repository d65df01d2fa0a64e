//! What a message of Telegram's holds, piece by piece; what we have no word for is named by the
//! platform's.

use serde_json::Value;

use crate::domain::message::{Media, Part};

use super::inbound::unknown_part;

/// Fields that say who, where and when, or are shown in other ways: none of them is the content.
const ENVELOPE: [&str; 44] = [
    "message_id",
    "message_thread_id",
    "direct_messages_topic",
    "from",
    "sender_chat",
    "sender_boost_count",
    "sender_business_bot",
    "date",
    "business_connection_id",
    "chat",
    "forward_origin",
    "forward_from",
    "forward_from_chat",
    "forward_from_message_id",
    "forward_signature",
    "forward_sender_name",
    "forward_date",
    "is_topic_message",
    "is_automatic_forward",
    "reply_to_message",
    "external_reply",
    "quote",
    "reply_to_story",
    "reply_to_checklist_task_id",
    "via_bot",
    "edit_date",
    "has_protected_content",
    "is_from_offline",
    "is_paid_post",
    "media_group_id",
    "author_signature",
    "paid_star_count",
    "text",
    "entities",
    "link_preview_options",
    "suggested_post_info",
    "effect_id",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
    "reply_markup",
    "ephemeral_message",
    "guest_bot",
];

/// Messages that the platform writes by itself: nobody said anything.
const SERVICE: [&str; 25] = [
    "new_chat_members",
    "left_chat_member",
    "new_chat_title",
    "new_chat_photo",
    "delete_chat_photo",
    "group_chat_created",
    "supergroup_chat_created",
    "pinned_message",
    "message_auto_delete_timer_changed",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "write_access_allowed",
    "boost_added",
    "chat_background_set",
    "proximity_alert_triggered",
    "video_chat_scheduled",
    "video_chat_started",
    "video_chat_ended",
    "video_chat_participants_invited",
    "users_shared",
    "chat_shared",
];

/// The kind of a message that the platform wrote by itself.
pub fn service_kind(message: &Value) -> Option<&'static str> {
    SERVICE.into_iter().find(|kind| message.get(kind).is_some())
}

/// The pieces of a message; never none.
pub fn parts(message: &Value) -> Vec<Part> {
    let mut parts = Vec::new();
    parts.extend(shown(message));
    parts.extend(text(message, "text", "entities"));
    parts.extend(text(message, "caption", "caption_entities"));
    if parts.is_empty() {
        parts.push(unknown_part(&unknown_kind(message)));
    }
    parts
}

/// The platform's word for a content that we do not know.
fn unknown_kind(message: &Value) -> String {
    let fields = message.as_object().into_iter().flatten();
    let mut names = fields.map(|(name, _)| name.as_str());
    let unknown = names.find(|name| !ENVELOPE.contains(name));
    unknown.unwrap_or("empty").chars().take(64).collect()
}

/// What is shown beside the text.
fn shown(message: &Value) -> Option<Part> {
    let files = [
        ("animation", Media::Animation),
        ("document", Media::Document),
        ("voice", Media::Voice),
        ("audio", Media::Audio),
        ("video", Media::Video),
    ];
    if let Some(sizes) = message["photo"].as_array() {
        // The platform lists the same picture in several sizes, the largest last.
        return file(sizes.last()?, Media::Photo);
    }
    for (field, media) in files {
        if let Some(kept) = message.get(field) {
            return file(kept, media);
        }
    }
    if let Some(sticker) = message.get("sticker") {
        let emoji = sticker["emoji"]
            .as_str()
            .or_else(|| sticker["set_name"].as_str());
        return Some(Part::Sticker {
            emoji: without_nul(emoji.unwrap_or("?")),
        });
    }
    if let Some(location) = message.get("location") {
        return Some(Part::Location {
            latitude: location["latitude"].to_string(),
            longitude: location["longitude"].to_string(),
        });
    }
    let contact = message.get("contact")?;
    let words = |name: &str| contact[name].as_str().unwrap_or_default();
    let name = format!("{} {}", words("first_name"), words("last_name"));
    Some(Part::Contact {
        name: shown_name(&name, 128),
        phone: without_nul(words("phone_number")),
    })
}

fn file(kept: &Value, media: Media) -> Option<Part> {
    Some(Part::File {
        media,
        source: kept["file_id"].as_str()?.to_owned(),
        name: kept["file_name"].as_str().map(|name| shown_name(name, 256)),
        size_bytes: kept["file_size"].as_u64(),
        seconds: kept["duration"]
            .as_u64()
            .and_then(|length| u32::try_from(length).ok()),
    })
}

fn text(message: &Value, field: &str, entities: &str) -> Option<Part> {
    let text = message[field].as_str().filter(|text| !text.is_empty())?;
    let links = message[entities].as_array();
    let text = with_addresses(text, links.map_or(&[], Vec::as_slice));
    Some(Part::Text {
        text: without_nul(&text),
    })
}

/// Puts the address behind words that hide one: staff must see where a link leads.
fn with_addresses(text: &str, entities: &[Value]) -> String {
    let mut links: Vec<(usize, &str)> = entities
        .iter()
        .filter(|entity| entity["type"] == "text_link")
        .filter_map(|entity| {
            let end = entity["offset"]
                .as_u64()?
                .checked_add(entity["length"].as_u64()?)?;
            Some((usize::try_from(end).ok()?, entity["url"].as_str()?))
        })
        .collect();
    links.sort_by_key(|(end, _)| std::cmp::Reverse(*end));
    let mut shown = text.to_owned();
    for (end, url) in links {
        if let Some(place) = byte_at(text, end) {
            shown.insert_str(place, &format!(" ({url})"));
        }
    }
    shown
}

/// The byte at which a count of UTF-16 units ends; `None` where it ends nowhere in the text.
fn byte_at(text: &str, units: usize) -> Option<usize> {
    let mut counted = 0;
    for (byte, symbol) in text.char_indices() {
        if counted == units {
            return Some(byte);
        }
        counted += symbol.len_utf16();
    }
    (counted == units).then_some(text.len())
}

/// PostgreSQL's texts have no NUL.
pub fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A name as it may be shown: one line, without what overrides the writing direction.
pub fn shown_name(name: &str, letters_max: usize) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let letters = name.chars().filter(|c| !turns(*c) && *c != '\0');
    let line: String = letters
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    line.trim().chars().take(letters_max).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_unknown_content_is_named() {
        let message = json!({"message_id": 1, "chat": {}, "date": 1, "hologram": {}});
        assert_eq!(
            parts(&message),
            [Part::Unsupported {
                name: "hologram".into()
            }]
        );
        let empty = json!({"message_id": 1});
        assert_eq!(
            parts(&empty),
            [Part::Unsupported {
                name: "empty".into()
            }]
        );
    }

    #[test]
    fn hidden_addresses_are_shown() {
        let entities = [
            json!({"type": "text_link", "offset": 3, "length": 4, "url": "http://evil.example/"}),
            json!({"type": "text_link", "offset": 90, "length": 4, "url": "http://far.example/"}),
            json!({"type": "text_link", "offset": 0, "length": 1, "url": "http://half.example/"}),
        ];
        let shown = with_addresses("🙂 bank now", &entities);
        assert_eq!(shown, "🙂 bank (http://evil.example/) now");
    }

    #[test]
    fn names_cannot_turn_the_line_around() {
        assert_eq!(shown_name("\u{202e}evil\0\n name ", 128), "evil  name");
    }
}
