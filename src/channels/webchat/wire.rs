//! The frames between page and server: JSON, one object a frame, told apart by `t`.

use serde::{Deserialize, Serialize};

use super::log::Entry;

/// The most bytes of one frame: the longest text, every character written as an escape, fits.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;
/// The most Unicode characters of one message: 4,096 emoji of two characters each fit.
pub const TEXT_CHARS_MAX: usize = 8_192;
/// The longest id that a page may give a message or a press.
const ID_CHARS_MAX: usize = 64;
/// Hexadecimal digits of a visitor's secret: 128 bits.
const SECRET_DIGITS: usize = 32;

/// What the page says.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "t", rename_all = "kebab-case", deny_unknown_fields)]
pub enum FromPage {
    /// The first frame: who it is and what they have seen.
    Hello {
        /// The visitor's secret.
        secret: String,
        /// The highest number that the page has shown; 0 for none.
        since: i64,
        /// The language that the page is shown in.
        lang: String,
    },
    /// The visitor wrote.
    Say {
        /// The page's own id of it: the same when it is sent again.
        id: String,
        /// The words.
        text: String,
    },
    /// The visitor pressed a button.
    Press {
        /// The page's own id of the press: the same when it is sent again.
        id: String,
        /// What the button carried.
        token: String,
        /// The message under which it stood.
        message: Option<String>,
    },
    /// Are you there?
    Ping,
}

/// What the server says.
#[derive(Debug, Serialize)]
#[serde(tag = "t", rename_all = "kebab-case")]
pub enum ToPage<'a> {
    /// What was written earlier has been sent in full; live from here.
    Ready,
    /// The page has seen more than there is: it forgets all and begins anew.
    Anew,
    /// An entry of the log.
    Entry(&'a Entry),
    /// What the page sent under that id is safe.
    Taken {
        /// The page's id.
        id: &'a str,
    },
    /// What the page sent under that id was not taken.
    Refused {
        /// The page's id.
        id: &'a str,
        /// Why.
        why: WhyRefused,
    },
    /// The frame could not be read.
    Unreadable,
    /// Yes.
    Pong,
}

/// Why something was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyRefused {
    /// More than [`TEXT_CHARS_MAX`].
    TooLong,
    /// Nothing but white space.
    Empty,
    /// Too many in a short time: to be sent again later.
    TooFast,
    /// The store did not take it: to be sent again later.
    NotTaken,
}

/// Reads a frame; `None` where it is no frame of ours.
pub fn read(frame: &str) -> Option<FromPage> {
    let read: FromPage = serde_json::from_str(frame).ok()?;
    let sound = match &read {
        FromPage::Hello { secret, since, .. } => {
            *since >= 0
                && secret.len() == SECRET_DIGITS
                && secret.bytes().all(|byte| byte.is_ascii_hexdigit())
        }
        FromPage::Say { id, .. } => is_id(id),
        FromPage::Press { id, token, message } => {
            is_id(id) && is_id(token) && message.as_deref().is_none_or(is_ref)
        }
        FromPage::Ping => true,
    };
    sound.then_some(read)
}

fn is_id(text: &str) -> bool {
    (1..=ID_CHARS_MAX).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_ref(text: &str) -> bool {
    text.split_once(':')
        .is_some_and(|(kind, id)| kind.len() == 1 && is_id(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_and_what_is_none_is_not() {
        let cases = [
            (r#"{"t":"ping"}"#, true),
            (r#"{"t":"say","id":"a-1","text":"x"}"#, true),
            (r#"{"t":"say","id":"","text":"x"}"#, false),
            (r#"{"t":"say","id":"a b","text":"x"}"#, false),
            (r#"{"t":"say","id":"a","text":"x","more":1}"#, false),
            (r#"{"t":"say","id":"a","text":"\ud800"}"#, false),
            (
                r#"{"t":"press","id":"a","token":"00","message":"o:1"}"#,
                true,
            ),
            (
                r#"{"t":"press","id":"a","token":"00","message":null}"#,
                true,
            ),
            (
                r#"{"t":"press","id":"a","token":"../..","message":null}"#,
                false,
            ),
            (
                r#"{"t":"hello","secret":"short","since":0,"lang":"en"}"#,
                false,
            ),
            (
                r#"{"t":"hello","secret":"00112233445566778899aabbccddeeff","since":-1,"lang":"en"}"#,
                false,
            ),
            (
                r#"{"t":"hello","secret":"00112233445566778899aabbccddeeff","since":0,"lang":"en"}"#,
                true,
            ),
            ("[[[[", false),
            ("", false),
        ];
        for (frame, sound) in cases {
            assert_eq!(read(frame).is_some(), sound, "{frame}");
        }
    }
}
