//! What customers and staff send: text and everything else that platforms carry.

use serde::{Deserialize, Serialize};

use crate::domain::phrase::Phrase;

/// One piece of a message, in the order in which it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Part {
    /// Plain text, as the person typed it; NUL is already replaced by U+FFFD (PostgreSQL has no NUL).
    Text {
        /// The words.
        text: String,
    },
    /// A file that the platform keeps.
    File {
        /// What it is to a person.
        media: Media,
        /// The platform's name for it (Telegram `file_id`, a Discord link): enough to show or pass on.
        source: String,
        /// The file's own name, where it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Its size in bytes, where known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        size_bytes: Option<u64>,
        /// Its length in seconds, for sound and moving pictures.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<u32>,
    },
    /// A sticker, with the emoji it stands for.
    Sticker {
        /// The emoji, or the sticker's name where it has none.
        emoji: String,
    },
    /// A point on the map, in degrees as decimal text (so that it compares exactly).
    Location {
        /// Latitude, degrees north.
        latitude: String,
        /// Longitude, degrees east.
        longitude: String,
    },
    /// A contact card.
    Contact {
        /// The name on the card.
        name: String,
        /// The number on the card.
        phone: String,
    },
    /// Something that we cannot show; `kind` is the platform's own word for it.
    Unsupported {
        /// The platform's word, such as `poll` or `video_note`.
        name: String,
    },
}

/// Kinds of files, as a person would name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Media {
    /// A picture.
    Photo,
    /// Any other file.
    Document,
    /// A voice message.
    Voice,
    /// Music or other sound.
    Audio,
    /// A film.
    Video,
    /// An animation without sound.
    Animation,
}

impl Part {
    /// What a part that is not text is called; `None` for text.
    pub fn phrase(&self) -> Option<Phrase> {
        match self {
            Part::Text { .. } => None,
            Part::File {
                media,
                name,
                seconds,
                ..
            } => Some(file_phrase(*media, name.as_deref(), *seconds)),
            Part::Sticker { emoji } => Some(Phrase::new("part-sticker").text("emoji", emoji)),
            Part::Location {
                latitude,
                longitude,
            } => Some(
                Phrase::new("part-location")
                    .text("latitude", latitude)
                    .text("longitude", longitude),
            ),
            Part::Contact { name, phone } => Some(
                Phrase::new("part-contact")
                    .text("name", name)
                    .text("phone", phone),
            ),
            Part::Unsupported { name } => Some(Phrase::new("part-unsupported").text("kind", name)),
        }
    }
}

fn file_phrase(media: Media, name: Option<&str>, seconds: Option<u32>) -> Phrase {
    let length = seconds.unwrap_or_default();
    let length = format!("{}:{:02}", length / 60, length % 60);
    match media {
        Media::Photo => Phrase::new("part-photo"),
        Media::Document => Phrase::new("part-document").text("name", name.unwrap_or("?")),
        Media::Voice => Phrase::new("part-voice").text("length", length),
        Media::Audio => Phrase::new("part-audio").text("length", length),
        Media::Video => Phrase::new("part-video").text("length", length),
        Media::Animation => Phrase::new("part-animation"),
    }
}

/// All the text of a message, its parts joined by line breaks; empty where there is none.
pub fn plain_text(parts: &[Part]) -> String {
    let texts: Vec<&str> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Text { text } => Some(text.as_str()),
            Part::File { .. }
            | Part::Sticker { .. }
            | Part::Location { .. }
            | Part::Contact { .. }
            | Part::Unsupported { .. } => None,
        })
        .collect();
    texts.join("\n")
}
