//! What a visitor sent, as an arrival.

use crate::channels::{Arrival, Happening, Sender};
use crate::domain::ids::{AccountId, ButtonToken, MessageRef};
use crate::domain::lang::Lang;
use crate::domain::message::Part;
use crate::domain::place::{ChannelKind, Place};
use crate::domain::time::Timestamp;

/// The longest word that is taken for a command's name.
const COMMAND_CHARS_MAX: usize = 32;
/// How much of a visitor's id their name shows.
const NAME_DIGITS: usize = 4;

/// A visitor as arrivals name them.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The visitor's id: account and chat at once.
    pub id: String,
    /// The language of their page.
    pub lang: Option<Lang>,
}

/// The name of what the page sent under that id, in the log and for replies.
pub fn written_ref(id: &str) -> MessageRef {
    MessageRef(format!("c:{id}"))
}

/// The name of a press in the log.
pub fn press_ref(id: &str) -> MessageRef {
    MessageRef(format!("p:{id}"))
}

/// The words as they are kept: NUL, which PostgreSQL does not take, becomes U+FFFD.
pub fn clean(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

/// A text that was sent under the page's id `id`; a slash and a word is a command.
pub fn wrote(visitor: &Visitor, id: &str, text: &str, at: Timestamp, raw: &str) -> Arrival {
    let message = written_ref(id);
    let what = match command(text) {
        Some((name, rest)) => Happening::Command {
            name,
            rest,
            press: None,
            message: Some(message),
            reply_to: None,
        },
        None => Happening::Wrote {
            message,
            parts: vec![Part::Text {
                text: text.to_owned(),
            }],
            reply_to: None,
            album: None,
        },
    };
    arrival(visitor, format!("web:{}:m:{id}", visitor.id), what, at, raw)
}

/// A button that was pressed under the page's id `id`.
pub fn pressed(
    visitor: &Visitor,
    id: &str,
    token: &str,
    message: Option<MessageRef>,
    at: Timestamp,
    raw: &str,
) -> Arrival {
    let what = Happening::Pressed {
        token: ButtonToken::from(token),
        press: id.to_owned(),
        message,
        text: None,
    };
    arrival(visitor, format!("web:{}:p:{id}", visitor.id), what, at, raw)
}

fn arrival(
    visitor: &Visitor,
    natural_key: String,
    what: Happening,
    at: Timestamp,
    raw: &str,
) -> Arrival {
    // An id's end is its chance part: its beginning is the time, and the same for many.
    let shown: String = visitor
        .id
        .chars()
        .skip(visitor.id.chars().count().saturating_sub(NAME_DIGITS))
        .collect();
    Arrival {
        natural_key,
        place: Place::chat(ChannelKind::Web, visitor.id.clone()),
        at_desk: false,
        sender: Some(Sender {
            account: AccountId(visitor.id.clone()),
            name: format!("Web {shown}"),
            lang_hint: visitor.lang,
        }),
        platform_at: at,
        position: None,
        what,
        raw: clean(raw),
    }
}

fn command(text: &str) -> Option<(String, String)> {
    let line = text.trim().strip_prefix('/')?;
    let (name, rest) = line
        .split_once(char::is_whitespace)
        .map_or((line, ""), |(name, rest)| (name, rest.trim()));
    let is_word = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.len() <= COMMAND_CHARS_MAX
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    is_word.then(|| (name.to_ascii_lowercase(), rest.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_and_a_word_is_a_command_and_a_path_is_not() {
        let cases = [
            ("/human", Some(("human", ""))),
            (" /Language  vi ", Some(("language", "vi"))),
            ("/r two\nlines", Some(("r", "two\nlines"))),
            ("/usr/bin", None),
            ("/", None),
            ("/ human", None),
            ("and/or", None),
            ("/人工", None),
        ];
        for (text, expected) in cases {
            let expected = expected.map(|(name, rest)| (name.to_owned(), rest.to_owned()));
            assert_eq!(command(text), expected, "{text}");
        }
    }

    #[test]
    fn the_same_id_is_the_same_arrival() {
        let visitor = Visitor {
            id: "0191abcd".to_owned(),
            lang: Some(Lang::Vi),
        };
        let first = wrote(&visitor, "k1", "chào", Timestamp(1), "{}");
        let again = wrote(&visitor, "k1", "chào", Timestamp(9), "{}");
        assert_eq!(first.natural_key, again.natural_key);
        assert_eq!(first.sender.unwrap().name, "Web abcd");
    }
}
